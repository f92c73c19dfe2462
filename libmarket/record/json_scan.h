/* From bytes to a jansson tree, bounded first. */
#ifndef MK_RECORD_JSON_SCAN_H
#define MK_RECORD_JSON_SCAN_H

#include <jansson.h>

#include "libmarket/base/error.h"
#include "libmarket/record/field.h"

/* Parses one object. The caller releases `out` with json_decref. Errors have "Line L, column C" in
 * their detail; what isn't valid text has its field's path too. */
int mk_json_scan(const char *json, size_t size, json_t **out, market_error *err);

/* The same without bounds, of an object or an array (json_parse.c). */
int mk_json_parse(const char *json, size_t size, json_t **out, market_error *err);

/* Adds "Line L, column C." of the byte `at` to an error, and gives its code back. */
int mk_json_place(const char *json, size_t at, int code, market_error *err);

/* The path of the value that the byte `at` belongs to; of a name, the object's (json_path.c). */
void mk_json_path(const char *json, size_t size, size_t at, char out[MK_PATH_SIZE]);

#endif
