#include "libmarket/engine/policy_brands.h"
#include "libmarket/engine/policy_deposits.h"
#include "libmarket/engine/policy_identity.h"
#include "libmarket/engine/policy_sellers.h"
#include "libmarket/engine/policy_service_fees.h"
#include "libmarket/engine/policy_standing.h"

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"

static const mk_enum_value store_type_values[] = {
	{MK_STORE_FLAGSHIP, "flagship", "of the brand's owner"},
	{MK_STORE_EXCLUSIVE, "exclusive", "authorised for one brand"},
	{MK_STORE_SPECIALTY, "specialty", "several brands of one category"},
	{MK_STORE_INDIVIDUAL, "individual", "a person or a small firm"},
	{MK_STORE_PLATFORM, "platform", "the platform's own"},
	{0, NULL, NULL},
};
const mk_enum mk_store_type_enum = {"store_type", store_type_values};

static const mk_enum_value fee_per_values[] = {
	{MK_PER_LINE, "line", "once for each line"},
	{MK_PER_UNIT, "unit", "for each unit of a line"},
	{MK_PER_ORDER, "order", "once for a seller order, divided over its lines by base"},
	{0, NULL, NULL},
};
const mk_enum mk_fee_per_enum = {"fee_per", fee_per_values};

static const mk_enum_value fee_reversal_values[] = {
	{MK_REVERSAL_PROPORTIONAL, "proportional", "a refund gives back its share of the fee"},
	{MK_REVERSAL_FULL_ONLY, "full_only", "only a whole refund gives it back"},
	{MK_REVERSAL_NEVER, "never", "the fee is kept"},
	{0, NULL, NULL},
};
const mk_enum mk_fee_reversal_enum = {"fee_reversal", fee_reversal_values};

static const mk_enum_value tax_mode_values[] = {
	{MK_TAX_ADDED, "added", "on top of the fee"},
	{MK_TAX_INCLUDED, "included", "part of the fee"},
	{0, NULL, NULL},
};
const mk_enum mk_tax_mode_enum = {"tax_mode", tax_mode_values};

static const mk_enum_value rounding_values[] = {
	{MK_HALF_UP + 1, "half_up", "halves away from zero"},
	{MK_HALF_EVEN + 1, "half_even", "halves to the even neighbour"},
	{0, NULL, NULL},
};
const mk_enum mk_rounding_enum = {"rounding", rounding_values};

static const mk_enum_value schedule_values[] = {
	{MK_SCHEDULE_DAILY, "daily", "every day"},
	{MK_SCHEDULE_WEEKLY, "weekly", "every Monday"},
	{MK_SCHEDULE_FORTNIGHTLY, "fortnightly", "every second Monday"},
	{MK_SCHEDULE_MONTHLY, "monthly", "on the first of the month"},
	{MK_SCHEDULE_MANUAL, "manual", "when asked for"},
	{0, NULL, NULL},
};
const mk_enum mk_schedule_enum = {"schedule", schedule_values};

#define LONGEST (3660 * MK_DAY)

static const mk_field order_fields[] = {
	MK_F_SPAN(mk_policy_orders, unpaid_close, MK_REQUIRED, MK_MINUTE, LONGEST,
              "an unpaid order is closed"),
	MK_F_SPAN(mk_policy_orders, ship_by, MK_REQUIRED, MK_MINUTE, LONGEST, "later is late"),
	MK_F_SPAN(mk_policy_orders, unshipped_cancel, MK_REQUIRED, MK_MINUTE, LONGEST,
              "an unshipped order is cancelled and refunded"),
	MK_F_SPAN(mk_policy_orders, auto_confirm, MK_REQUIRED, MK_MINUTE, LONGEST,
              "after shipping, an order is confirmed by itself"),
	MK_F_SPAN(mk_policy_orders, cancel_silence, MK_REQUIRED, MK_MINUTE, LONGEST,
              "the seller's silence on a wish to cancel (ORD-7)"),
	MK_F_BOOL(mk_policy_orders, group_by_warehouse, 0, "one seller order per warehouse (ORD-1)"),
	MK_F_BOOL(mk_policy_orders, carrier_reports, 0,
              "carriers report deliveries: without proof, confirmation waits for their limit"),
	MK_F_SPAN(mk_policy_orders, carrier_limit, MK_REQUIRED, MK_MINUTE, LONGEST,
              "the carriers' limit, from shipping"),
	MK_F_SPAN(mk_policy_orders, confirm_after_delivery, MK_REQUIRED, 0, LONGEST,
              "an order isn't confirmed by itself sooner after delivery"),
	MK_F_SPAN(mk_policy_orders, extension, MK_REQUIRED, MK_MINUTE, LONGEST,
              "by which a buyer may put confirmation off"),
	MK_F_INT(mk_policy_orders, extensions, MK_REQUIRED, 0, 100, "how often a buyer may do that"),
	MK_F_TEXTS(mk_policy_orders, seller_extensions, 0, 0, 20, "spans of which a seller may choose"),
};
static const mk_record orders_record =
	MK_RECORD_OF("orders", mk_policy_orders, order_fields, "the timers of orders (ORD-4)");

