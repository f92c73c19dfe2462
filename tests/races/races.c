/*
 * Races: what must hold when many processes and threads work on one store.
 *
 *   market-races [--seed N] [--list] [PATTERN...]
 *
 * MARKET_TEST_LONG=1 runs the long form; MARKET_RACES_SECONDS is the length of the main case, by
 * itself a quarter of MARKET_SOAK_SECONDS.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/fault.h"
#include "tests/races/cases.h"

#define PROCESSES 8
#define ACCOUNTS 10
#define SEED_CENTS 100000
#define CALLERS 50

/* What the processes of a case did. */
typedef struct shared {
	const fault_store *store;
	int64_t until;
	atomic_llong transfers, held, refused, replayed, calls;
	atomic_int first; /* callers whose call was no replay */
	atomic_int ok;
	char result[CALLERS][64];
	char anchor[4000];
} shared;

static void conserve(const fault_store *store);
static void hammer(int number, void *data);
static void hammer_once(fault_market *m, shared *s, int number, int count, uint64_t *random);
static bool direct(fault_market *m, shared *s, const char *id, uint64_t *random);
static bool batch(fault_market *m, shared *s, const char *id, uint64_t *random);
static bool hold(fault_market *m, shared *s, const char *id, uint64_t *random);
static bool settled(fault_market *m, shared *s, int rc, int transfers);
static void pick(uint64_t *random, int *from, int *to);
static bool seed_accounts(const fault_store *store, int accounts, int64_t cents);
static void one_key(const fault_store *store);
static void call_one_key(int number, void *data);
static void one_client_id(const fault_store *store);
static void call_one_client_id(int number, void *data);
static void refused_key(const fault_store *store);
static void call_refused_key(int number, void *data);
static void all_alike(const shared *s, int count, const char *what);
static void funds(const fault_store *store);
static void draw(int number, void *data);
static void hold_funds(const fault_store *store);
static void draw_hold(int number, void *data);
static void create_at_once(const fault_store *store);
static void open_new(int number, void *data);
static void threads_one_market(const fault_store *store);
static void threads_two_connections(const fault_store *store);
static void threads_one_connection(const fault_store *store);
static void share_market(const fault_store *store, int32_t connections);
static void threads_own_markets(const fault_store *store);

int main(int argc, char **argv)
{
	fault_begin("races", argc, argv);
	fault_case("LED-3: 8 processes and 10 hot accounts conserve every unit", FAULT_BOTH, conserve);
	fault_case("50 callers on one key: one effect, one answer for all", FAULT_BOTH, one_key);
	fault_case("LED-2: 50 callers on one client id with keys of their own: one transfer",
	           FAULT_BOTH, one_client_id);
	fault_case("50 callers on one key that is refused: one refusal for all", FAULT_BOTH,
	           refused_key);
	fault_case("LED-3: 40 transfers that exceed the funds: what is affordable, exactly", FAULT_BOTH,
	           funds);
	fault_case("LED-3: 40 holds that exceed the funds: what is affordable, exactly", FAULT_BOTH,
	           hold_funds);
	fault_case("8 processes make one store at once", FAULT_BOTH, create_at_once);
	fault_case("8 threads share one market", FAULT_BOTH, threads_one_market);
	fault_case("8 threads share one market of two connections", FAULT_BOTH,
	           threads_two_connections);
	fault_case("8 threads share one market of one connection", FAULT_BOTH, threads_one_connection);
	fault_case("4 threads have a market each on one store", FAULT_BOTH, threads_own_markets);
	races_of_groups();
	races_of_transactions();
	races_of_refunds();
	races_of_stock();
	races_of_sealing();
	return fault_end();
}

/* ---- everything at once ---- */

