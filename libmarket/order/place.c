/* ORD-1, ORD-5: a checkout becomes a group, an order for each seller and a payment. */
#include "libmarket/order/place.h"

#include <string.h>

#include "libmarket/party/party.h"
#include "libmarket/payment/payment.h"
#include "libmarket/settlement/fee.h"
#include "libmarket/standing/standing.h"

static int check_rights(const mk_ctx *ctx, const market_order_place_params *in, market_error *err);
static int check_funders(const market_order_place_params *in, market_error *err);
static int read_address(mk_ctx *ctx, mk_checkout *checkout, market_error *err);
static int read_items(mk_ctx *ctx, mk_checkout *checkout, market_error *err);
static int check_prices(mk_ctx *ctx, const mk_checkout *checkout, market_error *err);
static int check_currencies(const mk_checkout *checkout, market_error *err);
static int check_amount(market_money amount, const char *list, size_t index, const char *currency,
                        market_error *err);
static int make_orders(mk_ctx *ctx, mk_checkout *checkout, market_error *err);
static size_t order_for(mk_ctx *ctx, mk_checkout *checkout, const mk_item *item);
static mk_order_line *make_line(mk_ctx *ctx, const mk_checkout *checkout, size_t index,
                                market_id order);
static int sort_lines(mk_ctx *ctx, mk_checkout *checkout, market_error *err);
static int add_freight(mk_checkout *checkout, market_error *err);
static int name_orders(mk_ctx *ctx, mk_checkout *checkout, market_error *err);
static mk_order *order_of(const mk_checkout *checkout, market_id seller);
static int sum_up(mk_ctx *ctx, mk_checkout *checkout, market_error *err);
static const char *list_orders(mk_ctx *ctx, const mk_checkout *checkout);
static int plan(mk_ctx *ctx, mk_checkout *checkout, market_error *err);
static void tell(mk_ctx *ctx, const mk_checkout *checkout);

int mk_order_place(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_checkout checkout = {.params = params};
	int rc = check_rights(ctx, params, err);

	if (rc == 0)
		rc = check_funders(params, err);
	if (rc == 0) /* BUY-1 */
		rc = mk_standing_check(ctx, ((const mk_buyer *)ctx->subject)->standing,
		                       MARKET_ACTION_NO_ORDER, "buyer", err);
	if (rc == 0)
		rc = read_address(ctx, &checkout, err);
	if (rc == 0)
		rc = read_items(ctx, &checkout, err);
	if (rc == 0)
		rc = check_currencies(&checkout, err);
	if (rc == 0)
		rc = make_orders(ctx, &checkout, err);
	if (rc == 0)
		rc = mk_checkout_discount(ctx, &checkout, err);
	if (rc == 0)
		rc = add_freight(&checkout, err);
	if (rc == 0)
		rc = sum_up(ctx, &checkout, err);
	if (rc == 0)
		rc = name_orders(ctx, &checkout, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_order_group_entity, checkout.params->buyer.book,
		                          checkout.params->ref, err);
	return rc == 0 ? plan(ctx, &checkout, err) : rc;
}

/* What a discount or freight is and who earns a part, the application's server says, not the
 * buyer. */
static int check_rights(const mk_ctx *ctx, const market_order_place_params *in, market_error *err)
{
	if (ctx->actor.kind == MARKET_ACTOR_OPERATOR || ctx->actor.kind == MARKET_ACTOR_SYSTEM)
		return 0;
	if (in->n_discounts > 0)
		return mk_error_at(err, MARKET_EDENIED, "discounts", "a buyer may not state discounts");
	if (in->n_freight > 0)
		return mk_error_at(err, MARKET_EDENIED, "freight", "a buyer may not state freight");
	if (in->n_order_refs > 0)
		return mk_error_at(err, MARKET_EDENIED, "order_refs", "a buyer may not name orders");
	for (size_t i = 0; i < in->n_items; i++)
		if (in->items[i]->affiliate)
			return mk_error_field(
				err, mk_error_set(err, MARKET_EDENIED, "a buyer may not state affiliates"),
				"items[%zu].affiliate", i);
	return 0;
}

