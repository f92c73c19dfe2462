/* The folder's files. Only order_items.csv is required. */
#include "cli/csv.h"
#include "cli/replay.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_ID 40

static bool read_items(replay *r, csv *csv);
static bool read_orders(replay *r, csv *csv);
static bool read_payments(replay *r, csv *csv);
static bool read_reviews(replay *r, csv *csv);
static bool read_sellers(replay *r, csv *csv);
static bool read_translation(replay *r, csv *csv);
static bool read_products(replay *r, csv *csv);

/* products.csv comes behind the translation of its categories */
static const struct {
	const char *name;
	bool required;
	bool (*read)(replay *r, csv *csv);
	const char *columns[9];
} files[] = {
	{"order_items.csv",
     true,
     read_items,
     {"order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price",
      "freight_value"}},
	{"orders.csv",
     false,
     read_orders,
     {"order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
      "order_delivered_carrier_date", "order_delivered_customer_date"}},
	{"order_payments.csv",
     false,
     read_payments,
     {"order_id", "payment_type", "payment_installments", "payment_value"}},
	{"order_reviews.csv",
     false,
     read_reviews,
     {"order_id", "review_score", "review_comment_title", "review_comment_message",
      "review_answer_timestamp"}},
	{"sellers.csv", false, read_sellers, {"seller_id", "seller_city", "seller_state"}},
	{"category_translation.csv",
     false,
     read_translation,
     {"product_category_name", "product_category_name_english"}},
	{"products.csv", false, read_products, {"product_id", "product_category_name"}},
};

bool replay_read(replay *r)
{
	bool ok = true;
	for (size_t i = 0; ok && i < sizeof(files) / sizeof(files[0]); i++) {
		csv csv;
		size_t n = 0;
		const char *path = pool_format(&r->pool, "%s/%s", r->folder, files[i].name);
		if (!files[i].required && access(path, F_OK) != 0)
			continue;
		while (n < 9 && files[i].columns[n])
			n++;
		ok = csv_open(&csv, path, files[i].columns, n) && files[i].read(r, &csv);
		if (!ok)
			snprintf(r->error, sizeof(r->error), "%s", csv.error);
		csv_close(&csv);
	}
	if (ok && r->n_orders == 0) {
		snprintf(r->error, sizeof(r->error), "%s/%s has no rows", r->folder, files[0].name);
		ok = false;
	}
	return ok;
}

/* ---- fields ---- */

/* An id becomes part of references and keys. */
static bool take_id(csv *csv, size_t column, const char **out)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	const char *text = csv_get(csv, column);
	size_t length = strlen(text);
	if (length == 0 || length > LONGEST_ID || strspn(text, allowed) != length)
		return csv_refuse(csv, "\"%.60s\" isn't an id: 1 to %d letters, digits, - or _", text,
		                  LONGEST_ID) == 0;
	*out = text;
	return true;
}

static bool take_time(csv *csv, size_t column, bool optional, market_time *out)
{
	const char *text = csv_get(csv, column);
	*out = 0;
	if (optional && *text == '\0')
		return true;
	if (!replay_time(text, out))
		return csv_refuse(csv, "\"%.40s\" isn't a time", text) == 0;
	return true;
}

static bool take_cents(csv *csv, size_t column, int64_t least, int64_t *out)
{
	const char *text = csv_get(csv, column);
	market_money money;
	if (!market_money_parse(text, REPLAY_CURRENCY, &money))
		return csv_refuse(csv, "\"%.40s\" isn't an amount", text) == 0;
	*out = money.amount;
	if (*out < least || *out > INT64_C(100000000000))
		return csv_refuse(csv, "the amount %.40s is out of range", text) == 0;
	return true;
}

static bool take_number(csv *csv, size_t column, int64_t least, int64_t most, int64_t *out)
{
	const char *text = csv_get(csv, column);
	char *end;
	*out = strtoll(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || *out < least || *out > most)
		return csv_refuse(csv, "\"%.40s\" isn't a whole number from %lld to %lld", text,
		                  (long long)least, (long long)most) == 0;
	return true;
}

/* The order of a row in another file than order_items.csv; NULL when that doesn't name it. */
static bool take_order(replay *r, csv *csv, replay_order **out)
{
	const char *id;
	size_t number;
	if (!take_id(csv, 0, &id))
		return false;
	number = text_index_find(&r->order_ids, id);
	*out = number == REPLAY_NONE ? NULL : &r->orders[number];
	if (!*out && r->limit == 0)
		r->foreign_rows++;
	return true;
}

/* ---- order_items.csv ---- */

static size_t add_seller(replay *r, const char *id)
{
	bool fresh;
	size_t number = text_index_find(&r->seller_ids, id);
	if (number == REPLAY_NONE) {
		id = pool_text(&r->pool, id);
		number = text_index_add(&r->seller_ids, id, &fresh);
		POOL_APPEND(r->sellers, r->n_sellers, r->room_sellers)->id = id;
	}
	return number;
}

