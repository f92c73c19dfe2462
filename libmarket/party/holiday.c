/* A seller's holiday: an overlay over its state, two times in its row. */
#include "libmarket/party/seller.h"

static int check_state(const mk_seller *seller, market_error *err);

int mk_seller_holiday_set(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_holiday_set_params *in = params;
	mk_seller *seller = (mk_seller *)ctx->subject;
	const market_time from = in->from ? in->from : ctx->now;
	int rc = check_state(seller, err);
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

static int check_state(const mk_seller *seller, market_error *err)
{
	const int32_t state = seller->seller.state;
	int rc;
	if (state != MARKET_SELLER_REJECTED && state != MARKET_SELLER_TERMINATED)
		return 0;
	rc = mk_error_at(err, MARKET_ESTATE, "seller", "the seller is %s",
	                 mk_enum_name(&mk_seller_state_enum, state));
	return mk_error_object(err, rc, MARKET_ID_SELLER, seller->seller.id);
}
