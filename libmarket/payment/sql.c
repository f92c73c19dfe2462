#include "libmarket/payment/sql.h"

#define PAYMENT_COLUMNS \
	"book_id, id, group_id, buyer_id, provider, method, currency, amount, state, " \
	"attempt, request_id, reference, reason, fee, created_at, authorised_at, " \
	"authorisation_expires, captured_at, settled_at, version, parts, return_at, due_at"
#define SHARE_COLUMNS \
	"book_id, id, payment_book_id, payment_id, order_id, currency, amount, " \
	"captured, refunded, in_flight, charged_back, payable, returned, fee, settled, " \
	"version"
#define NOTIFICATION_COLUMNS \
	"book_id, id, provider, event, type, payment_id, request, currency, amount, " \
	"reference, result, suspense, occurred_at, received_at, version"
#define REQUEST_COLUMNS \
	"book_id, id, kind, object, attempt, request_key, provider, currency, amount, " \
	"state, fence, queries, next_at, reference, reason, created_at, resolved_at, " \
	"version, object_kind, subject_id, target, claimed_at"

const char *const mk_payment_ddl[] = {
	"CREATE TABLE IF NOT EXISTS payment ({key}, group_id {int} NOT NULL, buyer_id {int} "
	"NOT NULL, provider TEXT NOT NULL, method TEXT, currency TEXT NOT NULL, amount {int} "
	"NOT NULL, state {int} NOT NULL, attempt {int} NOT NULL, request_id {int}, reference "
	"TEXT, reason TEXT, fee {int} NOT NULL, created_at {int} NOT NULL, authorised_at "
	"{int}, authorisation_expires {int}, captured_at {int}, settled_at {int}, version "
	"{int} NOT NULL, parts TEXT NOT NULL, return_at {int}, due_at {int}){strict}",
	"CREATE INDEX IF NOT EXISTS payment_group ON payment (group_id, book_id)",
	"CREATE TABLE IF NOT EXISTS share ({key}, payment_book_id {int} NOT NULL, payment_id "
	"{int} NOT NULL, {fk:order_id:seller_order} NOT NULL, currency TEXT NOT NULL, amount "
	"{int} NOT NULL, captured {int} NOT NULL, refunded {int} NOT NULL, in_flight {int} "
	"NOT NULL, charged_back {int} NOT NULL, payable {int} NOT NULL, returned {int} NOT "
	"NULL, fee {int} NOT NULL, settled {int} NOT NULL, version {int} NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS share_order ON share (order_id, book_id)",
	"CREATE TABLE IF NOT EXISTS notification ({key}, provider TEXT NOT NULL, event TEXT "
	"NOT NULL, type TEXT NOT NULL, payment_id {int}, request TEXT, currency TEXT, amount "
	"{int} NOT NULL, reference TEXT, result {int} NOT NULL, suspense {int} NOT NULL, "
	"occurred_at {int} NOT NULL, received_at {int} NOT NULL, version {int} NOT NULL, "
	"UNIQUE (book_id, provider, event)){strict}",
	"CREATE INDEX IF NOT EXISTS notification_suspense ON notification (book_id, payment_id) "
	"WHERE suspense > 0",
	NULL,
};

const char *const mk_request_ddl[] = {
	"CREATE TABLE IF NOT EXISTS provider_request ({key}, kind {int} NOT NULL, object "
	"TEXT NOT NULL, attempt {int} NOT NULL, request_key TEXT NOT NULL, provider TEXT NOT "
	"NULL, currency TEXT NOT NULL, amount {int} NOT NULL, state {int} NOT NULL, fence "
	"{int} NOT NULL, queries {int} NOT NULL, next_at {int}, reference TEXT, reason TEXT, "
	"created_at {int} NOT NULL, resolved_at {int}, version {int} NOT NULL, object_kind "
	"{int} NOT NULL, subject_id {int} NOT NULL, target TEXT, claimed_at {int}, UNIQUE "
	"(book_id, subject_id, kind, attempt)){strict}",
	/* What is to be sent or queried. */
	"CREATE INDEX IF NOT EXISTS provider_request_due ON provider_request (next_at, id) "
	"WHERE next_at IS NOT NULL",
	NULL,
};

