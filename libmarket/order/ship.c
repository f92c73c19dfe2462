/* ORD-2, ORD-4: parcels and their delivery. */
#include <string.h>

#include "libmarket/order/order.h"
#include "libmarket/shipment/shipment.h"

static int check_ship(mk_ctx *ctx, const mk_order *order, market_error *err);
static mk_shipment *new_shipment(mk_ctx *ctx, const mk_order *order,
                                 const market_order_ship_params *in);
static int ship_lines(mk_ctx *ctx, mk_order *order, mk_shipment *shipment,
                      const market_order_ship_params *in, bool *all, market_error *err);
static int take_asked(const mk_order *order, const market_order_ship_params *in, int64_t *taken,
                      market_error *err);
static void drop_wish(mk_ctx *ctx, mk_order *order);
static void all_shipped(mk_ctx *ctx, mk_order *order);
static int pick_shipments(mk_shipment **all, size_t count, const market_order_deliver_params *in,
                          market_error *err);
static int deliver_lines(mk_ctx *ctx, mk_order *order, mk_shipment *const *shipments, size_t count,
                         market_error *err);
static void all_delivered(mk_ctx *ctx, mk_order *order, mk_shipment *const *shipments,
                          size_t count);

int mk_order_ship(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_order_ship_params *in = params;
	mk_order *order = (mk_order *)ctx->subject;
	const market_order *o = &order->order;
	mk_shipment *shipment;
	bool all = true;
	/* nothing was shipped or refunded before: no line need be read or written */
	bool plain = in->n_items == 0 && !(order->whole & MK_PARTLY_SHIPPED) &&
	             mk_money_is_zero(o->refunded_cash) && mk_money_is_zero(o->refunded_promo);
	int rc = check_ship(ctx, order, err);

	if (rc != 0)
		return rc;
	shipment = new_shipment(ctx, order, in);
	if (!shipment)
		return mk_error_no_memory(err);
	shipment->shipment.whole = plain;
	if (plain)
		order->whole |= MK_WHOLE_SHIPPED;
	else
		rc = ship_lines(ctx, order, shipment, in, &all, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_shipment_entity, o->id.book, in->ref, err);
	if (rc == 0 && all)
		rc = mk_order_step_to(ctx, order, MK_ORDER_SHIP, err);
	/* what was refunded before shipping stays with the seller */
	if (rc == 0 && all && !plain)
		rc = mk_order_return_stock(ctx, order, err);
	if (rc != 0)
		return rc;
	mk_shipment_add(ctx, shipment);
	mk_event(ctx, "order.shipped", MARKET_ID_ORDER, o->id);
	mk_event_book(ctx, o->buyer.book);
	mk_event_id(ctx, "shipment", MARKET_ID_SHIPMENT, shipment->shipment.id);
	mk_event_text(ctx, "tracking", in->tracking);
	if (o->ship_by != 0 && ctx->now > o->ship_by)
		mk_event_int(ctx, "late_ms", ctx->now - o->ship_by);
	order->order.shipped_at = ctx->now;
	drop_wish(ctx, order);
	/* the time for the rest goes on after a partial parcel */
	if (all)
		all_shipped(ctx, order);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return 0;
}

/* What was refunded before shipping isn't shipped any more. */
int64_t mk_order_left_to_ship(const market_order_line *line)
{
	int64_t left = line->quantity - line->shipped_quantity - line->refunded_quantity;

	return left > 0 ? left : 0;
}

int mk_order_rest_refunded(mk_ctx *ctx, mk_order *order, market_error *err)
{
	const market_order *o = &order->order;
	mk_shipment **shipments = NULL;
	size_t count = 0;
	int rc;

	if (o->state != MARKET_ORDER_WAIT_SHIP || !(order->whole & MK_PARTLY_SHIPPED))
		return 0;
	for (size_t i = 0; i < o->n_lines; i++)
		if (mk_order_left_to_ship(o->lines[i]) > 0)
			return 0;
	rc = mk_order_return_stock(ctx, order, err);
	if (rc == 0)
		rc = mk_order_step_to(ctx, order, MK_ORDER_SHIP, err);
	if (rc == 0)
		rc = mk_shipment_list_order(ctx, o->id, &shipments, &count, err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "order.rest_refunded", MARKET_ID_ORDER, o->id);
	mk_event_book(ctx, o->buyer.book);
	all_shipped(ctx, order);
	all_delivered(ctx, order, shipments, count);
	return 0;
}

