#include "libmarket/order/order.h"

#define ORDER_COLUMNS \
	"book_id, id, ref, group_book_id, group_id, buyer_id, seller_id, state, " \
	"close_reason, currency, items, freight, seller_discount, promo, cash, escrow, " \
	"funded, released, refunded_cash, refunded_promo, in_flight, freight_refunded, " \
	"compensated, freezes, created_at, paid_at, shipped_at, delivered_at, " \
	"finished_at, closed_at, pay_by, ship_by, cancel_at, confirm_at, release_at, " \
	"mature_at, preparing_at, cancel_asked_at, note, address, policy, version, due_at, " \
	"freight_fees, store_type, whole, " \
	"ship_left, cancel_left, confirm_left, release_left, freeze_reason, buyer_extensions, " \
	"seller_extensions, carrier_extended, cancel_reason"
#define LINE_COLUMNS \
	"book_id, id, order_id, sku_id, offer_id, product_book_id, product_id, " \
	"stock_id, title, attributes, category, currency, quantity, price, " \
	"seller_discount, promo, funder, cash, shipped_quantity, received_quantity, " \
	"refunded_quantity, refunded_cash, refunded_promo, version, fees_text, " \
	"splits_text"
#define GROUP_COLUMNS \
	"book_id, id, ref, buyer_id, currency, total, promo, payment_id, address, " \
	"created_at, policy, version, metadata, order_list"

const char *const mk_order_ddl[] = {
	"CREATE TABLE IF NOT EXISTS order_group ({key}, ref TEXT, buyer_id {int} NOT NULL, "
	"currency TEXT NOT NULL, total {int} NOT NULL, promo {int} NOT NULL, payment_id "
	"{int}, address TEXT, created_at {int} NOT NULL, policy {int} NOT NULL, version "
	"{int} NOT NULL, metadata TEXT, order_list TEXT NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS order_group_ref ON order_group (book_id, ref) WHERE ref "
	"IS NOT NULL",
	"CREATE TABLE IF NOT EXISTS seller_order ({key}, ref TEXT, group_book_id {int} NOT "
	"NULL, group_id {int} NOT NULL, buyer_id {int} NOT NULL, seller_id {int} NOT NULL, "
	"state {int} NOT NULL, close_reason {int}, currency TEXT NOT NULL, items {int} NOT "
	"NULL, freight {int} NOT NULL, seller_discount {int} NOT NULL, promo {int} NOT NULL, "
	"cash {int} NOT NULL, escrow {int} NOT NULL, funded {int} NOT NULL, released {int} "
	"NOT NULL, refunded_cash {int} NOT NULL, refunded_promo {int} NOT NULL, in_flight "
	"{int} NOT NULL, freight_refunded {int} NOT NULL, compensated {int} NOT NULL, "
	"freezes {int} NOT NULL, created_at {int} NOT NULL, paid_at {int}, shipped_at {int}, "
	"delivered_at {int}, finished_at {int}, closed_at {int}, pay_by {int}, ship_by "
	"{int}, cancel_at {int}, confirm_at {int}, release_at {int}, mature_at {int}, preparing_at "
	"{int}, cancel_asked_at {int}, note TEXT, address TEXT, policy {int} NOT NULL, version {int} "
	"NOT NULL, due_at {int}, freight_fees TEXT, "
	"store_type {int}, whole {int} NOT NULL, ship_left {int} NOT NULL, cancel_left {int} NOT "
	"NULL, confirm_left {int} NOT NULL, "
	"release_left {int} NOT NULL, freeze_reason TEXT, buyer_extensions {int} NOT NULL, "
	"seller_extensions {int} NOT NULL, carrier_extended {int} NOT NULL, cancel_reason "
	"TEXT){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS seller_order_ref ON seller_order (book_id, ref) WHERE ref "
	"IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS seller_order_state ON seller_order (book_id, state, created_at, "
	"id)",
	"CREATE INDEX IF NOT EXISTS seller_order_buyer ON seller_order (buyer_id, created_at, id)",
	"CREATE TABLE IF NOT EXISTS order_line ({key}, {fk:order_id:seller_order} NOT NULL, "
	"sku_id {int} NOT NULL, offer_id {int}, product_book_id {int}, product_id {int}, "
	"stock_id {int}, title TEXT NOT NULL, attributes TEXT, category TEXT, currency TEXT "
	"NOT NULL, quantity {int} NOT NULL, price {int} NOT NULL, seller_discount {int} NOT "
	"NULL, promo {int} NOT NULL, funder TEXT, cash {int} NOT NULL, shipped_quantity "
	"{int} NOT NULL, received_quantity {int} NOT NULL, refunded_quantity {int} NOT NULL, "
	"refunded_cash {int} NOT NULL, refunded_promo {int} NOT NULL, version {int} NOT "
	"NULL, fees_text TEXT, splits_text TEXT){strict}",
	/* Identifiers grow with time, so that this index grows at its end. */
	"CREATE INDEX IF NOT EXISTS order_line_order ON order_line (order_id, book_id)",
	NULL,
};