const mk_statement mk_payment_by_id = {
	.name = "payment_by_id",
	.sql = "SELECT " PAYMENT_COLUMNS " FROM payment WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_payment_list_page = {
	.name = "payment_list_page",
	.sql =
		"SELECT " PAYMENT_COLUMNS " FROM payment WHERE book_id = ?1 AND group_id = ?2 AND id > ?3 "
		"AND ?4 >= 0 ORDER BY id LIMIT ?5",
};
const mk_statement mk_payment_insert = {
	.name = "payment_insert",
	.table = "payment",
	.sql = "INSERT INTO payment (" PAYMENT_COLUMNS ") VALUES ("
		   ":book_id, :id, :group_id, :buyer_id, :provider, :method, :currency, :amount, "
		   ":state, :attempt, :request_id, :reference, :reason, :fee, :created_at, "
		   ":authorised_at, :authorisation_expires, :captured_at, :settled_at, :version, "
		   ":parts, :return_at, :due_at"
		   ") ON CONFLICT DO NOTHING",
};
const mk_statement mk_payment_update = {
	.name = "payment_update",
	.table = "payment",
	.sql = "UPDATE payment SET "
		   "method = :method, state = :state, attempt = :attempt, request_id = "
		   ":request_id, reference = :reference, reason = :reason, fee = :fee, "
		   "authorised_at = :authorised_at, authorisation_expires = "
		   ":authorisation_expires, captured_at = :captured_at, settled_at = :settled_at, "
		   "return_at = :return_at, due_at = :due_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
const mk_statement mk_share_by_id = {
	.name = "share_by_id",
	.sql = "SELECT " SHARE_COLUMNS " FROM share WHERE book_id = ?1 AND id = ?2",
};
/* The newest payment first (ORD-3). */
const mk_statement mk_share_of_order = {
	.name = "share_of_order",
	.sql = "SELECT " SHARE_COLUMNS " FROM share WHERE book_id = ?1 AND order_id = ?2 "
		   "ORDER BY payment_id DESC",
};
const mk_statement mk_share_insert = {
	.name = "share_insert",
	.table = "share",
	.sql = "INSERT INTO share (" SHARE_COLUMNS ") VALUES ("
		   ":book_id, :id, :payment_book_id, :payment_id, :order_id, :currency, :amount, "
		   ":captured, :refunded, :in_flight, :charged_back, :payable, :returned, :fee, "
		   ":settled, :version"
		   ") ON CONFLICT DO NOTHING",
};
const mk_statement mk_share_update = {
	.name = "share_update",
	.table = "share",
	.sql = "UPDATE share SET "
		   "captured = :captured, refunded = :refunded, in_flight = :in_flight, "
		   "charged_back = :charged_back, payable = :payable, returned = :returned, fee = "
		   ":fee, settled = :settled, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
const mk_statement mk_notification_by_id = {
	.name = "notification_by_id",
	.sql = "SELECT " NOTIFICATION_COLUMNS " FROM notification WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_notification_by_event = {
	.name = "notification_by_event",
	.sql = "SELECT " NOTIFICATION_COLUMNS " FROM notification "
		   "WHERE book_id = ?1 AND provider = ?2 AND event = ?3",
};
/* Few: all that one buyer's providers ever said is in that book. */
const mk_statement mk_notification_mismatched = {
	.name = "notification_mismatched",
	.sql = "SELECT " NOTIFICATION_COLUMNS " FROM notification WHERE book_id = ?1 AND provider = ?2 "
		   "AND payment_id = ?3 AND result = ?4 ORDER BY id",
};
const mk_statement mk_notification_in_suspense = {
	.name = "notification_in_suspense",
	.sql = "SELECT " NOTIFICATION_COLUMNS " FROM notification "
		   "WHERE book_id = ?1 AND payment_id = ?2 AND suspense > 0 ORDER BY id",
};
const mk_statement mk_notification_insert = {
	.name = "notification_insert",
	.table = "notification",
	.sql = "INSERT INTO notification (" NOTIFICATION_COLUMNS ") VALUES ("
		   ":book_id, :id, :provider, :event, :type, :payment_id, :request, :currency, "
		   ":amount, :reference, :result, :suspense, :occurred_at, :received_at, :version"
		   ") ON CONFLICT DO NOTHING",
};
const mk_statement mk_notification_update = {
	.name = "notification_update",
	.table = "notification",
	.sql = "UPDATE notification SET "
		   "suspense = :suspense, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
const mk_statement mk_request_by_id = {
	.name = "request_by_id",
	.sql = "SELECT " REQUEST_COLUMNS " FROM provider_request WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_request_last = {
	.name = "request_last",
	.sql = "SELECT " REQUEST_COLUMNS " FROM provider_request "
		   "WHERE book_id = ?1 AND subject_id = ?2 AND kind = ?3 ORDER BY attempt DESC LIMIT 1",
};
const mk_statement mk_request_attempt = {
	.name = "request_attempt",
	.sql = "SELECT " REQUEST_COLUMNS " FROM provider_request "
		   "WHERE book_id = ?1 AND subject_id = ?2 AND kind = ?3 AND attempt = ?4",
};
/* The first that is due; one that another process claimed is left to it until its claim is old. */
const mk_statement mk_request_due = {
	.name = "request_due",
	.sql = "SELECT " REQUEST_COLUMNS " FROM provider_request WHERE next_at <= ?1 "
		   "AND (claimed_at IS NULL OR claimed_at < ?2) ORDER BY next_at, id LIMIT 1",
};
const mk_statement mk_request_next = {
	.name = "request_next",
	.sql = "SELECT next_at AS number FROM provider_request WHERE next_at IS NOT NULL "
		   "AND (claimed_at IS NULL OR claimed_at < ?1) ORDER BY next_at LIMIT 1",
};
const mk_statement mk_request_insert = {
	.name = "request_insert",
	.table = "provider_request",
	.sql = "INSERT INTO provider_request (" REQUEST_COLUMNS ") VALUES ("
		   ":book_id, :id, :kind, :object, :attempt, :request_key, :provider, :currency, "
		   ":amount, :state, :fence, :queries, :next_at, :reference, :reason, "
		   ":created_at, :resolved_at, :version, :object_kind, :subject_id, :target, "
		   ":claimed_at"
		   ") ON CONFLICT DO NOTHING",
};
const mk_statement mk_request_update = {
	.name = "request_update",
	.table = "provider_request",
	.sql = "UPDATE provider_request SET "
		   "state = :state, queries = :queries, next_at = :next_at, reference = "
		   ":reference, reason = :reason, resolved_at = :resolved_at, claimed_at = "
		   ":claimed_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
/* The fence rises with each claim: an answer to an earlier one is not taken. */
const mk_statement mk_request_claim_row = {
	.name = "request_claim_row",
	.table = "provider_request",
	.sql = "UPDATE provider_request SET state = ?4, claimed_at = ?5, fence = fence + 1, "
		   "version = version + 1 WHERE book_id = ?1 AND id = ?2 AND version = ?3",
};
const mk_statement mk_request_postpone_row = {
	.name = "request_postpone_row",
	.table = "provider_request",
	.sql = "UPDATE provider_request SET claimed_at = NULL, next_at = ?4, "
		   "version = version + 1 WHERE book_id = ?1 AND id = ?2 AND fence = ?3 AND next_at IS NOT "
		   "NULL",
};