/* ACC-1: its debt is booked when the order is paid, too late to refuse its name. */
static int check_funders(const market_order_place_params *in, market_error *err)
{
	int rc;

	for (size_t i = 0; i < in->n_discounts; i++) {
		if (mk_account_suffix_valid(in->discounts[i]->funder))
			continue;
		rc = mk_error_set(err, MARKET_EINVALID, "\"%s\" can't be a funder's name",
		                  in->discounts[i]->funder);
		mk_error_hint(err, rc, "A name has 1 to 64 letters, digits, '_', '-' or '.'.");
		return mk_error_field(err, rc, "discounts[%zu].funder", i);
	}
	return 0;
}

static int read_address(mk_ctx *ctx, mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	market_address *address = NULL;
	mk_text text;
	int rc;

	if (mk_id_absent(in->address))
		return 0;
	if (in->address.book != in->buyer.book)
		return mk_not_found(&mk_address_entity, in->address, "address", err);
	rc = mk_address_load(ctx, in->address, "address", &address, err);
	if (rc != 0)
		return rc;
	checkout->country = address->country;
	mk_text_init(&text, ctx->arena->allocator, MK_MAX_JSON);
	mk_json_write(&mk_address_record, address, MK_JSON_FULL, &text);
	if (!text.failed)
		checkout->group.group.address = mk_arena_text_n(ctx->arena, text.data, text.size);
	mk_text_close(&text);
	return checkout->group.group.address ? 0 : mk_error_no_memory(err);
}

static int read_items(mk_ctx *ctx, mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	mk_want *wants = MK_NEW_ARRAY(ctx->arena, mk_want, in->n_items);
	size_t failed = 0;
	int rc;

	checkout->items = MK_NEW_ARRAY(ctx->arena, mk_item *, in->n_items);
	if (!wants || !checkout->items)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < in->n_items; i++)
		wants[i] = (mk_want){in->items[i]->sku, in->items[i]->warehouse, in->items[i]->quantity};
	rc = mk_catalog_items(ctx, wants, in->n_items, checkout->items, &failed, err);
	if (rc == 0) {
		rc = check_prices(ctx, checkout, err);
		if (rc != 0)
			return rc;
		rc = mk_stock_choose(ctx, checkout->items, in->n_items, checkout->country, &failed, err);
	}
	if (rc != 0)
		mk_error_prefix(err, "items[%zu]", failed);
	return rc;
}

/* ORD-5: all changed lines are named, not the first alone. */
static int check_prices(mk_ctx *ctx, const mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	size_t first = in->n_items;
	const char *detail = "";
	char shown[MK_MONEY_TEXT_SIZE], now[MK_MONEY_TEXT_SIZE];
	int rc;

	for (size_t i = 0; i < in->n_items; i++) {
		market_money price = in->items[i]->price;

		if (price.currency[0] == '\0' || mk_money_equal(price, checkout->items[i]->price))
			continue;
		first = first < i ? first : i;
		mk_money_format(price, shown);
		mk_money_format(checkout->items[i]->price, now);
		detail =
			mk_arena_format(ctx->arena, "%sitems[%zu] was shown for %s %s and costs %s %s now. ",
		                    detail, i, shown, price.currency, now, checkout->items[i]->currency);
		if (!detail)
			return mk_error_no_memory(err);
	}
	if (first == in->n_items)
		return 0;
	rc = mk_error_set(err, MARKET_ECHANGED, "the price of items[%zu] has changed", first);
	mk_error_detail(err, rc, "%s", detail);
	mk_error_hint(err, rc, "Show the buyer the new prices and place the order again.");
	return mk_error_field(err, rc, "items[%zu].price", first);
}

