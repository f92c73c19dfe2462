/*
 * The policy: how this marketplace works, read from one YAML file by descriptors. A compiled policy
 * is immutable and lives as long as the market.
 */
#ifndef MK_ENGINE_POLICY_H
#define MK_ENGINE_POLICY_H

#include "libmarket/base/money.h"
#include "libmarket/base/zone.h"
#include "libmarket/record/record.h"
#include "libmarket/rule/set.h"

/* ---- sellers ---- */

typedef enum mk_store_type {
	MK_STORE_FLAGSHIP = 1,
	MK_STORE_EXCLUSIVE,
	MK_STORE_SPECIALTY,
	MK_STORE_INDIVIDUAL,
	MK_STORE_PLATFORM
} mk_store_type;
extern const mk_enum mk_store_type_enum;

typedef enum mk_requirement_kind {
	MK_COMPUTED = 1,
	MK_ATTESTED,
	MK_VERIFIED,
	MK_TRAINING
} mk_requirement_kind;
typedef enum mk_gate { MK_GATE_SELL = 1, MK_GATE_PAYOUT } mk_gate;
extern const mk_enum mk_requirement_kind_enum, mk_gate_enum;

/* SEL-11: what a requirement of the kind `training` asks. */
typedef struct mk_exam_question {
	const char *question;
	const char *const *choices;
	size_t n_choices;
	int64_t answer; /* the number of the right choice, from 1 */
} mk_exam_question;

typedef struct mk_exam {
	int64_t pass;            /* right answers that it takes */
	market_time retry_after; /* not again before, once failed */
	market_time valid_for;   /* 0: for ever */
	const mk_exam_question *const *questions;
	size_t n_questions;
} mk_exam;

/* SEL-1 */
typedef struct mk_requirement {
	const char *key;
	int32_t kind;
	int32_t gate;
	const char *summary;
	const char *const *store_types; /* names; none: all */
	size_t n_store_types;
	market_time version;           /* submissions made before it don't count */
	const char *const *categories; /* of sellers in these, or below; none: all */
	size_t n_categories;
	market_time recheck; /* SEL-11: an operator looks at it again after that; 0: never */
	const mk_exam *exam; /* of the kind `training` */
} mk_requirement;

/* SEL-2: a code that decisions may give, with what it says to people. */
typedef struct mk_reason {
	const char *code;
	const char *const *decisions; /* names of operations, "seller.reject"; none: all */
	size_t n_decisions;
	const market_pair *const *texts; /* by locale */
	size_t n_texts;
} mk_reason;

typedef struct mk_policy_sellers {
	market_time application_stale; /* an unanswered application is rejected after this (90 d) */
	market_time payout_account_cooling; /* payouts wait this long after a change (SEL-8) */
	market_time confirmation_fresh;     /* a confirmation counts that long (SEL-8) */
	bool auto_approve;                  /* SEL-2: off by default */
	const mk_requirement *const *requirements;
	size_t n_requirements;
	market_time review_claim;    /* an operator's claim on a review lasts that long */
	const char *const *warnings; /* spans before a submission's end (SEL-11) */
	size_t n_warnings;
	const mk_reason *const *reasons; /* none: any text is a code */
	size_t n_reasons;
} mk_policy_sellers;

/* ---- deposits, SEL-4 ---- */

typedef enum mk_deposit_combine { MK_DEPOSIT_HIGHEST = 1, MK_DEPOSIT_SUM } mk_deposit_combine;

typedef struct mk_deposit_rule {
	const char *const *store_types; /* names; none: all */
	size_t n_store_types;
	const char *deposit_class; /* of categories; NULL: of every seller */
	market_money minimum;
} mk_deposit_rule;

typedef struct mk_policy_deposits {
	const mk_deposit_rule *const *minimums;
	size_t n_minimums;
	int32_t combine;
	market_time top_up_within;     /* 15 d */
	market_time chargeback_window; /* 120 d: until chargebacks, of cards too, can't come any more */
} mk_policy_deposits;

/* ---- yearly fees and modules, SEL-5 ---- */

