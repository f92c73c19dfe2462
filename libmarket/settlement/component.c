/* COM-4, COM-6: what of an order's money is whose. */
#include "libmarket/settlement/settlement.h"

static int set_line(mk_ctx *ctx, mk_order_line *row, mk_component *component, market_error *err);
static int set_freight(mk_ctx *ctx, const mk_order *order, mk_component *component,
                       market_error *err);
static int set_parts(mk_ctx *ctx, mk_component *component, market_error *err);
static void credit_parts(mk_transfer *transfer, const mk_component *component,
                         market_money *seller);

int mk_component_list(mk_ctx *ctx, const mk_order *order, mk_component **out, size_t *count,
                      market_error *err)
{
	const market_order *o = &order->order;
	mk_component *components = MK_NEW_ARRAY(ctx->arena, mk_component, o->n_lines + 1);
	int rc = components ? 0 : mk_error_no_memory(err);

	for (size_t i = 0; rc == 0 && i < o->n_lines; i++)
		rc = set_line(ctx, (mk_order_line *)(void *)(uintptr_t)o->lines[i], &components[i], err);
	if (rc == 0)
		rc = set_freight(ctx, order, &components[o->n_lines], err);
	*out = components;
	*count = o->n_lines + 1;
	return rc;
}

void mk_component_accrue(mk_component *component, mk_rounding rounding)
{
	mk_reversal reversal = {
		.total = component->total,
		.refunded = mk_money_zero(component->total),
		.step = component->refunded,
		.parts = component->parts,
		.n_parts = component->n_parts,
	};

	if (!mk_money_positive(component->refunded))
		return;
	mk_reversal_divide(&reversal, rounding);
	for (size_t i = 0; i < component->n_parts; i++)
		component->parts[i].reversed = component->parts[i].step;
}

void mk_component_credit(mk_transfer *transfer, const mk_component *components, size_t count,
                         market_money held, market_money *seller)
{
	*seller = held;
	for (size_t i = 0; i < count; i++)
		credit_parts(transfer, &components[i], seller);
}

int mk_settlement_keep_fees(mk_ctx *ctx, const mk_order *order, market_error *err)
{
	const market_order *o = &order->order;
	char text[MARKET_ID_TEXT_SIZE];
	mk_component *components = NULL;
	market_money seller;
	size_t count = 0;
	mk_draw draw = {.seller = o->seller, .order = o->id, .kind = MARKET_LOT_FEE, .unlimited = true};
	mk_transfer *transfer;
	int rc = mk_component_list(ctx, order, &components, &count, err);

	if (rc != 0)
		return rc;
	market_id_format(MARKET_ID_ORDER, o->id, text);
	transfer = mk_transfer_new(ctx->ledger, o->id.book, MK_TRANSFER_DIRECT, "kept_fees:%s", text);
	mk_transfer_set_object(transfer, MARKET_ID_ORDER, o->id);
	for (size_t i = 0; i < count; i++)
		mk_component_accrue(&components[i], mk_policy_rounding(mk_order_policy(ctx, order)));
	mk_component_credit(transfer, components, count, mk_money_zero(o->funded), &seller);
	if (!mk_money_negative(seller))
		return 0;
	draw.amount = mk_money_neg(seller);
	rc = mk_draw_from(ctx, transfer, &draw, err);
	return rc == 0 ? mk_transfer_post(ctx->ledger, transfer, err) : rc;
}

/* From the row's own texts: what the actor may see doesn't matter here. */
static int set_line(mk_ctx *ctx, mk_order_line *row, mk_component *component, market_error *err)
{
	const market_order_line *line = &row->line;
	int rc = mk_order_fees_read(ctx, row->fees_text, &component->fees, &component->n_fees, err);

	if (rc == 0)
		rc = mk_order_splits_read(ctx, row->splits_text, &component->splits, &component->n_splits,
		                          err);
	if (rc != 0)
		return rc;
	component->line = row;
	component->total = mk_money_add(line->cash, line->promo);
	component->refunded = mk_money_add(line->refunded_cash, line->refunded_promo);
	return set_parts(ctx, component, err);
}

static int set_freight(mk_ctx *ctx, const mk_order *order, mk_component *component,
                       market_error *err)
{
	int rc =
		mk_order_fees_read(ctx, order->freight_fees, &component->fees, &component->n_fees, err);

	if (rc != 0)
		return rc;
	component->total = order->order.freight;
	component->refunded = order->order.freight_refunded;
	return set_parts(ctx, component, err);
}

static int set_parts(mk_ctx *ctx, mk_component *component, market_error *err)
{
	market_money zero = mk_money_zero(component->total);
	size_t n = 0;

	component->parts =
		MK_NEW_ARRAY(ctx->arena, mk_part, 2 * component->n_fees + component->n_splits + 1);
	if (!component->parts)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < component->n_fees; i++) {
		const market_line_fee *fee = component->fees[i];

		component->parts[n++] = (mk_part){fee->amount, zero, fee->reversal, zero};
		component->parts[n++] = (mk_part){fee->tax, zero, fee->reversal, zero};
	}
	for (size_t i = 0; i < component->n_splits; i++)
		component->parts[n++] =
			(mk_part){component->splits[i]->amount, zero, MK_REVERSAL_PROPORTIONAL, zero};
	component->n_parts = n;
	return 0;
}

static void credit_parts(mk_transfer *transfer, const mk_component *component, market_money *seller)
{
	for (size_t i = 0; i < component->n_parts; i++) {
		const mk_part *part = &component->parts[i];
		market_money left = mk_money_sub(part->frozen, part->reversed);
		size_t fee = i / 2;

		*seller = mk_money_sub(*seller, left);
		if (fee >= component->n_fees)
			mk_credit(transfer, "affiliate_pending", NULL, left);
		else if (i % 2 == 0)
			mk_credit(transfer, "fee_revenue", component->fees[fee]->kind, left);
		else
			mk_credit(transfer, "tax_payable", NULL, left);
	}
}