/* FX-1: one currency for the order, its escrow and its seller. */
static int check_currencies(const mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	int rc = 0;

	for (size_t i = 0; i < in->n_items; i++) {
		if (strcmp(checkout->items[i]->currency, in->currency) == 0)
			continue;
		rc = mk_error_set(err, MARKET_ECURRENCY, "items[%zu] costs %s, not %s", i,
		                  checkout->items[i]->currency, in->currency);
		return mk_error_field(err, rc, "items[%zu].sku", i);
	}
	for (size_t i = 0; rc == 0 && i < in->n_discounts; i++)
		rc = check_amount(in->discounts[i]->amount, "discounts", i, in->currency, err);
	for (size_t i = 0; rc == 0 && i < in->n_freight; i++)
		rc = check_amount(in->freight[i]->amount, "freight", i, in->currency, err);
	return rc;
}

static int check_amount(market_money amount, const char *list, size_t index, const char *currency,
                        market_error *err)
{
	int rc;

	if (strcmp(amount.currency, currency) == 0)
		return 0;
	rc = mk_error_set(err, MARKET_ECURRENCY, "%s[%zu] is in %s, not %s", list, index,
	                  amount.currency, currency);
	return mk_error_field(err, rc, "%s[%zu].amount", list, index);
}

static int make_orders(mk_ctx *ctx, mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	size_t n = in->n_items;

	checkout->group.group.id = mk_new_id(ctx, in->buyer.book);
	checkout->orders = MK_NEW_ARRAY(ctx->arena, mk_order *, n);
	checkout->lines = MK_NEW_ARRAY(ctx->arena, mk_order_line *, n);
	checkout->order_of = MK_NEW_ARRAY(ctx->arena, size_t, n);
	if (!checkout->orders || !checkout->lines || !checkout->order_of)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		size_t order = order_for(ctx, checkout, checkout->items[i]);

		if (order == n)
			return mk_error_no_memory(err);
		checkout->order_of[i] = order;
		checkout->lines[i] = make_line(ctx, checkout, i, checkout->orders[order]->order.id);
		if (!checkout->lines[i])
			return mk_error_no_memory(err);
		checkout->orders[order]->order.n_lines++;
	}
	checkout->n_lines = n;
	return sort_lines(ctx, checkout, err);
}

/* The order of the item's seller, or of its seller and warehouse; made when it is the first. */
static size_t order_for(mk_ctx *ctx, mk_checkout *checkout, const mk_item *item)
{
	const market_order_place_params *in = checkout->params;
	market_money zero = mk_money(0, in->currency);
	mk_order *order;

	for (size_t i = 0; i < checkout->n_orders; i++)
		if (mk_id_equal(checkout->orders[i]->order.seller, item->seller_id) &&
		    (!ctx->policy->orders->group_by_warehouse ||
		     mk_id_equal(checkout->orders[i]->warehouse, item->warehouse)))
			return i;
	order = MK_NEW(ctx->arena, mk_order);
	if (!order)
		return in->n_items;
	order->warehouse = item->warehouse;
	order->store_type = item->seller->seller.store_type;
	order->order = (market_order){
		.id = mk_new_id(ctx, item->seller_id.book),
		.group = checkout->group.group.id,
		.buyer = in->buyer,
		.seller = item->seller_id,
		.state = MARKET_ORDER_WAIT_PAY,
		.currency = in->currency,
		.items = zero,
		.freight = zero,
		.seller_discount = zero,
		.promo = zero,
		.cash = zero,
		.escrow = MARKET_ESCROW_NONE,
		.funded = zero,
		.released = zero,
		.refunded_cash = zero,
		.refunded_promo = zero,
		.in_flight = zero,
		.freight_refunded = zero,
		.compensated = zero,
		.created_at = ctx->now,
		.pay_by = ctx->now + ctx->policy->orders->unpaid_close,
		.note = in->note,
		.address = checkout->group.group.address,
		.policy = ctx->policy->number,
		.version = 1,
	};
	checkout->orders[checkout->n_orders] = order;
	return checkout->n_orders++;
}

