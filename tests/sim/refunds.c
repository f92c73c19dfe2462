/* PRO-1, FRT-1, ESC-6 to ESC-8, COM-5: refunds from the request to the outcome. */
#include <string.h>

#include "tests/sim/sim.h"

static int check_order(const sim_order *o);
static int work_out(const sim *s, const sim_order *o, const sim_ask *ask, sim_refund *r);
static int by_quantity(const sim *s, const sim_line *line, size_t index, int64_t quantity,
                       sim_refund *r);
static int by_amount(const sim *s, const sim_line *line, size_t index, int64_t amount,
                     sim_refund *r);
static int divide_amount(const sim *s, const sim_order *o, int64_t amount, sim_refund *r);
static void everything(const sim_order *o, int borne_by, sim_refund *r);
static void add(sim_refund *r, size_t line, int64_t quantity, int64_t cash, int64_t promo);
static int make(sim *s, size_t slot, const sim_ask *ask, bool limited, sim_refund *r, bool *nothing,
                market_time now);
static bool choose_share(const sim *s, size_t order, int64_t cash, size_t *payment, size_t *share);
static int expose(sim *s, size_t order, sim_refund *r, bool limited, market_time now);
static int64_t burden(sim *s, const sim_order *o, size_t order, const sim_refund *r,
                      market_time now);
static void write_off(sim *s, sim_order *o, const sim_refund *r, market_time now);
static void ask_provider(sim *s, size_t refund, market_time now);
static void apply(sim *s, size_t refund, market_time now);
static int64_t reverse_all(const sim *s, sim_order *o, const sim_refund *r, sim_transfer *t);
static void draw_affiliate(sim *s, sim_transfer *t, int64_t amount);
static void settle_order(sim *s, size_t order, bool released, market_time now);
static void keep_fees(sim *s, size_t order, market_time now);
static void land(sim *s, sim_refund *r);
static void wait(sim_refund *r, const sim_request *request, market_time now);
static void payable(sim *s, const sim_refund *r, bool back, market_time now);
static void ask_rest(const sim_order *o, sim_ask *ask);

static int check_order(const sim_order *o)
{
	if (o->paid_at == 0)
		return MARKET_ESTATE;
	if (o->in_flight > 0)
		return MARKET_EINFLIGHT;
	return o->state == MARKET_ORDER_CLOSED && sim_order_held(o) <= 0 ? MARKET_ESTATE : 0;
}

int sim_refund_create(sim *s, size_t order, const sim_ask *ask, bool limited, bool automatic,
                      market_time now)
{
	sim_refund r = {.order = order,
	                .state = MARKET_REFUND_REQUESTED,
	                .automatic = automatic,
	                .created_at = now};
	bool nothing = false;
	int rc = check_order(&s->orders.at[order]);

	return rc == 0 ? make(s, SIM_NONE, ask, limited, &r, &nothing, now) : rc;
}

static void ask_rest(const sim_order *o, sim_ask *ask)
{
	*ask = (sim_ask){.amount = -1, .freight = -1, .borne_by = MARKET_BORNE_BY_SELLER};
	for (size_t i = 0; i < o->n_lines; i++) {
		int64_t left = sim_left_to_ship(&o->lines[i]);

		if (left == 0)
			continue;
		ask->items[ask->n].line = i;
		ask->items[ask->n].amount = -1;
		ask->items[ask->n++].quantity = left;
	}
	if (o->freight_refunded < o->freight)
		ask->freight = o->freight - o->freight_refunded;
}

int sim_refund_rest(sim *s, size_t order, market_time now)
{
	sim_ask ask;

	ask_rest(&s->orders.at[order], &ask);
	return sim_refund_create(s, order, &ask, false, true, now);
}

static void add(sim_refund *r, size_t line, int64_t quantity, int64_t cash, int64_t promo)
{
	r->items[r->n_items++] =
		(sim_refund_item){.line = line, .quantity = quantity, .cash = cash, .promo = promo};
	r->cash += cash;
	r->promo += promo;
}

static int64_t bound(int64_t x, int64_t most)
{
	return x < 0 ? 0 : x > most ? most : x;
}