static void conserve(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	const char *wish = getenv("MARKET_RACES_SECONDS");
	const char *soak = getenv("MARKET_SOAK_SECONDS");
	int seconds = wish ? atoi(wish) : soak ? atoi(soak) / 4 + 1 : fault_long() ? 1800 : 8;
	int64_t transfers, kept;
	s->store = store;
	if (!seed_accounts(store, ACCOUNTS, SEED_CENTS))
		return;
	s->until = fault_now_us() + (int64_t)seconds * 1000000;
	fault_processes(PROCESSES, hammer, s);
	fault_note("%d s: %lld calls, %lld transfers, %lld refused, %lld replayed", seconds,
	           (long long)atomic_load(&s->calls), (long long)atomic_load(&s->transfers),
	           (long long)atomic_load(&s->refused), (long long)atomic_load(&s->replayed));
	fault_check(atomic_load(&s->transfers) >= 10 * seconds, "only %lld transfers in %d s",
	            (long long)atomic_load(&s->transfers), seconds);
	fault_check(atomic_load(&s->replayed) > 0, "nothing was replayed");
	transfers = fault_number(store, "SELECT COUNT(*) FROM transfer WHERE client_id LIKE 'race:%%'");
	fault_check(transfers == atomic_load(&s->transfers),
	            "%lld transfers were acknowledged and %lld are stored",
	            (long long)atomic_load(&s->transfers), (long long)transfers);
	kept = fault_number(
		store, "SELECT COUNT(*) FROM journal WHERE actor LIKE 'operator:race%%' AND outcome <> 0");
	fault_check(kept == atomic_load(&s->refused), "%lld refusals were given and %lld are kept",
	            (long long)atomic_load(&s->refused), (long long)kept);
	fault_check(
		fault_number(store,
	                 "SELECT CAST(SUM(credits_posted - debits_posted) AS BIGINT) FROM account "
	                 "WHERE name LIKE 'escrow:%%'") == (int64_t)ACCOUNTS * SEED_CENTS,
		"the hot accounts no longer hold what was paid in");
	fault_check(fault_number(store, "SELECT CAST(SUM(debits_pending) AS BIGINT) FROM account") == 0,
	            "something is still held");
	fault_check(s->anchor[0], "no checkpoint was made meanwhile");
	fault_check_ledger(store, s->anchor);
}

static void hammer(int number, void *data)
{
	shared *s = data;
	fault_market m;
	uint64_t random = fault_seed() + (uint64_t)number;
	char name[16];
	int count = 0;
	snprintf(name, sizeof(name), "race%d", number);
	if (!fault_open(&m, s->store, name))
		return;
	while (fault_now_us() < s->until && !fault_failed()) {
		hammer_once(&m, s, number, count++, &random);
		if (number == 0 && count == 20) {
			char *anchor = fault_anchor(&m);
			snprintf(s->anchor, sizeof(s->anchor), "%s", anchor);
			free(anchor);
		}
	}
	fault_close(&m);
}

/* One keyed operation, and now and then the same once more. */
static void hammer_once(fault_market *m, shared *s, int number, int count, uint64_t *random)
{
	const uint64_t before = *random;
	uint64_t again, kind = fault_below(random, 10);
	char id[40], first[64];
	bool (*const work)(fault_market *, shared *, const char *, uint64_t *) = kind < 6   ? direct
	                                                                         : kind < 8 ? batch
	                                                                                    : hold;
	snprintf(id, sizeof(id), "%d-%d", number, count);
	if (!work(m, s, id, random) || work != direct || count % 7 != 0)
		return;
	snprintf(first, sizeof(first), "%s", fault_out(m, "id"));
	again = before;
	fault_below(&again, 10);
	atomic_fetch_sub(&s->transfers, 1);
	if (!direct(m, s, id, &again))
		return;
	fault_check(market_session_replayed(m->session) && strcmp(fault_out(m, "id"), first) == 0,
	            "the key %s sent again gave %s, not %s", id, fault_out(m, "id"), first);
	atomic_fetch_add(&s->replayed, 1);
}

