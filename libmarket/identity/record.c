#include "libmarket/identity/identity.h"

static const mk_enum_value state_values[] = {
	{MARKET_IDENTITY_PENDING, "pending", "the provider's answer is awaited"},
	{MARKET_IDENTITY_WANTING, "wanting", "the provider asks for more"},
	{MARKET_IDENTITY_PASSED, "passed", "verified"},
	{MARKET_IDENTITY_REFUSED, "refused", "the provider doesn't verify it"},
	{MARKET_IDENTITY_CONTRADICTED, "contradicted", "the provider said both: an operator decides"},
	{MARKET_IDENTITY_EXPIRED, "expired", "nobody answered in time"},
	{0, NULL, NULL},
};
const mk_enum mk_identity_state_enum = {"identity_state", state_values};

static const mk_enum_value result_values[] = {
	{MARKET_IDENTITY_PASSES, "passes", "verified"},
	{MARKET_IDENTITY_REFUSES, "refuses", "not verified"},
	{MARKET_IDENTITY_WANTS, "wants", "more is asked for"},
	{MARKET_IDENTITY_WAITS, "waits", "the answer comes later"},
	{MARKET_IDENTITY_UNKNOWN, "unknown", "no answer"},
	{0, NULL, NULL},
};
const mk_enum mk_identity_result_enum = {"identity_result", result_values};

#define T market_identity
#define PLAIN_TEXT(member, summary) MK_F_TEXT(T, member, 0, 1, MARKET_IDENTITY_TEXT_SIZE, summary)
static const mk_field identity_fields[] = {
	MK_F_ID(T, id, IDENTITY, 0, "the check"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "of whom"),
	MK_F_ID(T, submission, SUBMISSION, MK_OWN_BOOK, "over which it decides"),
	MK_F_TEXT(T, requirement, 0, 1, MK_MAX_CODE, "the requirement's key"),
	MK_F_TEXT(T, provider, 0, 1, MK_MAX_CODE, "who is asked"),
	MK_F_ENUM(T, state, mk_identity_state_enum, 0, "where it stands"),
	MK_F_TEXT(T, given_name, 0, 1, MK_MAX_NAME, "as the seller states"),
	PLAIN_TEXT(legal_name, "as verified"),
	MK_F_TEXT(T, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, number, MK_SENSITIVE | MK_NOT_ROW, 1, 128, "of registration"),
	PLAIN_TEXT(address, "as verified"),
	PLAIN_TEXT(licences, "numbers, parted by blanks"),
	PLAIN_TEXT(codes, "reasons of a refusal, parted by blanks"),
	PLAIN_TEXT(wanted, "what the provider asks for, parted by blanks"),
	MK_F_TEXT(T, contradiction, 0, 1, MK_MAX_TEXT, "what the provider said later"),
	MK_F_TEXT(T, reference, 0, 1, 128, "the provider's"),
	MK_F_TIME(T, valid_to, 0, "verified until"),
	MK_F_TIME(T, expires_at, 0, "given up then"),
	MK_F_TIME(T, created_at, 0, "started"),
	MK_F_TIME(T, answered_at, 0, "answered"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_BLOB(mk_identity, data_key, MK_INTERNAL, 0, "its data key, wrapped"),
	MK_F_BLOB(mk_identity, number_sealed, MK_INTERNAL, 0, "the number, sealed"),
	MK_F_BLOB(mk_identity, number_index, MK_INTERNAL, 0, "its blind index"),
	MK_F_BLOB(mk_identity, items_sealed, MK_INTERNAL, 0, "what was supplied, sealed"),
	MK_F_BLOB(mk_identity, answer_index, MK_INTERNAL, 0, "blind index of the first final answer"),
	MK_F_TIME(mk_identity, due_at, MK_INTERNAL, "of its deadline row"),
};
#undef T
const mk_record mk_identity_record =
	MK_RECORD_OF("identity", mk_identity, identity_fields, "a check of who a seller is");

const char *const mk_identity_ddl[] = {
	"CREATE TABLE IF NOT EXISTS identity_check ({key}, {fk:seller_id:seller} NOT NULL, "
	"{fk:submission_id:submission} NOT NULL, requirement TEXT NOT NULL, provider TEXT NOT NULL, "
	"state {int} NOT NULL, given_name TEXT NOT NULL, legal_name TEXT, country TEXT, address TEXT, "
	"licences TEXT, codes TEXT, wanted TEXT, contradiction TEXT, reference TEXT, valid_to {int}, "
	"expires_at {int}, created_at {int} NOT NULL, answered_at {int}, version {int} NOT NULL, "
	"data_key {blob}, number_sealed {blob}, number_index {blob}, items_sealed {blob}, "
	"answer_index {blob}, due_at {int}){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS identity_running ON identity_check (book_id, "
	"requirement) WHERE state <= 2",
	"CREATE INDEX IF NOT EXISTS identity_submission ON identity_check (book_id, submission_id)",
	NULL,
};

#define COLUMNS \
	"book_id, id, seller_id, submission_id, requirement, provider, state, given_name, " \
	"legal_name, country, address, licences, codes, wanted, contradiction, reference, valid_to, " \
	"expires_at, created_at, answered_at, version, data_key, number_sealed, number_index, " \
	"items_sealed, answer_index, due_at"

static const mk_statement identity_by_id = {
	.name = "identity_by_id",
	.sql = "SELECT " COLUMNS " FROM identity_check WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement identity_newest = {
	.name = "identity_newest",
	.sql = "SELECT " COLUMNS " FROM identity_check WHERE book_id = ?1 AND requirement = ?2 "
		   "ORDER BY id DESC LIMIT 1",
};
static const mk_statement identity_of_submission = {
	.name = "identity_of_submission",
	.sql = "SELECT " COLUMNS " FROM identity_check WHERE book_id = ?1 AND submission_id = ?2",
};
static const mk_statement identity_verified = {
	.name = "identity_verified",
	.sql =
		"SELECT " COLUMNS " FROM identity_check WHERE book_id = ?1 AND legal_name IS NOT NULL AND "
		"EXISTS (SELECT 1 FROM submission WHERE submission.book_id = ?1 AND submission.id = "
		"identity_check.submission_id AND (submission.state = 2 OR (CAST(?2 AS BIGINT) = 1 AND "
		"submission.lapsed_at IS NOT NULL))) ORDER BY id DESC LIMIT 1",
};
static const mk_statement identity_insert = {
	.name = "identity_insert",
	.table = "identity_check",
	.sql = "INSERT INTO identity_check (" COLUMNS
		   ") VALUES (:book_id, :id, :seller_id, :submission_id, :requirement, :provider, :state, "
		   ":given_name, :legal_name, :country, :address, :licences, :codes, :wanted, "
		   ":contradiction, :reference, :valid_to, :expires_at, :created_at, :answered_at, "
		   ":version, :data_key, :number_sealed, :number_index, :items_sealed, :answer_index, "
		   ":due_at) ON CONFLICT DO NOTHING",
};
static const mk_statement identity_update = {
	.name = "identity_update",
	.table = "identity_check",
	.sql =
		"UPDATE identity_check SET state = :state, legal_name = :legal_name, country = :country, "
		"address = :address, licences = :licences, codes = :codes, wanted = :wanted, "
		"contradiction = :contradiction, reference = :reference, valid_to = :valid_to, "
		"expires_at = :expires_at, answered_at = :answered_at, number_sealed = "
		":number_sealed, number_index = :number_index, items_sealed = :items_sealed, "
		"answer_index = :answer_index, due_at = :due_at, version = version + 1 "
		"WHERE book_id = :book_id AND id = :id AND version = :version",
};

static market_id seller_of(const void *row);
static int fill(mk_ctx *ctx, void *row, market_error *err);
static mk_seal_place place_of(const mk_identity *row, const char *column);

const mk_entity mk_identity_entity = {
	.kind = MARKET_ID_IDENTITY,
	.name = "check of an identity",
	.record = &mk_identity_record,
	.by_id = &identity_by_id,
	.seller = seller_of,
	.fill = fill,
};

void mk_identity_insert(mk_ctx *ctx, const mk_identity *row)
{
	mk_insert(ctx, &identity_insert, &mk_identity_record, row->identity.id, row);
	mk_deadline_set(ctx, row->identity.id, 0, row->due_at, "identity.expire");
}

void mk_identity_save(mk_ctx *ctx, mk_identity *row)
{
	market_time before = row->due_at;

	row->due_at = row->identity.expires_at;
	if (row->due_at != before)
		mk_deadline_set(ctx, row->identity.id, before, row->due_at, "identity.expire");
	mk_update(ctx, &identity_update, &mk_identity_record, row->identity.id, row);
}

int mk_identity_newest(mk_ctx *ctx, market_id seller, const char *requirement, mk_identity **out,
                       market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &identity_newest, &mk_identity_record,
	                    MK_ARGS(mk_int(seller.id), mk_text_value(requirement)), (void **)out, err);
}

