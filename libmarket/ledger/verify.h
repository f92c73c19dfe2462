/* One run of verification, across its files. */
#ifndef MK_LEDGER_VERIFY_H
#define MK_LEDGER_VERIFY_H

#include "libmarket/ledger/checkpoint.h"

/* Returned by every step that found the ledger broken; the report names the place. */
#define MK_BROKEN 2

#define MK_VERIFY_PAGE 200
#define MK_LOWEST (INT64_MIN + 1) /* INT64_MIN stands for a broken amount */

/* One number that a statement gives. */
typedef struct mk_verify_number {
	int64_t number;
} mk_verify_number;
extern const mk_record mk_verify_number_record;

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

/* An account that legs were of, so that it isn't looked up for each. */
typedef struct mk_owner_row {
	int64_t id, account_class;
	const char *name, *currency;
} mk_owner_row;
#define MK_VERIFY_OWNERS 512
#define MK_OWNER_NAME 120
typedef struct mk_owner {
	int64_t book, id, account_class;
	int64_t taken; /* by the transfer of that number, from 1 on: its legs point to the texts */
	char name[MK_OWNER_NAME], currency[8];
} mk_owner;

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
	/* of the book at work */
	int64_t book; /* −1: of none */
	mk_frontier frontier;
	mk_checkpoint_book next; /* the next known point of its tree; checkpoint_id 0: none */
	uint8_t next_root[MK_HASH_SIZE];
	int64_t legs_of_transfers;
	mk_chain chain;
	mk_owner owners[MK_VERIFY_OWNERS];
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
/* verify_legs.c: the legs of transfers with their accounts' texts, by id; one above MK_MAX_LEGS
 * tells that there are too many. Those of a page of transfers, behind a position up to the last's,
 * are read at once and taken in the order of the page. */
typedef struct mk_page_legs {
	void **rows;
	size_t n_rows, next;
	bool unreadable; /* one of them is: each transfer's own are loaded, so that it can be named */
} mk_page_legs;
int mk_verify_read_legs(mk_verify *v, int64_t behind, const mk_transfer_row *last,
                        mk_page_legs *legs, market_error *err);
int mk_verify_take_legs(mk_verify *v, const mk_transfer_row *row, mk_page_legs *legs,
                        const mk_leg_row **out, size_t *count, market_error *err);
void mk_verify_remember_owner(mk_verify *v, const mk_owner_row *row);
int mk_verify_load_legs(mk_verify *v, const mk_transfer_row *row, const mk_leg_row **out,
                        size_t *count, market_error *err);
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
/* Before its legs: the accounts of the book as stored. */
int mk_verify_stored_accounts(mk_verify *v, market_error *err);
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