static int by_quantity(const sim *s, const sim_line *line, size_t index, int64_t quantity,
                       sim_refund *r)
{
	int64_t after = line->refunded + quantity;
	bool even = s->policy.half_even;

	if (after > line->quantity)
		return MARKET_EFUNDS;
	add(r, index, quantity,
	    bound(sim_round(line->cash, after, line->quantity, even) - line->refunded_cash,
	          line->cash - line->refunded_cash),
	    bound(sim_round(line->promo, after, line->quantity, even) - line->refunded_promo,
	          line->promo - line->refunded_promo));
	return 0;
}

static int by_amount(const sim *s, const sim_line *line, size_t index, int64_t amount,
                     sim_refund *r)
{
	int64_t promo = 0;

	if (line->cash - line->refunded_cash < amount)
		return MARKET_EFUNDS;
	if (line->cash > 0)
		promo = bound(
			sim_round(line->promo, line->refunded_cash + amount, line->cash, s->policy.half_even) -
				line->refunded_promo,
			line->promo - line->refunded_promo);
	add(r, index, 0, amount, promo);
	return 0;
}

static int divide_amount(const sim *s, const sim_order *o, int64_t amount, sim_refund *r)
{
	int64_t weights[SIM_LINES], parts[SIM_LINES], left = 0;
	int rc = 0;

	for (size_t i = 0; i < o->n_lines; i++)
		left += weights[i] = o->lines[i].cash - o->lines[i].refunded_cash;
	if (left < amount)
		return MARKET_EFUNDS;
	sim_divide(amount, weights, o->n_lines, parts);
	for (size_t i = 0; rc == 0 && i < o->n_lines; i++)
		if (parts[i] > 0)
			rc = by_amount(s, &o->lines[i], i, parts[i], r);
	return rc;
}

static void everything(const sim_order *o, int borne_by, sim_refund *r)
{
	for (size_t i = 0; i < o->n_lines; i++) {
		const sim_line *line = &o->lines[i];
		int64_t cash = line->cash - line->refunded_cash;
		int64_t promo = line->promo - line->refunded_promo;

		if (line->refunded < line->quantity || cash + promo > 0)
			add(r, i, line->quantity - line->refunded, cash, promo);
	}
	if ((!(o->whole || o->partly) || borne_by == MARKET_BORNE_BY_SELLER) &&
	    o->freight_refunded < o->freight) {
		r->freight = o->freight - o->freight_refunded;
		add(r, SIM_NONE, 0, r->freight, 0);
	}
}

static int work_out(const sim *s, const sim_order *o, const sim_ask *ask, sim_refund *r)
{
	int rc = 0;

	if (ask->n > 0 && ask->amount >= 0)
		return MARKET_EINVALID;
	if (ask->amount == 0 || ask->freight == 0)
		return MARKET_EINVALID;
	for (size_t i = 0; rc == 0 && i < ask->n; i++) {
		size_t line = ask->items[i].line;

		rc = ask->items[i].amount >= 0
		         ? by_amount(s, &o->lines[line], line, ask->items[i].amount, r)
		         : by_quantity(s, &o->lines[line], line, ask->items[i].quantity, r);
	}
	if (rc == 0 && ask->amount >= 0)
		rc = divide_amount(s, o, ask->amount, r);
	if (rc == 0 && ask->n == 0 && ask->amount < 0 && ask->freight < 0)
		everything(o, ask->borne_by, r);
	if (rc == 0 && ask->freight >= 0) {
		if (o->freight - o->freight_refunded < ask->freight)
			return MARKET_EFUNDS;
		r->freight = ask->freight;
		add(r, SIM_NONE, 0, ask->freight, 0);
	}
	return rc;
}

/* Makes `r` and keeps it in its slot, or a new one; an automatic one of nothing only writes its
 * units off. */
