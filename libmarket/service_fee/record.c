#include "libmarket/service_fee/sql.h"

const char *const mk_service_fee_ddl[] = {
	"CREATE TABLE IF NOT EXISTS service_fee ({key}, {fk:seller_id:seller} NOT NULL, fee TEXT NOT "
	"NULL, state {int} NOT NULL, currency TEXT NOT NULL, amount {int} NOT NULL, tax {int} NOT "
	"NULL, earned {int} NOT NULL, refunded {int} NOT NULL, parts {int} NOT NULL, from_at {int} "
	"NOT NULL, to_at {int} NOT NULL, reason TEXT, due_at {int}, version {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS service_fee_running ON service_fee (book_id, fee) WHERE "
	"state = 1",
	"CREATE INDEX IF NOT EXISTS service_fee_seller ON service_fee (book_id, from_at, id)",
	"CREATE TABLE IF NOT EXISTS subscription ({key}, {fk:seller_id:seller} NOT NULL, module TEXT "
	"NOT NULL, state {int} NOT NULL, created_at {int} NOT NULL, paid_until {int} NOT NULL, reason "
	"TEXT, due_at {int}, version {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS subscription_running ON subscription (book_id, module) "
	"WHERE state IN (1, 2)",
	"CREATE INDEX IF NOT EXISTS subscription_seller ON subscription (book_id, created_at, id)",
	NULL,
};

static const mk_enum_value fee_state_values[] = {
	{MARKET_SERVICE_FEE_RUNNING, "running", "earned month by month"},
	{MARKET_SERVICE_FEE_SETTLED, "settled", "its year is over"},
	{MARKET_SERVICE_FEE_REFUNDED, "refunded", "ended before by an operator"},
	{0, NULL, NULL},
};
static const mk_enum fee_state_enum = {"service_fee_state", fee_state_values};

static const mk_enum_value subscription_state_values[] = {
	{MARKET_SUBSCRIPTION_ACTIVE, "active", "billed every 30 days"},
	{MARKET_SUBSCRIPTION_CANCELLED, "cancelled", "runs to the end of what is paid"},
	{MARKET_SUBSCRIPTION_ENDED, "ended", "over"},
	{0, NULL, NULL},
};
static const mk_enum subscription_state_enum = {"subscription_state", subscription_state_values};

