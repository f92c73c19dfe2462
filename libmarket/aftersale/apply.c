/* PRO-1, COM-5, COM-6, ESC-7: what a refund that is done moves, and what it changes in the order.
 */
#include "libmarket/aftersale/internal.h"
#include "libmarket/escrow/escrow.h"
#include "libmarket/settlement/settlement.h"

/* One refund's work on the components of its order. */
typedef struct work {
	mk_ctx *ctx;
	mk_order *order;
	mk_refund *refund;
	mk_transfer *transfer; /* NULL: only look */
	mk_component *components;
	size_t n_components;
	mk_rounding rounding;
	market_money seller;    /* what the seller bears */
	market_money affiliate; /* what the affiliates do */
} work;

static int load(work *w, market_error *err);
static int take_history(work *w, market_error *err);
static int take_refund(work *w, mk_refund *refund, market_error *err);
static void take_item(work *w, const market_refund_item *item);
static mk_component *component_of(work *w, market_id line);
static int reverse(work *w, market_error *err);
static int reverse_item(work *w, market_refund_item *item, market_error *err);
static int note_parts(work *w, const mk_component *component, market_refund_item *item,
                      market_error *err);
static int draw_seller(work *w, market_error *err);
static void give_back(work *w);
static void count_items(work *w);
static int settle_order(work *w, market_error *err);

int mk_refund_apply(mk_ctx *ctx, mk_order *order, mk_refund *refund, market_error *err)
{
	market_refund *r = &refund->refund;
	work w = {.ctx = ctx, .order = order, .refund = refund};
	char id[MARKET_ID_TEXT_SIZE], order_text[MARKET_ID_TEXT_SIZE];
	int rc;

	market_id_format(MARKET_ID_REFUND, r->id, id);
	market_id_format(MARKET_ID_ORDER, r->order, order_text);
	w.transfer = mk_transfer_new(ctx->ledger, r->id.book, MK_TRANSFER_DIRECT, "refund:%s", id);
	mk_transfer_set_object(w.transfer, MARKET_ID_REFUND, r->id);
	if (!w.transfer)
		return mk_error_no_memory(err);
	rc = load(&w, err);
	r->released = mk_money_positive(order->order.released) ? 1 : 0;
	if (rc == 0 && r->released)
		rc = reverse(&w, err);
	if (rc == 0 && r->released)
		rc = draw_seller(&w, err);
	if (rc != 0)
		return rc;
	if (!r->released)
		mk_debit(w.transfer, "escrow", order_text, mk_money_add(r->cash, r->promo));
	give_back(&w);
	rc = mk_transfer_post(ctx->ledger, w.transfer, err);
	if (rc != 0)
		return rc;
	count_items(&w);
	r->state = MARKET_REFUND_OK;
	r->resolved_at = ctx->now;
	refund->items_text = mk_refund_items_write(ctx, r);
	mk_event(ctx, "refund.ok", MARKET_ID_REFUND, r->id);
	mk_event_book(ctx, r->buyer.book);
	mk_event_id(ctx, "order", MARKET_ID_ORDER, r->order);
	mk_event_money(ctx, "cash", r->cash);
	mk_event_money(ctx, "promo", r->promo);
	return settle_order(&w, err);
}

int mk_refund_burden(mk_ctx *ctx, const mk_order *order, const mk_refund *refund,
                     market_money *burden, market_error *err)
{
	mk_refund copy = *refund;
	work w = {.ctx = ctx, .order = (mk_order *)(uintptr_t)order, .refund = &copy};
	int rc = load(&w, err);

	if (rc == 0)
		rc = reverse(&w, err);
	if (rc == 0)
		rc = draw_seller(&w, err);
	*burden = mk_money_sub(w.seller, copy.refund.from_pending);
	return rc;
}

static int load(work *w, market_error *err)
{
	int rc = mk_component_list(w->ctx, w->order, &w->components, &w->n_components, err);

	w->rounding = mk_policy_rounding(mk_order_policy(w->ctx, w->order));
	w->seller = mk_money_zero(w->order->order.funded);
	w->affiliate = w->seller;
	return rc == 0 && mk_money_positive(w->order->order.released) ? take_history(w, err) : rc;
}

/* What was reversed of each part so far: by the release of what refunds before it had left
 * (COM-6), and by the refunds since. */
