/* PAY: payments, what a provider tells of them, and refunds. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

static size_t any_payment(sim *s, uint32_t states)
{
	for (int tries = 0; s->payments.n > 0 && tries < 12; tries++) {
		size_t back = (size_t)sim_below(s, (int64_t)(s->payments.n < 20 ? s->payments.n : 20));
		size_t i = s->payments.n - 1 - back;

		if (s->payments.at[i].id.id != 0 && (states & (1u << s->payments.at[i].state)))
			return i;
	}
	return SIM_NONE;
}

/* What is due of the payment comes first. */
static void timers(sim *s, size_t payment, const char *operation)
{
	sim_payment *p = &s->payments.at[payment];

	if (p->return_at != 0 && p->return_at <= s->now && strcmp(operation, "payment.return") != 0 &&
	    sim_payment_return(s, payment, true, p->return_at) != 0)
		sim_fail(s, "the model refuses payment.return at its deadline");
	if (p->state == MARKET_PAYMENT_AUTHORISED && p->expires <= s->now &&
	    strcmp(operation, "payment.lapse") != 0)
		p->state = MARKET_PAYMENT_FAILED;
}

static void start(sim *s)
{
	const uint32_t open = 1u << MARKET_PAYMENT_CREATED | 1u << MARKET_PAYMENT_FAILED;

	sim_pay(s, any_payment(s, sim_chance(s, 90) ? open : ~0u));
}

void sim_pay(sim *s, size_t i)
{
	market_payment_start_params in = MARKET_PAYMENT_START_PARAMS_INIT;
	size_t before = s->payments.n;
	void *out;
	int rc;

	if (i == SIM_NONE)
		return;
	in.payment = s->payments.at[i].id;
	in.method = sim_chance(s, 90) ? "card" : NULL;
	if (sim_chance(s, 50))
		sim_as(s, MARKET_ACTOR_BUYER, s->buyers.at[s->groups.at[s->payments.at[i].group].buyer]);
	timers(s, i, "payment.start");
	rc = sim_payment_start(s, &i, in.method, s->now);
	if (sim_run(s, "payment.start", &in, &out, rc)) {
		if (s->payments.n > before)
			s->payments.at[i].id = ((market_payment *)out)->id;
		sim_same_id(s, "payment", s->payments.at[i].id, ((market_payment *)out)->id);
		sim_same(s, "state of a payment", s->payments.at[i].state, ((market_payment *)out)->state);
	}
	sim_free(out);
	sim_as_operator(s);
}

static void settle(sim *s)
{
	market_payment_settle_params in = MARKET_PAYMENT_SETTLE_PARAMS_INIT;
	size_t i = any_payment(s, sim_chance(s, 95) ? 1u << MARKET_PAYMENT_CAPTURED : ~0u);
	int64_t fee;
	void *out;
	int rc;

	if (i == SIM_NONE)
		return;
	fee = sim_below(s, 200);
	in.payment = s->payments.at[i].id;
	in.fee = sim_money(fee);
	timers(s, i, "payment.settle");
	rc = sim_payment_settle(s, i, fee, s->now);
	if (sim_run(s, "payment.settle", &in, &out, rc))
		sim_same_payment(s, i, out);
	sim_free(out);
}

static void give_back(sim *s)
{
	market_payment_return_params in = MARKET_PAYMENT_RETURN_PARAMS_INIT;
	size_t i = any_payment(s, 1u << MARKET_PAYMENT_CAPTURED);
	void *out;
	int rc;

	for (size_t k = 0; k < s->payments.n; k++)
		if (s->payments.at[k].return_at != 0 && s->payments.at[k].id.id != 0)
			i = k;
	/* whose suspense is, isn't decided here */
	if (i == SIM_NONE || s->payments.at[i].suspense > 0)
		return;
	in.payment = s->payments.at[i].id;
	timers(s, i, "payment.return");
	rc = sim_payment_return(s, i, false, s->now);
	if (sim_run(s, "payment.return", &in, &out, rc))
		sim_same_payment(s, i, out);
	sim_free(out);
}

