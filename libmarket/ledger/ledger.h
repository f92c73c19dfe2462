/*
 * The ledger: accounts, transfers, holds, seals. It knows books and account names, nothing of
 * orders.
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
	MK_ACCOUNT_LIMIT = 1 << 0, /* the balance on its normal side may not fall below −overdraft */
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
	const char *pays;   /* ACC-3: what credits this one pays that one of its book first; or NULL */
	const char *summary;
} mk_chart_entry;
const mk_chart_entry *mk_chart_find(const char *name); /* a full name or a stem */
const mk_chart_entry *mk_chart_at(size_t index);
/* Names that become suffixes are checked by this before they are kept. */
bool mk_account_suffix_valid(const char *suffix);

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
extern const mk_enum mk_account_class_enum, mk_transfer_kind_enum;

/* The balance on the normal side of its class (asset, expense, control: debit; else credit), and
 * what of it isn't held. */
market_money mk_account_balance(const mk_account *account);
market_money mk_account_available(const mk_account *account);

typedef struct mk_transfer mk_transfer;

/* One operation's work on the ledger. Made by the door; `arena`, `plan` and `store` are the
 * operation's. */
typedef struct mk_ledger mk_ledger;
typedef struct mk_ledger_setup {
	mk_store *store;
	mk_arena *arena;
	mk_plan *plan;
	mk_digest *digest;
	market_time effective, recorded;
	market_id journal;
	bool
		seal_now; /* SQLite: sealing is the last step of each flush; PostgreSQL: from market_work */
	int64_t (*new_id)(void *user_data);
	void *user_data;
} mk_ledger_setup;
mk_ledger *mk_ledger_new(
	const mk_ledger_setup *setup); /* in the arena; NULL: no memory. Sets the plan's seal. */

/* The same ledger with a plan of its own that nobody flushes: what is posted there is checked and
 * never written. It doesn't see what the operation has planned. NULL: no memory. */
mk_ledger *mk_ledger_trial(const mk_ledger *ledger, mk_plan *plan);
/* The sum of all debits that were posted here or held, of one currency after the other; absent
 * behind the last. */
market_money mk_ledger_sum(const mk_ledger *ledger, size_t index);

/* The client id is permanent and unique in its book (LED-2): `purpose` is its part before the first
 * colon ("capture", "release", "refund", …) and is stored as the transfer's purpose. */
mk_transfer *mk_transfer_new(mk_ledger *ledger, int64_t book, mk_transfer_kind kind,
                             const char *client_id_format, ...)
	__attribute__((format(printf, 4, 5)));
void mk_debit(mk_transfer *transfer, const char *stem, const char *suffix, market_money amount);
void mk_credit(mk_transfer *transfer, const char *stem, const char *suffix, market_money amount);
/* Optional texts and links; they are part of the sealed content. */
void mk_transfer_set_reason(mk_transfer *transfer, const char *reason);
void mk_transfer_set_pending(mk_transfer *transfer,
                             market_id pending); /* POST, VOID, EXPIRE, REVERSAL: the other */
void mk_transfer_set_expiry(mk_transfer *transfer, market_time expires); /* PENDING */
/* The document a transfer belongs to, e.g. an order's text. */
void mk_transfer_set_object(mk_transfer *transfer, market_id_kind kind, market_id object);
/* LED-6: an exchange's rate as a fraction. Required of a transfer in two currencies, refused
 * elsewhere. */
void mk_transfer_set_rate(mk_transfer *transfer, int64_t numerator, int64_t denominator);
/* The path of the field that an error of this transfer names (`transfers[3]`); kept by reference.
 */
void mk_transfer_set_field(mk_transfer *transfer, const char *field);

