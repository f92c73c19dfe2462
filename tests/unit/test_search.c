/* CAT-8: search against a naive reading of what was listed. With MARKET_TEST_LONG 20,000 listings
 * and as many questions. Both stores are held against the same reading. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

enum { MOST = 20000, SELLERS = 3, CATEGORIES = 4, WORDS = 3, LETTERS = 6 };

typedef struct listing {
	int words[WORDS]; /* of `latin` */
	char han[3 * LETTERS + 1];
	int category, seller, color, price;
	bool stocked, active;
	int sold, at; /* the number of its activation */
	char offer[MARKET_ID_TEXT_SIZE], sku[MARKET_ID_TEXT_SIZE];
} listing;

typedef struct wanted {
	int word; /* -1: none */
	char han[3 * 3 + 1];
	int category, front, seller, color, from, to;
	const char *sort;
} wanted;

/* As it is written, and how it is asked for. */
static const struct {
	const char *shown, *asked;
} latin[] = {
	{"Televisão", "TELEVISAO"},   {"Rádio", "radio"},    {"ＰＨＯＮＥ", "phone"},
	{"Éclair", "eclair"},         {"straße", "STRASSE"}, {"USB", "ｕｓｂ"},
	{"naïve", "naive"},           {"Ω3", "ω3"},          {"water", "wAtEr"},
	{"waterproof", "waterproof"},
};
enum { N_LATIN = sizeof(latin) / sizeof(latin[0]) };
static const char *const han[] = {"苹", "果", "手", "机", "茶", "绿", "书", "包"};
static const char *const codes[CATEGORIES] = {"all", "phones", "books", "tea"};
static const char *const colors[] = {"red", "green", "blue"};

/* CAT-1: "bright" stands above "mixed" and "none". */
static const char *const fronts[] = {"bright", "mixed", "none", "hidden"};
enum { FRONTS = 4 };

static listing listings[MOST];
static int n_listings;
static int ratings[SELLERS]; /* in hundredths; 0: none */
static bool away[SELLERS];   /* on holiday */
static int activations;
static char sellers[SELLERS][MARKET_ID_TEXT_SIZE];

static uint64_t next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

static int below(uint64_t *state, int bound)
{
	return (int)(next(state) % (uint64_t)bound);
}

static void add_letters(uint64_t *state, int count, char *out)
{
	*out = '\0';
	for (int i = 0; i < count; i++)
		strcat(out, han[below(state, 8)]);
}

static void open_shops(test_market *test)
{
	for (int i = 0; i < CATEGORIES; i++)
		TEST_CALL(test, "category.create", "{'code':'%s','name':'%s'%s}", codes[i], codes[i],
		          i == 0 || i == 3 ? "" : ",'parent':'ref:all'");
	for (int i = 0; i < SELLERS; i++) {
		TEST_CALL(test, "seller.apply",
		          "{'name':'S','store_type':'individual','country':'BR','currency':'BRL',"
		          "'owner_name':'O','ref':'s%d'}",
		          i);
		snprintf(sellers[i], sizeof(sellers[i]), "%s", test_out(test, "id"));
		TEST_CALL(test, "seller.approve", "{'seller':'ref:s%d','waiver':'known'}", i);
		TEST_CALL(test, "warehouse.create",
		          "{'seller':'ref:s%d','name':'M','ref':'m','country':'BR'}", i);
	}
}

static void open_fronts(test_market *test)
{
	TEST_CALL(test, "front_category.create",
	          "{'code':'bright','name':'B','queries':[{'category':'ref:phones','conditions':"
	          "[{'name':'color','values':['red','blue']}]}]}");
	TEST_CALL(test, "front_category.create",
	          "{'code':'mixed','name':'M','queries':[{'category':'ref:tea'},{'category':'ref:all',"
	          "'conditions':[{'name':'color','values':['green','pink']},{'name':'color','values':"
	          "['green']}]}]}");
	TEST_CALL(test, "front_category.create", "{'code':'none','name':'N'}");
	TEST_CALL(test, "front_category.create",
	          "{'code':'hidden','name':'H','state':'hidden','queries':[{'category':'ref:books'}]}");
	for (int i = 1; i < FRONTS; i++)
		TEST_CALL(test, "front_category.link", "{'front_category':'ref:bright','child':'ref:%s'}",
		          fronts[i]);
	TEST_CALL(test, "front_category.link", "{'front_category':'ref:mixed','child':'ref:none'}");
}

