#include "libmarket/catalog/sql.h"

#include <string.h>

static void tell_low(mk_ctx *ctx, const market_stock *stock, int64_t before, int64_t low_before);
static int check_room(mk_ctx *ctx, market_id seller, market_error *err);
static int check_country(const char *country, market_error *err);
static int read_stock(mk_ctx *ctx, market_id sku, market_id warehouse, const char *field,
                      market_stock **out, market_error *err);
static int short_of(const market_stock *stock, int64_t wanted, market_error *err);
static void flow(mk_ctx *ctx, market_id stock, int64_t on_hand, int64_t reserved, int64_t sold);

int mk_warehouse_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_warehouse_create_params *in = params;
	market_warehouse *warehouse = MK_NEW(ctx->arena, market_warehouse);
	mk_seller *seller = (mk_seller *)ctx->subject;
	int rc;

	if (!warehouse)
		return mk_error_no_memory(err);
	rc = check_country(in->country, err);
	if (rc == 0)
		rc = check_room(ctx, in->seller, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_warehouse_entity, in->seller.book, in->ref, err);
	if (rc != 0)
		return rc;
	warehouse->id = mk_new_id(ctx, in->seller.book);
	warehouse->ref = in->ref;
	warehouse->seller = in->seller;
	warehouse->name = in->name;
	warehouse->country = in->country;
	warehouse->created_at = ctx->now;
	warehouse->version = 1;
	warehouse->metadata = in->metadata;
	warehouse->n_metadata = in->n_metadata;
	mk_insert(ctx, &mk_warehouse_insert, &mk_warehouse_record, warehouse->id, warehouse);
	mk_seller_save(ctx, seller); /* so that no two pass the limit together */
	mk_event(ctx, "warehouse.created", MARKET_ID_WAREHOUSE, warehouse->id);
	ctx->result = warehouse->id;
	return 0;
}

/* A checkout looks at all of them. */
static int check_room(mk_ctx *ctx, market_id seller, market_error *err)
{
	mk_number *made = NULL;
	int rc = mk_store_get(ctx->store, ctx->arena, &mk_warehouse_count, &mk_number_record,
	                      MK_ARGS(mk_int(seller.book)), (void **)&made, err);

	if (rc == 0 && made && made->number >= MK_MAX_WAREHOUSES)
		rc = mk_error_at(err, MARKET_ELIMIT, "seller", "the seller has %d warehouses already",
		                 MK_MAX_WAREHOUSES);
	return rc;
}

int mk_warehouse_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_warehouse_list_params *in = params;

	return mk_page_read(ctx, &mk_warehouse_of_seller, &mk_warehouse_record,
	                    offsetof(market_warehouse, id.id), MK_ARGS(mk_int(in->seller.book)),
	                    in->after, in->limit, err);
}

int mk_stock_adjust(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_stock_adjust_params *in = params;
	market_stock *stock;
	int rc = read_stock(ctx, in->sku, in->warehouse, "warehouse", &stock, err);

	if (rc == 0)
		rc = mk_stock_check_reason(ctx, in->reason, "reason", err);
	if (rc != 0)
		return rc;
	if (in->delta == 0)
		return mk_error_at(err, MARKET_EINVALID, "delta", "the adjustment is zero");
	if (in->delta > MK_MAX_STOCK - (stock ? stock->on_hand : 0))
		return mk_error_at(err, MARKET_ELIMIT, "delta", "there would be more than %lld on hand",
		                   (long long)MK_MAX_STOCK);
	if (in->delta < 0 && (!stock || stock->available < -in->delta)) {
		rc = short_of(stock, -in->delta, err);
		return mk_error_field(err, rc, "delta");
	}
	if (stock) {
		ctx->result = stock->id;
	} else {
		rc = mk_stock_add(ctx, in->sku, in->warehouse, in->delta, 0, &ctx->result, err);
		if (rc != 0)
			return rc;
	}
	mk_event(ctx, "stock.adjusted", MARKET_ID_STOCK, ctx->result);
	mk_event_int(ctx, "delta", in->delta);
	mk_event_text(ctx, "reason", in->reason);
	if (stock)
		mk_stock_change(ctx, stock, in->delta, 0);
	return 0;
}

