/* What the files of `market replay` share. docs/guides/replay.md states the rules. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "cli/cli.h"
#include "cli/pool.h"
#include "cli/totals.h"

#define REPLAY_CURRENCY "BRL"
#define REPLAY_NONE ((size_t)-1)
#define REPLAY_SECOND INT64_C(1000)
#define REPLAY_MINUTE (60 * REPLAY_SECOND)
#define REPLAY_HOUR (60 * REPLAY_MINUTE)
#define REPLAY_DAY (24 * REPLAY_HOUR)

/* ---- what the files say ---- */

typedef struct replay_seller {
	const char *id;
	const char *city; /* NULL: not in sellers.csv */
	const char *state;
	market_time first; /* its first order */
} replay_seller;

typedef struct replay_product {
	const char *id;
	const char *category; /* a category's code; NULL: unknown */
	market_time first;
} replay_product;

/* One product at one price of one seller. */
typedef struct replay_sku {
	size_t offer;
	int64_t price;    /* in cents */
	int64_t quantity; /* ever bought */
	const char *ref;
	size_t next; /* the offer's next */
} replay_sku;

typedef struct replay_offer {
	size_t seller;
	size_t product;
	size_t first_sku;
	market_time first;
} replay_offer;

/* A SKU in an order. */
typedef struct replay_item {
	size_t sku;
	int64_t quantity;
	size_t next; /* the order's next */
} replay_item;

/* A seller's part of an order. */
typedef struct replay_part {
	size_t order;
	size_t seller;
	int64_t freight;
	size_t next;
	char id[MARKET_ID_TEXT_SIZE]; /* of the order in the store, once known */
} replay_part;

typedef enum replay_fate {
	REPLAY_DELIVERED,
	REPLAY_SHIPPED,   /* no delivery is known */
	REPLAY_UNSHIPPED, /* paid, never handed over */
	REPLAY_CANCELLED  /* paid, then refunded */
} replay_fate;

typedef struct replay_order {
	const char *id;
	const char *customer; /* NULL: not in orders.csv */
	const char *method;   /* NULL: not in order_payments.csv */
	int64_t instalments;
	int64_t paid; /* in cents, what order_payments.csv says */
	replay_fate fate;
	market_time limit;     /* the earliest shipping limit */
	market_time purchased; /* 0 below: unknown, then: doesn't happen */
	market_time approved;
	market_time carried;
	market_time delivered;
	market_time cancelled;
	market_time confirmed;
	market_time rated;
	int64_t score; /* 0: no review */
	const char *comment;
	size_t first_item;
	size_t last_item;
	size_t first_part;
	int64_t gross;
	int64_t freight;
	char payment[MARKET_ID_TEXT_SIZE];
} replay_order;

/* An event may be several operations: a seller's are those of its onboarding. */
typedef enum replay_kind {
	REPLAY_PLAN, /* the first: the category of unknown products, with the plan's digest */
	REPLAY_CATEGORY,
	REPLAY_SELLER,
	REPLAY_PRODUCT,
	REPLAY_OFFER,
	REPLAY_PLACE,
	REPLAY_PAY,
	REPLAY_CANCEL,
	REPLAY_SHIP,
	REPLAY_DELIVER,
	REPLAY_CONFIRM,
	REPLAY_RATE,
	REPLAY_CHECKPOINT
} replay_kind;

typedef struct replay_event {
	market_time at;
	size_t seq; /* decides between events of one time */
	replay_kind kind;
	size_t subject; /* number of the seller, SKU, order, part, … */
} replay_event;

typedef struct replay {
	const char *folder;
	size_t limit; /* of orders; 0: none */
	bool json;
	bool progress;
	pool pool;
	text_index order_ids, seller_ids, product_ids, sku_ids, offer_ids, categories, item_ids,
		translated;
	const char **translations; /* of `translated` */
	size_t n_translations, room_translations;
	replay_order *orders;
	replay_seller *sellers;
	replay_product *products;
	replay_sku *skus;
	replay_offer *offers;
	replay_item *items;
	replay_part *parts;
	replay_event *events;
	size_t n_orders, n_sellers, n_products, n_skus, n_offers, n_items, n_parts, n_events;
	size_t room_orders, room_sellers, room_products, room_skus, room_offers, room_items, room_parts,
		room_events;
	char digest[17]; /* of all events */
	/* what is said at the end */
	size_t foreign_rows;    /* of other files, for orders without items */
	size_t shifted;         /* impossible orders of known times */
	size_t unknown_orders;  /* times made */
	size_t unknown_sellers; /* not in sellers.csv */
	size_t unknown_products;
	size_t ignored_dates;   /* orders that their status says weren't shipped or delivered, with such
	                           dates */
	size_t ignored_reviews; /* of orders that weren't delivered */
	size_t moved_reviews;   /* written before the delivery */
	size_t with_payments;
	size_t differences; /* payments other than price + freight */
	char error[400];
} replay;

/* replay_time.c: "2017-09-19 09:45:35" or "9/19/2017 9:45", read as UTC. */
bool replay_time(const char *text, market_time *out);

/* replay_read.c: the folder's files; false with `error` set. */
bool replay_read(replay *r);

/* replay_plan.c: the times of everything, and the events in their order. */
void replay_plan(replay *r);
/* When the clock stops: then nothing of these orders is open any more, or it stays open. */
market_time replay_end(const replay *r);

/* replay_event.c: one event through the public operations. A refusal is no error but `*refused`. */
int replay_do(replay *r, cli_market *open, const replay_event *event, bool *refused,
              market_error *err);

/* replay_run.c */
#define REPLAY_CHECKPOINTS 8
typedef struct replay_run {
	const char
		*anchors; /* the folder of exported checkpoints; NULL: none, they are only remembered */
	char *texts[REPLAY_CHECKPOINTS];
	size_t done;    /* events of this run */
	size_t refused; /* of them, by the market's rules */
	size_t placed;  /* orders of this run */
	double seconds;
} replay_run;
/* Runs what isn't done yet. */
int replay_run_events(replay *r, cli_market *open, replay_run *run, market_error *err);
/* Reads exported checkpoints of earlier runs. */
void replay_read_anchors(replay_run *run);
void replay_run_free(replay_run *run);

#endif
