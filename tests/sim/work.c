/* Time: deadlines and requests to the provider in the order of their due times. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

typedef struct due {
	market_time at;
	size_t index;
	enum {
		ORDER,
		REFUND,
		LOT,
		PERIOD,
		PAYMENT,
		SELLER,
		MOVE,
		HOLD,
		SECOND,
		BRAND,
		IDENTITY,
		SUBMISSION,
		VIOLATION,
		DEPOSIT,
		SERVICE_FEE,
		MODULE
	} what;
	const char *operation;
} due;

static bool next_deadline(const sim *s, due *d);
static market_time order_timer(const sim_order *o, const char **operation);
static void run_order_timer(sim *s, size_t order, market_time at, const char *operation);
static void run(sim *s, const due *d);
static void run_seller_timer(sim *s, const due *d);
static market_time next_request(const sim *s);
static int64_t answer_next(sim *s, market_time at);
static size_t request_of(sim *s, const sim_sent *sent, market_time at);
static bool fits(const sim *s, const sim_request *r, const sim_sent *sent);
static void bind(sim *s, sim_request *r, const sim_sent *sent);
static void check_count(sim *s, int64_t done, int got);

void sim_work(sim *s)
{
	due d;
	int64_t done = 0;
	market_time next_due = 0;
	int got = market_work(s->session, 1000000, &next_due, &s->err);

	if (got < 0) {
		sim_fail(s, "market_work fails: %s", s->err.message);
		return;
	}
	for (;;) {
		market_time request = next_request(s);
		bool any = next_deadline(s, &d) && d.at <= s->now;

		if (s->failed)
			return;
		if (request != 0 && request <= s->now && (!any || request <= d.at))
			done += answer_next(s, request);
		else if (any)
			run(s, &d);
		else
			break;
		done++;
	}
	s->timed += done;
	check_count(s, done, got);
	if (!s->failed && s->taken != s->sent.n)
		sim_fail(s, "the provider was asked %zu times, the model says %zu", s->sent.n, s->taken);
	s->sent.n = s->taken = 0;
}

static void check_count(sim *s, int64_t done, int got)
{
	if (!s->failed && done != got)
		sim_fail(s, "market_work did %d things that were due, the model %lld", got,
		         (long long)done);
}

void sim_order_timers(sim *s, size_t order, const char *operation)
{
	const char *due_operation = NULL;
	market_time at;

	while (!s->failed && (at = order_timer(&s->orders.at[order], &due_operation)) != 0 &&
	       at <= s->now && strcmp(due_operation, operation) != 0)
		run_order_timer(s, order, at, due_operation);
}

/* The earliest; ESC-3: those that move money rest while frozen. */
static market_time order_timer(const sim_order *o, const char **operation)
{
	const struct {
		market_time at;
		const char *operation;
	} timers[] = {
		{o->pay_by, "order.close_unpaid"},
		{o->freezes > 0 ? 0 : o->cancel_at, "order.cancel_unshipped"},
		{o->freezes > 0 ? 0 : o->confirm_at, "order.auto_confirm"},
		{o->freezes > 0 ? 0 : o->release_at, "escrow.release"},
		{o->freezes > 0 ? 0 : o->mature_at, "settlement.mature"},
	};
	market_time at = 0;

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++)
		if (timers[i].at != 0 && (at == 0 || timers[i].at < at)) {
			at = timers[i].at;
			*operation = timers[i].operation;
		}
	return at;
}

static void run_order_timer(sim *s, size_t order, market_time at, const char *operation)
{
	int rc = 0;

	if (strcmp(operation, "order.close_unpaid") == 0)
		rc = sim_order_close_unpaid(s, order, at);
	else if (strcmp(operation, "order.cancel_unshipped") == 0)
		rc = sim_order_cancel_unshipped(s, order, at);
	else if (strcmp(operation, "order.auto_confirm") == 0)
		rc = sim_order_auto_confirm(s, order, at);
	else if (strcmp(operation, "escrow.release") == 0)
		rc = sim_escrow_release(s, order, true, at);
	else
		sim_mature(s, order, at);
	if (rc != 0)
		sim_fail(s, "the model refuses %s at its deadline: %s", operation, market_error_name(rc));
}

static void earlier(due *d, market_time at, int what, size_t index, const char *operation)
{
	if (at == 0 || (d->at != 0 && d->at <= at))
		return;
	*d = (due){at, index, what, operation};
}

