/* A YAML document as a tree with positions, read from libyaml's events. */
#ifndef MK_RECORD_YAML_TREE_H
#define MK_RECORD_YAML_TREE_H

#include "libmarket/record/record.h"

typedef enum mk_yaml_kind {
	MK_YAML_SCALAR,
	MK_YAML_SEQUENCE,
	MK_YAML_MAPPING,
	MK_YAML_REFUSED /* its error is reported already */
} mk_yaml_kind;

typedef struct mk_yaml_node {
	mk_yaml_kind kind;
	bool plain; /* a scalar without quotes */
	int line, column;
	const char *text;               /* SCALAR */
	size_t count;                   /* of children */
	struct mk_yaml_node *first;     /* child */
	struct mk_yaml_node *last;      /* child */
	struct mk_yaml_node *next;      /* sibling */
	const struct mk_yaml_node *key; /* in a mapping */
} mk_yaml_node;

/* Reads the document and adds its errors to `state`. `root` is NULL when there is none; `partial`
 * is set when a syntax error cut it short. Returns 0 or MARKET_ENOMEM. */
int mk_yaml_tree(const char *yaml, size_t size, mk_yaml *state, mk_yaml_node **root, bool *partial,
                 market_error *err);

/* Adds an error in order of line and column; at MK_MAX_POLICY_ERRORS the last ones fall off. */
void mk_yaml_add(mk_yaml *state, int line, int column, const char *hint, const char *format, ...)
	MK_PRINTF(5, 6);

#endif
