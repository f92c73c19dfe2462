/* Buyers, addresses, sellers and their members: rows, loading, permissions. */
#ifndef MK_PARTY_PARTY_H
#define MK_PARTY_PARTY_H

#include "libmarket/engine/context.h"

/* SEL-6: what members may do; roles are rows of a table of these. */
enum {
	MK_CAN_OWN = 1 << 0,
	MK_CAN_FINANCE = 1 << 1,
	MK_CAN_CATALOGUE = 1 << 2,
	MK_CAN_FULFILMENT = 1 << 3,
	MK_CAN_SUPPORT = 1 << 4,
	MK_CAN_VIEW = 1 << 5,
	MK_CAN_PAYOUT_ACCOUNT = 1 << 6 /* says where payouts go */
};
uint32_t mk_role_permissions(int32_t role);

typedef struct mk_buyer {
	market_buyer buyer;
	const char *standing; /* what its violations bring about (libmarket/standing); NULL: nothing */
} mk_buyer;

typedef struct mk_seller {
	market_seller seller;
	market_time due_at;              /* of its deadline row */
	const char *category_paths;      /* of the categories it trades in, as lines; NULL: none */
	market_time review_since;        /* waits for an operator since then (SEL-2) */
	const char *claimed_by;          /* the operator who looks at it … */
	market_time claimed_until;       /* … until then */
	const char *standing;            /* as a buyer's */
	struct mk_seller_brands *brands; /* its authorisations, once they were read; not a column */
} mk_seller;

extern const mk_record mk_buyer_record, mk_address_record, mk_member_record, mk_seller_record;
extern const mk_entity mk_buyer_entity, mk_address_entity, mk_member_entity, mk_seller_entity;
extern const mk_enum mk_seller_state_enum, mk_role_enum;

int mk_address_load(mk_ctx *ctx, market_id id, const char *field, market_address **out,
                    market_error *err);
int mk_seller_load(mk_ctx *ctx, market_id id, const char *field, mk_seller **out,
                   market_error *err);
/* Plans the update of a buyer's standing. */
void mk_buyer_save(mk_ctx *ctx, mk_buyer *buyer);
/* Plans the update of a seller that was read and changed, its deadline included. */
void mk_seller_save(mk_ctx *ctx, mk_seller *seller);
/* Whether it was rejected or terminated. */
bool mk_seller_is_gone(const mk_seller *seller);
/* Whether it is being wound up, or is gone. */
bool mk_seller_is_leaving(const mk_seller *seller);
/* SEL-12, CAT-6: whether it takes new orders now. */
bool mk_seller_sells(const mk_seller *seller);
/* An overlay, not a state: nothing can be bought of it meanwhile (CAT-6). */
bool mk_seller_on_holiday(const mk_seller *seller, market_time now);

extern const char *const mk_party_ddl[];

#endif