static const char *title_of(const listing *l)
{
	static char title[200];

	snprintf(title, sizeof(title), "%s %s, %s %s", latin[l->words[0]].shown,
	         latin[l->words[1]].shown, l->han, latin[l->words[2]].shown);
	return title;
}

static void activate(test_market *test, listing *l)
{
	test->now += 1000; /* so that the newest are in one order */
	TEST_CALL(test, "offer.activate", "{'offer':'%s'}", l->offer);
	l->active = true;
	l->at = activations++;
}

static void add_listing(test_market *test, uint64_t *state, int i)
{
	listing *l = &listings[i];

	*l = (listing){.sold = 0};
	for (int k = 0; k < WORDS; k++)
		l->words[k] = below(state, N_LATIN);
	add_letters(state, below(state, LETTERS + 1), l->han);
	l->category = below(state, CATEGORIES);
	l->seller = below(state, SELLERS);
	l->color = below(state, 3);
	l->price = 1 + below(state, 50);
	l->stocked = below(state, 5) != 0;
	TEST_CALL(test, "product.create", "{'category':'ref:%s','ref':'p%d','title':'%s'}",
	          codes[l->category], i, title_of(l));
	TEST_CALL(test, "product.publish", "{'product':'ref:p%d'}", i);
	TEST_CALL(test, "offer.create",
	          "{'seller':'ref:s%d','product':'ref:p%d','skus':[{'attributes':{'color':'%s'},"
	          "'price':{'amount':'%d.00','currency':'BRL'}}]}",
	          l->seller, i, colors[l->color], l->price);
	snprintf(l->offer, sizeof(l->offer), "%s", test_out(test, "id"));
	snprintf(l->sku, sizeof(l->sku), "%s", test_out(test, "skus.0.id"));
	activate(test, l);
	if (l->stocked)
		TEST_CALL(test, "stock.adjust",
		          "{'sku':'%s','warehouse':'ref:s%d/m','delta':1000,'reason':'bought'}", l->sku,
		          l->seller);
}

/* What is there is bought and paid for, and rated with `score` when that isn't 0. */
static void sell(test_market *test, listing *l, int quantity, int score)
{
	char payment[MARKET_ID_TEXT_SIZE], placed[MARKET_ID_TEXT_SIZE], line[MARKET_ID_TEXT_SIZE];

	TEST_CALL(test, "order.place",
	          "{'buyer':'ref:b','currency':'BRL','method':'card','items':[{'sku':'%s',"
	          "'quantity':%d}]}",
	          l->sku, quantity);
	snprintf(payment, sizeof(payment), "%s", test_out(test, "payment"));
	snprintf(placed, sizeof(placed), "%s", test_out(test, "orders.0.id"));
	snprintf(line, sizeof(line), "%s", test_out(test, "orders.0.lines.0.id"));
	TEST_CALL(test, "payment.start", "{'payment':'%s'}", payment);
	test_work(test);
	l->sold += quantity;
	if (score == 0)
		return;
	TEST_CALL(test, "order.ship", "{'order':'%s'}", placed);
	TEST_CALL(test, "order.confirm", "{'order':'%s'}", placed);
	test_act_as(test, "buyer:ref:b");
	TEST_CALL(test, "rating.create",
	          "{'order':'%s','line':'%s','scores':[{'dimension':'description','score':%d},"
	          "{'dimension':'service','score':%d},{'dimension':'logistics','score':%d}]}",
	          placed, line, score, score, score);
	test_act_as(test, "operator:test");
	ratings[l->seller] = 100 * score;
}

/* The first seller is rated with 5, the second with 2, the last isn't. */
static void sell_some(test_market *test, uint64_t *state)
{
	TEST_CALL(test, "buyer.create", "{'name':'B','ref':'b'}");
	memset(ratings, 0, sizeof(ratings));
	for (int i = 0; i < n_listings; i++) {
		listing *l = &listings[i];

		if (l->stocked && l->seller < 2 && ratings[l->seller] == 0)
			sell(test, l, 1, l->seller == 0 ? 5 : 2);
	}
	test_advance(test, INT64_C(40) * 86400000); /* what isn't sent by then is refunded */
	for (int i = 0; i < 60; i++) {
		listing *l = &listings[below(state, n_listings)];

		if (l->stocked)
			sell(test, l, 1 + below(state, 8), 0);
	}
	do {
		TEST_CALL(test, "search.refresh", "{'limit':500,'older':%lld}", (long long)test->now);
	} while (strcmp(test_out(test, "more"), "true") == 0);
}

