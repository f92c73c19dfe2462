/* The day of `market demo` as a table. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include <stddef.h>

/* One operation. In `params` ' stands for ", $name.path for a text of an earlier reply (with
 * $name.orders.0.id the id of its first order), and $now for the time. */
typedef struct demo_step {
	int minute;        /* of the day, from midnight; the next day's go on from 1440 */
	const char *actor; /* NULL: only `say` */
	const char *op;
	const char *params;
	const char *save; /* the reply's name */
	const char *say;  /* printed when it is done */
} demo_step;

extern const demo_step demo_steps[];
extern const size_t demo_step_count;

/* The rules of this marketplace where they aren't the built-in ones. */
extern const char *const demo_rules[][2];
extern const size_t demo_rule_count;

/* Minutes: when the day begins and ends, and when the checkpoint is exported. */
enum { DEMO_BEGIN = 8 * 60, DEMO_CHECKPOINT = 22 * 60, DEMO_END = 32 * 60 };

#endif
