/* Facets: how many hits share a value (CAT-8). */
#include <stdlib.h>
#include <string.h>

#include "libmarket/search/search.h"

#define MOST_SHOWN 200 /* of a kind */

/* When it is full, what is alike is put together, and then it grows. */
typedef struct counts {
	mk_arena *arena;
	market_search_facet *at;
	size_t n, room;
} counts;

static int add_hit(mk_ctx *ctx, const mk_search_entry *hit, counts *c, market_error *err);
static void put_together(counts *c);
static bool has_room(counts *c);
static int add_attributes(mk_ctx *ctx, const char *text, counts *c, market_error *err);
static void add(counts *c, int32_t kind, const char *name, const char *value);
static void add_price(counts *c, market_money price);
static int by_value(const void *a, const void *b);
static int by_count(const void *a, const void *b);

int mk_search_count(mk_ctx *ctx, mk_search_entry *const *hits, size_t count,
                    market_search_page *page, market_error *err)
{
	counts c = {.arena = ctx->arena};
	const market_search_facet **list;
	size_t of_kind = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = add_hit(ctx, hits[i], &c, err);
	if (rc != 0)
		return rc;
	put_together(&c);
	if (c.n > 0)
		qsort(c.at, c.n, sizeof(*c.at), by_count);
	list = MK_NEW_ARRAY(ctx->arena, const market_search_facet *, c.n + 1);
	if (!list || ctx->arena->failed)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < c.n; i++) {
		of_kind = i > 0 && c.at[i].kind == c.at[i - 1].kind ? of_kind + 1 : 0;
		if (of_kind < MOST_SHOWN)
			list[page->n_facets++] = &c.at[i];
		else
			page->complete = false;
	}
	page->facets = list;
	return 0;
}

static void put_together(counts *c)
{
	size_t n = 0;

	if (c->n > 0)
		qsort(c->at, c->n, sizeof(*c->at), by_value);
	for (size_t i = 0; i < c->n; i++)
		if (n > 0 && by_value(&c->at[n - 1], &c->at[i]) == 0)
			c->at[n - 1].count += c->at[i].count;
		else
			c->at[n++] = c->at[i];
	c->n = n;
}

/* False when memory is exhausted, which the arena remembers. */
static bool has_room(counts *c)
{
	market_search_facet *more;
	size_t room;

	if (c->n < c->room)
		return true;
	put_together(c);
	if (c->n < c->room / 2)
		return true;
	room = c->room ? 2 * c->room : 4096;
	more = MK_NEW_ARRAY(c->arena, market_search_facet, room);
	if (!more)
		return false;
	if (c->n > 0)
		memcpy(more, c->at, c->n * sizeof(*more));
	c->at = more;
	c->room = room;
	return true;
}

static int add_hit(mk_ctx *ctx, const mk_search_entry *hit, counts *c, market_error *err)
{
	char seller[MARKET_ID_TEXT_SIZE];
	const char *text;

	market_id_format(MARKET_ID_SELLER, hit->hit.seller, seller);
	text = mk_arena_text(ctx->arena, seller);
	if (!text)
		return mk_error_no_memory(err);
	add(c, MARKET_FACET_SELLER, NULL, text);
	for (const char *at = hit->category_path; *at == '/' && at[1] != '\0';) {
		const size_t size = strcspn(at + 1, "/");

		text = mk_arena_text_n(ctx->arena, at + 1, size);
		if (!text)
			return mk_error_no_memory(err);
		add(c, MARKET_FACET_CATEGORY, NULL, text);
		at += 1 + size;
	}
	if (hit->hit.brand)
		add(c, MARKET_FACET_BRAND, NULL, hit->hit.brand);
	add_price(c, hit->hit.price);
	return add_attributes(ctx, hit->attributes, c, err);
}

/* Names and values in turn, as mk_search_entry says. */
static int add_attributes(mk_ctx *ctx, const char *text, counts *c, market_error *err)
{
	char *at = mk_arena_text(ctx->arena, text);

	if (text && !at)
		return mk_error_no_memory(err);
	while (at && *at) {
		char *value = strchr(at, MK_SEARCH_VALUE),
			 *end = value ? strchr(value, MK_SEARCH_END) : NULL;

		if (!end)
			return mk_error_set(err, MARKET_ECORRUPT, "a search entry's attributes can't be read");
		*value = *end = '\0';
		add(c, MARKET_FACET_ATTRIBUTE, at, value + 1);
		at = end + 1;
	}
	return 0;
}

static void add(counts *c, int32_t kind, const char *name, const char *value)
{
	if (has_room(c))
		c->at[c->n++] =
			(market_search_facet){.kind = kind, .name = name, .value = value, .count = 1};
}

/* Bands from 1, 2 and 5 minor units on, each ten times the last. */
static void add_price(counts *c, market_money price)
{
	static const int64_t steps[] = {2, 5, 10};
	int64_t from = 0, to = 1, ten = 1;
	size_t step = 0;

	if (!has_room(c))
		return;
	while (to < MK_MONEY_MAX / 10 && !mk_money_less(price, mk_money(to, price.currency))) {
		from = to;
		to = ten * steps[step];
		if (++step == 3) {
			step = 0;
			ten *= 10;
		}
	}
	c->at[c->n++] = (market_search_facet){.kind = MARKET_FACET_PRICE,
	                                      .from = mk_money(from, price.currency),
	                                      .to = mk_money(to, price.currency),
	                                      .count = 1};
}

static int compare(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_value(const void *a, const void *b)
{
	const market_search_facet *x = a, *y = b;
	int order = (x->kind > y->kind) - (x->kind < y->kind);

	if (order == 0)
		order = compare(x->name, y->name);
	if (order == 0)
		order = compare(x->value, y->value);
	if (order == 0)
		order = compare(x->to.currency, y->to.currency);
	if (order == 0 && x->kind == MARKET_FACET_PRICE)
		order = mk_money_compare(x->to, y->to);
	return order;
}

static int by_count(const void *a, const void *b)
{
	const market_search_facet *x = a, *y = b;
	int order = (x->kind > y->kind) - (x->kind < y->kind);

	if (order == 0)
		order = compare(x->name, y->name);
	if (order == 0)
		order = (x->count < y->count) - (x->count > y->count);
	return order == 0 ? by_value(a, b) : order;
}