static void change_title(test_market *test, listing *l, int word)
{
	char change[MARKET_ID_TEXT_SIZE];

	if (l->words[0] == word)
		return;
	l->words[0] = word;
	TEST_CALL(test, "change.create", "{'product':'ref:p%d','title':'%s'}", (int)(l - listings),
	          title_of(l));
	snprintf(change, sizeof(change), "%s", test_out(test, "id"));
	TEST_CALL(test, "change.confirm", "{'change':'%s'}", change);
}

static void change_stock(test_market *test, listing *l)
{
	l->stocked = !l->stocked;
	TEST_CALL(test, "stock.set", "{'sku':'%s','warehouse':'ref:s%d/m','on_hand':%d}", l->sku,
	          l->seller, l->stocked ? 3 : 0);
}

static void change_holiday(test_market *test, int seller)
{
	away[seller] = !away[seller];
	TEST_CALL(test, away[seller] ? "seller.holiday.set" : "seller.holiday.clear",
	          "{'seller':'ref:s%d'}", seller);
}

/* Whatever is done to an offer, its product, stock and seller is in the next answer. */
static void change_some(test_market *test, uint64_t *state)
{
	for (int i = 0; i < 100; i++) {
		listing *l = &listings[below(state, n_listings)];

		switch (below(state, 9)) {
		case 0:
			change_stock(test, l);
			break;
		case 1:
			change_title(test, l, below(state, N_LATIN));
			break;
		case 2:
			if (below(state, 5) == 0)
				change_holiday(test, l->seller);
			break;
		case 3:
		case 4:
			l->price = 1 + below(state, 50);
			TEST_CALL(test, "offer.update",
			          "{'offer':'%s','prices':[{'sku':'%s','price':{'amount':'%d.00',"
			          "'currency':'BRL'}}]}",
			          l->offer, l->sku, l->price);
			break;
		default:
			if (!l->active) {
				activate(test, l);
				break;
			}
			TEST_CALL(test, "offer.pause", "{'offer':'%s'}", l->offer);
			l->active = false;
		}
	}
}

static bool has_word(const listing *l, int word)
{
	return l->words[0] == word || l->words[1] == word || l->words[2] == word;
}

/* The colours are red, green, blue; the categories all, phones, books, tea. */
static bool is_in_front(const listing *l, int front)
{
	const bool mixed = l->category == 3 || l->color == 1;

	switch (front) {
	case 0:
		return mixed || (l->category == 1 && l->color != 1);
	case 1:
		return mixed;
	case 3:
		return l->category == 2;
	default:
		return front < 0;
	}
}

/* "all" is above "phones" and "books". */
static bool is_hit(const listing *l, const wanted *w)
{
	return l->active && l->stocked && !away[l->seller] && (w->word < 0 || has_word(l, w->word)) &&
	       strstr(l->han, w->han) &&
	       (w->category < 0 || l->category == w->category ||
	        (w->category == 0 && l->category < 3)) &&
	       is_in_front(l, w->front) && (w->seller < 0 || l->seller == w->seller) &&
	       (w->color < 0 || l->color == w->color) && l->price >= w->from && l->price <= w->to;
}

static const char *order;

/* docs/concepts/search.md */
static int rank_of(const listing *l)
{
	int rank = 1;

	for (int sold = l->sold; sold > 0; sold /= 2)
		rank += 200;
	rank += ratings[l->seller] > 300 ? 4 * (ratings[l->seller] - 300) : 0;
	return rank > 4095 ? 4095 : rank;
}

static int by_order(const void *a, const void *b)
{
	const listing *x = *(listing *const *)a, *y = *(listing *const *)b;

	if (strcmp(order, "price") == 0 && x->price != y->price)
		return x->price - y->price;
	if (strcmp(order, "price_down") == 0 && x->price != y->price)
		return y->price - x->price;
	if (strcmp(order, "sales") == 0 && x->sold != y->sold)
		return y->sold - x->sold;
	if (strcmp(order, "rating") == 0 && ratings[x->seller] != ratings[y->seller])
		return ratings[y->seller] - ratings[x->seller];
	if (strcmp(order, "newest") != 0 && rank_of(x) != rank_of(y))
		return rank_of(y) - rank_of(x);
	return y->at - x->at; /* the newest first */
}

