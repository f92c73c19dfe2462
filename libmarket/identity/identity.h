/* Checks of who stands behind a seller (SEL-1), and what follows from them (SEL-13). */
#ifndef MK_IDENTITY_IDENTITY_H
#define MK_IDENTITY_IDENTITY_H

#include <market/identity.h>

#include "libmarket/party/submission.h"
#include "libmarket/payment/request.h"

typedef struct mk_identity {
	market_identity identity;
	const char *items; /* lines `<code>=<text>`; not a column */
	market_blob data_key;
	market_blob number_sealed;
	market_blob number_index; /* blind */
	market_blob items_sealed;
	market_blob answer_index; /* blind, of the first final answer */
	market_time due_at;       /* of its deadline row */
} mk_identity;

extern const mk_record mk_identity_record;
extern const mk_entity mk_identity_entity;
extern const mk_enum mk_identity_state_enum, mk_identity_result_enum;
extern const char *const mk_identity_ddl[];

/* ---- rows (identity/record.c) ---- */

void mk_identity_insert(mk_ctx *ctx, const mk_identity *row);
/* Plans the update of one that was read and changed, its deadline included. */
void mk_identity_save(mk_ctx *ctx, mk_identity *row);
/* The newest for a requirement; NULL when there is none. */
int mk_identity_newest(mk_ctx *ctx, market_id seller, const char *requirement, mk_identity **out,
                       market_error *err);
/* The newest that verified a name and whose submission is accepted, or with `lapsed` was so once.
 * NULL when there is none. */
int mk_identity_verified(mk_ctx *ctx, market_id seller, bool lapsed, mk_identity **out,
                         market_error *err);
/* The one that decides over a submission; NULL when there is none. */
int mk_identity_of_submission(mk_ctx *ctx, market_id submission, mk_identity **out,
                              market_error *err);
/* Seals `number` or `items` under the row's own key, which is made when there is none. NULL seals
 * nothing. */
int mk_identity_seal_number(mk_ctx *ctx, mk_identity *row, const char *number, market_error *err);
int mk_identity_seal_items(mk_ctx *ctx, mk_identity *row, const char *items, market_error *err);
/* Reads both; they may be NULL afterwards. */
int mk_identity_unseal(const mk_keys *keys, mk_identity *row, mk_arena *arena, market_error *err);

/* Whether it waits for the provider or the seller. */
static inline bool mk_identity_open(const mk_identity *row)
{
	return row->identity.state == MARKET_IDENTITY_PENDING ||
	       row->identity.state == MARKET_IDENTITY_WANTING;
}

/* ---- what others ask (identity/shown.c) ---- */

/* SEL-13: whether the holder is who was verified, or nobody was. `verified` is the name of an
 * answer that isn't written yet; NULL: what is stored. */
int mk_identity_holds(mk_ctx *ctx, market_id seller, const char *verified, const char *holder,
                      bool *out, market_error *err);
/* EHOLDER when it isn't. */
int mk_identity_check_holder(mk_ctx *ctx, market_id seller, const char *holder, market_error *err);
/* The check that is open over the submission: no operator decides yet. NULL: none. */
int mk_identity_awaited(mk_ctx *ctx, const market_submission *submission, mk_identity **out,
                        market_error *err);
/* ESTATE while a provider's answer over the submission is awaited. */
int mk_identity_check_accept(mk_ctx *ctx, const market_submission *submission, market_error *err);

/* ---- answers (identity/answer.c) ---- */

/* What a provider says, checked: texts that are empty are NULL. */
typedef struct mk_identity_answer {
	int32_t result;
	const char *reference, *legal_name, *country, *number, *address, *licences, *codes;
	market_time valid_to;
} mk_identity_answer;

mk_identity_answer mk_identity_answer_of(const market_identity_told *told);

/* ---- providers (identity/provider.c) ---- */

int mk_identities_open(market *m, market_error *err);
void mk_identities_close(market *m);
const market_identity_provider *mk_identity_find(market *m, const char *name);
int mk_identity_absent(const char *name, market_error *err);
/* Asks it to verify and read a notification. Errors: what it returned; EINVALID (body). */
int mk_identity_verify(mk_ctx *ctx, const market_identity_provider *provider,
                       const market_identity_notify_params *in, market_identity_told *told,
                       market_error *err);
/* What a request asks, read outside a transaction. */
int mk_identity_prepare(market *m, mk_arena *arena, mk_identity *row, const mk_request *request,
                        market_time now, market_identity_request *out, market_error *err);
/* Asks; with an error the answer is UNKNOWN. `err` isn't NULL. */
int mk_identity_ask(market *m, const mk_request *request, const market_identity_request *asked,
                    bool query, market_identity_told *told, market_error *err);
/* The sandbox's functions (identity/sandbox.c); `user_data` is the market. */
extern const market_identity_provider mk_identity_sandbox;

/* ---- handlers ---- */

int mk_identity_check(mk_ctx *ctx, const void *params, market_error *err);
int mk_identity_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_identity_supply(mk_ctx *ctx, const void *params, market_error *err);
int mk_identity_expire(mk_ctx *ctx, const void *params, market_error *err);
int mk_identity_notify(mk_ctx *ctx, const void *params, market_error *err);
int mk_identity_take_answer(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_identity(mk_ctx *ctx, const void *params, market_error *err);

#endif