#define T market_service_fee
static const mk_field fee_fields[] = {
	MK_F_ID(T, id, SERVICE_FEE, 0, "the fee"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "who pays it"),
	MK_F_TEXT(T, fee, 0, 0, 0, "the policy's key"),
	MK_F_ENUM(T, state, fee_state_enum, 0, "where it stands"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, amount, 0, 0, 0, "without tax"),
	MK_F_MONEY(T, tax, 0, 0, 0, "its tax"),
	MK_F_MONEY(T, earned, 0, 0, 0, "so far"),
	MK_F_MONEY(T, refunded, 0, 0, 0, "without tax"),
	MK_F_INT(T, parts, 0, 0, 0, "of twelve that are earned"),
	MK_F_TIME(T, from_at, 0, "from then on"),
	MK_F_TIME(T, to_at, 0, "until then"),
	MK_F_TEXT(T, reason, 0, 0, 0, "code of an early refund"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
#undef T
#define T mk_service_fee
	MK_F_TIME(T, due_at, MK_INTERNAL, "of its deadline row"),
};
const mk_record mk_service_fee_record =
	MK_RECORD_OF("service_fee", mk_service_fee, fee_fields, "a year's fee of a seller");
#undef T

#define T market_subscription
static const mk_field subscription_fields[] = {
	MK_F_ID(T, id, SUBSCRIPTION, 0, "the subscription"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose"),
	MK_F_TEXT(T, module, 0, 0, 0, "the policy's key"),
	MK_F_ENUM(T, state, subscription_state_enum, 0, "where it stands"),
	MK_F_TIME(T, created_at, 0, "taken"),
	MK_F_TIME(T, paid_until, 0, "billed until then"),
	MK_F_TEXT(T, reason, 0, 0, 0, "why it ended"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
#undef T
#define T mk_subscription
	MK_F_TIME(T, due_at, MK_INTERNAL, "of its deadline row"),
};
const mk_record mk_subscription_record =
	MK_RECORD_OF("subscription", mk_subscription, subscription_fields, "a module that is taken");
#undef T

#define FEE_COLUMNS \
	"book_id, id, seller_id, fee, state, currency, amount, tax, earned, refunded, parts, " \
	"from_at, to_at, reason, due_at, version"
#define SUBSCRIPTION_COLUMNS \
	"book_id, id, seller_id, module, state, created_at, paid_until, reason, due_at, version"

static const mk_statement fee_by_id = {
	.name = "service_fee_by_id",
	.sql = "SELECT " FEE_COLUMNS " FROM service_fee WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_service_fee_running = {
	.name = "service_fee_running",
	.sql = "SELECT " FEE_COLUMNS " FROM service_fee WHERE book_id = ?1 AND fee = ?2 AND state = 1",
};
const mk_statement mk_service_fee_insert = {
	.name = "service_fee_insert",
	.table = "service_fee",
	.sql = "INSERT INTO service_fee (" FEE_COLUMNS ") VALUES (:book_id, :id, :seller_id, :fee, "
		   ":state, :currency, :amount, :tax, :earned, :refunded, :parts, :from_at, :to_at, "
		   ":reason, :due_at, :version) ON CONFLICT DO NOTHING",
};
const mk_statement mk_service_fee_update = {
	.name = "service_fee_update",
	.table = "service_fee",
	.sql = "UPDATE service_fee SET state = :state, earned = :earned, refunded = :refunded, parts = "
		   ":parts, reason = :reason, due_at = :due_at, version = version + 1 WHERE book_id = "
		   ":book_id AND id = :id AND version = :version",
};
const mk_statement mk_service_fee_page = {
	.name = "service_fee_page",
	.sql = "SELECT " FEE_COLUMNS " FROM service_fee WHERE book_id = ?1 AND (from_at > ?2 OR "
		   "(from_at = ?2 AND id > ?3)) ORDER BY from_at, id LIMIT ?4",
};
static const mk_statement subscription_by_id = {
	.name = "subscription_by_id",
	.sql = "SELECT " SUBSCRIPTION_COLUMNS " FROM subscription WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_subscription_running = {
	.name = "subscription_running",
	.sql = "SELECT " SUBSCRIPTION_COLUMNS
		   " FROM subscription WHERE book_id = ?1 AND module = ?2 AND state IN (1, 2)",
};
const mk_statement mk_subscription_insert = {
	.name = "subscription_insert",
	.table = "subscription",
	.sql = "INSERT INTO subscription (" SUBSCRIPTION_COLUMNS ") VALUES (:book_id, :id, :seller_id, "
		   ":module, :state, :created_at, :paid_until, :reason, :due_at, :version) ON CONFLICT DO "
		   "NOTHING",
};
const mk_statement mk_subscription_update = {
	.name = "subscription_update",
	.table = "subscription",
	.sql = "UPDATE subscription SET state = :state, paid_until = :paid_until, reason = :reason, "
		   "due_at = :due_at, version = version + 1 WHERE book_id = :book_id AND id = :id AND "
		   "version = :version",
};
const mk_statement mk_subscription_page = {
	.name = "subscription_page",
	.sql = "SELECT " SUBSCRIPTION_COLUMNS
		   " FROM subscription WHERE book_id = ?1 AND (created_at > ?2 OR (created_at = ?2 AND id "
		   "> ?3)) ORDER BY created_at, id LIMIT ?4",
};

static market_id fee_seller(const void *row)
{
	return ((const market_service_fee *)row)->seller;
}

static market_id subscription_seller(const void *row)
{
	return ((const market_subscription *)row)->seller;
}

const mk_entity mk_service_fee_entity = {
	.kind = MARKET_ID_SERVICE_FEE,
	.name = "service_fee",
	.record = &mk_service_fee_record,
	.by_id = &fee_by_id,
	.seller = fee_seller,
};
const mk_entity mk_subscription_entity = {
	.kind = MARKET_ID_SUBSCRIPTION,
	.name = "subscription",
	.record = &mk_subscription_record,
	.by_id = &subscription_by_id,
	.seller = subscription_seller,
};
