/* A table and its record with a field of every kind, for the tests of the store. */
#ifndef TESTS_UNIT_STORE_SAMPLE_H
#define TESTS_UNIT_STORE_SAMPLE_H

#include "libmarket/base/money.h"
#include "libmarket/store/store.h"
#include "tests/unit/test.h"

typedef struct thing {
	market_id id;
	market_id owner;  /* any book */
	market_id parent; /* in the row's own book */
	market_id buyer;  /* its own book */
	int64_t number;
	bool flag;
	int32_t colour;
	market_time at;
	market_time span;
	market_rate rate;
	market_money price;
	market_money fee;
	const char *currency;
	const char *name;
	market_blob data;
	const int64_t *maybe;
	const bool *maybe_flag;
	const market_pair *const *metadata;
	size_t n_metadata;
	const char *loaded; /* not a column */
	int64_t version;
} thing;
extern const mk_record thing_record;

extern const mk_statement thing_insert, thing_update, thing_add, thing_by_id, thing_list,
	thing_count;

/* A number that a statement gives as `n`. */
typedef struct count {
	int64_t n;
} count;
extern const mk_record count_record;

/* A fresh store with the table; fails the test when there is none. */
mk_store *sample_store(void);
/* A store at a URL; NULL with the error when it can't be opened. */
mk_store *sample_open(const char *url, const mk_store_options *options, market_error *err);
mk_store *sample_open_again(const char *url, int64_t busy_ms);
const char *sample_url(void); /* of the last sample_store */
void sample_table(mk_store *store);

/* A thing with every field set, and one with none but its id. */
thing sample_full(int64_t book, int64_t id);
thing sample_bare(int64_t book, int64_t id);
/* Inserts it in a transaction of its own. */
void sample_insert(mk_store *store, const thing *row);
/* Things 1 to n of book 1, with numbers of 100 times their id. */
void sample_fill(mk_store *store, int64_t n);
thing *sample_get(mk_store *store, mk_arena *arena, int64_t book, int64_t id);
int64_t sample_count(mk_store *store);

#endif
