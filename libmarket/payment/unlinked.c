#include "libmarket/aftersale/refund.h"
#include "libmarket/settlement/fee.h"
#include "libmarket/settlement/payout.h"

int __attribute__((weak)) mk_refund_order(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err)
{
	(void)ctx;
	(void)order;
	(void)reason;
	return mk_error_set(err, MARKET_EINTERNAL, "refunds aren't linked");
}

int __attribute__((weak)) mk_refund_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	(void)ctx;
	(void)request;
	return mk_error_set(err, MARKET_EINTERNAL, "refunds aren't linked");
}

int __attribute__((weak)) mk_payout_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	(void)ctx;
	(void)request;
	return mk_error_set(err, MARKET_EINTERNAL, "payouts aren't linked");
}

int __attribute__((weak)) mk_fee_freeze(mk_ctx *ctx, mk_order *order, mk_order_line **lines, size_t n, market_error *err)
{
	(void)ctx;
	(void)order;
	(void)lines;
	(void)n;
	(void)err;
	return 0;
}
