/* One run of verification, across its files. */
#ifndef MK_LEDGER_VERIFY_H
#define MK_LEDGER_VERIFY_H

#include "libmarket/base/limits.h"
#include "libmarket/ledger/checkpoint.h"

/* Returned by every step that found the ledger broken; the report names the place. */
#define MK_BROKEN 2

#define MK_VERIFY_PAGE 200
#define MK_LOWEST (INT64_MIN + 1) /* INT64_MIN stands for a broken amount */

/* The chains of a book's accounts, as verify_chain.c compares them. */
#define MK_CHAIN_POINTS 2
#define MK_CHAIN_FACTORS 16
typedef struct mk_chain {
	uint64_t factors[MK_CHAIN_POINTS][MK_CHAIN_FACTORS], points[MK_CHAIN_POINTS];
	uint64_t after[MK_CHAIN_POINTS];  /* of the states after legs */
	uint64_t before[MK_CHAIN_POINTS]; /* of those that legs continue, and of the accounts */
	int64_t accounts;
	bool doubt;
} mk_chain;

/* An account as stored. */
typedef struct mk_account_state {
	int64_t id, account_class;
	const char *name, *currency;
	int64_t version;
	int64_t debits_posted, credits_posted, debits_pending, credits_pending;
	int64_t flags, overdraft;
} mk_account_state;

typedef struct mk_verify {
	const mk_verify_setup *setup;
	mk_verify_report *report;
	mk_arena anchors_arena; /* anchors, for the whole run */
	mk_arena page;          /* rows of the page at work */
	mk_arena inner;         /* rows looked up for one of them */
	mk_arena books;         /* rows of a page of books */
	const mk_anchor **anchors;
	mk_text canonical;
	mk_tally *tally;
	bool any_unsealed; /* some transfer of some book isn't sealed */
	/* of the book at work */
	int64_t book; /* −1: of none */
	mk_frontier frontier;
	mk_checkpoint_book next; /* the next known point of its tree; checkpoint_id 0: none */
	bool last_point;         /* no other is behind that */
	uint8_t next_root[MK_HASH_SIZE];
	int64_t legs_of_transfers;
	mk_chain chain;
	/* what is being read: the place of a row that can't be */
	const char *table, *behind; /* NULL: the store */
	int64_t row;
} mk_verify;

/* Names the first place; returns MK_BROKEN. */
int mk_verify_broken(mk_verify *v, const char *place, const char *format, ...) MK_PRINTF(3, 4);
const char *mk_verify_place(mk_verify *v, const char *format, ...) MK_PRINTF(2, 3);

/* Before a table is read: rows of the book behind the one named ("after position", 7). */
void mk_verify_reading(mk_verify *v, const char *table, const char *behind, int64_t row);

/* verify_tree.c: the transfers of the book in the order of their tree, against its head and the
 * points that checkpoints know. */
int mk_verify_tree(mk_verify *v, market_error *err);
/* Before all books: whether any of them has to look for transfers that aren't sealed. */
int mk_verify_any_unsealed(mk_verify *v, market_error *err);
/* verify_legs.c: the legs of transfers, with the accounts that they are of, a page at once. */
typedef struct mk_page_leg {
	mk_leg_row row;
	const mk_account_state *account; /* NULL: there is no such account */
	struct mk_page_leg *next;        /* of the same transfer */
} mk_page_leg;
typedef struct mk_leg_list {
	mk_page_leg *first, *last;
} mk_leg_list;
typedef struct mk_page_legs {
	void *const *transfers;
	size_t n_transfers, n_legs;
	mk_leg_list *lists; /* of each transfer */
	bool unreadable; /* one of them is: each transfer's own are read alone, so that it can be named
	                  */
} mk_page_legs;
/* Of at most MK_VERIFY_PAGE transfers, into the page's memory. */
int mk_verify_read_legs(mk_verify *v, void *const *transfers, size_t count, mk_page_legs *legs,
                        market_error *err);
/* Those of one transfer by id, taken once; one above MK_MAX_LEGS tells that there are too many. */
int mk_verify_take_legs(mk_verify *v, const mk_page_legs *legs, size_t index,
                        const mk_leg_row *out[MK_MAX_LEGS + 1], size_t *count, market_error *err);
/* verify_point.c: the next such point, and what a checkpoint says of the tree when it is reached.
 */
int mk_verify_next_point(mk_verify *v, market_error *err);
int mk_verify_point(mk_verify *v, market_error *err);
/* verify_transfer.c: one transfer with its legs, in itself and with the one it refers to. */
int mk_verify_transfer(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                       size_t n_legs, market_error *err);
/* verify_chain.c: the chains of the book's accounts, leg by leg in any order, then whole. */
int mk_chain_open(mk_chain *chain, market_error *err);
void mk_chain_begin(mk_chain *chain);
int mk_verify_chain_leg(mk_verify *v, const mk_leg_row *leg, market_error *err);
/* The account of a leg that is its first, as stored. */
void mk_verify_chain_account(mk_verify *v, const mk_account_state *account);
int mk_verify_chains(mk_verify *v, market_error *err);
/* verify_account.c: the chain of each account of the book, walked to name the place. */
int mk_verify_accounts(mk_verify *v, market_error *err);
/* What is wrong with a leg behind another, and with one in itself; NULL: nothing. */
const char *mk_verify_step(const mk_leg_row *before, const mk_leg_row *leg);
const char *mk_verify_limit(const mk_leg_row *leg);
bool mk_leg_moves(const mk_leg_row *leg);
/* verify_move.c: LED-9 */
int mk_verify_move(mk_verify *v, const mk_leg_row *leg, market_error *err);
/* verify_checkpoint.c: all checkpoints, and the anchors among them. */
int mk_verify_checkpoints(mk_verify *v, market_error *err);

#endif
