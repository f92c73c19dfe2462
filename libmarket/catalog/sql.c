#include "libmarket/catalog/sql.h"

#define CATEGORY \
	"book_id, id, code, name, parent_id, path, commission_class, deposit_class, fee_class, " \
	"created_at, version, licences, metadata"
#define PRODUCT \
	"book_id, id, ref, seller_id, category_id, state, title, description, brand, attributes, " \
	"images, reason, created_at, published_at, revision, version, metadata"
#define OFFER \
	"book_id, id, ref, book_id AS seller_id, product_book_id, product_id, state, currency, " \
	"reason, created_at, activated_at, ended_at, version, metadata"
#define SKU \
	"book_id, id, ref, offer_id, attributes, currency, price, list_price, created_at, version"
#define WAREHOUSE \
	"book_id, id, ref, book_id AS seller_id, name, country, created_at, version, metadata"
#define STOCK \
	"book_id, id, sku_id, warehouse_id, on_hand, reserved, sold, " \
	"on_hand - reserved AS available, low_at, created_at, version"

/* An absent amount binds as 0, which no list price is. */
#define LIST_PRICE "NULLIF(CAST(:list_price AS BIGINT), 0)"

/* Categories and products lie in book 0 whatever book a reference is looked up in. */
#define BOOK_ZERO "book_id = CAST(?1 AS BIGINT) * 0"

const char *const mk_catalog_ddl[] = {
	"CREATE TABLE IF NOT EXISTS category ({key}, code TEXT NOT NULL, name TEXT NOT NULL, "
	"{fk:parent_id:category}, path TEXT NOT NULL, commission_class TEXT, deposit_class TEXT, "
	"fee_class TEXT, created_at {int} NOT NULL, version {int} NOT NULL, licences TEXT, metadata "
	"TEXT, UNIQUE (book_id, code)){strict}",
	"CREATE INDEX IF NOT EXISTS category_tree ON category (book_id, id)",
	"CREATE INDEX IF NOT EXISTS category_parent ON category (book_id, parent_id, id)",

	"CREATE TABLE IF NOT EXISTS product ({key}, ref TEXT, seller_id {int}, "
	"{fk:category_id:category} NOT NULL, state {int} NOT NULL, title TEXT NOT NULL, description "
	"TEXT, brand TEXT, attributes TEXT, images TEXT, reason TEXT, created_at {int} NOT NULL, "
	"revision {int} NOT NULL, published_at "
	"{int}, version {int} NOT NULL, metadata TEXT){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS product_ref ON product (book_id, ref) WHERE ref IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS product_state ON product (book_id, state, id)",
	"CREATE INDEX IF NOT EXISTS product_category ON product (book_id, category_id, state, id)",
	"CREATE INDEX IF NOT EXISTS product_seller ON product (book_id, seller_id, state, id)",

	"CREATE TABLE IF NOT EXISTS offer ({key}, ref TEXT, product_book_id {int} NOT NULL, "
	"product_id {int} NOT NULL, state {int} NOT NULL, currency TEXT NOT NULL, reason TEXT, "
	"created_at {int} NOT NULL, activated_at {int}, ended_at {int}, version {int} NOT NULL, "
	"metadata TEXT){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS offer_ref ON offer (book_id, ref) WHERE ref IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS offer_seller ON offer (book_id, id)",
	"CREATE INDEX IF NOT EXISTS offer_state ON offer (book_id, state, id)",

	"CREATE TABLE IF NOT EXISTS sku ({key}, ref TEXT, {fk:offer_id:offer} NOT NULL, attributes "
	"TEXT, currency TEXT NOT NULL, price {int} NOT NULL, list_price {int}, created_at {int} NOT "
	"NULL, version {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS sku_ref ON sku (book_id, ref) WHERE ref IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS sku_offer ON sku (book_id, offer_id, id)",

	"CREATE TABLE IF NOT EXISTS warehouse ({key}, ref TEXT, name TEXT NOT NULL, country TEXT, "
	"created_at {int} NOT NULL, version {int} NOT NULL, metadata TEXT){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS warehouse_ref ON warehouse (book_id, ref) WHERE ref IS NOT "
	"NULL",
	"CREATE INDEX IF NOT EXISTS warehouse_seller ON warehouse (book_id, id)",

	"CREATE TABLE IF NOT EXISTS stock ({key}, {fk:sku_id:sku} NOT NULL, "
	"{fk:warehouse_id:warehouse} NOT NULL, on_hand {int} NOT NULL, reserved {int} NOT NULL, sold "
	"{int} NOT NULL, low_at {int} NOT NULL, created_at {int} NOT NULL, version {int} NOT NULL, "
	"UNIQUE (book_id, sku_id, warehouse_id)){strict}",

	"CREATE TABLE IF NOT EXISTS stocktake ({key}, ref TEXT, {fk:warehouse_id:warehouse} NOT NULL, "
	"note TEXT, created_at {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS stocktake_ref ON stocktake (book_id, ref) WHERE ref IS NOT "
	"NULL",
	"CREATE INDEX IF NOT EXISTS stocktake_seller ON stocktake (book_id, id)",
	"CREATE TABLE IF NOT EXISTS stocktake_line ({key}, {fk:stocktake_id:stocktake} NOT NULL, "
	"{fk:sku_id:sku} NOT NULL, {fk:stock_id:stock} NOT NULL, expected {int} NOT NULL, counted "
	"{int} NOT NULL, reason TEXT){strict}",
	"CREATE INDEX IF NOT EXISTS stocktake_line_of ON stocktake_line (book_id, stocktake_id, id)",
	NULL,
};

