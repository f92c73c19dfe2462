/* The table of operations. One row is all there is to know of an operation. */
#ifndef MK_OP_OP_H
#define MK_OP_OP_H

#include "libmarket/engine/context.h"

typedef enum mk_relation_kind {
	MK_REL_END = 0,
	MK_REL_ANYONE,   /* anonymous included */
	MK_REL_BUYER,    /* the buyer of the subject */
	MK_REL_MEMBER,   /* a member of the subject's seller with the permission */
	MK_REL_OPERATOR, /* an operator with the right */
	MK_REL_SYSTEM,
	MK_REL_AGENCY /* somebody of the subject's agency; MK_NEED_MANAGER: a manager */
} mk_relation_kind;

enum { MK_NEED_MANAGER = 1 };

typedef struct mk_relation {
	mk_relation_kind kind;
	uint32_t need; /* a permission of members (MK_CAN_…) or a right of operators */
} mk_relation;
#define MK_RELATIONS(...) \
	(const mk_relation[]) \
	{ \
		__VA_ARGS__, \
		{ \
			MK_REL_END, 0 \
		} \
	}

enum {
	MK_OP_WRITES = 1 << 0,
	MK_OP_MONEY = 1 << 1,
	MK_OP_STOCK = 1 << 2,
	MK_OP_STATE = 1 << 3,
	MK_OP_PAGED = 1 << 4,
	MK_OP_TIMED = 1 << 5,         /* run from a deadline: params are the subject alone */
	MK_OP_NEVER_REFUSED = 1 << 6, /* a notification: stored whatever the state */
	MK_OP_AUDITED = 1 << 7,       /* a read that leaves a journal row: sealed fields in full */
	MK_OP_ALONE = 1 << 8          /* writes beside its plan, or changes what the market remembers: a
	                               * transaction of its own, never in a group */
};

typedef struct mk_op {
	const char *name;
	const char *summary;
	const char *since;
	const mk_record *params;
	const mk_record *result;   /* of what `out` gives */
	const mk_entity *subject;  /* NULL: none */
	const char *subject_param; /* the params field that names it */
	const mk_entity
		*gives; /* a write's result is ctx->result of this entity, read back; NULL: ctx->output */
	const mk_relation *relations;
	const int *errors; /* of the handler, in order of precedence; ends with 0 */
	uint32_t flags;
	int (*handler)(mk_ctx *ctx, const void *params, market_error *err);
} mk_op;
#define MK_ERRORS(...) \
	(const int[]) \
	{ \
		__VA_ARGS__, 0 \
	}

#define MK_NO_ERRORS \
	(const int[]) \
	{ \
		0 \
	}

/* Who keeps a seller's stock, and who sees its part of the catalogue. */
#define MK_STOCK_KEEPERS \
	MK_RELATIONS({MK_REL_MEMBER, MK_CAN_CATALOGUE}, {MK_REL_MEMBER, MK_CAN_FULFILMENT}, \
	             {MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})
#define MK_CATALOG_VIEWERS \
	MK_RELATIONS({MK_REL_MEMBER, MK_CAN_VIEW}, {MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})

/* Each file libmarket/op/<noun>.c defines its rows and the typed functions over them. */
typedef struct mk_op_group {
	const mk_op *ops;
	size_t count;
} mk_op_group;

extern const mk_record mk_event_page_record;    /* of event.list */
extern const mk_op_group *const mk_op_groups[]; /* ends with NULL */
const mk_op *mk_op_find(const char *name);
const mk_op *mk_op_at(size_t index);

/* The one way in. */
int mk_op_run(market_session *session, const mk_op *op, const void *params, void **out,
              market_error *err);
/* The same with the result as JSON text, released with market_text_free. */
int mk_op_run_json(market_session *session, const mk_op *op, const void *params, char **reply,
                   market_error *err);

/* The typed function of a row: MK_TYPED(market_order_place, &order_ops[0],
 * market_order_place_params, market_order) */
#define MK_TYPED(function, row, P, R) \
	int function(market_session *session, const P *in, R **out, market_error *err) \
	{ \
		return mk_op_run(session, (row), in, (void **)out, err); \
	}
#define MK_TYPED_FREE(function, R) \
	void function(R *value) \
	{ \
		mk_record_free(value); \
	}

#endif
