/* CAT-7: a warehouse is counted, and the books follow: all SKUs or none. */
#include "libmarket/catalog/sql.h"

/* The row of a line. */
typedef struct line_row {
	market_stocktake_line line;
	market_id id;
	market_id stocktake;
} line_row;

#define T market_stocktake_line
static const mk_field line_fields[] = {
	MK_F_ID(T, sku, SKU, MK_OWN_BOOK, "what was counted"),
	MK_F_ID(T, stock, STOCK, MK_OWN_BOOK, "its stock in the warehouse"),
	MK_F_INT(T, expected, MK_REQUIRED, 0, MK_MAX_STOCK, "on hand before, by the books"),
	MK_F_INT(T, counted, MK_REQUIRED, 0, MK_MAX_STOCK, "on hand since"),
	MK_F_INT(T, difference, MK_REQUIRED, -MK_MAX_STOCK, MK_MAX_STOCK, "counted - expected"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "of the difference"),
	MK_F_ID(line_row, id, STOCKTAKE_LINE, MK_INTERNAL, "the line"),
	MK_F_ID(line_row, stocktake, STOCKTAKE, MK_INTERNAL | MK_OWN_BOOK, "of which stocktake"),
};
#undef T
static const mk_record line_record =
	MK_RECORD_OF("stocktake_line", line_row, line_fields, "one SKU of a stocktake");

#define T market_stocktake
static const mk_field stocktake_fields[] = {
	MK_F_ID(T, id, STOCKTAKE, 0, "the stocktake"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose it is"),
	MK_F_ID(T, warehouse, WAREHOUSE, MK_OWN_BOOK, "where it was"),
	MK_F_TEXT(T, note, MK_MULTILINE, 1, MK_MAX_TEXT, "in words"),
	MK_F_TIME(T, created_at, 0, "when it was taken over"),
	MK_F_LIST(T, lines, market_stocktake_line, line_record, MK_NOT_ROW, 0, MK_MAX_COUNTS,
              "the SKUs, as they were counted"),
};
#undef T
const mk_record mk_stocktake_record =
	MK_RECORD_OF("stocktake", market_stocktake, stocktake_fields, "a count of a warehouse");

static int check_counts(mk_ctx *ctx, const market_stocktake_create_params *in, market_error *err);
static int check_count(mk_ctx *ctx, const market_stocktake_create_params *in, size_t at,
                       market_error *err);
static int read_counted(mk_ctx *ctx, const market_stocktake_create_params *in,
                        market_stock ***stocks, market_error *err);
static int take_over(mk_ctx *ctx, const market_stocktake_create_params *in, market_id stocktake,
                     size_t at, market_stock *stock, market_error *err);
static int at_count(size_t at, int rc, market_error *err);

int mk_stocktake_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_stocktake_create_params *in = params;
	market_stocktake row = {.ref = in->ref,
	                        .seller = in->seller,
	                        .warehouse = in->warehouse,
	                        .note = in->note,
	                        .created_at = ctx->now};
	market_stock **stocks = NULL;
	void *warehouse;
	int rc;

	if (in->warehouse.book != in->seller.book)
		return mk_not_found(&mk_warehouse_entity, in->warehouse, "warehouse", err);
	rc = mk_load(ctx, &mk_warehouse_entity, in->warehouse, "warehouse", &warehouse, err);
	if (rc == 0)
		rc = read_counted(ctx, in, &stocks, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_stocktake_entity, in->seller.book, in->ref, err);
	if (rc == 0)
		rc = check_counts(ctx, in, err);
	if (rc != 0)
		return rc;
	row.id = mk_new_id(ctx, in->seller.book);
	mk_insert(ctx, &mk_stocktake_insert, &mk_stocktake_record, row.id, &row);
	mk_event(ctx, "stocktake.created", MARKET_ID_STOCKTAKE, row.id);
	mk_event_int(ctx, "lines", (int64_t)in->n_counts);
	for (size_t i = 0; rc == 0 && i < in->n_counts; i++)
		rc = take_over(ctx, in, row.id, i, stocks[i], err);
	ctx->result = row.id;
	return rc;
}

int mk_stocktake_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return mk_stocktake_fill(ctx, ctx->output, err);
}

int mk_stocktake_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_stocktake_list_params *in = params;

	return mk_page_read(ctx, &mk_stocktake_of_seller, &mk_stocktake_record,
	                    offsetof(market_stocktake, id.id), MK_ARGS(mk_int(in->seller.book)),
	                    in->after, in->limit, err);
}

