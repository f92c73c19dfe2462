/*
 * market-sim: one sequence of random numbers drives a market, and a naive model of it beside. The
 * model is plain arrays and loops, written from the rules; it calls nothing of the library's. An
 * amount is a whole number of minor units, and all of it is in one currency.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <market.h>
#include <market/plugin.h>

#include "libmarket/engine/market.h"
#include "libmarket/op/op.h"
#include "tests/sim/brands.h"
#include "tests/sim/deposit.h"
#include "tests/sim/front.h"
#include "tests/sim/identity.h"
#include "tests/sim/listing.h"
#include "tests/sim/members.h"
#include "tests/sim/onboarding.h"
#include "tests/sim/service_fee.h"
#include "tests/sim/setup.h"
#include "tests/sim/standing.h"

#define SIM_CURRENCY "BRL"
#define SIM_START INT64_C(1767571200000) /* 2026-01-05, a Monday */
#define SIM_MINUTE INT64_C(60000)
#define SIM_HOUR (60 * SIM_MINUTE)
#define SIM_DAY (24 * SIM_HOUR)
#define SIM_NONE SIZE_MAX

enum { SIM_OPERATIONS = 512, SIM_LINES = 6, SIM_KINDS = 3, SIM_SHARES = 4, SIM_DIMENSIONS = 2 };

/* ---- the policy: made from the seed, given to the library as text ---- */

enum { SIM_PROPORTIONAL, SIM_FULL_ONLY, SIM_NEVER };
enum { SIM_PER_LINE, SIM_PER_UNIT, SIM_PER_ORDER };

typedef struct sim_fee_kind {
	int reversal, per;
	bool on_freight, included;
	int64_t rate, flat, floor, cap, tax; /* rates in ppm */
	int64_t special_rate;                /* of the category "special"; 0: no such rule */
} sim_fee_kind;

typedef struct sim_policy {
	size_t n_kinds;
	sim_fee_kind kinds[SIM_KINDS];
	bool half_even, carrier_reports, manual, by_warehouse;
	int64_t affiliate; /* ppm */
	int64_t reserve, reserve_period;
	int64_t maturity, period_days; /* 1, 7 or 14; 0: months */
	int64_t minimum, advance_limit;
	int64_t rated_per_month, credit_per_month;
} sim_policy;

/* ---- the model's records ---- */

typedef struct sim_account {
	int64_t book;
	char name[64];
	int64_t debit, credit;
	int64_t held_debit, held_credit;
} sim_account;

typedef struct sim_seller {
	market_id id, owner, warehouse[2];
	size_t n_warehouses;
	int32_t state;
	market_time answer_by, ready_at;
	market_time holiday_from, holiday_to;
	bool account, verified;
	market_time review_since, claimed_until, gate_closed_at;
	bool claimed_by_other; /* than the run's operator */
	market_time closing_at;
	sim_deposit deposit;
	int64_t exposure;
	bool period_open;
	market_time period_due;
	market_time owes_since; /* the receivable, without a break */
	bool by_points;         /* suspended by them */
	sim_limit limits[SIM_LIMITS];
} sim_seller;
#define SIM_GONE(sel) \
	((sel)->state == MARKET_SELLER_REJECTED || (sel)->state == MARKET_SELLER_TERMINATED)

typedef struct sim_product {
	market_id id;
	size_t seller; /* SIM_NONE: the platform's */
	int32_t state;
	bool special;
	bool branded;    /* of the first brand */
	int64_t changes; /* CAT-3: how often it has changed since it was published */
} sim_product;

typedef struct sim_offer {
	market_id id;
	size_t seller, product;
	int32_t state;
	bool activated; /* once */
	sim_review review;
} sim_offer;

typedef struct sim_sku {
	market_id id;
	size_t offer;
	int64_t price;
} sim_sku;

typedef struct sim_stock {
	market_id id, warehouse;
	size_t sku;
	int64_t on_hand, reserved, sold, low_at;
	bool dirty;
} sim_stock;

