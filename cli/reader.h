/* Lines of a file or of standard input. */
#ifndef CLI_READER_H
#define CLI_READER_H

#include <stdbool.h>
#include <stddef.h>

#define CLI_LONGEST_LINE ((size_t)1024 * 1024) /* bytes */

typedef struct cli_reader cli_reader;

typedef enum cli_reading {
	CLI_READ_LINE,
	CLI_READ_NOTHING, /* there is none at the moment */
	CLI_READ_END
} cli_reading;

/* "-" or NULL: standard input. NULL when it can't be read. */
cli_reader *cli_reader_open(const char *path);
void cli_reader_close(cli_reader *reader);
/* The next line without its end, which lives until the next call; one that is too long has more
 * bytes than a line may have. Without `wait` only what is there now. */
cli_reading cli_reader_next(cli_reader *reader, bool wait, char **line, size_t *size);
/* Whether the end came of an error. */
bool cli_reader_failed(const cli_reader *reader);

#endif