const mk_statement mk_order_by_id = {
	.name = "order_by_id",
	.sql = "SELECT " ORDER_COLUMNS " FROM seller_order WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_order_by_ref = {
	.name = "order_by_ref",
	.sql = "SELECT book_id, id FROM seller_order WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_order_insert = {
	.name = "order_insert",
	.table = "seller_order",
	.sql = "INSERT INTO seller_order (" ORDER_COLUMNS ") VALUES ("
		   ":book_id, :id, :ref, :group_book_id, :group_id, :buyer_id, :seller_id, "
		   ":state, :close_reason, :currency, :items, :freight, :seller_discount, :promo, "
		   ":cash, :escrow, :funded, :released, :refunded_cash, :refunded_promo, "
		   ":in_flight, :freight_refunded, :compensated, :freezes, :created_at, :paid_at, "
		   ":shipped_at, :delivered_at, :finished_at, :closed_at, :pay_by, :ship_by, "
		   ":cancel_at, :confirm_at, :release_at, :mature_at, :preparing_at, "
		   ":cancel_asked_at, :note, :address, :policy, :version, "
		   ":due_at, :freight_fees, :store_type, :whole, :ship_left, "
		   ":cancel_left, :confirm_left, :release_left, "
		   ":freeze_reason, :buyer_extensions, :seller_extensions, :carrier_extended, "
		   ":cancel_reason"
		   ") ON CONFLICT DO NOTHING",
};
const mk_statement mk_order_update = {
	.name = "order_update",
	.table = "seller_order",
	.sql = "UPDATE seller_order SET "
		   "state = :state, close_reason = :close_reason, escrow = :escrow, funded = "
		   ":funded, released = :released, refunded_cash = :refunded_cash, refunded_promo "
		   "= :refunded_promo, in_flight = :in_flight, freight_refunded = "
		   ":freight_refunded, compensated = :compensated, freezes = :freezes, paid_at = "
		   ":paid_at, shipped_at = :shipped_at, delivered_at = :delivered_at, finished_at "
		   "= :finished_at, closed_at = :closed_at, pay_by = :pay_by, ship_by = :ship_by, "
		   "cancel_at = :cancel_at, confirm_at = :confirm_at, release_at = :release_at, "
		   "mature_at = :mature_at, preparing_at = :preparing_at, cancel_asked_at = "
		   ":cancel_asked_at, due_at = :due_at, whole = :whole, ship_left = "
		   ":ship_left, cancel_left = :cancel_left, confirm_left = "
		   ":confirm_left, release_left = :release_left, freeze_reason = :freeze_reason, "
		   "buyer_extensions = :buyer_extensions, seller_extensions = :seller_extensions, "
		   "carrier_extended = :carrier_extended, cancel_reason = :cancel_reason, version "
		   "= version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
/* Newest first, behind (created_at, id) of the page before. */
const mk_statement mk_order_page_seller = {
	.name = "order_page_seller",
	.sql = "SELECT " ORDER_COLUMNS " FROM seller_order WHERE book_id = ?1 AND state = ?2 "
		   "AND created_at >= ?3 AND created_at <= ?4 AND (created_at < ?4 OR id < ?5) "
		   "ORDER BY created_at DESC, id DESC LIMIT ?6",
};
const mk_statement mk_order_page_buyer = {
	.name = "order_page_buyer",
	.sql =
		"SELECT " ORDER_COLUMNS " FROM seller_order WHERE buyer_id = ?1 AND (state = ?2 OR ?2 = 0) "
		"AND created_at >= ?3 AND created_at <= ?4 AND (created_at < ?4 OR id < ?5) "
		"ORDER BY created_at DESC, id DESC LIMIT ?6",
};
const mk_statement mk_order_line_list = {
	.name = "order_line_list",
	.sql =
		"SELECT " LINE_COLUMNS " FROM order_line WHERE book_id = ?1 AND order_id = ?2 ORDER BY id",
};
const mk_statement mk_order_line_insert = {
	.name = "order_line_insert",
	.table = "order_line",
	.sql = "INSERT INTO order_line (" LINE_COLUMNS ") VALUES ("
		   ":book_id, :id, :order_id, :sku_id, :offer_id, :product_book_id, :product_id, "
		   ":stock_id, :title, :attributes, :category, :currency, :quantity, :price, "
		   ":seller_discount, :promo, :funder, :cash, :shipped_quantity, "
		   ":received_quantity, :refunded_quantity, :refunded_cash, :refunded_promo, "
		   ":version, :fees_text, :splits_text"
		   ") ON CONFLICT DO NOTHING",
};
const mk_statement mk_order_line_update = {
	.name = "order_line_update",
	.table = "order_line",
	.sql = "UPDATE order_line SET "
		   "shipped_quantity = :shipped_quantity, received_quantity = :received_quantity, "
		   "refunded_quantity = :refunded_quantity, refunded_cash = :refunded_cash, "
		   "refunded_promo = :refunded_promo, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
const mk_statement mk_order_group_by_id = {
	.name = "order_group_by_id",
	.sql = "SELECT " GROUP_COLUMNS " FROM order_group WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_order_group_by_ref = {
	.name = "order_group_by_ref",
	.sql = "SELECT book_id, id FROM order_group WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_order_group_insert = {
	.name = "order_group_insert",
	.table = "order_group",
	.sql = "INSERT INTO order_group (" GROUP_COLUMNS ") VALUES ("
		   ":book_id, :id, :ref, :buyer_id, :currency, :total, :promo, :payment_id, "
		   ":address, :created_at, :policy, :version, :metadata, :order_list"
		   ") ON CONFLICT DO NOTHING",
};
const mk_statement mk_order_group_update = {
	.name = "order_group_update",
	.table = "order_group",
	.sql = "UPDATE order_group SET payment_id = :payment_id, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
