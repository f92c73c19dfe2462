/* Agencies and their people. */
#include "libmarket/agency/agency.h"

static const mk_statement agency_insert = {
	.name = "agency_insert",
	.table = "agency",
	.sql = "INSERT INTO agency (book_id, id, ref, name, country, created_at, version) VALUES "
		   "(:book_id, :id, :ref, :name, :country, :created_at, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement agency_page = {
	.name = "agency_page",
	.sql = "SELECT book_id, id, ref, name, country, created_at, version FROM agency "
		   "WHERE created_at > ?1 OR (created_at = ?1 AND id > ?2) ORDER BY created_at, id "
		   "LIMIT ?3",
};
static const mk_statement agency_member_insert = {
	.name = "agency_member_insert",
	.table = "agency_member",
	.sql = "INSERT INTO agency_member (book_id, id, ref, agency_id, name, manager, created_at, "
		   "removed_at, version) VALUES (:book_id, :id, :ref, :agency_id, :name, :manager, "
		   ":created_at, :removed_at, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement agency_member_update = {
	.name = "agency_member_update",
	.table = "agency_member",
	.sql = "UPDATE agency_member SET removed_at = :removed_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement agency_member_page = {
	.name = "agency_member_page",
	.sql = "SELECT book_id, id, ref, agency_id, name, manager, created_at, removed_at, version "
		   "FROM agency_member WHERE book_id = ?1 AND "
		   "(created_at > ?2 OR (created_at = ?2 AND id > ?3)) ORDER BY created_at, id LIMIT ?4",
};

int mk_agency_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_agency_create_params *in = params;
	market_agency agency = {
		.ref = in->ref,
		.name = in->name,
		.country = in->country,
		.created_at = ctx->now,
		.version = 1,
	};
	int rc = mk_ref_check_free(ctx, MARKET_ID_AGENCY, in->ref, err);
	if (rc != 0)
		return rc;
	agency.id = mk_new_own_id(ctx);
	mk_insert(ctx, &agency_insert, &mk_agency_record, agency.id, &agency);
	mk_ref_register(ctx, MARKET_ID_AGENCY, agency.id, in->ref);
	mk_event(ctx, "agency.created", MARKET_ID_AGENCY, agency.id);
	ctx->result = agency.id;
	return 0;
}

int mk_agency_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	(void)err;
	ctx->output = (void *)ctx->subject;
	return 0;
}

int mk_agency_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_agency_list_params *in = params;
	return mk_page_read(ctx, &agency_page, &mk_agency_record, offsetof(market_agency, created_at),
	                    MK_NO_ARGS, in->after, in->limit, err);
}

int mk_agency_member_add(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_agency_member_add_params *in = params;
	market_agency_member member = {
		.ref = in->ref,
		.agency = in->agency,
		.name = in->name,
		.manager = in->manager,
		.created_at = ctx->now,
		.version = 1,
	};
	int rc = mk_ref_check_free(ctx, MARKET_ID_MEMBER, in->ref, err);
	if (rc != 0)
		return rc;
	member.id = mk_new_id(ctx, in->agency.id);
	mk_insert(ctx, &agency_member_insert, &mk_agency_member_record, member.id, &member);
	mk_ref_register(ctx, MARKET_ID_MEMBER, member.id, in->ref);
	mk_event(ctx, "agency.member_added", MARKET_ID_MEMBER, member.id);
	ctx->result = member.id;
	return 0;
}

int mk_agency_member_remove(mk_ctx *ctx, const void *params, market_error *err)
{
	market_agency_member *member = (market_agency_member *)ctx->subject;
	int rc;
	(void)params;
	if (member->removed_at != 0) {
		rc = mk_error_at(err, MARKET_ESTATE, "member", "the member was removed");
		return mk_error_object(err, rc, MARKET_ID_MEMBER, member->id);
	}
	member->removed_at = ctx->now;
	mk_event(ctx, "agency.member_removed", MARKET_ID_MEMBER, member->id);
	mk_update(ctx, &agency_member_update, &mk_agency_member_record, member->id, member);
	ctx->result = member->id;
	return 0;
}

int mk_agency_member_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_agency_page_params *in = params;
	return mk_page_read(ctx, &agency_member_page, &mk_agency_member_record,
	                    offsetof(market_agency_member, created_at), MK_ARGS(mk_int(in->agency.id)),
	                    in->after, in->limit, err);
}
