/* What the door needs to know of a kind of record: how to find it and whose it is. */
#ifndef MK_ENGINE_ENTITY_H
#define MK_ENGINE_ENTITY_H

#include "libmarket/store/store.h"

struct mk_ctx;

typedef struct mk_entity {
	market_id_kind kind;
	const char *name;
	const mk_record *record;
	const mk_statement *by_id; /* ?1 book, ?2 id */
	const mk_statement
		*by_ref;     /* ?1 book, ?2 ref, gives book_id, id; NULL when refs are in the registry */
	bool registered; /* buyers, sellers, members: refs unique in the store */
	/* Whose it is; an absent id when the row has no such party. NULL: never. */
	market_id (*buyer)(const void *row);
	market_id (*seller)(const void *row);
	market_id (*agency)(const void *row);
	/* Whether anybody may learn of it. NULL: always. */
	bool (*shown)(const void *row);
	/* Completes an output (lists that aren't columns). May be NULL. */
	int (*fill)(struct mk_ctx *ctx, void *row, market_error *err);
} mk_entity;

#endif
