#include "libmarket/party/seller.h"

static const mk_statement member_insert = {
	.name = "member_insert",
	.table = "member",
	.sql = "INSERT INTO member (book_id, id, ref, seller_id, name, role, created_at, version) "
		   "VALUES (:book_id, :id, :ref, :seller_id, :name, :role, :created_at, :version) "
		   "ON CONFLICT DO NOTHING",
};

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
