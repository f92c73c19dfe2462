/* PAY: payments, their shares, and requests to the provider. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

static size_t waiting(const sim *s, const sim_payment *p);
static size_t replace(sim *s, size_t old);
static void charge(sim *s, size_t payment, market_time now);
static void drop_charge(sim *s, size_t payment, market_time now);
static void fail(sim_payment *p);
static void fund(sim *s, const sim_share *share, market_time now);
static void owe(sim *s, size_t payment, size_t share, market_time now);
static void authorise(sim *s, size_t payment, const sim_sent *sent, market_time now);
static void charge_outcome(sim *s, size_t request, const sim_sent *sent, market_time now);
static void put_off_closing(sim *s, const sim_payment *p, market_time expires);
static void post_difference(sim *s, size_t request, int64_t moved, market_time now);
static void settle_share(sim *s, sim_share *share, int64_t gross, int64_t fee, market_time now);

bool sim_request_open(const sim_request *r)
{
	return r->state == MARKET_REQUEST_QUEUED || r->state == MARKET_REQUEST_UNKNOWN;
}

/* The newest attempt. */
size_t sim_latest(const sim *s, int32_t kind, int object, size_t index, size_t share)
{
	for (size_t i = s->requests.n; i-- > 0;) {
		const sim_request *r = &s->requests.at[i];

		if (r->kind == kind && r->object == object && r->index == index && r->share == share)
			return i;
	}
	return SIM_NONE;
}

/* PAY-3: another attempt only after a definite refusal. */
size_t sim_queue(sim *s, int32_t kind, int object, size_t index, size_t share, int64_t amount,
                 market_time now, int *code)
{
	size_t last = sim_latest(s, kind, object, index, share), i;
	int64_t attempt = 1;
	sim_request *r;

	*code = 0;
	if (last != SIM_NONE) {
		if (sim_request_open(&s->requests.at[last]))
			*code = MARKET_EINFLIGHT;
		else if (s->requests.at[last].state == MARKET_REQUEST_OK && kind != MARKET_REQUEST_CHARGE)
			*code = MARKET_ESTATE;
		if (*code != 0)
			return SIM_NONE;
		attempt = s->requests.at[last].attempt + 1;
	}
	i = SIM_ADD(s->requests);
	r = &s->requests.at[i];
	*r = (sim_request){.kind = kind,
	                   .object = object,
	                   .index = index,
	                   .share = share,
	                   .attempt = attempt,
	                   .amount = amount,
	                   .state = MARKET_REQUEST_QUEUED,
	                   .next_at = now};
	if (object == SIM_OF_PAYMENT)
		r->book = s->buyers.at[s->groups.at[s->payments.at[index].group].buyer].id;
	else if (object == SIM_OF_SHARE)
		r->book = s->orders.at[s->payments.at[index].shares[share].order].id.book;
	else if (object == SIM_OF_REFUND)
		r->book = s->orders.at[s->refunds.at[index].order].id.book;
	else
		r->book = s->sellers.at[s->payouts.at[index].seller].id.id;
	return i;
}

/* Asked again at doubling intervals. */
market_time sim_again(const sim_request *r, market_time now)
{
	int64_t doublings = r->attempt - 1 > 12 ? 12 : r->attempt - 1;

	return now + (SIM_MINUTE << doublings);
}

size_t sim_payment_new(sim *s, size_t group, const size_t *orders, size_t n, const char *method)
{
	size_t i = SIM_ADD(s->payments);
	sim_payment *p = &s->payments.at[i];

	p->group = group;
	p->state = MARKET_PAYMENT_CREATED;
	p->request = SIM_NONE;
	snprintf(p->method, sizeof(p->method), "%s", method ? method : "");
	for (size_t k = 0; k < n; k++) {
		p->shares[k].order = orders[k];
		p->shares[k].amount = s->orders.at[orders[k]].cash;
		p->amount += p->shares[k].amount;
	}
	p->n_shares = n;
	p->dirty = true;
	s->groups.at[group].payment = i;
	return i;
}