static const mk_field payment_fields[] = {
	MK_F_TEXT(mk_policy_payments, provider, MK_REQUIRED, 1, MK_MAX_CODE,
              "the payment provider's name"),
	MK_F_SPAN(mk_policy_payments, tolerance, MK_REQUIRED, MK_SECOND, MK_DAY,
              "how far a notification's time may be off (PAY-1)"),
	MK_F_SPAN(mk_policy_payments, query_after, MK_REQUIRED, MK_SECOND, MK_DAY,
              "an unanswered request is queried after this"),
	MK_F_SPAN(mk_policy_payments, claim_age, MK_REQUIRED, MK_SECOND, MK_DAY,
              "whoever took a request to send it is taken for dead after this, by the real clock"),
};
static const mk_record payments_record =
	MK_RECORD_OF("payments", mk_policy_payments, payment_fields, "payments");

static const mk_field fee_rule_fields[] = {
	MK_F_TEXT(mk_fee_rule, name, MK_REQUIRED, 1, MK_MAX_CODE, "its name in explanations"),
	MK_F_TEXTS(mk_fee_rule, categories, 0, 1, 1000, "back categories, with their descendants"),
	MK_F_TEXTS(mk_fee_rule, store_types, 0, 1, 10, "types of store"),
	MK_F_TEXTS(mk_fee_rule, sellers, 0, 1, 1000, "refs or identifiers of sellers"),
	MK_F_OPT_RATE(mk_fee_rule, rate, 0, 0, 1000000, "of the base"),
	MK_F_MONEY(mk_fee_rule, flat, 0, 0, MK_MONEY_MAX, "an amount added"),
	MK_F_ENUM(mk_fee_rule, per, mk_fee_per_enum, 0,
              "what flat, floor and cap apply to; line by default"),
	MK_F_MONEY(mk_fee_rule, floor, 0, 0, MK_MONEY_MAX, "at least"),
	MK_F_MONEY(mk_fee_rule, cap, 0, 0, MK_MONEY_MAX, "at most"),
};
static const mk_record fee_rule_record =
	MK_RECORD_OF("fee_rule", mk_fee_rule, fee_rule_fields, "one rule of a fee kind (COM-1, COM-2)");

static const mk_field fee_tax_fields[] = {
	MK_F_RATE(mk_fee_tax, rate, MK_REQUIRED, 0, 1000000, "of the fee"),
	MK_F_ENUM(mk_fee_tax, mode, mk_tax_mode_enum, MK_REQUIRED, "on top of the fee or part of it"),
};
static const mk_record fee_tax_record =
	MK_RECORD_OF("fee_tax", mk_fee_tax, fee_tax_fields, "tax on a fee");

static const mk_field fee_kind_fields[] = {
	MK_F_TEXT(mk_fee_kind, kind, MK_REQUIRED, 1, MK_MAX_CODE,
              "its name; the account is fee_revenue:<kind>"),
	MK_F_ENUM(mk_fee_kind, reversal, mk_fee_reversal_enum, MK_REQUIRED, "what a refund gives back"),
	MK_F_BOOL(mk_fee_kind, on_freight, 0, "charged on freight too"),
	MK_F_RECORD(mk_fee_kind, tax, mk_fee_tax, fee_tax_record, 0, "tax on the fee"),
	MK_F_LIST(mk_fee_kind, rules, mk_fee_rule, fee_rule_record, MK_REQUIRED, 1, 1000,
              "the first that matches wins; the last has no predicate"),
};
static const mk_record fee_kind_record =
	MK_RECORD_OF("fee_kind", mk_fee_kind, fee_kind_fields, "a kind of fee");

static const mk_field fees_fields[] = {
	MK_F_ENUM(mk_policy_fees, rounding, mk_rounding_enum, 0, "of halves; half_up by default"),
	MK_F_LIST(mk_policy_fees, kinds, mk_fee_kind, fee_kind_record, MK_REQUIRED, 1, 20,
              "in the order in which they are computed"),
};
static const mk_record fees_record =
	MK_RECORD_OF("fees", mk_policy_fees, fees_fields, "what sellers pay");

static const mk_field split_fields[] = {
	MK_F_TEXT(mk_split_rule, kind, MK_REQUIRED, 1, MK_MAX_CODE, "whom it is for: affiliate"),
	MK_F_RATE(mk_split_rule, rate, MK_REQUIRED, 0, 1000000, "of the line's base"),
};
static const mk_record split_record =
	MK_RECORD_OF("split", mk_split_rule, split_fields, "a part of the proceeds for somebody else");