static bool direct(fault_market *m, shared *s, const char *id, uint64_t *random)
{
	char params[FAULT_TRANSFER_SIZE], client[60], debit[20], credit[20];
	int from, to;
	pick(random, &from, &to);
	snprintf(client, sizeof(client), "race:%s", id);
	snprintf(debit, sizeof(debit), "escrow:%d", from);
	snprintf(credit, sizeof(credit), "escrow:%d", to);
	fault_transfer(params, id, client, debit, credit, 1 + (int64_t)fault_below(random, SEED_CENTS));
	return settled(m, s, fault_send(m, "ledger.transfer", params), 1);
}

/* LED-4: three transfers, all or none. */
static bool batch(fault_market *m, shared *s, const char *id, uint64_t *random)
{
	char params[2000], one[FAULT_TRANSFER_SIZE], client[60], debit[20], credit[20];
	size_t used = (size_t)snprintf(params, sizeof(params), "{'key':'%s','transfers':[", id);
	for (int i = 0; i < 3; i++) {
		int from, to;
		pick(random, &from, &to);
		snprintf(client, sizeof(client), "race:%s.%d", id, i);
		snprintf(debit, sizeof(debit), "escrow:%d", from);
		snprintf(credit, sizeof(credit), "escrow:%d", to);
		used += (size_t)snprintf(params + used, sizeof(params) - used, "%s%s", i ? "," : "",
		                         fault_transfer(one, NULL, client, debit, credit,
		                                        1 + (int64_t)fault_below(random, SEED_CENTS / 2)));
	}
	snprintf(params + used, sizeof(params) - used, "]}");
	return settled(m, s, fault_send(m, "ledger.batch", params), 3);
}

/* A hold, then its end: half of them are posted in part, half freed. */
static bool hold(fault_market *m, shared *s, const char *id, uint64_t *random)
{
	char params[1000];
	const char *end = fault_below(random, 2) ? "void" : "post";
	int64_t cents = 2 + (int64_t)fault_below(random, SEED_CENTS / 2);
	int from, to, rc;
	pick(random, &from, &to);
	snprintf(params, sizeof(params),
	         "{'key':'%s','client_id':'race:%s','kind':'pending','legs':["
	         "{'account':'escrow:%d','debit':{'amount':'%lld.%02lld','currency':'BRL'}},"
	         "{'account':'escrow:%d','credit':{'amount':'%lld.%02lld','currency':'BRL'}}]}",
	         id, id, from, (long long)cents / 100, (long long)cents % 100, to,
	         (long long)cents / 100, (long long)cents % 100);
	if (!settled(m, s, fault_send(m, "ledger.transfer", params), 1))
		return false;
	snprintf(params, sizeof(params),
	         "{'key':'%s-end','client_id':'race:%s.end','kind':'%s','pending':'%s'}", id, id, end,
	         fault_out(m, "id"));
	rc = fault_send(m, "ledger.transfer", params);
	if (rc == MARKET_ENOTFOUND)
		fault_check(false, "the hold race:%s was answered, and %lld rows have it now", id,
		            (long long)fault_number(
						s->store, "SELECT COUNT(*) FROM transfer WHERE client_id = 'race:%s'", id));
	return settled(m, s, rc, 1);
}

static bool settled(fault_market *m, shared *s, int rc, int transfers)
{
	atomic_fetch_add(&s->calls, 1);
	if (rc == 0)
		atomic_fetch_add(&s->transfers, transfers);
	else if (rc == MARKET_EFUNDS)
		atomic_fetch_add(&s->refused, 1);
	else
		fault_check(false, "%s: %s; %s", market_error_name(rc), m->err.message, m->err.detail);
	return rc == 0;
}

static void pick(uint64_t *random, int *from, int *to)
{
	*from = (int)fault_below(random, ACCOUNTS);
	*to = (int)fault_below(random, ACCOUNTS - 1);
	*to += *to >= *from;
}

