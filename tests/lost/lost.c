/*
 * Lost answers: a proxy cuts the connection to PostgreSQL before and after the server has a COMMIT,
 * and at other messages. With a key each call has one effect, and what was answered is there;
 * without one the error says that the outcome is unknown.
 *
 *   market-lost [--seed N] [--list] [PATTERN...]
 *
 * 200 cuts, 2,000 with MARKET_TEST_LONG=1, or MARKET_LOST_CUTS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/shop.h"
#include "tests/lost/proxy.h"

#define STOCK 1000000
#define PROCESSES 4
#define LONGEST_DELAY_US 30000
#define MOST_MESSAGES 60 /* of one call */

static int64_t resolved, refused, n_unknown, n_unavailable;

static void with_keys(const fault_store *store);
static void without_keys(const fault_store *store);
static void at_once(const fault_store *store);
static void caller(int number, void *data);
static bool open_behind(fault_market *m, const fault_store *store, const proxy *p);
static void prepare(const fault_store *store, fault_shop *shop);
static proxy *start(void);
static void arm(proxy *p, uint64_t *random);
static int64_t effects(const fault_store *store, bool order, int64_t number);
static int call_one(fault_market *m, const fault_shop *shop, bool order, bool keyed,
                    int64_t number);
static void check_end(const fault_store *store, int64_t orders);
static int cuts(void);

int main(int argc, char **argv)
{
	fault_begin("lost", argc, argv);
	fault_case("cuts under calls with a key: each has one effect, and it is answered",
	           FAULT_POSTGRES, with_keys);
	fault_case("cuts under calls without a key: unknown, or nothing is done", FAULT_POSTGRES,
	           without_keys);
	fault_case("4 processes whose commits are cut: each call has one effect", FAULT_POSTGRES,
	           at_once);
	return fault_end();
}

static int cuts(void)
{
	const char *wish = getenv("MARKET_LOST_CUTS");
	return wish ? atoi(wish) : fault_long() ? 2000 : 200;
}

/* ---- one caller ---- */

/* Sent again, the call gives what it gave, or what it would have given. */
static void with_keys(const fault_store *store)
{
	uint64_t random = fault_seed();
	int64_t number = 0, orders = 0;
	fault_market m;
	fault_shop shop;
	proxy *p = start();
	resolved = refused = 0;
	prepare(store, &shop);
	if (!fault_failed() && open_behind(&m, store, p)) {
		while (proxy_hits(p) < cuts() && !fault_failed()) {
			bool order = number % 2 == 1;
			char id[64] = "";
			int before = proxy_hits(p), rc;
			arm(p, &random);
			rc = call_one(&m, &shop, order, true, number);
			atomic_store(&p->cut, PROXY_NONE);
			*(rc == 0 ? &resolved : &refused) += proxy_hits(p) - before;
			fault_check(rc == 0 || rc == MARKET_EUNKNOWN || rc == MARKET_EUNAVAILABLE,
			            "call %lld: %s: %s", (long long)number, market_error_name(rc),
			            m.err.message);
			if (rc == 0)
				snprintf(id, sizeof(id), "%s", fault_out(&m, "id"));
			rc = call_one(&m, &shop, order, true, number);
			fault_check(rc == 0 && (!*id || (strcmp(id, fault_out(&m, "id")) == 0 &&
			                                 market_session_replayed(m.session))),
			            "call %lld was answered with %s, and sent again it gives %s %s: %s",
			            (long long)number, *id ? id : "no answer", market_error_name(rc),
			            fault_out(&m, "id"), m.err.message);
			fault_check(effects(store, order, number) == 1, "call %lld has %lld effects",
			            (long long)number, (long long)effects(store, order, number));
			orders += order;
			number++;
		}
		fault_close(&m);
	}
	fault_note("%d cuts in %lld calls: %lld were answered all the same, %lld after they were sent "
	           "again",
	           proxy_hits(p), (long long)number, (long long)resolved, (long long)refused);
	for (int i = 1; i < PROXY_CUTS; i++) {
		fault_note("%4d %s", atomic_load(&p->hits[i]), proxy_cut_name(i));
		fault_check(atomic_load(&p->hits[i]) > 0, "none was cut %s", proxy_cut_name(i));
	}
	proxy_stop(p);
	check_end(store, orders);
}

/* Nobody can tell afterwards: what is unavailable isn't done, what is unknown may be. */
static void without_keys(const fault_store *store)
{
	uint64_t random = fault_seed();
	int64_t number = 0, orders = 0;
	fault_market m;
	fault_shop shop;
	proxy *p = start();
	n_unknown = n_unavailable = 0;
	prepare(store, &shop);
	if (!fault_failed() && open_behind(&m, store, p)) {
		while (proxy_hits(p) < cuts() / 2 && !fault_failed()) {
			int commits, rc;
			int64_t n;
			arm(p, &random);
			rc = call_one(&m, &shop, false, false, number);
			commits = atomic_exchange(&p->cut, PROXY_NONE);
			(void)commits;
			n_unknown += rc == MARKET_EUNKNOWN;
			n_unavailable += rc == MARKET_EUNAVAILABLE;
			/* a late one is on its way */
			if (rc == MARKET_EUNKNOWN)
				usleep(2 * LONGEST_DELAY_US);
			n = effects(store, false, number);
			fault_check(rc == 0 || rc == MARKET_EUNKNOWN || rc == MARKET_EUNAVAILABLE,
			            "call %lld: %s: %s", (long long)number, market_error_name(rc),
			            m.err.message);
			fault_check(rc == MARKET_EUNKNOWN ? n <= 1 : n == (rc == 0),
			            "call %lld: %s, %lld effects", (long long)number, market_error_name(rc),
			            (long long)n);
			number++;
		}
		fault_close(&m);
	}
	fault_note(
		"%d cuts in %lld calls: %lld unknown, %lld unavailable and not done, the others done "
		"on a new connection",
		proxy_hits(p), (long long)number, (long long)n_unknown, (long long)n_unavailable);
	fault_check(n_unknown > 0, "no outcome was unknown");
	proxy_stop(p);
	check_end(store, orders);
}

