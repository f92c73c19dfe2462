/*
 * Memory that runs out in a batch. Some of its items may be done then and others not: the store has
 * to be one in which just those that weren't answered no_memory were called, one by one.
 */
#include <market/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/allocation/cases.h"
#include "tests/allocation/trial.h"

enum { MOST_ITEMS = 8, MOST = 40 };

typedef struct batch {
	scenario_market m;
	scenario_values values;
	bool for_good;
	market_batch_item items[MOST_ITEMS];
	market_batch_result results[MOST_ITEMS];
	const scenario_step *steps[MOST_ITEMS]; /* NULL: a notification */
	char who[MOST_ITEMS][300];
	char *params[MOST_ITEMS];
	size_t n;
	uint64_t done;                      /* the items that are, a bit each */
	uint64_t expected[1 << MOST_ITEMS]; /* of the store, for those; 0: not known yet */
	int parts;                          /* sets of items that were done, of all batches */
	struct outcome {
		bool known;
		int codes[MOST_ITEMS];
		uint64_t digest;
	} * clean; /* shared: what nothing has failed in, and the digest that a process tells */
} batch;

static void fail_once(const fault_store *store);
static void fail_for_good(const fault_store *store);
static void run(bool for_good);
static bool run_steps(batch *b, const scenario *s);
static bool prepare(batch *b, const scenario *s);
static bool add(batch *b, const scenario_step *step);
static bool work(batch *b, market_time later);
static bool add_notifications(batch *b);
static bool append(batch *b, const char *who, const char *operation, json_t *params);
static bool try_and_send(batch *b);
static int send(void *data, market_error *err);
static int send_again(void *data, market_error *err);
static int judge_items(batch *b, market_error *err);
static int judge_unit(batch *b, size_t from, size_t to, market_error *err);
static int differs(const batch *b, size_t i, market_error *err);
static bool has_key(const batch *b, size_t i);
static uint64_t which_are_done(void *data);
static uint64_t digest_rows(void *data);
static uint64_t expect(void *data, uint64_t done);
static void call_singly(batch *b, uint64_t done);
static void close_market(void *data);

void allocation_of_batches(void)
{
	fault_case("an allocation of a batch fails: what is acknowledged is there, and nothing else",
	           FAULT_SQLITE, fail_once);
	fault_case("an allocation of a batch and all after it fail", FAULT_SQLITE, fail_for_good);
}

static void fail_once(const fault_store *store)
{
	(void)store;
	run(false);
	trial_report("once", 80, 40);
}

static void fail_for_good(const fault_store *store)
{
	(void)store;
	run(true);
	trial_report("for good", 80, 40);
}

static void run(bool for_good)
{
	static batch b;
	scenario *s = allocation_scenario("../allocation/batches");

	if (!s)
		return;
	b = (batch){.for_good = for_good};
	b.clean = fault_shared(sizeof(*b.clean));
	if (allocation_open(&b.m, s)) {
		if (prepare(&b, s) && run_steps(&b, s))
			fault_note("%d sets of items were done", b.parts);
		scenario_market_close(&b.m);
	}
	scenario_values_free(&b.values);
	scenario_free(s);
}

/* The shops and their goods. */
static bool prepare(batch *b, const scenario *s)
{
	scenario part = *s;
	scenario_way way = scenario_by_library(&b->m);
	char why[SCENARIO_WHY] = "";

	part.n_steps = s->n_own;
	return fault_check(scenario_run(&part, &way, &b->values, why), "%s", why);
}

static bool run_steps(batch *b, const scenario *s)
{
	bool good = true;

	for (size_t i = s->n_own; good && i < s->n_steps; i++) {
		const scenario_step *step = &s->steps[i];

		good = step->verb == SCENARIO_CALL
		           ? add(b, step)
		           : try_and_send(b) && work(b, step->verb == SCENARIO_LATER ? step->time : 0);
	}
	return good && try_and_send(b);
}

static bool add(batch *b, const scenario_step *step)
{
	char who[300], why[SCENARIO_WHY] = "";
	json_t *params = scenario_params(step->operation, step->params, &b->values, why);

	if (!fault_check(params && scenario_actor(step->who, &b->values, who, why), "line %d: %s",
	                 step->line, why) ||
	    !append(b, who, step->operation, params))
		return false;
	b->steps[b->n - 1] = step;
	return true;
}

