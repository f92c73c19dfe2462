#include "libmarket/seller/category.h"

#include <string.h>

#include "libmarket/catalog/sql.h"
#include "libmarket/party/review.h"
#include "libmarket/party/seller.h"

static bool stands_before(const char *const *codes, size_t index);
static bool on_a_path(const char *paths, const char *code);
static bool same_top(const char *path, const char *other);

int mk_categories_read(mk_ctx *ctx, const char *const *codes, size_t count, mk_query **out,
                       market_error *err)
{
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, count);
	mk_value *values = MK_NEW_ARRAY(ctx->arena, mk_value, count);

	if (!queries || !values)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		values[i] = mk_text_value(codes[i]);
		queries[i] = (mk_query){.statement = &mk_category_by_code,
		                        .args = &values[i],
		                        .n_args = 1,
		                        .record = &mk_category_record};
	}
	*out = queries;
	return mk_store_read(ctx->store, ctx->arena, queries, count, err);
}

int mk_seller_choose(mk_ctx *ctx, mk_seller *seller, const char *const *codes, size_t count,
                     market_error *err)
{
	mk_query *queries = NULL;
	const char *paths = NULL;
	int rc = count > 0 ? mk_categories_read(ctx, codes, count, &queries, err) : 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const market_category *category;

		if (queries[i].n_rows == 0)
			return mk_error_at(err, MARKET_EINVALID, "categories", "there is no category %s",
			                   codes[i]);
		if (stands_before(codes, i))
			return mk_error_at(err, MARKET_EINVALID, "categories", "category %s stands twice",
			                   codes[i]);
		category = queries[i].rows[0];
		if (paths && seller->seller.store_type == MARKET_STORE_SPECIALTY &&
		    !same_top(paths, category->path))
			return mk_error_at(err, MARKET_EINVALID, "categories",
			                   "a specialty store trades in one back category of the first level: "
			                   "%s and %s lie in two",
			                   codes[0], codes[i]);
		paths = paths ? mk_arena_join(ctx->arena, MK_TEXTS(paths, "\n", category->path))
		              : category->path;
		if (!paths)
			return mk_error_no_memory(err);
	}
	seller->category_paths = paths;
	return rc;
}

/* Who is past onboarding meets first what the new categories ask. */
int mk_seller_categories_set(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_categories_set_params *in = params;
	mk_seller *seller = (mk_seller *)ctx->subject;
	const mk_seller before = *seller;
	const bool onboarding = seller->seller.state == MARKET_SELLER_ONBOARDING;
	int rc = mk_seller_check_there(seller, err);

	if (rc == 0)
		rc = mk_seller_choose(ctx, seller, in->categories, in->n_categories, err);
	if (rc == 0 && !onboarding)
		rc = mk_seller_check_asked(ctx, &before, seller, err);
	if (rc == 0 && before.seller.gate_closed_at != 0)
		rc = mk_seller_check_left(ctx, &before, seller, err);
	if (rc == 0)
		rc = mk_seller_advance(ctx, seller, NULL, err);
	if (rc == 0)
		rc = mk_review_follow(ctx, seller, NULL, err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "seller.categories_set", MARKET_ID_SELLER, seller->seller.id);
	mk_seller_save(ctx, seller);
	ctx->result = seller->seller.id;
	return 0;
}

int mk_seller_check_category(const mk_seller *seller, const market_category *category,
                             market_error *err)
{
	int rc;

	if (seller->seller.store_type != MARKET_STORE_SPECIALTY ||
	    (seller->category_paths && same_top(seller->category_paths, category->path)))
		return 0;
	if (seller->category_paths)
		return mk_error_at(
			err, MARKET_EINVALID, "product",
			"a specialty store offers goods of one back category, and %s isn't in it",
			category->code);
	rc = mk_error_at(err, MARKET_EINCOMPLETE, "seller",
	                 "a specialty store names its back category before it offers anything");
	return mk_error_hint(err, rc, "seller.categories.set names it.");
}

bool mk_seller_trades_in(const mk_seller *seller, const char *const *codes, size_t count)
{
	for (size_t i = 0; seller->category_paths && i < count; i++)
		if (on_a_path(seller->category_paths, codes[i]))
			return true;
	return false;
}

int mk_seller_categories_fill(mk_ctx *ctx, mk_seller *seller, market_error *err)
{
	const char **codes;
	size_t n = 0;
	char *line = mk_arena_text(ctx->arena, seller->category_paths), *next;

	if (!seller->category_paths)
		return 0;
	codes = MK_NEW_ARRAY(ctx->arena, const char *, MK_MAX_SELLER_CATEGORIES);
	if (!line || !codes)
		return mk_error_no_memory(err);
	/* "/media/books/": the last of its codes is the category's own */
	for (; line && n < MK_MAX_SELLER_CATEGORIES; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line[strlen(line) - 1] = '\0';
		codes[n++] = strrchr(line, '/') + 1;
	}
	seller->seller.categories = codes;
	seller->seller.n_categories = n;
	return 0;
}

static bool stands_before(const char *const *codes, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(codes[i], codes[index]) == 0)
			return true;
	return false;
}

/* A path names the category and all above it. */
static bool on_a_path(const char *paths, const char *code)
{
	size_t size = strlen(code);

	for (const char *at = strstr(paths, code); at; at = strstr(at + 1, code))
		if (at > paths && at[-1] == '/' && at[size] == '/')
			return true;
	return false;
}

/* Whether both begin with the same category of the first level: "/media/books/". */
static bool same_top(const char *path, const char *other)
{
	return strncmp(path, other, strcspn(path + 1, "/") + 2) == 0;
}
