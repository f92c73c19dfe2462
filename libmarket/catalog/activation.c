/* What stands between an offer and its sale. */
#include "libmarket/catalog/sql.h"
#include "libmarket/deposit/deposit.h"
#include "libmarket/seller/brand.h"
#include "libmarket/seller/category.h"
#include "libmarket/standing/standing.h"

static int check_first_sale(mk_ctx *ctx, const mk_seller *seller, market_id category,
                            market_error *err);
static int check_category(mk_ctx *ctx, const mk_seller *seller, market_id category,
                          market_error *err);
static int check_prices_stand(mk_ctx *ctx, const market_offer *offer, market_error *err);

/* SEL-3: only what comes on sale is looked at; what runs goes on. */
int mk_offer_check_activation(mk_ctx *ctx, const market_offer *offer, market_error *err)
{
	const market_product *product;
	mk_seller *seller = NULL;
	void *row = NULL;
	int rc = mk_load(ctx, &mk_product_entity, offer->product, "product", &row, err);

	product = row;
	if (rc == 0)
		rc = mk_seller_load(ctx, offer->seller, "offer", &seller, err);
	if (rc == 0 && offer->activated_at == 0)
		rc = check_first_sale(ctx, seller, product->category, err);
	if (rc == 0)
		rc = check_category(ctx, seller, product->category, err);
	if (rc != 0)
		return rc;
	if (product->state != MARKET_PRODUCT_PUBLISHED)
		return mk_error_at(err, MARKET_EINCOMPLETE, "offer", "the offer's product isn't published");
	rc = mk_licences_check(ctx, offer->seller, product, err);
	if (rc != 0 || !product->brand)
		return rc;
	rc = mk_offer_check_brand(ctx, seller, product, "offer", err);
	return rc == 0 ? check_prices_stand(ctx, offer, err) : rc;
}

int mk_offer_check_brand(mk_ctx *ctx, const mk_seller *seller, const market_product *product,
                         const char *field, market_error *err)
{
	int rc = mk_brand_check_listing(ctx, seller, product, err);

	return rc == MARKET_EINCOMPLETE ? mk_error_field(err, rc, "%s", field) : rc;
}

/* SEL-4, SEL-7: what was on sale may be again. */
static int check_first_sale(mk_ctx *ctx, const mk_seller *seller, market_id category,
                            market_error *err)
{
	int rc = mk_standing_check(ctx, seller->standing, MARKET_ACTION_LISTING_BLOCK, "offer", err);
	if (rc == 0)
		rc = mk_deposit_check(ctx, seller, category, "offer", err);
	return rc;
}

static int check_category(mk_ctx *ctx, const mk_seller *seller, market_id category,
                          market_error *err)
{
	void *row = NULL;
	int rc = mk_load(ctx, &mk_category_entity, category, "offer", &row, err);

	if (rc == 0 && mk_seller_check_category(seller, row, err) != 0)
		rc = mk_error_at(err, MARKET_EINCOMPLETE, "offer",
		                 "a specialty store offers goods of its one back category");
	return rc;
}

/* CAT-5: a rule may have come since they were made. */
static int check_prices_stand(mk_ctx *ctx, const market_offer *offer, market_error *err)
{
	market_offer *shown = mk_arena_copy(ctx->arena, offer, sizeof(*shown));
	mk_price_check prices = {.rule = NULL};
	int rc = shown ? mk_price_check_begin(ctx, offer->product, offer->currency, &prices, err)
	               : mk_error_no_memory(err);

	if (rc != 0 || !prices.rule || prices.breach != MARKET_PRICE_BREACH_BLOCK)
		return rc;
	rc = mk_offer_fill_skus(ctx, &shown, 1, err);
	for (size_t i = 0; rc == 0 && i < shown->n_skus; i++)
		if (mk_price_rule_breaks(prices.rule, shown->skus[i]->price))
			rc = mk_error_at(err, MARKET_ELISTING, "offer", "the brand asks for another price");
	return rc;
}
