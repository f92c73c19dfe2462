#include "libmarket/order/order.h"

#include "libmarket/catalog/catalog.h"

/* ORD-2: all that can happen to an order's state. */
static const struct {
	int32_t from;
	mk_order_step step;
	int32_t to;
} transitions[] = {
	{MARKET_ORDER_WAIT_PAY, MK_ORDER_PAY, MARKET_ORDER_WAIT_SHIP},
	{MARKET_ORDER_WAIT_PAY, MK_ORDER_CLOSE_UNPAID, MARKET_ORDER_CLOSED},
	{MARKET_ORDER_WAIT_PAY, MK_ORDER_CANCEL, MARKET_ORDER_CLOSED},
	{MARKET_ORDER_WAIT_SHIP, MK_ORDER_SHIP, MARKET_ORDER_WAIT_CONFIRM},
	{MARKET_ORDER_WAIT_SHIP, MK_ORDER_CANCEL, MARKET_ORDER_CLOSED},
	{MARKET_ORDER_WAIT_SHIP, MK_ORDER_REFUND_WHOLE, MARKET_ORDER_CLOSED},
	{MARKET_ORDER_WAIT_CONFIRM, MK_ORDER_CONFIRM, MARKET_ORDER_FINISHED},
	{MARKET_ORDER_WAIT_CONFIRM, MK_ORDER_REFUND_WHOLE, MARKET_ORDER_CLOSED},
};

static const char *const step_names[] = {
	[MK_ORDER_PAY] = "paid",          [MK_ORDER_SHIP] = "shipped",
	[MK_ORDER_CONFIRM] = "confirmed", [MK_ORDER_CLOSE_UNPAID] = "closed as unpaid",
	[MK_ORDER_CANCEL] = "cancelled",  [MK_ORDER_REFUND_WHOLE] = "closed by a refund",
};

static void stop_timers(mk_order *order);
static market_time pause_timer(market_time *timer, market_time now);
static void resume_timer(market_time *timer, market_time left, market_time now);
static void forget_rest(mk_order *order);
static market_time earliest(const mk_order *order, const char **operation);

int32_t mk_order_next_state(int32_t state, mk_order_step step)
{
	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++)
		if (transitions[i].from == state && transitions[i].step == step)
			return transitions[i].to;
	return 0;
}

int mk_order_step_to(mk_ctx *ctx, mk_order *order, mk_order_step step, market_error *err)
{
	int32_t to = mk_order_next_state(order->order.state, step);
	int rc;

	if (to == 0) {
		rc = mk_error_set(err, MARKET_ESTATE, "an order in state %s can't be %s",
		                  mk_enum_name(&mk_order_state_enum, order->order.state), step_names[step]);
		return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
	}
	order->order.state = to;
	if (to == MARKET_ORDER_CLOSED) {
		order->order.closed_at = ctx->now;
		stop_timers(order);
	}
	return 0;
}

void mk_order_save(mk_ctx *ctx, mk_order *order)
{
	const char *operation = NULL;
	market_time due = earliest(order, &operation);

	mk_deadline_set(ctx, order->order.id, order->due_at, due, operation);
	order->due_at = due;
	mk_update(ctx, &mk_order_update, &mk_order_record, order->order.id, order);
}

void mk_order_add(mk_ctx *ctx, mk_order *order)
{
	const char *operation = NULL;

	order->due_at = earliest(order, &operation);
	mk_insert(ctx, &mk_order_insert, &mk_order_record, order->order.id, order);
	for (size_t i = 0; i < order->order.n_lines; i++)
		mk_insert(ctx, &mk_order_line_insert, &mk_order_line_record, order->order.lines[i]->id,
		          order->order.lines[i]);
	mk_deadline_set(ctx, order->order.id, 0, order->due_at, operation);
}

void mk_order_line_save(mk_ctx *ctx, mk_order_line *line)
{
	mk_update(ctx, &mk_order_line_update, &mk_order_line_record, line->line.id, line);
}

void mk_order_group_save(mk_ctx *ctx, mk_order_group *group)
{
	mk_update(ctx, &mk_order_group_update, &mk_order_group_record, group->group.id, group);
}

void mk_order_freeze(mk_ctx *ctx, mk_order *order, const char *reason)
{
	market_order *o = &order->order;

	if (o->freezes++ > 0)
		return;
	order->freeze_reason = reason;
	order->ship_left = pause_timer(&o->ship_by, ctx->now);
	order->cancel_left = pause_timer(&o->cancel_at, ctx->now);
	order->confirm_left = pause_timer(&o->confirm_at, ctx->now);
	order->release_left = pause_timer(&o->release_at, ctx->now);
}

