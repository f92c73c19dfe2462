/* market shell: its parts. */
#ifndef CLI_SHELL_H
#define CLI_SHELL_H

#include "cli/cli.h"

#define SHELL_LONGEST 65536 /* bytes of a value that isn't JSON */

/* "FIELD=VALUE ..." as params of an operation. A value is a word, '...' or "...", JSON where it
 * begins with { or [, money as "12.50 BRL", a list of texts with commas; FIELD may be dotted. NULL
 * with `problem` filled. */
json_t *shell_params(const char *operation, const char *text, char *problem, size_t size);

#endif
