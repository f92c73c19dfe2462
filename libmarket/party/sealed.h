/* SEL-10: every table whose rows have a data key, for wrapping these anew. */
#ifndef MK_PARTY_SEALED_H
#define MK_PARTY_SEALED_H

#include "libmarket/engine/context.h"

/* A row as the statements below give and take it: the data key under the name `data_key`. */
typedef struct mk_sealed_row {
	market_id id;
	int64_t version;
	market_blob data_key;
} mk_sealed_row;
extern const mk_record mk_sealed_record;

typedef struct mk_sealed_table {
	const char *name;         /* of the record */
	const mk_statement *page; /* ?1, ?2 book and id of the row before, ?3 how many */
	const mk_statement *save; /* guarded by the version */
} mk_sealed_table;

/* Ends with NULL. A table with a sealed column stands here. */
extern const mk_sealed_table *const mk_sealed_tables[];

int mk_keys_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_keys_rewrap(mk_ctx *ctx, const void *params, market_error *err);

#endif
