#include "libmarket/party/seller.h"

static const mk_statement member_insert = {
	.name = "member_insert",
	.table = "member",
	.sql = "INSERT INTO member (book_id, id, ref, seller_id, name, role, created_at, version, "
		   "removed_at) VALUES (:book_id, :id, :ref, :seller_id, :name, :role, :created_at, "
		   ":version, :removed_at) "
		   "ON CONFLICT DO NOTHING",
};

static const mk_statement member_update = {
	.name = "member_update",
	.table = "member",
	.sql = "UPDATE member SET name = :name, role = :role, removed_at = :removed_at, "
		   "version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement member_owners = {
	.name = "member_owners",
	.sql = "SELECT count(*) AS number FROM member "
		   "WHERE book_id = ?1 AND role = ?2 AND removed_at IS NULL",
};
static const mk_statement member_page = {
	.name = "member_page",
	.sql = "SELECT book_id, id, ref, seller_id, name, role, created_at, version, removed_at "
		   "FROM member WHERE book_id = ?1 AND (?2 = 1 OR removed_at IS NULL) AND "
		   "(created_at > ?3 OR (created_at = ?3 AND id > ?4)) ORDER BY created_at, id LIMIT ?5",
};

static market_member *subject_member(mk_ctx *ctx);
static int check_current(const market_member *member, market_error *err);
static int owner_leaves(mk_ctx *ctx, const market_member *member, market_error *err);

void mk_member_insert(mk_ctx *ctx, const market_member *member)
{
	mk_insert(ctx, &member_insert, &mk_member_record, member->id, member);
	mk_ref_register(ctx, MARKET_ID_MEMBER, member->id, member->ref);
}

int mk_member_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_member_create_params *in = params;
	market_member member = {
		.ref = in->ref,
		.seller = in->seller,
		.name = in->name,
		.role = in->role,
		.created_at = ctx->now,
		.version = 1,
	};
	int rc = mk_ref_check_free(ctx, MARKET_ID_MEMBER, in->ref, err);
	if (rc != 0)
		return rc;
	member.id = mk_new_id(ctx, in->seller.id);
	mk_member_insert(ctx, &member);
	mk_event(ctx, "member.created", MARKET_ID_MEMBER, member.id);
	mk_event_text(ctx, "role", mk_enum_name(&mk_role_enum, member.role));
	ctx->result = member.id;
	return 0;
}

int mk_member_update(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_member_update_params *in = params;
	market_member *member = subject_member(ctx);
	int rc;
	if (!member)
		return mk_error_no_memory(err);
	if (!in->name && in->role == 0)
		return mk_error_set(err, MARKET_EMISSING, "neither a name nor a role is given");
	rc = check_current(member, err);
	if (rc == 0 && member->role == MARKET_ROLE_OWNER && in->role != 0 &&
	    in->role != MARKET_ROLE_OWNER)
		rc = owner_leaves(ctx, member, err);
	if (rc != 0)
		return rc;
	if (in->name)
		member->name = in->name;
	if (in->role != 0)
		member->role = in->role;
	mk_event(ctx, "member.updated", MARKET_ID_MEMBER, member->id);
	mk_event_text(ctx, "role", mk_enum_name(&mk_role_enum, member->role));
	mk_update(ctx, &member_update, &mk_member_record, member->id, member);
	ctx->result = member->id;
	return 0;
}

int mk_member_remove(mk_ctx *ctx, const void *params, market_error *err)
{
	market_member *member = subject_member(ctx);
	int rc;
	(void)params;
	if (!member)
		return mk_error_no_memory(err);
	rc = check_current(member, err);
	if (rc == 0 && member->role == MARKET_ROLE_OWNER)
		rc = owner_leaves(ctx, member, err);
	if (rc != 0)
		return rc;
	member->removed_at = ctx->now;
	mk_event(ctx, "member.removed", MARKET_ID_MEMBER, member->id);
	mk_update(ctx, &member_update, &mk_member_record, member->id, member);
	ctx->result = member->id;
	return 0;
}

int mk_member_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_member_list_params *in = params;
	return mk_page_read(ctx, &member_page, &mk_member_record, offsetof(market_member, created_at),
	                    MK_ARGS(mk_int(in->seller.id), mk_int(in->removed)), in->after, in->limit,
	                    err);
}

static market_member *subject_member(mk_ctx *ctx)
{
	return mk_arena_copy(ctx->arena, ctx->subject, sizeof(market_member));
}

static int check_current(const market_member *member, market_error *err)
{
	int rc;
	if (member->removed_at == 0)
		return 0;
	rc = mk_error_at(err, MARKET_ESTATE, "member", "the member was removed");
	return mk_error_object(err, rc, MARKET_ID_MEMBER, member->id);
}

/* SEL-6. Two owners who leave at the same time each count the other: the seller's version, read
 * before they are counted, moves on with each of them. */
static int owner_leaves(mk_ctx *ctx, const market_member *member, market_error *err)
{
	mk_seller *seller = NULL;
	mk_number *owners = NULL;
	int rc = mk_seller_load(ctx, member->seller, "member", &seller, err);
	if (rc == 0)
		rc = mk_store_get(ctx->store, ctx->arena, &member_owners, &mk_number_record,
		                  MK_ARGS(mk_int(member->seller.id), mk_int(MARKET_ROLE_OWNER)),
		                  (void **)&owners, err);
	if (rc != 0)
		return rc;
	if (!owners || owners->number < 2) {
		rc = mk_error_at(err, MARKET_ESTATE, "member", "the seller has no other owner");
		rc = mk_error_object(err, rc, MARKET_ID_MEMBER, member->id);
		return mk_error_hint(err, rc, "Make somebody else an owner first.");
	}
	mk_seller_save(ctx, seller);
	return 0;
}
