/* What must hold when all is over. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <market/plugin.h>

#include "libmarket/base/clock.h"
#include "tests/chaos/chaos.h"
#include "tests/fault/raw.h"

#define READERS 4
#define CLAIM_US 1100000
#define LATER (30 * MK_DAY)
#define END (LATER + 4 * MK_DAY)

/* A request to the provider: as the store has it, and how often the provider saw it. */
typedef struct request {
	char key[140];
	int kind, state;
	long long cents, fence, asked;
} request;

typedef struct requests {
	request *all;
	size_t count, room;
} requests;

typedef struct reader {
	chaos *c;
	fault_market m;
	pthread_t id;
	int number;
	long long done;
} reader;

static bool finish(chaos *c);
static long long work_off(chaos *c, market_time ahead);
static void check_acknowledged(chaos *c);
static void *read_answers(void *data);
static void check_answer(reader *r, char *line);
static void check_ends(const chaos *c);
static void check_once(const chaos *c);
static void check_money(const chaos *c);
static void check_requests(const chaos *c);
static void take_request(int n_columns, const char *const *values, const int *lengths, void *data);
static bool count_asked(const chaos *c, requests *all);
static int by_key(const void *a, const void *b);
static void check_request(const request *r, long long *refunded, long long *paid_out);
static char *read_anchor(const chaos *c);

/* The query gives that number. */
static void holds(const chaos *c, int64_t number, const char *what, const char *sql);

void chaos_check(chaos *c)
{
	char *anchor = NULL;

	if (!finish(c))
		return;
	check_ends(c);
	check_once(c);
	check_money(c);
	check_requests(c);
	check_acknowledged(c);
	chaos_check_broken(c);
	anchor = read_anchor(c);
	fault_check_ledger(c->store, anchor);
	free(anchor);
}

/* A month later everything that was ever due is done; what was then refused for a while is tried
 * again on the days after. */
static bool finish(chaos *c)
{
	long long count = 0;

	usleep(CLAIM_US); /* what a dead process has claimed is free then */
	for (market_time ahead = LATER; ahead < END && !fault_failed(); ahead += MK_DAY)
		count += work_off(c, ahead);
	fault_note("%lld pieces of work were left for the month after", count);
	return !fault_failed();
}

static long long work_off(chaos *c, market_time ahead)
{
	fault_market m;
	long long count = 0;
	int done = 1;

	if (!chaos_open(c, &m, ahead))
		return 0;
	while (done > 0) {
		done = market_work(m.session, 1000, NULL, &m.err);
		fault_check(done >= 0, "market_work at the end: %s: %s", market_error_name(done),
		            m.err.message);
		count += done > 0 ? done : 0;
	}
	fault_close(&m);
	return count;
}

/* ---- acknowledged is there ---- */

static void check_acknowledged(chaos *c)
{
	reader readers[READERS];
	fault_market owner;
	long long done = 0;

	if (!chaos_open(c, &owner, END))
		return;
	for (int i = 0; i < READERS; i++) {
		readers[i] = (reader){.c = c, .number = i};
		readers[i].m.market = owner.market;
		pthread_create(&readers[i].id, NULL, read_answers, &readers[i]);
	}
	for (int i = 0; i < READERS; i++) {
		pthread_join(readers[i].id, NULL);
		done += readers[i].done;
	}
	fault_close(&owner);
	/* An answer whose process died before it counted it is in the file too. */
	fault_check(done >= atomic_load(&c->answers) + atomic_load(&c->refusals),
	            "of %lld answers only %lld were noted",
	            atomic_load(&c->answers) + atomic_load(&c->refusals), done);
	fault_note("%lld answers sent again are what they were", done);
}

static void *read_answers(void *data)
{
	reader *r = data;
	char path[400], line[1500];

	if (!fault_check(market_session_open(r->m.market, NULL, &r->m.session, &r->m.err) == 0, "%s",
	                 r->m.err.message))
		return NULL;
	for (int i = r->number; i < r->c->processes && !fault_failed(); i += READERS) {
		FILE *file;

		chaos_path(path, r->c, "acknowledged", i);
		file = fopen(path, "r");
		if (!fault_check(file != NULL, "%s", path))
			break;
		while (fgets(line, sizeof(line), file) && !fault_failed())
			check_answer(r, line);
		fclose(file);
	}
	json_decref(r->m.out);
	market_session_close(r->m.session);
	return NULL;
}

