/* What the ledger's files share. */
#ifndef MK_LEDGER_INTERNAL_H
#define MK_LEDGER_INTERNAL_H

#include "libmarket/ledger/ledger.h"

/* An account as one operation sees it: as stored, with what its plan has posted so far. */
typedef struct mk_entry {
	mk_account account; /* first: guards find the entry by it */
	const mk_chart_entry *chart;
	int64_t read_version; /* as stored; 0: made by this plan */
	int64_t steps;        /* updates and inserts planned */
	bool exists;          /* stored or made by this plan */
	bool guard;           /* the flush guards the version */
	bool guarded;         /* a step does */
	struct mk_entry *next;
	struct mk_entry *next_guard;
} mk_entry;

/* What was asked of one account: both sides, netted when the transfer is posted. */
typedef struct mk_line {
	const char *name;
	const mk_chart_entry *chart;
	market_money debit, credit;
} mk_line;

/* One leg to be: changes of the four sums. Held ones may fall. */
typedef struct mk_leg {
	mk_entry *entry;
	int64_t id;
	market_money debit, credit, debit_held, credit_held;
} mk_leg;

struct mk_transfer {
	mk_ledger *ledger;
	market_id id;
	mk_transfer_kind kind;
	const char *client_id, *purpose, *reason, *field;
	market_id_kind object_kind;
	market_id object;
	market_id pending;
	market_time expires;
	int64_t rate_numerator, rate_denominator;
	const mk_account_change *change; /* ACCOUNT: what is asked, and what the account gets */
	int64_t flags;
	market_money overdraft;
	mk_line *lines; /* as asked */
	size_t n_lines, lines_room;
	mk_leg *legs; /* as planned */
	size_t n_legs;
	mk_hash digest;
	bool replayed;
	bool posted;
	int fault; /* the first mistake while it was built */
	const char *fault_text;
	mk_transfer *next;      /* in the order posted */
	mk_transfer *next_same; /* of the same hash */
};

#define MK_LEDGER_BUCKETS 64

struct mk_ledger {
	mk_ledger_setup setup;
	mk_entry *accounts[MK_LEDGER_BUCKETS];
	mk_transfer *by_client[MK_LEDGER_BUCKETS];
	mk_entry *guards;
	mk_transfer *first, *last;
	size_t n_transfers;
};

/* A transfer as stored. Absent numbers are 0, absent texts empty. */
typedef struct mk_transfer_row {
	market_id id;
	const char *client_id, *purpose;
	int64_t kind;
	market_blob digest;
	int64_t effective_at, recorded_at;
	market_id journal;
	int64_t pending_id;
	int64_t expires_at;
	const char *reason;
	int64_t object_kind;
	int64_t object_book, object_number;
	int64_t rate_numerator, rate_denominator;
	int64_t first_leg_id, last_leg_id;
	int64_t position; /* −1: not sealed */
} mk_transfer_row;
extern const mk_record mk_transfer_row_record;

/* A leg as stored, with its account's own texts. */
typedef struct mk_leg_row {
	market_id id;
	int64_t transfer_id, account_id, version;
	int64_t debit, credit, debit_held, credit_held;
	int64_t debits_posted, credits_posted, debits_pending, credits_pending;
	int64_t flags, overdraft;
	const char *account_name, *account_currency; /* NULL: there is no such account */
	int64_t account_class;
} mk_leg_row;
extern const mk_record mk_leg_row_record;

#define MK_TRANSFER_COLUMNS \
	"t.book_id, t.id, t.client_id, t.purpose, t.kind, t.digest, t.effective_at, t.recorded_at, " \
	"t.journal_book_id, t.journal_id, t.pending_id, t.expires_at, t.reason, t.object_kind, " \
	"t.object_book, t.object_number, t.rate_numerator, t.rate_denominator, t.first_leg_id, " \
	"t.last_leg_id, COALESCE(t.position, -1) AS position"
#define MK_LEG_OWN_COLUMNS \
	"l.id, l.transfer_id, l.account_id, l.version, l.debit, l.credit, l.debit_held, " \
	"l.credit_held, l.debits_posted, l.credits_posted, l.debits_pending, l.credits_pending, " \
	"l.flags, l.overdraft"
