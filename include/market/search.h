/*
 * Search: what can be bought, by words and filters.
 *
 * Since 0.1.
 */
#ifndef MARKET_SEARCH_H
#define MARKET_SEARCH_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_search_sort {
	MARKET_SORT_RELEVANCE =
		1, /* by the rank given at indexing: pieces sold and rating, then the newest */
	MARKET_SORT_SALES,
	MARKET_SORT_PRICE, /* the cheapest first */
	MARKET_SORT_PRICE_DOWN,
	MARKET_SORT_RATING,
	MARKET_SORT_NEWEST
} market_search_sort;

/* An offer that was found. What is counted of it is as of the last search.refresh. */
typedef struct market_search_hit {
	market_id offer;
	market_id seller;
	market_id product;
	const char *title;
	const char *brand;
	const char *currency;
	market_money price;       /* of its cheapest SKU */
	int64_t sales;            /* pieces sold */
	int64_t rating;           /* its seller's mean, in hundredths; 0: none yet */
	market_time activated_at; /* when it came on sale */
} market_search_hit;

typedef enum market_search_facet_kind {
	MARKET_FACET_CATEGORY = 1, /* value: the code of a back category, those above included */
	MARKET_FACET_BRAND,        /* value: the brand as the products write it */
	MARKET_FACET_SELLER,       /* value: the seller's identifier */
	MARKET_FACET_ATTRIBUTE,    /* name and value of an attribute */
	MARKET_FACET_PRICE         /* from `from` to below `to`, of one currency */
} market_search_facet_kind;

/* How many of the hits share a value. */
typedef struct market_search_facet {
	int32_t kind;
	const char *name;
	const char *value;
	market_money from, to; /* of a price */
	int64_t count;
} market_search_facet;

/* Absent params state nothing; those stated must all hold. */
typedef struct market_offer_search_params {
	uint32_t size;
	const char *key;
	const char *text;   /* words; "*" at the end: the last one may go on */
	market_id category; /* a back category with those below */
	market_id front_category;
	market_id seller;
	const char *brand;
	const market_pair *const *attributes; /* of the product or one of the SKUs */
	size_t n_attributes;
	market_money price_from; /* the cheapest SKU's, in this currency */
	market_money price_to;
	int64_t rating_from; /* hundredths */
	int32_t sort;        /* relevance when absent */
	bool all;            /* also what can't be bought now */
	bool facets;         /* count the first 1,000 hits by rank */
	const char *after;
	const int64_t *limit;
} market_offer_search_params;
#define MARKET_OFFER_SEARCH_PARAMS_INIT MARKET_INIT(market_offer_search_params)

typedef struct market_search_page {
	const market_search_hit *const *items;
	size_t n_items;
	const char *next;                         /* the cursor of the next page; NULL at the end */
	const market_search_facet *const *facets; /* by kind, the most frequent first */
	size_t n_facets;
	int64_t counted; /* hits that the facets were counted over */
	bool complete;   /* those are all, and all of their values are shown */
} market_search_page;

/* Offers on sale that hold all words: words as a whole, Chinese, Japanese and Korean by the letters
 * that stand together, whatever case, width and accents. Shows what can be bought now (CAT-6)
 * unless `all`. The order and the hits are the same on every store. By anybody; `all` by operators
 * with catalog. Errors: EDENIED (all), ENOTFOUND (category, front_category, seller), ECURRENCY
 * (price_to), EINVALID (after), ELIMIT (text: more than 32 words; front_category: more than 1,000
 * links below it, or 1,000 words in its queries). Since 0.1. */
MARKET_API int market_offer_search(struct market_session *session,
                                   const market_offer_search_params *in, market_search_page **out,
                                   market_error *err);
MARKET_API void market_search_page_free(market_search_page *page);

typedef struct market_search_refresh_params {
	uint32_t size;
	const char *key;
	market_time older;    /* what was looked at before then; absent: a day ago */
	const int64_t *limit; /* entries, at most 500; absent: 100 */
} market_search_refresh_params;
#define MARKET_SEARCH_REFRESH_PARAMS_INIT MARKET_INIT(market_search_refresh_params)

typedef struct market_search_refreshed {
	int64_t looked;  /* entries looked at */
	int64_t changed; /* of those, with another rank, price or text now */
	bool more;       /* there may be others */
} market_search_refreshed;

/* Takes over what was sold and rated since, the entries looked at longest ago first. Prices, titles
 * and what is on sale follow at once and by themselves. Run it from time to time until `more` is
 * false. By operators with catalog and the system. Since 0.1. */
MARKET_API int market_search_refresh(struct market_session *session,
                                     const market_search_refresh_params *in,
                                     market_search_refreshed **out, market_error *err);
MARKET_API void market_search_refreshed_free(market_search_refreshed *refreshed);

#ifdef __cplusplus
}
#endif
#endif
