/* CAT-4: reviews of offers, and what becomes of them. */
#include <string.h>

#include "tests/sim/sim.h"

static void prices_of(const sim *s, size_t offer, int64_t prices[SIM_SKUS])
{
	size_t n = 0;

	memset(prices, 0, SIM_SKUS * sizeof(*prices));
	for (size_t i = 0; i < s->skus.n; i++)
		if (s->skus.at[i].offer == offer)
			prices[n++] = s->skus.at[i].price;
}

int sim_listing_gate(sim *s, size_t offer, bool *waits)
{
	sim_review *review = &s->offers.at[offer].review;
	int64_t prices[SIM_SKUS];
	bool same;

	*waits = false;
	prices_of(s, offer, prices);
	if (prices[0] <= SIM_DEAR && prices[1] <= SIM_DEAR) {
		sim_listing_over(s, offer);
		return 0;
	}
	same = memcmp(prices, review->prices, sizeof(prices)) == 0;
	if (same && review->state == MARKET_REVIEW_REFUSED)
		return MARKET_ELISTING;
	if (same && review->state == MARKET_REVIEW_CLEARED)
		return 0;
	*waits = true;
	if (same && review->state == MARKET_REVIEW_OPEN)
		return 0;
	*review = (sim_review){.state = MARKET_REVIEW_OPEN};
	memcpy(review->prices, prices, sizeof(prices));
	return 0;
}

void sim_listing_over(sim *s, size_t offer)
{
	sim_review *review = &s->offers.at[offer].review;

	if (review->state == MARKET_REVIEW_OPEN)
		review->state = MARKET_REVIEW_NOTED;
}

static size_t offer_of(const sim *s, market_id id)
{
	for (size_t i = 0; i < s->offers.n; i++)
		if (s->offers.at[i].id.id == id.id && s->offers.at[i].id.book == id.book)
			return i;
	return SIM_NONE;
}

/* The queue holds what waits, and one of an offer. */
static void look(sim *s)
{
	market_listing_review_list_params in = MARKET_LISTING_REVIEW_LIST_PARAMS_INIT;
	int64_t open = 0;
	market_listing_review_page *page;

	for (size_t i = 0; i < s->offers.n; i++)
		open += s->offers.at[i].review.state == MARKET_REVIEW_OPEN;
	sim_as_operator(s);
	page = sim_read(s, "listing.review.list", &in);
	if (!page)
		return;
	sim_same(s, "reviews that wait", open, (int64_t)page->n_items);
	for (size_t i = 0; i < page->n_items; i++) {
		const size_t offer = offer_of(s, page->items[i]->offer);

		if (offer != SIM_NONE)
			s->offers.at[offer].review.id = page->items[i]->id;
		sim_same(s, "state of a listing's review",
		         offer == SIM_NONE ? 0 : s->offers.at[offer].review.state, page->items[i]->state);
	}
	sim_free(page);
}

/* One that was in the queue once; it may have been decided since. */
static size_t any_review(sim *s)
{
	size_t start;

	look(s);
	start = s->offers.n == 0 ? 0 : (size_t)sim_below(s, (int64_t)s->offers.n);
	for (size_t i = 0; i < s->offers.n; i++) {
		const size_t offer = (start + i) % s->offers.n;

		if (s->offers.at[offer].review.id.id != 0)
			return offer;
	}
	return SIM_NONE;
}

static bool decide(sim *s, const char *operation, void *params, size_t offer, int32_t to)
{
	sim_review *review = &s->offers.at[offer].review;
	const bool good = review->state == MARKET_REVIEW_OPEN;
	void *out;

	if (good)
		review->state = to;
	if (sim_run(s, operation, params, &out, good ? 0 : MARKET_ESTATE))
		sim_same(s, "state of a listing's review", to, ((market_listing_review *)out)->state);
	sim_free(out);
	return good;
}

/* The offer goes on sale, unless something else keeps it off. */
static void clear(sim *s)
{
	market_listing_review_clear_params in = MARKET_LISTING_REVIEW_CLEAR_PARAMS_INIT;
	const size_t i = any_review(s);
	bool waits = false;
	sim_offer *offer;

	if (i == SIM_NONE)
		return;
	offer = &s->offers.at[i];
	in.review = offer->review.id;
	if (!decide(s, "listing.review.clear", &in, i, MARKET_REVIEW_CLEARED) ||
	    sim_offer_may_activate(s, i) != 0 || sim_listing_gate(s, i, &waits) != 0 || waits)
		return;
	offer->state = MARKET_OFFER_ACTIVE;
	offer->activated = true;
}

static void refuse(sim *s)
{
	market_listing_review_refuse_params in = MARKET_LISTING_REVIEW_REFUSE_PARAMS_INIT;
	const size_t i = any_review(s);

	if (i == SIM_NONE)
		return;
	in.review = s->offers.at[i].review.id;
	in.reason = "dear";
	decide(s, "listing.review.refuse", &in, i, MARKET_REVIEW_REFUSED);
}

const sim_action sim_listing_actions[] = {
	{"listing.review.clear", clear, 6},
	{"listing.review.refuse", refuse, 1},
	{NULL, NULL, 0},
};