int mk_stock_set(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_stock_set_params *in = params;
	market_stock *stock;
	int rc = read_stock(ctx, in->sku, in->warehouse, "warehouse", &stock, err);

	if (rc == 0)
		rc = mk_stock_check_reason(ctx, in->reason, "reason", err);
	if (rc != 0)
		return rc;
	if (!in->on_hand && (!in->low_at || !stock))
		return mk_error_at(err, MARKET_EMISSING, "on_hand", "on_hand is missing");
	if (stock && in->on_hand && *in->on_hand < stock->reserved)
		return mk_error_at(err, MARKET_ESTOCK, "on_hand", "%lld are reserved, more than %lld",
		                   (long long)stock->reserved, (long long)*in->on_hand);
	if (!stock) {
		rc = mk_stock_add(ctx, in->sku, in->warehouse, *in->on_hand, in->low_at ? *in->low_at : 0,
		                  &ctx->result, err);
		if (rc != 0)
			return rc;
		mk_event(ctx, "stock.set", MARKET_ID_STOCK, ctx->result);
		mk_event_text(ctx, "reason", in->reason);
		return 0;
	}
	mk_event(ctx, "stock.set", MARKET_ID_STOCK, stock->id);
	mk_event_int(ctx, "on_hand", in->on_hand ? *in->on_hand : stock->on_hand);
	mk_event_text(ctx, "reason", in->reason);
	mk_stock_count(ctx, stock, in->on_hand ? *in->on_hand : stock->on_hand,
	               in->low_at ? *in->low_at : stock->low_at);
	ctx->result = stock->id;
	return 0;
}

int mk_stock_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_stock_list_params *in = params;

	return mk_page_read(ctx, &mk_stock_of_sku, &mk_stock_record, offsetof(market_stock, id.id),
	                    MK_ARGS(mk_int(in->sku.book), mk_int(in->sku.id)), in->after, in->limit,
	                    err);
}

int mk_stock_transfer(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_stock_transfer_params *in = params;
	market_stock *from, *to = NULL;
	int rc = read_stock(ctx, in->sku, in->from, "from", &from, err);

	if (rc == 0)
		rc = read_stock(ctx, in->sku, in->to, "to", &to, err);
	if (rc == 0)
		rc = mk_stock_check_reason(ctx, in->reason, "reason", err);
	if (rc != 0)
		return rc;
	if (mk_id_equal(in->from, in->to))
		return mk_error_at(err, MARKET_EINVALID, "to", "both warehouses are the same");
	if (to && in->quantity > MK_MAX_STOCK - to->on_hand)
		return mk_error_at(err, MARKET_ELIMIT, "quantity", "there would be more than %lld on hand",
		                   (long long)MK_MAX_STOCK);
	if (!from || from->available < in->quantity) {
		rc = short_of(from, in->quantity, err);
		return mk_error_field(err, rc, "quantity");
	}
	rc = to ? 0 : mk_stock_add(ctx, in->sku, in->to, in->quantity, 0, &ctx->result, err);
	if (rc != 0)
		return rc;
	if (to)
		ctx->result = to->id;
	mk_event(ctx, "stock.transferred", MARKET_ID_STOCK, ctx->result);
	mk_event_id(ctx, "from", MARKET_ID_STOCK, from->id);
	mk_event_int(ctx, "quantity", in->quantity);
	mk_event_text(ctx, "reason", in->reason);
	mk_stock_change(ctx, from, -in->quantity, 0);
	if (to)
		mk_stock_change(ctx, to, in->quantity, 0);
	return 0;
}

void mk_stock_count(mk_ctx *ctx, market_stock *stock, int64_t on_hand, int64_t low_at)
{
	const int64_t before = stock->available, low_before = stock->low_at;

	stock->on_hand = on_hand;
	stock->low_at = low_at;
	stock->available = stock->on_hand - stock->reserved;
	mk_update(ctx, &mk_stock_save, &mk_stock_record, stock->id, stock);
	tell_low(ctx, stock, before, low_before);
}

int mk_stock_add(mk_ctx *ctx, market_id sku, market_id warehouse, int64_t on_hand, int64_t low_at,
                 market_id *out, market_error *err)
{
	market_stock *stock = MK_NEW(ctx->arena, market_stock);

	if (!stock)
		return mk_error_no_memory(err);
	stock->id = mk_new_id(ctx, sku.book);
	stock->sku = sku;
	stock->warehouse = warehouse;
	stock->on_hand = on_hand;
	stock->low_at = low_at;
	stock->created_at = ctx->now;
	stock->version = 1;
	mk_insert(ctx, &mk_stock_insert, &mk_stock_record, stock->id, stock);
	stock->available = on_hand;
	if (low_at > 0)
		tell_low(ctx, stock, INT64_MAX, low_at);
	*out = stock->id;
	return 0;
}