#define MK_LEG_COLUMNS \
	"l.book_id, " MK_LEG_OWN_COLUMNS \
	", a.name AS account_name, a.currency AS account_currency, a.account_class"
#define MK_LEG_ACCOUNT "LEFT JOIN account a ON a.book_id = l.book_id AND a.id = l.account_id"

/* ---- chart.c ---- */

/* The full name in the arena, or NULL with `*fault` set to what is wrong. */
const char *mk_chart_name(mk_arena *arena, int64_t book, const char *stem, const char *suffix,
                          const mk_chart_entry **chart, int *fault, const char **text);
/* The part of a name before its colon, and its length. */
size_t mk_chart_stem_length(const char *name);

/* ---- account.c ---- */

bool mk_account_debit_normal(int32_t account_class);
uint64_t mk_ledger_hash(int64_t book, const char *text, const char *more);
/* The entry, made empty when this operation hasn't met it (then `*met` is false and it wants
 * mk_entry_load). */
mk_entry *mk_entry_find(mk_ledger *ledger, int64_t book, const char *name, const char *currency,
                        const mk_chart_entry *chart, bool *met);
mk_query mk_entry_query(mk_ledger *ledger, const mk_entry *entry);
void mk_entry_load(mk_entry *entry, const mk_account *row);
/* Reads an entry by names. */
int mk_entry_get(mk_ledger *ledger, int64_t book, const char *name, const char *currency,
                 const mk_chart_entry *chart, mk_entry **out, market_error *err);
/* The flush's part of guards that no step took. */
int mk_entry_check_guards(mk_ledger *ledger, mk_store *store, market_error *err);

/* ---- plan.c ---- */

/* Checks the legs against their accounts, adds accounts and legs to the plan and the transfer to
 * the ledger's list. */
int mk_post_plan(mk_ledger *ledger, mk_transfer *transfer, market_error *err);
/* The one leg of a transfer of kind ACCOUNT, and the transfer. */
int mk_plan_account_change(mk_ledger *ledger, mk_transfer *transfer, market_error *err);
/* Plans an account without amounts, by a transfer of its own. */
int mk_ledger_open_account(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                           const char *currency, market_error *err);

/* ---- post.c ---- */

/* Looks for the client id in this plan and in the store, reads the accounts of the lines with it,
 * and sets `replayed` or gives EKEYREUSED. */
int mk_post_earlier(mk_ledger *ledger, mk_transfer *transfer, market_error *err);
void mk_ledger_remember(mk_ledger *ledger, mk_transfer *transfer);
/* An error that names the transfer's field. */
int mk_transfer_error(const mk_transfer *transfer, market_error *err, int code, const char *field,
                      const char *format, ...) MK_PRINTF(5, 6);

/* ---- content.c ---- */

/* What makes two requests of one client id the same. */
int mk_transfer_content(mk_ledger *ledger, mk_transfer *transfer, market_error *err);

/* ---- hold.c ---- */

/* Makes the legs of POST, VOID, EXPIRE and of a REVERSAL without legs from the other transfer's. */
int mk_hold_resolve(mk_ledger *ledger, mk_transfer *transfer, market_error *err);

/* ---- debt.c ---- */

/* Legs that may be added to those asked for: one for each currency. */
#define MK_DEBT_LEGS 2
/* ACC-3: moves what credits an account to the debt that it pays first. After the legs are made. */
int mk_debt_pay(mk_ledger *ledger, mk_transfer *transfer, market_error *err);

/* ---- seal.c ---- */

extern const mk_statement mk_transfer_insert, mk_leg_range;
/* Positional arguments of mk_transfer_insert, without the position. */
#define MK_TRANSFER_ARGS 20
void mk_transfer_bind(const mk_ledger *ledger, const mk_transfer *transfer,
                      mk_value args[MK_TRANSFER_ARGS]);
/* docs/reference/ledger-format.md */
void mk_transfer_canonical(const mk_transfer_row *transfer, const mk_leg_row *const *legs,
                           size_t n_legs, mk_text *out);
int mk_ledger_flush_seal(mk_store *store, void *ledger, market_error *err);

typedef struct mk_head_row {
	int64_t book_id;
	int64_t size;
	market_blob frontier;
} mk_head_row;
extern const mk_record mk_head_row_record;

#endif
