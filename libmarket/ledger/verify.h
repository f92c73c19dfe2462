/* One run of verification, across its files. */
#ifndef MK_LEDGER_VERIFY_H
#define MK_LEDGER_VERIFY_H

#include "libmarket/ledger/checkpoint.h"

/* Returned by every step that found the ledger broken; the report names the place. */
#define MK_BROKEN 2

#define MK_VERIFY_PAGE 200
#define MK_LOWEST (INT64_MIN + 1) /* INT64_MIN stands for a broken amount */

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
/* verify_point.c: the next such point, and what a checkpoint says of the tree when it is reached.
 */
int mk_verify_next_point(mk_verify *v, market_error *err);
int mk_verify_point(mk_verify *v, market_error *err);
/* verify_transfer.c: one transfer with its legs, in itself and with the one it refers to. */
int mk_verify_transfer(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                       size_t n_legs, market_error *err);
/* verify_account.c: the chain of each account of the book. */
int mk_verify_accounts(mk_verify *v, market_error *err);
/* verify_move.c: LED-9 */
int mk_verify_move(mk_verify *v, const mk_leg_row *leg, market_error *err);
/* verify_checkpoint.c: all checkpoints, and the anchors among them. */
int mk_verify_checkpoints(mk_verify *v, market_error *err);

#endif
