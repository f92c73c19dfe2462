/*
 * What is read from outside, given any bytes. A target takes an input and ends; what must not
 * happen aborts, so that both libFuzzer and the replay of the corpora see it.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <jansson.h>
#include <market.h>

#include "libmarket/record/record.h"

typedef void fuzz_target(const uint8_t *data, size_t size);

fuzz_target fuzz_policy;       /* a policy in YAML */
fuzz_target fuzz_rules;        /* a pack of listing rules in YAML */
fuzz_target fuzz_fold;         /* a text, folded */
fuzz_target fuzz_params;       /* lines of "ACTOR OPERATION PARAMS", params in JSON */
fuzz_target fuzz_notification; /* what a payment provider sends: the body, signed */
fuzz_target fuzz_csv;          /* a table for market replay */
fuzz_target fuzz_checkpoint;   /* an anchor; behind an F the frontier of a tree */
fuzz_target fuzz_url;          /* a store's URL */
fuzz_target fuzz_values;       /* times, durations, amounts and identifiers as text */

/* Says what is wrong and aborts. */
void fuzz_check(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The input as a text with its NUL; freed with free. */
char *fuzz_text(const uint8_t *data, size_t size);
/* Reads a record from JSON. What is complete and within its limits is written, read again and
 * written alike: decoding undoes encoding. */
void fuzz_round_trip(const mk_record *record, const char *json, size_t size);

/* ---- world.c: a market in which something has happened ---- */

/* The one that all inputs share. After some hundreds of inputs it is made anew. */
typedef struct fuzz_world {
	market *market;
	market_session *session;
	market_time now;
	json_t *names; /* what `$seller`, `$sku`, `$order` and so on stand for */
	int inputs;
} fuzz_world;
fuzz_world *fuzz_world_get(void);
/* The text with the names' values in it; freed with free. */
char *fuzz_world_fill(const fuzz_world *w, const char *text);
/* Makes a call and checks its answer's form: a result that is JSON, or an error with a message. */
int fuzz_world_call(fuzz_world *w, const char *actor, const char *operation, const char *params,
                    json_t **reply);

#endif