static void lapse(sim *s)
{
	market_payment_lapse_params in = MARKET_PAYMENT_LAPSE_PARAMS_INIT;
	size_t i = any_payment(s, ~0u);
	sim_payment *p;
	void *out;
	int rc = MARKET_ESTATE;

	if (i == SIM_NONE)
		return;
	p = &s->payments.at[i];
	in.payment = p->id;
	timers(s, i, "payment.lapse");
	if (p->state == MARKET_PAYMENT_AUTHORISED && p->expires <= s->now) {
		rc = 0;
		p->state = MARKET_PAYMENT_FAILED;
	}
	sim_as_system(s);
	if (sim_run(s, "payment.lapse", &in, &out, rc))
		sim_same_payment(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

/* An answer to a claim that isn't the last changes nothing. */
static void stale_outcome(sim *s)
{
	market_request_get_params get = MARKET_REQUEST_GET_PARAMS_INIT;
	market_provider_outcome_params in = MARKET_PROVIDER_OUTCOME_PARAMS_INIT;
	market_payment_get_params payment = MARKET_PAYMENT_GET_PARAMS_INIT;
	market_payment *got;
	market_request *before;
	size_t i = any_payment(s, ~(1u << MARKET_PAYMENT_CREATED));
	void *out;

	if (i == SIM_NONE)
		return;
	payment.payment = s->payments.at[i].id;
	got = sim_read(s, "payment.get", &payment);
	if (!got || got->request.id == 0) {
		sim_free(got);
		return;
	}
	get.request = in.request = got->request;
	sim_free(got);
	before = sim_read(s, "request.get", &get);
	if (!before)
		return;
	in.fence = before->fence + 1;
	in.outcome = MARKET_PROVIDER_OK;
	sim_as_system(s);
	if (sim_run(s, "provider.outcome", &in, &out, 0))
		sim_same(s, "state of a request", before->state, ((market_request *)out)->state);
	sim_free(out);
	sim_free(before);
	sim_as_operator(s);
}

/* ---- notifications ---- */

static int notify(sim *s, int type, market_id payment, const char *key, const char *reference,
                  int64_t amount, int64_t fee, bool good, int expected, int32_t *result)
{
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	char text[MARKET_ID_TEXT_SIZE] = "-", body[600];
	void *out;
	int rc = 0;

	if (payment.id != 0)
		market_id_format(MARKET_ID_PAYMENT, payment, text);
	snprintf(body, sizeof(body), "%d ev%llu %s %s %s %lld %lld %lld", type,
	         (unsigned long long)++s->next_key, text, key, reference, (long long)amount,
	         (long long)fee, (long long)(s->now + 7 * SIM_DAY));
	in.body = body;
	in.signature = good ? "good" : "bad";
	if (sim_run(s, "payment.notify", &in, &out, expected))
		*result = ((market_notification *)out)->result;
	sim_free(out);
	return rc;
}

/* The money of a payment is told by a notification, before or after the answer. */
static void tell_captured(sim *s, size_t payment, int32_t *result)
{
	sim_payment *p = &s->payments.at[payment];
	sim_request *r = p->request != SIM_NONE ? &s->requests.at[p->request] : NULL;
	bool late = false;

	*result = MARKET_NOTIFICATION_KNOWN;
	if (p->state == MARKET_PAYMENT_CAPTURED)
		return;
	sim_payment_capture(s, payment, "r", &late, s->now);
	*result = late ? MARKET_NOTIFICATION_LATE : MARKET_NOTIFICATION_APPLIED;
	if (r && sim_request_open(r)) {
		r->state = MARKET_REQUEST_OK;
		r->next_at = 0;
	}
}

static void tell_failed(sim *s, size_t payment, int32_t *result)
{
	sim_payment *p = &s->payments.at[payment];
	sim_request *r = p->request != SIM_NONE ? &s->requests.at[p->request] : NULL;

	*result = MARKET_NOTIFICATION_KNOWN;
	if (p->state != MARKET_PAYMENT_CREATED && p->state != MARKET_PAYMENT_PENDING &&
	    p->state != MARKET_PAYMENT_AUTHORISED)
		return;
	p->state = MARKET_PAYMENT_FAILED;
	p->dirty = true;
	*result = MARKET_NOTIFICATION_APPLIED;
	if (r && sim_request_open(r)) {
		r->state = MARKET_REQUEST_FAILED;
		r->next_at = 0;
	}
}

/* PAY-2: another amount captures nothing: it lies in suspense. */
static void tell_other_amount(sim *s, size_t payment, int64_t amount, int32_t *result)
{
	sim_payment *p = &s->payments.at[payment];
	sim_request *r = p->request != SIM_NONE ? &s->requests.at[p->request] : NULL;

	*result = MARKET_NOTIFICATION_KNOWN;
	if (p->state == MARKET_PAYMENT_CAPTURED)
		return;
	*result = MARKET_NOTIFICATION_MISMATCHED;
	sim_suspend(s, payment, amount, s->now);
	if (p->state != MARKET_PAYMENT_CLOSED)
		p->state = MARKET_PAYMENT_FAILED;
	if (r && sim_request_open(r)) {
		r->state = MARKET_REQUEST_FAILED;
		r->next_at = 0;
	}
}

static void tell_settled(sim *s, size_t payment, int64_t fee, int32_t *result)
{
	*result = MARKET_NOTIFICATION_KNOWN;
	if (s->payments.at[payment].settled_at == 0 &&
	    s->payments.at[payment].state == MARKET_PAYMENT_CAPTURED &&
	    sim_payment_settle(s, payment, fee, s->now) == 0)
		*result = MARKET_NOTIFICATION_APPLIED;
}

static void notify_payment(sim *s)
{
	size_t i = any_payment(s, ~0u);
	int64_t fee = 0, amount;
	int32_t expected = 0, got = 0;
	int type;
	const sim_payment *p;
	char reference[MARKET_PROVIDER_TEXT_SIZE] = "-";

	if (i == SIM_NONE)
		return;
	p = &s->payments.at[i];
	type = sim_chance(s, 60)   ? MARKET_EVENT_CAPTURED
	       : sim_chance(s, 50) ? MARKET_EVENT_SETTLED
	                           : MARKET_EVENT_FAILED;
	amount = p->amount + (type == MARKET_EVENT_CAPTURED && sim_chance(s, 10) ? 7 : 0);
	if (amount != p->amount)
		tell_other_amount(s, i, amount, &expected);
	else if (type == MARKET_EVENT_CAPTURED)
		tell_captured(s, i, &expected);
	else if (type == MARKET_EVENT_FAILED)
		tell_failed(s, i, &expected);
	else if (p->state == MARKET_PAYMENT_CAPTURED)
		tell_settled(s, i, fee = sim_below(s, 90), &expected);
	else
		return;
	notify(s, type, p->id, "-", reference, amount, fee, true, 0, &got);
	sim_same(s, "result of a notification", expected, got);
}

/* By the key of a request that was sent: done, or it came back. */
static void notify_request(sim *s)
{
	size_t i = SIM_NONE;
	int32_t got = 0, expected = MARKET_NOTIFICATION_KNOWN;
	sim_request *r;
	bool ok = sim_chance(s, 50), open;
	int type;

	for (size_t k = 0; k < s->requests.n; k++)
		if (s->requests.at[k].key[0] &&
		    (s->requests.at[k].kind == MARKET_REQUEST_REFUND ||
		     s->requests.at[k].kind == MARKET_REQUEST_PAYOUT) &&
		    s->requests.at[k].object != SIM_OF_SHARE && sim_chance(s, 30))
			i = k;
	if (i == SIM_NONE)
		return;
	r = &s->requests.at[i];
	open = sim_request_open(r);
	type = r->kind == MARKET_REQUEST_REFUND
	           ? (ok ? MARKET_EVENT_REFUNDED : MARKET_EVENT_REFUND_FAILED)
	           : (ok ? MARKET_EVENT_PAID_OUT : MARKET_EVENT_PAYOUT_RETURNED);
	if (open || (!ok && r->state == MARKET_REQUEST_OK)) {
		r->state = ok                                         ? MARKET_REQUEST_OK
		           : open || r->kind == MARKET_REQUEST_REFUND ? MARKET_REQUEST_FAILED
		                                                      : MARKET_REQUEST_RETURNED;
		r->next_at = 0;
		expected = MARKET_NOTIFICATION_APPLIED;
		if (r->kind == MARKET_REQUEST_PAYOUT)
			sim_payout_outcome(s, i, s->now);
		else
			sim_refund_outcome(s, i, s->now);
	}
	notify(s, type, (market_id){0, 0}, s->requests.at[i].key, "-", s->requests.at[i].amount, 0,
	       true, 0, &got);
	sim_same(s, "result of a notification", expected, got);
}

static void notify_any(sim *s)
{
	int32_t got;

	if (sim_chance(s, 5))
		notify(s, MARKET_EVENT_CAPTURED, (market_id){0, 0}, "-", "-", 100, 0, false,
		       MARKET_ESIGNATURE, &got);
	else if (sim_chance(s, 60))
		notify_payment(s);
	else
		notify_request(s);
}

/* ---- refunds ---- */

static size_t refundable_order(sim *s)
{
	size_t i = sim_any_order(s, sim_chance(s, 50) ? 1u << MARKET_ORDER_FINISHED
	                                              : 1u << MARKET_ORDER_WAIT_SHIP |
	                                                    1u << MARKET_ORDER_WAIT_CONFIRM);

	return sim_chance(s, 95) ? i : sim_any_order(s, 0);
}

static void choose_ask(sim *s, const sim_order *o, sim_ask *ask)
{
	int how = (int)sim_below(s, 10);

	*ask = (sim_ask){.amount = -1, .freight = -1};
	if (how < 2) {
		ask->borne_by = sim_chance(s, 50) ? MARKET_BORNE_BY_SELLER : 0;
		return;
	}
	if (how < 4)
		ask->amount = sim_below(s, 5000);
	if (how == 4 || sim_chance(s, 20))
		ask->freight = sim_below(s, o->freight + 50);
	for (size_t i = 0; how > 4 && i < o->n_lines; i++) {
		if (ask->n > 0 && sim_chance(s, 60))
			continue;
		ask->items[ask->n].line = i;
		ask->items[ask->n].amount = how > 7 ? 1 + sim_below(s, 4000) : -1;
		ask->items[ask->n].quantity = how > 7 ? 0 : 1 + sim_below(s, o->lines[i].quantity);
		ask->n++;
	}
}

static void refund_order(sim *s, size_t i, bool member)
{
	market_refund_create_params in = MARKET_REFUND_CREATE_PARAMS_INIT;
	market_refund_ask asks[SIM_LINES];
	const market_refund_ask *list[SIM_LINES];
	size_t before;
	sim_ask ask;
	void *out;
	int rc;

	if (i == SIM_NONE)
		return;
	choose_ask(s, &s->orders.at[i], &ask);
	in.order = s->orders.at[i].id;
	in.reason = sim_chance(s, 85) ? "broken" : NULL;
	in.borne_by = ask.borne_by;
	in.items = ask.n > 0 ? list : NULL;
	in.n_items = ask.n;
	if (ask.amount >= 0)
		in.amount = sim_money(ask.amount);
	if (ask.freight >= 0)
		in.freight = sim_money(ask.freight);
	for (size_t k = 0; k < ask.n; k++) {
		asks[k] = (market_refund_ask)MARKET_REFUND_ASK_INIT;
		asks[k].line = s->orders.at[i].lines[ask.items[k].line].id;
		asks[k].quantity = ask.items[k].quantity;
		if (ask.items[k].amount >= 0)
			asks[k].amount = sim_money(ask.items[k].amount);
		list[k] = &asks[k];
	}
	if (member)
		sim_as(s, MARKET_ACTOR_MEMBER, s->sellers.at[s->orders.at[i].seller].owner);
	sim_order_timers(s, i, "refund.create");
	before = s->refunds.n;
	if (!in.reason &&
	    sim_buyer_limited(s, s->orders.at[i].buyer, MARKET_ACTION_REFUND_REASON, s->now))
		rc = MARKET_ELIMITED;
	else
		rc = sim_refund_create(s, i, &ask, member, false, s->now);
	if (sim_run(s, "refund.create", &in, &out, rc) && s->refunds.n > before) {
		s->refunds.at[before].id = ((market_refund *)out)->id;
		sim_same_refund(s, before, out);
	}
	sim_free(out);
	sim_as_operator(s);
}

/* ESC-7: often several of one seller are under way at once. */
static void create_refund(sim *s)
{
	size_t i = refundable_order(s);
	bool member = sim_chance(s, 60);

	if (i == SIM_NONE)
		return;
	refund_order(s, i, member);
	if (s->orders.at[i].released == 0 || sim_chance(s, 30))
		return;
	for (size_t k = 0; k < s->orders.n; k++)
		if (k != i && s->orders.at[k].seller == s->orders.at[i].seller &&
		    s->orders.at[k].released > 0 && sim_chance(s, 60)) {
			sim_check_touched(s);
			refund_order(s, k, true);
		}
}

static size_t any_refund(sim *s)
{
	size_t i;

	if (s->refunds.n == 0)
		return SIM_NONE;
	i = (size_t)sim_below(s, (int64_t)s->refunds.n);
	return s->refunds.at[i].id.id != 0 ? i : SIM_NONE;
}

static void refund_timers(sim *s, size_t refund)
{
	market_time at = s->refunds.at[refund].due_at;

	if (at == 0 || at > s->now)
		return;
	if (sim_refund_retry(s, refund, at) != 0)
		s->refunds.at[refund].due_at = s->now + SIM_HOUR;
}

static void bounce(sim *s)
{
	market_refund_bounce_params in = MARKET_REFUND_BOUNCE_PARAMS_INIT;
	size_t i = any_refund(s);
	void *out;
	int rc;

	if (i == SIM_NONE)
		return;
	in.refund = s->refunds.at[i].id;
	in.reason = "closed";
	refund_timers(s, i);
	rc = sim_refund_bounce(s, i, s->now);
	if (sim_run(s, "refund.bounce", &in, &out, rc))
		sim_same_refund(s, i, out);
	sim_free(out);
}

static void retry(sim *s)
{
	market_refund_retry_params in = MARKET_REFUND_RETRY_PARAMS_INIT;
	size_t i = any_refund(s);
	void *out;
	int rc;

	for (size_t k = 0; k < s->refunds.n; k++)
		if (s->refunds.at[k].due_at != 0 && s->refunds.at[k].id.id != 0 && sim_chance(s, 50))
			i = k;
	if (i == SIM_NONE)
		return;
	in.refund = s->refunds.at[i].id;
	rc = sim_refund_retry(s, i, s->now);
	if (sim_run(s, "refund.retry", &in, &out, rc))
		sim_same_refund(s, i, out);
	sim_free(out);
}

const sim_action sim_payment_actions[] = {
	{"payment.start", start, 34},         {"payment.settle", settle, 5},
	{"payment.return", give_back, 2},     {"payment.lapse", lapse, 1},
	{"payment.notify", notify_any, 8},    {"provider.outcome", stale_outcome, 2},
	{"refund.create", create_refund, 13}, {"refund.bounce", bounce, 2},
	{"refund.retry", retry, 2},           {NULL, NULL, 0},
};
