#include "libmarket/shipment/shipment.h"

#define SHIPMENT_COLUMNS \
	"book_id, id, ref, order_id, whole, carrier, tracking, shipped_at, delivered_at, proof, " \
	"version, buyer_id"

const char *const mk_shipment_ddl[] = {
	"CREATE TABLE IF NOT EXISTS shipment ({key}, ref TEXT, {fk:order_id:seller_order} NOT "
	"NULL, "
	"whole {int} NOT NULL, carrier TEXT, tracking TEXT, shipped_at {int} NOT NULL, "
	"delivered_at "
	"{int}, "
	"proof TEXT, version {int} NOT NULL, buyer_id {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS shipment_ref ON shipment (book_id, ref) WHERE ref IS "
	"NOT "
	"NULL",
	"CREATE INDEX IF NOT EXISTS shipment_order ON shipment (order_id, book_id)",
	"CREATE TABLE IF NOT EXISTS shipment_line ({key}, {fk:shipment_id:shipment} NOT NULL, "
	"{fk:line_id:order_line} NOT NULL, quantity {int} NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS shipment_line_shipment ON shipment_line (shipment_id, book_id)",
	NULL,
};

static const mk_field line_fields[] = {
	MK_F_ID(market_shipment_line, id, NONE, MK_INTERNAL, "its row"),
	MK_F_ID(market_shipment_line, shipment, SHIPMENT, MK_OWN_BOOK, "the parcel"),
	MK_F_ID(market_shipment_line, line, LINE, MK_OWN_BOOK, "the order line"),
	MK_F_INT(market_shipment_line, quantity, 0, 0, 0, "units in the parcel"),
};
const mk_record mk_shipment_line_record = MK_RECORD_OF(
	"shipment_line", market_shipment_line, line_fields, "what a parcel holds of one line");

#define T market_shipment
static const mk_field shipment_fields[] = {
	MK_F_ID(T, id, SHIPMENT, 0, "the parcel"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, order, ORDER, MK_OWN_BOOK, "its order"),
	MK_F_BOOL(T, whole, 0, "it holds the whole order"),
	MK_F_TEXT(T, carrier, 0, 0, MK_MAX_NAME, "who carries it"),
	MK_F_TEXT(T, tracking, 0, 0, MK_MAX_NAME, "the carrier's number"),
	MK_F_TIME(T, shipped_at, 0, "handed over"),
	MK_F_TIME(T, delivered_at, 0, "delivered"),
	MK_F_TEXT(T, proof, MK_MULTILINE, 0, MK_MAX_TEXT, "of delivery"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_LIST(T, lines, market_shipment_line, mk_shipment_line_record, MK_NOT_ROW, 0, 0,
              "what it holds; none when it is a whole order"),
#undef T
#define T mk_shipment
	MK_F_ID(T, buyer, BUYER, MK_SELF_BOOK | MK_INTERNAL, "the order's"),
#undef T
};
const mk_record mk_shipment_record =
	MK_RECORD_OF("shipment", mk_shipment, shipment_fields, "a parcel");

static const mk_statement by_id = {
	.name = "shipment_by_id",
	.sql = "SELECT " SHIPMENT_COLUMNS " FROM shipment WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement by_ref = {
	.name = "shipment_by_ref",
	.sql = "SELECT book_id, id FROM shipment WHERE book_id = ?1 AND ref = ?2",
};
static const mk_statement page_of_order = {
	.name = "shipment_page_of_order",
	.sql = "SELECT " SHIPMENT_COLUMNS
		   " FROM shipment WHERE book_id = ?1 AND order_id = ?2 AND id > ?3 "
		   "AND ?4 >= 0 ORDER BY id LIMIT ?5",
};
static const mk_statement line_list = {
	.name = "shipment_line_list",
	.sql = "SELECT book_id, id, shipment_id, line_id, quantity FROM shipment_line "
		   "WHERE book_id = ?1 AND shipment_id = ?2 ORDER BY id",
};
static const mk_statement insert = {
	.name = "shipment_insert",
	.table = "shipment",
	.sql = "INSERT INTO shipment (" SHIPMENT_COLUMNS
		   ") VALUES (:book_id, :id, :ref, :order_id, :whole, :carrier, "
		   ":tracking, :shipped_at, :delivered_at, :proof, :version, :buyer_id) ON CONFLICT DO "
		   "NOTHING",
};
static const mk_statement line_insert = {
	.name = "shipment_line_insert",
	.table = "shipment_line",
	.sql = "INSERT INTO shipment_line (book_id, id, shipment_id, line_id, quantity) "
		   "VALUES (:book_id, :id, :shipment_id, :line_id, :quantity) ON CONFLICT DO NOTHING",
};
static const mk_statement update = {
	.name = "shipment_update",
	.table = "shipment",
	.sql =
		"UPDATE shipment SET delivered_at = :delivered_at, proof = :proof, version = version + 1 "
		"WHERE book_id = :book_id AND id = :id AND version = :version",
};

static int read_lines(mk_ctx *ctx, mk_shipment *const *shipments, size_t count, market_error *err);

static market_id shipment_buyer(const void *row)
{
	return ((const mk_shipment *)row)->buyer;
}

static market_id shipment_seller(const void *row)
{
	int64_t book = ((const mk_shipment *)row)->shipment.id.book;

	return mk_id_in(book, book);
}

static int shipment_fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_shipment *shipment = row;

	return read_lines(ctx, &shipment, 1, err);
}

