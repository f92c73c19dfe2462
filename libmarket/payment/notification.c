/* Notifications of providers that move no money. */
#include "libmarket/payment/sql.h"

int mk_notification_known(mk_ctx *ctx, int64_t book, const char *provider, const char *event,
                          market_id *known, market_error *err)
{
	mk_notification *row = NULL;
	int rc = mk_store_get(
		ctx->store, ctx->arena, &mk_notification_by_event, &mk_notification_record,
		MK_ARGS(mk_int(book), mk_text_value(provider), mk_text_value(event)), (void **)&row, err);

	*known = row ? row->notification.id : (market_id){0, 0};
	return rc;
}

market_id mk_notification_keep(mk_ctx *ctx, int64_t book, const market_notification *told)
{
	mk_notification row = {.notification = *told};

	row.notification.id = mk_new_id(ctx, book);
	row.notification.received_at = ctx->now;
	if (row.notification.occurred_at == 0)
		row.notification.occurred_at = ctx->now;
	row.notification.version = 1;
	mk_insert(ctx, &mk_notification_insert, &mk_notification_record, row.notification.id, &row);
	return row.notification.id;
}
