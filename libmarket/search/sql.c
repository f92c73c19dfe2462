#include "libmarket/search/search.h"

const char *const mk_search_ddl[] = {
	"CREATE TABLE IF NOT EXISTS search_entry ({key}, offer_id {int} NOT NULL, "
	"product_book_id {int} NOT NULL, product_id {int} NOT NULL, title TEXT NOT NULL, brand TEXT, "
	"currency TEXT NOT NULL, price {int} NOT NULL, sales {int} NOT NULL, rating {int} NOT NULL, "
	"activated_at {int} NOT NULL, category_path TEXT NOT NULL, attributes TEXT, words TEXT NOT "
	"NULL, facets TEXT NOT NULL, refreshed_at {int} NOT NULL, version {int} NOT NULL, "
	"UNIQUE (book_id, offer_id)){strict}",
	"{id_index:search_entry}",
	"CREATE INDEX IF NOT EXISTS search_entry_product ON search_entry (product_book_id, product_id, "
	"id)",
	"CREATE INDEX IF NOT EXISTS search_entry_refreshed ON search_entry (refreshed_at, id)",
	"CREATE INDEX IF NOT EXISTS search_entry_price ON search_entry (price, id)",
	"CREATE INDEX IF NOT EXISTS search_entry_sales ON search_entry (sales, id)",
	"CREATE INDEX IF NOT EXISTS search_entry_rating ON search_entry (rating, id)",
	"CREATE INDEX IF NOT EXISTS search_entry_activated ON search_entry (activated_at, id)",
	"{text_index:search}",
	"{text_lookup:search}",
	NULL,
};

#define HIT \
	"e.book_id AS book_id, e.id AS id, e.book_id AS offer_book_id, e.offer_id AS offer_id, " \
	"e.book_id AS seller_id, e.product_book_id AS product_book_id, e.product_id AS product_id, " \
	"e.title AS title, e.brand AS brand, e.currency AS currency, e.price AS price, " \
	"e.sales AS sales, e.rating AS rating, e.activated_at AS activated_at"
#define ENTRY \
	HIT ", e.category_path AS category_path, e.attributes AS attributes, e.words AS words, " \
		"e.facets AS facets, e.refreshed_at AS refreshed_at, e.version AS version"

const mk_statement mk_search_insert = {
	.name = "search_entry_insert",
	.table = "search_entry",
	.sql = "INSERT INTO search_entry (book_id, id, offer_id, product_book_id, product_id, title, "
		   "brand, currency, price, sales, rating, activated_at, category_path, attributes, words, "
		   "facets, refreshed_at, version) VALUES (:book_id, :id, :offer_id, :product_book_id, "
		   ":product_id, :title, :brand, :currency, :price, :sales, :rating, :activated_at, "
		   ":category_path, :attributes, :words, :facets, :refreshed_at, :version) ON CONFLICT DO "
		   "NOTHING",
};
const mk_statement mk_search_delete = {
	.name = "search_entry_delete",
	.table = "search_entry",
	.sql = "DELETE FROM search_entry WHERE book_id = ?1 AND id = ?2 AND version = ?3",
};
const mk_statement mk_search_touch = {
	.name = "search_entry_touch",
	.table = "search_entry",
	.sql = "UPDATE search_entry SET sales = :sales, rating = :rating, refreshed_at = "
		   ":refreshed_at, version = version + 1 WHERE book_id = :book_id AND id = :id AND version "
		   "= :version",
};
const mk_statement mk_search_of_offer = {
	.name = "search_entry_of_offer",
	.sql = "SELECT " ENTRY " FROM search_entry e WHERE e.book_id = ?1 AND e.offer_id = ?2",
};
const mk_statement mk_search_of_product = {
	.name = "search_entry_of_product",
	.sql = "SELECT " ENTRY " FROM search_entry e WHERE e.product_book_id = ?1 AND e.product_id = "
		   "?2 ORDER BY e.id LIMIT ?3",
};
const mk_statement mk_search_of_seller = {
	.name = "search_entry_of_seller",
	.sql = "SELECT " ENTRY " FROM search_entry e WHERE e.book_id = ?1 ORDER BY e.offer_id LIMIT ?2",
};
const mk_statement mk_search_stale = {
	.name = "search_entry_stale",
	.sql = "SELECT " ENTRY " FROM search_entry e WHERE e.refreshed_at < ?1 ORDER BY "
		   "e.refreshed_at, e.id LIMIT ?2",
};
const mk_statement mk_search_sales = {
	.name = "search_sales",
	.sql = "SELECT CAST(COALESCE(SUM(t.sold), 0) AS BIGINT) AS number FROM stock t WHERE t.book_id "
		   "= ?1 AND t.sku_id IN (SELECT k.id FROM sku k WHERE k.book_id = ?1 AND k.offer_id = ?2)",
};

/* ---- the text index: each store has its own ---- */

