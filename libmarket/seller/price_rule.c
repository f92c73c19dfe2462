/* CAT-5: what brands ask of the prices of their products. */
#include <string.h>

#include "libmarket/catalog/catalog.h"
#include "libmarket/seller/brand.h"
#include "libmarket/standing/standing.h"

#define T market_price_rule
static const mk_field price_rule_fields[] = {
	MK_F_ID(T, id, PRICE_RULE, 0, "the rule"),
	MK_F_ID(T, brand, BRAND, MK_OWN_BOOK, "whose"),
	MK_F_ID(T, product, PRODUCT, MK_OWN_BOOK, "for which product"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, price, 0, 1, MK_MONEY_MAX, "the one price"),
	MK_F_MONEY(T, floor, 0, 1, MK_MONEY_MAX, "the least price"),
	MK_F_ENUM(T, breach, mk_price_breach_enum, 0, "what comes of a breach; absent: the policy's"),
	MK_F_TIME(T, created_at, 0, "first set"),
	MK_F_TIME(T, changed_at, 0, "last set"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
};
#undef T
const mk_record mk_price_rule_record =
	MK_RECORD_OF("price_rule", market_price_rule, price_rule_fields, "what a brand asks for");

#define COLUMNS \
	"book_id, id, brand_id, product_id, currency, price, floor, breach, created_at, changed_at, " \
	"version"
/* An absent amount binds as 0, which no price is. */
#define PRICE "NULLIF(CAST(:price AS BIGINT), 0)"
#define FLOOR "NULLIF(CAST(:floor AS BIGINT), 0)"

static const mk_statement price_rule_insert = {
	.name = "price_rule_insert",
	.table = "price_rule",
	.sql = "INSERT INTO price_rule (" COLUMNS
		   ") VALUES (:book_id, :id, :brand_id, :product_id, :currency, " PRICE ", " FLOOR
		   ", :breach, :created_at, :changed_at, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement price_rule_update = {
	.name = "price_rule_update",
	.table = "price_rule",
	.sql = "UPDATE price_rule SET brand_id = :brand_id, price = " PRICE ", floor = " FLOOR
		   ", breach = :breach, changed_at = :changed_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement price_rule_by_id = {
	.name = "price_rule_by_id",
	.sql = "SELECT " COLUMNS " FROM price_rule WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement price_rule_of_product = {
	.name = "price_rule_of_product",
	.sql = "SELECT " COLUMNS
		   " FROM price_rule WHERE book_id = ?1 AND product_id = ?2 AND currency = ?3",
};
static const mk_statement price_rule_page = {
	.name = "price_rule_page",
	.sql = "SELECT " COLUMNS " FROM price_rule WHERE book_id = 0 AND brand_id = ?1 AND "
		   "(created_at > ?2 OR (created_at = ?2 AND id > ?3)) ORDER BY created_at, id LIMIT ?4",
};

const mk_entity mk_price_rule_entity = {
	.kind = MARKET_ID_PRICE_RULE,
	.name = "price rule",
	.record = &mk_price_rule_record,
	.by_id = &price_rule_by_id,
};

static int find_rule(mk_ctx *ctx, market_id product, const char *currency, market_price_rule **out,
                     market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &price_rule_of_product, &mk_price_rule_record,
	                    MK_ARGS(mk_int(product.book), mk_int(product.id), mk_text_value(currency)),
	                    (void **)out, err);
}

/* ---- an offer's prices ---- */

int mk_price_check_begin(mk_ctx *ctx, market_id product, const char *currency,
                         mk_price_check *check, market_error *err)
{
	market_price_rule *rule = NULL;
	mk_brand *brand = NULL;
	void *row = NULL;
	int rc = find_rule(ctx, product, currency, &rule, err);
	if (rc != 0 || !rule)
		return rc;
	rc = mk_load(ctx, &mk_product_entity, product, "product", &row, err);
	if (rc == 0)
		rc = mk_brand_named(ctx, ((const market_product *)row)->brand, &brand, err);
	/* a brand says nothing of what isn't its product any more */
	if (rc != 0 || !brand || !mk_id_equal(brand->brand.id, rule->brand))
		return rc;
	check->rule = rule;
	check->breach = rule->breach ? rule->breach : ctx->policy->brands->price_breach;
	return 0;
}

bool mk_price_rule_breaks(const market_price_rule *rule, market_money price)
{
	if (rule->price.currency[0] != '\0' && mk_money_compare(price, rule->price) != 0)
		return true;
	return rule->floor.currency[0] != '\0' && mk_money_less(price, rule->floor);
}

int mk_price_check_sku(mk_ctx *ctx, mk_price_check *check, const char *name, market_id id,
                       market_money price, market_error *err)
{
	const market_price_rule *rule = check->rule;
	const bool fixed = rule && rule->price.currency[0] != '\0';
	char given[MK_MONEY_TEXT_SIZE], wanted[MK_MONEY_TEXT_SIZE], text[MARKET_ID_TEXT_SIZE];
	if (!rule || !mk_price_rule_breaks(rule, price))
		return 0;
	if (!name) {
		market_id_format(MARKET_ID_SKU, id, text);
		name = mk_id_absent(id) ? "without ref" : mk_arena_text(ctx->arena, text);
	}
	if (!check->sku) {
		check->sku = name;
		check->price = price;
	}
	if (check->breach != MARKET_PRICE_BREACH_BLOCK)
		return 0;
	mk_money_format(price, given);
	mk_money_format(fixed ? rule->price : rule->floor, wanted);
	return mk_error_at(err, MARKET_EINVALID, "price", "sku %s: %s %s, the brand asks for %s%s %s",
	                   name, given, price.currency, fixed ? "" : "at least ", wanted,
	                   rule->currency);
}

