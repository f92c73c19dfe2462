/* A trial balance in the making: the sums of one book by account stem and currency. */
#ifndef MK_LEDGER_TALLY_H
#define MK_LEDGER_TALLY_H

#include "libmarket/ledger/internal.h"

typedef struct mk_tally_row {
	int64_t book_id;
	const char *stem;
	const char *currency;
	int64_t checkpoint_id;
	int64_t debits_posted, credits_posted, debits_pending, credits_pending;
} mk_tally_row;
extern const mk_record mk_tally_row_record;

#define MK_TALLY_MAX 2048 /* stems × currencies of one book */
typedef struct mk_tally {
	size_t count;
	bool touched[MK_TALLY_MAX];
	mk_tally_row rows[MK_TALLY_MAX]; /* their texts are in `arena` */
	mk_arena arena;
} mk_tally;

/* The newest sums of a book at a checkpoint's number. */
extern const mk_statement mk_tally_newest;

void mk_tally_reset(mk_tally *tally);
/* Adds a leg's changes. ELIMIT when there are too many kinds of accounts, EOVERFLOW when a sum
 * overflows. */
int mk_tally_add(mk_tally *tally, const mk_leg_row *leg, market_error *err);
/* Takes over a stored row, or fails with ELIMIT. */
int mk_tally_load(mk_tally *tally, const mk_tally_row *row, market_error *err);
const mk_tally_row *mk_tally_find(const mk_tally *tally, const char *stem, const char *currency,
                                  size_t *index);
/* Adds the rows, sorted by stem and currency, to the digest that is in progress. */
int mk_tally_digest(int64_t book, const mk_tally_row *const *rows, size_t count, mk_digest *digest,
                    mk_arena *arena, market_error *err);

#endif
