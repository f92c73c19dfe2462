/* Aligned tables, and the terminal that shows them. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum cli_colour { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_RED, CLI_GREEN } cli_colour;

/* The sequence that begins a colour, or ends it for CLI_PLAIN; "" where `out` isn't a terminal that
 * shows colours, or NO_COLOR is set. */
const char *cli_colour_of(FILE *out, cli_colour colour);
/* The columns of the terminal behind `out`; 0: it is none. */
size_t cli_terminal_width(FILE *out);
/* The columns that a UTF-8 text takes. */
size_t cli_text_width(const char *text);

typedef struct cli_table cli_table;

/* `headings` may be NULL: a table without. Without memory the program ends, as in pool.h. */
cli_table *cli_table_new(const char *const *headings, size_t columns);
/* Copies the cells; NULL is "". What could steer a terminal is left out. */
void cli_table_add(cli_table *table, const char *const *cells);
/* The columns that it takes on a terminal. */
size_t cli_table_width(const cli_table *table);
/* Columns of numbers are aligned at the right; a last column of words is folded where the terminal
 * ends. */
void cli_table_print(const cli_table *table, FILE *out, size_t indent);
void cli_table_free(cli_table *table);

#endif