int mk_order_deliver(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_order_deliver_params *in = params;
	mk_order *order = (mk_order *)ctx->subject;
	market_order *o = &order->order;
	market_time at = in->delivered_at != 0 ? in->delivered_at : ctx->now;
	mk_shipment **shipments = NULL;
	size_t count = 0;
	int rc;

	if (o->state != MARKET_ORDER_WAIT_CONFIRM && o->state != MARKET_ORDER_WAIT_SHIP) {
		rc = mk_error_set(err, MARKET_ESTATE, "an order in state %s can't be delivered",
		                  mk_enum_name(&mk_order_state_enum, o->state));
		return mk_error_object(err, rc, MARKET_ID_ORDER, o->id);
	}
	rc = mk_shipment_list_order(ctx, o->id, &shipments, &count, err);
	if (rc == 0)
		rc = pick_shipments(shipments, count, in, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		market_shipment *shipment = &shipments[i]->shipment;

		if (shipment->delivered_at != 0 ||
		    (!mk_id_absent(in->shipment) && !mk_id_equal(shipment->id, in->shipment)))
			continue;
		if (at > ctx->now || at < shipment->shipped_at)
			return mk_error_at(err, MARKET_EINVALID, "delivered_at",
			                   "a delivery lies between the shipment and now");
		shipment->delivered_at = at;
		shipment->proof = in->proof;
		mk_shipment_save(ctx, shipments[i]);
	}
	if (rc == 0)
		rc = deliver_lines(ctx, order, shipments, count, err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "order.delivered", MARKET_ID_ORDER, o->id);
	mk_event_book(ctx, o->buyer.book);
	if (!mk_id_absent(in->shipment))
		mk_event_id(ctx, "shipment", MARKET_ID_SHIPMENT, in->shipment);
	all_delivered(ctx, order, shipments, count);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return 0;
}

static int check_ship(mk_ctx *ctx, const mk_order *order, market_error *err)
{
	mk_order copy = *order;
	int rc = mk_order_step_to(ctx, &copy, MK_ORDER_SHIP, err);

	if (rc == 0 && order->order.freezes > 0) {
		rc = mk_error_set(err, MARKET_EFROZEN, "the order has an open refund or dispute");
		rc = mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
	}
	return rc;
}

static mk_shipment *new_shipment(mk_ctx *ctx, const mk_order *order,
                                 const market_order_ship_params *in)
{
	mk_shipment *shipment = MK_NEW(ctx->arena, mk_shipment);

	if (!shipment)
		return NULL;
	shipment->buyer = order->order.buyer;
	shipment->shipment = (market_shipment){
		.id = mk_new_id(ctx, order->order.id.book),
		.ref = in->ref,
		.order = order->order.id,
		.carrier = in->carrier,
		.tracking = in->tracking,
		.shipped_at = ctx->now,
		.version = 1,
	};
	return shipment;
}

static int ship_lines(mk_ctx *ctx, mk_order *order, mk_shipment *shipment,
                      const market_order_ship_params *in, bool *all, market_error *err)
{
	const market_shipment_line **rows;
	int64_t *taken;
	size_t n = 0;
	int rc = mk_order_read_lines(ctx, &order, 1, err);

	if (rc != 0)
		return rc;
	taken = MK_NEW_ARRAY(ctx->arena, int64_t, order->order.n_lines);
	rows = MK_NEW_ARRAY(ctx->arena, const market_shipment_line *, order->order.n_lines);
	if (!taken || !rows)
		return mk_error_no_memory(err);
	rc = take_asked(order, in, taken, err);
	for (size_t i = 0; rc == 0 && i < order->order.n_lines; i++) {
		mk_order_line *line = (mk_order_line *)(void *)order->order.lines[i];
		market_shipment_line *row;

		if (taken[i] > 0) {
			row = MK_NEW(ctx->arena, market_shipment_line);
			if (!row)
				return mk_error_no_memory(err);
			*row = (market_shipment_line){mk_new_id(ctx, line->line.id.book), shipment->shipment.id,
			                              line->line.id, taken[i]};
			rows[n++] = row;
			line->line.shipped_quantity += taken[i];
			mk_order_line_save(ctx, line);
		}
		*all = *all && mk_order_left_to_ship(&line->line) == 0;
	}
	if (rc == 0 && n == 0)
		return mk_error_set(err, MARKET_ESTATE, "nothing is left to ship");
	order->whole |= MK_PARTLY_SHIPPED;
	shipment->shipment.lines = rows;
	shipment->shipment.n_lines = n;
	return rc;
}

