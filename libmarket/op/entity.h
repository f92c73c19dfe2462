/* Entities of the table, and references resolved through them. */
#ifndef MK_OP_ENTITY_H
#define MK_OP_ENTITY_H

#include "libmarket/engine/entity.h"
#include "libmarket/engine/market.h"

/* The entity of that kind which some operation acts on or gives, or NULL. */
const mk_entity *mk_entity_of(market_id_kind kind);

/* Resolves "ref:…" texts in the actor's own book, and for operators and the system "ref:<owner>/…",
 * whose owner is the id or the ref of a buyer or seller. ENOTFOUND names the field. */
int mk_refs_resolve(market_session *session, mk_pending_ref *refs, market_error *err);
/* After an operation was refused: a record that isn't visible reads as a reference to nothing. */
int mk_refs_hide(const mk_pending_ref *refs, int code, market_error *err);
/* A ref that is unique in the store. */
int mk_ref_find(market_session *session, market_id_kind kind, const char *ref, market_id *out,
                market_error *err);

#endif
