/* A front category as a filter (CAT-1): one of its queries holds, or one of those below. */
#include "libmarket/catalog/front.h"
#include "libmarket/search/search.h"

#define MOST_WORDS 1000
#define BATCH 100

static int read_codes(mk_ctx *ctx, const market_front_query *const *queries, size_t count,
                      const char **codes, market_error *err);
static int make_case(mk_ctx *ctx, const market_front_query *query, const char *code,
                     mk_search_case *out, market_error *err);
static int make_any(mk_ctx *ctx, market_search_facet_kind kind, const char *name,
                    const char *const *values, size_t count, mk_search_any *out, market_error *err);
static size_t words_of(const market_front_query *const *queries, size_t count);

int mk_search_front(mk_ctx *ctx, market_id front, mk_search_group **out, market_error *err)
{
	mk_search_group *group = MK_NEW(ctx->arena, mk_search_group);
	const market_front_query **queries = NULL;
	const char **codes = NULL;
	mk_search_case *cases = NULL;
	size_t count = 0;
	int rc = group ? mk_front_queries(ctx, front, &queries, &count, err) : mk_error_no_memory(err);

	if (rc == 0 && words_of(queries, count) > MOST_WORDS)
		rc = mk_error_at(err, MARKET_ELIMIT, "front_category",
		                 "its queries hold more than %d words", MOST_WORDS);
	if (rc != 0)
		return rc;
	codes = MK_NEW_ARRAY(ctx->arena, const char *, count + 1);
	cases = MK_NEW_ARRAY(ctx->arena, mk_search_case, count + 1);
	if (!codes || !cases)
		return mk_error_no_memory(err);
	rc = read_codes(ctx, queries, count, codes, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = make_case(ctx, queries[i], codes[i], &cases[i], err);
	*group = (mk_search_group){cases, count};
	*out = group;
	return rc;
}

static size_t words_of(const market_front_query *const *queries, size_t count)
{
	size_t words = count;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < queries[i]->n_conditions; k++)
			words += queries[i]->conditions[k]->n_values;
	return words;
}

static int read_codes(mk_ctx *ctx, const market_front_query *const *queries, size_t count,
                      const char **codes, market_error *err)
{
	int rc = 0;

	for (size_t from = 0; rc == 0 && from < count; from += BATCH) {
		mk_query reads[BATCH];
		mk_value args[BATCH][2];
		const size_t n = count - from < BATCH ? count - from : BATCH;

		for (size_t i = 0; i < n; i++) {
			const market_id id = queries[from + i]->category;

			args[i][0] = mk_int(id.book);
			args[i][1] = mk_int(id.id);
			reads[i] = (mk_query){.statement = mk_category_entity.by_id,
			                      .args = args[i],
			                      .n_args = 2,
			                      .record = &mk_category_record};
		}
		rc = mk_store_read(ctx->store, ctx->arena, reads, n, err);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			if (reads[i].n_rows == 0)
				return mk_error_set(err, MARKET_ECORRUPT,
				                    "a front category asks for a category that isn't there");
			codes[from + i] = ((const market_category *)reads[i].rows[0])->code;
		}
	}
	return rc;
}

static int make_case(mk_ctx *ctx, const market_front_query *query, const char *code,
                     mk_search_case *out, market_error *err)
{
	mk_search_any *all = MK_NEW_ARRAY(ctx->arena, mk_search_any, query->n_conditions + 1);
	int rc = all ? make_any(ctx, MARKET_FACET_CATEGORY, NULL, &code, 1, &all[0], err)
	             : mk_error_no_memory(err);

	for (size_t i = 0; rc == 0 && i < query->n_conditions; i++) {
		const market_front_condition *condition = query->conditions[i];

		rc = make_any(ctx, MARKET_FACET_ATTRIBUTE, condition->name, condition->values,
		              condition->n_values, &all[i + 1], err);
	}
	*out = (mk_search_case){all, query->n_conditions + 1};
	return rc;
}

static int make_any(mk_ctx *ctx, market_search_facet_kind kind, const char *name,
                    const char *const *values, size_t count, mk_search_any *out, market_error *err)
{
	const char **words = MK_NEW_ARRAY(ctx->arena, const char *, count);

	if (!words)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		words[i] = mk_search_facet_word(ctx, kind, name, values[i], err);
		if (!words[i])
			return mk_error_no_memory(err);
	}
	*out = (mk_search_any){words, count};
	return 0;
}