static int take_history(work *w, market_error *err)
{
	mk_refund **refunds = NULL;
	size_t count = 0;
	int rc = mk_store_list(w->ctx->store, w->ctx->arena, &mk_refund_of_order, &mk_refund_record,
	                       MK_ARGS(mk_int(w->order->order.id.book), mk_int(w->order->order.id.id)),
	                       (void ***)&refunds, &count, err);

	for (size_t i = 0; i < w->n_components; i++)
		w->components[i].refunded = mk_money_zero(w->components[i].total);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (!refunds[i]->refund.released)
			rc = take_refund(w, refunds[i], err);
	for (size_t i = 0; i < w->n_components; i++)
		mk_component_accrue(&w->components[i], w->rounding);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (refunds[i]->refund.released)
			rc = take_refund(w, refunds[i], err);
	return rc;
}

static int take_refund(work *w, mk_refund *refund, market_error *err)
{
	int rc;

	if (refund->refund.state == MARKET_REFUND_REQUESTED ||
	    refund->refund.state == MARKET_REFUND_FAILED)
		return 0;
	rc = mk_refund_items_read(w->ctx, refund, err);
	for (size_t i = 0; rc == 0 && i < refund->refund.n_items; i++)
		take_item(w, refund->refund.items[i]);
	return rc;
}

static void take_item(work *w, const market_refund_item *item)
{
	mk_component *c = component_of(w, item->line);

	if (!c)
		return;
	c->refunded = mk_money_add(c->refunded, mk_money_add(item->cash, item->promo));
	for (size_t i = 0; i < item->n_fees && i < c->n_fees; i++) {
		mk_part *part = &c->parts[2 * i];

		part[0].reversed = mk_money_add(part[0].reversed, item->fees[i]->amount);
		part[1].reversed = mk_money_add(part[1].reversed, item->fees[i]->tax);
	}
	for (size_t i = 0; i < item->n_splits && i < c->n_splits; i++) {
		mk_part *part = &c->parts[2 * c->n_fees + i];

		part->reversed = mk_money_add(part->reversed, item->splits[i]->amount);
	}
}

static mk_component *component_of(work *w, market_id line)
{
	for (size_t i = 0; i < w->n_components; i++) {
		const mk_order_line *row = w->components[i].line;

		if (row ? mk_id_equal(row->line.id, line) : mk_id_absent(line))
			return &w->components[i];
	}
	return NULL;
}

static int reverse(work *w, market_error *err)
{
	market_refund *r = &w->refund->refund;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n_items; i++)
		rc = reverse_item(w, (market_refund_item *)(uintptr_t)r->items[i], err);
	return rc == 0
	           ? mk_draw_affiliate(w->ctx, w->transfer, w->order->order.id.book, w->affiliate, err)
	           : rc;
}

/* COM-5 */
static int reverse_item(work *w, market_refund_item *item, market_error *err)
{
	mk_component *c = component_of(w, item->line);
	mk_reversal reversal;

	if (!c)
		return mk_error_set(err, MARKET_ECORRUPT, "a refund names a line that isn't its order's");
	reversal = (mk_reversal){
		.total = c->total,
		.refunded = c->refunded,
		.step = mk_money_add(item->cash, item->promo),
		.parts = c->parts,
		.n_parts = c->n_parts,
	};
	mk_reversal_divide(&reversal, w->rounding);
	for (size_t i = 0; i < c->n_parts; i++) {
		size_t fee = i / 2;

		if (fee >= c->n_fees)
			w->affiliate = mk_money_add(w->affiliate, c->parts[i].step);
		else if (i % 2 == 0)
			mk_debit(w->transfer, "fee_revenue", c->fees[fee]->kind, c->parts[i].step);
		else
			mk_debit(w->transfer, "tax_payable", NULL, c->parts[i].step);
	}
	w->seller = mk_money_add(w->seller, reversal.seller);
	item->seller = reversal.seller;
	return w->transfer ? note_parts(w, c, item, err) : 0;
}

