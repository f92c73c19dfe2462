#include "libmarket/ledger/tally.h"

#include <stdlib.h>
#include <string.h>

#define R mk_tally_row
static const mk_field tally_fields[] = {
	MK_F_INT(R, book_id, 0, 0, 0, "the book"),
	MK_F_TEXT(R, stem, 0, 0, 0, "account names without their suffix"),
	MK_F_TEXT(R, currency, 0, 0, 0, "their currency"),
	MK_F_INT(R, checkpoint_id, 0, 0, 0, "the checkpoint at which they changed last"),
	MK_F_INT(R, debits_posted, 0, 0, 0, "sum"),
	MK_F_INT(R, credits_posted, 0, 0, 0, "sum"),
	MK_F_INT(R, debits_pending, 0, 0, 0, "sum"),
	MK_F_INT(R, credits_pending, 0, 0, 0, "sum"),
};
#undef R
const mk_record mk_tally_row_record =
	MK_RECORD_OF("tally_row", mk_tally_row, tally_fields, "a line of a trial balance");

const mk_statement mk_tally_newest = {
	.name = "checkpoint_balance_newest",
	.sql = "SELECT b.book_id, b.stem, b.currency, b.checkpoint_id, b.debits_posted, "
		   "b.credits_posted, b.debits_pending, b.credits_pending FROM checkpoint_balance b WHERE "
		   "b.book_id = ?1 AND b.checkpoint_id = (SELECT MAX(c.checkpoint_id) FROM "
		   "checkpoint_balance c WHERE c.book_id = b.book_id AND c.stem = b.stem AND c.currency = "
		   "b.currency AND c.checkpoint_id <= ?2)",
};

static mk_tally_row *row_of(mk_tally *tally, int64_t book, const char *name, size_t length,
                            const char *currency);
static int no_room(const mk_tally *tally, int64_t book, market_error *err);
static bool add(int64_t *sum, int64_t change);
static int compare(const void *a, const void *b);

void mk_tally_reset(mk_tally *tally)
{
	tally->count = 0;
	memset(tally->touched, 0, sizeof(tally->touched));
	mk_arena_reset(&tally->arena);
}

int mk_tally_add(mk_tally *tally, const mk_leg_row *leg, market_error *err)
{
	mk_tally_row *row = row_of(tally, leg->id.book, leg->account_name,
	                           mk_chart_stem_length(leg->account_name), leg->account_currency);
	if (!row)
		return no_room(tally, leg->id.book, err);
	tally->touched[row - tally->rows] = true;
	if (add(&row->debits_posted, leg->debit) && add(&row->credits_posted, leg->credit) &&
	    add(&row->debits_pending, leg->debit_held) && add(&row->credits_pending, leg->credit_held))
		return 0;
	return mk_error_set(err, MARKET_EOVERFLOW, "the sums of account %s of book %lld overflow",
	                    leg->account_name, (long long)leg->id.book);
}

int mk_tally_load(mk_tally *tally, const mk_tally_row *row, market_error *err)
{
	mk_tally_row *own = row_of(tally, row->book_id, row->stem, strlen(row->stem), row->currency);
	if (!own)
		return no_room(tally, row->book_id, err);
	own->checkpoint_id = row->checkpoint_id;
	own->debits_posted = row->debits_posted;
	own->credits_posted = row->credits_posted;
	own->debits_pending = row->debits_pending;
	own->credits_pending = row->credits_pending;
	return 0;
}

const mk_tally_row *mk_tally_find(const mk_tally *tally, const char *stem, const char *currency,
                                  size_t *index)
{
	for (size_t i = 0; i < tally->count; i++) {
		if (strcmp(tally->rows[i].stem, stem) == 0 &&
		    strcmp(tally->rows[i].currency, currency) == 0) {
			*index = i;
			return &tally->rows[i];
		}
	}
	return NULL;
}

int mk_tally_digest(int64_t book, const mk_tally_row *const *rows, size_t count, mk_digest *digest,
                    mk_arena *arena, market_error *err)
{
	mk_text line;
	int rc = 0;
	const mk_tally_row **sorted = MK_NEW_ARRAY(arena, const mk_tally_row *, count + 1);
	if (!sorted)
		return mk_error_no_memory(err);
	if (count) {
		memcpy(sorted, rows, count * sizeof(*sorted));
		qsort(sorted, count, sizeof(*sorted), compare);
	}
	mk_text_init(&line, arena->allocator, 4096);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const mk_tally_row *row = sorted[i];
		mk_text_reset(&line);
		mk_text_add_u64(&line, (uint64_t)book);
		mk_text_add_bytes(&line, row->stem, strlen(row->stem));
		mk_text_add_bytes(&line, row->currency, strlen(row->currency));
		mk_text_add_u64(&line, (uint64_t)row->debits_posted);
		mk_text_add_u64(&line, (uint64_t)row->credits_posted);
		mk_text_add_u64(&line, (uint64_t)row->debits_pending);
		mk_text_add_u64(&line, (uint64_t)row->credits_pending);
		rc = line.failed ? mk_error_no_memory(err)
		                 : mk_digest_add(digest, line.data, line.size, err);
	}
	mk_text_close(&line);
	return rc;
}

static mk_tally_row *row_of(mk_tally *tally, int64_t book, const char *name, size_t length,
                            const char *currency)
{
	for (size_t i = 0; i < tally->count; i++) {
		mk_tally_row *row = &tally->rows[i];
		if (strncmp(row->stem, name, length) == 0 && row->stem[length] == '\0' &&
		    strcmp(row->currency, currency) == 0)
			return row;
	}
	if (tally->count == MK_TALLY_MAX)
		return NULL;
	mk_tally_row *row = &tally->rows[tally->count];
	*row = (mk_tally_row){.book_id = book,
	                      .stem = mk_arena_text_n(&tally->arena, name, length),
	                      .currency = mk_arena_text(&tally->arena, currency)};
	if (!row->stem || !row->currency)
		return NULL;
	tally->count++;
	return row;
}

static int no_room(const mk_tally *tally, int64_t book, market_error *err)
{
	if (tally->arena.failed)
		return mk_error_no_memory(err);
	return mk_error_set(err, MARKET_ELIMIT,
	                    "book %lld has more than %d kinds of accounts and currencies",
	                    (long long)book, MK_TALLY_MAX);
}

static bool add(int64_t *sum, int64_t change)
{
	return !__builtin_add_overflow(*sum, change, sum);
}

static int compare(const void *a, const void *b)
{
	const mk_tally_row *left = *(const mk_tally_row *const *)a,
					   *right = *(const mk_tally_row *const *)b;
	int order = strcmp(left->stem, right->stem);
	return order ? order : strcmp(left->currency, right->currency);
}
