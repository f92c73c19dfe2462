#include "libmarket/rating/sql.h"

#define RATING_COLUMNS \
	"book_id, id, ref, buyer_id, seller_id, order_id, line_id, product_book_id, product_id, " \
	"state, text, anonymous, counted, not_counted, credit, not_credited, reason, created_at, " \
	"published_at, ended_at, version, scores_text, bought_at"
#define MONTH_COLUMNS "book_id, id, buyer_id, month, counted, credit, version"
#define ITEM_COLUMNS "book_id, id, buyer_id, product_book_id, product_id, version"
#define DAY_COLUMNS "book_id, id, dimension, day, gone_day, total, ratings, version"

const char *const mk_rating_ddl[] = {
	"CREATE TABLE IF NOT EXISTS rating ({key}, ref TEXT, buyer_id {int} NOT NULL, "
	"seller_id {int} NOT NULL, {fk:order_id:seller_order} NOT NULL, "
	"{fk:line_id:order_line} NOT NULL, product_book_id {int}, product_id {int}, "
	"state {int} NOT NULL, text TEXT, "
	"anonymous {int} NOT NULL, counted {int} NOT NULL, not_counted TEXT, credit {int} NOT NULL, "
	"not_credited TEXT, reason TEXT, created_at {int} NOT NULL, published_at {int}, "
	"ended_at {int}, version {int} NOT NULL, scores_text TEXT NOT NULL, "
	"bought_at {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS rating_line ON rating (book_id, line_id)",
	"CREATE UNIQUE INDEX IF NOT EXISTS rating_ref ON rating (book_id, ref) WHERE ref IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS rating_state ON rating (book_id, state, created_at, id)",
	"CREATE INDEX IF NOT EXISTS rating_bought ON rating "
	"(book_id, buyer_id, product_book_id, product_id, bought_at)",
	"CREATE INDEX IF NOT EXISTS rating_published ON rating (book_id, published_at) "
	"WHERE published_at IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS rating_ended ON rating (book_id, ended_at) "
	"WHERE ended_at IS NOT NULL",
	"CREATE TABLE IF NOT EXISTS rating_month ({key}, buyer_id {int} NOT NULL, "
	"month {int} NOT NULL, counted {int} NOT NULL, credit {int} NOT NULL, version {int} NOT NULL, "
	"UNIQUE (book_id, buyer_id, month)){strict}",
	"CREATE TABLE IF NOT EXISTS rating_item ({key}, buyer_id {int} NOT NULL, "
	"product_book_id {int} NOT NULL, product_id {int} NOT NULL, version {int} NOT NULL, "
	"UNIQUE (book_id, buyer_id, product_book_id, product_id)){strict}",
	"CREATE TABLE IF NOT EXISTS rating_day ({key}, dimension {text} NOT NULL, day {int} NOT NULL, "
	"gone_day {int} NOT NULL, total {int} NOT NULL, ratings {int} NOT NULL, "
	"version {int} NOT NULL, UNIQUE (book_id, dimension, day, gone_day)){strict}",
	NULL,
};