/* ---- many callers ---- */

typedef struct together {
	fault_store store;
	fault_shop shop;
	proxy *p;
	int calls;
} together;

static void at_once(const fault_store *store)
{
	together t = {.store = *store, .p = start(), .calls = cuts() / 8};
	prepare(store, &t.shop);
	atomic_store(&t.p->random, fault_seed());
	atomic_store(&t.p->delay_us, LONGEST_DELAY_US);
	atomic_store(&t.p->one_in, 3);
	if (!fault_failed())
		fault_processes(PROCESSES, caller, &t);
	fault_note("%d cuts in %d calls", proxy_hits(t.p), PROCESSES * t.calls);
	fault_check(proxy_hits(t.p) > t.calls / 2, "too few cuts");
	proxy_stop(t.p);
	check_end(store, (int64_t)PROCESSES * (t.calls / 2));
}

static void caller(int process, void *data)
{
	together *t = data;
	fault_market m;
	if (!open_behind(&m, &t->store, t->p))
		return;
	for (int i = 0; i < t->calls && !fault_failed(); i++) {
		int64_t number = (int64_t)process * 1000000 + i;
		int rc, tries = 0;
		do {
			rc = call_one(&m, &t->shop, i % 2 == 1, true, number);
		} while ((rc == MARKET_EUNKNOWN || rc == MARKET_EUNAVAILABLE || rc == MARKET_EBUSY ||
		          rc == MARKET_ECONFLICT) &&
		         tries++ < 100);
		fault_check(rc == 0, "call %lld: %s: %s", (long long)number, market_error_name(rc),
		            m.err.message);
		fault_check(effects(&t->store, i % 2 == 1, number) == 1, "call %lld has %lld effects",
		            (long long)number, (long long)effects(&t->store, i % 2 == 1, number));
	}
	fault_close(&m);
}

/* ---- steps ---- */

static proxy *start(void)
{
	const char *server = getenv("MARKET_TEST_POSTGRES_DIR");
	proxy *p = fault_shared(sizeof(*p));
	fault_check(proxy_start(p, server ? server : ""), "the proxy didn't start");
	return p;
}

static void prepare(const fault_store *store, fault_shop *shop)
{
	fault_market m;
	if (!fault_open_changed(&m, store, NULL, 0))
		return;
	fault_open_shop(&m, "lin", STOCK, shop);
	FAULT_DONE(&m, "buyer.create", "{'name':'Ana','ref':'ana'}");
	fault_close(&m);
}

/* The same store, whose server is reached through the proxy. */
static bool open_behind(fault_market *m, const fault_store *store, const proxy *p)
{
	fault_store behind = *store;
	char *host = strstr(behind.url, "host="), *rest = host ? strchr(host, '&') : NULL;
	if (!fault_check(rest != NULL, "the URL names no host"))
		return false;
	snprintf(behind.url, sizeof(behind.url), "%.*shost=%s%.600s", (int)(host - behind.url),
	         store->url, p->folder, rest - behind.url + store->url);
	return fault_open(m, &behind, "lost");
}

static void arm(proxy *p, uint64_t *random)
{
	int cut = PROXY_BEFORE_COMMIT + (int)fault_below(random, PROXY_CUTS - PROXY_BEFORE_COMMIT);
	atomic_store(&p->n, 1 + (int)fault_below(random, MOST_MESSAGES));
	atomic_store(&p->delay_us, (int)fault_below(random, LONGEST_DELAY_US));
	atomic_store(&p->cut, cut);
}

/* A transfer, or an order, which nothing but its key makes one. */
static int call_one(fault_market *m, const fault_shop *shop, bool order, bool keyed, int64_t number)
{
	char params[FAULT_TRANSFER_SIZE], key[40], client[40];
	snprintf(key, sizeof(key), "lost-%lld", (long long)number);
	snprintf(client, sizeof(client), "lost:%lld", (long long)number);
	if (!order) {
		fault_transfer(params, keyed ? key : NULL, client, "psp_clearing", "escrow:0",
		               100 + number % 100);
		return fault_call(m, "ledger.transfer", "%s", params);
	}
	return fault_call(m, "order.place",
	                  "{'key':'%s','buyer':'ref:ana','currency':'BRL','items':[{'sku':'%s',"
	                  "'quantity':1}]}",
	                  key, shop->sku);
}

static int64_t effects(const fault_store *store, bool order, int64_t number)
{
	if (order)
		return fault_number(store,
		                    "SELECT COUNT(*) FROM journal j JOIN order_group g ON "
		                    "g.book_id = j.result_book_id AND g.id = j.result_id "
		                    "WHERE j.key = 'lost-%lld' AND j.outcome = 0",
		                    (long long)number);
	return fault_number(store, "SELECT COUNT(*) FROM transfer WHERE client_id = 'lost:%lld'",
	                    (long long)number);
}

static void check_end(const fault_store *store, int64_t orders)
{
	if (fault_failed())
		return;
	fault_check(fault_number(store, "SELECT COUNT(*) FROM order_group") == orders,
	            "%lld orders are stored, not %lld",
	            (long long)fault_number(store, "SELECT COUNT(*) FROM order_group"),
	            (long long)orders);
	fault_check(fault_number(store, "SELECT CAST(SUM(reserved) AS BIGINT) FROM stock") == orders,
	            "another number of things is reserved");
	fault_check_ledger(store, NULL);
}