/*
 * Checks the transfer, reads its accounts (those of the chart are made as needed) and adds
 * accounts, legs and the transfer to the plan. The result is known after the flush; a limit missed
 * in between is EFUNDS. Same client id and content: `replayed` is set and nothing is planned; other
 * content: EKEYREUSED. Errors: EINVALID, ELIMIT, EOVERFLOW, ECURRENCY, EUNBALANCED, EKEYREUSED,
 * ENOTFOUND, ESTATE, EEXPIRED, ECLOSED, EFROZEN, EFUNDS.
 * What credits seller_available pays seller_receivable first (ACC-3), whatever the caller wrote.
 */
int mk_transfer_post(mk_ledger *ledger, mk_transfer *transfer, market_error *err);
bool mk_transfer_replayed(const mk_transfer *transfer);
/* What a posted transfer did to an account of this full name: its posted debits less its credits,
 * or the other way round by the account's class. Absent when it has no such leg or was replayed;
 * `index` goes over the currencies (an account of each). */
market_money mk_transfer_effect(const mk_transfer *transfer, const char *name, size_t index);
market_id mk_transfer_id(const mk_transfer *transfer);

/* An account by name as this operation sees it: stored, with what this plan has posted so far.
 * `*out` is NULL when it doesn't exist yet. */
int mk_ledger_account(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                      const char *currency, const mk_account **out, market_error *err);
/* Its balance, zero when it doesn't exist. */
int mk_ledger_balance(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                      const char *currency, market_money *out, market_error *err);
/* ACC-3, ESC-7: an amount was chosen from this account's balance, so the flush guards its version.
 * `account` as mk_ledger_account gave it; NULL does nothing. */
void mk_ledger_guard_version(mk_ledger *ledger, const mk_account *account);
/* The same by name, for an account that may not exist: an absent one is opened, so that two
 * operations that both found it absent don't both go on. */
int mk_ledger_guard_name(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                         const char *currency, market_error *err);

/* Plans new flags (of MK_ACCOUNT_FROZEN_IN, MK_ACCOUNT_FROZEN_OUT and MK_ACCOUNT_CLOSED) and a new
 * overdraft (absent: as it is) of an account, recorded and sealed as a transfer of its own.
 * Errors: ENOTFOUND, EINVALID, ECURRENCY, EKEYREUSED, ECLOSED, ESTATE (closed with a balance or
 * hold), EFUNDS (the overdraft in use is larger). */
typedef struct mk_account_change {
	market_id account;
	int64_t set, clear; /* flags */
	market_money overdraft;
	const char *client_id;
	const char *reason;
} mk_account_change;
int mk_ledger_account_change(mk_ledger *ledger, const mk_account_change *change,
                             market_id *transfer, market_error *err);
/*
 * LED-9: a move between books is two transfers with one leg on interbook each, equal and opposite.
 * The first bears any client id, the second, in the other book, the same with ":in" behind it;
 * verify pairs them by that. The suffix of `interbook:<book>` is the other book's number in
 * decimal. When the first's reason begins with the account in the other book and ";" ("bank; …"),
 * a deadline of the first with the operation ledger.move.finish posts the second.
 */
const char *mk_ledger_book_suffix(mk_arena *arena, int64_t book); /* in the arena */
void mk_debit_interbook(mk_transfer *transfer, int64_t book, market_money amount);
void mk_credit_interbook(mk_transfer *transfer, int64_t book, market_money amount);
#define MK_MOVE_SECOND ":in"
/* The second half, in `book`. */
mk_transfer *mk_transfer_second(mk_ledger *ledger, int64_t book, const char *first_client_id);

/* Seals at most `limit` unsealed transfers of the store (PostgreSQL); returns how many. EBUSY when
 * another process seals the same: the transaction is to be run again. */
int mk_ledger_seal(mk_ledger *ledger, int limit, market_error *err);
/* The same as a transaction of its own, for market_work; 0 at once on SQLite and when another
 * process does it. */
int mk_ledger_seal_store(mk_store *store, const market_allocator *allocator, mk_digest *digest,
                         int limit, market_error *err);