static wanted choose(uint64_t *state)
{
	static const char *const sorts[] = {"relevance", "price", "price_down",
	                                    "newest",    "sales", "rating"};
	wanted w = {.word = below(state, 3) ? below(state, N_LATIN) : -1,
	            .category = below(state, 3) ? -1 : below(state, CATEGORIES),
	            .front = below(state, 3) ? -1 : below(state, FRONTS),
	            .seller = below(state, 4) ? -1 : below(state, SELLERS),
	            .color = below(state, 4) ? -1 : below(state, 3),
	            .from = below(state, 3) ? 0 : below(state, 40),
	            .to = below(state, 3) ? 1000 : 10 + below(state, 40),
	            .sort = sorts[below(state, 6)]};

	add_letters(state, below(state, 3) ? below(state, 4) : 0, w.han);
	return w;
}

static int count_of(listing *const *hits, int n, const char *kind, const char *value)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		const listing *l = hits[i];
		const char *own = strcmp(kind, "seller") == 0      ? sellers[l->seller]
		                  : strcmp(kind, "attribute") == 0 ? colors[l->color]
		                                                   : codes[l->category];

		count += strcmp(own, value) == 0 ||
		         (strcmp(kind, "category") == 0 && l->category < 3 && strcmp(value, "all") == 0);
	}
	return count;
}

/* Of the first thousand by rank: each value is there once, with how many have it. */
static void compare_facets(test_market *test, listing *const *hits, int n)
{
	const json_t *facets = json_object_get(test->out, "facets");
	const int counted = n < 1000 ? n : 1000;
	int of_sellers = 0, of_colors = 0, of_prices = 0;
	const json_t *facet;
	size_t i;

	CHECK_INT(json_integer_value(json_object_get(test->out, "counted")), counted);
	CHECK_INT(json_is_true(json_object_get(test->out, "complete")), n <= 1000);
	json_array_foreach(facets, i, facet)
	{
		const char *kind = json_string_value(json_object_get(facet, "kind"));
		const int count = (int)json_integer_value(json_object_get(facet, "count"));

		of_sellers += strcmp(kind, "seller") == 0 ? count : 0;
		of_colors += strcmp(kind, "attribute") == 0 ? count : 0;
		of_prices += strcmp(kind, "price") == 0 ? count : 0;
		if (strcmp(kind, "price") != 0)
			CHECK_INT(count, count_of(hits, counted, kind,
			                          json_string_value(json_object_get(facet, "value"))));
	}
	CHECK_INT(of_sellers, counted);
	CHECK_INT(of_colors, counted);
	CHECK_INT(of_prices, counted);
}

/* All pages of one question. */
static void compare(test_market *test, uint64_t *state)
{
	static listing *hits[MOST];
	const wanted w = choose(state);
	const int limit = 1 + below(state, n_listings < 1000 ? 40 : 1000);
	char filters[400] = "", after[80] = "";
	int n = 0, at = 0, size = 0;

	for (int i = 0; i < n_listings; i++)
		if (is_hit(&listings[i], &w))
			hits[n++] = &listings[i];
	order = w.sort;
	qsort(hits, (size_t)n, sizeof(*hits), by_order);
	if (w.word >= 0 || w.han[0])
		size += sprintf(filters + size, ",'text':'%s %s'", w.word < 0 ? "" : latin[w.word].asked,
		                w.han);
	if (w.category >= 0)
		size += sprintf(filters + size, ",'category':'ref:%s'", codes[w.category]);
	if (w.front >= 0)
		size += sprintf(filters + size, ",'front_category':'ref:%s'", fronts[w.front]);
	if (w.seller >= 0)
		size += sprintf(filters + size, ",'seller':'ref:s%d'", w.seller);
	if (w.color >= 0)
		size += sprintf(filters + size, ",'attributes':{'color':'%s'}", colors[w.color]);
	do {
		char path[40];
		int k = 0;

		TEST_CALL(test, "offer.search",
		          "{'limit':%d,'sort':'%s','price_from':{'amount':'%d.00','currency':'BRL'},"
		          "'price_to':{'amount':'%d.00','currency':'BRL'}%s%s}",
		          limit, w.sort, w.from, w.to, filters, after);
		for (; k < limit; k++) {
			snprintf(path, sizeof(path), "items.%d.offer", k);
			if (test_out(test, path)[0] == '\0')
				break;
			CU_ASSERT(at < n);
			if (at < n)
				CHECK_TEXT(test_out(test, path), hits[at++]->offer);
		}
		if (k < limit)
			CHECK_TEXT(test_out(test, "next"), "");
		after[0] = '\0';
		if (test_out(test, "next")[0])
			snprintf(after, sizeof(after), ",'after':'%s'", test_out(test, "next"));
	} while (after[0]);
	CHECK_INT(at, n);
	order = "relevance";
	qsort(hits, (size_t)n, sizeof(*hits), by_order);
	TEST_CALL(test, "offer.search",
	          "{'limit':1,'facets':true,'price_from':{'amount':'%d.00','currency':'BRL'},"
	          "'price_to':{'amount':'%d.00','currency':'BRL'}%s}",
	          w.from, w.to, filters);
	compare_facets(test, hits, n);
}

