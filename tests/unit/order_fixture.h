/*
 * A marketplace ready to sell, for the tests of orders and payments: two sellers with one SKU each,
 * a buyer with an address, and the sandbox as the provider. All calls are made by operator:test
 * unless a test acts as somebody else.
 */
#ifndef TESTS_UNIT_ORDER_FIXTURE_H
#define TESTS_UNIT_ORDER_FIXTURE_H

#include <market/plugin.h>

#include "libmarket/base/clock.h"
#include "tests/unit/market_fixture.h"

typedef struct bazaar {
	test_market m;
	const char *currency;
	char buyer[40], address[40];
	char seller[2][40];
	char offer[2][40];
	char sku[2][40]; /* 199.90 and 39.90 a unit; 100 units of each */
	char group[40];  /* of the last order.place */
	char payment[40];
	char order[2][40]; /* of the sellers, "" when nothing was bought of one */
	char line[2][40];  /* the first line of each */
	int notices;       /* notifications written by bazaar_notify */
} bazaar;

void bazaar_open(bazaar *b, const char *currency, const char *policy);
/* The same with types of store other than individual. */
void bazaar_open_types(bazaar *b, const char *currency, const char *policy, const char *first,
                       const char *second);
/* The same with the shipped policy in which one text is replaced by another. */
void bazaar_open_with(bazaar *b, const char *currency, const char *text, const char *other);
void bazaar_close(bazaar *b);
/* Every open order, payment, refund and payout has a deadline or a request that is sent. */
void bazaar_check_deadlines(bazaar *b);
/* Verifies the ledger and the deadlines before. */
void bazaar_end(bazaar *b);

/* Places an order; `format` makes the params behind buyer and currency. Returns the code and keeps
 * the ids of what was made. */
int bazaar_place(bazaar *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One unit of the first seller's, or two of the first and one of the second. */
void bazaar_place_one(bazaar *b);
void bazaar_place_both(bazaar *b);

/* Hands over a signed notification of a payment; `amount` as "12.34". Returns the code; the result
 * is in b->m.out. */
int bazaar_notify(bazaar *b, const char *type, const char *payment, const char *amount);
/* The same with a body of one's own, signed at a time. */
int bazaar_notify_body(bazaar *b, const char *body, market_time signed_at);
/* "captured" of the last payment with its amount, and success. */
void bazaar_pay(bazaar *b);
/* Starts the payment of the last checkout with a method and does what is due. */
void bazaar_charge(bazaar *b, const char *method);
/* Delivers what the sandbox has sent by now; returns how many notifications. */
int bazaar_deliver_notices(bazaar *b);
/* Moves the clock by steps of `step` to `span` later, working and delivering notifications. */
void bazaar_pass(bazaar *b, market_time span, market_time step);

/* A field of an order or of the last payment, as a text that lives until the eighth next call. */
const char *bazaar_order(bazaar *b, int index, const char *path);
const char *bazaar_payment(bazaar *b, const char *path);
/* The balance of an account in the book of seller 0 or 1, -1: the buyer's, -2: the platform's; ""
 * when there is none. Negative ones have a minus. */
const char *bazaar_balance(bazaar *b, int book, const char *account);
/* The escrow or buyer_payable account of an order. */
const char *bazaar_order_balance(bazaar *b, int index, const char *stem);
/* Stock of a seller's SKU: "on_hand", "reserved", "sold", "available". */
int64_t bazaar_stock(bazaar *b, int index, const char *field);
/* How often an event of that type was raised so far. */
int bazaar_events(bazaar *b, const char *type);

#endif
