/* Memory that runs out in a batch that goes to a disk or to a server, where a commit may be lost.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/allocation/cases.h"
#include "tests/allocation/trial.h"

enum { N_ITEMS = 6, REFUSED = 1, CHAIN = 2, CHAIN_END = 4, MOST = 40, MOST_ON_SERVER = 15 };

typedef struct stored {
	const fault_store *store;
	fault_market m;
	int64_t n;
	int sent;
	char ids[N_ITEMS][60];
	int codes[N_ITEMS];
} stored;

static void batching(const fault_store *store);
static bool open_to_batch(void *data, int64_t n);
static int batch_once(void *data, market_error *err);
static int batch_next(void *data, market_error *err);
static int take_code(int i, const market_batch_result *result, market_error *err);
static uint64_t look(void *data);
static void close_stored(void *data);

void allocation_of_stored_batches(void)
{
	fault_case("an allocation of a batch to a store on disk or a server fails", FAULT_BOTH,
	           batching);
}

static void batching(const fault_store *store)
{
	stored s = {.store = store};
	const trial t = {.name = "market_batch",
	                 .data = &s,
	                 .begin = open_to_batch,
	                 .work = batch_once,
	                 .result = look,
	                 .again = batch_next,
	                 .end = close_stored,
	                 .most = store->postgres ? MOST_ON_SERVER : MOST,
	                 .alone = true,
	                 .server = store->postgres};
	fault_market m;
	char params[FAULT_TRANSFER_SIZE];

	if (!fault_open(&m, store, "seed"))
		return;
	fault_transfer(params, NULL, "seed:0", "psp_clearing", "escrow:0", 100000);
	fault_check(fault_send(&m, "ledger.transfer", params) == 0, "seed: %s", m.err.message);
	fault_transfer(params, NULL, "seed:1", "psp_clearing", "escrow:1", 100000);
	fault_check(fault_send(&m, "ledger.transfer", params) == 0, "seed: %s", m.err.message);
	fault_close(&m);
	trial_run(&t, false);
	trial_run(&t, true);
	trial_report("once and for good", 20, 8);
	fault_check_ledger(store, NULL);
}

static bool open_to_batch(void *data, int64_t n)
{
	stored *s = data;

	s->n = n;
	s->sent = 0;
	return fault_open(&s->m, s->store, "batcher");
}

/* One is refused, three are a chain. */
static int batch_once(void *data, market_error *err)
{
	static char params[N_ITEMS][FAULT_TRANSFER_SIZE];
	stored *s = data;
	market_batch_item items[N_ITEMS];
	market_batch_result results[N_ITEMS];
	int rc;

	for (int i = 0; i < N_ITEMS; i++) {
		snprintf(s->ids[i], sizeof(s->ids[0]), "b:%d-%lld-%d-%d", (int)getpid(), (long long)s->n,
		         s->sent, i);
		fault_transfer(params[i], s->ids[i], s->ids[i], i % 2 ? "escrow:1" : "escrow:0",
		               i % 2 ? "escrow:0" : "escrow:1", i == REFUSED ? 100000000 : 1);
		for (char *c = params[i]; *c; c++)
			if (*c == '\'')
				*c = '"';
		items[i] = (market_batch_item)MARKET_BATCH_ITEM_INIT;
		items[i].operation = "ledger.transfer";
		items[i].params = params[i];
		items[i].flags = i >= CHAIN && i < CHAIN_END ? MARKET_BATCH_LINKED : 0;
		s->codes[i] = MARKET_ENOMEM;
	}
	rc = market_batch(s->m.session, items, N_ITEMS, results, err);
	for (int i = 0; i < N_ITEMS; i++)
		s->codes[i] = rc != 0 ? rc : results[i].code;
	for (int i = 0; rc == 0 && i < N_ITEMS; i++)
		rc = take_code(i, &results[i], err);
	market_batch_free(results, N_ITEMS);
	return rc;
}

static int batch_next(void *data, market_error *err)
{
	((stored *)data)->sent++;
	return batch_once(data, err);
}

/* 0 when it is what it would be without a fault, or when another of its chain has the reason. */
static int take_code(int i, const market_batch_result *result, market_error *err)
{
	if (result->code == (i == REFUSED ? MARKET_EFUNDS : 0) ||
	    (result->code == MARKET_ECHAIN && i >= CHAIN && i <= CHAIN_END))
		return 0;
	*err = result->error;
	return result->code == 0 ? MARKET_EINTERNAL : result->code;
}

/* What was answered is what the store has. */
static uint64_t look(void *data)
{
	const stored *s = data;
	int64_t there[N_ITEMS];

	for (int i = 0; i < N_ITEMS; i++) {
		int64_t kept =
			fault_number(s->store, "SELECT COUNT(*) FROM journal WHERE key = '%s'", s->ids[i]);

		there[i] = fault_number(s->store, "SELECT COUNT(*) FROM transfer WHERE client_id = '%s'",
		                        s->ids[i]);
		if (s->codes[i] == MARKET_EUNKNOWN && s->store->postgres)
			fault_check(there[i] == (i == REFUSED ? 0 : kept) && kept <= 1,
			            "item %d is there in part", i);
		else
			fault_check(
				there[i] == (s->codes[i] == 0) &&
					kept == (s->codes[i] == 0 || s->codes[i] == MARKET_EFUNDS),
				"allocation %lld: item %d, answered %s, is there %lld times", (long long)s->n, i,
				s->codes[i] == 0 ? "ok" : market_error_name(s->codes[i]), (long long)there[i]);
	}
	for (int i = CHAIN; i < CHAIN_END; i++)
		fault_check(there[i] == there[i + 1], "a chain is there in part");
	return 1;
}

static void close_stored(void *data)
{
	fault_close(&((stored *)data)->m);
}