typedef struct mk_fee_refund {
	market_money sales_from;
	int64_t rating_from; /* hundredths of the mean */
	market_rate share;
} mk_fee_refund;

typedef struct mk_yearly_fee {
	const char *key;
	const char *const *store_types; /* names; none: all */
	size_t n_store_types;
	const char *fee_class; /* of categories; NULL: of every seller */
	market_money amount;
	const mk_fee_refund *const *refunds;
	size_t n_refunds;
} mk_yearly_fee;

typedef struct mk_service_module {
	const char *key;
	const char *summary;
	market_money price; /* of 30 days */
} mk_service_module;

typedef struct mk_policy_service_fees {
	market_rate tax; /* added */
	const mk_yearly_fee *const *yearly;
	size_t n_yearly;
	const mk_service_module *const *modules;
	size_t n_modules;
} mk_policy_service_fees;

/* ---- brands, SEL-3 and CAT-5 ---- */

extern const mk_enum mk_price_breach_enum;

typedef struct mk_brand_quota {
	int32_t store_type;
	int64_t stores; /* of a brand at most */
} mk_brand_quota;

typedef struct mk_brand_tier {
	const char *tier;
	bool open; /* its brands are sold without an authorisation */
	const mk_brand_quota *const *quotas;
	size_t n_quotas;
} mk_brand_tier;

typedef struct mk_policy_brands {
	const mk_brand_tier *const *tiers; /* the first is that of brands which name none */
	size_t n_tiers;
	const char *const *open; /* codes of brands that are sold without an authorisation */
	size_t n_open;
	market_time review_hold;     /* a seller in review holds its place that long */
	const char *const *warnings; /* spans before an authorisation's end */
	size_t n_warnings;
	const char *channel;      /* this marketplace in authorisations narrowed to channels */
	int64_t specialty_brands; /* that a specialty store has at least */
	int32_t price_breach;     /* CAT-5 */
} mk_policy_brands;

/* ---- orders, ORD-4 ---- */

typedef struct mk_policy_orders {
	market_time unpaid_close;     /* 30 min */
	market_time ship_by;          /* 48 h: later is late */
	market_time unshipped_cancel; /* 14 d */
	market_time auto_confirm;     /* 10 d after shipping */
	market_time cancel_silence;   /* ORD-7: 2 d of the seller's silence */
	bool group_by_warehouse;      /* one seller order per seller and warehouse */
	bool
		carrier_reports; /* carriers report deliveries: without proof no confirmation by itself … */
	market_time carrier_limit;            /* … until this long after shipping */
	market_time confirm_after_delivery;   /* 3 d: not sooner after the proof of delivery */
	market_time extension;                /* by which a buyer may put confirmation off: 3 d */
	int64_t extensions;                   /* how often: twice */
	const char *const *seller_extensions; /* spans of which a seller may choose: 3, 5, 7, 10 d */
	size_t n_seller_extensions;
} mk_policy_orders;

/* ---- stock, CAT-7 ---- */

typedef enum mk_warehouse_choice {
	MK_WAREHOUSE_OLDEST = 1,
	MK_WAREHOUSE_NEAREST,
	MK_WAREHOUSE_FEWEST_PARCELS,
	MK_WAREHOUSE_HOOK
} mk_warehouse_choice;
extern const mk_enum mk_warehouse_choice_enum;

/* From where the buyers of some countries are served, the nearest first. */
typedef struct mk_ship_region {
	const char *const *ship_to; /* countries, ISO 3166-1 alpha-2 */
	size_t n_ship_to;
	const char *const *ship_from;
	size_t n_ship_from;
} mk_ship_region;

typedef struct mk_policy_stock {
	int32_t warehouse_choice;             /* the oldest warehouse that has enough, by default */
	const mk_ship_region *const *regions; /* the first that names the buyer's country */
	size_t n_regions;
	const char *const *reasons; /* codes of changes by hand; none: any text */
	size_t n_reasons;
} mk_policy_stock;

/* ---- payments ---- */

typedef struct mk_policy_payments {
	const char *provider;    /* the provider's name: "sandbox" */
	market_time tolerance;   /* of a notification's time (PAY-1): 5 min */
	market_time query_after; /* an unanswered request is queried after this */
	market_time
		claim_age; /* whoever took a request to send it is dead after this, by the real clock */
} mk_policy_payments;