/* ---- categories ---- */

const mk_statement mk_category_insert = {
	.name = "category_insert",
	.table = "category",
	.sql = "INSERT INTO category (book_id, id, code, name, parent_id, path, commission_class, "
		   "deposit_class, fee_class, created_at, version, licences, metadata) VALUES (:book_id, "
		   ":id, :code, :name, :parent_id, :path, :commission_class, :deposit_class, :fee_class, "
		   ":created_at, :version, :licences, :metadata) ON CONFLICT DO NOTHING",
};
const mk_statement mk_category_save = {
	.name = "category_save",
	.table = "category",
	.sql = "UPDATE category SET name = :name, commission_class = :commission_class, deposit_class "
		   "= :deposit_class, fee_class = :fee_class, licences = :licences, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement category_by_id = {
	.name = "category_by_id",
	.sql = "SELECT " CATEGORY " FROM category WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement category_by_ref = {
	.name = "category_by_ref",
	.sql = "SELECT book_id, id FROM category WHERE " BOOK_ZERO " AND code = ?2",
};
const mk_statement mk_category_by_code = {
	.name = "category_by_code",
	.sql = "SELECT " CATEGORY " FROM category WHERE book_id = 0 AND code = ?1",
};
const mk_statement mk_category_top = {
	.name = "category_top",
	.sql = "SELECT " CATEGORY " FROM category WHERE book_id = 0 AND parent_id IS NULL AND id > ?1 "
		   "ORDER BY id LIMIT ?2",
};
const mk_statement mk_category_below = {
	.name = "category_below",
	.sql = "SELECT " CATEGORY " FROM category WHERE book_id = 0 AND parent_id = ?3 AND id > ?1 "
		   "ORDER BY id LIMIT ?2",
};
const mk_statement mk_category_all = {
	.name = "category_all",
	.sql = "SELECT " CATEGORY " FROM category WHERE book_id = 0 AND id > ?1 ORDER BY id LIMIT ?2",
};

/* ---- products ---- */

