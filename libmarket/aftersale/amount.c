/* PRO-1, FRT-1: how much a refund is. */
#include "libmarket/aftersale/internal.h"

typedef struct amounts {
	mk_ctx *ctx;
	const mk_order *order;
	mk_rounding rounding;
	market_refund *refund;
	market_refund_item **items;
	size_t n_items;
} amounts;

static int add_asked(amounts *a, const market_refund_create_params *in, market_error *err);
static int add_ask(amounts *a, const market_refund_create_params *in, size_t index,
                   market_error *err);
static int add_quantity(amounts *a, const market_order_line *line, int64_t quantity,
                        market_error *err);
static int add_amount(amounts *a, const market_order_line *line, market_money amount,
                      market_error *err);
static int divide_amount(amounts *a, market_money amount, market_error *err);
static int add_everything(amounts *a, int32_t borne_by, market_error *err);
static int add_freight(amounts *a, market_money amount, market_error *err);
static int add_item(amounts *a, market_refund_item item, market_error *err);
static market_money cash_left(const market_order_line *line);
static int in_currency(const amounts *a, market_money amount, const char *field, market_error *err);

int mk_refund_work_out(mk_ctx *ctx, const mk_order *order, const market_refund_create_params *in,
                       mk_refund *refund, market_error *err)
{
	market_money zero = mk_money(0, order->order.currency);
	amounts a = {
		.ctx = ctx,
		.order = order,
		.rounding = mk_policy_rounding(mk_order_policy(ctx, order)),
		.refund = &refund->refund,
	};
	int rc;

	a.items =
		MK_NEW_ARRAY(ctx->arena, market_refund_item *, order->order.n_lines + in->n_items + 1);
	if (!a.items)
		return mk_error_no_memory(err);
	refund->refund.cash = refund->refund.promo = refund->refund.freight = zero;
	rc = add_asked(&a, in, err);
	if (rc != 0)
		return rc;
	refund->refund.items = (const market_refund_item *const *)a.items;
	refund->refund.n_items = a.n_items;
	return 0;
}

bool mk_refund_is_nothing(const mk_refund *refund)
{
	return !mk_money_positive(mk_money_add(refund->refund.cash, refund->refund.promo));
}

static int add_asked(amounts *a, const market_refund_create_params *in, market_error *err)
{
	bool has_amount = in->amount.currency[0] != '\0', has_freight = in->freight.currency[0] != '\0';
	int rc = 0;

	if (in->n_items > 0 && has_amount)
		return mk_error_at(err, MARKET_EINVALID, "amount", "a refund is by items or by amount");
	if (has_amount)
		rc = in_currency(a, in->amount, "amount", err);
	if (rc == 0 && has_freight)
		rc = in_currency(a, in->freight, "freight", err);
	for (size_t i = 0; rc == 0 && i < in->n_items; i++)
		rc = add_ask(a, in, i, err);
	if (rc == 0 && has_amount)
		rc = divide_amount(a, in->amount, err);
	/* freight alone is a refund by name too */
	if (rc == 0 && in->n_items == 0 && !has_amount && !has_freight)
		return add_everything(a, in->borne_by, err);
	return rc == 0 && has_freight ? add_freight(a, in->freight, err) : rc;
}

static int add_ask(amounts *a, const market_refund_create_params *in, size_t index,
                   market_error *err)
{
	const market_refund_ask *ask = in->items[index];
	bool has_amount = ask->amount.currency[0] != '\0';
	const market_order_line *line = NULL;
	char id[MARKET_ID_TEXT_SIZE];
	int rc = 0;

	for (size_t i = 0; i < a->order->order.n_lines; i++)
		if (mk_id_equal(a->order->order.lines[i]->id, ask->line))
			line = a->order->order.lines[i];
	market_id_format(MARKET_ID_LINE, ask->line, id);
	if (!line)
		rc = mk_error_at(err, MARKET_ENOTFOUND, "line", "line %s isn't one of this order", id);
	for (size_t i = 0; rc == 0 && i < index; i++)
		if (mk_id_equal(in->items[i]->line, ask->line))
			rc = mk_error_at(err, MARKET_EINVALID, "line", "line %s stands twice", id);
	if (rc == 0 && has_amount == (ask->quantity > 0))
		rc = mk_error_at(err, MARKET_EINVALID, "quantity",
		                 "a line is refunded by quantity or by amount");
	if (rc == 0 && has_amount)
		rc = in_currency(a, ask->amount, "amount", err);
	if (rc == 0)
		rc = has_amount ? add_amount(a, line, ask->amount, err)
		                : add_quantity(a, line, ask->quantity, err);
	if (rc != 0)
		mk_error_prefix(err, "items[%zu]", index);
	return rc;
}

/* PRO-1: the target is of all that was refunded of the line, so that no cent is lost between
 * refunds. */
static int add_quantity(amounts *a, const market_order_line *line, int64_t quantity,
                        market_error *err)
{
	market_money zero = mk_money_zero(line->cash);
	int64_t after = line->refunded_quantity + quantity;
	market_refund_item item = {.line = line->id, .quantity = quantity};

	if (after > line->quantity)
		return mk_error_at(err, MARKET_EFUNDS, "quantity", "only %lld units are left to refund",
		                   (long long)(line->quantity - line->refunded_quantity));
	item.cash = mk_money_scale(line->cash, after, line->quantity, a->rounding);
	item.cash = mk_money_clamp(mk_money_sub(item.cash, line->refunded_cash), zero, cash_left(line));
	item.promo = mk_money_scale(line->promo, after, line->quantity, a->rounding);
	item.promo = mk_money_clamp(mk_money_sub(item.promo, line->refunded_promo), zero,
	                            mk_money_sub(line->promo, line->refunded_promo));
	return add_item(a, item, err);
}

