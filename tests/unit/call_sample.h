/*
 * Params for any operation of the table, made from its descriptor, and the places in them where a
 * fault can be put.
 */
#ifndef TESTS_UNIT_CALL_SAMPLE_H
#define TESTS_UNIT_CALL_SAMPLE_H

#include <jansson.h>

#include "libmarket/op/op.h"

/* Gives the text of an identifier for a field, or NULL for a well-formed one of nothing. */
typedef const char *(*call_sample_id)(const mk_field *field, void *user_data);

/* An object with every field that must be there, or with all of them. The caller's to release. */
json_t *call_sample(const mk_record *params, bool all, call_sample_id id, void *user_data);
/* A value that one field takes; NULL for a kind it doesn't know. */
json_t *call_sample_value(const mk_field *field, bool all, call_sample_id id, void *user_data);

#define CALL_SAMPLE_DEPTH 8

/* One field of an operation's params, however deep. */
typedef struct call_place {
	const mk_op *op;
	const mk_field *field;
	const mk_field *steps[CALL_SAMPLE_DEPTH]; /* the fields that lead to its record */
	size_t n_steps;
	char path[160]; /* as an error names it */
} call_place;

/* Visits every public field of the params, those of records and of lists' first items included. */
void call_each_place(const mk_op *op, void (*visit)(const call_place *place, void *user_data),
                     void *user_data);
/* The object that holds the field in params made by call_sample(…, true, …); borrowed. */
json_t *call_holder(const call_place *place, json_t *params);
/* The struct that holds it. */
void *call_struct(const call_place *place, void *params);

#endif
