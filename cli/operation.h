/* What the schema says of operations, for help, completion, the shell and the manual. */
#ifndef CLI_OPERATION_H
#define CLI_OPERATION_H

#include "cli/cli.h"
#include "cli/pool.h"

/* The row of an operation as the schema gives it: summary, by, errors, params, result. NULL: there
 * is none. Borrowed: it lives as long as the program. */
json_t *cli_operation(const char *name);
/* The part of a schema that describes a field's values, by a dotted path ("items[].sku"). */
json_t *cli_field(json_t *schema, const char *path);
/* A schema's type in words: "time", "money", "id (buy) or ref:REF", "list of place_item". */
const char *cli_type(pool *pool, json_t *schema);
bool cli_is_money(json_t *schema);

/* Calls `each` for every field of a params or result schema, nested ones with their path. */
typedef void cli_field_visit(const char *path, json_t *field, bool required, void *user_data);
void cli_each_field(json_t *schema, cli_field_visit *each, void *user_data);

#endif
