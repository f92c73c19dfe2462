#include "libmarket/deposit/internal.h"

const char *const mk_deposit_ddl[] = {
	"CREATE TABLE IF NOT EXISTS deposit ({key}, {fk:seller_id:seller} NOT NULL, currency TEXT NOT "
	"NULL, top_up_by {int}, return_at {int}, created_at {int} NOT NULL, version {int} NOT NULL)"
	"{strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS deposit_seller ON deposit (book_id, seller_id)",
	"CREATE TABLE IF NOT EXISTS deposit_movement ({key}, {fk:seller_id:seller} NOT NULL, kind "
	"{int} NOT NULL, currency TEXT NOT NULL, amount {int} NOT NULL, reason TEXT, created_at {int} "
	"NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS deposit_movement_seller ON deposit_movement (book_id, created_at, "
	"id)",
	NULL,
};

static const mk_enum_value kind_values[] = {
	{MARKET_DEPOSIT_PAID, "paid", "came to the platform's bank"},
	{MARKET_DEPOSIT_TOPPED_UP, "topped_up", "from what was available"},
	{MARKET_DEPOSIT_DRAWN, "drawn", "a penalty"},
	{MARKET_DEPOSIT_RETURNED, "returned", "made available to the closing seller"},
	{0, NULL, NULL},
};
static const mk_enum kind_enum = {"deposit_kind", kind_values};

#define T market_deposit
static const mk_field deposit_fields[] = {
	MK_F_ID(T, id, DEPOSIT, 0, "the deposit"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, balance, MK_NOT_ROW, 0, 0, "what is lodged"),
	MK_F_MONEY(T, minimum, MK_NOT_ROW, 0, 0, "what is to be lodged"),
	MK_F_MONEY(T, shortfall, MK_NOT_ROW, 0, 0, "what is missing"),
	MK_F_TIME(T, top_up_by, 0, "the shortfall is made up by then"),
	MK_F_TIME(T, return_at, 0, "not returned before then"),
	MK_F_TIME(T, created_at, 0, "first lodged"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
};
const mk_record mk_deposit_record =
	MK_RECORD_OF("deposit", mk_deposit, deposit_fields, "what a seller has lodged");
#undef T

#define T market_deposit_movement
static const mk_field movement_fields[] = {
	MK_F_ID(T, id, DEPOSIT_MOVEMENT, 0, "the movement"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "of whose deposit"),
	MK_F_ENUM(T, kind, kind_enum, 0, "what it is"),
	MK_F_MONEY(T, amount, 0, 0, 0, "how much"),
	MK_F_TEXT(T, reason, 0, 0, 0, "a bank's reference, or the penalty's code"),
	MK_F_TIME(T, created_at, 0, "when"),
};
const mk_record mk_deposit_movement_record =
	MK_RECORD_OF("deposit_movement", T, movement_fields, "a movement of a deposit");
#undef T

#define COLUMNS "book_id, id, seller_id, currency, top_up_by, return_at, created_at, version"

static const mk_statement by_id = {
	.name = "deposit_by_id",
	.sql = "SELECT " COLUMNS " FROM deposit WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_deposit_of_seller = {
	.name = "deposit_of_seller",
	.sql = "SELECT " COLUMNS " FROM deposit WHERE book_id = ?1 AND seller_id = ?1",
};
const mk_statement mk_deposit_insert = {
	.name = "deposit_insert",
	.table = "deposit",
	.sql = "INSERT INTO deposit (" COLUMNS ") VALUES (:book_id, :id, :seller_id, :currency, "
		   ":top_up_by, :return_at, :created_at, :version) ON CONFLICT DO NOTHING",
};
const mk_statement mk_deposit_update = {
	.name = "deposit_update",
	.table = "deposit",
	.sql = "UPDATE deposit SET top_up_by = :top_up_by, return_at = :return_at, version = version + "
		   "1 WHERE book_id = :book_id AND id = :id AND version = :version",
};
const mk_statement mk_deposit_movement_insert = {
	.name = "deposit_movement_insert",
	.table = "deposit_movement",
	.sql = "INSERT INTO deposit_movement (book_id, id, seller_id, kind, currency, amount, reason, "
		   "created_at) VALUES (:book_id, :id, :seller_id, :kind, :currency, :amount, :reason, "
		   ":created_at) ON CONFLICT DO NOTHING",
};
const mk_statement mk_deposit_movement_page = {
	.name = "deposit_movement_page",
	.sql = "SELECT book_id, id, seller_id, kind, currency, amount, reason, created_at FROM "
		   "deposit_movement WHERE book_id = ?1 AND (created_at > ?2 OR (created_at = ?2 AND id > "
		   "?3)) ORDER BY created_at, id LIMIT ?4",
};

static market_id seller_of(const void *row)
{
	return ((const market_deposit *)row)->seller;
}

const mk_entity mk_deposit_entity = {
	.kind = MARKET_ID_DEPOSIT,
	.name = "deposit",
	.record = &mk_deposit_record,
	.by_id = &by_id,
	.seller = seller_of,
	.fill = mk_deposit_fill,
};