static int add_amount(amounts *a, const market_order_line *line, market_money amount,
                      market_error *err)
{
	market_money zero = mk_money_zero(line->cash);
	market_money after = mk_money_add(line->refunded_cash, amount);
	market_refund_item item = {.line = line->id, .cash = amount, .promo = zero};
	char text[MK_MONEY_TEXT_SIZE];

	if (mk_money_less(cash_left(line), amount)) {
		mk_money_format(cash_left(line), text);
		return mk_error_at(err, MARKET_EFUNDS, "amount", "only %s %s are left to refund", text,
		                   line->currency);
	}
	if (mk_money_positive(line->cash)) {
		item.promo = mk_money_scale(line->promo, mk_money_weight(after),
		                            mk_money_weight(line->cash), a->rounding);
		item.promo = mk_money_clamp(mk_money_sub(item.promo, line->refunded_promo), zero,
		                            mk_money_sub(line->promo, line->refunded_promo));
	}
	return add_item(a, item, err);
}

/* One fixed total, divided once, by what is left of each line. */
static int divide_amount(amounts *a, market_money amount, market_error *err)
{
	const market_order *o = &a->order->order;
	int64_t *weights = MK_NEW_ARRAY(a->ctx->arena, int64_t, o->n_lines + 1);
	market_money *parts = MK_NEW_ARRAY(a->ctx->arena, market_money, o->n_lines + 1);
	market_money left = mk_money(0, o->currency);
	char text[MK_MONEY_TEXT_SIZE];
	int rc = 0;

	if (!weights || !parts)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < o->n_lines; i++) {
		left = mk_money_add(left, cash_left(o->lines[i]));
		weights[i] = mk_money_weight(cash_left(o->lines[i]));
	}
	if (mk_money_less(left, amount)) {
		mk_money_format(left, text);
		return mk_error_at(err, MARKET_EFUNDS, "amount",
		                   "only %s %s of the lines are left to refund", text, o->currency);
	}
	if (!mk_money_divide(amount, weights, o->n_lines, parts))
		return mk_error_at(err, MARKET_EOVERFLOW, "amount", "the amount can't be divided");
	for (size_t i = 0; rc == 0 && i < o->n_lines; i++)
		if (mk_money_positive(parts[i]))
			rc = add_amount(a, o->lines[i], parts[i], err);
	return rc;
}

static int add_everything(amounts *a, int32_t borne_by, market_error *err)
{
	const market_order *o = &a->order->order;
	bool shipped = (a->order->whole & (MK_WHOLE_SHIPPED | MK_PARTLY_SHIPPED)) != 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->n_lines; i++) {
		const market_order_line *line = o->lines[i];
		market_refund_item item = {
			.line = line->id,
			.quantity = line->quantity - line->refunded_quantity,
			.cash = cash_left(line),
			.promo = mk_money_sub(line->promo, line->refunded_promo),
		};

		if (item.quantity > 0 || mk_money_positive(mk_money_add(item.cash, item.promo)))
			rc = add_item(a, item, err);
	}
	/* FRT-1 */
	if (rc == 0 && (!shipped || borne_by == MARKET_BORNE_BY_SELLER) &&
	    mk_money_less(o->freight_refunded, o->freight))
		rc = add_freight(a, mk_money_sub(o->freight, o->freight_refunded), err);
	return rc;
}

static int add_freight(amounts *a, market_money amount, market_error *err)
{
	const market_order *o = &a->order->order;
	market_money left = mk_money_sub(o->freight, o->freight_refunded);
	char text[MK_MONEY_TEXT_SIZE];

	if (mk_money_less(left, amount)) {
		mk_money_format(left, text);
		return mk_error_at(err, MARKET_EFUNDS, "freight",
		                   "only %s %s of the freight are left to refund", text, o->currency);
	}
	a->refund->freight = amount;
	return add_item(a, (market_refund_item){.cash = amount, .promo = mk_money_zero(amount)}, err);
}

static int add_item(amounts *a, market_refund_item item, market_error *err)
{
	market_refund_item *copy = mk_arena_copy(a->ctx->arena, &item, sizeof(item));

	if (!copy)
		return mk_error_no_memory(err);
	a->items[a->n_items++] = copy;
	a->refund->cash = mk_money_add(a->refund->cash, item.cash);
	a->refund->promo = mk_money_add(a->refund->promo, item.promo);
	return 0;
}

static market_money cash_left(const market_order_line *line)
{
	return mk_money_sub(line->cash, line->refunded_cash);
}

static int in_currency(const amounts *a, market_money amount, const char *field, market_error *err)
{
	if (!mk_money_same_currency(amount, a->order->order.cash))
		return mk_error_at(err, MARKET_ECURRENCY, field, "the order is in %s",
		                   a->order->order.currency);
	if (!mk_money_positive(amount))
		return mk_error_at(err, MARKET_EINVALID, field, "an amount to refund is positive");
	return 0;
}
