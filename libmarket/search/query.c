/* Questions to the index (CAT-8). */
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/search/search.h"
#include "libmarket/search/terms.h"

#define MOST_FACETS 24 /* asked: 20 attributes, category, seller, brand */
#define COUNTED 1000

typedef struct question {
	const mk_statement *statement;
	mk_value args[12];
	size_t n_args;
} question;

/* The words of facets: those the text index is asked for, and one that the rows are looked at for.
 */
typedef struct filters {
	const char *indexed[MOST_FACETS];
	size_t n_indexed;
	const char *looked_at;
	mk_search_group *front; /* of a front category */
} filters;

static int ask(mk_ctx *ctx, const market_offer_search_params *in, int32_t sort, question *out,
               market_error *err);
static int name_facets(mk_ctx *ctx, const market_offer_search_params *in, filters *out,
                       market_error *err);
static void name(filters *out, const char *word);
static int check(const mk_ctx *ctx, const market_offer_search_params *in, market_error *err);
static int read_page(mk_ctx *ctx, const market_offer_search_params *in, market_search_page *page,
                     market_error *err);
static int read_facets(mk_ctx *ctx, const market_offer_search_params *in, market_search_page *page,
                       market_error *err);

int mk_offer_search(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_offer_search_params *in = params;
	market_search_page *page = MK_NEW(ctx->arena, market_search_page);
	int rc = page ? check(ctx, in, err) : mk_error_no_memory(err);

	if (rc == 0)
		rc = read_page(ctx, in, page, err);
	if (rc == 0 && in->facets)
		rc = read_facets(ctx, in, page, err);
	ctx->output = page;
	return rc;
}

static int check(const mk_ctx *ctx, const market_offer_search_params *in, market_error *err)
{
	const char *from = in->price_from.currency, *to = in->price_to.currency;

	if (in->all &&
	    (ctx->actor.kind != MARKET_ACTOR_OPERATOR || !(ctx->actor.rights & MARKET_RIGHT_CATALOG)))
		return mk_error_at(err, MARKET_EDENIED, "all",
		                   "what can't be bought is shown to operators with catalog");
	if (from[0] != '\0' && to[0] != '\0' && strcmp(from, to) != 0)
		return mk_error_at(err, MARKET_ECURRENCY, "price_to", "prices from %s to %s", from, to);
	return 0;
}

static int read_page(mk_ctx *ctx, const market_offer_search_params *in, market_search_page *page,
                     market_error *err)
{
	const int32_t sort = in->sort ? in->sort : MARKET_SORT_RELEVANCE;
	const int64_t limit = mk_page_size(in->limit);
	mk_search_entry **rows = NULL;
	int64_t place, id;
	question q;
	int rc = mk_cursor_read(in->after, &place, &id, err);

	if (rc == 0)
		rc = ask(ctx, in, sort, &q, err);
	if (rc != 0)
		return rc;
	if (!in->after) {
		place = sort == MARKET_SORT_PRICE ? -1 : INT64_MAX;
		id = INT64_MAX;
	}
	q.args[6] = mk_int(place);
	q.args[7] = mk_int(id);
	q.args[8] = mk_int(limit + 1);
	rc = mk_store_list(ctx->store, ctx->arena, q.statement, &mk_search_entry_record, q.args,
	                   q.n_args, (void ***)&rows, &page->n_items, err);
	if (rc == 0 && page->n_items > (size_t)limit) {
		page->n_items = (size_t)limit;
		page->next = mk_cursor_write(ctx, rows[limit - 1]->place, rows[limit - 1]->id.id);
		rc = page->next ? 0 : mk_error_no_memory(err);
	}
	page->items = (const market_search_hit *const *)rows;
	return rc;
}

