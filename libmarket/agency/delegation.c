/* SEL-6: what sellers let agencies do, until a time, and not a moment longer than they like. */
#include "libmarket/agency/agency.h"
#include "libmarket/engine/operations.h"
#include "libmarket/party/seller.h"

#define COLUMNS \
	"book_id, id, seller_id, agency_id, finance, catalogue, fulfilment, support, valid_to, " \
	"created_at, ended_at, ended_by, version"

static const mk_statement delegation_insert = {
	.name = "delegation_insert",
	.table = "delegation",
	.sql = "INSERT INTO delegation (" COLUMNS ") VALUES (:book_id, :id, :seller_id, :agency_id, "
		   ":finance, :catalogue, :fulfilment, :support, :valid_to, :created_at, :ended_at, "
		   ":ended_by, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement delegation_end = {
	.name = "delegation_end",
	.table = "delegation",
	.sql = "UPDATE delegation SET ended_at = :ended_at, ended_by = :ended_by, "
		   "version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement delegation_current = {
	.name = "delegation_current",
	.sql = "SELECT " COLUMNS " FROM delegation WHERE book_id = ?1 AND agency_id = ?2 AND "
		   "ended_at IS NULL",
};
static const mk_statement delegation_page = {
	.name = "delegation_page",
	.sql = "SELECT " COLUMNS " FROM delegation WHERE book_id = ?1 AND "
		   "(created_at > ?2 OR (created_at = ?2 AND id > ?3)) ORDER BY created_at, id LIMIT ?4",
};
static const mk_statement delegation_agency_page = {
	.name = "delegation_agency_page",
	.sql = "SELECT " COLUMNS " FROM delegation WHERE agency_id = ?1 AND "
		   "(created_at > ?2 OR (created_at = ?2 AND id > ?3)) ORDER BY created_at, id LIMIT ?4",
};
/* The agency's people write into its book, whose rows have the order of their identifiers. */
static const mk_statement delegation_audit = {
	.name = "delegation_audit",
	.sql = "SELECT book_id, id, operation, actor, recorded_at, effective_at, policy, outcome, "
		   "events FROM journal WHERE book_id = ?1 AND delegation_book_id = ?2 AND id > ?3 AND "
		   "id >= ?4 ORDER BY id LIMIT ?5",
};

static const char *who_ends(const mk_ctx *ctx, const market_delegation *delegation);

int mk_delegation_open(mk_ctx *ctx, market_id actor, market_id seller,
                       const market_agency_member **member, const market_delegation **delegation,
                       market_error *err)
{
	const mk_value member_args[] = {mk_int(actor.book), mk_int(actor.id)};
	const mk_value args[] = {mk_int(seller.id), mk_int(actor.book)};
	mk_query queries[] = {{.statement = mk_agency_member_entity.by_id,
	                       .args = member_args,
	                       .n_args = 2,
	                       .record = &mk_agency_member_record},
	                      {.statement = &delegation_current,
	                       .args = args,
	                       .n_args = 2,
	                       .record = &mk_delegation_record}};
	const market_agency_member *found;
	const market_delegation *given;
	int rc = mk_store_read(ctx->store, ctx->arena, queries, mk_id_absent(seller) ? 1 : 2, err);
	*member = NULL;
	*delegation = NULL;
	if (rc != 0 || queries[0].n_rows == 0)
		return rc;
	found = queries[0].rows[0];
	if (found->removed_at != 0)
		return 0;
	*member = found;
	given = queries[1].n_rows > 0 ? queries[1].rows[0] : NULL;
	if (given && ctx->now < given->valid_to)
		*delegation = given;
	return 0;
}

/* Never MK_CAN_OWN and MK_CAN_PAYOUT_ACCOUNT. */
uint32_t mk_delegation_permissions(const market_delegation *delegation)
{
	return (uint32_t)(MK_CAN_VIEW | (delegation->finance ? MK_CAN_FINANCE : 0) |
	                  (delegation->catalogue ? MK_CAN_CATALOGUE : 0) |
	                  (delegation->fulfilment ? MK_CAN_FULFILMENT : 0) |
	                  (delegation->support ? MK_CAN_SUPPORT : 0));
}

