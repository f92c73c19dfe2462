/* Events of the replay through the public operations. Every operation has a key, so that an event
 * that is run again gives what it gave and changes nothing. */
#include "cli/replay.h"

#include <market/plugin.h>
#include <stdlib.h>
#include <string.h>

#define OPERATOR "operator:replay"
#define LONGEST_COMMENT 4000
#define LONGEST_KEY 140

/* One event at work. */
typedef struct step {
	replay *r;
	cli_market *open;
	const replay_event *event;
	bool *refused;
	market_error *err;
} step;

static int do_plan(step *s);
static int do_category(step *s);
static int do_seller(step *s);
static int do_product(step *s);
static int do_offer(step *s);
static int do_place(step *s);
static int do_pay(step *s);
static int do_cancel(step *s);
static int do_ship(step *s);
static int do_deliver(step *s);
static int do_confirm(step *s);
static int do_rate(step *s);

/* Checkpoints are the runner's. */
static int (*const handlers[])(step *s) = {
	[REPLAY_PLAN] = do_plan,       [REPLAY_CATEGORY] = do_category, [REPLAY_SELLER] = do_seller,
	[REPLAY_PRODUCT] = do_product, [REPLAY_OFFER] = do_offer,       [REPLAY_PLACE] = do_place,
	[REPLAY_PAY] = do_pay,         [REPLAY_CANCEL] = do_cancel,     [REPLAY_SHIP] = do_ship,
	[REPLAY_DELIVER] = do_deliver, [REPLAY_CONFIRM] = do_confirm,   [REPLAY_RATE] = do_rate,
};

int replay_do(replay *r, cli_market *open, const replay_event *event, bool *refused,
              market_error *err)
{
	step s = {.r = r, .open = open, .event = event, .refused = refused, .err = err};
	*refused = false;
	return handlers[event->kind](&s);
}

/* ---- helpers ---- */

/* "replay:<of>:<what>". Once an order is paid, a refusal by the market's rules isn't an error: it
 * is kept under the key. */
static int run(step *s, const char *actor, const char *of, const char *what, const char *operation,
               json_t *in, json_t **out)
{
	char key[LONGEST_KEY];
	int rc;
	snprintf(key, sizeof(key), "replay:%s:%s", of, what);
	rc = cli_do(s->open, actor, key, operation, in, out, s->err);
	if (rc == 0 || s->event->kind <= REPLAY_PAY ||
	    market_error_class_of(rc) != MARKET_CLASS_STATE || rc == MARKET_ENOTFOUND ||
	    rc == MARKET_EDENIED)
		return rc;
	*s->refused = true;
	return 0;
}

static json_t *cents(int64_t amount)
{
	char text[MARKET_MONEY_TEXT_SIZE];
	market_money_format((market_money){amount, REPLAY_CURRENCY}, text);
	return json_pack("{s:s, s:s}", "amount", text, "currency", REPLAY_CURRENCY);
}

static json_t *ref(const char *format, ...) __attribute__((format(printf, 1, 2)));
static json_t *ref(const char *format, ...)
{
	char text[200];
	va_list args;
	int used = snprintf(text, sizeof(text), "ref:");
	va_start(args, format);
	vsnprintf(text + used, sizeof(text) - (size_t)used, format, args);
	va_end(args);
	return json_string(text);
}

static const char *customer_of(const replay_order *order, char text[64])
{
	if (order->customer)
		snprintf(text, 64, "customer-%s", order->customer);
	else
		snprintf(text, 64, "made-%s", order->id);
	return text;
}

static const char *owner_of(const replay_seller *seller, char text[64])
{
	snprintf(text, 64, "member:ref:owner-%s", seller->id);
	return text;
}

static const replay_seller *part_seller(const step *s, const replay_part *part)
{
	return &s->r->sellers[part->seller];
}

/* ---- before the first order ---- */