static int make(sim *s, size_t slot, const sim_ask *ask, bool limited, sim_refund *r, bool *nothing,
                market_time now)
{
	const size_t order = r->order;
	sim_order *o = &s->orders.at[order];
	size_t i;
	int rc = work_out(s, o, ask, r);

	if (rc != 0)
		return rc;
	r->payment = SIM_NONE;
	r->released = o->released > 0;
	*nothing = r->cash + r->promo <= 0;
	if (*nothing) {
		if (!r->automatic)
			return MARKET_EINVALID;
		write_off(s, o, r, now);
		return 0;
	}
	if (r->cash > 0 && !choose_share(s, order, r->cash, &r->payment, &r->share))
		return MARKET_EFUNDS;
	if (r->released)
		rc = expose(s, order, r, limited, now);
	if (rc != 0)
		return rc;
	i = slot != SIM_NONE ? slot : SIM_ADD(s->refunds);
	s->refunds.at[i] = *r;
	s->refunds.at[i].dirty = true;
	if (r->cash > 0)
		ask_provider(s, i, now);
	else
		apply(s, i, now);
	return 0;
}

/* ORD-3: the newest payment that covers it. */
static bool choose_share(const sim *s, size_t order, int64_t cash, size_t *payment, size_t *share)
{
	for (size_t i = s->payments.n; i-- > 0;)
		for (size_t k = 0; k < s->payments.at[i].n_shares; k++) {
			const sim_share *sh = &s->payments.at[i].shares[k];

			if (sh->order != order || sh->captured - sh->refunded - sh->in_flight < cash)
				continue;
			*payment = i;
			*share = k;
			return true;
		}
	return false;
}

/* ESC-7: all refunds under way count towards the advance limit. */
static int expose(sim *s, size_t order, sim_refund *r, bool limited, market_time now)
{
	sim_order *o = &s->orders.at[order];
	sim_seller *seller = &s->sellers.at[o->seller];
	int64_t weight = burden(s, o, order, r, now);
	sim_draw draw = {.seller = o->seller,
	                 .order = order,
	                 .limited = true,
	                 .look = true,
	                 .amount = seller->exposure + weight};
	int rc;

	if (weight <= 0)
		return 0;
	rc = limited ? sim_draw_from(s, NULL, &draw, now) : 0;
	if (rc == 0 && r->cash > 0) {
		r->exposed = weight;
		seller->exposure += weight;
	}
	return rc;
}

/* What it will take of the seller beyond the order's own pending earning. */
static int64_t burden(sim *s, const sim_order *o, size_t order, const sim_refund *r,
                      market_time now)
{
	sim_order copy = *o;
	int64_t seller = reverse_all(s, &copy, r, NULL);
	sim_draw draw = {
		.seller = o->seller, .order = order, .own = true, .look = true, .amount = seller};

	sim_draw_from(s, NULL, &draw, now);
	return seller - draw.pending;
}

static void write_off(sim *s, sim_order *o, const sim_refund *r, market_time now)
{
	for (size_t i = 0; i < r->n_items; i++)
		if (r->items[i].line != SIM_NONE)
			o->lines[r->items[i].line].refunded += r->items[i].quantity;
	sim_order_rest_refunded(s, o, now);
	o->dirty = true;
}

/* ESC-2, ESC-3 */
static void ask_provider(sim *s, size_t refund, market_time now)
{
	sim_refund *r = &s->refunds.at[refund];
	sim_order *o = &s->orders.at[r->order];
	int code;

	r->state = MARKET_REFUND_REQUESTED;
	o->in_flight += r->cash + r->promo;
	sim_order_freeze(o, now);
	o->dirty = true;
	s->payments.at[r->payment].shares[r->share].in_flight += r->cash;
	s->payments.at[r->payment].dirty = true;
	sim_queue(s, MARKET_REQUEST_REFUND, SIM_OF_REFUND, refund, 0, r->cash, now, &code);
	if (code != 0)
		sim_fail(s, "the model asks for a refund whose last attempt isn't refused");
}

/* COM-5: gives back the parts; what the seller bears. */
static int64_t reverse_all(const sim *s, sim_order *o, const sim_refund *r, sim_transfer *t)
{
	int64_t steps[2 * SIM_KINDS + 1], seller = 0, affiliate = 0;

	for (size_t i = 0; i < r->n_items; i++) {
		const sim_refund_item *item = &r->items[i];
		sim_line *line = item->line == SIM_NONE ? NULL : &o->lines[item->line];
		sim_part *parts = line ? line->parts : o->freight_parts;
		size_t n = line ? line->n_parts : o->n_freight_parts;
		int64_t total = line ? line->cash + line->promo : o->freight;
		int64_t before = line ? line->refunded_cash + line->refunded_promo : o->freight_refunded;

		seller += sim_reverse(s, parts, n, total, before, item->cash + item->promo, steps);
		for (size_t k = 0; k < n; k++) {
			parts[k].back += steps[k];
			if (k >= 2 * s->policy.n_kinds)
				affiliate += steps[k];
			else
				sim_debit(t, sim_part_account(s, k), NULL, steps[k]);
		}
	}
	if (t)
		draw_affiliate((sim *)(uintptr_t)s, t, affiliate);
	return seller;
}

