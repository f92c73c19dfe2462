/* ESC-4: what is held goes to those it belongs to. */
#include "libmarket/escrow/escrow.h"
#include "libmarket/settlement/settlement.h"

static int check(mk_ctx *ctx, const mk_order *order, market_error *err);
static int refuse(const mk_order *order, int code, const char *text, market_error *err);
static int post(mk_ctx *ctx, mk_order *order, market_money held, market_error *err);
static int give_seller(mk_ctx *ctx, mk_order *order, mk_transfer *transfer, market_money seller,
                       market_error *err);

int mk_escrow_release(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_order *order = (mk_order *)ctx->subject;
	market_order *o = &order->order;
	market_money held = mk_escrow_held(o);
	int rc = check(ctx, order, err);

	(void)params;
	if (rc == 0)
		rc = mk_order_read_lines(ctx, &order, 1, err);
	if (rc != 0)
		return rc;
	o->release_at = 0;
	mk_event(ctx, "escrow.released", MARKET_ID_ORDER, o->id);
	mk_event_money(ctx, "released", held);
	/* PRO-1: an order whose goods cost nothing holds nothing */
	if (mk_money_positive(held))
		rc = post(ctx, order, held, err);
	if (rc != 0)
		return rc;
	o->released = mk_money_add(o->released, held);
	mk_escrow_update(order);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return 0;
}

static int check(mk_ctx *ctx, const mk_order *order, market_error *err)
{
	const market_order *o = &order->order;

	if (o->state != MARKET_ORDER_FINISHED)
		return refuse(order, MARKET_ESTATE, "the order isn't finished", err);
	if (o->escrow != MARKET_ESCROW_HELD)
		return refuse(order, MARKET_ESTATE, "nothing is held for the order", err);
	if (o->freezes > 0)
		return refuse(order, MARKET_EFROZEN, "the order has an open refund or dispute", err);
	if (ctx->actor.kind == MARKET_ACTOR_SYSTEM && (o->release_at == 0 || o->release_at > ctx->now))
		return refuse(order, MARKET_ESTATE, "the release isn't due", err);
	return 0;
}

static int refuse(const mk_order *order, int code, const char *text, market_error *err)
{
	int rc = mk_error_set(err, code, "%s", text);

	return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
}

/* Dr escrow / Cr seller_pending, fee_revenue, tax_payable, affiliate_pending */
static int post(mk_ctx *ctx, mk_order *order, market_money held, market_error *err)
{
	const market_order *o = &order->order;
	char text[MARKET_ID_TEXT_SIZE];
	mk_component *components = NULL;
	mk_rounding rounding = mk_policy_rounding(mk_order_policy(ctx, order));
	market_money seller;
	mk_transfer *transfer;
	size_t count = 0;
	int rc = mk_component_list(ctx, order, &components, &count, err);

	if (rc != 0)
		return rc;
	market_id_format(MARKET_ID_ORDER, o->id, text);
	transfer = mk_transfer_new(ctx->ledger, o->id.book, MK_TRANSFER_DIRECT, "release:%s", text);
	mk_transfer_set_object(transfer, MARKET_ID_ORDER, o->id);
	mk_debit(transfer, "escrow", text, held);
	for (size_t i = 0; i < count; i++)
		mk_component_accrue(&components[i], rounding); /* COM-6 */
	mk_component_credit(transfer, components, count, held, &seller);
	rc = give_seller(ctx, order, transfer, seller, err);
	return rc == 0 ? mk_transfer_post(ctx->ledger, transfer, err) : rc;
}

/* SET-2: one lot a release. COM-6: fees that are kept beyond what is held are the seller's debt. */
static int give_seller(mk_ctx *ctx, mk_order *order, mk_transfer *transfer, market_money seller,
                       market_error *err)
{
	market_order *o = &order->order;
	mk_draw draw = {.seller = o->seller, .order = o->id, .kind = MARKET_LOT_FEE, .unlimited = true};
	mk_lot *lot;

	mk_event_money(ctx, "seller", seller);
	if (mk_money_negative(seller)) {
		draw.amount = mk_money_neg(seller);
		return mk_draw_from(ctx, transfer, &draw, err);
	}
	mk_credit(transfer, "seller_pending", NULL, seller);
	if (!mk_money_positive(seller))
		return 0;
	lot = mk_lot_new(ctx, MARKET_LOT_EARNING, o->seller, seller);
	if (!lot)
		return mk_error_no_memory(err);
	lot->lot.order = o->id;
	lot->lot.matures_at = o->finished_at + mk_order_policy(ctx, order)->settlement->maturity;
	if (lot->lot.matures_at < ctx->now)
		lot->lot.matures_at = ctx->now;
	o->mature_at = lot->lot.matures_at;
	mk_lot_add(ctx, lot);
	return 0;
}
