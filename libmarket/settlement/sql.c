#include "libmarket/settlement/sql.h"

#define LOT_COLUMNS \
	"book_id, id, seller_id, currency, kind, order_id, refund_id, payout_id, amount, remaining, " \
	"created_at, " \
	"matures_at, matured_at, version, due_at"
#define PAYOUT_COLUMNS \
	"book_id, id, ref, seller_id, currency, amount, receivable, lines, state, attempt, " \
	"period_id, bank, holder, " \
	"reason, created_at, paid_at, failed_at, returned_at, version, account_id"
#define PERIOD_COLUMNS \
	"book_id, id, seller_id, currency, from_at, to_at, due_at, closed_at, payout_id, outcome, " \
	"version"

const char *const mk_settlement_ddl[] = {
	"CREATE TABLE IF NOT EXISTS lot ({key}, seller_id {int} NOT NULL, currency TEXT NOT NULL, "
	"kind {int} NOT "
	"NULL, order_id {int}, refund_id {int}, payout_id {int}, amount {int} NOT NULL, remaining "
	"{int} NOT NULL, "
	"created_at {int} NOT NULL, matures_at {int}, matured_at {int}, version {int} NOT NULL, "
	"due_at "
	"{int}){strict}",
	"CREATE INDEX IF NOT EXISTS lot_order ON lot (order_id, book_id)",
	"CREATE INDEX IF NOT EXISTS lot_open ON lot (book_id, currency, id) WHERE payout_id IS "
	"NULL "
	"AND "
	"matured_at IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS lot_reserve ON lot (book_id, currency, id) WHERE kind = 2 AND "
	"matured_at IS NULL",
	"CREATE INDEX IF NOT EXISTS lot_payout ON lot (payout_id, book_id) WHERE payout_id IS "
	"NOT NULL",
	"CREATE TABLE IF NOT EXISTS payout ({key}, ref TEXT, seller_id {int} NOT NULL, currency "
	"TEXT "
	"NOT NULL, "
	"amount {int} NOT NULL, receivable {int} NOT NULL, lines {int} NOT NULL, state {int} NOT "
	"NULL, attempt {int} "
	"NOT NULL, period_id {int}, bank TEXT, holder TEXT, reason TEXT, created_at {int} NOT "
	"NULL, "
	"paid_at {int}, "
	"failed_at {int}, returned_at {int}, version {int} NOT NULL, account_id {int}){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS payout_ref ON payout (book_id, ref) WHERE ref IS NOT "
	"NULL",
	"CREATE INDEX IF NOT EXISTS payout_seller ON payout (book_id, created_at, id)",
	/* One at a time: submitted (2), failed and waiting for its next attempt (5). */
	"CREATE UNIQUE INDEX IF NOT EXISTS payout_unfinished ON payout (book_id, currency) WHERE "
	"state IN (2, 5)",
	"CREATE TABLE IF NOT EXISTS settlement_period ({key}, seller_id {int} NOT NULL, currency "
	"TEXT NOT NULL, "
	"from_at {int} NOT NULL, to_at {int} NOT NULL, due_at {int}, closed_at {int}, payout_id "
	"{int}, outcome TEXT, "
	"version {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS settlement_period_open ON settlement_period (book_id, "
	"currency) WHERE "
	"closed_at IS NULL",
	NULL,
};