/* A fee or a split of a line or of the freight: what is frozen, and what was given back. */
typedef struct sim_part {
	int64_t frozen, back;
	int reversal;
} sim_part;

typedef struct sim_line {
	market_id id;
	size_t sku, stock, product;
	int64_t quantity, price, seller_discount, promo, cash;
	int64_t shipped, received, refunded, refunded_cash, refunded_promo;
	char funder[16];
	bool affiliate;
	size_t n_parts; /* fee, tax, fee, tax, …, split */
	sim_part parts[2 * SIM_KINDS + 1];
} sim_line;

typedef struct sim_parcel {
	int64_t quantity[SIM_LINES];
	market_time shipped_at, delivered_at;
} sim_parcel;

typedef struct sim_order {
	market_id id;
	size_t group, buyer, seller;
	int32_t state, close_reason, escrow;
	size_t n_lines;
	sim_line lines[SIM_LINES];
	size_t n_freight_parts;
	sim_part freight_parts[2 * SIM_KINDS];
	int64_t items, freight, seller_discount, promo, cash;
	int64_t funded, released, refunded_cash, refunded_promo, in_flight, freight_refunded;
	int64_t freezes;
	market_time created_at, paid_at, shipped_at, delivered_at, finished_at, closed_at;
	market_time pay_by, ship_by, cancel_at, confirm_at, release_at, mature_at;
	market_time preparing_at, cancel_asked_at;
	market_time ship_left, cancel_left, confirm_left, release_left;
	int64_t extensions;
	bool carrier_extended, whole, partly;
	size_t n_parcels;
	sim_parcel parcels[8];
	bool dirty;
} sim_order;

typedef struct sim_share {
	market_id id;
	size_t order;
	int64_t amount, captured, refunded, in_flight, payable, returned, fee, settled;
} sim_share;

typedef struct sim_payment {
	market_id id; /* absent until the library was asked for it */
	size_t group;
	int32_t state;
	int64_t amount, attempt, fee;
	char method[16];
	bool has_reference;
	size_t request; /* of the last charge or capture */
	market_time expires, settled_at, return_at, captured_at;
	int64_t suspense; /* PAY-2: another amount than was asked */
	size_t n_shares;
	sim_share shares[SIM_SHARES];
	bool dirty;
} sim_payment;

typedef struct sim_group {
	market_id id;
	size_t buyer, payment;
	size_t n_orders, orders[SIM_SHARES];
	int64_t total;
} sim_group;

typedef struct sim_refund_item {
	size_t line; /* SIM_NONE: the freight */
	int64_t quantity, cash, promo;
} sim_refund_item;

typedef struct sim_refund {
	market_id id;
	size_t order, payment, share;
	int32_t state;
	int64_t cash, promo, freight, exposed;
	bool automatic, released;
	market_time due_at, created_at;
	size_t n_items;
	sim_refund_item items[SIM_LINES + 1];
	int64_t from_pending, from_reserved, from_available, from_receivable;
	bool dirty;
} sim_refund;

typedef struct sim_lot {
	size_t seller, order, refund, payout;
	int32_t kind;
	int64_t amount, remaining;
	market_time matures_at, matured_at;
} sim_lot;

typedef struct sim_payout {
	market_id id;
	size_t seller;
	int32_t state;
	int64_t amount, receivable, lines, attempt;
	bool dirty;
} sim_payout;

enum { SIM_OF_PAYMENT = 1, SIM_OF_REFUND, SIM_OF_SHARE, SIM_OF_PAYOUT };

typedef struct sim_request {
	int32_t kind; /* a market_request_kind */
	int object;   /* SIM_OF_… */
	size_t index; /* of the payment, refund or payout */
	size_t share; /* SIM_OF_SHARE */
	int64_t book, attempt, amount, queries;
	int32_t state, before, answer;
	market_time next_at;
	bool sent;
	char key[MARKET_PROVIDER_TEXT_SIZE];
	char reference[MARKET_PROVIDER_TEXT_SIZE];
} sim_request;