/* What is due, then what the provider tells of it; or the clock moves and nothing is done. */
static bool work(batch *b, market_time later)
{
	scenario_way way = scenario_by_library(&b->m);
	market_error err = {0};

	b->m.now += later;
	if (later > 0)
		return true;
	if (!fault_check(market_work(b->m.session, 1000, NULL, &err) >= 0, "%s", err.message) ||
	    !add_notifications(b))
		return false;
	return try_and_send(b) && fault_check(way.work(&b->m, b->m.now, &err) == 0, "%s", err.message);
}

static bool add_notifications(batch *b)
{
	char *body = NULL, *signature = NULL;
	market_error err = {0};
	int64_t number;
	bool good = true, any = true;

	while (good && any) {
		int rc = market_sandbox_next_notification(b->m.market, b->m.now, &number, &body, &signature,
		                                          &err);

		any = body != NULL;
		if (rc == 0 && any)
			rc = market_sandbox_acknowledge(b->m.market, number, &err);
		good = fault_check(rc == 0, "%s", err.message);
		if (good && any)
			good = append(b, "anonymous", "payment.notify",
			              json_pack("{s:s, s:s, s:s}", "provider", "sandbox", "body", body,
			                        "signature", signature));
		market_text_free(body);
		market_text_free(signature);
	}
	return good;
}

static bool append(batch *b, const char *who, const char *operation, json_t *params)
{
	market_batch_item *item = &b->items[b->n];
	const char *key = json_string_value(json_object_get(params, "key"));

	if (!fault_check(b->n < MOST_ITEMS, "a batch of more than %d", MOST_ITEMS))
		return false;
	*item = (market_batch_item)MARKET_BATCH_ITEM_INIT;
	snprintf(b->who[b->n], sizeof(b->who[0]), "%s", who);
	item->operation = operation;
	item->as = b->who[b->n];
	item->params = b->params[b->n] = json_dumps(params, JSON_COMPACT);
	if (key && strncmp(key, "link", 4) == 0)
		item->flags = MARKET_BATCH_LINKED;
	b->steps[b->n++] = NULL;
	json_decref(params);
	return true;
}

static bool try_and_send(batch *b)
{
	const trial t = {.name = b->items[0].operation,
	                 .data = b,
	                 .work = send,
	                 .result = which_are_done,
	                 .again = send_again,
	                 .digest = digest_rows,
	                 .expected = expect,
	                 .end = close_market,
	                 .most = MOST};
	char why[SCENARIO_WHY] = "";
	market_error err = {0};
	bool good = true;

	if (b->n == 0)
		return true;
	memset(b->expected, 0, sizeof(b->expected));
	b->clean->known = false;
	trial_run(&t, b->for_good);
	for (size_t i = 0; i < sizeof(b->expected) / sizeof(b->expected[0]); i++)
		b->parts += b->expected[i] != 0;
	good = !fault_failed() &&
	       fault_check(market_batch(b->m.session, b->items, b->n, b->results, &err) == 0, "%s",
	                   err.message);
	for (size_t i = 0; good && i < b->n; i++) {
		const market_batch_result *result = &b->results[i];
		json_t *reply = result->reply ? json_loads(result->reply, JSON_DECODE_ANY, NULL) : NULL;

		good =
			fault_check(scenario_outcome(b->steps[i] ? b->steps[i]->outcome : "ok", result->code,
		                                 reply, result->replayed, &result->error, &b->values, why),
		                "%s %s: %s", b->items[i].operation, b->params[i], why);
		json_decref(reply);
	}
	market_batch_free(b->results, b->n);
	for (size_t i = 0; i < b->n; i++)
		free(b->params[i]);
	b->n = 0;
	return good;
}

static int send(void *data, market_error *err)
{
	batch *b = data;
	int rc = market_batch(b->m.session, b->items, b->n, b->results, err);

	b->done = 0;
	if (rc == 0)
		rc = judge_items(b, err);
	market_batch_free(b->results, b->n);
	return rc;
}

/* All are done now; those that were are told so. */
static int send_again(void *data, market_error *err)
{
	batch *b = data;
	uint64_t before = b->done;
	int rc = market_batch(b->m.session, b->items, b->n, b->results, err);

	for (size_t i = 0; rc == 0 && i < b->n; i++) {
		const market_batch_result *result = &b->results[i];

		bool told = !(before & (UINT64_C(1) << i)) || result->replayed || !has_key(b, i);

		if (result->code != b->clean->codes[i] || !told)
			rc = differs(b, i, err);
	}
	market_batch_free(b->results, b->n);
	return rc;
}