static int read_facets(mk_ctx *ctx, const market_offer_search_params *in, market_search_page *page,
                       market_error *err)
{
	mk_search_entry **rows = NULL;
	size_t count = 0;
	question q;
	int rc = ask(ctx, in, MARKET_SORT_RELEVANCE, &q, err);

	if (rc != 0)
		return rc;
	q.args[6] = q.args[7] = mk_int(INT64_MAX);
	q.args[8] = mk_int(COUNTED + 1);
	rc = mk_store_list(ctx->store, ctx->arena, q.statement, &mk_search_entry_record, q.args,
	                   q.n_args, (void ***)&rows, &count, err);
	page->complete = count <= COUNTED;
	page->counted = page->complete ? (int64_t)count : COUNTED;
	return rc == 0 ? mk_search_count(ctx, rows, (size_t)page->counted, page, err) : rc;
}

/* All but the cursor and the limit. */
static int ask(mk_ctx *ctx, const market_offer_search_params *in, int32_t sort, question *out,
               market_error *err)
{
	const mk_store_kind kind = mk_store_kind_of(ctx->store);
	const bool from = in->price_from.currency[0] != '\0', to = in->price_to.currency[0] != '\0';
	filters wanted = {.n_indexed = 0};
	bool too_many;
	char *match, *pattern;
	int rc = name_facets(ctx, in, &wanted, err);

	if (rc == 0 && !mk_id_absent(in->front_category))
		rc = mk_search_front(ctx, in->front_category, &wanted.front, err);
	if (rc != 0)
		return rc;
	match = mk_search_ask(ctx->arena, kind, in->text, wanted.indexed, wanted.n_indexed,
	                      wanted.front, &too_many);
	pattern = mk_arena_join(ctx->arena, wanted.looked_at ? MK_TEXTS("%", wanted.looked_at, "%")
	                                                     : MK_TEXTS("%"));
	if (!match || !pattern)
		return mk_error_no_memory(err);
	if (too_many)
		return mk_error_at(err, MARKET_ELIMIT, "text", "at most %d words are searched for",
		                   MK_SEARCH_MAX_ASKED);
	out->args[0] = mk_text_value(from ? in->price_from.currency : in->price_to.currency);
	out->args[1] = from ? mk_money_value(in->price_from) : mk_int(0);
	out->args[2] = to ? mk_money_value(in->price_to) : mk_int(INT64_MAX);
	out->args[3] = mk_int(in->rating_from);
	out->args[4] = mk_int(ctx->now);
	out->args[5] = mk_int(in->all);
	out->args[9] = mk_int(MARKET_SELLER_APPROVED);
	out->args[10] = mk_text_value(pattern);
	out->args[11] = mk_text_value(match);
	out->statement = match[0] ? &mk_search_asked[kind][sort] : &mk_search_all[sort];
	out->n_args = match[0] ? 12 : 11;
	return 0;
}

/* A category at the top of the tree holds much: where words narrow the hits, it is quicker to look
 * at their rows than to walk through its list. */
static int name_facets(mk_ctx *ctx, const market_offer_search_params *in, filters *out,
                       market_error *err)
{
	void *row = NULL;
	const char *word;
	int rc = 0;

	if (!mk_id_absent(in->category))
		rc = mk_load(ctx, &mk_category_entity, in->category, "category", &row, err);
	if (rc == 0 && row) {
		const market_category *category = row;

		word = mk_search_facet_word(ctx, MARKET_FACET_CATEGORY, NULL, category->code, err);
		if (!word)
			return mk_error_no_memory(err);
		if (in->text && mk_id_absent(category->parent))
			out->looked_at = word;
		else
			name(out, word);
	}
	if (!mk_id_absent(in->seller))
		name(out, mk_search_seller_word(ctx, in->seller));
	if (in->brand)
		name(out, mk_search_facet_word(ctx, MARKET_FACET_BRAND, NULL, in->brand, err));
	for (size_t i = 0; i < in->n_attributes; i++)
		name(out, mk_search_facet_word(ctx, MARKET_FACET_ATTRIBUTE, in->attributes[i]->name,
		                               in->attributes[i]->value, err));
	for (size_t i = 0; rc == 0 && i < out->n_indexed; i++)
		if (!out->indexed[i])
			rc = mk_error_no_memory(err);
	return rc;
}

static void name(filters *out, const char *word)
{
	out->indexed[out->n_indexed++] = word;
}