const mk_statement mk_lot_by_id = {
	.name = "lot_by_id",
	.sql = "SELECT " LOT_COLUMNS " FROM lot WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_lot_of_order = {
	.name = "lot_of_order",
	.sql = "SELECT " LOT_COLUMNS " FROM lot WHERE book_id = ?1 AND order_id = ?2 ORDER BY id",
};
/* ESC-7: reserves that aren't over, oldest first. */
const mk_statement mk_lot_reserves = {
	.name = "lot_reserves",
	.sql = "SELECT " LOT_COLUMNS
		   " FROM lot WHERE book_id = ?1 AND currency = ?2 AND kind = 2 AND matured_at IS "
		   "NULL ORDER BY id",
};
/* ACC-4 */
const mk_statement mk_lot_open = {
	.name = "lot_open",
	.sql = "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(remaining), 0) AS BIGINT) AS sum FROM lot "
		   "WHERE book_id = ?1 AND currency = ?2 AND payout_id IS NULL AND matured_at IS NOT NULL",
};
const mk_statement mk_lot_page_open = {
	.name = "lot_page_open",
	.sql = "SELECT " LOT_COLUMNS
		   " FROM lot WHERE book_id = ?1 AND currency = ?2 AND payout_id IS NULL AND "
		   "matured_at IS NOT NULL AND ?3 >= 0 AND id > ?4 ORDER BY id LIMIT ?5",
};
const mk_statement mk_lot_page_payout = {
	.name = "lot_page_payout",
	.sql = "SELECT " LOT_COLUMNS
		   " FROM lot WHERE book_id = ?1 AND payout_id = ?2 AND ?3 >= 0 AND id > ?4 "
		   "ORDER BY id LIMIT ?5",
};
const mk_statement mk_lot_insert = {
	.name = "lot_insert",
	.table = "lot",
	.sql = "INSERT INTO lot (" LOT_COLUMNS
		   ") VALUES (:book_id, :id, :seller_id, :currency, :kind, :order_id, "
		   ":refund_id, :payout_id, :amount, :remaining, :created_at, :matures_at, :matured_at, "
		   ":version, :due_at) "
		   "ON CONFLICT DO NOTHING",
};
const mk_statement mk_lot_update = {
	.name = "lot_update",
	.table = "lot",
	.sql = "UPDATE lot SET remaining = :remaining, matured_at = :matured_at, due_at = :due_at, "
		   "version = version + "
		   "1 WHERE book_id = :book_id AND id = :id AND version = :version",
};
/* The claim of a payout: all that is open, at once. */
const mk_statement mk_lot_claim = {
	.name = "lot_claim",
	.table = "lot",
	.sql = "UPDATE {or_fail} lot SET payout_id = ?3, version = version + 1 WHERE book_id = ?1 AND "
		   "currency = ?2 AND payout_id IS NULL AND matured_at IS NOT NULL",
};
const mk_statement mk_lot_unclaim = {
	.name = "lot_unclaim",
	.table = "lot",
	.sql =
		"UPDATE {or_fail} lot SET payout_id = NULL, version = version + 1 WHERE book_id = ?1 AND "
		"payout_id = ?2",
};

const mk_statement mk_payout_by_id = {
	.name = "payout_by_id",
	.sql = "SELECT " PAYOUT_COLUMNS " FROM payout WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_payout_by_ref = {
	.name = "payout_by_ref",
	.sql = "SELECT book_id, id FROM payout WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_payout_unfinished = {
	.name = "payout_unfinished",
	.sql = "SELECT " PAYOUT_COLUMNS
		   " FROM payout WHERE book_id = ?1 AND currency = ?2 AND state IN (2, 5)",
};
const mk_statement mk_payout_page = {
	.name = "payout_page",
	.sql = "SELECT " PAYOUT_COLUMNS
		   " FROM payout WHERE book_id = ?1 AND (created_at > ?2 OR (created_at = ?2 AND "
		   "id > ?3)) ORDER BY created_at, id LIMIT ?4",
};
const mk_statement mk_payout_insert = {
	.name = "payout_insert",
	.table = "payout",
	.sql = "INSERT INTO payout (" PAYOUT_COLUMNS
		   ") VALUES (:book_id, :id, :ref, :seller_id, :currency, :amount, "
		   ":receivable, :lines, :state, :attempt, :period_id, :bank, :holder, :reason, "
		   ":created_at, :paid_at, "
		   ":failed_at, :returned_at, :version, :account_id) ON CONFLICT DO NOTHING",
};
const mk_statement mk_payout_update = {
	.name = "payout_update",
	.table = "payout",
	.sql = "UPDATE payout SET amount = :amount, receivable = :receivable, lines = :lines, state = "
		   ":state, attempt "
		   "= :attempt, period_id = :period_id, bank = :bank, holder = :holder, reason = :reason, "
		   "paid_at = "
		   ":paid_at, failed_at = :failed_at, returned_at = :returned_at, account_id = "
		   ":account_id, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};

const mk_statement mk_period_by_id = {
	.name = "period_by_id",
	.sql = "SELECT " PERIOD_COLUMNS " FROM settlement_period WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_period_of_seller = {
	.name = "period_of_seller",
	.sql = "SELECT " PERIOD_COLUMNS
		   " FROM settlement_period WHERE book_id = ?1 AND currency = ?2 AND closed_at IS "
		   "NULL",
};
const mk_statement mk_period_insert = {
	.name = "period_insert",
	.table = "settlement_period",
	.sql = "INSERT INTO settlement_period (" PERIOD_COLUMNS
		   ") VALUES (:book_id, :id, :seller_id, :currency, "
		   ":from_at, :to_at, :due_at, :closed_at, :payout_id, :outcome, :version) ON CONFLICT DO "
		   "NOTHING",
};
const mk_statement mk_period_update = {
	.name = "period_update",
	.table = "settlement_period",
	.sql = "UPDATE settlement_period SET due_at = :due_at, closed_at = :closed_at, payout_id = "
		   ":payout_id, outcome "
		   "= :outcome, version = version + 1 WHERE book_id = :book_id AND id = :id AND version = "
		   ":version",
};
const mk_statement mk_period_stay_open = {
	.name = "period_stay_open",
	.table = "settlement_period",
	.sql = "UPDATE settlement_period SET version = version + 1 WHERE book_id = ?1 AND id = ?2 AND "
		   "closed_at IS NULL",
};