const mk_statement mk_product_insert = {
	.name = "product_insert",
	.table = "product",
	.sql =
		"INSERT INTO product (book_id, id, ref, seller_id, category_id, state, title, "
		"description, brand, attributes, images, reason, created_at, published_at, revision, "
		"version, metadata) "
		"VALUES (:book_id, :id, :ref, :seller_id, :category_id, :state, :title, :description, "
		":brand, :attributes, :images, :reason, :created_at, :published_at, :revision, :version, "
		":metadata) ON CONFLICT DO NOTHING",
};
const mk_statement mk_product_save = {
	.name = "product_save",
	.table = "product",
	.sql =
		"UPDATE product SET category_id = :category_id, state = :state, title = :title, "
		"description = :description, brand = :brand, attributes = :attributes, images = :images, "
		"reason = :reason, published_at = :published_at, revision = :revision, "
		"version = version + 1 WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement product_by_id = {
	.name = "product_by_id",
	.sql = "SELECT " PRODUCT " FROM product WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement product_by_ref = {
	.name = "product_by_ref",
	.sql = "SELECT book_id, id FROM product WHERE " BOOK_ZERO " AND ref = ?2",
};
const mk_statement mk_product_in_state = {
	.name = "product_in_state",
	.sql = "SELECT " PRODUCT " FROM product WHERE book_id = 0 AND state = ?3 AND id > ?1 "
		   "ORDER BY id LIMIT ?2",
};
const mk_statement mk_product_in_category = {
	.name = "product_in_category",
	.sql = "SELECT " PRODUCT " FROM product WHERE book_id = 0 AND category_id = ?4 AND state = ?3 "
		   "AND id > ?1 ORDER BY id LIMIT ?2",
};
const mk_statement mk_product_of_seller = {
	.name = "product_of_seller",
	.sql = "SELECT " PRODUCT " FROM product WHERE book_id = 0 AND seller_id = ?4 AND state = ?3 "
		   "AND id > ?1 ORDER BY id LIMIT ?2",
};
const mk_statement mk_product_of_seller_in_category = {
	.name = "product_of_seller_in_category",
	.sql =
		"SELECT " PRODUCT " FROM product WHERE book_id = 0 AND seller_id = ?4 AND category_id = ?5 "
		"AND state = ?3 AND id > ?1 ORDER BY id LIMIT ?2",
};

/* ---- offers ---- */

const mk_statement mk_offer_insert = {
	.name = "offer_insert",
	.table = "offer",
	.sql = "INSERT INTO offer (book_id, id, ref, product_book_id, product_id, state, currency, "
		   "reason, created_at, activated_at, ended_at, version, metadata) VALUES (:book_id, :id, "
		   ":ref, :product_book_id, :product_id, :state, :currency, :reason, :created_at, "
		   ":activated_at, :ended_at, :version, :metadata) ON CONFLICT DO NOTHING",
};
const mk_statement mk_offer_save = {
	.name = "offer_save",
	.table = "offer",
	.sql = "UPDATE offer SET state = :state, reason = :reason, activated_at = :activated_at, "
		   "ended_at = :ended_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement offer_by_id = {
	.name = "offer_by_id",
	.sql = "SELECT " OFFER " FROM offer WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement offer_by_ref = {
	.name = "offer_by_ref",
	.sql = "SELECT book_id, id FROM offer WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_offer_of_seller = {
	.name = "offer_of_seller",
	.sql = "SELECT " OFFER " FROM offer WHERE book_id = ?3 AND id > ?1 ORDER BY id LIMIT ?2",
};
const mk_statement mk_offer_in_state = {
	.name = "offer_in_state",
	.sql = "SELECT " OFFER
		   " FROM offer WHERE book_id = ?3 AND state = ?4 AND id > ?1 ORDER BY id LIMIT ?2",
};

/* ---- SKUs ---- */

const mk_statement mk_sku_insert = {
	.name = "sku_insert",
	.table = "sku",
	.sql = "INSERT INTO sku (book_id, id, ref, offer_id, attributes, currency, price, list_price, "
		   "created_at, version) VALUES (:book_id, :id, :ref, :offer_id, :attributes, :currency, "
		   ":price, " LIST_PRICE ", :created_at, :version) ON CONFLICT DO NOTHING",
};
const mk_statement mk_sku_save = {
	.name = "sku_save",
	.table = "sku",
	.sql = "UPDATE sku SET price = :price, list_price = " LIST_PRICE ", version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement sku_by_id = {
	.name = "sku_by_id",
	.sql = "SELECT " SKU " FROM sku WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_sku_by_ref = {
	.name = "sku_by_ref",
	.sql = "SELECT book_id, id FROM sku WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_sku_of_offer = {
	.name = "sku_of_offer",
	.sql = "SELECT " SKU " FROM sku WHERE book_id = ?1 AND offer_id = ?2 ORDER BY id",
};
const mk_statement mk_sku_item = {
	.name = "sku_item",
	.sql =
		"SELECT s.book_id AS sku_book_id, s.id AS sku_id, s.book_id AS offer_book_id, s.offer_id, "
		"o.product_book_id, o.product_id, o.state AS offer_state, p.state AS product_state, "
		"p.title, p.brand, c.code AS category, c.path AS category_path, c.commission_class, "
		"s.attributes, s.currency, s.price, s.list_price FROM sku s JOIN offer o ON o.book_id = "
		"s.book_id AND o.id = s.offer_id JOIN product p ON p.book_id = o.product_book_id AND p.id "
		"= o.product_id JOIN category c ON c.book_id = p.book_id AND c.id = p.category_id WHERE "
		"s.book_id = ?1 AND s.id = ?2",
};