int mk_identity_verified(mk_ctx *ctx, market_id seller, bool lapsed, mk_identity **out,
                         market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &identity_verified, &mk_identity_record,
	                    MK_ARGS(mk_int(seller.id), mk_int(lapsed)), (void **)out, err);
}

int mk_identity_of_submission(mk_ctx *ctx, market_id submission, mk_identity **out,
                              market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &identity_of_submission, &mk_identity_record,
	                    MK_ARGS(mk_int(submission.book), mk_int(submission.id)), (void **)out, err);
}

/* SEL-10 */
int mk_identity_seal_number(mk_ctx *ctx, mk_identity *row, const char *number, market_error *err)
{
	mk_seal_place place = place_of(row, "number");

	return mk_seal_field(ctx->keys, ctx->arena, &place, number, &row->data_key, &row->number_sealed,
	                     &row->number_index, err);
}

int mk_identity_seal_items(mk_ctx *ctx, mk_identity *row, const char *items, market_error *err)
{
	mk_seal_place place = place_of(row, "items");

	return mk_seal_field(ctx->keys, ctx->arena, &place, items, &row->data_key, &row->items_sealed,
	                     NULL, err);
}

int mk_identity_unseal(const mk_keys *keys, mk_identity *row, mk_arena *arena, market_error *err)
{
	mk_seal_place number = place_of(row, "number"), items = place_of(row, "items");
	int rc = mk_unseal_field(keys, arena, &number, row->data_key, row->number_sealed,
	                         &row->identity.number, err);

	return rc == 0 ? mk_unseal_field(keys, arena, &items, row->data_key, row->items_sealed,
	                                 &row->items, err)
	               : rc;
}

static market_id seller_of(const void *row)
{
	return ((const mk_identity *)row)->identity.seller;
}

static int fill(mk_ctx *ctx, void *row, market_error *err)
{
	return mk_identity_unseal(ctx->keys, row, ctx->arena, err);
}

static mk_seal_place place_of(const mk_identity *row, const char *column)
{
	return (mk_seal_place){.table = "identity_check",
	                       .column = column,
	                       .owner = row->identity.id.book,
	                       .row = row->identity.id.id};
}
