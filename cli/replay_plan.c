/* When everything happens. docs/guides/replay.md states these rules. */
#include "cli/replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void time_order(replay *r, replay_order *order);
static void time_review(replay *r, replay_order *order);
static void find_firsts(replay *r);
static void add_setup(replay *r);
static void add_orders(replay *r);
static void add_checkpoints(replay *r);
static void count(replay *r);
static void digest(replay *r);

static void add(replay *r, replay_kind kind, market_time at, size_t subject)
{
	replay_event *event = POOL_APPEND(r->events, r->n_events, r->room_events);
	*event = (replay_event){.at = at, .seq = r->n_events, .kind = kind, .subject = subject};
}

static int by_time(const void *left, const void *right)
{
	const replay_event *a = left, *b = right;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

void replay_plan(replay *r)
{
	for (size_t i = 0; i < r->n_orders; i++)
		time_order(r, &r->orders[i]);
	find_firsts(r);
	add_setup(r);
	add_orders(r);
	qsort(r->events, r->n_events, sizeof(*r->events), by_time);
	add_checkpoints(r);
	count(r);
	digest(r);
}

market_time replay_end(const replay *r)
{
	return r->events[r->n_events - 1].at + 300 * REPLAY_DAY;
}

/* ---- times ---- */

/* A step that lies before the one it follows is put a minute behind that. */
static bool follow(market_time before, market_time *step)
{
	if (*step >= before)
		return false;
	*step = before + REPLAY_MINUTE;
	return true;
}

static void make_times(replay_order *order)
{
	order->approved = order->limit - 6 * REPLAY_DAY;
	order->purchased = order->approved - REPLAY_HOUR;
	order->carried = order->approved + 2 * REPLAY_DAY;
	order->delivered = order->carried + 9 * REPLAY_DAY;
}

static void drop(replay *r, market_time *first, market_time *second)
{
	if (*first != 0 || *second != 0)
		r->ignored_dates++;
	*first = *second = 0;
}

static void time_order(replay *r, replay_order *order)
{
	market_time none = 0;
	bool shifted;
	if (!order->customer) {
		r->unknown_orders++;
		make_times(order);
		time_review(r, order);
		return;
	}
	if (order->approved == 0)
		order->approved = order->purchased + REPLAY_HOUR;
	shifted = follow(order->purchased, &order->approved);
	if (order->fate == REPLAY_SHIPPED)
		drop(r, &order->delivered, &none);
	else if (order->fate != REPLAY_DELIVERED)
		drop(r, &order->carried, &order->delivered);
	if (order->fate == REPLAY_CANCELLED)
		order->cancelled = order->approved + REPLAY_DAY;
	if (order->fate == REPLAY_SHIPPED || order->fate == REPLAY_DELIVERED) {
		if (order->carried == 0)
			order->carried = order->approved + 2 * REPLAY_DAY;
		shifted = follow(order->approved, &order->carried) || shifted;
	}
	if (order->fate == REPLAY_DELIVERED) {
		if (order->delivered == 0)
			order->delivered = order->carried + 9 * REPLAY_DAY;
		shifted = follow(order->carried, &order->delivered) || shifted;
	}
	if (shifted)
		r->shifted++;
	time_review(r, order);
}

/* Whoever wrote a review confirms the receipt with it, at the latest a day after delivery. */
static void time_review(replay *r, replay_order *order)
{
	if (order->score == 0)
		return;
	if (order->fate != REPLAY_DELIVERED) {
		r->ignored_reviews++;
		order->score = 0;
		return;
	}
	order->confirmed = order->rated;
	if (order->rated < order->delivered) {
		r->moved_reviews++;
		order->confirmed = order->rated = order->delivered + REPLAY_MINUTE;
	}
	if (order->confirmed > order->delivered + REPLAY_DAY)
		order->confirmed = order->delivered + REPLAY_DAY;
}

static void earliest(market_time time, market_time *first)
{
	if (*first == 0 || time < *first)
		*first = time;
}

static void find_firsts(replay *r)
{
	for (size_t i = 0; i < r->n_orders; i++)
		for (size_t k = r->orders[i].first_item; k != REPLAY_NONE; k = r->items[k].next) {
			replay_offer *offer = &r->offers[r->skus[r->items[k].sku].offer];
			earliest(r->orders[i].purchased, &offer->first);
			earliest(r->orders[i].purchased, &r->sellers[offer->seller].first);
			earliest(r->orders[i].purchased, &r->products[offer->product].first);
		}
}

/* ---- events ---- */

static void add_setup(replay *r)
{
	market_time first = r->sellers[0].first;
	for (size_t i = 0; i < r->n_sellers; i++)
		earliest(r->sellers[i].first, &first);
	first -= 31 * REPLAY_DAY;
	add(r, REPLAY_PLAN, first, 0);
	for (size_t i = 0; i < r->categories.count; i++)
		add(r, REPLAY_CATEGORY, first, i);
	for (size_t i = 0; i < r->n_sellers; i++)
		add(r, REPLAY_SELLER, r->sellers[i].first - 30 * REPLAY_DAY, i);
	for (size_t i = 0; i < r->n_products; i++)
		add(r, REPLAY_PRODUCT, r->products[i].first - REPLAY_DAY, i);
	for (size_t i = 0; i < r->n_offers; i++)
		add(r, REPLAY_OFFER, r->offers[i].first - REPLAY_DAY, i);
}

static void add_orders(replay *r)
{
	for (size_t i = 0; i < r->n_orders; i++) {
		const replay_order *order = &r->orders[i];
		add(r, REPLAY_PLACE, order->purchased, i);
		add(r, REPLAY_PAY, order->approved, i);
		for (size_t k = order->first_part; k != REPLAY_NONE; k = r->parts[k].next) {
			if (order->cancelled != 0)
				add(r, REPLAY_CANCEL, order->cancelled, k);
			if (order->carried != 0)
				add(r, REPLAY_SHIP, order->carried, k);
			if (order->delivered != 0)
				add(r, REPLAY_DELIVER, order->delivered, k);
			if (order->confirmed != 0)
				add(r, REPLAY_CONFIRM, order->confirmed, k);
			if (order->score != 0)
				add(r, REPLAY_RATE, order->rated, k);
		}
	}
}

/* Evenly among the sorted events, the last one well before the end. */
static void add_checkpoints(replay *r)
{
	size_t n = r->n_events;
	replay_event *all = r->events;
	size_t next = 1;
	r->events = NULL;
	r->n_events = r->room_events = 0;
	for (size_t i = 0; i < n; i++) {
		while (next <= REPLAY_CHECKPOINTS && i >= n * next / (REPLAY_CHECKPOINTS + 1) && i > 0)
			add(r, REPLAY_CHECKPOINT, all[i].at, next++);
		*POOL_APPEND(r->events, r->n_events, r->room_events) = all[i];
	}
	free(all);
}

static void count(replay *r)
{
	for (size_t i = 0; i < r->n_sellers; i++)
		r->unknown_sellers += !r->sellers[i].city;
	for (size_t i = 0; i < r->n_products; i++)
		r->unknown_products += !r->products[i].category;
	for (size_t i = 0; i < r->n_orders; i++)
		if (r->orders[i].method && r->orders[i].paid != r->orders[i].gross + r->orders[i].freight)
			r->differences++;
}

static void mix(uint64_t *hash, const char *text)
{
	for (;; text++) {
		*hash = (*hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
		if (*text == '\0')
			return;
	}
}

/* Two folders with other orders, or another limit, have another digest. */
static void digest(replay *r)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	char text[120];
	for (size_t i = 0; i < r->n_orders; i++) {
		mix(&hash, r->orders[i].id);
		for (size_t k = r->orders[i].first_item; k != REPLAY_NONE; k = r->items[k].next) {
			const replay_sku *sku = &r->skus[r->items[k].sku];
			mix(&hash, r->sellers[r->offers[sku->offer].seller].id);
			mix(&hash, sku->ref);
			snprintf(text, sizeof(text), "%" PRId64, r->items[k].quantity);
			mix(&hash, text);
		}
	}
	for (size_t i = 0; i < r->n_parts; i++) {
		snprintf(text, sizeof(text), "%" PRId64, r->parts[i].freight);
		mix(&hash, text);
	}
	for (size_t i = 0; i < r->n_events; i++) {
		snprintf(text, sizeof(text), "%" PRId64 " %d %zu", r->events[i].at, (int)r->events[i].kind,
		         r->events[i].subject);
		mix(&hash, text);
	}
	snprintf(r->digest, sizeof(r->digest), "%016" PRIx64, hash);
}