static size_t waiting(const sim *s, const sim_payment *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_shares; i++)
		n += s->orders.at[p->shares[i].order].state == MARKET_ORDER_WAIT_PAY;
	return n;
}

/* For the orders that are still open. */
static size_t replace(sim *s, size_t old)
{
	size_t orders[SIM_SHARES], n = 0;
	char method[16];

	for (size_t i = 0; i < s->payments.at[old].n_shares; i++)
		if (s->orders.at[s->payments.at[old].shares[i].order].state == MARKET_ORDER_WAIT_PAY)
			orders[n++] = s->payments.at[old].shares[i].order;
	s->payments.at[old].state = MARKET_PAYMENT_CLOSED;
	s->payments.at[old].dirty = true;
	snprintf(method, sizeof(method), "%s", s->payments.at[old].method);
	return sim_payment_new(s, s->payments.at[old].group, orders, n, method);
}

static void charge(sim *s, size_t payment, market_time now)
{
	int code = 0;
	size_t request = sim_queue(s, MARKET_REQUEST_CHARGE, SIM_OF_PAYMENT, payment, 0,
	                           s->payments.at[payment].amount, now, &code);
	sim_payment *p = &s->payments.at[payment];

	if (code != 0) {
		sim_fail(s, "the model charges a payment whose last attempt is open");
		return;
	}
	p->state = MARKET_PAYMENT_PENDING;
	p->attempt++;
	p->request = request;
	p->dirty = true;
}

int sim_payment_start(sim *s, size_t *payment, const char *method, market_time now)
{
	sim_payment *p = &s->payments.at[*payment];
	size_t open;

	if (p->state == MARKET_PAYMENT_PENDING)
		return MARKET_EINFLIGHT;
	if (p->state != MARKET_PAYMENT_CREATED && p->state != MARKET_PAYMENT_FAILED)
		return MARKET_ESTATE;
	if (!method && !p->method[0])
		return MARKET_EMISSING;
	open = waiting(s, p);
	if (open == 0)
		return MARKET_ESTATE;
	if (open < p->n_shares)
		*payment = replace(s, *payment);
	if (method)
		snprintf(s->payments.at[*payment].method, sizeof(p->method), "%s", method);
	charge(s, *payment, now);
	return 0;
}

/* PAY-2: the money of an order that waits funds it; other money is owed to the buyer. */
void sim_payment_capture(sim *s, size_t payment, const char *reference, bool *late, market_time now)
{
	sim_payment *p = &s->payments.at[payment];

	p->state = MARKET_PAYMENT_CAPTURED;
	p->captured_at = now;
	p->has_reference = p->has_reference || (reference && *reference);
	p->dirty = true;
	for (size_t i = 0; i < s->payments.at[payment].n_shares; i++) {
		sim_share *share = &s->payments.at[payment].shares[i];
		sim_order *o = &s->orders.at[share->order];

		if (o->state == MARKET_ORDER_WAIT_PAY && share->amount == o->cash) {
			fund(s, share, now);
			sim_order_paid(s, share->order, now);
			share->captured = share->amount;
		} else if (share->amount > 0) {
			*late = true;
			owe(s, payment, i, now);
		}
	}
}

static void fund(sim *s, const sim_share *share, market_time now)
{
	const sim_order *o = &s->orders.at[share->order];
	sim_transfer t = sim_begin(o->id.book, now);

	sim_debit(&t, "psp_clearing", NULL, share->amount);
	for (size_t i = 0; i < o->n_lines; i++) {
		if (strcmp(o->lines[i].funder, "platform") == 0)
			sim_debit(&t, "promo_funding", NULL, o->lines[i].promo);
		else
			sim_debit(&t, "funder_receivable", o->lines[i].funder, o->lines[i].promo);
	}
	sim_credit(&t, "escrow", sim_order_text(s, share->order), o->cash + o->promo);
	sim_post(s, &t);
}

