/*
 * Scenarios: text tables of operations and their outcomes (docs/howto/write-a-scenario.md). A file
 * is read once and can then be run in several ways: by the library, by the command line, with
 * faults.
 */
#ifndef TESTS_SCENARIOS_SCENARIO_H
#define TESTS_SCENARIOS_SCENARIO_H

#include <jansson.h>
#include <market.h>

typedef enum scenario_verb {
	SCENARIO_CALL,   /* an operation and its outcome */
	SCENARIO_AT,     /* the clock moves to a time; what is due is done */
	SCENARIO_AFTER,  /* the clock moves on by a span; what is due is done */
	SCENARIO_LATER,  /* the clock moves on by a span and nothing is done */
	SCENARIO_WORK,   /* what is due is done */
	SCENARIO_BALANCE /* an account has a balance */
} scenario_verb;

typedef struct scenario_step {
	char *file; /* where it stands, when not in the scenario's own */
	int line;
	scenario_verb verb;
	char *who; /* "operator:ann", "buyer:ref:ana" */
	char *operation;
	char *params; /* YAML, without the outer braces */
	char *outcome;
	market_time time; /* AT: the time; AFTER, LATER: the span */
} scenario_step;

typedef struct scenario {
	char *path;
	char name[64]; /* of the file, without folder and extension */
	char *title;   /* its first line */
	char *covers;  /* the rules it proves, or "" */
	char *policy;  /* YAML; NULL: the built-in one */
	bool library_only;
	market_time start;
	scenario_step *steps;
	size_t n_steps;
	size_t n_own; /* the first of its own */
} scenario;

#define SCENARIO_WHY 1000

/* Writes a reason. */
void scenario_say(char why[SCENARIO_WHY], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Reads a file; NULL with the reason in `why`, as file:line: text. */
scenario *scenario_read(const char *path, char why[SCENARIO_WHY]);
void scenario_free(scenario *scenario);

/* How operations are called. Each returns 0 or a negative code with `err` filled. */
typedef struct scenario_way {
	void *data;
	/* `reply` is the result, NULL when refused; the scenario releases it. */
	int (*call)(void *data, const char *who, const char *operation, const char *params,
	            json_t **reply, bool *replayed, market_error *err);
	/* Moves the clock on and does all that falls due until then, each at its own time; NULL: the
	 * way does it by itself before each call. */
	int (*work)(void *data, market_time until, market_error *err);
	/* The clock moves and nothing is done. */
	void (*set_time)(void *data, market_time now);
	/* Told of each operation's answer before it is judged; may be NULL. */
	void (*answered)(const scenario_step *step, int code, const json_t *reply,
	                 const market_error *err);
} scenario_way;

/* Values that outcomes have named: $order. */
typedef struct scenario_values {
	json_t *named;
} scenario_values;
void scenario_values_free(scenario_values *values);
/* A value's text, or NULL. */
const char *scenario_value(const scenario_values *values, const char *name);

/* Runs all steps. False with the reason in `why` at the first that went otherwise. */
bool scenario_run(const scenario *scenario, const scenario_way *way, scenario_values *values,
                  char why[SCENARIO_WHY]);

/* ---- parts, for other tests ---- */

/* Params as JSON: YAML without braces, values by the operation's descriptor, $names replaced. NULL
 * with the reason. */
json_t *scenario_params(const char *operation, const char *yaml, const scenario_values *values,
                        char why[SCENARIO_WHY]);
/* Whether an outcome cell holds; $names that are new are set. */
bool scenario_outcome(const char *expected, int code, const json_t *reply, bool replayed,
                      const market_error *err, scenario_values *values, char why[SCENARIO_WHY]);
/* Sets the $names of a cell that are new, whatever else it says. */
void scenario_bind(const char *cell, const json_t *reply, scenario_values *values);
/* The actor of a row, its $name replaced; false with the reason when it isn't set. */
bool scenario_actor(const char *who, const scenario_values *values, char out[300],
                    char why[SCENARIO_WHY]);
/* The policy with changed values: lines "a.b: value", and sections. NULL with the reason. */
char *scenario_policy(const char *changes, char why[SCENARIO_WHY]);

#endif