/* The second half of a move between books, which market_work posts. */
typedef struct sim_move {
	market_time due_at;
	size_t seller;
	int64_t amount; /* that the bank gets; by hand: the seller's deferred fee */
	bool done, by_hand;
	market_id id; /* by hand: of the first half */
} sim_move_row;

/* What an operator posted in the platform's book; accounts by their number in act_ledger.c. */
typedef struct sim_by_hand {
	market_id id;
	int64_t client, amount;
	int32_t kind, ended; /* market_transfer_kind; ended 0: not */
	int debit, credit;
	market_time due_at; /* a hold's expiry, until it ends */
	bool adjustment;
} sim_by_hand;

/* One that waits for a second person. */
typedef struct sim_second {
	market_id id;
	sim_by_hand posting;
	int32_t state;
	market_time expires_at;
} sim_second;

typedef struct sim_rating {
	market_id id;
	size_t order, line, buyer, seller, product;
	int32_t state;
	int64_t scores[SIM_DIMENSIONS];
	bool counted;
	int64_t credit, month;
	market_time created_at, published_at, bought_at, ended_at;
} sim_rating;

/* What a transfer did to a seller's net position. */
typedef struct sim_entry {
	int64_t book;
	market_time at;
	int64_t change[6];
} sim_entry;

/* What the provider was asked and said, in order. */
typedef struct sim_sent {
	bool query;
	int32_t kind, result;
	char key[MARKET_PROVIDER_TEXT_SIZE];
	char object[MARKET_ID_TEXT_SIZE];
	int64_t amount, moved; /* what it says it has moved */
	market_time now, expires;
} sim_sent;

/* What it remembers of a request. */
typedef struct sim_known {
	char key[MARKET_PROVIDER_TEXT_SIZE];
	int32_t result;
} sim_known;

#define SIM_LIST(T) \
	struct { \
		T *at; \
		size_t n, room; \
	}
/* Adds a zeroed one and gives its index. */
#define SIM_ADD(list) (sim_grow(&(list), sizeof(*(list).at)))
/* The same, and gives the one itself. */
#define SIM_NEW(list) (sim_grow(&(list), sizeof(*(list).at)), &(list).at[(list).n - 1])
size_t sim_grow(void *list, size_t size);

typedef struct sim_count {
	int64_t ok, refused;
} sim_count;

typedef struct sim {
	uint64_t seed, random, provider_random, fault_random;
	int64_t step, steps;
	bool trace, faults;
	sim_policy policy;
	char policy_text[8192];
	market_time now;
	market *market;
	market_session *session;
	char url[1200];
	/* faults */
	int64_t allocations_left; /* −1: none fails */
	int conflicts_left;
	int64_t no_memory, conflicts, reopened;
	/* the trace */
	uint64_t digest;
	char shown[8192]; /* the last operation with its params */
	char problem[2048];
	bool failed;
	market_error err;
	uint64_t next_key;
	int warnings;
	SIM_LIST(sim_account) accounts;
	SIM_LIST(market_id) buyers;
	sim_limit buyer_limits[SIM_LIMITED_BUYERS][SIM_LIMITS];
	SIM_LIST(sim_seller) sellers;
	SIM_LIST(sim_violation) violations;
	SIM_LIST(sim_member) members;
	market_id agencies[SIM_AGENCIES];
	sim_graph graph;
	SIM_LIST(sim_agent) agents;
	SIM_LIST(sim_delegation) delegations;
	SIM_LIST(sim_submission) submissions;
	SIM_LIST(sim_service_fee) service_fees;
	SIM_LIST(sim_subscription) subscriptions;
	SIM_LIST(sim_product) products;
	SIM_LIST(sim_change) changes;
	SIM_LIST(sim_authorisation) authorisations;
	SIM_LIST(sim_identity) identities;
	market_id brands[SIM_BRANDS];
	SIM_LIST(sim_offer) offers;
	SIM_LIST(sim_sku) skus;
	SIM_LIST(sim_stock) stocks;
	SIM_LIST(sim_order) orders;
	SIM_LIST(sim_group) groups;
	SIM_LIST(sim_payment) payments;
	SIM_LIST(sim_refund) refunds;
	SIM_LIST(sim_lot) lots;
	SIM_LIST(sim_payout) payouts;
	SIM_LIST(sim_request) requests;
	SIM_LIST(sim_move_row) moves;
	SIM_LIST(sim_rating) ratings;
	SIM_LIST(sim_by_hand) by_hand;
	SIM_LIST(sim_second) second;
	SIM_LIST(sim_entry) entries;
	SIM_LIST(sim_sent) sent;
	SIM_LIST(sim_known) known;
	size_t taken; /* of `sent` by the model */
	market_id category[2];
	int64_t checks;
	sim_count counts[SIM_OPERATIONS]; /* by the index of the operation's row */
	sim_count reads;
	int64_t finished, paid_out, refunded, timed, provider_calls;
} sim;