static bool next_deadline(const sim *s, due *d)
{
	*d = (due){0};
	for (size_t i = 0; i < s->orders.n; i++) {
		const char *operation = NULL;
		market_time at = order_timer(&s->orders.at[i], &operation);

		earlier(d, at, ORDER, i, operation);
	}
	for (size_t i = 0; i < s->refunds.n; i++)
		earlier(d, s->refunds.at[i].due_at, REFUND, i, NULL);
	for (size_t i = 0; i < s->lots.n; i++)
		if (s->lots.at[i].kind == MARKET_LOT_RESERVE && s->lots.at[i].matured_at == 0)
			earlier(d, s->lots.at[i].matures_at, LOT, i, NULL);
	for (size_t i = 0; i < s->sellers.n; i++) {
		earlier(d, s->sellers.at[i].period_open ? s->sellers.at[i].period_due : 0, PERIOD, i, NULL);
		earlier(d, s->sellers.at[i].answer_by, SELLER, i, NULL);
		earlier(d, s->sellers.at[i].deposit.return_at, DEPOSIT, i, NULL);
	}
	for (size_t i = 0; i < s->payments.n; i++) {
		const sim_payment *p = &s->payments.at[i];

		earlier(d, p->return_at, PAYMENT, i, "return");
		earlier(d, p->state == MARKET_PAYMENT_AUTHORISED ? p->expires : 0, PAYMENT, i, "lapse");
	}
	for (size_t i = 0; i < s->moves.n; i++)
		if (!s->moves.at[i].done)
			earlier(d, s->moves.at[i].due_at, MOVE, i, NULL);
	for (size_t i = 0; i < s->by_hand.n; i++)
		earlier(d, s->by_hand.at[i].due_at, HOLD, i, NULL);
	for (size_t i = 0; i < s->authorisations.n; i++)
		earlier(d, s->authorisations.at[i].due_at, BRAND, i, NULL);
	for (size_t i = 0; i < s->identities.n; i++)
		earlier(d, sim_identity_due(s, i), IDENTITY, i, NULL);
	for (size_t i = 0; i < s->service_fees.n; i++)
		earlier(d, s->service_fees.at[i].due_at, SERVICE_FEE, i, NULL);
	for (size_t i = 0; i < s->subscriptions.n; i++)
		if (s->subscriptions.at[i].state != MARKET_SUBSCRIPTION_ENDED)
			earlier(d, s->subscriptions.at[i].due_at, MODULE, i, NULL);
	for (size_t i = 0; i < s->submissions.n; i++)
		earlier(d, s->submissions.at[i].due_at, SUBMISSION, i, NULL);
	for (size_t i = 0; i < s->violations.n; i++)
		earlier(d, s->violations.at[i].due_at, VIOLATION, i, NULL);
	for (size_t i = 0; i < s->second.n; i++)
		if (s->second.at[i].state == MARKET_LEDGER_REQUEST_WAITING)
			earlier(d, s->second.at[i].expires_at, SECOND, i, NULL);
	return d->at != 0;
}

static void run(sim *s, const due *d)
{
	int rc = 0;

	switch (d->what) {
	case ORDER:
		run_order_timer(s, d->index, d->at, d->operation);
		break;
	case REFUND:
		rc = sim_refund_retry(s, d->index, d->at);
		if (rc != 0) /* another is under way: tried again an hour later */
			s->refunds.at[d->index].due_at = s->now + SIM_HOUR;
		break;
	case LOT:
		sim_release_reserve(s, d->index, d->at);
		break;
	case PERIOD:
		sim_period_run(s, d->index, d->at);
		break;
	case PAYMENT:
		if (strcmp(d->operation, "lapse") == 0) {
			s->payments.at[d->index].state = MARKET_PAYMENT_FAILED;
			s->payments.at[d->index].dirty = true;
		} else if (sim_payment_return(s, d->index, true, d->at) != 0) {
			sim_fail(s, "the model refuses payment.return at its deadline");
		}
		break;
	case SELLER:
		sim_seller_stale(s, d->index, d->at);
		break;
	case MOVE:
		sim_move_finish(s, d->index);
		break;
	case HOLD:
		sim_hold_end(s, d->index);
		break;
	case SECOND:
		s->second.at[d->index].state = MARKET_LEDGER_REQUEST_EXPIRED;
		break;
	default:
		run_seller_timer(s, d);
		break;
	}
}

/* What hangs on one seller. */
static void run_seller_timer(sim *s, const due *d)
{
	switch (d->what) {
	case BRAND:
		sim_authorisation_expire(s, d->index, d->at);
		break;
	case IDENTITY:
		sim_identity_run(s, d->index, d->at);
		break;
	case SERVICE_FEE:
		sim_service_fee_earn(s, d->index, d->at);
		break;
	case MODULE:
		sim_module_bill(s, d->index, d->at);
		break;
	case DEPOSIT:
		sim_deposit_return(s, d->index, true, d->at);
		break;
	case SUBMISSION:
		sim_submission_expire(s, d->index, d->at);
		break;
	case VIOLATION:
		sim_violation_expire(s, d->index, d->at);
		break;
	default:
		sim_fail(s, "the model doesn't know what is due");
		break;
	}
}