static mk_order_line *make_line(mk_ctx *ctx, const mk_checkout *checkout, size_t index,
                                market_id order)
{
	const mk_item *item = checkout->items[index];
	const market_place_item *asked = checkout->params->items[index];
	market_money zero = mk_money(0, checkout->params->currency);
	mk_order_line *line = MK_NEW(ctx->arena, mk_order_line);

	if (!line)
		return NULL;
	line->item = item;
	line->affiliate = asked->affiliate;
	line->line = (market_order_line){
		.id = mk_new_id(ctx, order.book),
		.order = order,
		.sku = item->sku,
		.offer = item->offer,
		.product = item->product,
		.stock = item->stock->id,
		.title = item->title,
		.attributes = item->attributes,
		.category = item->category,
		.currency = checkout->params->currency,
		.quantity = asked->quantity,
		.price = item->price,
		.seller_discount = zero,
		.promo = zero,
		.cash = mk_money_times(item->price, asked->quantity),
		.refunded_cash = zero,
		.refunded_promo = zero,
		.version = 1,
	};
	return line;
}

static int sort_lines(mk_ctx *ctx, mk_checkout *checkout, market_error *err)
{
	for (size_t i = 0; i < checkout->n_orders; i++) {
		market_order *order = &checkout->orders[i]->order;
		const market_order_line **lines =
			MK_NEW_ARRAY(ctx->arena, const market_order_line *, order->n_lines);
		size_t n = 0;

		if (!lines)
			return mk_error_no_memory(err);
		for (size_t k = 0; k < checkout->n_lines; k++)
			if (checkout->order_of[k] == i)
				lines[n++] = &checkout->lines[k]->line;
		order->lines = lines;
	}
	return 0;
}

/* FRT-1: a seller's freight is a component of its order, of the first where it has several. */
static int add_freight(mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	int rc;

	for (size_t i = 0; i < in->n_freight; i++) {
		mk_order *order = order_of(checkout, in->freight[i]->seller);

		if (!order) {
			rc =
				mk_error_set(err, MARKET_EINVALID, "freight of a seller of whom nothing is bought");
			return mk_error_field(err, rc, "freight[%zu].seller", i);
		}
		order->order.freight = mk_money_add(order->order.freight, in->freight[i]->amount);
	}
	return 0;
}

/* Unique in the seller's book. */
static int name_orders(mk_ctx *ctx, mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	int rc;

	for (size_t i = 0; i < in->n_order_refs; i++) {
		mk_order *order = order_of(checkout, in->order_refs[i]->seller);

		if (!order || order->order.ref) {
			rc = mk_error_set(err, MARKET_EINVALID,
			                  order ? "a seller's order has one reference"
			                        : "a reference for a seller of whom nothing is bought");
			return mk_error_field(err, rc, "order_refs[%zu].seller", i);
		}
		order->order.ref = in->order_refs[i]->ref;
		rc = mk_ref_check_free_in(ctx, &mk_order_entity, order->order.id.book, order->order.ref,
		                          err);
		if (rc != 0)
			return mk_error_field(err, rc, "order_refs[%zu].ref", i);
	}
	return 0;
}

/* The first of a seller's; NULL: none. */
static mk_order *order_of(const mk_checkout *checkout, market_id seller)
{
	for (size_t i = 0; i < checkout->n_orders; i++)
		if (mk_id_equal(checkout->orders[i]->order.seller, seller))
			return checkout->orders[i];
	return NULL;
}

