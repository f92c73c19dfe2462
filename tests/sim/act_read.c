/* Reads with predicates drawn at random, page by page, against plain loops over the model. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

/* What a list must give, in its order. */
typedef struct found {
	market_id ids[512];
	market_time at[512];
	size_t n;
} found;

static void put(found *f, market_id id, market_time at)
{
	if (f->n < sizeof(f->ids) / sizeof(f->ids[0])) {
		f->ids[f->n] = id;
		f->at[f->n++] = at;
	}
}

static void swap(found *f, size_t a, size_t b)
{
	const market_id id = f->ids[a];
	const market_time at = f->at[a];

	f->ids[a] = f->ids[b];
	f->at[a] = f->at[b];
	f->ids[b] = id;
	f->at[b] = at;
}

/* By time and identifier, newest first. */
static void newest_first(found *f)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = i + 1; k < f->n; k++)
			if (f->at[k] > f->at[i] || (f->at[k] == f->at[i] && f->ids[k].id > f->ids[i].id))
				swap(f, i, k);
}

static void same_id(sim *s, const char *what, const found *f, size_t n, market_id got)
{
	if (n >= f->n)
		sim_fail(s, "%s: more than the %zu of the model", what, f->n);
	else
		sim_same_id(s, what, f->ids[n], got);
}

static bool page_on(char *after, size_t size, const char **cursor, const char *next)
{
	if (!next)
		return false;
	snprintf(after, size, "%s", next);
	*cursor = after;
	return true;
}

/* A moment of the run, or the very one at which an order was placed. */
static market_time moment(sim *s)
{
	size_t i = sim_any_order(s, 0);

	if (i != SIM_NONE && sim_chance(s, 50))
		return s->orders.at[i].created_at;
	return SIM_START + 1 + sim_below(s, s->now - SIM_START + 1);
}

static void list_orders(sim *s)
{
	market_order_list_params in = MARKET_ORDER_LIST_PARAMS_INIT;
	const int64_t limit = 1 + sim_below(s, 9);
	size_t owner, n = 0;
	bool of_seller = sim_chance(s, 50), more = true;
	char after[80];
	found f = {.n = 0};

	owner = (size_t)sim_below(s, (int64_t)(of_seller ? s->sellers.n : s->buyers.n));
	if (of_seller)
		in.seller = s->sellers.at[owner].id;
	else
		in.buyer = s->buyers.at[owner];
	in.state = sim_chance(s, 60) ? 1 + (int32_t)sim_below(s, MARKET_ORDER_CLOSED) : 0;
	if (sim_chance(s, 50))
		in.from = moment(s);
	if (sim_chance(s, 50))
		in.to = moment(s);
	in.limit = &limit;
	for (size_t i = 0; i < s->orders.n; i++) {
		const sim_order *o = &s->orders.at[i];

		if ((of_seller ? o->seller : o->buyer) == owner && (!in.state || o->state == in.state) &&
		    o->created_at >= in.from && (!in.to || o->created_at < in.to))
			put(&f, o->id, o->created_at);
	}
	newest_first(&f);
	while (more && !s->failed) {
		market_order_page *page = sim_read(s, "order.list", &in);

		for (size_t i = 0; page && !s->failed && i < page->n_items; i++)
			same_id(s, "order.list", &f, n++, page->items[i]->id);
		more = page && page_on(after, sizeof(after), &in.after, page->next);
		sim_free(page);
	}
	sim_same(s, "orders of order.list", (int64_t)f.n, (int64_t)n);
}

static void list_offers(sim *s)
{
	market_offer_list_params in = MARKET_OFFER_LIST_PARAMS_INIT;
	const int64_t limit = 1 + sim_below(s, 5);
	size_t seller = (size_t)sim_below(s, (int64_t)s->sellers.n), n = 0;
	bool more = true;
	char after[80];
	found f = {.n = 0};

	in.seller = s->sellers.at[seller].id;
	in.state = sim_chance(s, 60) ? 1 + (int32_t)sim_below(s, MARKET_OFFER_BLOCKED) : 0;
	in.limit = &limit;
	for (size_t i = 0; i < s->offers.n; i++)
		if (s->offers.at[i].seller == seller && (!in.state || s->offers.at[i].state == in.state))
			put(&f, s->offers.at[i].id, 0);
	while (more && !s->failed) {
		market_offer_page *page = sim_read(s, "offer.list", &in);

		for (size_t i = 0; page && !s->failed && i < page->n_items; i++) {
			same_id(s, "offer.list", &f, n++, page->items[i]->id);
			for (size_t k = 0; k < s->skus.n; k++)
				for (size_t l = 0; l < page->items[i]->n_skus; l++)
					if (s->skus.at[k].id.id == page->items[i]->skus[l]->id.id)
						sim_same_money(s, "price of a SKU", s->skus.at[k].price,
						               page->items[i]->skus[l]->price);
		}
		more = page && page_on(after, sizeof(after), &in.after, page->next);
		sim_free(page);
	}
	sim_same(s, "offers of offer.list", (int64_t)f.n, (int64_t)n);
}

static void list_products(sim *s)
{
	market_product_list_params in = MARKET_PRODUCT_LIST_PARAMS_INIT;
	const int64_t limit = 1 + sim_below(s, 5);
	int special = (int)sim_below(s, 3);
	bool more = true;
	size_t n = 0;
	char after[80];
	found f = {.n = 0};

	in.state = 1 + (int32_t)sim_below(s, MARKET_PRODUCT_REJECTED);
	if (special < 2)
		in.category = s->category[special];
	in.limit = &limit;
	for (size_t i = 0; i < s->products.n; i++)
		if (s->products.at[i].state == in.state &&
		    (special == 2 || s->products.at[i].special == (special == 1)))
			put(&f, s->products.at[i].id, 0);
	while (more && !s->failed) {
		market_product_page *page = sim_read(s, "product.list", &in);

		for (size_t i = 0; page && !s->failed && i < page->n_items; i++)
			same_id(s, "product.list", &f, n++, page->items[i]->id);
		more = page && page_on(after, sizeof(after), &in.after, page->next);
		sim_free(page);
	}
	sim_same(s, "products of product.list", (int64_t)f.n, (int64_t)n);
}