static void owe(sim *s, size_t payment, size_t share, market_time now)
{
	sim_share *sh = &s->payments.at[payment].shares[share];
	sim_transfer t = sim_begin(s->orders.at[sh->order].id.book, now);
	int code;

	sim_debit(&t, "psp_clearing", NULL, sh->amount);
	sim_credit(&t, "buyer_payable", sim_order_text(s, sh->order), sh->amount);
	sim_post(s, &t);
	sh->payable = sh->amount;
	sim_queue(s, MARKET_REQUEST_REFUND, SIM_OF_SHARE, payment, share, sh->amount, now, &code);
}

static void fail(sim_payment *p)
{
	if (p->state != MARKET_PAYMENT_CREATED && p->state != MARKET_PAYMENT_PENDING &&
	    p->state != MARKET_PAYMENT_AUTHORISED)
		return;
	p->state = MARKET_PAYMENT_FAILED;
	p->dirty = true;
}

/* PAY-4 */
static void authorise(sim *s, size_t payment, const sim_sent *sent, market_time now)
{
	sim_payment *p = &s->payments.at[payment];
	int code;

	if (p->state != MARKET_PAYMENT_CREATED && p->state != MARKET_PAYMENT_PENDING)
		return;
	p->state = MARKET_PAYMENT_AUTHORISED;
	p->expires = sent->expires;
	p->has_reference = true;
	p->dirty = true;
	if (waiting(s, p) == 0) {
		sim_queue(s, MARKET_REQUEST_VOID, SIM_OF_PAYMENT, payment, 0, p->amount, now, &code);
		return;
	}
	p->request =
		sim_queue(s, MARKET_REQUEST_CAPTURE, SIM_OF_PAYMENT, payment, 0, p->amount, now, &code);
}

static void charge_outcome(sim *s, size_t request, const sim_sent *sent, market_time now)
{
	size_t payment = s->requests.at[request].index;
	bool late = false;

	if (s->requests.at[request].state != MARKET_REQUEST_OK) {
		fail(&s->payments.at[payment]);
		if (sent->result == MARKET_PROVIDER_OK)
			sim_suspend(s, payment, sent->moved, now);
	} else if (s->requests.at[request].answer == MARKET_PROVIDER_AUTHORISED)
		authorise(s, payment, sent, now);
	else if (s->payments.at[payment].state != MARKET_PAYMENT_CAPTURED)
		sim_payment_capture(s, payment, "r", &late, now);
	s->payments.at[payment].dirty = true;
}

/* What the provider said of a request that was due. */
void sim_answer(sim *s, size_t request, const sim_sent *sent, market_time now)
{
	sim_request *r = &s->requests.at[request];
	int64_t wait = SIM_MINUTE << (r->queries < 6 ? r->queries : 6);

	bool differs = sent->result == MARKET_PROVIDER_OK && sent->moved != sent->amount;
	bool taken = r->kind == MARKET_REQUEST_CHARGE || r->kind == MARKET_REQUEST_CAPTURE;

	r->before = r->state;
	r->answer = sent->result;
	r->sent = true;
	if (sent->result == MARKET_PROVIDER_PENDING || sent->result == MARKET_PROVIDER_UNKNOWN) {
		r->state = MARKET_REQUEST_UNKNOWN;
		r->next_at = now + wait;
		r->queries++;
		if (sent->result == MARKET_PROVIDER_PENDING && r->kind == MARKET_REQUEST_CHARGE &&
		    sent->expires > now)
			put_off_closing(s, &s->payments.at[r->index], sent->expires);
		return;
	}
	r->next_at = 0;
	r->state = differs && taken                           ? MARKET_REQUEST_FAILED
	           : sent->result == MARKET_PROVIDER_DECLINED ? MARKET_REQUEST_DECLINED
	           : sent->result == MARKET_PROVIDER_FAILED   ? MARKET_REQUEST_FAILED
	                                                      : MARKET_REQUEST_OK;
	switch (r->kind) {
	case MARKET_REQUEST_CHARGE:
	case MARKET_REQUEST_CAPTURE:
		charge_outcome(s, request, sent, now);
		break;
	case MARKET_REQUEST_VOID:
		if (r->state == MARKET_REQUEST_OK &&
		    s->payments.at[r->index].state == MARKET_PAYMENT_AUTHORISED) {
			s->payments.at[r->index].state = MARKET_PAYMENT_CLOSED;
			s->payments.at[r->index].dirty = true;
		}
		break;
	case MARKET_REQUEST_PAYOUT:
		sim_payout_outcome(s, request, now);
		break;
	default:
		if (r->object == SIM_OF_REFUND)
			sim_refund_outcome(s, request, now);
		else
			sim_return_outcome(s, request, now);
	}
	if (differs && !taken)
		post_difference(s, request, sent->moved, now);
}

