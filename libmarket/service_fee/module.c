/* SEL-5: service modules, billed to the seller's account. */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/engine/policy_service_fees.h"
#include "libmarket/service_fee/sql.h"

#define MODULE_PERIOD (30 * MK_DAY)

static int bill(mk_ctx *ctx, const mk_seller *seller, const mk_subscription *row,
                const mk_service_module *module, bool look, market_error *err);
static int put_off(mk_ctx *ctx, mk_subscription *row);
static int finish(mk_ctx *ctx, mk_subscription *row, const char *event);
static int end(mk_ctx *ctx, mk_subscription *row, const char *reason);

int mk_module_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const mk_policy_service_fees *section = ctx->policy->service_fees;
	market_modules *out = MK_NEW(ctx->arena, market_modules);
	const market_module **items =
		MK_NEW_ARRAY(ctx->arena, const market_module *, section->n_modules + 1);

	(void)params;
	if (!out || !items)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < section->n_modules; i++) {
		const mk_service_module *from = section->modules[i];
		market_module *to = MK_NEW(ctx->arena, market_module);

		if (!to)
			return mk_error_no_memory(err);
		*to = (market_module){from->key, from->summary, from->price,
		                      mk_service_tax(ctx, from->price)};
		items[i] = to;
	}
	*out = (market_modules){items, section->n_modules};
	ctx->output = out;
	return 0;
}

int mk_module_subscribe(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_module_subscribe_params *in = params;
	const mk_seller *seller = ctx->subject;
	const mk_service_module *module = mk_policy_module(ctx->policy, in->module);
	mk_subscription *row = MK_NEW(ctx->arena, mk_subscription);
	void *running = NULL;
	int rc;

	if (!module)
		return mk_error_at(err, MARKET_EINVALID, "module", "the policy has no module %s",
		                   in->module);
	if (!row)
		return mk_error_no_memory(err);
	rc = mk_service_check_seller(seller, err);
	if (rc == 0)
		rc = mk_store_get(ctx->store, ctx->arena, &mk_subscription_running, &mk_subscription_record,
		                  MK_ARGS(mk_int(in->seller.id), mk_text_value(in->module)), &running, err);
	if (rc == 0 && running)
		rc = mk_error_at(err, MARKET_EEXISTS, "module", "module %s is taken already", in->module);
	if (rc != 0)
		return rc;
	row->subscription = (market_subscription){
		.id = mk_new_id(ctx, in->seller.id),
		.seller = in->seller,
		.module = module->key,
		.state = MARKET_SUBSCRIPTION_ACTIVE,
		.created_at = ctx->now,
		.paid_until = ctx->now + MODULE_PERIOD,
		.version = 1,
	};
	rc = bill(ctx, seller, row, module, false, err);
	if (rc != 0)
		return rc;
	row->due_at = row->subscription.paid_until;
	mk_insert(ctx, &mk_subscription_insert, &mk_subscription_record, row->subscription.id, row);
	mk_deadline_set(ctx, row->subscription.id, 0, row->due_at, "module.bill");
	mk_event(ctx, "module.subscribed", MARKET_ID_SUBSCRIPTION, row->subscription.id);
	mk_event_text(ctx, "module", module->key);
	ctx->result = row->subscription.id;
	return 0;
}

int mk_module_cancel(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_subscription *row = (mk_subscription *)ctx->subject;

	(void)params;
	if (row->subscription.state != MARKET_SUBSCRIPTION_ACTIVE)
		return mk_error_at(err, MARKET_ESTATE, "subscription", "the subscription isn't active");
	row->subscription.state = MARKET_SUBSCRIPTION_CANCELLED;
	return finish(ctx, row, "module.cancelled");
}

/* Its deadline. */
int mk_module_bill(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_subscription *row = (mk_subscription *)ctx->subject;
	market_subscription *s = &row->subscription;
	const mk_service_module *module = mk_policy_module(ctx->policy, s->module);
	mk_seller *seller = NULL;
	int rc;

	(void)params;
	if (row->due_at == 0 || row->due_at > ctx->now)
		return mk_error_at(err, MARKET_ESTATE, "subscription", "nothing is due");
	if (s->state == MARKET_SUBSCRIPTION_CANCELLED)
		return end(ctx, row, "cancelled");
	rc = mk_seller_load(ctx, s->seller, "subscription", &seller, err);
	if (rc != 0)
		return rc;
	if (mk_service_check_seller(seller, NULL) != 0)
		return end(ctx, row, "seller_closing");
	if (!module)
		return end(ctx, row, "withdrawn");
	rc = bill(ctx, seller, row, module, true, err);
	if (rc == MARKET_EQUOTA || rc == MARKET_ECURRENCY) {
		mk_error_clear(err);
		return end(ctx, row, "unpaid");
	}
	if (rc == MARKET_EINFLIGHT) {
		mk_error_clear(err);
		return put_off(ctx, row);
	}
	s->paid_until += MODULE_PERIOD;
	if (rc == 0)
		rc = bill(ctx, seller, row, module, false, err);
	return rc == 0 ? finish(ctx, row, "module.billed") : rc;
}

int mk_subscription_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_service_fee_list_params *in = params;

	return mk_page_read(ctx, &mk_subscription_page, &mk_subscription_record,
	                    offsetof(market_subscription, created_at), MK_ARGS(mk_int(in->seller.id)),
	                    in->after, in->limit, err);
}

/* Each period is billed once: its end makes the transfer's name. */
static int bill(mk_ctx *ctx, const mk_seller *seller, const mk_subscription *row,
                const mk_service_module *module, bool look, market_error *err)
{
	const mk_service_charge charge = {
		.seller = seller,
		.kind = MARKET_ID_SUBSCRIPTION,
		.object = row->subscription.id,
		.purpose = "module_billed",
		.part = mk_arena_format(ctx->arena, "%lld", (long long)row->subscription.paid_until),
		.stem = "fee_revenue",
		.suffix = module->key,
		.amount = module->price,
		.tax = mk_service_tax(ctx, module->price),
	};

	return charge.part ? mk_service_draw(ctx, &charge, look, err) : mk_error_no_memory(err);
}

/* Until the refunds have an outcome; the days meanwhile are billed with the period. */
static int put_off(mk_ctx *ctx, mk_subscription *row)
{
	const market_time due = ctx->now + MK_HOUR;

	mk_deadline_set(ctx, row->subscription.id, row->due_at, due, "module.bill");
	row->due_at = due;
	mk_update(ctx, &mk_subscription_update, &mk_subscription_record, row->subscription.id, row);
	ctx->result = row->subscription.id;
	return 0;
}

static int finish(mk_ctx *ctx, mk_subscription *row, const char *event)
{
	market_subscription *s = &row->subscription;
	const market_time due = s->state == MARKET_SUBSCRIPTION_ENDED ? 0 : s->paid_until;

	if (due != row->due_at)
		mk_deadline_set(ctx, s->id, row->due_at, due, "module.bill");
	row->due_at = due;
	mk_update(ctx, &mk_subscription_update, &mk_subscription_record, s->id, row);
	mk_event(ctx, event, MARKET_ID_SUBSCRIPTION, s->id);
	mk_event_text(ctx, "module", s->module);
	mk_event_text(ctx, "reason", s->reason);
	ctx->result = s->id;
	return 0;
}

static int end(mk_ctx *ctx, mk_subscription *row, const char *reason)
{
	row->subscription.state = MARKET_SUBSCRIPTION_ENDED;
	row->subscription.reason = reason;
	return finish(ctx, row, "module.ended");
}