static int take_asked(const mk_order *order, const market_order_ship_params *in, int64_t *taken,
                      market_error *err)
{
	const market_order *o = &order->order;
	char text[MARKET_ID_TEXT_SIZE];
	int rc;

	for (size_t i = 0; in->n_items == 0 && i < o->n_lines; i++)
		taken[i] = mk_order_left_to_ship(o->lines[i]);
	for (size_t i = 0; i < in->n_items; i++) {
		const market_ship_item *item = in->items[i];
		size_t k = 0;

		while (k < o->n_lines && !mk_id_equal(o->lines[k]->id, item->line))
			k++;
		if (k == o->n_lines) {
			market_id_format(MARKET_ID_LINE, item->line, text);
			rc = mk_error_set(err, MARKET_ENOTFOUND, "line %s isn't one of this order", text);
			return mk_error_field(err, rc, "items[%zu].line", i);
		}
		if (item->quantity > mk_order_left_to_ship(o->lines[k]) - taken[k]) {
			rc = mk_error_set(err, MARKET_EINVALID, "%lld units are more than are left to ship",
			                  (long long)item->quantity);
			return mk_error_field(err, rc, "items[%zu].quantity", i);
		}
		taken[k] += item->quantity;
	}
	return 0;
}

/* ORD-7: shipping answers a wish to cancel; the order's own time runs again. */
static void drop_wish(mk_ctx *ctx, mk_order *order)
{
	const mk_policy_orders *policy = mk_order_policy(ctx, order)->orders;
	market_order *o = &order->order;

	if (o->cancel_asked_at == 0)
		return;
	o->cancel_asked_at = 0;
	order->cancel_reason = NULL;
	/* ship_by was put off by every freeze */
	o->cancel_at = o->ship_by - policy->ship_by + policy->unshipped_cancel;
	mk_event_text(ctx, "wish", "refused");
}

/* ORD-4: nothing is left to ship, so the buyer's time runs; ESC-3: after a freeze. */
static void all_shipped(mk_ctx *ctx, mk_order *order)
{
	market_time span = mk_order_policy(ctx, order)->orders->auto_confirm;

	order->order.ship_by = 0;
	order->order.cancel_at = 0;
	order->ship_left = 0;
	order->cancel_left = 0;
	if (order->order.freezes > 0)
		order->confirm_left = span;
	else
		order->order.confirm_at = ctx->now + span;
}

static int pick_shipments(mk_shipment **all, size_t count, const market_order_deliver_params *in,
                          market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];
	bool open = false;

	for (size_t i = 0; i < count; i++) {
		if (!mk_id_absent(in->shipment) && mk_id_equal(all[i]->shipment.id, in->shipment)) {
			if (all[i]->shipment.delivered_at == 0)
				return 0;
			return mk_error_at(err, MARKET_ESTATE, "shipment", "the parcel is delivered");
		}
		open = open || all[i]->shipment.delivered_at == 0;
	}
	if (!mk_id_absent(in->shipment)) {
		market_id_format(MARKET_ID_SHIPMENT, in->shipment, text);
		return mk_error_at(err, MARKET_ENOTFOUND, "shipment", "shipment %s isn't one of this order",
		                   text);
	}
	return open ? 0 : mk_error_set(err, MARKET_ESTATE, "no parcel is on its way");
}

/* Lines of partial parcels; those of a whole one are told by the order. */
static int deliver_lines(mk_ctx *ctx, mk_order *order, mk_shipment *const *shipments, size_t count,
                         market_error *err)
{
	int rc = 0;

	if (!(order->whole & MK_PARTLY_SHIPPED))
		return 0;
	rc = mk_order_read_lines(ctx, &order, 1, err);
	for (size_t k = 0; rc == 0 && k < order->order.n_lines; k++) {
		mk_order_line *line = (mk_order_line *)(void *)order->order.lines[k];
		int64_t received = 0;

		for (size_t i = 0; i < count; i++)
			for (size_t j = 0;
			     shipments[i]->shipment.delivered_at != 0 && j < shipments[i]->shipment.n_lines;
			     j++)
				if (mk_id_equal(shipments[i]->shipment.lines[j]->line, line->line.id))
					received += shipments[i]->shipment.lines[j]->quantity;
		if (received == line->line.received_quantity)
			continue;
		line->line.received_quantity = received;
		mk_order_line_save(ctx, line);
	}
	return rc;
}

/* ORD-4: the last delivery puts confirmation off to some days after it. */
static void all_delivered(mk_ctx *ctx, mk_order *order, mk_shipment *const *shipments, size_t count)
{
	market_order *o = &order->order;
	market_time last = 0, not_before;

	for (size_t i = 0; i < count; i++) {
		if (shipments[i]->shipment.delivered_at == 0)
			return;
		if (shipments[i]->shipment.delivered_at > last)
			last = shipments[i]->shipment.delivered_at;
	}
	if (o->state != MARKET_ORDER_WAIT_CONFIRM)
		return;
	o->delivered_at = last;
	order->whole |= MK_WHOLE_RECEIVED;
	not_before = last + mk_order_policy(ctx, order)->orders->confirm_after_delivery;
	if (o->confirm_at != 0 && o->confirm_at < not_before)
		o->confirm_at = not_before;
	if (order->confirm_left != 0 && ctx->now + order->confirm_left < not_before)
		order->confirm_left = not_before - ctx->now;
}