static bool seed_accounts(const fault_store *store, int accounts, int64_t cents)
{
	fault_market m;
	char params[FAULT_TRANSFER_SIZE], id[20], account[20];
	bool good = fault_open(&m, store, "seed");
	for (int i = 0; good && i < accounts; i++) {
		snprintf(id, sizeof(id), "seed:%d", i);
		snprintf(account, sizeof(account), "escrow:%d", i);
		good = fault_check(
			fault_send(&m, "ledger.transfer",
		               fault_transfer(params, NULL, id, "psp_clearing", account, cents)) == 0,
			"seed: %s", m.err.message);
	}
	fault_close(&m);
	return good;
}

/* ---- one key ---- */

static void one_key(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	int64_t keyed;
	s->store = store;
	if (!seed_accounts(store, 1, SEED_CENTS))
		return;
	fault_processes(CALLERS, call_one_key, s);
	all_alike(s, CALLERS, "key");
	fault_check(atomic_load(&s->first) == 1, "%d callers were told that theirs was the first",
	            atomic_load(&s->first));
	keyed = fault_number(store, "SELECT COUNT(*) FROM journal WHERE key = 'the-key'");
	fault_check(keyed == 1, "%lld journal rows have the key", (long long)keyed);
	fault_check(
		fault_number(store, "SELECT credits_posted FROM account WHERE name = 'seller_pending'") ==
			700,
		"the transfer wasn't done once");
	fault_check_ledger(store, NULL);
}

static void call_one_key(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char params[FAULT_TRANSFER_SIZE];
	int rc;
	if (!fault_open(&m, s->store, "caller"))
		return;
	fault_transfer(params, "the-key", "race:one", "escrow:0", "seller_pending", 700);
	fault_meet(CALLERS);
	rc = fault_send(&m, "ledger.transfer", params);
	fault_check(rc == 0, "caller %d: %s: %s", number, market_error_name(rc), m.err.message);
	snprintf(s->result[number], sizeof(s->result[number]), "%s", fault_out(&m, "id"));
	if (rc == 0 && !market_session_replayed(m.session))
		atomic_fetch_add(&s->first, 1);
	fault_close(&m);
}

static void one_client_id(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	s->store = store;
	if (!seed_accounts(store, 1, SEED_CENTS))
		return;
	fault_processes(CALLERS, call_one_client_id, s);
	all_alike(s, CALLERS, "client id");
	fault_check(fault_number(store, "SELECT COUNT(*) FROM transfer WHERE client_id = 'race:one'") ==
	                1,
	            "the transfer isn't stored once");
	fault_check(fault_number(store, "SELECT COUNT(*) FROM journal WHERE key LIKE 'key-%%'") ==
	                CALLERS,
	            "each call has a journal row of its own");
	fault_check_ledger(store, NULL);
}

static void call_one_client_id(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char params[FAULT_TRANSFER_SIZE], key[20];
	int rc;
	if (!fault_open(&m, s->store, "caller"))
		return;
	snprintf(key, sizeof(key), "key-%d", number);
	fault_transfer(params, key, "race:one", "escrow:0", "seller_pending", 700);
	fault_meet(CALLERS);
	rc = fault_send(&m, "ledger.transfer", params);
	fault_check(rc == 0, "caller %d: %s: %s", number, market_error_name(rc), m.err.message);
	snprintf(s->result[number], sizeof(s->result[number]), "%s", fault_out(&m, "id"));
	fault_close(&m);
}

static void refused_key(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	s->store = store;
	if (!seed_accounts(store, 1, SEED_CENTS))
		return;
	fault_processes(CALLERS, call_refused_key, s);
	all_alike(s, CALLERS, "refusal");
	fault_check(
		fault_number(store,
	                 "SELECT COUNT(*) FROM journal WHERE key = 'the-key' AND outcome <> 0") == 1,
		"the refusal isn't kept once");
	fault_check(fault_number(store, "SELECT COUNT(*) FROM transfer") == 1,
	            "a refused transfer is stored");
	fault_check_ledger(store, NULL);
}

