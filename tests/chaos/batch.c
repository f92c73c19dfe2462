/* Many calls at once, some of them linked, and what must hold of chains that broke. */
#include <stdlib.h>
#include <string.h>

#include "tests/chaos/chaos.h"

enum { MOST_ITEMS = 12, LONGEST_CHAIN = 4, KEY_SIZE = 140 };
#define PATIENCE_US 60000000

typedef struct batch {
	chaos_thread *t;
	chaos_call calls[MOST_ITEMS];
	market_batch_item items[MOST_ITEMS];
	market_batch_result results[MOST_ITEMS];
	bool done[MOST_ITEMS]; /* an answer said so */
	size_t n;
} batch;

static void compose(batch *b);
static void link_some(batch *b);
static bool send(batch *b, bool *again);
static void check_done(batch *b, size_t i);
static void take_answers(batch *b);
static bool broke(const batch *b, size_t from, size_t to);
static void note_broken(const batch *b, size_t i);
static void check_absent(const chaos *c, const char *keys);

void chaos_send_batch(chaos_thread *t)
{
	batch b = {.t = t};
	int64_t until = fault_now_us() + PATIENCE_US;
	bool again = true;

	compose(&b);
	link_some(&b);
	while (again) {
		if (!send(&b, &again))
			break;
		if (again && fault_check(fault_now_us() < until, "a batch was never answered")) {
			atomic_fetch_add(&t->c->again, 1);
			market_batch_free(b.results, b.n);
		} else if (!again) {
			take_answers(&b);
		}
		again = again && !fault_failed();
	}
	market_batch_free(b.results, b.n);
}

void chaos_check_broken(const chaos *c)
{
	char path[400], line[KEY_SIZE + 2], keys[1500];
	size_t used = 0;
	long long count = 0;

	for (int i = 0; i < c->processes && !fault_failed(); i++) {
		FILE *file;

		chaos_path(path, c, "broken", i);
		file = fopen(path, "r");
		while (file && fgets(line, sizeof(line), file)) {
			line[strcspn(line, "\n")] = '\0';
			count++;
			used +=
				(size_t)snprintf(keys + used, sizeof(keys) - used, "%s'%s'", used ? "," : "", line);
			if (used + KEY_SIZE + 4 < sizeof(keys))
				continue;
			check_absent(c, keys);
			used = 0;
		}
		if (file)
			fclose(file);
	}
	if (used > 0)
		check_absent(c, keys);
	if (c->batches)
		fault_note("%lld chains were done and %lld broke, of which %lld items are nowhere",
		           atomic_load(&c->chains), atomic_load(&c->broken), count);
}

static void check_absent(const chaos *c, const char *keys)
{
	int64_t there = fault_number(c->store, "SELECT COUNT(*) FROM journal WHERE key IN (%s)", keys);

	fault_check(there == 0, "of chains that broke %lld items are stored, of these: %.300s",
	            (long long)there, keys);
}

static void compose(batch *b)
{
	b->n = 2 + fault_below(&b->t->random, MOST_ITEMS - 1);
	for (size_t i = 0; i < b->n; i++) {
		chaos_call *call = &b->calls[i];

		chaos_compose(b->t, call);
		for (char *c = call->params; *c; c++)
			if (*c == '\'')
				*c = '"';
		b->items[i] = (market_batch_item)MARKET_BATCH_ITEM_INIT;
		b->items[i].operation = call->operation;
		b->items[i].params = call->params;
		b->items[i].as = call->actor;
	}
}

static void link_some(batch *b)
{
	for (size_t i = 0; i + 1 < b->n; i++) {
		size_t left = fault_below(&b->t->random, 3) ? 0 : fault_below(&b->t->random, LONGEST_CHAIN);

		for (; left > 0 && i + 1 < b->n; left--)
			b->items[i++].flags = MARKET_BATCH_LINKED;
	}
}

/* The whole batch comes again where one item has no answer yet: the others are replays then. */
static bool send(batch *b, bool *again)
{
	chaos_thread *t = b->t;
	int rc = market_batch(t->m.session, b->items, b->n, b->results, &t->m.err);

	*again = rc == MARKET_EBUSY;
	if (*again ||
	    !fault_check(rc == 0, "market_batch: %s: %s", market_error_name(rc), t->m.err.message))
		return *again;
	for (size_t i = 0; i < b->n; i++) {
		int code = b->results[i].code;

		*again =
			*again || code == MARKET_EBUSY || code == MARKET_ECONFLICT || code == MARKET_EUNKNOWN;
		check_done(b, i);
	}
	return true;
}

/* What was done once is done, or not known for the moment. */
static void check_done(batch *b, size_t i)
{
	const market_batch_result *result = &b->results[i];
	bool linked = (b->items[i].flags & MARKET_BATCH_LINKED) ||
	              (i > 0 && (b->items[i - 1].flags & MARKET_BATCH_LINKED));

	if (b->done[i])
		fault_check((result->code == 0 && result->replayed) || result->code == MARKET_EBUSY ||
		                result->code == MARKET_ECONFLICT || result->code == MARKET_EUNKNOWN ||
		                result->code == MARKET_ECHAIN,
		            "%s %s was done, and sent again it is %s", b->calls[i].operation,
		            b->calls[i].params, market_error_name(result->code));
	fault_check(linked || result->code != MARKET_ECHAIN, "%s %s has no chain that can break",
	            b->calls[i].operation, b->calls[i].params);
	b->done[i] = b->done[i] || result->code == 0;
}

static void take_answers(batch *b)
{
	chaos_thread *t = b->t;
	size_t from = 0;

	while (from < b->n) {
		size_t to = from + 1;
		bool bad;

		while (b->items[to - 1].flags & MARKET_BATCH_LINKED)
			to++;
		bad = to - from > 1 && broke(b, from, to);
		if (to - from > 1)
			atomic_fetch_add(bad ? &t->c->broken : &t->c->chains, 1);
		for (; from < to; from++) {
			const market_batch_result *result = &b->results[from];

			json_decref(t->m.out);
			t->m.out = result->reply ? json_loads(result->reply, 0, NULL) : NULL;
			t->m.err = result->error;
			if (bad && !b->done[from])
				note_broken(b, from);
			else if (!bad)
				chaos_acknowledge(t, &b->calls[from], result->code);
		}
	}
}

/* Whether the chain did, which all of its items say: one why, the others that. */
static bool broke(const batch *b, size_t from, size_t to)
{
	size_t done = 0, told = 0;

	for (size_t i = from; i < to; i++) {
		done += b->results[i].code == 0;
		told += b->results[i].code == MARKET_ECHAIN;
	}
	fault_check(done == to - from || (done == 0 && told == to - from - 1),
	            "a chain of %zu was done in %zu and broke in %zu", to - from, done, told);
	return done == 0;
}

/* Of a key that others have, too, nothing is known. */
static void note_broken(const batch *b, size_t i)
{
	char path[400], key[KEY_SIZE];
	const chaos_thread *t = b->t;
	FILE *file;

	if (sscanf(b->calls[i].params, "{\"key\":\"%139[0-9.]", key) != 1 || !strchr(key, '.'))
		return;
	sscanf(b->calls[i].params, "{\"key\":\"%139[^\"]", key);
	chaos_path(path, t->c, "broken", t->process);
	file = fopen(path, "a");
	if (!fault_check(file != NULL, "%s", path))
		return;
	fprintf(file, "%s\n", key);
	fclose(file);
}
