/* Agencies, their people, and what sellers delegate to them (SEL-6). */
#ifndef MK_AGENCY_AGENCY_H
#define MK_AGENCY_AGENCY_H

#include "libmarket/party/party.h"

extern const mk_record mk_agency_record, mk_agency_member_record, mk_delegation_record;
extern const mk_entity mk_agency_entity, mk_agency_member_entity, mk_delegation_entity;
extern const char *const mk_agency_ddl[];

/* Who of an agency `actor` is, and what is delegated to it by the seller now; NULL: nobody,
 * nothing. An absent seller has delegated nothing. */
int mk_delegation_open(mk_ctx *ctx, market_id actor, market_id seller,
                       const market_agency_member **member, const market_delegation **delegation,
                       market_error *err);
/* The permissions of members that it gives. */
uint32_t mk_delegation_permissions(const market_delegation *delegation);

int mk_agency_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_agency_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_agency_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_agency_member_add(mk_ctx *ctx, const void *params, market_error *err);
int mk_agency_member_remove(mk_ctx *ctx, const void *params, market_error *err);
int mk_agency_member_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_agency_delegation_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_delegation_grant(mk_ctx *ctx, const void *params, market_error *err);
int mk_delegation_revoke(mk_ctx *ctx, const void *params, market_error *err);
int mk_delegation_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_delegation_audit(mk_ctx *ctx, const void *params, market_error *err);

#endif
