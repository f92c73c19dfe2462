/* Lines of input: with editing, completion and history on a terminal where libedit is there, else
 * as they come. */
#ifndef CLI_LINE_H
#define CLI_LINE_H

#include "cli/complete.h"

typedef struct cli_line cli_line;

/* Offers what may stand at the end of `text`, the line as far as the cursor. Its words have the
 * form of cli_completion; *word is where the last one begins. */
typedef void cli_line_complete(const char *text, const char **word, cli_completion *to);

/* `history`: the file for the lines, made with mode 0600; NULL: none. */
cli_line *cli_line_open(const char *history, cli_line_complete *complete);
/* The next line without its end, borrowed until the next; NULL: the end of the input. */
const char *cli_line_read(cli_line *line, const char *prompt);
/* Whether a person sits at the other end. */
bool cli_line_interactive(const cli_line *line);
void cli_line_close(cli_line *line);

#endif