static void check_answer(reader *r, char *line)
{
	char *rest = NULL, *code = strtok_r(line, "\t", &rest), *id = strtok_r(NULL, "\t", &rest);
	const char *actor = strtok_r(NULL, "\t", &rest), *operation = strtok_r(NULL, "\t", &rest);
	const char *params = strtok_r(NULL, "\n", &rest);
	int rc;

	if (!fault_check(params != NULL, "a line of the answers is cut"))
		return;
	rc = chaos_send(r->c, &r->m, actor, operation, params);
	fault_check(rc == atoi(code) && market_session_replayed(r->m.session) &&
	                (rc != 0 || strcmp(fault_out(&r->m, "id"), id) == 0),
	            "%s %s as %s was answered %s %s, and now %s %s, %s: %s", operation, params, actor,
	            market_error_name(atoi(code)), id, market_error_name(rc), fault_out(&r->m, "id"),
	            market_session_replayed(r->m.session) ? "a replay" : "done anew",
	            rc == 0 ? "" : r->m.err.message);
	r->done++;
}

/* ---- none forgotten ---- */

static void check_ends(const chaos *c)
{
	char sql[200];

	holds(c, 0, "orders are in a state that their deadlines should have ended",
	      "SELECT COUNT(*) FROM seller_order WHERE state NOT IN (4, 5)");
	holds(c, 0, "finished orders are still in escrow",
	      "SELECT COUNT(*) FROM seller_order WHERE escrow = 2");
	holds(c, 0, "earnings never matured", "SELECT COUNT(*) FROM lot WHERE matured_at IS NULL");
	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM deadline WHERE due_at <= %lld",
	         (long long)(mk_clock_now(NULL) + LATER - MK_DAY));
	holds(c, 0, "deadlines were left", sql);
	holds(c, 0, "requests have no outcome",
	      "SELECT COUNT(*) FROM provider_request WHERE resolved_at IS NULL OR state IN (1, 2, 6)");
}

/* ---- nothing twice ---- */

static void check_once(const chaos *c)
{
	holds(c, 0, "something was done twice to one object by the clock or by hand",
	      "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE outcome = 0 AND operation IN "
	      "('order.ship', 'order.close_unpaid', 'order.cancel_unshipped', 'escrow.release', "
	      "'settlement.mature', 'settlement.release_reserve') AND events IS NOT NULL GROUP BY "
	      "operation, result_book_id, result_id HAVING COUNT(*) > 1) twice");
	holds(c, 0, "an order was confirmed twice",
	      "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE outcome = 0 AND operation IN "
	      "('order.confirm', 'order.auto_confirm') GROUP BY result_book_id, result_id HAVING "
	      "COUNT(*) > 1) twice");
	holds(c, 0, "an outcome of the provider was taken twice",
	      "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE outcome = 0 AND operation = "
	      "'provider.outcome' AND events LIKE '%request.resolved%' GROUP BY result_book_id, "
	      "result_id HAVING COUNT(*) > 1) twice");
	holds(c, 0, "orders gave back or released more than was paid",
	      "SELECT COUNT(*) FROM seller_order WHERE refunded_cash > cash OR released > funded");
	holds(c, 0, "stock is below zero or doesn't add up",
	      "SELECT COUNT(*) FROM stock WHERE on_hand < 0 OR reserved <> 0 OR sold < 0");
	holds(c, CHAOS_STOCK, "the small stock isn't what it was with what was sold",
	      "SELECT on_hand + sold FROM stock WHERE on_hand + sold < 1000");
}

/* ---- conservation ---- */

static void check_money(const chaos *c)
{
	holds(c, (int64_t)CHAOS_ACCOUNTS * CHAOS_CENTS,
	      "the hot accounts don't hold what was paid into them",
	      "SELECT CAST(SUM(credits_posted - debits_posted) AS BIGINT) FROM account WHERE book_id = "
	      "0 AND name LIKE 'escrow:%'");
	holds(c, 0, "orders' escrow accounts aren't empty",
	      "SELECT COUNT(*) FROM account WHERE book_id <> 0 AND (name LIKE 'escrow:%' OR name LIKE "
	      "'buyer_payable:%') AND credits_posted <> debits_posted");
	holds(c, 0, "something is still held",
	      "SELECT CAST(SUM(debits_pending + credits_pending) AS BIGINT) FROM account");
	holds(c, 0, "what buyers paid isn't what was taken in",
	      "SELECT CAST((SELECT SUM(a.debits_posted) FROM account a WHERE a.book_id <> 0 AND a.name "
	      "= 'psp_clearing') - (SELECT SUM(p.amount) FROM payment p WHERE EXISTS (SELECT 1 FROM "
	      "notification n WHERE n.book_id = p.book_id AND n.payment_id = p.id) OR EXISTS (SELECT 1 "
	      "FROM provider_request r WHERE r.book_id = p.book_id AND r.subject_id = p.id AND r.kind "
	      "= 1 AND r.state = 3)) AS BIGINT)");
	holds(c, 0, "something is in transit or in suspense",
	      "SELECT COUNT(*) FROM account WHERE name IN ('payout_in_transit', 'suspense') AND "
	      "credits_posted <> debits_posted");
}