static int sum_up(mk_ctx *ctx, mk_checkout *checkout, market_error *err)
{
	const market_order_place_params *in = checkout->params;
	market_order_group *group = &checkout->group.group;

	group->total = mk_money(0, in->currency);
	group->promo = group->total;
	for (size_t i = 0; i < checkout->n_orders; i++) {
		market_order *order = &checkout->orders[i]->order;

		for (size_t k = 0; k < order->n_lines; k++) {
			const market_order_line *line = order->lines[k];

			order->items = mk_money_add(order->items, mk_money_times(line->price, line->quantity));
			order->seller_discount = mk_money_add(order->seller_discount, line->seller_discount);
			order->promo = mk_money_add(order->promo, line->promo);
			order->cash = mk_money_add(order->cash, line->cash);
		}
		order->cash = mk_money_add(order->cash, order->freight);
		group->total = mk_money_add(group->total, order->cash);
		group->promo = mk_money_add(group->promo, order->promo);
	}
	if (mk_money_broken(group->total) || mk_money_broken(group->promo) ||
	    mk_money_less(mk_money(MK_MONEY_MAX, in->currency),
	                  mk_money_add(group->total, group->promo)))
		return mk_error_at(err, MARKET_EOVERFLOW, "items", "the checkout's total is too large");
	group->ref = in->ref;
	group->buyer = in->buyer;
	group->currency = in->currency;
	group->created_at = ctx->now;
	group->policy = ctx->policy->number;
	group->version = 1;
	group->metadata = in->metadata;
	group->n_metadata = in->n_metadata;
	checkout->group.order_list = list_orders(ctx, checkout);
	return checkout->group.order_list ? 0 : mk_error_no_memory(err);
}

static const char *list_orders(mk_ctx *ctx, const mk_checkout *checkout)
{
	mk_text text;
	const char *copy = NULL;

	mk_text_init(&text, ctx->arena->allocator, MK_MAX_JSON);
	for (size_t i = 0; i < checkout->n_orders; i++) {
		const market_id id = checkout->orders[i]->order.id;

		mk_text_add(&text, i > 0 ? " " : "");
		mk_text_add_dotted(&text, (const int64_t[]){id.book, id.id}, 2);
	}
	if (!text.failed)
		copy = mk_arena_text_n(ctx->arena, text.data, text.size);
	mk_text_close(&text);
	return copy;
}

static int plan(mk_ctx *ctx, mk_checkout *checkout, market_error *err)
{
	market_order_group *group = &checkout->group.group;
	mk_payment *payment = NULL;
	mk_share **shares = NULL;
	int32_t result = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < checkout->n_orders; i++) {
		mk_order *order = checkout->orders[i];

		rc = mk_fee_freeze(ctx, order, (mk_order_line **)(void *)order->order.lines,
		                   order->order.n_lines, err);
	}
	if (rc != 0)
		return rc;
	rc = mk_payment_create(ctx, group, checkout->orders, checkout->n_orders,
	                       checkout->params->method, &payment, &shares, err);
	if (rc != 0)
		return rc;
	group->payment = payment->payment.id;
	mk_insert(ctx, &mk_order_group_insert, &mk_order_group_record, group->id, &checkout->group);
	for (size_t i = 0; i < checkout->n_orders; i++)
		mk_order_add(ctx, checkout->orders[i]);
	mk_payment_add(ctx, payment, shares);
	mk_items_guard(ctx, checkout->items, checkout->params->n_items);
	mk_stock_reserve(ctx, checkout->items, checkout->params->n_items);
	tell(ctx, checkout);
	ctx->result = group->id;
	/* PRO-1: a fully discounted checkout has escrow and no charge. */
	if (mk_money_is_zero(group->total))
		rc = mk_payment_capture(ctx, payment,
		                        &(mk_parts){shares, checkout->orders, checkout->n_orders}, NULL,
		                        &result, err);
	return rc;
}

static void tell(mk_ctx *ctx, const mk_checkout *checkout)
{
	for (size_t i = 0; i < checkout->n_orders; i++) {
		const market_order *order = &checkout->orders[i]->order;

		mk_event(ctx, "order.placed", MARKET_ID_ORDER, order->id);
		mk_event_book(ctx, order->buyer.book);
		mk_event_money(ctx, "cash", order->cash);
		if (mk_money_positive(order->promo))
			mk_event_money(ctx, "promo", order->promo);
	}
	for (size_t i = 0; i < checkout->params->n_discounts; i++) {
		const market_place_discount *discount = checkout->params->discounts[i];

		mk_event(ctx, "discount.used", MARKET_ID_GROUP, checkout->group.group.id);
		mk_event_text(ctx, "funder", discount->funder);
		mk_event_money(ctx, "amount", discount->amount);
		mk_event_text(ctx, "code", discount->code);
	}
}