static void call_refused_key(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char params[FAULT_TRANSFER_SIZE];
	int rc;
	if (!fault_open(&m, s->store, "caller"))
		return;
	fault_transfer(params, "the-key", "race:one", "escrow:0", "seller_pending", SEED_CENTS + 1);
	fault_meet(CALLERS);
	rc = fault_send(&m, "ledger.transfer", params);
	fault_check(rc == MARKET_EFUNDS, "caller %d: %s: %s", number, market_error_name(rc),
	            m.err.message);
	snprintf(s->result[number], sizeof(s->result[number]), "%.60s", m.err.message);
	fault_close(&m);
}

static void all_alike(const shared *s, int count, const char *what)
{
	for (int i = 0; i < count; i++)
		fault_check(s->result[i][0] && strcmp(s->result[i], s->result[0]) == 0,
		            "callers of one %s were given \"%s\" and \"%s\"", what, s->result[0],
		            s->result[i]);
}

/* ---- never more than the funds ---- */

enum { DRAWERS = 40, DRAWN_CENTS = 70, FUNDS_CENTS = 1000, AFFORDABLE = FUNDS_CENTS / DRAWN_CENTS };

static void funds(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	s->store = store;
	if (!seed_accounts(store, 1, FUNDS_CENTS))
		return;
	fault_processes(DRAWERS, draw, s);
	fault_check(atomic_load(&s->ok) == AFFORDABLE, "%d transfers of %d were done, not %d",
	            atomic_load(&s->ok), DRAWERS, AFFORDABLE);
	fault_check(
		fault_number(
			store, "SELECT credits_posted - debits_posted FROM account WHERE name = 'escrow:0'") ==
			FUNDS_CENTS - AFFORDABLE * DRAWN_CENTS,
		"the account holds something else");
	fault_check_ledger(store, NULL);
}

static void draw(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char params[FAULT_TRANSFER_SIZE], id[20];
	int rc;
	if (!fault_open(&m, s->store, "drawer"))
		return;
	snprintf(id, sizeof(id), "draw:%d", number);
	fault_transfer(params, number % 2 ? id : NULL, id, "escrow:0", "seller_pending", DRAWN_CENTS);
	fault_meet(DRAWERS);
	rc = fault_send(&m, "ledger.transfer", params);
	fault_check(rc == 0 || rc == MARKET_EFUNDS, "drawer %d: %s: %s", number, market_error_name(rc),
	            m.err.message);
	if (rc == 0)
		atomic_fetch_add(&s->ok, 1);
	fault_close(&m);
}

static void hold_funds(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	s->store = store;
	if (!seed_accounts(store, 1, FUNDS_CENTS))
		return;
	fault_processes(DRAWERS, draw_hold, s);
	fault_check(atomic_load(&s->ok) == AFFORDABLE, "%d holds of %d were made, not %d",
	            atomic_load(&s->ok), DRAWERS, AFFORDABLE);
	fault_check(fault_number(store, "SELECT debits_pending FROM account WHERE name = 'escrow:0'") ==
	                AFFORDABLE * DRAWN_CENTS,
	            "the account holds something else");
	fault_check_ledger(store, NULL);
}

static void draw_hold(int number, void *data)
{
	shared *s = data;
	fault_market m;
	int rc;
	if (!fault_open(&m, s->store, "drawer"))
		return;
	fault_meet(DRAWERS);
	do {
		rc = fault_call(
			&m, "ledger.transfer",
			"{'client_id':'hold:%d','kind':'pending','legs':[{'account':'escrow:0','debit':"
			"{'amount':'0.70','currency':'BRL'}},{'account':'seller_pending','credit':"
			"{'amount':'0.70','currency':'BRL'}}]}",
			number);
	} while (rc == MARKET_EBUSY || rc == MARKET_ECONFLICT);
	fault_check(rc == 0 || rc == MARKET_EFUNDS, "drawer %d: %s: %s", number, market_error_name(rc),
	            m.err.message);
	if (rc == 0)
		atomic_fetch_add(&s->ok, 1);
	fault_close(&m);
}