/* AFF-1 */
static void draw_affiliate(sim *s, sim_transfer *t, int64_t amount)
{
	int64_t pending = bound(sim_held(s, t->book, "affiliate_pending"), amount);

	sim_debit(t, "affiliate_pending", NULL, pending);
	sim_debit(t, "affiliate_receivable", NULL, amount - pending);
}

/* The provider has done it. */
static void apply(sim *s, size_t refund, market_time now)
{
	sim_refund *r = &s->refunds.at[refund];
	sim_order *o = &s->orders.at[r->order];
	sim_transfer t = sim_begin(o->id.book, now);
	sim_draw draw = {.seller = o->seller,
	                 .order = r->order,
	                 .refund = refund,
	                 .own = true,
	                 .kind = MARKET_LOT_REFUND};

	r->released = o->released > 0;
	if (r->released) {
		draw.amount = reverse_all(s, o, r, &t);
		sim_draw_from(s, &t, &draw, now);
		r->from_pending = draw.pending;
		r->from_reserved = draw.reserved;
		r->from_available = draw.available;
		r->from_receivable = draw.receivable;
	} else {
		sim_debit(&t, "escrow", sim_order_text(s, r->order), r->cash + r->promo);
	}
	sim_credit(&t, "psp_clearing", NULL, r->cash);
	for (size_t i = 0; i < r->n_items; i++) {
		sim_line *line = r->items[i].line == SIM_NONE ? NULL : &o->lines[r->items[i].line];

		if (!line)
			continue;
		if (!line->funder[0] || strcmp(line->funder, "platform") == 0)
			sim_credit(&t, "promo_funding", NULL, r->items[i].promo);
		else
			sim_credit(&t, "funder_receivable", line->funder, r->items[i].promo);
		line->refunded += r->items[i].quantity;
		line->refunded_cash += r->items[i].cash;
		line->refunded_promo += r->items[i].promo;
	}
	sim_post(s, &t);
	o->refunded_cash += r->cash;
	o->refunded_promo += r->promo;
	o->freight_refunded += r->freight;
	r->state = MARKET_REFUND_OK;
	r->dirty = o->dirty = true;
	s->refunded++;
	settle_order(s, r->order, r->released, now);
}

/* ORD-2: wholly refunded before it finished, an order is closed. */
static void settle_order(sim *s, size_t order, bool released, market_time now)
{
	sim_order *o = &s->orders.at[order];

	sim_order_escrow(o);
	if (o->escrow == MARKET_ESCROW_SETTLED)
		o->release_at = o->release_left = 0;
	if (released)
		return;
	if (o->refunded_cash + o->refunded_promo < o->funded) {
		sim_order_rest_refunded(s, o, now);
		return;
	}
	if (o->state == MARKET_ORDER_WAIT_SHIP || o->state == MARKET_ORDER_WAIT_CONFIRM) {
		if (o->state == MARKET_ORDER_WAIT_SHIP) /* later it is free already */
			sim_order_return_stock(s, o);
		o->state = MARKET_ORDER_CLOSED;
		o->closed_at = now;
		o->close_reason = MARKET_CLOSE_REFUNDED;
		sim_order_stop(o);
	}
	keep_fees(s, order, now);
}

/* COM-6: a kept fee of an order refunded before release. */
static void keep_fees(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];
	sim_transfer t = sim_begin(o->id.book, now);
	int64_t seller = sim_credit_parts(s, o, &t, 0);
	sim_draw draw = {.seller = o->seller,
	                 .order = order,
	                 .refund = SIM_NONE,
	                 .kind = MARKET_LOT_FEE,
	                 .amount = -seller};

	if (seller >= 0)
		return;
	sim_draw_from(s, &t, &draw, now);
	sim_post(s, &t);
}

