/* PRO-1: discounts over the lines of a checkout, each division by largest remainder. */
#include "libmarket/order/place.h"

#include <string.h>

static int divide_seller(mk_ctx *ctx, mk_checkout *checkout, size_t number, market_error *err);
static int divide_third(mk_ctx *ctx, mk_checkout *checkout, size_t number, market_error *err);
static int divide_over(mk_ctx *ctx, mk_order_line *const *lines, size_t count, market_money amount,
                       market_money *parts, market_error *err);
static int give_third(mk_order_line *line, const char *funder, market_money part, size_t number,
                      market_error *err);
static bool concerns(const mk_checkout *checkout, size_t order,
                     const market_place_discount *discount);
static market_money open_cash(const mk_checkout *checkout, const market_place_discount *discount);
static int too_large(const market_place_discount *discount, size_t number, market_error *err);

/* The seller's own discounts first: the third-funded are divided by price × quantity − seller's
 * discount. */
int mk_checkout_discount(mk_ctx *ctx, mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < in->n_discounts; i++)
		if (strcmp(in->discounts[i]->funder, "seller") == 0)
			rc = divide_seller(ctx, checkout, i, err);
	for (size_t i = 0; rc == 0 && i < in->n_discounts; i++)
		if (strcmp(in->discounts[i]->funder, "seller") != 0)
			rc = divide_third(ctx, checkout, i, err);
	return rc;
}

static int divide_seller(mk_ctx *ctx, mk_checkout *checkout, size_t number, market_error *err)
{
	const market_place_discount *discount = checkout->params->discounts[number];
	mk_order_line **lines = MK_NEW_ARRAY(ctx->arena, mk_order_line *, checkout->n_lines);
	market_money *parts = MK_NEW_ARRAY(ctx->arena, market_money, checkout->n_lines);
	size_t n = 0;
	int rc;

	if (!lines || !parts)
		return mk_error_no_memory(err);
	if (mk_money_less(open_cash(checkout, discount), discount->amount))
		return too_large(discount, number, err);
	for (size_t i = 0; i < checkout->n_lines; i++)
		if (concerns(checkout, checkout->order_of[i], discount))
			lines[n++] = checkout->lines[i];
	rc = divide_over(ctx, lines, n, discount->amount, parts, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		lines[i]->line.seller_discount = mk_money_add(lines[i]->line.seller_discount, parts[i]);
		lines[i]->line.cash = mk_money_sub(lines[i]->line.cash, parts[i]);
	}
	return rc;
}

/* First over the sellers, then over the lines of each. What is left of a line's price is the
 * weight, so that several discounts never take more than the line. */
static int divide_third(mk_ctx *ctx, mk_checkout *checkout, size_t number, market_error *err)
{
	const market_place_discount *discount = checkout->params->discounts[number];
	int64_t *weights = MK_NEW_ARRAY(ctx->arena, int64_t, checkout->n_orders);
	market_money *shares = MK_NEW_ARRAY(ctx->arena, market_money, checkout->n_orders);
	market_money *parts = MK_NEW_ARRAY(ctx->arena, market_money, checkout->n_lines);
	int rc = 0;

	if (!weights || !shares || !parts)
		return mk_error_no_memory(err);
	if (mk_money_less(open_cash(checkout, discount), discount->amount))
		return too_large(discount, number, err);
	for (size_t i = 0; i < checkout->n_orders; i++) {
		market_money cash = mk_money(0, checkout->params->currency);

		for (size_t k = 0; k < checkout->orders[i]->order.n_lines; k++)
			cash = mk_money_add(cash, checkout->orders[i]->order.lines[k]->cash);
		weights[i] = concerns(checkout, i, discount) ? mk_money_weight(cash) : 0;
	}
	if (!mk_money_divide(discount->amount, weights, checkout->n_orders, shares))
		return mk_error_set(err, MARKET_EOVERFLOW, "the discounts can't be divided");
	for (size_t i = 0; rc == 0 && i < checkout->n_orders; i++) {
		mk_order_line *const *lines = (mk_order_line *const *)checkout->orders[i]->order.lines;
		size_t n = checkout->orders[i]->order.n_lines;

		rc = divide_over(ctx, lines, n, shares[i], parts, err);
		for (size_t k = 0; rc == 0 && k < n; k++)
			rc = give_third(lines[k], discount->funder, parts[k], number, err);
	}
	return rc;
}

static int divide_over(mk_ctx *ctx, mk_order_line *const *lines, size_t count, market_money amount,
                       market_money *parts, market_error *err)
{
	int64_t *weights = MK_NEW_ARRAY(ctx->arena, int64_t, count + 1);

	if (!weights)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++)
		weights[i] = mk_money_weight(lines[i]->line.cash);
	if (!mk_money_divide(amount, weights, count, parts))
		return mk_error_set(err, MARKET_EOVERFLOW, "the discounts can't be divided");
	return 0;
}

static int give_third(mk_order_line *line, const char *funder, market_money part, size_t number,
                      market_error *err)
{
	int rc;

	if (mk_money_is_zero(part))
		return 0;
	if (line->line.funder && strcmp(line->line.funder, funder) != 0) {
		rc = mk_error_set(err, MARKET_EINVALID, "a line has discounts of two funders: %s and %s",
		                  line->line.funder, funder);
		return mk_error_field(err, rc, "discounts[%zu].funder", number);
	}
	line->line.funder = funder;
	line->line.promo = mk_money_add(line->line.promo, part);
	line->line.cash = mk_money_sub(line->line.cash, part);
	return 0;
}

static bool concerns(const mk_checkout *checkout, size_t order,
                     const market_place_discount *discount)
{
	return mk_id_absent(discount->seller) ||
	       mk_id_equal(discount->seller, checkout->orders[order]->order.seller);
}

static market_money open_cash(const mk_checkout *checkout, const market_place_discount *discount)
{
	market_money cash = mk_money(0, checkout->params->currency);

	for (size_t i = 0; i < checkout->n_lines; i++)
		if (concerns(checkout, checkout->order_of[i], discount))
			cash = mk_money_add(cash, checkout->lines[i]->line.cash);
	return cash;
}

static int too_large(const market_place_discount *discount, size_t number, market_error *err)
{
	char text[MK_MONEY_TEXT_SIZE];
	int rc;

	mk_money_format(discount->amount, text);
	rc = mk_error_set(err, MARKET_EINVALID, "a discount of %s is more than the lines cost", text);
	return mk_error_field(err, rc, "discounts[%zu].amount", number);
}
