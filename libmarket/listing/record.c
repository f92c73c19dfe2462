/* Reports and reviews, and the params of their operations. */
#include "libmarket/listing/listing.h"

static const mk_enum_value review_states[] = {
	{MARKET_REVIEW_NOTED, "noted", "nothing but notes were found"},
	{MARKET_REVIEW_OPEN, "open", "waits for an operator"},
	{MARKET_REVIEW_CLEARED, "cleared", "may be sold"},
	{MARKET_REVIEW_REFUSED, "refused", "may not be sold like that"},
	{0, NULL, NULL},
};
const mk_enum mk_listing_review_state_enum = {"listing_review_state", review_states};

#define T market_listing_finding
static const mk_field finding_fields[] = {
	MK_F_TEXT(T, field, 0, 0, 0, "where it is"),
	MK_F_INT(T, offset, MK_REQUIRED, 0, 0, "bytes before what was found"),
	MK_F_INT(T, length, MK_REQUIRED, 0, 0, "bytes found; 0: the field as a whole"),
	MK_F_INT(T, characters, MK_REQUIRED, 0, 0, "characters before what was found"),
	MK_F_TEXT(T, pack, 0, 0, 0, "the rule's pack, or the hook"),
	MK_F_TEXT(T, rule, 0, 0, 0, "the rule"),
	MK_F_ENUM(T, stage, mk_listing_stage_enum, 0, "which stage found it"),
	MK_F_ENUM(T, severity, mk_severity_enum, 0, "note, review or block"),
	MK_F_TEXT(T, found, MK_MULTILINE, 0, 0, "what was found, as it was written"),
	MK_F_TEXT(T, message, MK_MULTILINE, 0, 0, "what the rule says of it"),
};
#undef T
const mk_record mk_listing_finding_record =
	MK_RECORD_OF("listing_finding", market_listing_finding, finding_fields, "what a rule found");

#define T market_listing_report
static const mk_field report_fields[] = {
	MK_F_ENUM(T, severity, mk_severity_enum, 0, "the gravest; absent: nothing was found"),
	MK_F_BOOL(T, cut, 0, "there were more findings than are listed"),
	MK_F_LIST(T, findings, market_listing_finding, mk_listing_finding_record, 0, 0, MK_MAX_FINDINGS,
              "in the order of the stages"),
};
#undef T
const mk_record mk_listing_report_record =
	MK_RECORD_OF("listing_report", market_listing_report, report_fields, "all that was found");

#define T market_listing_review
static const mk_field review_fields[] = {
	MK_F_ID(T, id, LISTING_REVIEW, 0, "the review"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose listing; absent: the platform's"),
	MK_F_ID(T, product, PRODUCT, MK_OWN_BOOK, "the product"),
	MK_F_ID(T, offer, OFFER, 0, "or the offer"),
	MK_F_ENUM(T, state, mk_listing_review_state_enum, 0, "where it stands"),
	MK_F_ENUM(T, severity, mk_severity_enum, 0, "the gravest"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "of who decided"),
	MK_F_TIME(T, created_at, 0, "when it was found"),
	MK_F_TIME(T, decided_at, 0, "when it was decided"),
	MK_F_INT(T, version, 0, 0, 0, "counts its changes"),
	MK_F_BOOL(T, cut, MK_NOT_ROW, "there were more findings than are listed"),
	MK_F_LIST(T, findings, market_listing_finding, mk_listing_finding_record, MK_NOT_ROW, 0,
              MK_MAX_FINDINGS, "in the order of the stages"),
	MK_F_TEXT(mk_listing_review, report, MK_INTERNAL, 0, 0, "the findings as JSON"),
	MK_F_TEXT(mk_listing_review, digest, MK_INTERNAL, 0, 0, "of content and findings"),
};
#undef T
const mk_record mk_listing_review_record =
	MK_RECORD_OF("listing_review", mk_listing_review, review_fields, "what findings leave behind");

#define T market_listing_review_page
static const mk_field page_fields[] = {
	MK_F_LIST(T, items, market_listing_review, mk_listing_review_record, 0, 0, MK_MAX_PAGE,
              "the reviews"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
#undef T
const mk_record mk_listing_review_page_record = MK_RECORD_OF(
	"listing_review_page", market_listing_review_page, page_fields, "a page of reviews");

#define T market_listing_text
static const mk_field text_fields[] = {
	MK_F_TEXT(T, field, MK_REQUIRED, 1, MK_MAX_NAME, "title, description, attributes.<name> …"),
	MK_F_TEXT(T, text, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "what it says"),
};
#undef T
static const mk_record text_record =
	MK_SIZED_OF("listing_text", market_listing_text, text_fields, "a text to check");

#define T market_listing_price
static const mk_field price_fields[] = {
	MK_F_MONEY(T, price, MK_REQUIRED, 1, MK_MONEY_MAX, "of one unit"),
	MK_F_MONEY(T, list_price, 0, 1, MK_MONEY_MAX, "the price before the reduction"),
};
#undef T
static const mk_record price_record =
	MK_SIZED_OF("listing_price", market_listing_price, price_fields, "a SKU's prices to check");

#define T market_listing_check_params
static const mk_field check_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose licences count"),
	MK_F_ID(T, product, PRODUCT, 0, "the product"),
	MK_F_ID(T, offer, OFFER, 0, "the offer"),
	MK_F_ID(T, category, CATEGORY, 0, "the back category; the product's unless given"),
	MK_F_TEXT(T, locale, 0, 2, 35, "of the messages"),
	MK_F_LIST(T, texts, market_listing_text, text_record, 0, 0, MK_MAX_LISTING_TEXTS,
              "texts, in place of those stored"),
	MK_F_TEXTS(T, images, 0, 0, MK_MAX_PAGE, "names of images, in place of those stored"),
	MK_F_LIST(T, prices, market_listing_price, price_record, 0, 0, MK_MAX_LISTING_PRICES,
              "prices, in place of those stored"),
};
#undef T
const mk_record mk_listing_check_params = MK_PARAMS_OF(
	"listing_check_params", market_listing_check_params, check_fields, "what to check");

#define T market_listing_review_get_params
static const mk_field get_fields[] = {
	MK_F_ID(T, review, LISTING_REVIEW, MK_REQUIRED, "the review"),
};
#undef T
const mk_record mk_listing_review_get_params = MK_PARAMS_OF(
	"listing_review_get_params", market_listing_review_get_params, get_fields, "which review");

#define T market_listing_review_list_params
static const mk_field list_fields[] = {
	MK_F_ENUM(T, state, mk_listing_review_state_enum, 0, "open unless stated"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
#undef T
const mk_record mk_listing_review_list_params = MK_PARAMS_OF(
	"listing_review_list_params", market_listing_review_list_params, list_fields, "which reviews");

#define T market_listing_review_clear_params
static const mk_field clear_fields[] = {
	MK_F_ID(T, review, LISTING_REVIEW, MK_REQUIRED, "the review"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_listing_review_clear_params =
	MK_PARAMS_OF("listing_review_clear_params", market_listing_review_clear_params, clear_fields,
                 "which review to clear");

#define T market_listing_review_refuse_params
static const mk_field refuse_fields[] = {
	MK_F_ID(T, review, LISTING_REVIEW, MK_REQUIRED, "the review"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_listing_review_refuse_params =
	MK_PARAMS_OF("listing_review_refuse_params", market_listing_review_refuse_params, refuse_fields,
                 "which review to refuse");
