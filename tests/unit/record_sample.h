/* A record with a field of every kind, for the tests of records, JSON and YAML. */
#ifndef TESTS_UNIT_RECORD_SAMPLE_H
#define TESTS_UNIT_RECORD_SAMPLE_H

#include "libmarket/record/record.h"

enum { SAMPLE_DRAFT = 1, SAMPLE_ACTIVE = 2, SAMPLE_ENDED = 7 };

typedef struct sample_line {
	uint32_t size;
	market_id sku;
	int64_t quantity; /* 1 to 100 */
	const char *note; /* since the first version's end */
} sample_line;

typedef struct sample_inner {
	const char *city; /* required, 1 to 10 bytes */
	market_money fee;
	const struct sample_inner *inner;
} sample_inner;

typedef struct sample {
	uint32_t size;
	const char *key;
	bool flag;
	const bool *choice;
	int64_t count;        /* required, 1 to 1000 */
	int64_t zero;         /* 0 to 9 */
	const int64_t *limit; /* 0 to 50 */
	market_money price;   /* 1.00 to 500.00 */
	const market_money *discount;
	market_rate rate; /* 0 % to 50 % */
	const market_rate *share;
	market_id buyer;
	market_id order;
	market_time at;
	const market_time *until;
	market_time span; /* 1 h to 2 d */
	int32_t state;
	const char *name;   /* required, 2 to 20 bytes */
	const char *note;   /* several lines */
	const char *secret; /* sensitive */
	market_blob blob;   /* at most 8 bytes */
	const sample_inner *inner;
	const sample_line *const *lines; /* 1 to 3 */
	size_t n_lines;
	const char *const *codes; /* at most 3 */
	size_t n_codes;
	const market_pair *const *metadata;
	size_t n_metadata;
	int64_t internal;
} sample;

extern const mk_enum sample_state_enum;
extern const mk_record sample_line_record;
extern const mk_record sample_inner_record;
extern const mk_record sample_record;
/* The fields of sample_record from the last to the first. */
extern const mk_record sample_backwards_record;

/* A sample with every field present, in the arena. */
sample *full_sample(mk_arena *arena);
/* A sample with the required fields only. */
sample *small_sample(mk_arena *arena);
/* The JSON of full_sample, secret in full. */
extern const char sample_json[];

#endif