/* PAY-2: money of another amount is nobody's yet. */
void sim_suspend(sim *s, size_t payment, int64_t amount, market_time now)
{
	sim_payment *p = &s->payments.at[payment];
	sim_transfer t = sim_begin(s->buyers.at[s->groups.at[p->group].buyer].id, now);

	sim_debit(&t, "psp_clearing", NULL, amount);
	sim_credit(&t, "suspense", NULL, amount);
	sim_post(s, &t);
	p->suspense += amount;
	p->dirty = true;
}

/* SET-5: the parties have what was decided; what the provider kept or gave beyond is suspense. */
static void post_difference(sim *s, size_t request, int64_t moved, market_time now)
{
	const sim_request *r = &s->requests.at[request];
	int64_t kept = r->amount - moved;
	sim_transfer t = sim_begin(r->book, now);

	sim_credit(&t, "suspense", NULL, kept);
	sim_debit(&t, r->kind == MARKET_REQUEST_PAYOUT ? "interbook:0" : "psp_clearing", NULL, kept);
	sim_post(s, &t);
	if (r->kind == MARKET_REQUEST_PAYOUT)
		sim_move(s, s->payouts.at[r->index].seller, kept, now);
}

/* ORD-4: a way to pay that takes time. */
static void put_off_closing(sim *s, const sim_payment *p, market_time expires)
{
	for (size_t i = 0; i < p->n_shares; i++) {
		sim_order *o = &s->orders.at[p->shares[i].order];

		if (o->state == MARKET_ORDER_WAIT_PAY && o->pay_by < expires) {
			o->pay_by = expires;
			o->dirty = true;
		}
	}
}

/* An order was closed unpaid: is its payment still wanted? */
void sim_payment_order_closed(sim *s, size_t order, market_time now)
{
	size_t payment = s->groups.at[s->orders.at[order].group].payment;
	sim_payment *p = &s->payments.at[payment];
	sim_request *r = p->request != SIM_NONE ? &s->requests.at[p->request] : NULL;
	int code;

	if (p->state == MARKET_PAYMENT_PENDING) {
		drop_charge(s, payment, now);
		return;
	}
	if (waiting(s, p) > 0)
		return;
	if (p->state == MARKET_PAYMENT_AUTHORISED) {
		if (r && r->state == MARKET_REQUEST_QUEUED) {
			r->state = MARKET_REQUEST_FAILED;
			r->next_at = 0;
		} else if (r && sim_request_open(r)) {
			return;
		}
		sim_queue(s, MARKET_REQUEST_VOID, SIM_OF_PAYMENT, payment, 0, p->amount, now, &code);
		return;
	}
	if (p->state == MARKET_PAYMENT_CREATED || p->state == MARKET_PAYMENT_FAILED) {
		p->state = MARKET_PAYMENT_CLOSED;
		p->dirty = true;
	}
}

