/*
 * Checks of listings: what a product or an offer says, asks and shows against the rules of the
 * policy (CAT-4).
 *
 * Since 0.1.
 */
#ifndef MARKET_LISTING_H
#define MARKET_LISTING_H

#include <market/error.h>
#include <market/policy.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* How grave a finding is. */
typedef enum market_severity {
	MARKET_SEVERITY_NOTE = 1, /* it is recorded */
	MARKET_SEVERITY_REVIEW,   /* an operator looks at it first */
	MARKET_SEVERITY_BLOCK     /* the listing is refused */
} market_severity;

/* The order in which listings are checked. */
typedef enum market_listing_stage {
	MARKET_STAGE_STRUCTURE = 1,
	MARKET_STAGE_TEXT,
	MARKET_STAGE_LICENCE,
	MARKET_STAGE_PRICE,
	MARKET_STAGE_HOOK
} market_listing_stage;

/* One thing that a rule found. */
typedef struct market_listing_finding {
	const char *field;  /* "title", "attributes.colour", "skus[1].price" */
	int64_t offset;     /* bytes of the field's text before what was found */
	int64_t length;     /* bytes found, separators between them included; 0: the field as a whole */
	int64_t characters; /* those before what was found */
	const char *pack;   /* the rule's pack; of a hook its name */
	const char *rule;
	int32_t stage;       /* a market_listing_stage */
	int32_t severity;    /* a market_severity */
	const char *found;   /* the text found, as it was written */
	const char *message; /* what the rule says of it */
} market_listing_finding;

/* All findings, in the order of the stages, then of the texts. */
typedef struct market_listing_report {
	int32_t severity; /* the gravest, a market_severity; 0: nothing was found */
	bool cut;         /* there were more findings than are listed */
	const market_listing_finding *const *findings;
	size_t n_findings;
} market_listing_report;

/* One text of listing.check. A field is `title`, `description`, `brand`, `attributes.<name>` or any
 * other name that rules may have. */
typedef struct market_listing_text {
	uint32_t size;
	const char *field;
	const char *text;
} market_listing_text;
#define MARKET_LISTING_TEXT_INIT MARKET_INIT(market_listing_text)

/* One SKU's prices of listing.check. */
typedef struct market_listing_price {
	uint32_t size;
	market_money price;
	market_money list_price;
} market_listing_price;
#define MARKET_LISTING_PRICE_INIT MARKET_INIT(market_listing_price)

/* A product, an offer, or texts and prices that aren't stored, or several of these: what is given
 * takes the place of what is stored. `seller` tells whose licences count; a product's or offer's
 * own unless given. `locale` of the messages may be absent. */
typedef struct market_listing_check_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id product;
	market_id offer;
	market_id category;
	const char *locale;
	const market_listing_text *const *texts;
	size_t n_texts;
	const char *const *images;
	size_t n_images;
	const market_listing_price *const *prices;
	size_t n_prices;
} market_listing_check_params;
#define MARKET_LISTING_CHECK_PARAMS_INIT MARKET_INIT(market_listing_check_params)

/* Checks and changes nothing. A seller's own licences are looked at, and a product that isn't
 * published or an offer is seen, by those alone who may see it. By members of `seller` with view
 * and operators with catalog. Errors: ENOTFOUND (offer, product, category). Since 0.1. */
MARKET_API int market_listing_check(struct market_session *session,
                                    const market_listing_check_params *in,
                                    market_listing_report **out, market_error *err);
MARKET_API void market_listing_report_free(market_listing_report *report);

/* Checks the text of a pack of rules, without a store: its form, terms and patterns, and that each
 * rule finds something in its examples of `match` and nothing in those of `pass`. Returns 0 or
 * EPOLICY (or ENOMEM); up to `max_errors` errors are written to `errors`, in order of line, and
 * their count to `n_errors`. Since 0.1. */
MARKET_API int market_rules_check(const char *text, size_t size, market_policy_error *errors,
                                  size_t max_errors, size_t *n_errors, market_error *err);

/* ---- reviews: what findings leave behind ---- */

typedef enum market_listing_review_state {
	MARKET_REVIEW_NOTED = 1, /* nothing but notes were found */
	MARKET_REVIEW_OPEN,      /* the product or offer waits for an operator */
	MARKET_REVIEW_CLEARED,
	MARKET_REVIEW_REFUSED
} market_listing_review_state;

/* What was found when a product was proposed or changed, or an offer put on sale or repriced. The
 * same content with the same findings has one review. */
typedef struct market_listing_review {
	market_id id;
	market_id seller;  /* whose listing it is; absent: the platform's */
	market_id product; /* one of the two */
	market_id offer;
	int32_t state;
	int32_t severity;   /* the gravest, a market_severity */
	const char *reason; /* of who decided */
	market_time created_at;
	market_time decided_at;
	int64_t version;
	bool cut; /* there were more findings than are listed */
	const market_listing_finding *const *findings;
	size_t n_findings;
} market_listing_review;
MARKET_API void market_listing_review_free(market_listing_review *review);

typedef struct market_listing_review_get_params {
	uint32_t size;
	const char *key;
	market_id review;
} market_listing_review_get_params;
#define MARKET_LISTING_REVIEW_GET_PARAMS_INIT MARKET_INIT(market_listing_review_get_params)

/* One review with all its findings. By members of its seller with view and operators with catalog.
 * Since 0.1. */
MARKET_API int market_listing_review_get(struct market_session *session,
                                         const market_listing_review_get_params *in,
                                         market_listing_review **out, market_error *err);

/* `state`: open unless stated. */
typedef struct market_listing_review_list_params {
	uint32_t size;
	const char *key;
	int32_t state;
	const char *after;
	const int64_t *limit;
} market_listing_review_list_params;
#define MARKET_LISTING_REVIEW_LIST_PARAMS_INIT MARKET_INIT(market_listing_review_list_params)

typedef struct market_listing_review_page {
	const market_listing_review *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_listing_review_page;

/* Reviews of one state, oldest first, with their findings. By operators with catalog.
 * Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_listing_review_list(struct market_session *session,
                                          const market_listing_review_list_params *in,
                                          market_listing_review_page **out, market_error *err);
MARKET_API void market_listing_review_page_free(market_listing_review_page *page);

/* `reason` may be absent. */
typedef struct market_listing_review_clear_params {
	uint32_t size;
	const char *key;
	market_id review;
	const char *reason;
} market_listing_review_clear_params;
#define MARKET_LISTING_REVIEW_CLEAR_PARAMS_INIT MARKET_INIT(market_listing_review_clear_params)

/* open → cleared: an offer that waited goes on sale, unless it was changed since or something else
 * keeps it off sale; a product may be published. The same content with the same findings doesn't
 * wait again. By operators with catalog. Errors: ESTATE (of the review). Since 0.1. */
MARKET_API int market_listing_review_clear(struct market_session *session,
                                           const market_listing_review_clear_params *in,
                                           market_listing_review **out, market_error *err);

typedef struct market_listing_review_refuse_params {
	uint32_t size;
	const char *key;
	market_id review;
	const char *reason;
} market_listing_review_refuse_params;
#define MARKET_LISTING_REVIEW_REFUSE_PARAMS_INIT MARKET_INIT(market_listing_review_refuse_params)

/* open → refused: the same content with the same findings is refused from then on. By operators
 * with catalog. Errors: ESTATE. Since 0.1. */
MARKET_API int market_listing_review_refuse(struct market_session *session,
                                            const market_listing_review_refuse_params *in,
                                            market_listing_review **out, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