const mk_entity mk_shipment_entity = {
	.kind = MARKET_ID_SHIPMENT,
	.name = "shipment",
	.record = &mk_shipment_record,
	.by_id = &by_id,
	.by_ref = &by_ref,
	.buyer = shipment_buyer,
	.seller = shipment_seller,
	.fill = shipment_fill,
};

void mk_shipment_add(mk_ctx *ctx, mk_shipment *shipment)
{
	mk_insert(ctx, &insert, &mk_shipment_record, shipment->shipment.id, shipment);
	for (size_t i = 0; i < shipment->shipment.n_lines; i++)
		mk_insert(ctx, &line_insert, &mk_shipment_line_record, shipment->shipment.lines[i]->id,
		          shipment->shipment.lines[i]);
}

void mk_shipment_save(mk_ctx *ctx, mk_shipment *shipment)
{
	mk_update(ctx, &update, &mk_shipment_record, shipment->shipment.id, shipment);
}

int mk_shipment_list_order(mk_ctx *ctx, market_id order, mk_shipment ***out, size_t *count,
                           market_error *err)
{
	int rc = mk_store_list(
		ctx->store, ctx->arena, &page_of_order, &mk_shipment_record,
		MK_ARGS(mk_int(order.book), mk_int(order.id), mk_int(0), mk_int(0), mk_int(MK_MAX_LIST)),
		(void ***)out, count, err);

	return rc == 0 ? read_lines(ctx, *out, *count, err) : rc;
}

int mk_shipment_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return shipment_fill(ctx, ctx->output, err);
}

int mk_shipment_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_shipment_list_params *in = params;
	const mk_page *page;
	int rc = mk_page_read(
		ctx, &page_of_order, &mk_shipment_record, offsetof(mk_shipment, shipment.id.id),
		MK_ARGS(mk_int(in->order.book), mk_int(in->order.id)), in->after, in->limit, err);

	if (rc != 0)
		return rc;
	page = ctx->output;
	return read_lines(ctx, (mk_shipment *const *)page->items, page->n_items, err);
}

static int read_lines(mk_ctx *ctx, mk_shipment *const *shipments, size_t count, market_error *err)
{
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, count + 1);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 2 * count + 2);
	size_t n = 0;
	int rc = 0;

	if (!queries || !args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		if (shipments[i]->shipment.whole)
			continue;
		args[2 * n] = mk_int(shipments[i]->shipment.id.book);
		args[2 * n + 1] = mk_int(shipments[i]->shipment.id.id);
		queries[n] = (mk_query){.statement = &line_list,
		                        .args = &args[2 * n],
		                        .n_args = 2,
		                        .record = &mk_shipment_line_record};
		n++;
	}
	if (n > 0)
		rc = mk_store_read(ctx->store, ctx->arena, queries, n, err);
	n = 0;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (shipments[i]->shipment.whole)
			continue;
		shipments[i]->shipment.lines = (const market_shipment_line *const *)queries[n].rows;
		shipments[i]->shipment.n_lines = queries[n].n_rows;
		n++;
	}
	return rc;
}