static void list_sellers(sim *s)
{
	market_seller_list_params in = MARKET_SELLER_LIST_PARAMS_INIT;
	market_seller_page *page;
	found f = {.n = 0};

	in.state = sim_chance(s, 70) ? 1 + (int32_t)sim_below(s, MARKET_SELLER_TERMINATED) : 0;
	for (size_t i = 0; i < s->sellers.n; i++)
		if (!in.state || s->sellers.at[i].state == in.state)
			put(&f, s->sellers.at[i].id, 0);
	page = sim_read(s, "seller.list", &in);
	for (size_t i = 0; page && !s->failed && i < page->n_items; i++)
		same_id(s, "seller.list", &f, i, page->items[i]->id);
	if (page)
		sim_same(s, "sellers of seller.list", (int64_t)f.n, (int64_t)page->n_items);
	sim_free(page);
}

static void list_ratings(sim *s)
{
	market_rating_list_params in = MARKET_RATING_LIST_PARAMS_INIT;
	const int64_t limit = 1 + sim_below(s, 4);
	size_t seller = (size_t)sim_below(s, (int64_t)s->sellers.n), n = 0;
	bool more = true;
	char after[80];
	found f = {.n = 0};

	in.seller = s->sellers.at[seller].id;
	in.state = 1 + (int32_t)sim_below(s, MARKET_RATING_REMOVED);
	in.limit = &limit;
	for (size_t i = 0; i < s->ratings.n; i++)
		if (s->ratings.at[i].seller == seller && s->ratings.at[i].state == in.state)
			put(&f, s->ratings.at[i].id, s->ratings.at[i].created_at);
	newest_first(&f);
	while (more && !s->failed) {
		market_rating_page *page = sim_read(s, "rating.list", &in);

		for (size_t i = 0; page && !s->failed && i < page->n_items; i++)
			same_id(s, "rating.list", &f, n++, page->items[i]->id);
		more = page && page_on(after, sizeof(after), &in.after, page->next);
		sim_free(page);
	}
	sim_same(s, "ratings of rating.list", (int64_t)f.n, (int64_t)n);
}

/* RAT-6: exact, as of any past time. */
static void score(sim *s)
{
	market_rating_score_params in = MARKET_RATING_SCORE_PARAMS_INIT;
	size_t seller = (size_t)sim_below(s, (int64_t)s->sellers.n);
	int64_t sums[SIM_DIMENSIONS] = {0}, counts[SIM_DIMENSIONS] = {0}, credit = 0, first;
	market_time as_of = s->now;
	market_seller_score *got;

	in.seller = s->sellers.at[seller].id;
	if (sim_chance(s, 60))
		as_of = in.as_of = SIM_START + sim_below(s, s->now - SIM_START + 1);
	first = as_of / SIM_DAY - 179;
	for (size_t i = 0; i < s->ratings.n; i++) {
		const sim_rating *r = &s->ratings.at[i];

		if (r->seller != seller || r->published_at == 0 || r->published_at > as_of ||
		    (r->ended_at != 0 && r->ended_at <= as_of))
			continue;
		credit += r->credit; /* RAT-5: points stay, scores have a window */
		if (r->published_at / SIM_DAY < first)
			continue;
		for (size_t k = 0; r->counted && k < SIM_DIMENSIONS; k++) {
			sums[k] += r->scores[k];
			counts[k]++;
		}
	}
	got = sim_read(s, "rating.score", &in);
	for (size_t k = 0; got && k < SIM_DIMENSIONS && k < got->n_means; k++) {
		sim_same(s, "sum of a score", sums[k], got->means[k]->sum);
		sim_same(s, "count of a score", counts[k], got->means[k]->count);
	}
	if (got)
		sim_same(s, "credit of a seller", credit, got->credit);
	sim_free(got);
}

static void escrow(sim *s)
{
	market_escrow_get_params in = MARKET_ESCROW_GET_PARAMS_INIT;
	size_t i = sim_any_order(s, 0);
	market_escrow *got;
	const sim_order *o;
	char name[64];

	if (i == SIM_NONE)
		return;
	o = &s->orders.at[i];
	in.order = o->id;
	got = sim_read(s, "escrow.get", &in);
	if (!got)
		return;
	sim_same(s, "state of an escrow", o->escrow, got->state);
	sim_same_money(s, "held of an escrow", sim_order_held(o), got->held);
	if (o->released == 0) {
		snprintf(name, sizeof(name), "escrow:%s", sim_order_text(s, i));
		sim_same_money(s, "held of the escrow's account",
		               sim_held(s, o->id.book, name) - o->in_flight, got->held);
	}
	sim_same_money(s, "in_flight of an escrow", o->in_flight, got->in_flight);
	sim_same(s, "ESC-1: funded = released + refunded + held", got->funded.amount,
	         got->released.amount + got->refunded.amount + got->held.amount +
	             (o->released > 0 ? 0 : got->in_flight.amount));
	sim_free(got);
}

const sim_action sim_read_actions[] = {
	{"order.list", list_orders, 6},     {"offer.list", list_offers, 2},
	{"product.list", list_products, 2}, {"seller.list", list_sellers, 1},
	{"rating.list", list_ratings, 2},   {"rating.score", score, 3},
	{"escrow.get", escrow, 3},          {NULL, NULL, 0},
};
