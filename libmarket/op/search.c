/* The rows of search (CAT-8). */
#include "libmarket/search/search.h"
#include "libmarket/op/op.h"

#define T market_offer_search_params
static const mk_field search_fields[] = {
	MK_F_TEXT(T, text, 0, 1, MK_MAX_NAME, "words; \"*\" at the end: the last may go on"),
	MK_F_ID(T, category, CATEGORY, 0, "a back category with those below"),
	MK_F_ID(T, front_category, FRONT, 0, "one of its queries, or of those below, holds"),
	MK_F_ID(T, seller, SELLER, 0, "whose"),
	MK_F_TEXT(T, brand, 0, 1, MK_MAX_NAME, "as the product writes it"),
	{
		.name = "attributes",
		.summary = "of the product or one of its SKUs",
		.kind = MK_LIST,
		.flags = MK_PAIRS,
		.record = &mk_pair_record,
		.max = 20,
		.offset = MK_AT(T, attributes, const market_pair *const *),
		.count_offset = MK_AT(T, n_attributes, size_t),
	},
	MK_F_MONEY(T, price_from, 0, 0, MK_MONEY_MAX, "the cheapest SKU's price"),
	MK_F_MONEY(T, price_to, 0, 0, MK_MONEY_MAX, "the cheapest SKU's price"),
	MK_F_INT(T, rating_from, 0, 0, 1000, "the seller's mean in hundredths"),
	MK_F_ENUM(T, sort, mk_search_sort_enum, 0, "the order; relevance when absent"),
	MK_F_BOOL(T, all, 0, "also what can't be bought now"),
	MK_F_BOOL(T, facets, 0, "count what the hits share"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
#undef T
static const mk_record search_params = MK_PARAMS_OF(
	"offer_search_params", market_offer_search_params, search_fields, "what is looked for");

#define T market_search_page
static const mk_field page_fields[] = {
	MK_F_LIST(T, items, market_search_hit, mk_search_hit_record, 0, 0, 0, "the hits"),
	MK_F_TEXT(T, next, 0, 0, 0, "the cursor of the next page"),
	MK_F_LIST(T, facets, market_search_facet, mk_search_facet_record, 0, 0, 0,
              "what the hits share"),
	MK_F_INT(T, counted, 0, 0, 0, "hits that the facets were counted over"),
	MK_F_BOOL(T, complete, 0, "those are all"),
};
#undef T
static const mk_record page_record =
	MK_RECORD_OF("search_page", market_search_page, page_fields, "a page of hits");

#define T market_search_refresh_params
static const mk_field refresh_fields[] = {
	MK_F_TIME(T, older, 0, "what was looked at before then; absent: a day ago"),
	MK_F_OPT_INT(T, limit, 0, 1, 500, "entries; absent: 100"),
};
#undef T
static const mk_record refresh_params = MK_PARAMS_OF(
	"search_refresh_params", market_search_refresh_params, refresh_fields, "which entries");

#define T market_search_refreshed
static const mk_field refreshed_fields[] = {
	MK_F_INT(T, looked, 0, 0, 0, "entries looked at"),
	MK_F_INT(T, changed, 0, 0, 0, "of those, changed"),
	MK_F_BOOL(T, more, 0, "there may be others"),
};
#undef T
static const mk_record refreshed_record = MK_RECORD_OF("search_refreshed", market_search_refreshed,
                                                       refreshed_fields, "what was refreshed");

static const mk_op ops[] = {
	{
		.name = "offer.search",
		.summary = "Finds offers by words and filters.",
		.since = "0.1",
		.params = &search_params,
		.result = &page_record,
		.relations = MK_RELATIONS({MK_REL_ANYONE, 0}),
		.errors = MK_ERRORS(MARKET_EDENIED, MARKET_ENOTFOUND, MARKET_ECURRENCY, MARKET_EINVALID,
                            MARKET_ELIMIT),
		.flags = MK_OP_PAGED,
		.handler = mk_offer_search,
	},
	{
		.name = "search.refresh",
		.summary = "Takes over into the search what was sold and rated since.",
		.since = "0.1",
		.params = &refresh_params,
		.result = &refreshed_record,
		.relations = MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_CATALOG}, {MK_REL_SYSTEM, 0}),
		.errors = MK_ERRORS(MARKET_EDENIED),
		.flags = MK_OP_WRITES,
		.handler = mk_search_refresh,
	},
};
extern const mk_op_group mk_op_search;
const mk_op_group mk_op_search = {ops, 2};

MK_TYPED(market_offer_search, &ops[0], market_offer_search_params, market_search_page)
MK_TYPED_FREE(market_search_page_free, market_search_page)
MK_TYPED(market_search_refresh, &ops[1], market_search_refresh_params, market_search_refreshed)
MK_TYPED_FREE(market_search_refreshed_free, market_search_refreshed)