/* ---- random numbers (random.c) ---- */

uint64_t sim_next(uint64_t *state);
/* 0 ≤ x < bound */
int64_t sim_below(sim *s, int64_t bound);
bool sim_chance(sim *s, int percent);
void sim_make_policy(sim *s);

/* ---- the market, its calls and faults (world.c) ---- */

bool sim_open(sim *s, const char *url);
void sim_close(sim *s);
void sim_reopen(sim *s);
void sim_as(sim *s, int32_t kind, market_id id);
void sim_as_operator(sim *s);
void sim_as_system(sim *s);
/* Runs an operation and checks its code against what the model says. True when both are 0; then
 * `*out` is its result, which is freed with sim_free. */
bool sim_run(sim *s, const char *name, void *params, void **out, int expected);
/* A read that must succeed. NULL after a failure. */
void *sim_read(sim *s, const char *name, const void *params);
void sim_free(void *out);
void sim_key(sim *s, const char **key);

/* ---- comparing (check.c) ---- */

__attribute__((format(printf, 2, 3))) void sim_fail(sim *s, const char *format, ...);
void sim_same(sim *s, const char *what, int64_t expected, int64_t got);
void sim_same_money(sim *s, const char *what, int64_t expected, market_money got);
void sim_same_id(sim *s, const char *what, market_id expected, market_id got);
void sim_same_order(sim *s, size_t order, const market_order *got);
void sim_same_payment(sim *s, size_t payment, const market_payment *got);
void sim_same_refund(sim *s, size_t refund, const market_refund *got);
void sim_same_payout(sim *s, size_t payout, const market_payout *got);
void sim_same_stock(sim *s, size_t stock, const market_stock *got);
void sim_check_touched(sim *s);
void sim_check_all(sim *s);
void sim_check_reads(sim *s);

market_money sim_money(int64_t amount);
int64_t sim_round(int64_t amount, int64_t numerator, int64_t denominator, bool half_even);
void sim_divide(int64_t total, const int64_t *weights, size_t count, int64_t *parts);

/* ---- the model's ledger (ledger.c) ---- */

typedef struct sim_transfer {
	int64_t book;
	market_time at;
	size_t n;
	struct {
		char name[64];
		int64_t debit; /* negative: a credit */
	} legs[40];
} sim_transfer;
sim_transfer sim_begin(int64_t book, market_time at);
void sim_debit(sim_transfer *t, const char *stem, const char *suffix, int64_t amount);
void sim_credit(sim_transfer *t, const char *stem, const char *suffix, int64_t amount);
void sim_post(sim *s, sim_transfer *t);
/* Debits less credits. */
int64_t sim_account_sum(const sim *s, int64_t book, const char *name);
/* Of a liability: credits less debits. */
int64_t sim_held(const sim *s, int64_t book, const char *name);
/* Held debits. */
int64_t sim_pending(const sim *s, int64_t book, const char *name);
void sim_hold(sim *s, int64_t book, const char *name, int64_t debit, int64_t credit);
/* As if a transfer hadn't been posted. */
void sim_take_back(sim *s, int64_t book, const char *debit, const char *credit, int64_t amount);
const char *sim_order_text(const sim *s, size_t order);

