/* The rows of brands, authorisations and price rules. */
#include "libmarket/seller/brand.h"
#include "libmarket/catalog/catalog.h"
#include "libmarket/op/op.h"

#define T market_brand_create_params
static const mk_field brand_create_fields[] = {
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, code, MK_REQUIRED, 1, MK_MAX_CODE, "its code"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "its name"),
	MK_F_TEXT(T, owner, 0, 1, MK_MAX_NAME, "the legal owner"),
	MK_F_TEXT(T, tier, 0, 1, MK_MAX_CODE, "its rank; absent: the policy's first"),
	MK_F_METADATA(T),
};
static const mk_record brand_create_params =
	MK_PARAMS_OF("brand_create_params", T, brand_create_fields, "a new brand");
#undef T

#define T market_brand_update_params
static const mk_field brand_update_fields[] = {
	MK_F_ID(T, brand, BRAND, MK_REQUIRED, "the brand"),
	MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "its name"),
	MK_F_TEXT(T, owner, 0, 1, MK_MAX_NAME, "the legal owner"),
	MK_F_TEXT(T, tier, 0, 1, MK_MAX_CODE, "its rank in the policy"),
	MK_F_METADATA(T),
};
static const mk_record brand_update_params =
	MK_PARAMS_OF("brand_update_params", T, brand_update_fields, "what changes of a brand");
#undef T

static const mk_field brand_get_fields[] = {
	MK_F_ID(market_brand_get_params, brand, BRAND, MK_REQUIRED, "the brand"),
};
static const mk_record brand_get_params =
	MK_PARAMS_OF("brand_get_params", market_brand_get_params, brand_get_fields, "which brand");

