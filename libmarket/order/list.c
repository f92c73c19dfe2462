/* Reading orders. */
#include "libmarket/order/order.h"
#include "libmarket/party/party.h"

#define N_STATES MARKET_ORDER_CLOSED

static int whose(const mk_ctx *ctx, const market_order_list_params *in, market_id *seller,
                 market_id *buyer, market_error *err);
static int read_seller(mk_ctx *ctx, const mk_value *args, int32_t state, mk_order **out,
                       size_t *count, market_error *err);

int mk_order_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return mk_order_entity.fill(ctx, ctx->output, err);
}

int mk_order_group_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return mk_order_group_entity.fill(ctx, ctx->output, err);
}

int mk_order_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_order_list_params *in = params;
	market_order_page *page = MK_NEW(ctx->arena, market_order_page);
	const int64_t limit = mk_page_size(in->limit);
	market_time before = in->to != 0 ? in->to - 1 : INT64_MAX;
	int64_t below = INT64_MAX;
	market_id seller = {0, 0}, buyer = {0, 0};
	mk_order **rows = MK_NEW_ARRAY(ctx->arena, mk_order *, (size_t)limit + 1);
	size_t count = 0;
	int rc;

	if (!page || !rows)
		return mk_error_no_memory(err);
	rc = whose(ctx, in, &seller, &buyer, err);
	if (rc == 0 && in->after)
		rc = mk_cursor_read(in->after, &before, &below, err);
	if (rc != 0)
		return rc;
	const mk_value args[] = {mk_int(mk_id_absent(buyer) ? seller.book : buyer.id),
	                         mk_int(in->state),
	                         mk_int(in->from),
	                         mk_int(before),
	                         mk_int(below),
	                         mk_int(limit + 1)};
	if (mk_id_absent(buyer))
		rc = read_seller(ctx, args, in->state, rows, &count, err);
	else
		rc = mk_store_list(ctx->store, ctx->arena, &mk_order_page_buyer, &mk_order_record, args, 6,
		                   (void ***)&rows, &count, err);
	if (rc != 0)
		return rc;
	page->items = (const market_order *const *)rows;
	page->n_items = count;
	if (count > (size_t)limit) {
		page->n_items = (size_t)limit;
		page->next =
			mk_cursor_write(ctx, page->items[limit - 1]->created_at, page->items[limit - 1]->id.id);
	}
	ctx->output = page;
	return 0;
}

/* Everybody sees what is his; others' orders aren't there for him. */
static int whose(const mk_ctx *ctx, const market_order_list_params *in, market_id *seller,
                 market_id *buyer, market_error *err)
{
	*seller = in->seller;
	*buyer = in->buyer;
	if (ctx->actor.kind == MARKET_ACTOR_BUYER) {
		if (mk_id_absent(*buyer) && mk_id_absent(*seller))
			*buyer = ctx->actor.id;
		if (!mk_id_absent(*seller))
			return mk_not_found(&mk_seller_entity, *seller, "seller", err);
		if (!mk_id_equal(*buyer, ctx->actor.id))
			return mk_not_found(&mk_buyer_entity, *buyer, "buyer", err);
	} else if (ctx->actor.kind == MARKET_ACTOR_MEMBER) {
		if (mk_id_absent(*seller) && mk_id_absent(*buyer))
			*seller = ctx->member->seller;
		if (!mk_id_absent(*buyer))
			return mk_not_found(&mk_buyer_entity, *buyer, "buyer", err);
		if (!mk_id_equal(*seller, ctx->member->seller))
			return mk_not_found(&mk_seller_entity, *seller, "seller", err);
	}
	if (mk_id_absent(*seller) && mk_id_absent(*buyer))
		return mk_error_at(err, MARKET_EMISSING, "seller", "seller or buyer is missing");
	if (!mk_id_absent(*seller) && !mk_id_absent(*buyer))
		return mk_error_at(err, MARKET_EINVALID, "buyer", "seller and buyer exclude each other");
	return 0;
}

/* The index has the state before the time, so that all states are read each by itself and merged.
 */
static int read_seller(mk_ctx *ctx, const mk_value *args, int32_t state, mk_order **out,
                       size_t *count, market_error *err)
{
	mk_query queries[N_STATES];
	mk_value own[N_STATES][6];
	size_t at[N_STATES] = {0};
	const size_t most = (size_t)args[5].number;
	int rc;

	for (int32_t i = 0; i < N_STATES; i++) {
		for (size_t k = 0; k < 6; k++)
			own[i][k] = args[k];
		own[i][1] = mk_int(state != 0 && state != i + 1 ? 0 : i + 1);
		queries[i] = (mk_query){.statement = &mk_order_page_seller,
		                        .args = own[i],
		                        .n_args = 6,
		                        .record = &mk_order_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, N_STATES, err);
	while (rc == 0 && *count < most) {
		const mk_order *newest = NULL;
		size_t from = 0;

		for (size_t i = 0; i < N_STATES; i++) {
			const mk_order *order = at[i] < queries[i].n_rows ? queries[i].rows[at[i]] : NULL;

			if (!order || (newest && (order->order.created_at < newest->order.created_at ||
			                          (order->order.created_at == newest->order.created_at &&
			                           order->order.id.id < newest->order.id.id))))
				continue;
			newest = order;
			from = i;
		}
		if (!newest)
			break;
		out[(*count)++] = queries[from].rows[at[from]++];
	}
	return rc;
}
