/* Base64 (RFC 4648, section 4) as JSON and YAML carry bytes. */
#ifndef MK_BASE_BASE64_H
#define MK_BASE_BASE64_H

#include "libmarket/base/text.h"

/* Appends with padding and without line breaks. 0, or MARKET_ENOMEM when `out` has failed. */
int mk_base64_encode(const void *data, size_t size, mk_text *out);
/* Strict: padding is required, unused bits are zero, no white space. False for other text and when
 * memory is exhausted (`arena->failed` tells). An empty text gives data of size 0, not NULL. */
bool mk_base64_decode(const char *text, mk_arena *arena, market_blob *out);

#endif
