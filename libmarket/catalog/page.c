#include "libmarket/catalog/sql.h"

int mk_catalog_page(mk_ctx *ctx, mk_query *query, int64_t limit, const char **next,
                    market_error *err)
{
	int rc = mk_store_read(ctx->store, ctx->arena, query, 1, err);

	if (rc != 0)
		return rc;
	*next = NULL;
	if ((int64_t)query->n_rows <= limit)
		return 0;
	query->n_rows = (size_t)limit;
	/* every row begins with its id */
	*next = mk_cursor_write(ctx, ((const market_id *)query->rows[limit - 1])->id, 0);
	return *next ? 0 : mk_error_no_memory(err);
}

bool mk_catalog_insider(const mk_ctx *ctx, market_id seller)
{
	switch (ctx->actor.kind) {
	case MARKET_ACTOR_SYSTEM:
		return true;
	case MARKET_ACTOR_OPERATOR:
		return (ctx->actor.rights & MARKET_RIGHT_CATALOG) != 0;
	case MARKET_ACTOR_MEMBER:
		return ctx->member && !mk_id_absent(seller) && mk_id_equal(ctx->member->seller, seller) &&
		       (ctx->permissions & MK_CAN_VIEW) != 0;
	default:
		return false;
	}
}
