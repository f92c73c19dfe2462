/* A seller's holiday: an overlay over its state, two times in its row. */
#include "libmarket/party/seller.h"

int mk_seller_holiday_set(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_holiday_set_params *in = params;
	mk_seller *seller = (mk_seller *)ctx->subject;
	const market_time from = in->from ? in->from : ctx->now;
	int rc = mk_seller_check_there(seller, err);
	if (rc != 0)
		return rc;
	if (in->to != 0 && (in->to <= from || in->to <= ctx->now))
		return mk_error_at(err, MARKET_EINVALID, "to", "the holiday ends before it begins or now");
	seller->seller.holiday_from = from;
	seller->seller.holiday_to = in->to;
	mk_event(ctx, "seller.holiday_set", MARKET_ID_SELLER, seller->seller.id);
	mk_event_int(ctx, "from", from);
	if (in->to != 0)
		mk_event_int(ctx, "to", in->to);
	mk_seller_save(ctx, seller);
	ctx->result = seller->seller.id;
	return 0;
}

int mk_seller_holiday_clear(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_seller *seller = (mk_seller *)ctx->subject;
	(void)params;
	if (seller->seller.holiday_from == 0)
		return mk_error_at(err, MARKET_ESTATE, "seller", "the seller has no holiday");
	seller->seller.holiday_from = seller->seller.holiday_to = 0;
	mk_event(ctx, "seller.holiday_cleared", MARKET_ID_SELLER, seller->seller.id);
	mk_seller_save(ctx, seller);
	ctx->result = seller->seller.id;
	return 0;
}