/* ---- fees, COM-1 to COM-6 ---- */

typedef enum mk_fee_per { MK_PER_LINE = 1, MK_PER_UNIT, MK_PER_ORDER } mk_fee_per;
typedef enum mk_fee_reversal {
	MK_REVERSAL_PROPORTIONAL = 1,
	MK_REVERSAL_FULL_ONLY,
	MK_REVERSAL_NEVER
} mk_fee_reversal;
typedef enum mk_tax_mode { MK_TAX_ADDED = 1, MK_TAX_INCLUDED } mk_tax_mode;
extern const mk_enum mk_fee_per_enum, mk_fee_reversal_enum, mk_tax_mode_enum, mk_rounding_enum;

/* One rule; all given predicates must hold (AND), any of a list's values (OR). */
typedef struct mk_fee_rule {
	const char *name;
	const char *const *categories; /* codes of back categories, their descendants included */
	size_t n_categories;
	const char *const *store_types;
	size_t n_store_types;
	const char *const *sellers; /* refs or texts of ids */
	size_t n_sellers;
	const market_rate *rate; /* of the base */
	market_money flat;       /* added to the rate's part */
	int32_t per;             /* what flat, floor and cap apply to; line by default */
	market_money floor, cap; /* absent: none */
} mk_fee_rule;

typedef struct mk_fee_tax {
	market_rate rate;
	int32_t mode; /* no default: added or included */
} mk_fee_tax;

typedef struct mk_fee_kind {
	const char *kind; /* "commission", "technical", …: the account is fee_revenue:<kind> */
	int32_t reversal;
	bool on_freight; /* the base includes freight */
	const mk_fee_tax *tax;
	const mk_fee_rule *const *rules; /* in order; the last is the default and has no predicate */
	size_t n_rules;
} mk_fee_kind;

/* A part of the seller's proceeds that goes to somebody else (AFF-1, SET-6). */
typedef struct mk_split_rule {
	const char *kind; /* "affiliate" */
	market_rate rate;
} mk_split_rule;

typedef struct mk_policy_fees {
	int32_t rounding; /* half_up (default) or half_even: everywhere money is rounded */
	const mk_fee_kind *const *kinds; /* in the order in which they are computed (COM-4) */
	size_t n_kinds;
} mk_policy_fees;

/* ---- catalogue ---- */

typedef struct mk_policy_catalogue {
	const char *const *change_automatic; /* CAT-3: fields whose change needs no operator */
	size_t n_change_automatic;
} mk_policy_catalogue;

/* ---- settlement ---- */

typedef enum mk_schedule {
	MK_SCHEDULE_DAILY = 1,
	MK_SCHEDULE_WEEKLY,
	MK_SCHEDULE_FORTNIGHTLY,
	MK_SCHEDULE_MONTHLY,
	MK_SCHEDULE_MANUAL
} mk_schedule;
extern const mk_enum mk_schedule_enum;

typedef struct mk_reserve_rule {
	market_rate rate;
	market_time period;             /* held this long after maturity */
	const char *const *store_types; /* none: all */
	size_t n_store_types;
} mk_reserve_rule;

typedef struct mk_policy_settlement {
	market_time maturity;                   /* SET-2: available this long after receipt (7 d) */
	const mk_reserve_rule *const *reserves; /* the first that matches */
	size_t n_reserves;
	int32_t schedule;
	market_money minimum;       /* of a payout; less carries over */
	const char *zone;           /* of calendar periods */
	market_money advance_limit; /* ESC-7: a receivable above it needs an operator */
} mk_policy_settlement;

/* ---- after-sales and ratings, what the spine needs ---- */

typedef struct mk_policy_aftersales {
	market_time window; /* after receipt: 7 d */
} mk_policy_aftersales;