int mk_stocktake_fill(mk_ctx *ctx, void *row, market_error *err)
{
	market_stocktake *stocktake = row;
	void **lines = NULL;
	size_t count = 0;
	int rc = mk_store_list(ctx->store, ctx->arena, &mk_stocktake_lines, &line_record,
	                       MK_ARGS(mk_int(stocktake->id.book), mk_int(stocktake->id.id)), &lines,
	                       &count, err);

	stocktake->lines = (const market_stocktake_line *const *)lines;
	stocktake->n_lines = count;
	return rc;
}

static int check_counts(mk_ctx *ctx, const market_stocktake_create_params *in, market_error *err)
{
	for (size_t i = 0; i < in->n_counts; i++) {
		int rc = check_count(ctx, in, i, err);

		if (rc != 0)
			return at_count(i, rc, err);
	}
	return 0;
}

static int check_count(mk_ctx *ctx, const market_stocktake_create_params *in, size_t at,
                       market_error *err)
{
	const market_stocktake_count *count = in->counts[at];

	for (size_t i = 0; i < at; i++)
		if (mk_id_equal(in->counts[i]->sku, count->sku))
			return mk_error_at(err, MARKET_EINVALID, "sku", "the SKU stands twice");
	return mk_stock_check_reason(ctx, count->reason, "reason", err);
}

/* The stock of each SKU in the warehouse, or NULL, in one batch. */
static int read_counted(mk_ctx *ctx, const market_stocktake_create_params *in,
                        market_stock ***stocks, market_error *err)
{
	const size_t n = in->n_counts;
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, 2 * n + 1);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 3 * n + 1);
	int rc;

	*stocks = MK_NEW_ARRAY(ctx->arena, market_stock *, n + 1);
	if (!queries || !args || !*stocks)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		mk_value *own = &args[3 * i];

		own[0] = mk_int(in->counts[i]->sku.book);
		own[1] = mk_int(in->counts[i]->sku.id);
		own[2] = mk_int(in->warehouse.id);
		queries[2 * i] = (mk_query){
			.statement = mk_sku_entity.by_id, .args = own, .n_args = 2, .record = &mk_sku_record};
		queries[2 * i + 1] = (mk_query){
			.statement = &mk_stock_in, .args = own, .n_args = 3, .record = &mk_stock_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, 2 * n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (queries[2 * i].n_rows == 0 || in->counts[i]->sku.book != in->seller.book)
			return at_count(i, mk_not_found(&mk_sku_entity, in->counts[i]->sku, "sku", err), err);
		(*stocks)[i] = queries[2 * i + 1].n_rows > 0 ? queries[2 * i + 1].rows[0] : NULL;
	}
	return rc;
}

static int take_over(mk_ctx *ctx, const market_stocktake_create_params *in, market_id stocktake,
                     size_t at, market_stock *stock, market_error *err)
{
	const market_stocktake_count *count = in->counts[at];
	line_row row = {.line = {.sku = count->sku,
	                         .expected = stock ? stock->on_hand : 0,
	                         .counted = *count->counted,
	                         .reason = count->reason},
	                .id = mk_new_id(ctx, in->seller.book),
	                .stocktake = stocktake};
	int rc = 0;

	if (row.line.counted != row.line.expected && !count->reason)
		rc = mk_error_at(err, MARKET_EMISSING, "reason", "%lld were expected: why the difference?",
		                 (long long)row.line.expected);
	else if (stock && row.line.counted < stock->reserved)
		rc = mk_error_at(err, MARKET_ESTOCK, "counted", "%lld are reserved, more than %lld",
		                 (long long)stock->reserved, (long long)row.line.counted);
	if (rc != 0)
		return at_count(at, rc, err);
	if (!stock)
		rc =
			mk_stock_add(ctx, count->sku, in->warehouse, row.line.counted, 0, &row.line.stock, err);
	else
		row.line.stock = stock->id;
	if (rc != 0)
		return rc;
	/* behind the row that it names */
	mk_plan_add_record(ctx->plan, MK_PHASE_LAST, &mk_stocktake_line_insert, row.id, &line_record,
	                   &row, MK_RETRY);
	/* what is as expected was so when it was counted: that is guarded too */
	if (stock)
		mk_stock_count(ctx, stock, row.line.counted, stock->low_at);
	return 0;
}

static int at_count(size_t at, int rc, market_error *err)
{
	mk_error_prefix(err, "counts[%zu]", at);
	return rc;
}
