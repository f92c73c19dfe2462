/* LED-8: everything again from the stored rows, a page at a time. */
#include "libmarket/ledger/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ANCHORS_MAX 1000
#define CANONICAL_MAX (256 * 1024)

/* Every table names books: one that only a forged row knows is looked at like the others. */
static const mk_statement next_book = {
	.name = "verify_next_book",
	.sql = "SELECT MIN(b.number) AS number FROM (SELECT MIN(book_id) AS number FROM book_head "
		   "WHERE book_id > ?1 UNION ALL SELECT MIN(book_id) FROM transfer WHERE book_id > ?1 "
		   "UNION ALL SELECT MIN(book_id) FROM leg WHERE book_id > ?1 UNION ALL SELECT "
		   "MIN(book_id) FROM account WHERE book_id > ?1 UNION ALL SELECT MIN(book_id) FROM "
		   "checkpoint_book WHERE book_id > ?1 UNION ALL SELECT MIN(book_id) FROM "
		   "checkpoint_balance WHERE book_id > ?1) b HAVING MIN(b.number) IS NOT NULL",
	.scan = true,
};

static int unreadable(mk_verify *v, market_error *err);
static int start(mk_verify *v, market_error *err);
static int read_anchors(mk_verify *v, market_error *err);
static int verify_books(mk_verify *v, market_error *err);
static int verify_book(mk_verify *v, market_error *err);
static int ask_caller(mk_verify *v, market_error *err);

int mk_ledger_verify(const mk_verify_setup *setup, mk_verify_report *report, market_error *err)
{
	mk_verify *v = mk_allocate_zero(setup->allocator, sizeof(*v));
	market_error own;
	memset(report, 0, sizeof(*report));
	if (!err)
		err = &own;
	if (!v)
		return mk_error_no_memory(err);
	v->setup = setup;
	v->report = report;
	mk_arena_init(&v->anchors_arena, setup->allocator);
	mk_arena_init(&v->page, setup->allocator);
	mk_arena_init(&v->inner, setup->allocator);
	mk_arena_init(&v->books, setup->allocator);
	mk_text_init(&v->canonical, setup->allocator, CANONICAL_MAX);
	int rc = start(v, err);
	if (rc == 0)
		rc = verify_books(v, err);
	if (rc == 0)
		rc = mk_verify_checkpoints(v, err);
	if (rc == MARKET_ECORRUPT)
		rc = unreadable(v, err);
	if (rc == MK_BROKEN)
		report->result = MK_VERIFY_BROKEN;
	else
		report->place[0] = '\0';
	if (rc == 0)
		report->result = report->anchors ? MK_VERIFY_OK : MK_VERIFY_SELF_CONSISTENT;
	if (v->tally)
		mk_arena_close(&v->tally->arena);
	mk_release(setup->allocator, v->tally);
	mk_text_close(&v->canonical);
	mk_arena_close(&v->books);
	mk_arena_close(&v->inner);
	mk_arena_close(&v->page);
	mk_arena_close(&v->anchors_arena);
	mk_release(setup->allocator, v);
	return rc == MK_BROKEN ? 0 : rc;
}

int mk_verify_broken(mk_verify *v, const char *place, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(v->report->problem, sizeof(v->report->problem), format, args);
	va_end(args);
	if (place != v->report->place)
		snprintf(v->report->place, sizeof(v->report->place), "%s", place);
	return MK_BROKEN;
}

const char *mk_verify_place(mk_verify *v, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(v->report->place, sizeof(v->report->place), format, args);
	va_end(args);
	return v->report->place;
}

void mk_verify_reading(mk_verify *v, const char *table, const char *behind, int64_t row)
{
	v->table = table;
	v->behind = behind;
	v->row = row;
}