/* ---- the model's rules; each gives the code of the answer ---- */

/* fees and reversals (fees.c) */
void sim_freeze_fees(sim *s, sim_order *o);
void sim_accrue(const sim *s, sim_part *parts, size_t n, int64_t total, int64_t refunded);
int64_t sim_reverse(const sim *s, sim_part *parts, size_t n, int64_t total, int64_t refunded,
                    int64_t step, int64_t *steps);

int64_t sim_credit_parts(sim *s, sim_order *o, sim_transfer *t, int64_t held);
/* The account that a part of a line is credited to. */
const char *sim_part_account(const sim *s, size_t part);

/* authorisations for brands, and stores' places (brands.c) */
typedef struct sim_places {
	size_t seller;
	sim_seller seller_row;
	sim_authorisation at[SIM_AUTHORISATIONS];
} sim_places;
sim_places sim_places_before(const sim *s, size_t seller);
/* What is refused leaves all as it was. Gives `rc`. */
int sim_places_keep(sim *s, const sim_places *before, int rc);
int sim_places_follow(sim *s, size_t seller, bool hold, market_time now);
bool sim_places_suffice(const sim *s, size_t seller);
bool sim_may_sell(const sim *s, size_t seller, size_t product);
/* What keeps an offer off sale but for its review. */
int sim_offer_may_activate(sim *s, size_t offer);
int sim_authorisation_decide(sim *s, size_t i, int32_t from, int32_t to, market_time now);
int sim_authorisation_expire(sim *s, size_t i, market_time now);
void sim_authorisation_timers(sim *s, size_t i);
void sim_check_authorisations(sim *s);

/* sellers (act_party.c) */
void sim_seller_stale(sim *s, size_t seller, market_time now);
void sim_seller_timers(sim *s, size_t seller, const char *operation);
void sim_seller_advance(sim *s, size_t seller, market_time now);

/* orders (orders.c) */
int64_t sim_order_held(const sim_order *o);
void sim_order_escrow(sim_order *o);
void sim_order_stop(sim_order *o);
void sim_order_freeze(sim_order *o, market_time now);
void sim_order_unfreeze(sim_order *o, market_time now);
void sim_order_paid(sim *s, size_t order, market_time now);
void sim_order_return_stock(sim *s, sim_order *o);
void sim_order_all_shipped(sim_order *o, market_time now);
void sim_order_all_delivered(sim_order *o, market_time now);
void sim_order_rest_refunded(sim *s, sim_order *o, market_time now);
int64_t sim_left_to_ship(const sim_line *line);
int sim_order_ship(sim *s, size_t order, const int64_t *asked, market_time now);
int sim_order_deliver(sim *s, size_t order, size_t parcel, market_time at, market_time now);
int sim_order_finish(sim *s, size_t order, market_time now);
int sim_order_auto_confirm(sim *s, size_t order, market_time now);
int sim_order_prepare(sim *s, size_t order, market_time now);
int sim_order_cancel(sim *s, size_t order, int32_t actor, bool reason, market_time now);
int sim_order_cancel_unshipped(sim *s, size_t order, market_time now);
int sim_order_close_unpaid(sim *s, size_t order, market_time now);
int sim_order_extend(sim *s, size_t order, int32_t actor, market_time by);
int sim_escrow_release(sim *s, size_t order, bool system, market_time now);
int sim_escrow_freeze(sim *s, size_t order, market_time now);
int sim_escrow_unfreeze(sim *s, size_t order, market_time now);

/* payments (payments.c) */
size_t sim_queue(sim *s, int32_t kind, int object, size_t index, size_t share, int64_t amount,
                 market_time now, int *code);
