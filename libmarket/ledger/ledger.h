/*
 * The ledger: accounts, transfers, holds, seals. It knows books and account names, nothing of orders.
 *
 * A caller builds transfers and posts them to the plan of the running operation:
 *
 *   mk_transfer *t = mk_transfer_new(ledger, book, MK_TRANSFER_DIRECT, "capture:%s", text);
 *   mk_debit(t, "psp_clearing", NULL, cash);
 *   mk_credit(t, "escrow", order_text, cash);
 *   rc = mk_transfer_post(ledger, t, err);
 *
 * Amounts of zero are left out; several amounts of one account become one leg, net (LED-2).
 */
#ifndef MK_LEDGER_LEDGER_H
#define MK_LEDGER_LEDGER_H

#include "libmarket/base/clock.h"
#include "libmarket/base/money.h"
#include "libmarket/crypto/crypto.h"
#include "libmarket/store/store.h"

/* LED-1 */
typedef enum mk_account_class {
	MK_ACCOUNT_ASSET = 1,
	MK_ACCOUNT_LIABILITY,
	MK_ACCOUNT_EQUITY,
	MK_ACCOUNT_REVENUE,
	MK_ACCOUNT_EXPENSE,
	MK_ACCOUNT_CONTROL
} mk_account_class;

enum {
	MK_ACCOUNT_LIMIT = 1 << 0,      /* the balance on its normal side may not fall below −overdraft */
	MK_ACCOUNT_FROZEN_IN = 1 << 1,  /* nothing may raise it */
	MK_ACCOUNT_FROZEN_OUT = 1 << 2, /* nothing may lower it */
	MK_ACCOUNT_CLOSED = 1 << 3
};

/* ACC-1: one row a name. `suffixed` names carry `:<text>` behind the stem. */
typedef struct mk_chart_entry {
	const char *stem;
	mk_account_class account_class;
	uint32_t flags;
	bool suffixed;
	bool platform_only; /* book 0 */
	const char *summary;
} mk_chart_entry;
const mk_chart_entry *mk_chart_find(const char *name); /* a full name or a stem */
const mk_chart_entry *mk_chart_at(size_t index);

typedef enum mk_transfer_kind {
	MK_TRANSFER_DIRECT = 1,
	MK_TRANSFER_PENDING, /* a hold */
	MK_TRANSFER_POST,    /* of a hold, whole or in part; the rest is voided */
	MK_TRANSFER_VOID,
	MK_TRANSFER_EXPIRE,
	MK_TRANSFER_REVERSAL,
	MK_TRANSFER_ACCOUNT /* of an account's flags or overdraft: one leg without an amount */
} mk_transfer_kind;

/* An account as stored. Sums are minor units; debits and credits, posted (monotone) and pending. */
typedef struct mk_account {
	market_id id;
	const char *name;
	const char *currency;
	int32_t account_class;
	int64_t flags;
	market_money overdraft;
	market_money debits_posted, credits_posted, debits_pending, credits_pending;
	int64_t version;
} mk_account;
extern const mk_record mk_account_record;

/* The balance on the normal side of its class (asset, expense, control: debit; else credit), and what
 * of it isn't held. */
market_money mk_account_balance(const mk_account *account);
market_money mk_account_available(const mk_account *account);

typedef struct mk_transfer mk_transfer;

/* One operation's work on the ledger. Made by the door; `arena`, `plan` and `store` are the operation's. */
typedef struct mk_ledger mk_ledger;
typedef struct mk_ledger_setup {
	mk_store *store;
	mk_arena *arena;
	mk_plan *plan;
	mk_digest *digest;
	market_time effective, recorded;
	market_id journal;
	bool seal_now; /* SQLite: sealing is the last step of each flush; PostgreSQL: from market_work */
	int64_t (*new_id)(void *user_data);
	void *user_data;
} mk_ledger_setup;
mk_ledger *mk_ledger_new(const mk_ledger_setup *setup); /* in the arena; NULL: no memory. Sets the plan's seal. */

/* The client id is permanent and unique in its book (LED-2): `purpose` is its part before the first
 * colon ("capture", "release", "refund", …) and is stored as the transfer's purpose. */