const mk_statement mk_rating_by_id = {
	.name = "rating_by_id",
	.sql = "SELECT " RATING_COLUMNS " FROM rating WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_rating_by_ref = {
	.name = "rating_by_ref",
	.sql = "SELECT book_id, id FROM rating WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_rating_by_line = {
	.name = "rating_by_line",
	.sql = "SELECT book_id, id FROM rating WHERE book_id = ?1 AND line_id = ?2",
};
const mk_statement mk_rating_insert = {
	.name = "rating_insert",
	.table = "rating",
	.sql =
		"INSERT INTO rating (" RATING_COLUMNS ") VALUES ("
		":book_id, :id, :ref, :buyer_id, :seller_id, :order_id, :line_id, :product_book_id, "
		":product_id, :state, :text, :anonymous, :counted, :not_counted, :credit, :not_credited, "
		":reason, :created_at, :published_at, :ended_at, :version, :scores_text, :bought_at"
		") ON CONFLICT DO NOTHING",
};
const mk_statement mk_rating_update = {
	.name = "rating_update",
	.table = "rating",
	.sql = "UPDATE rating SET state = :state, counted = :counted, not_counted = :not_counted, "
		   "credit = :credit, not_credited = :not_credited, reason = :reason, "
		   "published_at = :published_at, ended_at = :ended_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
/* Newest first, behind (created_at, id) of the page before. */
const mk_statement mk_rating_page = {
	.name = "rating_page",
	.sql = "SELECT " RATING_COLUMNS " FROM rating WHERE book_id = ?1 AND state = ?2 "
		   "AND created_at <= ?3 AND (created_at < ?3 OR id < ?4) "
		   "ORDER BY created_at DESC, id DESC LIMIT ?5",
};
const mk_statement mk_rating_bought_near = {
	.name = "rating_bought_near",
	.sql = "SELECT book_id, id FROM rating WHERE book_id = ?1 AND buyer_id = ?2 "
		   "AND product_book_id = ?3 AND product_id = ?4 AND bought_at > ?5 AND bought_at < ?6 "
		   "AND state = ?7 AND (counted = 1 OR credit <> 0) ORDER BY bought_at LIMIT 1",
};
const mk_statement mk_rating_published_between = {
	.name = "rating_published_between",
	.sql =
		"SELECT " RATING_COLUMNS " FROM rating WHERE book_id = ?1 AND published_at >= ?2 "
		"AND published_at <= ?3 AND (ended_at IS NULL OR ended_at > ?3) ORDER BY published_at, id",
};
const mk_statement mk_rating_removed_between = {
	.name = "rating_removed_between",
	.sql = "SELECT " RATING_COLUMNS " FROM rating WHERE book_id = ?1 AND ended_at > ?2 "
		   "AND ended_at < ?3 AND published_at < ?4 ORDER BY ended_at, id",
};

const mk_statement mk_rating_month_get = {
	.name = "rating_month_get",
	.sql = "SELECT " MONTH_COLUMNS
		   " FROM rating_month WHERE book_id = ?1 AND buyer_id = ?2 AND month = ?3",
};
const mk_statement mk_rating_month_insert = {
	.name = "rating_month_insert",
	.table = "rating_month",
	.sql = "INSERT INTO rating_month (" MONTH_COLUMNS ") VALUES (:book_id, :id, :buyer_id, :month, "
		   ":counted, :credit, :version) ON CONFLICT DO NOTHING",
};
const mk_statement mk_rating_month_update = {
	.name = "rating_month_update",
	.table = "rating_month",
	.sql = "UPDATE rating_month SET counted = :counted, credit = :credit, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
const mk_statement mk_rating_item_get = {
	.name = "rating_item_get",
	.sql = "SELECT " ITEM_COLUMNS " FROM rating_item WHERE book_id = ?1 AND buyer_id = ?2 "
		   "AND product_book_id = ?3 AND product_id = ?4",
};
const mk_statement mk_rating_item_insert = {
	.name = "rating_item_insert",
	.table = "rating_item",
	.sql = "INSERT INTO rating_item (" ITEM_COLUMNS ") VALUES (:book_id, :id, :buyer_id, "
		   ":product_book_id, :product_id, :version) ON CONFLICT DO NOTHING",
};
const mk_statement mk_rating_item_update = {
	.name = "rating_item_update",
	.table = "rating_item",
	.sql = "UPDATE rating_item SET version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
const mk_statement mk_rating_day_get = {
	.name = "rating_day_get",
	.sql =
		"SELECT " DAY_COLUMNS " FROM rating_day WHERE book_id = ?1 AND dimension = ?2 AND day = ?3 "
		"AND gone_day = ?4",
};
const mk_statement mk_rating_day_insert = {
	.name = "rating_day_insert",
	.table = "rating_day",
	.sql = "INSERT INTO rating_day (" DAY_COLUMNS
		   ") VALUES (:book_id, :id, :dimension, :day, :gone_day, "
		   ":total, :ratings, :version) ON CONFLICT DO NOTHING",
};
const mk_statement mk_rating_day_add = {
	.name = "rating_day_add",
	.table = "rating_day",
	.sql =
		"UPDATE rating_day SET total = total + ?3, ratings = ratings + ?4, version = version + 1 "
		"WHERE book_id = ?1 AND id = ?2 AND ratings + ?4 >= 0",
};
const mk_statement mk_rating_day_sum = {
	.name = "rating_day_sum",
	.sql = "SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) AS total, "
		   "CAST(COALESCE(SUM(ratings), 0) AS BIGINT) AS ratings FROM rating_day "
		   "WHERE book_id = ?1 AND dimension = ?2 AND day > ?3 AND day <= ?4 "
		   "AND (gone_day = 0 OR gone_day > ?5)",
};
