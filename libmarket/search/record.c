#include "libmarket/search/search.h"

static const mk_enum_value sort_values[] = {
	{MARKET_SORT_RELEVANCE, "relevance", "what sells and is rated best, then the newest"},
	{MARKET_SORT_SALES, "sales", "the most pieces sold first"},
	{MARKET_SORT_PRICE, "price", "the cheapest first"},
	{MARKET_SORT_PRICE_DOWN, "price_down", "the dearest first"},
	{MARKET_SORT_RATING, "rating", "of the best rated seller first"},
	{MARKET_SORT_NEWEST, "newest", "what came on sale last first"},
	{0, NULL, NULL},
};
const mk_enum mk_search_sort_enum = {"search_sort", sort_values};

static const mk_enum_value facet_values[] = {
	{MARKET_FACET_CATEGORY, "category", "a back category"},
	{MARKET_FACET_BRAND, "brand", "a brand"},
	{MARKET_FACET_SELLER, "seller", "a seller"},
	{MARKET_FACET_ATTRIBUTE, "attribute", "a value of an attribute"},
	{MARKET_FACET_PRICE, "price", "a band of prices"},
	{0, NULL, NULL},
};
const mk_enum mk_search_facet_enum = {"search_facet", facet_values};

#define T market_search_hit
#define HIT_FIELDS \
	MK_F_ID(T, offer, OFFER, 0, "what was found"), \
		MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose"), \
		MK_F_ID(T, product, PRODUCT, 0, "of which product"), \
		MK_F_TEXT(T, title, 0, 0, 0, "the product's"), \
		MK_F_TEXT(T, brand, 0, 0, 0, "the product's"), \
		MK_F_TEXT(T, currency, 0, 3, 3, "of the price"), \
		MK_F_MONEY(T, price, 0, 0, 0, "of its cheapest SKU"), \
		MK_F_INT(T, sales, 0, 0, 0, "pieces sold"), \
		MK_F_INT(T, rating, 0, 0, 0, "its seller's mean, in hundredths; 0: none yet"), \
		MK_F_TIME(T, activated_at, 0, "when it came on sale")
static const mk_field hit_fields[] = {HIT_FIELDS};
const mk_record mk_search_hit_record =
	MK_RECORD_OF("search_hit", T, hit_fields, "an offer that was found");
#undef T

/* A hit with what only the index needs. */
#define T mk_search_entry
static const mk_field entry_fields[] = {
#undef T
#define T market_search_hit
	HIT_FIELDS,
#undef T
#define T mk_search_entry
	MK_F_ID(T, id, NONE, MK_INTERNAL, "the rank"),
	MK_F_TEXT(T, category_path, MK_INTERNAL, 0, 0, "the product's"),
	MK_F_TEXT(T, attributes, MK_INTERNAL, 0, 0, "of the product and the SKUs, as lines"),
	MK_F_TEXT(T, words, MK_INTERNAL, 0, 0, "of the text index"),
	MK_F_TEXT(T, facets, MK_INTERNAL, 0, 0, "of the text index"),
	MK_F_TIME(T, refreshed_at, MK_INTERNAL, "last looked at"),
	MK_F_INT(T, version, MK_INTERNAL, 0, 0, "of the record"),
	MK_F_INT(T, place, MK_INTERNAL, 0, 0, "by which a page is ordered"),
};
const mk_record mk_search_entry_record =
	MK_RECORD_OF("search_entry", mk_search_entry, entry_fields, "the entry of an offer on sale");
#undef T

#define T market_search_facet
static const mk_field facet_fields[] = {
	MK_F_ENUM(T, kind, mk_search_facet_enum, 0, "what is shared"),
	MK_F_TEXT(T, name, 0, 0, 0, "of an attribute"),
	MK_F_TEXT(T, value, 0, 0, 0, "the value"),
	MK_F_MONEY(T, from, 0, 0, 0, "of a band of prices"),
	MK_F_MONEY(T, to, 0, 0, 0, "the first price above the band"),
	MK_F_INT(T, count, 0, 0, 0, "hits that share it"),
};
#undef T
const mk_record mk_search_facet_record =
	MK_RECORD_OF("search_facet", market_search_facet, facet_fields, "a value that hits share");