static size_t add_product(replay *r, const char *id)
{
	bool fresh;
	size_t number = text_index_find(&r->product_ids, id);
	if (number == REPLAY_NONE) {
		id = pool_text(&r->pool, id);
		number = text_index_add(&r->product_ids, id, &fresh);
		POOL_APPEND(r->products, r->n_products, r->room_products)->id = id;
	}
	return number;
}

static size_t add_offer(replay *r, size_t seller, size_t product)
{
	bool fresh;
	const char *name = pool_format(&r->pool, "%zu/%zu", seller, product);
	size_t number = text_index_add(&r->offer_ids, name, &fresh);
	if (fresh)
		*POOL_APPEND(r->offers, r->n_offers, r->room_offers) =
			(replay_offer){.seller = seller, .product = product, .first_sku = REPLAY_NONE};
	return number;
}

static size_t add_sku(replay *r, size_t offer, int64_t price)
{
	bool fresh;
	const char *name = pool_format(&r->pool, "%zu/%lld", offer, (long long)price);
	size_t number = text_index_add(&r->sku_ids, name, &fresh);
	if (fresh) {
		replay_sku *sku = POOL_APPEND(r->skus, r->n_skus, r->room_skus);
		sku->offer = offer;
		sku->price = price;
		sku->ref = pool_format(&r->pool, "%s-%lld", r->products[r->offers[offer].product].id,
		                       (long long)price);
		sku->next = r->offers[offer].first_sku;
		r->offers[offer].first_sku = number;
	}
	return number;
}

static void add_item(replay *r, replay_order *order, size_t sku)
{
	size_t at = order->first_item;
	while (at != REPLAY_NONE && r->items[at].sku != sku)
		at = r->items[at].next;
	if (at == REPLAY_NONE) {
		at = r->n_items;
		*POOL_APPEND(r->items, r->n_items, r->room_items) =
			(replay_item){.sku = sku, .next = REPLAY_NONE};
		if (order->first_item == REPLAY_NONE)
			order->first_item = at;
		else
			r->items[order->last_item].next = at;
		order->last_item = at;
	}
	r->items[at].quantity++;
	r->skus[sku].quantity++;
}

static void add_part(replay *r, size_t order, size_t seller, int64_t freight)
{
	size_t at = r->orders[order].first_part;
	while (at != REPLAY_NONE && r->parts[at].seller != seller)
		at = r->parts[at].next;
	if (at == REPLAY_NONE) {
		at = r->n_parts;
		*POOL_APPEND(r->parts, r->n_parts, r->room_parts) =
			(replay_part){.order = order, .seller = seller, .next = r->orders[order].first_part};
		r->orders[order].first_part = at;
	}
	r->parts[at].freight += freight;
}

/* False in `*within` behind the limit. */
static size_t add_order(replay *r, const char *id, bool *within)
{
	bool fresh;
	size_t number = text_index_find(&r->order_ids, id);
	*within = number != REPLAY_NONE || r->limit == 0 || r->n_orders < r->limit;
	if (number == REPLAY_NONE && *within) {
		id = pool_text(&r->pool, id);
		number = text_index_add(&r->order_ids, id, &fresh);
		*POOL_APPEND(r->orders, r->n_orders, r->room_orders) =
			(replay_order){.id = id,
		                   .first_item = REPLAY_NONE,
		                   .last_item = REPLAY_NONE,
		                   .first_part = REPLAY_NONE};
	}
	return number;
}

static bool read_items(replay *r, csv *csv)
{
	int rc;
	while ((rc = csv_next(csv)) > 0) {
		const char *order_id, *product_id, *seller_id;
		market_time limit;
		int64_t item, price, freight;
		size_t number, seller;
		bool within, fresh;
		if (!take_id(csv, 0, &order_id) || !take_number(csv, 1, 1, 1000000, &item) ||
		    !take_id(csv, 2, &product_id) || !take_id(csv, 3, &seller_id) ||
		    !take_time(csv, 4, false, &limit) || !take_cents(csv, 5, 1, &price) ||
		    !take_cents(csv, 6, 0, &freight))
			return false;
		number = add_order(r, order_id, &within);
		if (!within)
			continue;
		text_index_add(&r->item_ids, pool_format(&r->pool, "%zu/%lld", number, (long long)item),
		               &fresh);
		if (!fresh)
			return csv_refuse(csv, "item %lld of order %s stands there twice", (long long)item,
			                  order_id) == 0;
		seller = add_seller(r, seller_id);
		add_item(r, &r->orders[number],
		         add_sku(r, add_offer(r, seller, add_product(r, product_id)), price));
		add_part(r, number, seller, freight);
		if (r->orders[number].limit == 0 || limit < r->orders[number].limit)
			r->orders[number].limit = limit;
		r->orders[number].gross += price;
		r->orders[number].freight += freight;
	}
	return rc == 0;
}

/* ---- the other files ---- */

