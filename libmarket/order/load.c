#include "libmarket/order/order.h"

#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"

static int read_orders(mk_ctx *ctx, const market_id *ids, size_t count, mk_order **orders,
                       market_error *err);
static size_t parse_ids(const char *text, market_id *ids, size_t most);

int mk_order_load(mk_ctx *ctx, market_id id, const char *field, mk_order **out, market_error *err)
{
	int rc = mk_load(ctx, &mk_order_entity, id, field, (void **)out, err);

	return rc == 0 ? mk_order_load_lines(ctx, *out, err) : rc;
}

int mk_order_load_lines(mk_ctx *ctx, mk_order *order, market_error *err)
{
	int rc = mk_order_read_lines(ctx, &order, 1, err);

	return rc == 0 ? mk_order_decode_lines(ctx, order, err) : rc;
}

int mk_order_read_lines(mk_ctx *ctx, mk_order *const *orders, size_t count, market_error *err)
{
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, count);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 2 * count);
	int rc;

	if (!queries || !args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		args[2 * i] = mk_int(orders[i]->order.id.book);
		args[2 * i + 1] = mk_int(orders[i]->order.id.id);
		queries[i] = (mk_query){.statement = &mk_order_line_list,
		                        .args = &args[2 * i],
		                        .n_args = 2,
		                        .record = &mk_order_line_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		mk_order_put_lines(orders[i], (mk_order_line *const *)queries[i].rows, queries[i].n_rows);
	return rc;
}

void mk_order_put_lines(mk_order *order, mk_order_line *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		market_order_line *line = &lines[i]->line;

		if ((order->whole & MK_WHOLE_SHIPPED) && line->shipped_quantity == 0)
			line->shipped_quantity = line->quantity;
		if (order->whole & MK_WHOLE_RECEIVED)
			line->received_quantity = line->shipped_quantity;
	}
	order->order.lines = (const market_order_line *const *)lines;
	order->order.n_lines = count;
}

/* What the platform takes of the seller is not the buyer's business. */
int mk_order_decode_lines(mk_ctx *ctx, mk_order *order, market_error *err)
{
	int rc = 0;

	if (ctx->actor.kind == MARKET_ACTOR_BUYER)
		return 0;
	for (size_t i = 0; rc == 0 && i < order->order.n_lines; i++) {
		mk_order_line *row = (mk_order_line *)(void *)order->order.lines[i];

		rc = mk_order_fees_read(ctx, row->fees_text, &row->line.fees, &row->line.n_fees, err);
		if (rc == 0)
			rc = mk_order_splits_read(ctx, row->splits_text, &row->line.splits, &row->line.n_splits,
			                          err);
	}
	return rc;
}

int mk_order_group_load(mk_ctx *ctx, market_id id, const char *field, mk_order_group **out,
                        market_error *err)
{
	return mk_load(ctx, &mk_order_group_entity, id, field, (void **)out, err);
}

int mk_order_group_orders(mk_ctx *ctx, const mk_order_group *group, mk_order ***out, size_t *count,
                          market_error *err)
{
	size_t most = strlen(group->order_list) / 4 + 1;
	market_id *ids = MK_NEW_ARRAY(ctx->arena, market_id, most);
	mk_order **orders = MK_NEW_ARRAY(ctx->arena, mk_order *, most);
	int rc;

	if (!ids || !orders)
		return mk_error_no_memory(err);
	*count = parse_ids(group->order_list, ids, most);
	rc = read_orders(ctx, ids, *count, orders, err);
	*out = orders;
	return rc;
}

const mk_policy *mk_order_policy(const mk_ctx *ctx, const mk_order *order)
{
	const mk_policy *policy;

	if (order->order.policy == ctx->policy->number)
		return ctx->policy;
	policy = mk_policy_numbered(ctx->market, order->order.policy);
	return policy ? policy : ctx->policy;
}

int mk_order_promos(mk_ctx *ctx, const mk_order *order, mk_promo **out, size_t *count,
                    market_error *err)
{
	mk_promo *promos = MK_NEW_ARRAY(ctx->arena, mk_promo, order->order.n_lines + 1);
	size_t n = 0;

	if (!promos)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < order->order.n_lines; i++) {
		const market_order_line *line = order->order.lines[i];
		size_t k = 0;

		if (!mk_money_positive(line->promo))
			continue;
		while (k < n && !mk_text_equal(promos[k].funder, line->funder))
			k++;
		if (k == n)
			promos[n++] = (mk_promo){.funder = line->funder, .amount = mk_money_zero(line->promo)};
		promos[k].amount = mk_money_add(promos[k].amount, line->promo);
	}
	*out = promos;
	*count = n;
	return 0;
}

/* Orders and their lines, one batch. */
static int read_orders(mk_ctx *ctx, const market_id *ids, size_t count, mk_order **orders,
                       market_error *err)
{
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, 2 * count);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 2 * count);
	int rc;

	if (!queries || !args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		args[2 * i] = mk_int(ids[i].book);
		args[2 * i + 1] = mk_int(ids[i].id);
		queries[2 * i] = (mk_query){.statement = &mk_order_by_id,
		                            .args = &args[2 * i],
		                            .n_args = 2,
		                            .record = &mk_order_record};
		queries[2 * i + 1] = (mk_query){.statement = &mk_order_line_list,
		                                .args = &args[2 * i],
		                                .n_args = 2,
		                                .record = &mk_order_line_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, 2 * count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (queries[2 * i].n_rows != 1)
			return mk_error_object(
				err, mk_error_set(err, MARKET_ECORRUPT, "an order of a checkout is absent"),
				MARKET_ID_ORDER, ids[i]);
		orders[i] = queries[2 * i].rows[0];
		mk_order_put_lines(orders[i], (mk_order_line *const *)queries[2 * i + 1].rows,
		                   queries[2 * i + 1].n_rows);
	}
	return rc;
}

static size_t parse_ids(const char *text, market_id *ids, size_t most)
{
	size_t n = 0;
	char *end = NULL;

	while (*text && n < most) {
		ids[n].book = strtoll(text, &end, 10);
		if (*end != '.')
			break;
		ids[n].id = strtoll(end + 1, &end, 10);
		n++;
		text = *end == ' ' ? end + 1 : end;
	}
	return n;
}