extern const char *const mk_ledger_ddl[];

/* ---- checkpoints and anchors (LED-7) ---- */

/* A checkpoint as stored: book 0, its id is its number, from 1 without gaps. */
typedef struct mk_checkpoint {
	market_id id;
	int64_t recorded_at;
	int64_t books, transfers; /* that it covers */
	market_blob root;         /* over (book, size, root) of all books */
	market_blob balances;     /* digest of the trial balance */
	market_blob previous;     /* digest of the checkpoint before; zeros of the first */
	int64_t key_number;
	market_blob signature;
} mk_checkpoint;
extern const mk_record mk_checkpoint_record;

typedef struct mk_checkpoint_setup {
	mk_store *store; /* within a writer's transaction */
	mk_arena *arena;
	mk_digest *digest;
	const mk_keys *keys;
	const char *store_id;
	market_time recorded;
} mk_checkpoint_setup;
/* Makes the next checkpoint over everything that is sealed. On PostgreSQL the caller has sealed
 * before. MK_AGAIN when another one came between. */
int mk_checkpoint_make(const mk_checkpoint_setup *setup, mk_checkpoint *out, market_error *err);

/* A checkpoint outside the store: all that its signature covers, and the public key. JSON. */
typedef struct mk_anchor {
	const char *format; /* "libmarket-checkpoint-1" */
	const char *store;
	int64_t number;
	market_time recorded_at;
	int64_t books, transfers;
	const char *root, *balances, *previous; /* hexadecimal */
	int64_t key_number;
	const char *public_key, *signature;
} mk_anchor;
extern const mk_record mk_anchor_record;
int mk_anchor_write(const mk_checkpoint *checkpoint, const mk_keys *keys, const char *store_id,
                    mk_text *out, market_error *err);
/* Reads and checks shape and signature. ESYNTAX, EINVALID, ESIGNATURE. */
int mk_anchor_read(const char *text, size_t size, mk_arena *arena, const mk_anchor **out,
                   market_error *err);

/* ---- verification (LED-8) ---- */

typedef enum mk_verify_result {
	MK_VERIFY_OK = 1,          /* and an anchor says so */
	MK_VERIFY_SELF_CONSISTENT, /* truncation isn't excluded */
	MK_VERIFY_BROKEN
} mk_verify_result;

#define MK_VERIFY_CURRENCIES 16
typedef struct mk_verify_report {
	int32_t result;
	int64_t books, accounts, transfers, legs, checkpoints, anchors;
	int64_t unsealed;           /* transfers that no tree holds yet */
	market_time unsealed_since; /* the oldest of them; 0: none */
	int64_t in_transit;         /* moves between books whose second half is to come */
	market_time in_transit_since;
	market_money in_transit_amounts[MK_VERIFY_CURRENCIES]; /* a currency each */
	size_t n_in_transit_amounts;
	char place[200];   /* broken: the first place */
	char problem[200]; /* broken: what is wrong there */
} mk_verify_report;

typedef struct mk_verify_setup {
	mk_store *store; /* within a reader's transaction */
	const market_allocator *allocator;
	mk_digest *digest;
	const mk_keys *keys; /* NULL: public keys come from the anchors alone */
	const char *store_id;
	const char *const *anchors; /* texts */
	size_t n_anchors;
	/* Checks of a book that need more than the ledger knows (ACC-4). Writes what is wrong to
	 * `problem` and leaves it empty when nothing is. May be NULL. */
	int (*check_book)(mk_store *store, int64_t book, char problem[200], void *user_data,
	                  market_error *err);
	void *user_data;
} mk_verify_setup;
/* Recomputes everything in constant memory. 0 with the report filled, also when the ledger is
 * broken; an error when it could not be done (an anchor that can't be read, no public key, I/O). */
int mk_ledger_verify(const mk_verify_setup *setup, mk_verify_report *report, market_error *err);

#endif