mk_transfer *mk_transfer_new(mk_ledger *ledger, int64_t book, mk_transfer_kind kind, const char *client_id_format, ...)
	__attribute__((format(printf, 4, 5)));
void mk_debit(mk_transfer *transfer, const char *stem, const char *suffix, market_money amount);
void mk_credit(mk_transfer *transfer, const char *stem, const char *suffix, market_money amount);
/* Optional texts and links; they are part of the sealed content. */
void mk_transfer_set_reason(mk_transfer *transfer, const char *reason);
void mk_transfer_set_pending(mk_transfer *transfer, market_id pending); /* POST, VOID, EXPIRE, REVERSAL: the other */
void mk_transfer_set_expiry(mk_transfer *transfer, market_time expires); /* PENDING */
/* The document a transfer belongs to, e.g. an order's text. */
void mk_transfer_set_object(mk_transfer *transfer, market_id_kind kind, market_id object);
/* LED-6: an exchange's rate as a fraction. Required of a transfer in two currencies, refused elsewhere. */
void mk_transfer_set_rate(mk_transfer *transfer, int64_t numerator, int64_t denominator);
/* The path of the field that an error of this transfer names (`transfers[3]`); kept by reference. */
void mk_transfer_set_field(mk_transfer *transfer, const char *field);

/*
 * Checks the transfer, reads its accounts (those of the chart are made as needed) and adds accounts,
 * legs and the transfer to the plan. The result is known after the flush; a limit missed in between
 * is EFUNDS. Same client id and content: `replayed` is set and nothing is planned; other content: EKEYREUSED.
 * Errors: EINVALID, ELIMIT, EOVERFLOW, ECURRENCY, EUNBALANCED, EKEYREUSED, ENOTFOUND, ESTATE, EEXPIRED,
 * ECLOSED, EFROZEN, EFUNDS.
 */
int mk_transfer_post(mk_ledger *ledger, mk_transfer *transfer, market_error *err);
bool mk_transfer_replayed(const mk_transfer *transfer);
market_id mk_transfer_id(const mk_transfer *transfer);

/* An account by name as this operation sees it: stored, with what this plan has posted so far. `*out`
 * is NULL when it doesn't exist yet. */
int mk_ledger_account(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix, const char *currency,
                      const mk_account **out, market_error *err);
/* Its balance, zero when it doesn't exist. */
int mk_ledger_balance(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix, const char *currency,
                      market_money *out, market_error *err);
/* ACC-3, ESC-7: an amount was chosen from this account's balance, so the flush guards its version.
 * `account` as mk_ledger_account gave it; NULL does nothing. */
void mk_ledger_guard_version(mk_ledger *ledger, const mk_account *account);
/* The same by name, for an account that may not exist: an absent one is opened, so that two operations
 * that both found it absent don't both go on. */
int mk_ledger_guard_name(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                         const char *currency, market_error *err);

/* Plans new flags (of MK_ACCOUNT_FROZEN_IN, MK_ACCOUNT_FROZEN_OUT and MK_ACCOUNT_CLOSED) and a new
 * overdraft (absent: as it is) of an account, recorded and sealed as a transfer of its own.
 * Errors: ENOTFOUND, EINVALID, ECURRENCY, EKEYREUSED, ECLOSED, ESTATE (closed with a balance or hold),
 * EFUNDS (the overdraft in use is larger). */
typedef struct mk_account_change {
	market_id account;
	int64_t set, clear; /* flags */
	market_money overdraft;
	const char *client_id;
	const char *reason;
} mk_account_change;
int mk_ledger_account_change(mk_ledger *ledger, const mk_account_change *change, market_id *transfer,
                             market_error *err);
/* LED-9: the suffix of `interbook:<book>` is the book's number in decimal. In the arena. */
const char *mk_ledger_book_suffix(mk_arena *arena, int64_t book);

/* Seals at most `limit` unsealed transfers of the store (PostgreSQL); returns how many. */
int mk_ledger_seal(mk_ledger *ledger, int limit, market_error *err);

extern const char *const mk_ledger_ddl[];

#endif