/* What wasn't sent yet is withdrawn and made anew for those that are left. */
static void drop_charge(sim *s, size_t payment, market_time now)
{
	sim_payment *p = &s->payments.at[payment];

	if (p->request == SIM_NONE || s->requests.at[p->request].state != MARKET_REQUEST_QUEUED)
		return;
	s->requests.at[p->request].state = MARKET_REQUEST_FAILED;
	s->requests.at[p->request].next_at = 0;
	if (waiting(s, p) > 0) {
		charge(s, replace(s, payment), now);
		return;
	}
	p->state = MARKET_PAYMENT_CLOSED;
	p->dirty = true;
}

/* PAY-5 */
int sim_payment_settle(sim *s, size_t payment, int64_t fee, market_time now)
{
	sim_payment *p = &s->payments.at[payment];
	int64_t weights[SIM_SHARES], fees[SIM_SHARES];
	bool any = false;

	if (p->state != MARKET_PAYMENT_CAPTURED)
		return MARKET_ESTATE;
	for (size_t i = 0; i < p->n_shares; i++)
		weights[i] = p->shares[i].captured + p->shares[i].payable;
	sim_divide(fee, weights, p->n_shares, fees);
	for (size_t i = 0; i < p->n_shares; i++) {
		sim_share *sh = &p->shares[i];
		int64_t gross = weights[i] - sh->refunded - sh->returned - sh->settled;

		if (gross == 0 && fees[i] == 0)
			continue;
		any = true;
		settle_share(s, sh, gross, fees[i], now);
	}
	if (!any)
		return MARKET_ESTATE;
	p->fee += fee;
	p->settled_at = now;
	p->dirty = true;
	return 0;
}

static void settle_share(sim *s, sim_share *share, int64_t gross, int64_t fee, market_time now)
{
	const sim_order *o = &s->orders.at[share->order];
	sim_transfer t = sim_begin(o->id.book, now);

	sim_debit(&t, "psp_fee", NULL, fee);
	sim_credit(&t, "psp_clearing", NULL, gross);
	sim_debit(&t, "interbook:0", NULL, gross - fee);
	sim_post(s, &t);
	if (gross != fee)
		sim_move(s, o->seller, gross - fee, now);
	share->fee += fee;
	share->settled += gross;
}

/* PAY-2: what is owed to the buyer is sent back. */
int sim_payment_return(sim *s, size_t payment, bool system, market_time now)
{
	size_t queued = 0, open = 0;
	int code = 0;

	(void)system;
	for (size_t i = 0; i < s->payments.at[payment].n_shares; i++) {
		const sim_share *sh = &s->payments.at[payment].shares[i];

		if (sh->returned >= sh->payable)
			continue;
		sim_queue(s, MARKET_REQUEST_REFUND, SIM_OF_SHARE, payment, i, sh->payable - sh->returned,
		          now, &code);
		if (code == 0)
			queued++;
		else if (code == MARKET_EINFLIGHT)
			open++;
		else
			return code;
	}
	if (queued == 0)
		return open > 0 ? MARKET_EINFLIGHT : MARKET_ESTATE;
	s->payments.at[payment].return_at = 0;
	s->payments.at[payment].dirty = true;
	return 0;
}

void sim_return_outcome(sim *s, size_t request, market_time now)
{
	const sim_request *r = &s->requests.at[request];
	sim_payment *p = &s->payments.at[r->index];
	sim_share *sh = &p->shares[r->share];
	sim_transfer t = sim_begin(s->orders.at[sh->order].id.book, now);

	p->dirty = true;
	if (r->state != MARKET_REQUEST_OK) {
		market_time again = sim_again(r, now);

		if (p->return_at == 0 || again < p->return_at)
			p->return_at = again;
		return;
	}
	sim_debit(&t, "buyer_payable", sim_order_text(s, sh->order), r->amount);
	sim_credit(&t, "psp_clearing", NULL, r->amount);
	sim_post(s, &t);
	sh->returned += r->amount;
}
