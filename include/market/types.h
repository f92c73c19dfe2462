/*
 * Money, identifiers, time and the other values that every other header uses.
 *
 * Since 0.1.
 */
#ifndef MARKET_TYPES_H
#define MARKET_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)
#define MARKET_API __attribute__((visibility("default")))
#else
#define MARKET_API
#endif

/* The value of a struct whose every member but `size` is absent, behind the macros that end with
 * _INIT. C++ knows no designated initialisers before 2020. */
#ifdef __cplusplus
#define MARKET_INIT(type) \
	([] { \
		type market_fresh = {}; \
		market_fresh.size = sizeof(type); \
		return market_fresh; \
	}())
#else
#define MARKET_INIT(type) \
	{ \
		.size = sizeof(type) \
	}
#endif

/* An amount in the minor units of an ISO 4217 currency (cents of BRL, whole yen of JPY).
 * `currency` is the three upper-case letters and a NUL. An absent amount has an empty currency. */
typedef struct market_money {
	int64_t amount;
	char currency[4];
} market_money;

/* Identifies a record. `book` is the id of the buyer or seller that owns the record, or 0 for the
 * platform. `id` is always positive; an absent id is all zero. */
typedef struct market_id {
	int64_t book;
	int64_t id;
} market_id;

/* Milliseconds since 1970-01-01T00:00:00Z. Zero means absent. */
typedef int64_t market_time;

/* Parts per million: 50000 is 5 %. */
typedef int64_t market_rate;

/* Bytes that may contain anything. */
typedef struct market_blob {
	const void *data;
	size_t size;
} market_blob;

/* One entry of a record's `metadata`: text chosen by the caller, returned as it was given. */
typedef struct market_pair {
	const char *name;
	const char *value;
} market_pair;

/* What a record's identifier is of. The text form of an identifier begins with its prefix. */
#define MARKET_ID_KIND_LIST(X) \
	X(NONE, "", "none") \
	X(BUYER, "buy", "buyer") \
	X(SELLER, "sel", "seller") \
	X(MEMBER, "mem", "member") \
	X(ADDRESS, "adr", "address") \
	X(SUBMISSION, "sub", "submission") \
	X(PAYOUT_ACCOUNT, "pac", "payout_account") \
	X(CATEGORY, "cat", "category") \
	X(PRODUCT, "prd", "product") \
	X(OFFER, "off", "offer") \
	X(SKU, "sku", "sku") \
	X(WAREHOUSE, "whs", "warehouse") \
	X(STOCK, "stk", "stock") \
	X(GROUP, "grp", "order_group") \
	X(ORDER, "ord", "order") \
	X(LINE, "lin", "order_line") \
	X(PAYMENT, "pay", "payment") \
	X(SHARE, "shr", "share") \
	X(REQUEST, "prq", "provider_request") \
	X(NOTIFICATION, "ntf", "notification") \
	X(SHIPMENT, "shp", "shipment") \
	X(REFUND, "rfd", "refund") \
	X(LOT, "lot", "lot") \
	X(PAYOUT, "pot", "payout") \
	X(STATEMENT, "stm", "statement") \
	X(RATING, "rat", "rating") \
	X(ACCOUNT, "acc", "account") \
	X(TRANSFER, "trf", "transfer") \
	X(LEG, "leg", "leg") \
	X(CHECKPOINT, "chk", "checkpoint") \
	X(JOURNAL, "jrn", "journal") \
	X(POLICY, "pol", "policy") \
	X(LEDGER_REQUEST, "lrq", "ledger_request") \
	X(ATTRIBUTE, "atr", "attribute") \
	X(FRONT, "fct", "front") \
	X(CHANGE, "chg", "change") \
	X(STOCKTAKE, "stt", "stocktake") \
	X(STOCKTAKE_LINE, "stl", "stocktake_line") \
	X(LISTING_REVIEW, "lrv", "listing_review") \
	X(BRAND, "brd", "brand") \
	X(AUTHORISATION, "aut", "authorisation") \
	X(PRICE_RULE, "prr", "price_rule") \
	X(IDENTITY, "idc", "identity") \
	X(AGENCY, "agy", "agency") \
	X(DELEGATION, "dlg", "delegation") \
	X(VIOLATION, "vio", "violation") \
	X(DEPOSIT, "dep", "deposit") \
	X(DEPOSIT_MOVEMENT, "dpm", "deposit_movement") \
	X(SERVICE_FEE, "sfe", "service_fee") \
	X(SUBSCRIPTION, "sbs", "subscription")

typedef enum market_id_kind {
#define X(name, prefix, word) MARKET_ID_##name,
	MARKET_ID_KIND_LIST(X)
#undef X
} market_id_kind;

/* The longest text of an identifier, its NUL included: prefix, `_`, and base32 of both numbers. */
#define MARKET_ID_TEXT_SIZE 36

/* Writes the text of `id` (`ord_…`) to `text`. An absent id gives an empty text. */
MARKET_API void market_id_format(market_id_kind kind, market_id id, char text[MARKET_ID_TEXT_SIZE]);

/* Reads the text of an identifier of the given kind. Returns false and leaves `out` as it was when
 * `text` isn't one. */
MARKET_API bool market_id_parse(market_id_kind kind, const char *text, market_id *out);

/* Writes a time as ISO 8601 ("2026-01-31T12:00:00.000Z") or reads one: a date alone, or a date and
 * time with Z or an offset, or milliseconds as a whole number. Reading returns false and leaves
 * `out` as it was when the text isn't a time. Since 0.1. */
#define MARKET_TIME_TEXT_SIZE 32
MARKET_API void market_time_format(market_time time, char text[MARKET_TIME_TEXT_SIZE]);
MARKET_API bool market_time_parse(const char *text, market_time *out);

/* Writes an amount as decimal text ("-12.34") or reads one with at most the currency's digits.
 * Since 0.1. */
#define MARKET_MONEY_TEXT_SIZE 32
MARKET_API void market_money_format(market_money money, char text[MARKET_MONEY_TEXT_SIZE]);
MARKET_API bool market_money_parse(const char *amount, const char *currency, market_money *out);

/* Memory comes from these functions; they follow malloc, realloc and free, and may be called from
 * any thread. The struct is copied at open. */
typedef struct market_allocator {
	void *(*allocate)(size_t size, void *user_data);
	void *(*reallocate)(void *block, size_t size, void *user_data);
	void (*release)(void *block, void *user_data);
	void *user_data;
} market_allocator;

#ifdef __cplusplus
}
#endif
#endif