size_t sim_latest(const sim *s, int32_t kind, int object, size_t index, size_t share);
bool sim_request_open(const sim_request *r);
size_t sim_payment_new(sim *s, size_t group, const size_t *orders, size_t n, const char *method);
int sim_payment_start(sim *s, size_t *payment, const char *method, market_time now);
void sim_payment_capture(sim *s, size_t payment, const char *reference, bool *late,
                         market_time now);
void sim_payment_order_closed(sim *s, size_t order, market_time now);
int sim_payment_settle(sim *s, size_t payment, int64_t fee, market_time now);
int sim_payment_return(sim *s, size_t payment, bool system, market_time now);
void sim_answer(sim *s, size_t request, const sim_sent *sent, market_time now);
market_time sim_again(const sim_request *r, market_time now);
void sim_suspend(sim *s, size_t payment, int64_t amount, market_time now);
void sim_return_outcome(sim *s, size_t request, market_time now);

/* refunds (refunds.c) */
typedef struct sim_ask {
	size_t n;
	struct {
		size_t line;
		int64_t quantity, amount;
	} items[SIM_LINES];
	int64_t amount, freight; /* −1: not asked */
	int borne_by;
} sim_ask;
int sim_refund_create(sim *s, size_t order, const sim_ask *ask, bool limited, bool automatic,
                      market_time now);
int sim_refund_rest(sim *s, size_t order, market_time now);
void sim_refund_outcome(sim *s, size_t request, market_time now);
int sim_refund_bounce(sim *s, size_t refund, market_time now);
int sim_refund_retry(sim *s, size_t refund, market_time now);

/* settlement (settle.c) */
typedef struct sim_draw {
	size_t seller, order, refund;
	bool own, limited, paid_out, look;
	int32_t kind;
	int64_t amount, pending, reserved, available, receivable;
} sim_draw;
int sim_draw_from(sim *s, sim_transfer *t, sim_draw *d, market_time now);
size_t sim_lot_add(sim *s, int32_t kind, size_t seller, size_t order, int64_t amount);
bool sim_refunds_allow(sim *s, size_t seller, market_time now);
void sim_period_open(sim *s, size_t seller, market_time now);
void sim_period_bounds(const sim *s, market_time now, market_time *from, market_time *to);
void sim_mature(sim *s, size_t order, market_time now);
void sim_release_reserve(sim *s, size_t lot, market_time now);
int sim_payout_create(sim *s, size_t seller, size_t *payout, market_time *again, market_time now);
void sim_payout_outcome(sim *s, size_t request, market_time now);
void sim_period_run(sim *s, size_t seller, market_time now);
void sim_move_finish(sim *s, size_t move);
void sim_hold_end(sim *s, size_t index);
void sim_move(sim *s, size_t seller, int64_t amount, market_time now);

/* time (work.c) */
/* The order's own timers that are due come before an operation on it. */
void sim_order_timers(sim *s, size_t order, const char *operation);
/* Moves the clock on and does what is due, in the market and in the model. */
void sim_work(sim *s);

/* ratings (ratings.c) */
void sim_rating_count(sim *s, size_t rating, market_time now);

/* ---- the operations (act_*.c): each chooses params, asks the model and runs the market ---- */

typedef struct sim_action {
	const char *operation;
	void (*run)(sim *s);
	int weight; /* 0: only by time, or in the making of the market */
} sim_action;
extern const sim_action sim_service_fee_actions[], sim_deposit_actions[], sim_onboarding_actions[],
	sim_party_actions[], sim_catalog_actions[], sim_change_actions[], sim_brand_actions[],
	sim_identity_actions[], sim_order_actions[], sim_payment_actions[], sim_settle_actions[],
	sim_rating_actions[], sim_ledger_actions[], sim_read_actions[], sim_member_actions[],
	sim_agency_actions[], sim_standing_actions[], sim_front_actions[], sim_listing_actions[];
/* A checkout (act_place.c). */
void sim_order_place(sim *s);
/* Starts a payment. */
void sim_pay(sim *s, size_t payment);
/* Indexes of something at random, SIM_NONE without any. */
size_t sim_any_order(sim *s, uint32_t states);

#endif