static int do_plan(step *s)
{
	json_t *in = json_pack("{s:s, s:s, s:{s:s}}", "code", "replay_unknown", "name", "Unknown",
	                       "metadata", "plan", s->r->digest);
	return run(s, OPERATOR, "plan", "unknown", "category.create", in, NULL);
}

static int do_category(step *s)
{
	const char *code = s->r->categories.texts[s->event->subject];
	return run(s, OPERATOR, code, "category", "category.create",
	           json_pack("{s:s, s:s}", "code", code, "name", code), NULL);
}

static int submit(step *s, const replay_seller *seller, const char *requirement,
                  const char *statement)
{
	char owner[64], decision[64];
	json_t *in, *out = NULL;
	int rc;
	in = json_pack("{s:o, s:s, s:s}", "seller", ref("%s", seller->id), "requirement", requirement,
	               "statement", statement);
	rc = run(s, owner_of(seller, owner), seller->id, requirement, "submission.create", in, &out);
	if (rc == 0 && out) {
		snprintf(decision, sizeof(decision), "accept-%s", requirement);
		in = json_pack("{s:s}", "submission", cli_text(out, "id"));
		rc = run(s, OPERATOR, seller->id, decision, "submission.accept", in, NULL);
	}
	json_decref(out);
	return rc;
}

static json_t *application(const replay_seller *seller)
{
	char name[64], owner[64];
	json_t *in;
	snprintf(name, sizeof(name), "Seller %.8s", seller->id);
	snprintf(owner, sizeof(owner), "owner-%s", seller->id);
	in = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "ref", seller->id, "name", name,
	               "store_type", "individual", "country", "BR", "currency", REPLAY_CURRENCY,
	               "owner_name", "Owner", "owner_ref", owner);
	json_object_set_new(in, "metadata",
	                    seller->city
	                        ? json_pack("{s:s, s:s}", "city", seller->city, "state", seller->state)
	                        : json_pack("{s:s}", "place", "unknown"));
	return in;
}

/* Onboarding is the same for anyone: application, what the policy asks, approval, payout account.
 */
static int do_seller(step *s)
{
	const replay_seller *seller = &s->r->sellers[s->event->subject];
	char owner[64], confirmed[80];
	json_t *in;
	int rc = run(s, OPERATOR, seller->id, "apply", "seller.apply", application(seller), NULL);
	if (rc == 0)
		rc = submit(s, seller, "terms", "Agreed.");
	if (rc == 0)
		rc = submit(s, seller, "identity", "Made for the replay.");
	if (rc != 0)
		return rc;
	in = json_pack("{s:o}", "seller", ref("%s", seller->id));
	rc = run(s, OPERATOR, seller->id, "approve", "seller.approve", in, NULL);
	if (rc != 0)
		return rc;
	snprintf(confirmed, sizeof(confirmed), "confirmed %s", owner_of(seller, owner));
	in = json_pack("{s:o, s:s, s:s, s:s, s:s}", "seller", ref("%s", seller->id), "holder", "Owner",
	               "bank", "made", "country", "BR", "account", seller->id);
	rc = run(s, confirmed, seller->id, "payout-account", "payout_account.set", in, NULL);
	if (rc != 0)
		return rc;
	in = json_pack("{s:o, s:s, s:s, s:s}", "seller", ref("%s", seller->id), "ref", "main", "name",
	               "Main", "country", "BR");
	return run(s, owner, seller->id, "warehouse", "warehouse.create", in, NULL);
}

static int do_product(step *s)
{
	const replay_product *product = &s->r->products[s->event->subject];
	char title[64];
	json_t *in;
	int rc;
	snprintf(title, sizeof(title), "Product %s", product->id);
	in = json_pack("{s:s, s:o, s:s}", "ref", product->id, "category",
	               ref("%s", product->category ? product->category : "replay_unknown"), "title",
	               title);
	rc = run(s, OPERATOR, product->id, "product", "product.create", in, NULL);
	if (rc != 0)
		return rc;
	return run(s, OPERATOR, product->id, "publish", "product.publish",
	           json_pack("{s:o}", "product", ref("%s", product->id)), NULL);
}

