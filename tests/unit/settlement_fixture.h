/* What tests of fees, escrow, refunds and settlement share, on top of the bazaar. */
#ifndef TESTS_UNIT_SETTLEMENT_FIXTURE_H
#define TESTS_UNIT_SETTLEMENT_FIXTURE_H

#include "tests/unit/order_fixture.h"

/* The built-in policy with other fees, splits and settlement: YAML of what stands below those keys.
 * NULL keeps the built-in part. Lives until the next call. */
const char *settle_policy(const char *fees, const char *splits, const char *settlement);

/* 12 % commission and nothing else; 7 d to maturity, weekly, no minimum, advances of 5000.00. */
extern const char settle_plain_fees[], settle_plain_settlement[];

/* Three units of 39.90 of the second seller, less 7.99 that the platform funds, and 10.00 of
 * freight, paid by a method of the sandbox; plain fees and settlement. */
void settle_open_three(bazaar *b, const char *method);

/* Ships all of an order and confirms it; the release follows with the next work. */
void settle_ship(bazaar *b, int index);
void settle_finish(bazaar *b, int index);
/* Ships, confirms and releases. */
void settle_release(bazaar *b, int index);
/* Names a payout account; `bank` may be a word of the sandbox ("payout:fails"). It is ready at once
 * where the policy says so, else after its time. */
void settle_account(bazaar *b, int index, const char *bank);

/* refund.create and what follows from it at the provider; the refund's id is in b->m.out's "id".
 * Wants success; `format` makes the params behind the order. */
void settle_refund(bazaar *b, int index, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void settle_refund_all(bazaar *b, int index);
/* A field of the refund made last. */
const char *settle_refund_field(bazaar *b, const char *path);

/* Posts a transfer in the book of seller 0 or 1, or the platform's (-1), by the ledger's operation:
 * pairs of account and amount, debits positive ("seller_pending", "-12.34", NULL). */
void settle_post(bazaar *b, int book, const char *client_id, ...);

/* ESC-1 and ACC-4 hold for both sellers, and the ledger verifies. */
void settle_check(bazaar *b);

#endif