static void same_as_a_naive_reading(void)
{
	const char *all = getenv("MARKET_TEST_LONG");
	uint64_t state = test_random_seed();
	const int questions = all && strcmp(all, "1") == 0 ? 2000 : 150;
	test_market test;

	test_market_open(&test, NULL);
	open_shops(&test);
	open_fronts(&test);
	memset(away, 0, sizeof(away));
	n_listings = all && strcmp(all, "1") == 0 ? MOST : 250;
	for (int i = 0; i < n_listings; i++)
		add_listing(&test, &state, i);
	sell_some(&test, &state);
	for (int i = 0; i < questions; i++) {
		if (i % 50 == 49)
			change_some(&test, &state);
		compare(&test, &state);
	}
	test_market_close(&test);
}

static int facet_count(const json_t *page, const char *kind, const char *value)
{
	const json_t *facet;
	size_t i;
	int count = 0;

	json_array_foreach(json_object_get(page, "facets"), i, facet)
	{
		const char *own = json_string_value(json_object_get(facet, "value"));

		if (strcmp(json_string_value(json_object_get(facet, "kind")), kind) == 0 &&
		    (!value || (own && strcmp(own, value) == 0)))
			count += (int)json_integer_value(json_object_get(facet, "count"));
	}
	return count;
}

static void variants_take_no_room(void)
{
	enum { SIZES = 150 };
	uint64_t state = 1;
	char skus[SIZES * 120];
	size_t size = 0;
	test_market test;

	test_market_open(&test, NULL);
	open_shops(&test);
	n_listings = 2;
	for (int i = 0; i < n_listings; i++) {
		add_listing(&test, &state, i);
		TEST_CALL(&test, "stock.set", "{'sku':'%s','warehouse':'ref:s%d/m','on_hand':1}",
		          listings[i].sku, listings[i].seller);
	}
	for (int i = 0; i < SIZES; i++)
		size += (size_t)snprintf(skus + size, sizeof(skus) - size,
		                         "%s{'attributes':{'size':'%d'},'price':{'amount':'1.00',"
		                         "'currency':'BRL'}}",
		                         i > 0 ? "," : "", i);
	TEST_CALL(&test, "offer.create",
	          "{'seller':'ref:s0','product':'ref:p0','ref':'many','skus':[%s]}", skus);
	snprintf(listings[2].sku, sizeof(listings[2].sku), "%s", test_out(&test, "skus.0.id"));
	test.now += 1000;
	TEST_CALL(&test, "offer.activate", "{'offer':'ref:s0/many'}");
	TEST_CALL(&test, "stock.set", "{'sku':'%s','warehouse':'ref:s0/m','on_hand':1}",
	          listings[2].sku);
	TEST_CALL(&test, "offer.search", "{'facets':true}");
	CHECK_TEXT(test_out(&test, "counted"), "3");
	CHECK_TEXT(test_out(&test, "complete"), "true");
	CHECK_INT(facet_count(test.out, "seller", NULL), 3);
	CHECK_INT(facet_count(test.out, "attribute", "149"), 1);
	CHECK_INT(facet_count(test.out, "attribute", NULL), SIZES + 2);
	CHECK_INT(facet_count(test.out, "price", NULL), 3);
	test_market_close(&test);
}

void suite_search(void);
void suite_search(void)
{
	CU_pSuite suite = test_suite_on_store("search");

	CU_add_test(suite, "CAT-8: an offer of many variants takes no facet's room",
	            variants_take_no_room);
	CU_add_test(suite, "CAT-8: hits, order, pages and facets are those of a naive reading",
	            same_as_a_naive_reading);
}