void mk_order_unfreeze(mk_ctx *ctx, mk_order *order)
{
	market_order *o = &order->order;

	if (o->freezes == 0 || --o->freezes > 0)
		return;
	if (o->state == MARKET_ORDER_WAIT_SHIP) {
		resume_timer(&o->ship_by, order->ship_left, ctx->now);
		resume_timer(&o->cancel_at, order->cancel_left, ctx->now);
	}
	if (o->state == MARKET_ORDER_WAIT_CONFIRM)
		resume_timer(&o->confirm_at, order->confirm_left, ctx->now);
	if (o->escrow == MARKET_ESCROW_HELD)
		resume_timer(&o->release_at, order->release_left, ctx->now);
	/* it matures at its date, or now when that has passed */
	if (o->mature_at != 0 && o->mature_at < ctx->now)
		o->mature_at = ctx->now;
	forget_rest(order);
	order->freeze_reason = NULL;
}

/* ORD-4: paid, so the seller's time runs. */
int mk_order_paid(mk_ctx *ctx, mk_order *order, market_error *err)
{
	const mk_policy_orders *policy = mk_order_policy(ctx, order)->orders;
	market_order *o = &order->order;
	int rc = mk_order_step_to(ctx, order, MK_ORDER_PAY, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < o->n_lines; i++) {
		int64_t quantity = 0;
		bool before = false;

		for (size_t k = 0; k < o->n_lines; k++) {
			if (!mk_id_equal(o->lines[k]->stock, o->lines[i]->stock))
				continue;
			before = before || k < i;
			quantity += o->lines[k]->quantity;
		}
		if (!before)
			mk_stock_commit(ctx, o->lines[i]->stock, quantity);
	}
	o->funded = mk_money_add(o->cash, o->promo);
	o->escrow = MARKET_ESCROW_HELD;
	o->paid_at = ctx->now;
	o->pay_by = 0;
	o->ship_by = ctx->now + policy->ship_by;
	o->cancel_at = ctx->now + policy->unshipped_cancel;
	return 0;
}

/* CAT-7: what isn't in a parcel is free again, be it refunded or not. */
int mk_order_return_stock(mk_ctx *ctx, mk_order *order, market_error *err)
{
	market_order *o = &order->order;
	int rc = o->lines ? 0 : mk_order_load_lines(ctx, order, err);

	for (size_t i = 0; rc == 0 && i < o->n_lines; i++) {
		const market_order_line *line = o->lines[i];
		int64_t left = line->quantity - line->shipped_quantity;

		if (left <= 0 || mk_id_absent(line->stock))
			continue;
		if (o->paid_at == 0)
			mk_stock_release(ctx, line->stock, left);
		else
			mk_stock_return(ctx, line->stock, left);
	}
	return rc;
}

static void stop_timers(mk_order *order)
{
	order->order.pay_by = 0;
	order->order.ship_by = 0;
	order->order.cancel_at = 0;
	order->order.confirm_at = 0;
	order->ship_left = 0;
	order->cancel_left = 0;
	order->confirm_left = 0;
}

/* A timer that is due has at least a moment left, so that it runs again. */
static market_time pause_timer(market_time *timer, market_time now)
{
	market_time at = *timer;

	*timer = 0;
	if (at == 0)
		return 0;
	return at > now ? at - now : 1;
}

static void resume_timer(market_time *timer, market_time left, market_time now)
{
	if (left != 0)
		*timer = now + left;
}

static void forget_rest(mk_order *order)
{
	order->ship_left = 0;
	order->cancel_left = 0;
	order->confirm_left = 0;
	order->release_left = 0;
}

static market_time earliest(const mk_order *order, const char **operation)
{
	const market_order *o = &order->order;
	const struct {
		market_time at;
		const char *operation;
		bool freezes; /* ESC-3 */
	} timers[] = {
		{o->pay_by, "order.close_unpaid", false},    {o->cancel_at, "order.cancel_unshipped", true},
		{o->confirm_at, "order.auto_confirm", true}, {o->release_at, "escrow.release", true},
		{o->mature_at, "settlement.mature", true},
	};
	market_time due = 0;

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		if (timers[i].at == 0 || (timers[i].freezes && o->freezes > 0) ||
		    (due != 0 && due <= timers[i].at))
			continue;
		due = timers[i].at;
		*operation = timers[i].operation;
	}
	return due;
}
