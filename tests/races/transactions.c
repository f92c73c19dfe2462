/* Deadlocks, and transactions that the engine sends back. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "tests/fault/fault.h"
#include "tests/races/cases.h"

#define PAIRS 4
#define MOST 30

typedef struct shared {
	const fault_store *store;
	int64_t until;
	atomic_int done[2 * PAIRS];
	atomic_int enough;
	char result[2][64];
} shared;

static void opposite_order(const fault_store *store);
static void cross(int number, void *data);
static void deadlock(const fault_store *store);
static void insert_crosswise(int number, void *data);
static bool is_enough(const shared *s, int rounds);
static void sent_back(const fault_store *store);
static void run_sent_back(const fault_store *store, const char *state, int write, int times);
static bool seed(const fault_store *store);
static int batch_of(fault_market *m, const char *key, const char *name, int count, bool reverse);

void races_of_transactions(void)
{
	fault_case("two-way transfers in opposite order go on for ever", FAULT_BOTH, opposite_order);
	fault_case("a deadlock is run again, and each transfer is done once", FAULT_POSTGRES, deadlock);
	fault_case("40001 and 40P01 at every row write, up to three times: the same end",
	           FAULT_POSTGRES, sent_back);
}

/* ---- opposite order ---- */

static void opposite_order(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	int64_t deadlocks = -1;
	s->store = store;
	if (!seed(store))
		return;
	s->until = fault_now_us() + (fault_long() ? 60 : 3) * 1000000;
	fault_processes(2 * PAIRS, cross, s);
	for (int i = 0; i < 2 * PAIRS; i++)
		fault_check(atomic_load(&s->done[i]) >= 3, "process %d came to %d operations only", i,
		            atomic_load(&s->done[i]));
	if (store->postgres)
		deadlocks = fault_number(
			store, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
	/* Rows are taken in one order by all. */
	fault_check(!store->postgres || deadlocks == 0, "the server met %lld deadlocks",
	            (long long)deadlocks);
	fault_check_ledger(store, NULL);
}

/* Every batch has A → B and B → A; half of the processes write them the other way round. */
static void cross(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char key[40];
	if (!fault_open(&m, s->store, "crossing"))
		return;
	for (int i = 0; fault_now_us() < s->until && !fault_failed(); i++) {
		int rc;
		snprintf(key, sizeof(key), "%d-%d", number, i);
		rc = batch_of(&m, key, "cross", 2, number % 2);
		fault_check(rc == 0, "%s: %s; %s", market_error_name(rc), m.err.message, m.err.detail);
		atomic_fetch_add(&s->done[number], 1);
	}
	fault_close(&m);
}

/* ---- a deadlock ---- */

/* New rows are written in the order asked for: two batches that name the same client ids the other
 * way round wait for each other, until the server ends one of them. */
static void deadlock(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	int64_t deadlocks;
	s->store = store;
	if (!seed(store))
		return;
	s->until = fault_now_us() + 60 * 1000000;
	fault_processes(2, insert_crosswise, s);
	deadlocks = fault_number(
		store, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
	fault_note("%d rounds, %lld deadlocks", atomic_load(&s->done[0]), (long long)deadlocks);
	fault_check(deadlocks > 0, "the server met no deadlock in %d rounds", atomic_load(&s->done[0]));
	fault_check(
		fault_number(store, "SELECT COUNT(*) FROM transfer WHERE client_id LIKE 'cross%%'") ==
			MOST * (int64_t)atomic_load(&s->done[0]),
		"a transfer wasn't done once");
	fault_check_ledger(store, NULL);
}

static void insert_crosswise(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char key[40];
	bool good = fault_open(&m, s->store, number ? "right" : "left");
	for (int i = 0; good && !atomic_load(&s->enough) && !fault_failed(); i++) {
		int rc;
		snprintf(key, sizeof(key), "%d", i);
		fault_meet(2);
		rc = batch_of(&m, key, "cross", MOST, number);
		fault_check(rc == 0, "%s: %s; %s", market_error_name(rc), m.err.message, m.err.detail);
		atomic_fetch_add(&s->done[number], 1);
		if (number == 0)
			atomic_store(&s->enough, is_enough(s, i + 1));
		fault_meet(2);
	}
	fault_close(&m);
}

/* A busy machine may run the two one after the other for a while. */
static bool is_enough(const shared *s, int rounds)
{
	if (rounds % 20 != 0)
		return false;
	return fault_now_us() > s->until ||
	       fault_number(s->store, "SELECT deadlocks FROM pg_stat_database "
	                              "WHERE datname = current_database()") > 2;
}

/* ---- sent back ---- */

/* A trigger counts row writes with a sequence, which no rollback takes back, and ends those that
 * the table fault_plan names. */
static const char *const traps[] = {
	"CREATE SEQUENCE fault_writes",
	"CREATE TABLE fault_plan (at BIGINT, state TEXT)",
	"CREATE FUNCTION fault_trap() RETURNS trigger LANGUAGE plpgsql AS $$ "
	"DECLARE n BIGINT; s TEXT; "
	"BEGIN n := nextval('fault_writes'); SELECT state INTO s FROM fault_plan WHERE at = n; "
	"IF FOUND THEN RAISE EXCEPTION 'sent back' USING ERRCODE = s; END IF; "
	"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
	"DO $$ DECLARE t TEXT; BEGIN "
	"FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
	"AND tablename <> 'fault_plan' LOOP "
	"EXECUTE format('CREATE TRIGGER fault BEFORE INSERT OR UPDATE OR DELETE ON %I "
	"FOR EACH ROW EXECUTE FUNCTION fault_trap()', t); END LOOP; END $$",
};

enum { TOO_OFTEN = 8 }; /* the runs of one operation */

static void sent_back(const fault_store *store)
{
	fault_market m;
	int64_t writes;
	bool good = seed(store);
	for (size_t i = 0; good && i < sizeof(traps) / sizeof(traps[0]); i++)
		good = fault_check(fault_execute(store, traps[i]), "the trap can't be set");
	if (!good || !fault_open(&m, store, "writer"))
		return;
	fault_check(batch_of(&m, "clean", "back", 2, false) == 0, "%s", m.err.message);
	writes = fault_number(store, "SELECT last_value FROM fault_writes");
	fault_close(&m);
	fault_note("%lld row writes", (long long)writes);
	fault_check(writes >= 8, "the trap counts %lld row writes only", (long long)writes);
	for (int write = 1; write <= writes && !fault_failed(); write++)
		for (int times = 1; times <= 3; times++)
			run_sent_back(store, times == 2 ? "40P01" : "40001", write, times);
	run_sent_back(store, "40001", 1, TOO_OFTEN);
	fault_execute(store, "DELETE FROM fault_plan");
	fault_check_ledger(store, NULL);
}

/* Each run starts its writes anew: the one to be sent back is `write` further on every time. */
static void run_sent_back(const fault_store *store, const char *state, int write, int times)
{
	char sql[300], key[40];
	fault_market m;
	int64_t rows = fault_number(store, "SELECT COUNT(*) FROM transfer");
	int rc, want = times < TOO_OFTEN ? 0 : MARKET_ECONFLICT;
	snprintf(sql, sizeof(sql),
	         "DELETE FROM fault_plan; SELECT setval('fault_writes', 1, false); "
	         "INSERT INTO fault_plan SELECT g * %d, '%s' FROM generate_series(1, %d) g",
	         write, state, times);
	snprintf(key, sizeof(key), "%d-%d", write, times);
	if (!fault_check(fault_execute(store, sql), "the trap can't be set") ||
	    !fault_open(&m, store, "writer"))
		return;
	rc = batch_of(&m, key, "back", 2, false);
	fault_check(rc == want, "%s at write %d, %d times: %s: %s; %s", state, write, times,
	            market_error_name(rc), m.err.message, m.err.detail);
	rows = fault_number(store, "SELECT COUNT(*) FROM transfer") - rows;
	fault_check(rows == (want == 0 ? 2 : 0), "%s at write %d, %d times: %lld transfers", state,
	            write, times, (long long)rows);
	fault_close(&m);
}

/* ---- steps ---- */

static bool seed(const fault_store *store)
{
	fault_market m;
	char params[FAULT_TRANSFER_SIZE];
	bool good = fault_open(&m, store, "seed");
	for (int i = 0; good && i < 2; i++) {
		char id[20], account[20];
		snprintf(id, sizeof(id), "seed:%d", i);
		snprintf(account, sizeof(account), "escrow:%d", i);
		good = fault_check(
			fault_call(&m, "ledger.transfer", "%s",
		               fault_transfer(params, NULL, id, "psp_clearing", account, 10000)) == 0,
			"seed: %s", m.err.message);
	}
	fault_close(&m);
	return good;
}

/* 1.00 there and 1.00 back in turn, written in either order. */
static int batch_of(fault_market *m, const char *key, const char *name, int count, bool reverse)
{
	char params[MOST * FAULT_TRANSFER_SIZE], one[FAULT_TRANSFER_SIZE], id[80];
	size_t used = (size_t)snprintf(params, sizeof(params), "{'key':'%s','transfers':[", key);
	for (int n = 0; n < count; n++) {
		int i = reverse ? count - 1 - n : n;
		snprintf(id, sizeof(id), "%s:%s.%d", name, key, i);
		fault_transfer(one, NULL, id, i % 2 ? "escrow:1" : "escrow:0",
		               i % 2 ? "escrow:0" : "escrow:1", 100);
		used += (size_t)snprintf(params + used, sizeof(params) - used, "%s%s", n ? "," : "", one);
	}
	snprintf(params + used, sizeof(params) - used, "]}");
	return fault_call(m, "ledger.batch", "%s", params);
}