/* Each price is a variant, with as many units as were ever bought of it. */
static int do_offer(step *s)
{
	const replay *r = s->r;
	const replay_offer *offer = &r->offers[s->event->subject];
	const replay_seller *seller = &r->sellers[offer->seller];
	const char *product = r->products[offer->product].id;
	char owner[64], of[100];
	json_t *skus = json_array(), *in;
	int rc;
	owner_of(seller, owner);
	snprintf(of, sizeof(of), "%s:%s", seller->id, product);
	for (size_t i = offer->first_sku; i != REPLAY_NONE; i = r->skus[i].next) {
		char price[MARKET_MONEY_TEXT_SIZE];
		market_money_format((market_money){r->skus[i].price, REPLAY_CURRENCY}, price);
		json_array_append_new(skus,
		                      json_pack("{s:s, s:{s:s}, s:o}", "ref", r->skus[i].ref, "attributes",
		                                "price", price, "price", cents(r->skus[i].price)));
	}
	in = json_pack("{s:o, s:s, s:o, s:o}", "seller", ref("%s", seller->id), "ref", product,
	               "product", ref("%s", product), "skus", skus);
	/* by the operator, in whose book products' references are looked up */
	rc = run(s, OPERATOR, of, "offer", "offer.create", in, NULL);
	if (rc == 0)
		rc = run(s, owner, of, "activate", "offer.activate",
		         json_pack("{s:o}", "offer", ref("%s", product)), NULL);
	for (size_t i = offer->first_sku; rc == 0 && i != REPLAY_NONE; i = r->skus[i].next) {
		snprintf(of, sizeof(of), "%s:%s", seller->id, r->skus[i].ref);
		in = json_pack("{s:o, s:o, s:I, s:s}", "sku", ref("%s", r->skus[i].ref), "warehouse",
		               ref("main"), "delta", (json_int_t)r->skus[i].quantity, "reason", "replay");
		rc = run(s, owner, of, "stock", "stock.adjust", in, NULL);
	}
	return rc;
}

/* ---- orders ---- */

/* The order's identifiers in the store, from its checkout. */
static int take_ids(step *s, replay_order *order, json_t *group)
{
	json_t *orders = json_object_get(group, "orders");
	snprintf(order->payment, sizeof(order->payment), "%s", cli_text(group, "payment"));
	for (size_t i = order->first_part; i != REPLAY_NONE; i = s->r->parts[i].next) {
		replay_part *part = &s->r->parts[i];
		json_t *in = json_pack("{s:o}", "seller", ref("%s", part_seller(s, part)->id));
		json_t *seller = NULL;
		int rc = cli_do(s->open, OPERATOR, NULL, "seller.get", in, &seller, s->err);
		for (size_t k = 0; rc == 0 && k < json_array_size(orders); k++) {
			json_t *one = json_array_get(orders, k);
			if (strcmp(cli_text(one, "seller"), cli_text(seller, "id")) == 0)
				snprintf(part->id, sizeof(part->id), "%s", cli_text(one, "id"));
		}
		json_decref(seller);
		if (rc != 0)
			return rc;
		if (part->id[0] == '\0')
			return cli_fail(s->err, MARKET_EINTERNAL, "the checkout has no order of a seller",
			                "orders");
	}
	return 0;
}

/* After a restart they are read again. */
static int need_ids(step *s, replay_order *order)
{
	char customer[64];
	json_t *group = NULL;
	int rc;
	if (order->payment[0] != '\0')
		return 0;
	rc = cli_do(s->open, OPERATOR, NULL, "order.group.get",
	            json_pack("{s:o}", "group", ref("%s/%s", customer_of(order, customer), order->id)),
	            &group, s->err);
	if (rc == 0)
		rc = take_ids(s, order, group);
	json_decref(group);
	return rc;
}

