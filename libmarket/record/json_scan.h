/* From bytes to a jansson tree, bounded first. */
#ifndef MK_RECORD_JSON_SCAN_H
#define MK_RECORD_JSON_SCAN_H

#include <jansson.h>

#include "libmarket/base/error.h"

/* Parses one object. The caller releases `out` with json_decref. Errors have "Line L, column C" in
 * their detail. */
int mk_json_scan(const char *json, size_t size, json_t **out, market_error *err);

#endif