static const mk_field reserve_fields[] = {
	MK_F_RATE(mk_reserve_rule, rate, MK_REQUIRED, 0, 1000000, "of what matures"),
	MK_F_SPAN(mk_reserve_rule, period, MK_REQUIRED, MK_HOUR, LONGEST,
              "held this long after maturity"),
	MK_F_TEXTS(mk_reserve_rule, store_types, 0, 1, 10, "types of store; none: all"),
};
static const mk_record reserve_record =
	MK_RECORD_OF("reserve", mk_reserve_rule, reserve_fields, "a rolling reserve (SET-2)");

static const mk_field settlement_fields[] = {
	MK_F_SPAN(mk_policy_settlement, maturity, MK_REQUIRED, 0, LONGEST,
              "an earning is available this long after receipt (SET-2)"),
	MK_F_LIST(mk_policy_settlement, reserves, mk_reserve_rule, reserve_record, 0, 0, 100,
              "the first that matches"),
	MK_F_ENUM(mk_policy_settlement, schedule, mk_schedule_enum, MK_REQUIRED,
              "when payouts are made (SET-3)"),
	MK_F_MONEY(mk_policy_settlement, minimum, 0, 0, MK_MONEY_MAX, "less than this carries over"),
	MK_F_TEXT(mk_policy_settlement, zone, MK_REQUIRED, 1, MK_MAX_CODE,
              "the time zone of calendar periods"),
	MK_F_MONEY(mk_policy_settlement, advance_limit, 0, 0, MK_MONEY_MAX,
               "a receivable above it needs an operator (ESC-7)"),
};
static const mk_record settlement_record =
	MK_RECORD_OF("settlement", mk_policy_settlement, settlement_fields, "settlement and payouts");

static const mk_field aftersales_fields[] = {
	MK_F_SPAN(mk_policy_aftersales, window, MK_REQUIRED, 0, LONGEST, "refunds after receipt"),
};
static const mk_record aftersales_record =
	MK_RECORD_OF("aftersales", mk_policy_aftersales, aftersales_fields, "after-sales");

static const mk_field ratings_fields[] = {
	MK_F_SPAN(mk_policy_ratings, window, MK_REQUIRED, MK_HOUR, LONGEST,
              "a line is rated within this (RAT-1)"),
	MK_F_TEXTS(mk_policy_ratings, dimensions, MK_REQUIRED, 1, 10, "what is rated from 1 to 5"),
	MK_F_SPAN(mk_policy_ratings, score_window, MK_REQUIRED, MK_DAY, LONGEST,
              "what counts in scores (RAT-4)"),
	MK_F_INT(mk_policy_ratings, counted_per_month, MK_REQUIRED, 1, 1000, "per buyer and seller"),
	MK_F_INT(mk_policy_ratings, credit_points_per_month, MK_REQUIRED, 1, 1000,
             "per buyer and seller"),
	MK_F_SPAN(mk_policy_ratings, same_item_once, MK_REQUIRED, 0, LONGEST,
              "the same item counts once in it"),
	MK_F_INT(mk_policy_ratings, positive_from, MK_REQUIRED, 2, 5,
             "a mean from here on gives a credit point"),
	MK_F_INT(mk_policy_ratings, negative_to, MK_REQUIRED, 1, 4,
             "a mean down to here takes a credit point"),
};
static const mk_record ratings_record =
	MK_RECORD_OF("ratings", mk_policy_ratings, ratings_fields, "ratings");

static const mk_field ledger_fields[] = {
	MK_F_MONEY(mk_policy_ledger, two_person_amount, 0, 0, MK_MONEY_MAX,
               "postings by hand from here on need a second person (LED-10)"),
	MK_F_SPAN(mk_policy_ledger, approval_within, MK_REQUIRED, MK_HOUR, LONGEST,
              "a second person approves it within this time (LED-10)"),
	MK_F_SPAN(mk_policy_ledger, write_off_after, MK_REQUIRED, MK_DAY, LONGEST,
              "a receivable may be written off after this"),
};
static const mk_record ledger_record =
	MK_RECORD_OF("ledger", mk_policy_ledger, ledger_fields, "the books");

static const mk_field catalogue_fields[] = {
	MK_F_TEXTS(mk_policy_catalogue, change_automatic, 0, 0, 10,
               "fields of a published product whose change needs no operator (CAT-3)"),
};
static const mk_record catalogue_record =
	MK_RECORD_OF("catalogue", mk_policy_catalogue, catalogue_fields, "the catalogue");