typedef struct mk_policy_ratings {
	market_time window; /* RAT-1: 15 d after receipt */
	const char *const *dimensions;
	size_t n_dimensions;
	market_time score_window;        /* RAT-4: 180 d */
	int64_t counted_per_month;       /* RAT-4: 3 per buyer and seller */
	int64_t credit_points_per_month; /* RAT-4: 6 */
	market_time same_item_once;      /* RAT-4: 14 d */
	int64_t positive_from;           /* RAT-5: a mean from 4 on gives a credit point */
	int64_t negative_to; /* RAT-5, RAT-10: one down to 2 takes one; such a score is bad */
} mk_policy_ratings;

/* ---- listings, CAT-4 ---- */

typedef struct mk_policy_listing {
	const mk_rule_pack *const *packs; /* in the order in which they are looked at */
	size_t n_packs;
} mk_policy_listing;

typedef struct mk_policy_ledger {
	market_money two_person_amount; /* LED-10: postings by hand from here on wait for one more */
	market_time approval_within;    /* LED-10: else the request expires */
	market_time write_off_after;
} mk_policy_ledger;

/* ---- who stands behind sellers, SEL-1 and SEL-13 ---- */

typedef struct mk_identity_shown {
	const char *const *countries; /* of sellers there; none: everywhere else */
	size_t n_countries;
	const char *const *fields;
	size_t n_fields;
} mk_identity_shown;

typedef struct mk_policy_identity {
	const char *provider;     /* NULL: nothing is verified */
	market_time expire_after; /* a check without an answer is given up */
	market_time tolerance;    /* of a notification's time */
	const mk_identity_shown *const *shown;
	size_t n_shown;
} mk_policy_identity;

/* ---- penalty points, SEL-7, and buyers' standing, BUY-1 ---- */

typedef struct mk_violation_type {
	const char *key;
	int32_t party;
	int64_t points;
	const char *summary;
} mk_violation_type;

typedef struct mk_standing_threshold {
	int64_t points; /* of the window; from so many on the action begins, or is prolonged */
	int32_t action;
	market_time duration;
	const market_rate *rate; /* of a payout reserve */
} mk_standing_threshold;

typedef struct mk_policy_standing {
	market_time window;        /* points count that long */
	market_time appeal_within; /* of the violation's record */
	const mk_violation_type *const *violations;
	size_t n_violations;
	const mk_standing_threshold *const *seller_thresholds;
	size_t n_seller_thresholds;
	const mk_standing_threshold *const *buyer_thresholds;
	size_t n_buyer_thresholds;
	const char *price_breach; /* CAT-5: the violation that one is; NULL: it can't be one */
} mk_policy_standing;

typedef struct mk_policy {
	const char *name;
	const char *const *currencies;
	size_t n_currencies;
	const mk_policy_sellers *sellers;
	const mk_policy_service_fees *service_fees;
	const mk_policy_deposits *deposits;
	const mk_policy_brands *brands;     /* never NULL once compiled */
	const mk_policy_identity *identity; /* the same */
	const mk_policy_standing *standing; /* the same */
	const mk_policy_orders *orders;
	const mk_policy_stock *stock; /* NULL: the oldest warehouse, any reason */
	const mk_policy_payments *payments;
	const mk_policy_fees *fees;
	const mk_split_rule *const *splits;
	size_t n_splits;
	const mk_policy_settlement *settlement;
	const mk_policy_aftersales *aftersales;
	const mk_policy_ratings *ratings;
	const mk_policy_ledger *ledger;
	const mk_policy_catalogue *catalogue; /* NULL: all by default */
	const mk_policy_listing *listing;     /* NULL: no rules */
	/* set by the loader */
	int64_t number; /* of the stored version */
	market_id id;
	market_time effective;
	const mk_zone *calendar; /* of settlement.zone */
} mk_policy;
extern const mk_record mk_policy_record;

/* Parses and checks a policy as a whole; all errors are in `yaml`. The result lives in yaml->arena.
 */
int mk_policy_compile(const char *text, size_t size, mk_yaml *yaml, const mk_policy **out,
                      market_error *err);
bool mk_policy_has_currency(const mk_policy *policy, const char *currency);
mk_rounding mk_policy_rounding(const mk_policy *policy);

/* The built-in policy: examples/policy.yaml. */
extern const char mk_policy_default[];
extern const size_t mk_policy_default_size;

#endif