int mk_stock_check_reason(const mk_ctx *ctx, const char *reason, const char *field,
                          market_error *err)
{
	const mk_policy_stock *policy = ctx->policy->stock;
	const char *nearest;
	int rc;

	if (!reason || !policy || policy->n_reasons == 0)
		return 0;
	for (size_t i = 0; i < policy->n_reasons; i++)
		if (strcmp(policy->reasons[i], reason) == 0)
			return 0;
	rc = mk_error_at(err, MARKET_EINVALID, field, "the policy has no reason %s", reason);
	nearest = mk_text_nearest(reason, policy->reasons, policy->n_reasons);
	return nearest ? mk_error_hint(err, rc, "Did you mean %s?", nearest) : rc;
}

/* CAT-7. What can be bought lies above the threshold, falls to it by this change, or lay there
 * before: the update holds only where that is still so. Otherwise the operation runs again, so that
 * the event is raised once and a shortage is named by the reads, under any interleaving. */
void mk_stock_change(mk_ctx *ctx, const market_stock *stock, int64_t on_hand, int64_t reserved)
{
	const int64_t fall = reserved - on_hand;
	int64_t least = 0, most = INT64_MAX;
	market_stock after = *stock;

	if (fall > 0 && stock->available - fall > stock->low_at) {
		least = stock->low_at + fall + 1;
	} else if (fall > 0 && stock->available > stock->low_at) {
		least = stock->low_at + 1 > fall ? stock->low_at + 1 : fall;
		most = stock->low_at + fall;
	} else if (fall > 0) {
		least = fall;
		most = stock->low_at;
	}
	mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &mk_stock_move, stock->id,
	            MK_ARGS(mk_int(stock->id.book), mk_int(stock->id.id), mk_int(on_hand),
	                    mk_int(reserved), mk_int(least), mk_int(most), mk_int(stock->low_at)),
	            MK_RETRY);
	after.available -= fall;
	tell_low(ctx, &after, stock->available, stock->low_at);
}

void mk_stock_commit(mk_ctx *ctx, market_id stock, int64_t quantity)
{
	flow(ctx, stock, -quantity, -quantity, quantity);
}

void mk_stock_release(mk_ctx *ctx, market_id stock, int64_t quantity)
{
	flow(ctx, stock, 0, -quantity, 0);
}

void mk_stock_return(mk_ctx *ctx, market_id stock, int64_t quantity)
{
	flow(ctx, stock, quantity, 0, -quantity);
}

static void tell_low(mk_ctx *ctx, const market_stock *stock, int64_t before, int64_t low_before)
{
	if (stock->available > stock->low_at || before <= low_before)
		return;
	mk_event(ctx, "stock.low", MARKET_ID_STOCK, stock->id);
	mk_event_id(ctx, "sku", MARKET_ID_SKU, stock->sku);
	mk_event_int(ctx, "low_at", stock->low_at);
}

static int check_country(const char *country, market_error *err)
{
	if (!country || (strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2 && country[2] == '\0'))
		return 0;
	return mk_error_at(err, MARKET_EINVALID, "country", "%s isn't a country's two capital letters",
	                   country);
}

static int read_stock(mk_ctx *ctx, market_id sku, market_id warehouse, const char *field,
                      market_stock **out, market_error *err)
{
	void *row = NULL;
	int rc;

	*out = NULL;
	/* a warehouse of another seller doesn't exist for this one */
	if (warehouse.book != sku.book)
		return mk_not_found(&mk_warehouse_entity, warehouse, field, err);
	rc = mk_load(ctx, &mk_warehouse_entity, warehouse, field, &row, err);
	if (rc == 0)
		rc = mk_store_get(ctx->store, ctx->arena, &mk_stock_in, &mk_stock_record,
		                  MK_ARGS(mk_int(sku.book), mk_int(sku.id), mk_int(warehouse.id)), &row,
		                  err);
	if (rc == 0)
		*out = row;
	return rc;
}

static int short_of(const market_stock *stock, int64_t wanted, market_error *err)
{
	return mk_error_set(err, MARKET_ESTOCK, "%lld are available, %lld are asked for",
	                    (long long)(stock ? stock->available : 0), (long long)wanted);
}

/* What an order reserved is guarded by the order's own version, so a miss isn't another's doing. */
static void flow(mk_ctx *ctx, market_id stock, int64_t on_hand, int64_t reserved, int64_t sold)
{
	mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &mk_stock_flow, stock,
	            MK_ARGS(mk_int(stock.book), mk_int(stock.id), mk_int(on_hand), mk_int(reserved),
	                    mk_int(sold)),
	            (mk_miss){.code = MARKET_ECORRUPT,
	                      .message = "the stock doesn't hold what the order says"});
}