static json_t *order_items(const replay *r, const replay_order *order)
{
	json_t *items = json_array();
	for (size_t i = order->first_item; i != REPLAY_NONE; i = r->items[i].next) {
		const replay_sku *sku = &r->skus[r->items[i].sku];
		const replay_seller *seller = &r->sellers[r->offers[sku->offer].seller];
		json_array_append_new(items, json_pack("{s:o, s:I, s:o}", "sku",
		                                       ref("%s/%s", seller->id, sku->ref), "quantity",
		                                       (json_int_t)r->items[i].quantity, "price",
		                                       cents(sku->price)));
	}
	return items;
}

static json_t *order_freight(const replay *r, const replay_order *order)
{
	json_t *freight = json_array();
	for (size_t i = order->first_part; i != REPLAY_NONE; i = r->parts[i].next)
		json_array_append_new(freight, json_pack("{s:o, s:o}", "seller",
		                                         ref("%s", r->sellers[r->parts[i].seller].id),
		                                         "amount", cents(r->parts[i].freight)));
	return freight;
}

static int do_place(step *s)
{
	replay_order *order = &s->r->orders[s->event->subject];
	char customer[64], of[100], instalments[24];
	json_t *in, *group = NULL;
	int rc;
	customer_of(order, customer);
	/* a customer of the files may have several orders */
	snprintf(of, sizeof(of), "%s", customer);
	rc = run(s, OPERATOR, of, "buyer", "buyer.create",
	         json_pack("{s:s, s:s}", "ref", customer, "name", "Buyer"), NULL);
	if (rc != 0)
		return rc;
	snprintf(instalments, sizeof(instalments), "%lld", (long long)order->instalments);
	in = json_pack("{s:o, s:s, s:s, s:o, s:o}", "buyer", ref("%s", customer), "ref", order->id,
	               "currency", REPLAY_CURRENCY, "items", order_items(s->r, order), "freight",
	               order_freight(s->r, order));
	json_object_set_new(in, "method", json_string(order->method ? order->method : "unknown"));
	json_object_set_new(in, "metadata",
	                    json_pack("{s:s, s:s, s:s}", "times", order->customer ? "known" : "made",
	                              "instalments", order->method ? instalments : "unknown", "payment",
	                              order->method ? "known" : "made"));
	rc = run(s, OPERATOR, order->id, "place", "order.place", in, &group);
	if (rc == 0 && group)
		rc = take_ids(s, order, group);
	json_decref(group);
	return rc;
}

/* The money is there: what the provider says, by the sandbox's signature. */
static int do_pay(step *s)
{
	replay_order *order = &s->r->orders[s->event->subject];
	char event[100], time[MARKET_TIME_TEXT_SIZE];
	char *body, *signature = NULL;
	json_t *in;
	int rc = need_ids(s, order);
	if (rc != 0)
		return rc;
	snprintf(event, sizeof(event), "replay_%s", order->id);
	market_time_format(s->event->at, time);
	in = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s}", "event", event, "type", "captured", "payment",
	               order->payment, "reference", event, "amount",
	               cents(order->gross + order->freight), "occurred_at", time);
	body = json_dumps(in, JSON_COMPACT);
	json_decref(in);
	if (!body)
		return cli_fail(s->err, MARKET_ENOMEM, "memory is exhausted", "");
	rc = market_sandbox_sign(s->open->market, body, s->event->at, &signature, s->err);
	if (rc == 0) {
		in = json_pack("{s:s, s:s, s:s}", "provider", "sandbox", "body", body, "signature",
		               signature);
		rc = run(s, OPERATOR, order->id, "pay", "payment.notify", in, NULL);
	}
	market_text_free(signature);
	free(body);
	return rc;
}