static bool take_fate(csv *csv, replay_fate *out)
{
	static const struct {
		const char *status;
		replay_fate fate;
	} fates[] = {
		{"delivered", REPLAY_DELIVERED}, {"shipped", REPLAY_SHIPPED},
		{"invoiced", REPLAY_UNSHIPPED},  {"processing", REPLAY_UNSHIPPED},
		{"approved", REPLAY_UNSHIPPED},  {"created", REPLAY_UNSHIPPED},
		{"canceled", REPLAY_CANCELLED},  {"unavailable", REPLAY_CANCELLED},
	};
	for (size_t i = 0; i < sizeof(fates) / sizeof(fates[0]); i++)
		if (strcmp(csv_get(csv, 2), fates[i].status) == 0) {
			*out = fates[i].fate;
			return true;
		}
	return csv_refuse(csv, "unknown status \"%.40s\"", csv_get(csv, 2)) == 0;
}

static bool read_orders(replay *r, csv *csv)
{
	int rc;
	while ((rc = csv_next(csv)) > 0) {
		replay_order *order;
		const char *customer;
		market_time times[4];
		replay_fate fate = REPLAY_DELIVERED;
		if (!take_order(r, csv, &order) || !take_id(csv, 1, &customer) || !take_fate(csv, &fate))
			return false;
		for (size_t i = 0; i < 4; i++)
			if (!take_time(csv, 3 + i, i > 0, &times[i]))
				return false;
		if (!order)
			continue;
		if (order->customer)
			return csv_refuse(csv, "order %s stands there twice", order->id) == 0;
		order->customer = pool_text(&r->pool, customer);
		order->fate = fate;
		order->purchased = times[0];
		order->approved = times[1];
		order->carried = times[2];
		order->delivered = times[3];
	}
	return rc == 0;
}

/* The first row gives the type and the instalments; an order can have several. */
static bool read_payments(replay *r, csv *csv)
{
	int rc;
	while ((rc = csv_next(csv)) > 0) {
		replay_order *order;
		const char *method;
		int64_t instalments, value;
		if (!take_order(r, csv, &order) || !take_id(csv, 1, &method) ||
		    !take_number(csv, 2, 0, 1000, &instalments) || !take_cents(csv, 3, 0, &value))
			return false;
		if (!order)
			continue;
		if (!order->method) {
			order->method = pool_text(&r->pool, method);
			order->instalments = instalments;
			r->with_payments++;
		}
		order->paid += value;
	}
	return rc == 0;
}

static bool read_reviews(replay *r, csv *csv)
{
	int rc;
	while ((rc = csv_next(csv)) > 0) {
		replay_order *order;
		int64_t score;
		market_time answered;
		const char *title, *text;
		if (!take_order(r, csv, &order) || !take_number(csv, 1, 1, 5, &score) ||
		    !take_time(csv, 4, false, &answered))
			return false;
		if (!order || (order->score != 0 && order->rated <= answered))
			continue;
		title = csv_get(csv, 2);
		text = csv_get(csv, 3);
		order->score = score;
		order->rated = answered;
		order->comment = pool_format(&r->pool, "%s%s%s", title, *title && *text ? "\n" : "", text);
	}
	return rc == 0;
}

static bool read_sellers(replay *r, csv *csv)
{
	int rc;
	while ((rc = csv_next(csv)) > 0) {
		const char *id;
		size_t number;
		if (!take_id(csv, 0, &id))
			return false;
		number = text_index_find(&r->seller_ids, id);
		if (number == REPLAY_NONE)
			continue;
		r->sellers[number].city = pool_text(&r->pool, csv_get(csv, 1));
		r->sellers[number].state = pool_text(&r->pool, csv_get(csv, 2));
	}
	return rc == 0;
}

static bool read_translation(replay *r, csv *csv)
{
	int rc;
	while ((rc = csv_next(csv)) > 0) {
		bool fresh;
		text_index_add(&r->translated, pool_text(&r->pool, csv_get(csv, 0)), &fresh);
		if (!fresh)
			return csv_refuse(csv, "category %.60s stands there twice", csv_get(csv, 0)) == 0;
		*POOL_APPEND(r->translations, r->n_translations, r->room_translations) =
			pool_text(&r->pool, csv_get(csv, 1));
	}
	return rc == 0;
}

/* A category's code has letters, digits, -, _ and points, and at most 64 of them. */
static const char *category_code(replay *r, const char *name)
{
	size_t number = text_index_find(&r->translated, name);
	char *code = pool_take(&r->pool, 65);
	if (number != REPLAY_NONE)
		name = r->translations[number];
	for (size_t i = 0; name[i] && i < 64; i++) {
		bool good = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z') ||
		            (name[i] >= '0' && name[i] <= '9') || name[i] == '-' || name[i] == '.';
		code[i] = good ? name[i] : '_';
	}
	return code;
}

static bool read_products(replay *r, csv *csv)
{
	int rc;
	while ((rc = csv_next(csv)) > 0) {
		const char *id;
		size_t number;
		bool fresh;
		if (!take_id(csv, 0, &id))
			return false;
		number = text_index_find(&r->product_ids, id);
		if (number == REPLAY_NONE || *csv_get(csv, 1) == '\0')
			continue;
		if (r->products[number].category)
			return csv_refuse(csv, "product %s stands there twice", id) == 0;
		r->products[number].category = category_code(r, csv_get(csv, 1));
		text_index_add(&r->categories, r->products[number].category, &fresh);
	}
	return rc == 0;
}
