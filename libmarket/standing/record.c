#include "libmarket/standing/standing.h"

#include "libmarket/engine/policy_standing.h"

static const mk_enum_value state_values[] = {
	{MARKET_VIOLATION_ACTIVE, "active", "its points count"},
	{MARKET_VIOLATION_APPEALED, "appealed", "an appeal waits for a decision"},
	{MARKET_VIOLATION_WITHDRAWN, "withdrawn", "never counts again"},
	{MARKET_VIOLATION_UPHELD, "upheld", "an appeal was refused"},
	{MARKET_VIOLATION_EXPIRED, "expired", "left the window"},
	{0, NULL, NULL},
};
const mk_enum mk_violation_state_enum = {"violation_state", state_values};

static const mk_enum_value cause_values[] = {
	{MARKET_CAUSE_PARTY, "party", "the seller or the buyer"},
	{MARKET_CAUSE_PLATFORM, "platform", "the platform: it gives no points"},
	{0, NULL, NULL},
};
const mk_enum mk_violation_cause_enum = {"violation_cause", cause_values};

static const mk_enum_value decision_values[] = {
	{MARKET_DECISION_WITHDRAW, "withdraw", "as if it had never been"},
	{MARKET_DECISION_UPHOLD, "uphold", "the appeal is refused"},
	{0, NULL, NULL},
};
const mk_enum mk_violation_decision_enum = {"violation_decision", decision_values};

#define T market_violation
static const mk_field violation_fields[] = {
	MK_F_ID(T, id, VIOLATION, 0, "the violation"),
	MK_F_ENUM(T, party, mk_violation_party_enum, 0, "whose kind"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "which seller's"),
	MK_F_ID(T, buyer, BUYER, MK_SELF_BOOK, "which buyer's"),
	MK_F_TEXT(T, type, 0, 1, MK_MAX_CODE, "one of the policy's"),
	MK_F_ENUM(T, cause, mk_violation_cause_enum, 0, "who brought it about"),
	MK_F_INT(T, points, MK_REQUIRED, 0, INT64_MAX, "that it gives"),
	MK_F_ID(T, order, ORDER, 0, "that it is about"),
	MK_F_TEXT(T, note, MK_MULTILINE, 1, MK_MAX_TEXT, "what happened"),
	MK_F_TEXT(T, evidence, 0, 1, MK_MAX_CODE, "SHA-256 of a document"),
	MK_F_ENUM(T, state, mk_violation_state_enum, 0, "where it stands"),
	MK_F_TIME(T, created_at, 0, "recorded"),
	MK_F_TIME(T, appeal_by, 0, "no appeal from then on"),
	MK_F_TIME(T, expires_at, 0, "the points count until then"),
	MK_F_TEXT(T, statement, MK_MULTILINE, 1, MK_MAX_TEXT, "of the appeal"),
	MK_F_TIME(T, appealed_at, 0, "appealed against"),
	MK_F_TEXT(T, reason, 0, 1, MK_MAX_CODE, "code of the decision"),
	MK_F_TIME(T, decided_at, 0, "decided"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	{.name = "due_at",
     .summary = "of its deadline row",
     .kind = MK_TIME,
     .flags = MK_INTERNAL,
     .offset = MK_AT(mk_violation, due_at, market_time)},
};
#undef T
const mk_record mk_violation_record =
	MK_RECORD_OF("violation", mk_violation, violation_fields, "what was done against the rules");

#define T market_standing_action
static const mk_field action_fields[] = {
	MK_F_ENUM(T, action, mk_standing_action_enum, 0, "what it is"),
	MK_F_TIME(T, since, 0, "its beginning"),
	MK_F_TIME(T, until, 0, "its end"),
	MK_F_RATE(T, rate, 0, 0, 0, "of a payout reserve"),
	MK_F_INT(T, points, 0, 0, 0, "that it was brought about by"),
	MK_F_ID(T, violation, VIOLATION, 0, "the one that reached the threshold"),
	MK_F_TEXT(T, type, 0, 0, 0, "of that one"),
	MK_F_TEXT(T, summary, 0, 0, 0, "of the type in the policy in effect"),
};
#undef T
static const mk_record action_record =
	MK_RECORD_OF("standing_action", market_standing_action, action_fields, "an action in force");

#define T market_standing
static const mk_field standing_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "which seller's"),
	MK_F_ID(T, buyer, BUYER, 0, "which buyer's"),
	MK_F_INT(T, points, MK_REQUIRED, 0, INT64_MAX, "that count now"),
	MK_F_INT(T, violations, MK_REQUIRED, 0, INT64_MAX, "that they are of"),
	MK_F_LIST(T, actions, market_standing_action, action_record, 0, 0, 0, "those in force"),
};
#undef T
const mk_record mk_standing_record =
	MK_RECORD_OF("standing", market_standing, standing_fields, "how a seller or a buyer stands");

static const mk_statement violation_by_id = {
	.name = "violation_by_id",
	.sql = "SELECT book_id, id, party, seller_id, buyer_id, type, cause, points, order_book_id, "
		   "order_id, note, evidence, state, created_at, appeal_by, expires_at, statement, "
		   "appealed_at, reason, decided_at, version, due_at FROM violation "
		   "WHERE book_id = ?1 AND id = ?2",
};

static market_id seller_of(const void *row)
{
	return ((const market_violation *)row)->seller;
}

static market_id buyer_of(const void *row)
{
	return ((const market_violation *)row)->buyer;
}

const mk_entity mk_violation_entity = {
	.kind = MARKET_ID_VIOLATION,
	.name = "violation",
	.record = &mk_violation_record,
	.by_id = &violation_by_id,
	.buyer = buyer_of,
	.seller = seller_of,
};

const char *const mk_standing_ddl[] = {
	"CREATE TABLE IF NOT EXISTS violation ({key}, party {int} NOT NULL, {fk:seller_id:seller}, "
	"{fk:buyer_id:buyer}, type TEXT NOT NULL, cause {int} NOT NULL, points {int} NOT NULL, "
	"order_book_id {int}, order_id {int}, note TEXT, evidence TEXT, state {int} NOT NULL, "
	"created_at {int} NOT NULL, appeal_by {int} NOT NULL, expires_at {int} NOT NULL, statement "
	"TEXT, appealed_at {int}, reason TEXT, decided_at {int}, version {int} NOT NULL, due_at {int})"
	"{strict}",
	"CREATE INDEX IF NOT EXISTS violation_party ON violation (book_id, created_at, id)",
	"CREATE INDEX IF NOT EXISTS violation_appeal ON violation (state, appealed_at, id)",
	NULL,
};