static const mk_enum_value warehouse_choice_values[] = {
	{MK_WAREHOUSE_OLDEST, "oldest", "the oldest that has enough"},
	{MK_WAREHOUSE_NEAREST, "nearest", "the nearest by the table of regions, then the oldest"},
	{MK_WAREHOUSE_FEWEST_PARCELS, "fewest_parcels",
     "as few as can be for all that the buyer wants of the seller"},
	{MK_WAREHOUSE_HOOK, "hook", "as the application chooses"},
	{0, NULL, NULL},
};
const mk_enum mk_warehouse_choice_enum = {"warehouse_choice", warehouse_choice_values};

static const mk_field ship_region_fields[] = {
	MK_F_TEXTS(mk_ship_region, ship_to, MK_REQUIRED, 1, 300, "the buyers' countries"),
	MK_F_TEXTS(mk_ship_region, ship_from, MK_REQUIRED, 1, 300,
               "the warehouses' countries, the nearest first"),
};
static const mk_record ship_region_record =
	MK_RECORD_OF("ship_region", mk_ship_region, ship_region_fields, "from where buyers are served");

static const mk_field stock_fields[] = {
	MK_F_ENUM(mk_policy_stock, warehouse_choice, mk_warehouse_choice_enum, 0,
              "which warehouse serves an order (CAT-7)"),
	MK_F_LIST(mk_policy_stock, regions, mk_ship_region, ship_region_record, 0, 0, 300,
              "from where buyers are served; the first that names their country"),
	MK_F_TEXTS(mk_policy_stock, reasons, 0, 0, 100, "codes of changes of stock by hand"),
};
static const mk_record stock_record =
	MK_RECORD_OF("stock", mk_policy_stock, stock_fields, "warehouses and stock");

static const mk_field listing_fields[] = {
	MK_F_LIST(mk_policy_listing, packs, mk_rule_pack, mk_rule_pack_record, 0, 0, MK_MAX_PACKS,
              "packs of rules"),
};
static const mk_record listing_record =
	MK_RECORD_OF("listing", mk_policy_listing, listing_fields, "what listings are checked for");

static const mk_field policy_fields[] = {
	MK_F_TEXT(mk_policy, name, MK_REQUIRED, 1, MK_MAX_CODE, "the policy's name"),
	MK_F_TEXTS(mk_policy, currencies, MK_REQUIRED, 1, 50, "ISO 4217 codes of what is sold in"),
	MK_F_RECORD(mk_policy, sellers, mk_policy_sellers, mk_sellers_record, MK_REQUIRED,
                "onboarding"),
	MK_F_RECORD(mk_policy, brands, mk_policy_brands, mk_brands_record, 0, "brands"),
	MK_F_RECORD(mk_policy, identity, mk_policy_identity, mk_identity_policy_record, 0,
                "who stands behind sellers"),
	MK_F_RECORD(mk_policy, standing, mk_policy_standing, mk_standing_policy_record, 0,
                "penalty points and what comes of them"),
	MK_F_RECORD(mk_policy, orders, mk_policy_orders, orders_record, MK_REQUIRED,
                "timers of orders"),
	MK_F_RECORD(mk_policy, stock, mk_policy_stock, stock_record, 0, "warehouses and stock"),
	MK_F_RECORD(mk_policy, payments, mk_policy_payments, payments_record, MK_REQUIRED, "payments"),
	MK_F_RECORD(mk_policy, deposits, mk_policy_deposits, mk_deposits_policy_record, 0,
                "sellers' deposits"),
	MK_F_RECORD(mk_policy, service_fees, mk_policy_service_fees, mk_service_fees_policy_record, 0,
                "yearly fees and modules"),
	MK_F_RECORD(mk_policy, fees, mk_policy_fees, fees_record, MK_REQUIRED, "what sellers pay"),
	MK_F_LIST(mk_policy, splits, mk_split_rule, split_record, 0, 0, 10, "what goes to others"),
	MK_F_RECORD(mk_policy, settlement, mk_policy_settlement, settlement_record, MK_REQUIRED,
                "settlement"),
	MK_F_RECORD(mk_policy, aftersales, mk_policy_aftersales, aftersales_record, MK_REQUIRED,
                "after-sales"),
	MK_F_RECORD(mk_policy, ratings, mk_policy_ratings, ratings_record, MK_REQUIRED, "ratings"),
	MK_F_RECORD(mk_policy, catalogue, mk_policy_catalogue, catalogue_record, 0, "the catalogue"),
	MK_F_RECORD(mk_policy, ledger, mk_policy_ledger, ledger_record, MK_REQUIRED, "the books"),
	MK_F_RECORD(mk_policy, listing, mk_policy_listing, listing_record, 0,
                "checks of listings (CAT-4)"),
};
const mk_record mk_policy_record =
	MK_RECORD_OF("policy", mk_policy, policy_fields, "how this marketplace works");