static int note_parts(work *w, const mk_component *c, market_refund_item *item, market_error *err)
{
	mk_arena *arena = w->ctx->arena;
	const market_line_fee **fee_list = MK_NEW_ARRAY(arena, const market_line_fee *, c->n_fees + 1);
	market_line_fee *fees = MK_NEW_ARRAY(arena, market_line_fee, c->n_fees + 1);
	const market_line_split **split_list =
		MK_NEW_ARRAY(arena, const market_line_split *, c->n_splits + 1);
	market_line_split *splits = MK_NEW_ARRAY(arena, market_line_split, c->n_splits + 1);

	if (!fee_list || !fees || !split_list || !splits)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < c->n_fees; i++) {
		fees[i] = (market_line_fee){.kind = c->fees[i]->kind,
		                            .amount = c->parts[2 * i].step,
		                            .tax = c->parts[2 * i + 1].step,
		                            .reversal = c->fees[i]->reversal};
		fee_list[i] = &fees[i];
	}
	for (size_t i = 0; i < c->n_splits; i++) {
		splits[i] = (market_line_split){.kind = c->splits[i]->kind,
		                                .beneficiary = c->splits[i]->beneficiary,
		                                .amount = c->parts[2 * c->n_fees + i].step};
		split_list[i] = &splits[i];
	}
	item->fees = fee_list;
	item->n_fees = c->n_fees;
	item->splits = split_list;
	item->n_splits = c->n_splits;
	return 0;
}

/* ESC-7: the order's own lots, available, other reserves, the receivable; never the deposit. The
 * limit was looked at before the money went (exposure.c). */
static int draw_seller(work *w, market_error *err)
{
	market_refund *r = &w->refund->refund;
	mk_draw draw = {
		.seller = r->seller,
		.order = r->order,
		.own = true,
		.refund = r->id,
		.kind = MARKET_LOT_REFUND,
		.amount = w->seller,
		.unlimited = true,
	};
	int rc = mk_draw_from(w->ctx, w->transfer, &draw, err);

	r->from_pending = draw.pending;
	r->from_reserved = draw.reserved;
	r->from_available = draw.available;
	r->from_receivable = draw.receivable;
	return rc;
}

/* Cr psp_clearing, promo_funding or funder_receivable */
static void give_back(work *w)
{
	const market_refund *r = &w->refund->refund;

	mk_credit(w->transfer, "psp_clearing", NULL, r->cash);
	for (size_t i = 0; i < r->n_items; i++) {
		const mk_component *c = component_of(w, r->items[i]->line);
		const char *funder = c && c->line ? c->line->line.funder : NULL;

		if (!funder || mk_text_equal(funder, "platform"))
			mk_credit(w->transfer, "promo_funding", NULL, r->items[i]->promo);
		else
			mk_credit(w->transfer, "funder_receivable", funder, r->items[i]->promo);
	}
}

static void count_items(work *w)
{
	market_refund *r = &w->refund->refund;
	market_order *o = &w->order->order;

	for (size_t i = 0; i < r->n_items; i++) {
		const market_refund_item *item = r->items[i];
		mk_component *c = component_of(w, item->line);
		market_order_line *line = c && c->line ? &c->line->line : NULL;

		if (!line)
			continue;
		line->refunded_quantity += item->quantity;
		line->refunded_cash = mk_money_add(line->refunded_cash, item->cash);
		line->refunded_promo = mk_money_add(line->refunded_promo, item->promo);
		mk_order_line_save(w->ctx, c->line);
	}
	o->refunded_cash = mk_money_add(o->refunded_cash, r->cash);
	o->refunded_promo = mk_money_add(o->refunded_promo, r->promo);
	o->freight_refunded = mk_money_add(o->freight_refunded, r->freight);
}

/* ORD-2: wholly refunded before it finished, an order is closed. */
static int settle_order(work *w, market_error *err)
{
	mk_order *order = w->order;
	market_order *o = &order->order;
	bool whole = !mk_money_less(mk_money_add(o->refunded_cash, o->refunded_promo), o->funded);
	int rc = 0;

	mk_escrow_update(order);
	if (o->escrow == MARKET_ESCROW_SETTLED) {
		o->release_at = 0;
		order->release_left = 0;
	}
	if (w->refund->refund.released)
		return 0;
	if (!whole)
		return mk_order_rest_refunded(w->ctx, order, err);
	if (mk_order_next_state(o->state, MK_ORDER_REFUND_WHOLE) != 0) {
		/* once shipped, what wasn't in a parcel is free already */
		if (o->state == MARKET_ORDER_WAIT_SHIP)
			rc = mk_order_return_stock(w->ctx, order, err);
		if (rc == 0)
			rc = mk_order_step_to(w->ctx, order, MK_ORDER_REFUND_WHOLE, err);
		if (rc != 0)
			return rc;
		o->close_reason = MARKET_CLOSE_REFUNDED;
		mk_event(w->ctx, "order.closed", MARKET_ID_ORDER, o->id);
		mk_event_book(w->ctx, o->buyer.book);
		mk_event_text(w->ctx, "close_reason", "refunded");
	}
	return mk_settlement_keep_fees(w->ctx, order, err);
}