static int check_grant(mk_ctx *ctx, const market_delegation_grant_params *in, market_error *err)
{
	void *agency = NULL;
	int rc = mk_load(ctx, &mk_agency_entity, in->agency, "agency", &agency, err);
	if (rc != 0)
		return rc;
	if (in->valid_to <= ctx->now)
		return mk_error_at(err, MARKET_EINVALID, "valid_to", "the delegation's end is over");
	return in->finance ? mk_check_confirmation(ctx, err) : 0;
}

int mk_delegation_grant(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_delegation_grant_params *in = params;
	market_delegation given = {
		.seller = in->seller,
		.agency = in->agency,
		.finance = in->finance,
		.catalogue = in->catalogue,
		.fulfilment = in->fulfilment,
		.support = in->support,
		.valid_to = in->valid_to,
		.created_at = ctx->now,
		.version = 1,
	};
	market_delegation *before = NULL;
	int rc = check_grant(ctx, in, err);
	if (rc == 0)
		rc = mk_store_get(ctx->store, ctx->arena, &delegation_current, &mk_delegation_record,
		                  MK_ARGS(mk_int(in->seller.id), mk_int(in->agency.id)), (void **)&before,
		                  err);
	if (rc != 0)
		return rc;
	given.id = mk_new_id(ctx, in->seller.id);
	/* one is current at a time: behind the update that ends the one before */
	mk_plan_add_record(ctx->plan, before ? MK_PHASE_LAST : MK_PHASE_INSERT, &delegation_insert,
	                   given.id, &mk_delegation_record, &given, MK_RETRY);
	mk_event(ctx, "delegation.granted", MARKET_ID_DELEGATION, given.id);
	mk_event_id(ctx, "agency", MARKET_ID_AGENCY, given.agency);
	mk_event_book(ctx, given.agency.id);
	if (before) {
		before->ended_at = ctx->now;
		before->ended_by = "grant";
		mk_event_id(ctx, "replaces", MARKET_ID_DELEGATION, before->id);
		mk_update(ctx, &delegation_end, &mk_delegation_record, before->id, before);
	}
	ctx->result = given.id;
	return 0;
}

int mk_delegation_revoke(mk_ctx *ctx, const void *params, market_error *err)
{
	market_delegation *delegation = (market_delegation *)ctx->subject;
	int rc;
	(void)params;
	if (delegation->ended_at != 0) {
		rc = mk_error_at(err, MARKET_ESTATE, "delegation", "the delegation has ended");
		return mk_error_object(err, rc, MARKET_ID_DELEGATION, delegation->id);
	}
	delegation->ended_at = ctx->now;
	delegation->ended_by = who_ends(ctx, delegation);
	mk_event(ctx, "delegation.revoked", MARKET_ID_DELEGATION, delegation->id);
	mk_event_text(ctx, "by", delegation->ended_by);
	mk_event_book(ctx, delegation->agency.id);
	mk_update(ctx, &delegation_end, &mk_delegation_record, delegation->id, delegation);
	ctx->result = delegation->id;
	return 0;
}

int mk_delegation_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_delegation_list_params *in = params;
	return mk_page_read(ctx, &delegation_page, &mk_delegation_record,
	                    offsetof(market_delegation, created_at), MK_ARGS(mk_int(in->seller.id)),
	                    in->after, in->limit, err);
}

int mk_agency_delegation_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_agency_page_params *in = params;
	return mk_page_read(ctx, &delegation_agency_page, &mk_delegation_record,
	                    offsetof(market_delegation, created_at), MK_ARGS(mk_int(in->agency.id)),
	                    in->after, in->limit, err);
}

int mk_delegation_audit(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_delegation_audit_params *in = params;
	const market_delegation *delegation = ctx->subject;
	return mk_page_read(ctx, &delegation_audit, &mk_journal_entry_record,
	                    offsetof(market_journal_entry, id) + offsetof(market_id, id),
	                    MK_ARGS(mk_int(delegation->agency.id), mk_int(delegation->seller.id)),
	                    in->after, in->limit, err);
}

static const char *who_ends(const mk_ctx *ctx, const market_delegation *delegation)
{
	if (ctx->actor.kind == MARKET_ACTOR_OPERATOR)
		return "operator";
	return ctx->actor.id.book == delegation->agency.id ? "agency" : "member";
}