/* One operation on one seller's part. */
static int run_part(step *s, const char *actor, const char *what, const char *operation,
                    json_t *more, json_t **out)
{
	replay_part *part = &s->r->parts[s->event->subject];
	replay_order *order = &s->r->orders[part->order];
	char of[100];
	int rc = need_ids(s, order);
	if (rc != 0) {
		json_decref(more);
		return rc;
	}
	snprintf(of, sizeof(of), "%s:%s", order->id, part_seller(s, part)->id);
	json_object_set_new(more, "order", json_string(part->id));
	return run(s, actor, of, what, operation, more, out);
}

static int do_cancel(step *s)
{
	return run_part(s, OPERATOR, "cancel", "order.cancel", json_pack("{s:s}", "reason", "canceled"),
	                NULL);
}

static int do_ship(step *s)
{
	char owner[64];
	owner_of(part_seller(s, &s->r->parts[s->event->subject]), owner);
	return run_part(s, owner, "ship", "order.ship", json_pack("{s:s}", "carrier", "made"), NULL);
}

static int do_deliver(step *s)
{
	char owner[64];
	owner_of(part_seller(s, &s->r->parts[s->event->subject]), owner);
	return run_part(s, owner, "deliver", "order.deliver", json_object(), NULL);
}

static const char *buyer_of_part(const step *s, char text[80])
{
	char customer[64];
	const replay_part *part = &s->r->parts[s->event->subject];
	snprintf(text, 80, "buyer:ref:%s", customer_of(&s->r->orders[part->order], customer));
	return text;
}

static int do_confirm(step *s)
{
	char buyer[80];
	return run_part(s, buyer_of_part(s, buyer), "confirm", "order.confirm", json_object(), NULL);
}

/* Whole characters, and no control characters but line feeds. */
static const char *clean(replay *r, const char *comment)
{
	char *text = (char *)pool_text(&r->pool, comment);
	size_t length = strlen(text);
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
			text[i] = ' ';
	if (length > LONGEST_COMMENT) {
		length = LONGEST_COMMENT;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
		text[length] = '\0';
	}
	return text;
}

/* The order's one score stands for each line and each dimension. With text it waits for an
 * operator. */
static int rate_line(step *s, const replay_order *order, const char *order_id, const char *line)
{
	char buyer[80], of[100];
	json_t *out = NULL, *in;
	json_int_t score = (json_int_t)order->score;
	int rc;
	snprintf(of, sizeof(of), "%s:%s", order->id, line);
	in = json_pack("{s:s, s:s, s:[{s:s, s:I}, {s:s, s:I}, {s:s, s:I}]}", "order", order_id, "line",
	               line, "scores", "dimension", "description", "score", score, "dimension",
	               "service", "score", score, "dimension", "logistics", "score", score);
	if (*order->comment)
		json_object_set_new(in, "text", json_string(clean(s->r, order->comment)));
	rc = run(s, buyer_of_part(s, buyer), of, "rate", "rating.create", in, &out);
	if (rc == 0 && out && *order->comment)
		rc = run(s, OPERATOR, of, "publish", "rating.publish",
		         json_pack("{s:s}", "rating", cli_text(out, "id")), NULL);
	json_decref(out);
	return rc;
}

static int do_rate(step *s)
{
	const replay_part *part = &s->r->parts[s->event->subject];
	replay_order *order = &s->r->orders[part->order];
	json_t *got = NULL, *lines;
	int rc = need_ids(s, order);
	if (rc == 0)
		rc = cli_do(s->open, OPERATOR, NULL, "order.get", json_pack("{s:s}", "order", part->id),
		            &got, s->err);
	lines = json_object_get(got, "lines");
	for (size_t i = 0; rc == 0 && i < json_array_size(lines); i++)
		rc = rate_line(s, order, part->id, cli_text(json_array_get(lines, i), "id"));
	json_decref(got);
	return rc;
}