/* The code is that of the first that lacked memory. */
static int judge_items(batch *b, market_error *err)
{
	size_t from = 0;
	int rc = 0;

	if (!b->clean->known)
		for (size_t i = 0; i < b->n; i++)
			b->clean->codes[i] = b->results[i].code;
	b->clean->known = true;
	while (from < b->n && rc != MARKET_EINTERNAL) {
		size_t to = from;
		int unit;

		while (to + 1 < b->n && (b->items[to].flags & MARKET_BATCH_LINKED))
			to++;
		unit = judge_unit(b, from, ++to, err);
		if (unit == MARKET_EINTERNAL || rc == 0)
			rc = unit;
		from = to;
	}
	return rc;
}

/* An item or a chain is done as it always is, or lacks memory and isn't done. */
static int judge_unit(batch *b, size_t from, size_t to, market_error *err)
{
	size_t like_clean = 0, without_memory = 0, broken = 0;

	for (size_t i = from; i < to; i++) {
		like_clean += b->results[i].code == b->clean->codes[i];
		without_memory += b->results[i].code == MARKET_ENOMEM;
		broken += b->results[i].code == MARKET_ECHAIN;
	}
	if (like_clean == to - from) {
		/* No refusal of a chain is kept. */
		for (size_t i = from; i < to; i++)
			if (to - from == 1 || b->clean->codes[from] == 0)
				b->done |= UINT64_C(1) << i;
		return 0;
	}
	for (size_t i = from; i < to; i++)
		if (b->results[i].code == MARKET_ENOMEM)
			*err = b->results[i].error;
	if (without_memory == to - from || (without_memory == 1 && broken == to - from - 1))
		return MARKET_ENOMEM;
	return differs(b, from, err);
}

static int differs(const batch *b, size_t i, market_error *err)
{
	snprintf(err->message, sizeof(err->message), "%.60s of item %zu: %.20s, %.80s%s",
	         b->items[i].operation, i, market_error_name(b->results[i].code),
	         b->results[i].error.message, b->results[i].replayed ? ", replayed" : "");
	return err->code = MARKET_EINTERNAL;
}

static bool has_key(const batch *b, size_t i)
{
	return strstr(b->params[i], "\"key\"") != NULL;
}

static uint64_t which_are_done(void *data)
{
	return ((const batch *)data)->done;
}

/* 0 while a transaction is open. */
static uint64_t digest_rows(void *data)
{
	fault_store image = {.postgres = false};
	fault_state rows;
	sqlite3_int64 size = 0;
	unsigned char *bytes;
	uint64_t digest = 1;
	FILE *file;

	(void)data;
	if (!sqlite3_get_autocommit(allocation_connection()))
		return 0;
	snprintf(image.target, sizeof(image.target), "%s/image-%d", fault_folder(), (int)getpid());
	bytes = sqlite3_serialize(allocation_connection(), "main", &size, 0);
	file = fopen(image.target, "w");
	if (bytes && file)
		fwrite(bytes, 1, (size_t)size, file);
	if (file)
		fclose(file);
	sqlite3_free(bytes);
	if (!fault_state_read(&image, &rows))
		return 0;
	for (size_t i = 0; i < rows.n; i++)
		for (const char *c = rows.lines[i]; *c; c++)
			digest = (digest ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	fault_state_free(&rows);
	unlink(image.target);
	return digest;
}

/* In a process of its own, so that this one's store stays as it is. */
static uint64_t expect(void *data, uint64_t done)
{
	batch *b = data;
	pid_t process;
	int status = 0;

	if (b->expected[done] != 0)
		return b->expected[done];
	b->clean->digest = 0;
	fflush(stdout);
	process = fork();
	if (process == 0) {
		alarm(60);
		call_singly(b, done);
		_exit(0);
	}
	waitpid(process, &status, 0);
	fault_check(process > 0 && status == 0, "calls one by one ended with %#x", status);
	return b->expected[done] = b->clean->digest;
}

static void call_singly(batch *b, uint64_t done)
{
	for (size_t i = 0; i < b->n; i++) {
		market_error err = {0};
		char *reply = NULL;
		int rc;

		if (!(done & (UINT64_C(1) << i)))
			continue;
		rc = market_session_act_as_text(b->m.session, b->who[i], &err);
		if (rc == 0)
			rc = market_call(b->m.session, b->items[i].operation, b->params[i], &reply, &err);
		market_text_free(reply);
		fault_check(rc == b->clean->codes[i], "%s by itself: %s, %s", b->items[i].operation,
		            market_error_name(rc), err.message);
	}
	b->clean->digest = digest_rows(b);
}

static void close_market(void *data)
{
	scenario_market_close(&((batch *)data)->m);
}
