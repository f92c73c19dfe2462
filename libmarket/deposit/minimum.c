/* SEL-4: what is to be lodged, by type of store and back category. */
#include <string.h>

#include "libmarket/catalog/sql.h"
#include "libmarket/deposit/internal.h"
#include "libmarket/engine/policy_deposits.h"
#include "libmarket/seller/category.h"

static const mk_statement deposit_account = {
	.name = "deposit_account",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, debits_pending, credits_pending, version FROM account WHERE book_id = "
		   "?1 AND name = 'seller_deposit' AND currency = ?2",
};

static int fill(mk_ctx *ctx, market_deposit *deposit, market_id category, market_error *err);
static int find_minimum(mk_ctx *ctx, const mk_seller *seller, market_id extra, market_money *out,
                        market_error *err);
static void ask(const mk_policy_deposits *deposits, const mk_seller *seller,
                const char *deposit_class, market_money *out);
static int read_balance(mk_ctx *ctx, market_deposit *deposit, market_error *err);
static int read_classes(mk_ctx *ctx, const mk_seller *seller, mk_query **out, size_t *count,
                        market_error *err);
static market_money asked_for(const mk_policy_deposits *deposits, const mk_seller *seller,
                              const char *deposit_class);

int mk_deposit_check(mk_ctx *ctx, const mk_seller *seller, market_id category, const char *field,
                     market_error *err)
{
	mk_deposit row = {
		.deposit = {.seller = seller->seller.id, .currency = seller->seller.currency}};
	char text[MK_MONEY_TEXT_SIZE];
	int rc = ctx->policy->deposits->n_minimums > 0 ? fill(ctx, &row.deposit, category, err) : 0;

	if (rc != 0 || !mk_money_positive(row.deposit.shortfall))
		return rc;
	mk_money_format(row.deposit.shortfall, text);
	rc = mk_error_at(err, MARKET_EFUNDS, field, "the deposit is short by %s %s", text,
	                 seller->seller.currency);
	rc = mk_error_hint(err, rc, "Nothing new is listed before it is topped up.");
	return mk_error_object(err, rc, MARKET_ID_SELLER, seller->seller.id);
}

int mk_deposit_fill(mk_ctx *ctx, void *row, market_error *err)
{
	return fill(ctx, row, (market_id){0, 0}, err);
}

static int fill(mk_ctx *ctx, market_deposit *deposit, market_id category, market_error *err)
{
	mk_seller *seller = NULL;
	int rc = mk_seller_load(ctx, deposit->seller, "seller", &seller, err);

	if (rc == 0)
		rc = read_balance(ctx, deposit, err);
	if (rc == 0)
		rc = find_minimum(ctx, seller, category, &deposit->minimum, err);
	if (rc != 0)
		return rc;
	deposit->shortfall = mk_money_less(deposit->balance, deposit->minimum)
	                         ? mk_money_sub(deposit->minimum, deposit->balance)
	                         : mk_money_zero(deposit->minimum);
	if (!mk_money_positive(deposit->shortfall)) /* less may be asked since */
		deposit->top_up_by = 0;
	return 0;
}

static int find_minimum(mk_ctx *ctx, const mk_seller *seller, market_id extra, market_money *out,
                        market_error *err)
{
	const mk_policy_deposits *deposits = ctx->policy->deposits;
	const market_category *own = NULL;
	mk_query *queries = NULL;
	bool counted = false;
	void *row = NULL;
	size_t count = 0;
	int rc = 0;

	*out = mk_money(0, seller->seller.currency);
	/* the platform's own store lodges nothing with itself */
	if (deposits->n_minimums == 0 || seller->seller.store_type == MARKET_STORE_PLATFORM)
		return 0;
	*out = asked_for(deposits, seller, NULL);
	rc = read_classes(ctx, seller, &queries, &count, err);
	if (rc == 0 && !mk_id_absent(extra))
		rc = mk_load(ctx, &mk_category_entity, extra, "category", &row, err);
	own = row;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const market_category *category = queries[i].n_rows > 0 ? queries[i].rows[0] : NULL;

		if (category)
			ask(deposits, seller, category->deposit_class, out);
		counted = counted ||
		          (own && category && mk_text_equal(category->deposit_class, own->deposit_class));
	}
	if (rc == 0 && own && !counted)
		ask(deposits, seller, own->deposit_class, out);
	if (rc == 0 && mk_money_broken(*out))
		rc = mk_error_set(err, MARKET_EOVERFLOW, "the sum of the deposits overflows");
	return rc;
}

static void ask(const mk_policy_deposits *deposits, const mk_seller *seller,
                const char *deposit_class, market_money *out)
{
	const market_money asked = asked_for(deposits, seller, deposit_class);

	if (!deposit_class)
		return;
	if (deposits->combine == MK_DEPOSIT_SUM)
		*out = mk_money_add(*out, asked);
	else if (mk_money_less(*out, asked))
		*out = asked;
}

static int read_balance(mk_ctx *ctx, market_deposit *deposit, market_error *err)
{
	const mk_account *account = NULL;
	int rc = mk_store_get(ctx->store, ctx->arena, &deposit_account, &mk_account_record,
	                      MK_ARGS(mk_int(deposit->seller.id), mk_text_value(deposit->currency)),
	                      (void **)&account, err);

	deposit->balance = account ? mk_account_balance(account) : mk_money(0, deposit->currency);
	return rc;
}

/* What doesn't hang on a category, when the class is NULL. Of several entries the highest. */
static market_money asked_for(const mk_policy_deposits *deposits, const mk_seller *seller,
                              const char *deposit_class)
{
	market_money most = mk_money(0, seller->seller.currency);

	for (size_t i = 0; i < deposits->n_minimums; i++) {
		const mk_deposit_rule *rule = deposits->minimums[i];

		if ((rule->deposit_class != NULL) == (deposit_class != NULL) &&
		    mk_deposit_rule_asks(rule, seller->seller.store_type, deposit_class) &&
		    mk_money_same_currency(rule->minimum, most) && mk_money_less(most, rule->minimum))
			most = rule->minimum;
	}
	return most;
}

static int read_classes(mk_ctx *ctx, const mk_seller *seller, mk_query **out, size_t *count,
                        market_error *err)
{
	mk_seller copy = *seller;
	int rc = mk_seller_categories_fill(ctx, &copy, err);

	*count = copy.seller.n_categories;
	return rc == 0 && *count > 0 ? mk_categories_read(ctx, copy.seller.categories, *count, out, err)
	                             : rc;
}