static void holds(const chaos *c, int64_t number, const char *what, const char *sql)
{
	int64_t found = fault_number(c->store, "%s", sql);

	fault_check(found == number, "%s: %lld, not %lld", what, (long long)found, (long long)number);
}

/* ---- the provider's side ---- */

/* Each call of the provider had a claim, and the money that it moved is the money that the ledger
 * says was moved. */
static void check_requests(const chaos *c)
{
	requests all = {0};
	long long refunded = 0, paid_out = 0, asked = 0;
	size_t again = 0;

	if (!fault_check(raw_query(c->store,
	                           "SELECT request_key, kind, state, amount, fence FROM "
	                           "provider_request",
	                           take_request, &all),
	                 "the requests can't be read"))
		return;
	qsort(all.all, all.count, sizeof(request), by_key);
	if (count_asked(c, &all)) {
		for (size_t i = 0; i < all.count; i++) {
			check_request(&all.all[i], &refunded, &paid_out);
			asked += all.all[i].asked;
			again += all.all[i].asked > 1;
		}
		fault_note("%zu requests were asked %lld times, %zu of them more than once", all.count,
		           asked, again);
		holds(c, refunded, "the provider gave back another sum than the ledger",
		      "SELECT CAST(SUM(credits_posted) AS BIGINT) FROM account WHERE book_id <> 0 AND name "
		      "= 'psp_clearing'");
		holds(c, paid_out, "the provider paid out another sum than the ledger",
		      "SELECT CAST(SUM(credits_posted) AS BIGINT) FROM account WHERE book_id = 0 AND name "
		      "= 'bank'");
	}
	free(all.all);
}

static void take_request(int n_columns, const char *const *values, const int *lengths, void *data)
{
	requests *all = data;
	request *r;
	char number[4][24];

	if (all->count == all->room) {
		all->room = all->room * 2 + 256;
		all->all = realloc(all->all, all->room * sizeof(request));
	}
	r = &all->all[all->count++];
	*r = (request){.kind = 0};
	for (int i = 1; i < n_columns; i++)
		snprintf(number[i - 1], sizeof(number[0]), "%.*s", lengths[i], values[i]);
	snprintf(r->key, sizeof(r->key), "%.*s", lengths[0], values[0]);
	r->kind = atoi(number[0]);
	r->state = atoi(number[1]);
	r->cents = atoll(number[2]);
	r->fence = atoll(number[3]);
}

static bool count_asked(const chaos *c, requests *all)
{
	char path[400], line[400];
	FILE *file;

	chaos_path(path, c, "provider", 0);
	file = fopen(path, "r");
	if (!fault_check(file != NULL, "nothing was asked of the provider"))
		return false;
	while (fgets(line, sizeof(line), file)) {
		request wanted, *found;
		char *end = strchr(line, '\t');

		snprintf(wanted.key, sizeof(wanted.key), "%.*s", end ? (int)(end - line) : 0, line);
		found = bsearch(&wanted, all->all, all->count, sizeof(request), by_key);
		if (fault_check(found != NULL, "the provider was asked %s, which isn't stored", wanted.key))
			found->asked++;
	}
	fclose(file);
	return !fault_failed();
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const request *)a)->key, ((const request *)b)->key);
}

static void check_request(const request *r, long long *refunded, long long *paid_out)
{
	chaos_fate fate = chaos_fate_of(r->key);
	bool moved = r->asked > 0 && (fate == CHAOS_DONE || fate == CHAOS_SILENT);

	fault_check(r->asked <= r->fence, "%s was asked %lld times with %lld claims", r->key, r->asked,
	            r->fence);
	/* A charge may also be answered by a notification. */
	if (r->kind == MARKET_REQUEST_CHARGE)
		return;
	fault_check((r->state == MARKET_REQUEST_OK) == moved, "%s ended in state %d, and the money %s",
	            r->key, r->state, moved ? "moved" : "didn't move");
	if (moved)
		*(r->kind == MARKET_REQUEST_REFUND ? refunded : paid_out) += r->cents;
}

static char *read_anchor(const chaos *c)
{
	char path[400], text[4000] = "";
	FILE *file;

	chaos_path(path, c, "anchor", 0);
	file = fopen(path, "r");
	if (file && !fgets(text, sizeof(text), file))
		text[0] = '\0';
	if (file)
		fclose(file);
	return text[0] ? strdup(text) : NULL;
}