void mk_price_check_hold(const mk_price_check *check, market_offer *offer)
{
	if (!check->sku || check->breach != MARKET_PRICE_BREACH_REVIEW)
		return;
	offer->state = MARKET_OFFER_BLOCKED;
	offer->reason = "one_price";
}

void mk_price_check_event(mk_ctx *ctx, const mk_price_check *check, market_id offer)
{
	if (!check->sku)
		return;
	mk_event(ctx, "price_rule.breached", MARKET_ID_PRICE_RULE, check->rule->id);
	mk_event_book(ctx, offer.book);
	mk_event_id(ctx, "offer", MARKET_ID_OFFER, offer);
	mk_event_text(ctx, "sku", check->sku);
	mk_event_money(ctx, "price", check->price);
	mk_event_text(ctx, "breach", mk_enum_name(&mk_price_breach_enum, check->breach));
}

int mk_price_check_violation(mk_ctx *ctx, const mk_price_check *check, mk_seller *seller,
                             market_id offer, market_error *err)
{
	char price[MK_MONEY_TEXT_SIZE];
	const char *note;

	if (!check->sku || check->breach != MARKET_PRICE_BREACH_VIOLATION)
		return 0;
	mk_money_format(check->price, price);
	note = mk_arena_format(ctx->arena, "sku %s: %s %s", check->sku, price, check->price.currency);
	return note ? mk_violation_of_price(ctx, seller, offer, note, err) : mk_error_no_memory(err);
}

/* ---- operations ---- */

static int check_amount(const market_price_rule_set_params *in, market_money amount,
                        const char *field, market_error *err)
{
	if (amount.currency[0] == '\0' || strcmp(amount.currency, in->currency) == 0)
		return 0;
	return mk_error_at(err, MARKET_ECURRENCY, field, "the rule is in %s, not in %s", in->currency,
	                   amount.currency);
}

static int check_rule(mk_ctx *ctx, const market_price_rule_set_params *in, market_error *err)
{
	const mk_brand *brand = ctx->subject;
	mk_brand *named = NULL;
	void *product = NULL;
	int rc = mk_load(ctx, &mk_product_entity, in->product, "product", &product, err);
	if (rc == 0)
		rc = mk_brand_named(ctx, ((const market_product *)product)->brand, &named, err);
	if (rc != 0)
		return rc;
	if (!named || !mk_id_equal(named->brand.id, brand->brand.id))
		return mk_error_at(err, MARKET_EINVALID, "product", "the product isn't one of the brand %s",
		                   brand->brand.code);
	if (in->price.currency[0] != '\0' && in->floor.currency[0] != '\0')
		return mk_error_at(err, MARKET_EINVALID, "floor",
		                   "a rule has a price or a floor, not both");
	if (in->breach == MARKET_PRICE_BREACH_VIOLATION && !ctx->policy->standing->price_breach)
		return mk_error_at(err, MARKET_EINVALID, "breach",
		                   "the policy doesn't say which violation a breach is");
	if (!mk_policy_has_currency(ctx->policy, in->currency))
		return mk_error_at(err, MARKET_ECURRENCY, "currency",
		                   "currency %s isn't one of this marketplace", in->currency);
	rc = check_amount(in, in->price, "price", err);
	return rc == 0 ? check_amount(in, in->floor, "floor", err) : rc;
}

int mk_price_rule_set(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_price_rule_set_params *in = params;
	market_price_rule *before = NULL;
	market_price_rule row = {
		.brand = in->brand,
		.product = in->product,
		.currency = in->currency,
		.price = in->price,
		.floor = in->floor,
		.breach = in->breach,
		.created_at = ctx->now,
		.changed_at = ctx->now,
		.version = 1,
	};
	int rc = check_rule(ctx, in, err);
	if (rc == 0)
		rc = find_rule(ctx, in->product, in->currency, &before, err);
	if (rc != 0)
		return rc;
	row.id = before ? before->id : mk_new_id(ctx, 0);
	if (before) {
		row.created_at = before->created_at;
		row.version = before->version;
		mk_update(ctx, &price_rule_update, &mk_price_rule_record, row.id, &row);
	} else {
		mk_insert(ctx, &price_rule_insert, &mk_price_rule_record, row.id, &row);
	}
	mk_event(ctx, "price_rule.set", MARKET_ID_PRICE_RULE, row.id);
	mk_event_id(ctx, "product", MARKET_ID_PRODUCT, row.product);
	ctx->result = row.id;
	return 0;
}

int mk_price_rule_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_price_rule_list_params *in = params;
	return mk_page_read(ctx, &price_rule_page, &mk_price_rule_record,
	                    offsetof(market_price_rule, created_at), MK_ARGS(mk_int(in->brand.id)),
	                    in->after, in->limit, err);
}