static const mk_field brand_list_fields[] = {
	MK_F_TEXT(market_brand_list_params, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(market_brand_list_params, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record brand_list_params =
	MK_PARAMS_OF("brand_list_params", market_brand_list_params, brand_list_fields, "which brands");

static const mk_field brand_page_fields[] = {
	MK_F_LIST(market_brand_page, items, market_brand, mk_brand_record, 0, 0, 0, "the brands"),
	MK_F_TEXT(market_brand_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record brand_page_record =
	MK_RECORD_OF("brand_page", market_brand_page, brand_page_fields, "a page of brands");

#define T market_authorisation_create_params
static const mk_field authorisation_create_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose it is"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, brand, BRAND, MK_REQUIRED, "for which brand"),
	MK_F_BOOL(T, owner, 0, "the seller owns the brand"),
	MK_F_TEXT(T, document, MK_SENSITIVE, 1, MK_MAX_CODE, "the document's number"),
	MK_F_TEXT(T, document_digest, 0, 1, MK_MAX_CODE, "SHA-256 of the document"),
	MK_F_LIST(T, chain, market_brand_link, mk_brand_link_record, 0, 0, 10,
              "from the owner to the seller"),
	MK_F_LIST(T, products, market_authorised_product, mk_authorised_product_record, 0, 0, 100,
              "narrowed to these"),
	MK_F_TEXTS(T, models, 0, 0, 100, "narrowed to these"),
	MK_F_TEXTS(T, channels, 0, 0, 20, "narrowed to these"),
	MK_F_TIME(T, valid_from, 0, "valid from; absent: now"),
	MK_F_TIME(T, valid_to, 0, "valid to; absent: no end"),
};
static const mk_record authorisation_create_params = MK_PARAMS_OF(
	"authorisation_create_params", T, authorisation_create_fields, "a new authorisation");
#undef T

static const mk_field authorisation_get_fields[] = {
	MK_F_ID(market_authorisation_get_params, authorisation, AUTHORISATION, MK_REQUIRED, "which"),
};
static const mk_record authorisation_get_params =
	MK_PARAMS_OF("authorisation_get_params", market_authorisation_get_params,
                 authorisation_get_fields, "which authorisation");

#define T market_authorisation_reason_params
static const mk_field authorisation_reason_fields[] = {
	MK_F_ID(T, authorisation, AUTHORISATION, MK_REQUIRED, "which"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "the reason"),
};
static const mk_record authorisation_reason_params =
	MK_PARAMS_OF("authorisation_reason_params", T, authorisation_reason_fields, "a reason");
#undef T

#define T market_authorisation_list_params
static const mk_field authorisation_list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record authorisation_list_params =
	MK_PARAMS_OF("authorisation_list_params", T, authorisation_list_fields, "which authorisations");
#undef T

#define T market_authorisation_page
static const mk_field authorisation_page_fields[] = {
	MK_F_LIST(T, items, market_authorisation, mk_authorisation_record, 0, 0, 0,
              "the authorisations"),
	MK_F_TEXT(T, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record authorisation_page_record =
	MK_RECORD_OF("authorisation_page", T, authorisation_page_fields, "a page of authorisations");
#undef T

#define T market_price_rule_set_params
static const mk_field price_rule_set_fields[] = {
	MK_F_ID(T, brand, BRAND, MK_REQUIRED, "whose"),
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "for which product"),
	MK_F_TEXT(T, currency, MK_REQUIRED, 3, 3, "of its amounts"),
	MK_F_MONEY(T, price, 0, 1, MK_MONEY_MAX, "the one price"),
	MK_F_MONEY(T, floor, 0, 1, MK_MONEY_MAX, "the least price"),
	MK_F_ENUM(T, breach, mk_price_breach_enum, 0, "what comes of a breach; absent: the policy's"),
};
static const mk_record price_rule_set_params =
	MK_PARAMS_OF("price_rule_set_params", T, price_rule_set_fields, "what a brand asks for");
#undef T

#define T market_price_rule_list_params
static const mk_field price_rule_list_fields[] = {
	MK_F_ID(T, brand, BRAND, MK_REQUIRED, "whose"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record price_rule_list_params =
	MK_PARAMS_OF("price_rule_list_params", T, price_rule_list_fields, "which rules");
#undef T

static const mk_field price_rule_page_fields[] = {
	MK_F_LIST(market_price_rule_page, items, market_price_rule, mk_price_rule_record, 0, 0, 0,
              "the rules"),
	MK_F_TEXT(market_price_rule_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record price_rule_page_record = MK_RECORD_OF(
	"price_rule_page", market_price_rule_page, price_rule_page_fields, "a page of price rules");

#define BY_CATALOG MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})
#define BY_SELLERS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define ANYONE MK_RELATIONS({MK_REL_ANYONE, 0})
#define READERS MK_RELATIONS({MK_REL_MEMBER, MK_CAN_VIEW}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define DECISION(verb, what, given, how) \
	{ \
		.name = "authorisation." verb, .since = "0.1", .summary = what, .params = &(given), \
		.result = &mk_authorisation_record, .gives = &mk_authorisation_entity, \
		.subject = &mk_authorisation_entity, .subject_param = "authorisation", \
		.relations = BY_SELLERS, .errors = DECISION_ERRORS, .flags = MK_OP_WRITES | MK_OP_STATE, \
		.handler = (how), \
	}
#define DECISION_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE)

enum {
	BRAND_CREATE,
	BRAND_UPDATE,
	BRAND_GET,
	BRAND_LIST,
	AUTHORISATION_CREATE,
	AUTHORISATION_ACCEPT,
	AUTHORISATION_REJECT,
	AUTHORISATION_REVOKE,
	AUTHORISATION_EXPIRE,
	AUTHORISATION_GET,
	AUTHORISATION_LIST,
	PRICE_RULE_SET,
	PRICE_RULE_LIST,
	COUNT
};

static const mk_op ops[COUNT] = {
	[BRAND_CREATE] =
		{
			.name = "brand.create",
			.since = "0.1",
			.summary = "Adds a brand.",
			.params = &brand_create_params,
			.result = &mk_brand_record,
			.gives = &mk_brand_entity,
			.relations = BY_CATALOG,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_brand_create,
		},
	[BRAND_UPDATE] =
		{
			.name = "brand.update",
			.since = "0.1",
			.summary = "Changes a brand.",
			.params = &brand_update_params,
			.result = &mk_brand_record,
			.gives = &mk_brand_entity,
			.subject = &mk_brand_entity,
			.subject_param = "brand",
			.relations = BY_CATALOG,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_brand_update,
		},
	[BRAND_GET] =
		{
			.name = "brand.get",
			.since = "0.1",
			.summary = "One brand.",
			.params = &brand_get_params,
			.result = &mk_brand_record,
			.subject = &mk_brand_entity,
			.subject_param = "brand",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.handler = mk_brand_get,
		},
	[BRAND_LIST] =
		{
			.name = "brand.list",
			.since = "0.1",
			.summary = "All brands, oldest first.",
			.params = &brand_list_params,
			.result = &brand_page_record,
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_brand_list,
		},
	[AUTHORISATION_CREATE] =
		{
			.name = "authorisation.create",
			.since = "0.1",
			.summary = "Hands in a seller's authorisation for a brand.",
			.params = &authorisation_create_params,
			.result = &mk_authorisation_record,
			.gives = &mk_authorisation_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_CATALOGUE},
                                      {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EINVALID,
                                MARKET_EEXISTS),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_authorisation_create,
		},
	[AUTHORISATION_ACCEPT] =
		{
			.name = "authorisation.accept",
			.since = "0.1",
			.summary = "Accepts an authorisation.",
			.params = &authorisation_get_params,
			.result = &mk_authorisation_record,
			.gives = &mk_authorisation_entity,
			.subject = &mk_authorisation_entity,
			.subject_param = "authorisation",
			.relations = BY_SELLERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EQUOTA),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_authorisation_accept,
		},
	[AUTHORISATION_REJECT] = DECISION("reject", "Rejects an authorisation.",
                                      authorisation_reason_params, mk_authorisation_reject),
	[AUTHORISATION_REVOKE] = DECISION("revoke", "Ends an accepted or expired authorisation.",
                                      authorisation_reason_params, mk_authorisation_revoke),
	[AUTHORISATION_EXPIRE] =
		{
			.name = "authorisation.expire",
			.since = "0.1",
			.summary = "Warns of an authorisation's end, ends it, or gives up a place it holds.",
			.params = &authorisation_get_params,
			.result = &mk_authorisation_record,
			.gives = &mk_authorisation_entity,
			.subject = &mk_authorisation_entity,
			.subject_param = "authorisation",
			.relations = MK_RELATIONS({MK_REL_SYSTEM, 0}),
			.errors = DECISION_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_authorisation_expire,
		},
	[AUTHORISATION_GET] =
		{
			.name = "authorisation.get",
			.since = "0.1",
			.summary = "One authorisation, its document's number masked.",
			.params = &authorisation_get_params,
			.result = &mk_authorisation_record,
			.subject = &mk_authorisation_entity,
			.subject_param = "authorisation",
			.relations = READERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_authorisation_get,
		},
	[AUTHORISATION_LIST] =
		{
			.name = "authorisation.list",
			.since = "0.1",
			.summary = "A seller's authorisations, oldest first.",
			.params = &authorisation_list_params,
			.result = &authorisation_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = READERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_authorisation_list,
		},
	[PRICE_RULE_SET] =
		{
			.name = "price_rule.set",
			.since = "0.1",
			.summary = "Sets or lifts what a brand asks for one of its products.",
			.params = &price_rule_set_params,
			.result = &mk_price_rule_record,
			.gives = &mk_price_rule_entity,
			.subject = &mk_brand_entity,
			.subject_param = "brand",
			.relations = BY_CATALOG,
			.errors =
				MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ECURRENCY),
			.flags = MK_OP_WRITES,
			.handler = mk_price_rule_set,
		},
	[PRICE_RULE_LIST] =
		{
			.name = "price_rule.list",
			.since = "0.1",
			.summary = "A brand's price rules, oldest first.",
			.params = &price_rule_list_params,
			.result = &price_rule_page_record,
			.subject = &mk_brand_entity,
			.subject_param = "brand",
			.relations = BY_CATALOG,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_price_rule_list,
		},
};
extern const mk_op_group mk_op_brand;
const mk_op_group mk_op_brand = {ops, COUNT};

MK_TYPED(market_brand_create, &ops[BRAND_CREATE], market_brand_create_params, market_brand)
MK_TYPED(market_brand_update, &ops[BRAND_UPDATE], market_brand_update_params, market_brand)
MK_TYPED(market_brand_get, &ops[BRAND_GET], market_brand_get_params, market_brand)
MK_TYPED_FREE(market_brand_free, market_brand)
MK_TYPED(market_brand_list, &ops[BRAND_LIST], market_brand_list_params, market_brand_page)
MK_TYPED_FREE(market_brand_page_free, market_brand_page)
MK_TYPED(market_authorisation_create, &ops[AUTHORISATION_CREATE],
         market_authorisation_create_params, market_authorisation)
MK_TYPED(market_authorisation_accept, &ops[AUTHORISATION_ACCEPT], market_authorisation_get_params,
         market_authorisation)
MK_TYPED(market_authorisation_reject, &ops[AUTHORISATION_REJECT],
         market_authorisation_reason_params, market_authorisation)
MK_TYPED(market_authorisation_revoke, &ops[AUTHORISATION_REVOKE],
         market_authorisation_reason_params, market_authorisation)
MK_TYPED(market_authorisation_expire, &ops[AUTHORISATION_EXPIRE], market_authorisation_get_params,
         market_authorisation)
MK_TYPED(market_authorisation_get, &ops[AUTHORISATION_GET], market_authorisation_get_params,
         market_authorisation)
MK_TYPED_FREE(market_authorisation_free, market_authorisation)
MK_TYPED(market_authorisation_list, &ops[AUTHORISATION_LIST], market_authorisation_list_params,
         market_authorisation_page)
MK_TYPED_FREE(market_authorisation_page_free, market_authorisation_page)
MK_TYPED(market_price_rule_set, &ops[PRICE_RULE_SET], market_price_rule_set_params,
         market_price_rule)
MK_TYPED_FREE(market_price_rule_free, market_price_rule)
MK_TYPED(market_price_rule_list, &ops[PRICE_RULE_LIST], market_price_rule_list_params,
         market_price_rule_page)
MK_TYPED_FREE(market_price_rule_page_free, market_price_rule_page)