/* SQLite's reads the words from the entry. */
const mk_statement mk_search_text_add[2] = {
	[MK_STORE_SQLITE] =
		{
			.name = "search_text_add",
			.table = "search_text",
			.sql = "INSERT INTO search_text (rowid, words, facets) SELECT id, words, facets FROM "
				   "search_entry WHERE book_id = ?1 AND id = ?2",
		},
	[MK_STORE_POSTGRES] =
		{
			.name = "search_text_add",
			.table = "search_text",
			.sql = "INSERT INTO search_text (book_id, id, terms) SELECT book_id, "
				   "id, " MK_TEXT_INDEX_TERMS " FROM search_entry WHERE book_id = ?1 AND id = ?2",
		},
};
const mk_statement mk_search_text_remove[2] = {
	[MK_STORE_SQLITE] =
		{
			.name = "search_text_remove",
			.table = "search_text",
			.sql = "INSERT INTO search_text (search_text, rowid, words, facets) SELECT 'delete', "
				   "id, words, facets FROM search_entry WHERE book_id = ?1 AND id = ?2",
		},
	[MK_STORE_POSTGRES] =
		{
			.name = "search_text_remove",
			.table = "search_text",
			.sql = "DELETE FROM search_text WHERE book_id = ?1 AND id = ?2",
		},
};

/* ---- questions ---- */

/* ?1 currency, ?2 and ?3 prices, ?4 rating, ?5 now, ?6 whether all is shown (CAT-6), ?7 and ?8 the
 * cursor, ?9 the limit, ?10 the state of approved sellers, ?11 a
 * pattern of facets, ?12 what the text index is asked. */
#define FILTERS \
	" AND (CAST(?1 AS TEXT) = '' OR e.currency = ?1) AND e.price BETWEEN ?2 AND ?3 AND e.rating " \
	">= ?4 AND e.facets LIKE ?11 AND (CAST(?6 AS BIGINT) = 1 OR (EXISTS (SELECT 1 FROM seller s " \
	"WHERE s.book_id = e.book_id AND s.id = e.book_id AND s.state = ?10 AND s.gate_closed_at " \
	"IS NULL AND (s.holiday_from IS NULL OR s.holiday_from > ?5 OR s.holiday_to <= ?5)) AND " \
	"EXISTS (SELECT 1 FROM sku k WHERE " \
	"k.book_id = e.book_id AND k.offer_id = e.offer_id AND EXISTS (SELECT 1 FROM stock t WHERE " \
	"t.book_id = k.book_id AND t.sku_id = k.id AND t.on_hand > t.reserved))))"
#define IN_SQLITE \
	" FROM search_text i CROSS JOIN search_entry e ON e.id = i.rowid WHERE i.search_text MATCH ?12"
#define IN_POSTGRES \
	" FROM search_text i JOIN search_entry e ON e.book_id = i.book_id AND e.id = i.id WHERE " \
	"i.terms @@ CAST(?12 AS tsquery)"
#define IN_ALL " FROM search_entry e WHERE e.id > 0"

#define DOWN(column) \
	" AND (" column " < ?7 OR (" column " = ?7 AND e.id < ?8)) ORDER BY " column \
	" DESC, e.id DESC " \
	"LIMIT ?9"
#define UP(column) \
	" AND (" column " > ?7 OR (" column " = ?7 AND e.id < ?8)) ORDER BY " column \
	", e.id DESC LIMIT " \
	"?9"
#define BY_RANK(id) " AND " id " <= ?7 AND " id " < ?8 ORDER BY " id " DESC LIMIT ?9"
#define QUESTION(word, in, column, order) \
	{ \
		.name = "search_" word, .sql = "SELECT " ENTRY ", " column " AS place" in FILTERS order, \
		.scan = true, \
	}
#define QUESTIONS(word, in, id) \
	{ \
		[MARKET_SORT_RELEVANCE] = QUESTION(word "_rank", in, "e.id", BY_RANK(id)), \
		[MARKET_SORT_SALES] = QUESTION(word "_sales", in, "e.sales", DOWN("e.sales")), \
		[MARKET_SORT_PRICE] = QUESTION(word "_price", in, "e.price", UP("e.price")), \
		[MARKET_SORT_PRICE_DOWN] = QUESTION(word "_price_down", in, "e.price", DOWN("e.price")), \
		[MARKET_SORT_RATING] = QUESTION(word "_rating", in, "e.rating", DOWN("e.rating")), \
		[MARKET_SORT_NEWEST] = \
			QUESTION(word "_newest", in, "e.activated_at", DOWN("e.activated_at")), \
	}

const mk_statement mk_search_asked[2][MARKET_SORT_NEWEST + 1] = {
	[MK_STORE_SQLITE] = QUESTIONS("asked", IN_SQLITE, "i.rowid"),
	[MK_STORE_POSTGRES] = QUESTIONS("asked", IN_POSTGRES, "i.id"),
};
const mk_statement mk_search_all[MARKET_SORT_NEWEST + 1] = QUESTIONS("all", IN_ALL, "e.id");