static void land(sim *s, sim_refund *r)
{
	sim_order *o = &s->orders.at[r->order];

	o->in_flight -= r->cash + r->promo;
	o->dirty = true;
	s->payments.at[r->payment].shares[r->share].in_flight -= r->cash;
	s->payments.at[r->payment].dirty = true;
	s->sellers.at[o->seller].exposure -= r->exposed;
	r->exposed = 0;
}

static void wait(sim_refund *r, const sim_request *request, market_time now)
{
	r->due_at = sim_again(request, now);
}

/* ESC-8 */
static void payable(sim *s, const sim_refund *r, bool back, market_time now)
{
	sim_transfer t = sim_begin(s->orders.at[r->order].id.book, now);
	int64_t sign = back ? 1 : -1;

	sim_debit(&t, "psp_clearing", NULL, sign * r->cash);
	sim_credit(&t, "buyer_payable", sim_order_text(s, r->order), sign * r->cash);
	sim_post(s, &t);
}

void sim_refund_outcome(sim *s, size_t request, market_time now)
{
	const sim_request q = s->requests.at[request];
	sim_refund *r = &s->refunds.at[q.index];
	sim_order *o = &s->orders.at[r->order];
	bool ok = q.state == MARKET_REQUEST_OK;

	r->dirty = true;
	if (r->state == MARKET_REFUND_REQUESTED) {
		land(s, r);
		if (ok)
			s->payments.at[r->payment].shares[r->share].refunded += r->cash;
		sim_order_unfreeze(o, now);
		if (ok) {
			apply(s, q.index, now);
			return;
		}
		sim_order_escrow(o);
		r->state = MARKET_REFUND_FAILED;
		if (r->automatic)
			wait(r, &q, now);
	} else if (r->state == MARKET_REFUND_OK && !ok) {
		payable(s, r, true, now);
		r->state = MARKET_REFUND_BOUNCED;
		wait(r, &q, now);
	} else if (r->state == MARKET_REFUND_RESENT) {
		if (ok)
			payable(s, r, false, now);
		r->state = ok ? MARKET_REFUND_OK : MARKET_REFUND_BOUNCED;
		if (!ok)
			wait(r, &q, now);
	}
}

int sim_refund_bounce(sim *s, size_t refund, market_time now)
{
	size_t request = sim_latest(s, MARKET_REQUEST_REFUND, SIM_OF_REFUND, refund, 0);

	if (s->refunds.at[refund].state != MARKET_REFUND_OK || request == SIM_NONE ||
	    s->requests.at[request].state != MARKET_REQUEST_OK)
		return MARKET_ESTATE;
	s->requests.at[request].state = MARKET_REQUEST_FAILED;
	sim_refund_outcome(s, request, now);
	return 0;
}

int sim_refund_retry(sim *s, size_t refund, market_time now)
{
	sim_refund *r = &s->refunds.at[refund], copy = *r;
	sim_order *o = &s->orders.at[r->order];
	sim_ask ask = {.amount = -1, .freight = -1};
	bool nothing = false, left;
	int rc, code;

	if (r->state == MARKET_REFUND_BOUNCED) {
		sim_queue(s, MARKET_REQUEST_REFUND, SIM_OF_REFUND, refund, 0, r->cash, now, &code);
		if (code != 0)
			return code;
		r->due_at = 0;
		r->state = MARKET_REFUND_RESENT;
		r->dirty = true;
		return 0;
	}
	if (r->state != MARKET_REFUND_FAILED || !r->automatic)
		return MARKET_ESTATE;
	left = o->state == MARKET_ORDER_CLOSED && (sim_order_held(o) > 0 || o->in_flight > 0);
	if (o->state == MARKET_ORDER_WAIT_SHIP && o->partly) {
		ask_rest(o, &ask);
		left = ask.n > 0;
	}
	r->dirty = true;
	if (left) {
		rc = check_order(o);
		if (rc != 0)
			return rc;
		copy = (sim_refund){
			.order = r->order, .id = r->id, .automatic = true, .created_at = r->created_at};
		rc = make(s, refund, &ask, false, &copy, &nothing, now);
		if (rc != 0 || !nothing)
			return rc;
	}
	r = &s->refunds.at[refund];
	r->due_at = 0;
	r->automatic = false;
	return 0;
}
