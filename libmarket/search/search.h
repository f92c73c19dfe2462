/* Search (CAT-8): an entry for every offer on sale, the store's text index over the entries, and
 * the questions. An entry's identifier is its rank, so that the index gives the best first. */
#ifndef MK_SEARCH_SEARCH_H
#define MK_SEARCH_SEARCH_H

#include "libmarket/catalog/catalog.h"
#include "libmarket/search/terms.h"

#define MK_SEARCH_VALUE '\x1f'
#define MK_SEARCH_END '\x1e'

/* What stands in the index of one offer. */
typedef struct mk_search_entry {
	market_search_hit hit;
	market_id id; /* the book of the seller; the number is the rank */
	const char *category_path;
	/* Of the product and the SKUs, each once: a name, VALUE, the value, END; no text holds these.
	 */
	const char *attributes;
	const char *words, *facets; /* what the text index holds */
	market_time refreshed_at;
	int64_t version;
	int64_t place; /* by which a page is ordered */
	bool last;     /* SEL-7: behind all others by relevance; not a column */
} mk_search_entry;

extern const mk_record mk_search_entry_record, mk_search_hit_record, mk_search_facet_record;
extern const mk_enum mk_search_sort_enum, mk_search_facet_enum;
extern const char *const mk_search_ddl[];

/* ---- statements; those of the text index are one for each kind of store ---- */

extern const mk_statement mk_search_insert, mk_search_delete, mk_search_touch;
extern const mk_statement mk_search_of_offer, mk_search_of_product, mk_search_of_seller,
	mk_search_stale, mk_search_sales;
extern const mk_statement mk_search_text_add[2], mk_search_text_remove[2];
/* With words or facets, by kind of store and sort; without them by sort. */
extern const mk_statement mk_search_asked[2][MARKET_SORT_NEWEST + 1];
extern const mk_statement mk_search_all[MARKET_SORT_NEWEST + 1];

/* ---- what others call ---- */

/* What this operation makes of the records around an offer; NULL: they are as stored. */
typedef struct mk_search_around {
	market_sku *const *skus;
	size_t n_skus;
	const market_product *product;
	const mk_seller *seller;
} mk_search_around;

/* Plans what becomes of an offer's entry by what the offer is then: active ones have one. Call it
 * with each change of an offer that is or was on sale. `around` NULL: all is as stored. */
int mk_search_follow(mk_ctx *ctx, const market_offer *offer, const mk_search_around *around,
                     market_error *err);
/* The same for all offers of a product that changes; those beyond 500 follow by search.refresh. */
int mk_search_follow_product(mk_ctx *ctx, const market_product *product, market_error *err);

/* The same for the offers of a seller whose place among others changes (SEL-7), but for `except`;
 * those beyond 500 follow by search.refresh. */
int mk_search_follow_seller(mk_ctx *ctx, const mk_seller *seller, market_id except,
                            market_error *err);

/* The words of the index by which entries of a seller, or with another value, are found. */
const char *mk_search_seller_word(mk_ctx *ctx, market_id seller);
const char *mk_search_facet_word(mk_ctx *ctx, market_search_facet_kind kind, const char *name,
                                 const char *value, market_error *err);

/* The words of the index for the queries of a front category and those below (CAT-1). */
int mk_search_front(mk_ctx *ctx, market_id front, mk_search_group **out, market_error *err);

int mk_offer_search(mk_ctx *ctx, const void *params, market_error *err);
int mk_search_refresh(mk_ctx *ctx, const void *params, market_error *err);
/* Counts values over hits. */
int mk_search_count(mk_ctx *ctx, mk_search_entry *const *hits, size_t count,
                    market_search_page *page, market_error *err);

#endif