/* The bank's half, or the seller's of a move by hand. */
void sim_move_finish(sim *s, size_t move)
{
	sim_move_row *m = &s->moves.at[move];
	const int64_t seller = s->sellers.at[m->seller].id.id;
	sim_transfer t = sim_begin(m->by_hand ? seller : 0, m->due_at);
	char name[64];

	if (m->done)
		return;
	m->done = true;
	snprintf(name, sizeof(name), "interbook:%lld", m->by_hand ? 0LL : (long long)seller);
	sim_debit(&t, m->by_hand ? name : "bank", NULL, m->amount);
	sim_credit(&t, m->by_hand ? "fee_deferred" : name, NULL, m->amount);
	sim_post(s, &t);
}

static market_time next_request(const sim *s)
{
	market_time at = 0;

	for (size_t i = 0; i < s->requests.n; i++)
		if (sim_request_open(&s->requests.at[i]) && (at == 0 || s->requests.at[i].next_at < at))
			at = s->requests.at[i].next_at;
	return at;
}

/* What the provider was asked next must be what the model says is due, at its time. Of deadlines
 * that are due at one moment any may come first. Gives how many of them did. */
static int64_t answer_next(sim *s, market_time at)
{
	const sim_sent *sent;
	int64_t before = 0;
	size_t i;
	due d;

	if (s->taken == s->sent.n) {
		sim_fail(s, "a request that is due at %lld isn't sent", (long long)at);
		return 0;
	}
	sent = &s->sent.at[s->taken++];
	while ((i = request_of(s, sent, at)) == SIM_NONE && next_deadline(s, &d) && d.at == at) {
		run(s, &d);
		before++;
	}
	if (i == SIM_NONE) {
		sim_fail(s, "the provider is asked %s of %lld at %lld; the model has no such request then",
		         sent->key, (long long)sent->amount, (long long)sent->now);
		return 0;
	}
	bind(s, &s->requests.at[i], sent);
	sim_answer(s, i, sent, at);
	return before;
}

static size_t request_of(sim *s, const sim_sent *sent, market_time at)
{
	for (size_t i = 0; sent->now == at && i < s->requests.n; i++)
		if (sim_request_open(&s->requests.at[i]) && s->requests.at[i].next_at == at &&
		    fits(s, &s->requests.at[i], sent))
			return i;
	return SIM_NONE;
}

static bool fits(const sim *s, const sim_request *r, const sim_sent *sent)
{
	static const market_id_kind kinds[] = {
		[SIM_OF_PAYMENT] = MARKET_ID_PAYMENT,
		[SIM_OF_REFUND] = MARKET_ID_REFUND,
		[SIM_OF_SHARE] = MARKET_ID_SHARE,
		[SIM_OF_PAYOUT] = MARKET_ID_PAYOUT,
	};
	const char *attempt = strrchr(sent->key, ':');
	market_id id, known = {0, 0};

	if (r->kind != sent->kind || r->amount != sent->amount ||
	    sent->query != (r->state == MARKET_REQUEST_UNKNOWN) ||
	    !market_id_parse(kinds[r->object], sent->object, &id) || id.book != r->book || !attempt ||
	    atoll(attempt + 1) != r->attempt)
		return false;
	if (r->object == SIM_OF_PAYMENT)
		known = s->payments.at[r->index].id;
	else if (r->object == SIM_OF_REFUND)
		known = s->refunds.at[r->index].id;
	else if (r->object == SIM_OF_SHARE)
		known = s->payments.at[r->index].shares[r->share].id;
	else
		known = s->payouts.at[r->index].id;
	return known.id == 0 || known.id == id.id;
}

/* The model learns the identifier of what the market made by itself. */
static void bind(sim *s, sim_request *r, const sim_sent *sent)
{
	snprintf(r->key, sizeof(r->key), "%s", sent->key);
	if (r->object == SIM_OF_REFUND)
		market_id_parse(MARKET_ID_REFUND, sent->object, &s->refunds.at[r->index].id);
	else if (r->object == SIM_OF_PAYOUT)
		market_id_parse(MARKET_ID_PAYOUT, sent->object, &s->payouts.at[r->index].id);
	else if (r->object == SIM_OF_PAYMENT)
		market_id_parse(MARKET_ID_PAYMENT, sent->object, &s->payments.at[r->index].id);
}