/* ---- a new store ---- */

static void create_at_once(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	s->store = store;
	fault_processes(PROCESSES, open_new, s);
	fault_check(fault_number(store, "SELECT COUNT(*) FROM store") == 1,
	            "the store has no single name");
	fault_check(fault_number(store, "SELECT COUNT(*) FROM policy") == 1,
	            "the store has no single policy");
	fault_check(fault_number(store, "SELECT COUNT(*) FROM transfer") == PROCESSES,
	            "transfers are missing");
	fault_check_ledger(store, NULL);
}

static void open_new(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char params[FAULT_TRANSFER_SIZE], id[20];
	int rc;
	fault_meet(PROCESSES);
	if (!fault_open(&m, s->store, "maker"))
		return;
	snprintf(id, sizeof(id), "new:%d", number);
	rc = fault_send(&m, "ledger.transfer",
	                fault_transfer(params, id, id, "psp_clearing", "escrow:0", 1));
	fault_check(rc == 0, "maker %d: %s: %s", number, market_error_name(rc), m.err.message);
	fault_close(&m);
}

/* ---- threads ---- */

enum { THREADS = 8, MARKETS = 4, EACH = 60 };

typedef struct thread_work {
	fault_market m;
	shared *s;
	int number;
	pthread_t id;
} thread_work;

static void *hammer_thread(void *data)
{
	thread_work *work = data;
	uint64_t random = fault_seed() + (uint64_t)work->number;
	for (int i = 0; i < EACH && !fault_failed(); i++)
		hammer_once(&work->m, work->s, work->number, i, &random);
	return NULL;
}

static void run_threads(const fault_store *store, shared *s, thread_work *works, int count)
{
	for (int i = 0; i < count; i++) {
		works[i].s = s;
		works[i].number = i;
		pthread_create(&works[i].id, NULL, hammer_thread, &works[i]);
	}
	for (int i = 0; i < count; i++)
		pthread_join(works[i].id, NULL);
	fault_check(
		fault_number(store, "SELECT COUNT(*) FROM transfer WHERE client_id LIKE 'race:%%'") ==
			atomic_load(&s->transfers),
		"acknowledged transfers are missing");
}

static void threads_one_market(const fault_store *store)
{
	share_market(store, 0);
}

static void threads_two_connections(const fault_store *store)
{
	share_market(store, 2);
}

static void threads_one_connection(const fault_store *store)
{
	share_market(store, 1);
}

static void share_market(const fault_store *store, int32_t connections)
{
	shared *s = fault_shared(sizeof(*s));
	thread_work works[THREADS] = {0};
	market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "thread", .rights = MARKET_RIGHT_ALL};
	fault_market shared_market;
	bool good = seed_accounts(store, ACCOUNTS, SEED_CENTS) &&
	            fault_open_with(&shared_market, store, "owner", connections);
	s->store = store;
	if (!good)
		return;
	for (int i = 0; i < THREADS; i++) {
		works[i].m.market = shared_market.market;
		fault_check(market_session_open(shared_market.market, &actor, &works[i].m.session,
		                                &works[i].m.err) == 0,
		            "session: %s", works[i].m.err.message);
	}
	run_threads(store, s, works, THREADS);
	for (int i = 0; i < THREADS; i++) {
		json_decref(works[i].m.out);
		market_session_close(works[i].m.session);
	}
	fault_close(&shared_market);
	fault_check_ledger(store, NULL);
}

static void threads_own_markets(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	thread_work works[MARKETS] = {0};
	bool good = seed_accounts(store, ACCOUNTS, SEED_CENTS);
	s->store = store;
	for (int i = 0; good && i < MARKETS; i++)
		good = fault_open(&works[i].m, store, "thread");
	if (!good)
		return;
	run_threads(store, s, works, MARKETS);
	for (int i = 0; i < MARKETS; i++)
		fault_close(&works[i].m);
	fault_check_ledger(store, NULL);
}
