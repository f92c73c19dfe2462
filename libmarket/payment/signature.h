/* Signatures of the sandboxes' notifications: "t=<milliseconds>,v1=<hex>", HMAC-SHA256 over
 * "<milliseconds>.<body>", so that a body can't be sent again at another time. */
#ifndef MK_PAYMENT_SIGNATURE_H
#define MK_PAYMENT_SIGNATURE_H

#include "libmarket/base/arena.h"
#include "libmarket/crypto/crypto.h"

/* NULL with an error. */
const char *mk_signature_make(mk_mac *mac, const char *body, market_time now, mk_arena *arena,
                              market_error *err);
/* In constant time. Errors: ESIGNATURE, EEXPIRED. */
int mk_signature_check(mk_mac *mac, const char *body, size_t size, const char *signature,
                       market_time now, market_time tolerance, market_error *err);

#endif
