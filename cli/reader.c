/* Lines of a file or a pipe, as long as there are any now. */
#include "cli/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536
#define ROOM (CLI_LONGEST_LINE + 1 + CHUNK)

struct cli_reader {
	int file;
	bool ended, failed;
	size_t begin, end;
	char text[ROOM];
};

static bool take(cli_reader *reader, char **line, size_t *size);
static void make_room(cli_reader *reader);
static bool readable(const cli_reader *reader);
static void read_more(cli_reader *reader);

cli_reader *cli_reader_open(const char *path)
{
	int file = path && strcmp(path, "-") != 0 ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	cli_reader *reader = file >= 0 ? malloc(sizeof(*reader)) : NULL;

	if (reader) {
		reader->file = file;
		reader->ended = reader->failed = false;
		reader->begin = reader->end = 0;
	} else if (file > STDIN_FILENO) {
		close(file);
	}
	return reader;
}

void cli_reader_close(cli_reader *reader)
{
	if (reader && reader->file != STDIN_FILENO)
		close(reader->file);
	free(reader);
}

cli_reading cli_reader_next(cli_reader *reader, bool wait, char **line, size_t *size)
{
	while (!take(reader, line, size)) {
		if (reader->ended)
			return CLI_READ_END;
		if (!wait && !readable(reader))
			return CLI_READ_NOTHING;
		make_room(reader);
		read_more(reader);
	}
	return CLI_READ_LINE;
}

bool cli_reader_failed(const cli_reader *reader)
{
	return reader->failed;
}

static bool take(cli_reader *reader, char **line, size_t *size)
{
	char *begin = reader->text + reader->begin;
	size_t length = reader->end - reader->begin;
	char *newline = memchr(begin, '\n', length);

	if (!newline && (!reader->ended || length == 0))
		return false;
	*line = begin;
	*size = newline ? (size_t)(newline - begin) : length;
	reader->begin += *size + (newline ? 1 : 0);
	if (*size > 0 && *size <= CLI_LONGEST_LINE && begin[*size - 1] == '\r')
		(*size)--;
	return true;
}

/* Of a line that is too long one byte more than it may have is kept. */
static void make_room(cli_reader *reader)
{
	size_t length = reader->end - reader->begin;

	if (length > CLI_LONGEST_LINE + 1)
		length = CLI_LONGEST_LINE + 1;
	memmove(reader->text, reader->text + reader->begin, length);
	reader->begin = 0;
	reader->end = length;
}

static bool readable(const cli_reader *reader)
{
	struct pollfd file = {.fd = reader->file, .events = POLLIN};

	return poll(&file, 1, 0) > 0;
}

static void read_more(cli_reader *reader)
{
	ssize_t n = read(reader->file, reader->text + reader->end, CHUNK);

	if (n > 0) {
		reader->end += (size_t)n;
	} else if (n == 0 || errno != EINTR) {
		reader->ended = true;
		reader->failed = n < 0;
	}
}