/* A row that can't be read is a broken place like any other. */
static int unreadable(mk_verify *v, market_error *err)
{
	const market_error found = *err;
	const char *place = "the store";
	char book[32] = "", row[64] = "";
	if (v->book >= 0)
		snprintf(book, sizeof(book), ", book %lld", (long long)v->book);
	if (v->behind && v->row != MK_LOWEST)
		snprintf(row, sizeof(row), ", %s %lld", v->behind, (long long)v->row);
	if (v->table)
		place = mk_verify_place(v, "table %s%s%s", v->table, book, row);
	mk_error_clear(err);
	return mk_verify_broken(v, place, "%s", found.message);
}

static int start(mk_verify *v, market_error *err)
{
	v->tally = mk_allocate_zero(v->setup->allocator, sizeof(*v->tally));
	if (!v->tally)
		return mk_error_no_memory(err);
	mk_arena_init(&v->tally->arena, v->setup->allocator);
	int rc = mk_chain_open(&v->chain, err);
	return rc ? rc : read_anchors(v, err);
}

/* An anchor that can't be read or believed says nothing about the ledger: that is the caller's
 * error. */
static int read_anchors(mk_verify *v, market_error *err)
{
	const mk_verify_setup *setup = v->setup;
	int rc = 0;
	if (setup->n_anchors > ANCHORS_MAX)
		return mk_error_at(err, MARKET_ELIMIT, "anchors", "at most %d anchors are compared at once",
		                   ANCHORS_MAX);
	v->anchors = MK_NEW_ARRAY(&v->anchors_arena, const mk_anchor *, setup->n_anchors + 1);
	if (!v->anchors)
		return mk_error_no_memory(err);
	for (size_t i = 0; rc == 0 && i < setup->n_anchors; i++) {
		const char *text = setup->anchors[i];
		rc = mk_anchor_read(text, strlen(text), &v->anchors_arena, &v->anchors[i], err);
		if (rc == 0 && strcmp(v->anchors[i]->store, setup->store_id) != 0)
			rc = mk_error_set(err, MARKET_EINVALID, "the anchor is of store %s, not %s",
			                  v->anchors[i]->store, setup->store_id);
		if (rc)
			mk_error_prefix(err, "anchors[%zu]", i);
	}
	return rc;
}

static int verify_books(mk_verify *v, market_error *err)
{
	v->book = -1;
	int rc = mk_verify_any_unsealed(v, err);
	if (rc)
		return rc;
	v->book = MK_LOWEST;
	for (;;) {
		void *found = NULL;
		mk_arena_reset(&v->page);
		mk_verify_reading(v, NULL, NULL, 0);
		rc = mk_store_get(v->setup->store, &v->page, &next_book, &mk_number_record,
		                  MK_ARGS(mk_int(v->book)), &found, err);
		if (rc || !found)
			return rc;
		v->book = ((const mk_number *)found)->number;
		v->report->books++;
		rc = verify_book(v, err);
		if (rc)
			return rc;
	}
}

static int verify_book(mk_verify *v, market_error *err)
{
	v->legs_of_transfers = 0;
	memset(&v->frontier, 0, sizeof(v->frontier));
	mk_tally_reset(v->tally);
	mk_chain_begin(&v->chain);
	if (v->book < 0)
		return mk_verify_broken(v, mk_verify_place(v, "book %lld", (long long)v->book),
		                        "a book is never negative");
	int rc = mk_verify_tree(v, err);
	if (rc == 0)
		rc = mk_verify_chains(v, err);
	return rc ? rc : ask_caller(v, err);
}

static int ask_caller(mk_verify *v, market_error *err)
{
	char problem[200] = "";
	if (!v->setup->check_book)
		return 0;
	mk_verify_reading(v, "account or lot", NULL, 0);
	int rc = v->setup->check_book(v->setup->store, v->book, problem, v->setup->user_data, err);
	if (rc == 0 && problem[0])
		rc =
			mk_verify_broken(v, mk_verify_place(v, "book %lld", (long long)v->book), "%s", problem);
	return rc;
}
