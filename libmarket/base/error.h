/* Filling a market_error. */
#ifndef MK_BASE_ERROR_H
#define MK_BASE_ERROR_H

#include <market/error.h>

#define MK_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))

/* Sets code, class and message, clears the rest, and returns the code. `err` may be NULL. */
int mk_error_set(market_error *err, int code, const char *format, ...) MK_PRINTF(3, 4);

/* These add to an error that is set and return `code`, also when that is no error but positive: a
 * transaction that must run again. `err` may be NULL. */
int mk_error_detail(market_error *err, int code, const char *format, ...) MK_PRINTF(3, 4);
/* The texts in one line, as far as it goes: "a; b; and 3 more." */
int mk_error_detail_list(market_error *err, int code, const char *const *texts, size_t count);
int mk_error_hint(market_error *err, int code, const char *format, ...) MK_PRINTF(3, 4);
int mk_error_field(market_error *err, int code, const char *format, ...) MK_PRINTF(3, 4);
int mk_error_object(market_error *err, int code, market_id_kind kind, market_id id);
/* The same with an identifier that is text already; NULL clears it. */
int mk_error_object_text(market_error *err, int code, const char *text);

/* Sets EMISSING, ETYPE, ... for one field: message and field path. */
int mk_error_at(market_error *err, int code, const char *field, const char *format, ...)
	MK_PRINTF(4, 5);

/* Puts `prefix` (a field name or `name[3]`) and a dot before the field path. */
void mk_error_prefix(market_error *err, const char *format, ...) MK_PRINTF(2, 3);

void mk_error_clear(market_error *err);
int mk_error_no_memory(market_error *err);

#endif
