/* A store of the library with 1,000 sellers and 100,000 buyers, and orders in it. */
#ifndef TESTS_BENCH_SHOP_H
#define TESTS_BENCH_SHOP_H

#include "tests/bench/bench.h"

#include "libmarket/engine/market.h"

#define BENCH_SELLERS 1000
#define BENCH_BUYERS 100000

/* One seller with two SKUs in stock. */
typedef struct bench_seller {
	market_id seller, owner;
	market_id skus[2];
} bench_seller;

/* The operations of a lifecycle, in order; `bench_operation` is the one that runs. */
typedef enum bench_step {
	BENCH_PLACE,
	BENCH_PAY,
	BENCH_SHIP,
	BENCH_CONFIRM,
	BENCH_RELEASE,
	BENCH_STEPS
} bench_step;
extern const char *const bench_step_names[BENCH_STEPS];

typedef struct bench_shop {
	market *market;
	mk_store *store;
	market_session *buyer, *member, *staff, *anybody;
	const bench_seller *sellers;
	int n_sellers; /* the first of them have orders */
	bench_random random;
	int64_t serial; /* of keys and client ids */
	bench_step step;
	int64_t begun; /* the operation that runs */
	int64_t step_wall[BENCH_STEPS];
	char *anchor; /* of the checkpoint made at bench_shop_anchor */
} bench_shop;

/* Makes a store by operations, all but the buyers, who are rows put in at once: they only make
 * their table large. `path` is ":memory:" or a file, then `keys` is its key file. */
void bench_shop_make(bench_shop *shop, const char *path, const char *keys, bench_seller *sellers);
/* The same as file `name` in the run's folder; its path goes to `path`. */
void bench_shop_make_in_folder(bench_shop *shop, const char *name, char path[1100],
                               bench_seller *sellers);
/* The same with so many sellers. A path that is a PostgreSQL URL is a store there. */
void bench_shop_make_some(bench_shop *shop, const char *path, const char *keys,
                          bench_seller *sellers, int n_sellers);
/* What the markets take for the time: the clock from the one given on; 0: the clock itself. */
void bench_shop_set_clock(market_time time);
market_time bench_shop_clock(void *unused);
/* Opens a copy of a store made before. */
void bench_shop_open(bench_shop *shop, const char *path, const char *keys,
                     const bench_seller *sellers);
/* The same with so many connections. */
void bench_shop_open_wide(bench_shop *shop, const char *path, const char *keys,
                          const bench_seller *sellers, int32_t connections);
/* Sessions of their own on the same market; `number`, from 1, keeps their keys apart. They are
 * closed before it by bench_shop_leave. */
void bench_shop_join(bench_shop *shop, const bench_shop *other, int number);
void bench_shop_leave(bench_shop *shop);
void bench_shop_close(bench_shop *shop);
/* Runs SQL on the library's own connection. */
void bench_shop_sql(bench_shop *shop, const char *sql);
const char *bench_shop_pragmas(bench_shop *shop); /* as JSON; lives as long as the shop */

/* A checkpoint whose anchor is kept, and the proof with it at the end: dies unless all is well. */
void bench_shop_anchor(bench_shop *shop);
void bench_shop_verify(bench_shop *shop);

/* One order on its way: what its operations take. It stays where it is. */
typedef struct bench_deal {
	const bench_seller *seller;
	market_id buyer, order, payment;
	int64_t total, serial;
	market_place_item items[2];
	const market_place_item *list[2];
	union {
		market_order_place_params place;
		market_payment_notify_params pay;
		market_order_ship_params ship;
		market_order_confirm_params confirm;
		market_escrow_release_params release;
	} in;
	char key[40], body[600];
	char *signature;
} bench_deal;

void bench_deal_choose(bench_shop *shop, bench_deal *deal);
/* Takes what place gave, and frees it. */
void bench_deal_placed(bench_deal *deal, market_order_group *group);
void bench_deal_end(bench_deal *deal);
/* The params of one step, which are those of `in`, and who does it. */
const void *bench_deal_params(bench_shop *shop, bench_deal *deal, bench_step step);
market_actor bench_deal_actor(const bench_deal *deal, bench_step step);

/* Sides' `run`: whole lifecycles through the typed functions. What the caller needs beside them
 * (keys, the provider's signature) isn't timed. */
void bench_shop_run(void *shop, int64_t count, bench_side *side);
/* Places one order with two lines of a random seller for a random buyer. */
market_order_group *bench_shop_place(bench_shop *shop, bench_side *side);

#endif