/* ---- warehouses ---- */

const mk_statement mk_warehouse_count = {
	.name = "warehouse_count",
	.sql = "SELECT COUNT(*) AS number FROM warehouse WHERE book_id = ?1",
};
const mk_statement mk_warehouse_insert = {
	.name = "warehouse_insert",
	.table = "warehouse",
	.sql = "INSERT INTO warehouse (book_id, id, ref, name, country, created_at, version, metadata) "
		   "VALUES (:book_id, :id, :ref, :name, :country, :created_at, :version, :metadata) ON "
		   "CONFLICT DO NOTHING",
};
static const mk_statement warehouse_by_id = {
	.name = "warehouse_by_id",
	.sql = "SELECT " WAREHOUSE " FROM warehouse WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement warehouse_by_ref = {
	.name = "warehouse_by_ref",
	.sql = "SELECT book_id, id FROM warehouse WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_warehouse_of_seller = {
	.name = "warehouse_of_seller",
	.sql = "SELECT " WAREHOUSE " FROM warehouse WHERE book_id = ?1 AND id > ?2 AND ?3 >= 0 "
		   "ORDER BY id LIMIT ?4",
};

/* ---- stock ---- */

const mk_statement mk_stock_insert = {
	.name = "stock_insert",
	.table = "stock",
	.sql =
		"INSERT INTO stock (book_id, id, sku_id, warehouse_id, on_hand, reserved, sold, low_at, "
		"created_at, version) VALUES (:book_id, :id, :sku_id, :warehouse_id, :on_hand, :reserved, "
		":sold, :low_at, :created_at, :version) ON CONFLICT DO NOTHING",
};
const mk_statement mk_stock_save = {
	.name = "stock_save",
	.table = "stock",
	.sql = "UPDATE stock SET on_hand = :on_hand, low_at = :low_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
/* CAT-7: the row must still lie on the side of the threshold on which it was read, and below
 * nothing. */
const mk_statement mk_stock_move = {
	.name = "stock_move",
	.table = "stock",
	.sql =
		"UPDATE stock SET on_hand = on_hand + ?3, reserved = reserved + ?4, version = version + 1 "
		"WHERE book_id = ?1 AND id = ?2 AND on_hand - reserved BETWEEN ?5 AND ?6 AND low_at = ?7",
};
const mk_statement mk_stock_flow = {
	.name = "stock_flow",
	.table = "stock",
	.sql = "UPDATE stock SET on_hand = on_hand + ?3, reserved = reserved + ?4, sold = sold + ?5, "
		   "version = version + 1 WHERE book_id = ?1 AND id = ?2 AND on_hand + ?3 >= 0 "
		   "AND reserved + ?4 >= 0 AND sold + ?5 >= 0",
};
static const mk_statement stock_by_id = {
	.name = "stock_by_id",
	.sql = "SELECT " STOCK " FROM stock WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_stock_in = {
	.name = "stock_in",
	.sql = "SELECT " STOCK " FROM stock WHERE book_id = ?1 AND sku_id = ?2 AND warehouse_id = ?3",
};
const mk_statement mk_stock_of_sku = {
	.name = "stock_of_sku",
	.sql = "SELECT " STOCK " FROM stock WHERE book_id = ?1 AND sku_id = ?2 AND id > ?3 AND ?4 >= 0 "
		   "ORDER BY id LIMIT ?5",
};

/* In the order of the unique index: without a sort. */
const mk_statement mk_stock_everywhere = {
	.name = "stock_everywhere",
	.sql = "SELECT " STOCK
		   " FROM stock WHERE book_id = ?1 AND sku_id = ?2 ORDER BY warehouse_id LIMIT ?3",
};

/* ---- stocktakes ---- */

#define STOCKTAKE "book_id, id, ref, book_id AS seller_id, warehouse_id, note, created_at"

const mk_statement mk_stocktake_insert = {
	.name = "stocktake_insert",
	.table = "stocktake",
	.sql = "INSERT INTO stocktake (book_id, id, ref, warehouse_id, note, created_at) VALUES "
		   "(:book_id, :id, :ref, :warehouse_id, :note, :created_at) ON CONFLICT DO NOTHING",
};
static const mk_statement stocktake_by_id = {
	.name = "stocktake_by_id",
	.sql = "SELECT " STOCKTAKE " FROM stocktake WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement stocktake_by_ref = {
	.name = "stocktake_by_ref",
	.sql = "SELECT book_id, id FROM stocktake WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_stocktake_of_seller = {
	.name = "stocktake_of_seller",
	.sql = "SELECT " STOCKTAKE " FROM stocktake WHERE book_id = ?1 AND id > ?2 AND ?3 >= 0 "
		   "ORDER BY id LIMIT ?4",
};
const mk_statement mk_stocktake_line_insert = {
	.name = "stocktake_line_insert",
	.table = "stocktake_line",
	.sql = "INSERT INTO stocktake_line (book_id, id, stocktake_id, sku_id, stock_id, expected, "
		   "counted, reason) VALUES (:book_id, :id, :stocktake_id, :sku_id, :stock_id, :expected, "
		   ":counted, :reason) ON CONFLICT DO NOTHING",
};
const mk_statement mk_stocktake_lines = {
	.name = "stocktake_lines",
	.sql = "SELECT book_id, id, stocktake_id, sku_id, stock_id, expected, counted, counted - "
		   "expected AS difference, reason FROM stocktake_line WHERE book_id = ?1 AND stocktake_id "
		   "= ?2 ORDER BY id",
};

/* ---- entities ---- */

static market_id product_seller(const void *row);
static market_id book_seller(const void *row);
static int fill_offer(mk_ctx *ctx, void *row, market_error *err);

const mk_entity mk_category_entity = {
	.kind = MARKET_ID_CATEGORY,
	.name = "category",
	.record = &mk_category_record,
	.by_id = &category_by_id,
	.by_ref = &category_by_ref,
};
const mk_entity mk_product_entity = {
	.kind = MARKET_ID_PRODUCT,
	.name = "product",
	.record = &mk_product_record,
	.by_id = &product_by_id,
	.by_ref = &product_by_ref,
	.seller = product_seller,
};
const mk_entity mk_offer_entity = {
	.kind = MARKET_ID_OFFER,
	.name = "offer",
	.record = &mk_offer_record,
	.by_id = &offer_by_id,
	.by_ref = &offer_by_ref,
	.seller = book_seller,
	.fill = fill_offer,
};
const mk_entity mk_sku_entity = {
	.kind = MARKET_ID_SKU,
	.name = "sku",
	.record = &mk_sku_record,
	.by_id = &sku_by_id,
	.by_ref = &mk_sku_by_ref,
	.seller = book_seller,
};
const mk_entity mk_warehouse_entity = {
	.kind = MARKET_ID_WAREHOUSE,
	.name = "warehouse",
	.record = &mk_warehouse_record,
	.by_id = &warehouse_by_id,
	.by_ref = &warehouse_by_ref,
	.seller = book_seller,
};
const mk_entity mk_stock_entity = {
	.kind = MARKET_ID_STOCK,
	.name = "stock",
	.record = &mk_stock_record,
	.by_id = &stock_by_id,
	.seller = book_seller,
};

const mk_entity mk_stocktake_entity = {
	.kind = MARKET_ID_STOCKTAKE,
	.name = "stocktake",
	.record = &mk_stocktake_record,
	.by_id = &stocktake_by_id,
	.by_ref = &stocktake_by_ref,
	.seller = book_seller,
	.fill = mk_stocktake_fill,
};

static market_id product_seller(const void *row)
{
	return ((const market_product *)row)->seller;
}

/* Every row of these begins with its id, whose book is the seller. */
static market_id book_seller(const void *row)
{
	int64_t book = ((const market_id *)row)->book;

	return mk_id_in(book, book);
}

static int fill_offer(mk_ctx *ctx, void *row, market_error *err)
{
	market_offer *offer = row;

	return mk_offer_fill_skus(ctx, &offer, 1, err);
}
