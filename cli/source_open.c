/* The bytes of a file as UTF-8, whatever their encoding; how many were read. */
#include "cli/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_bytes(void *cookie, char *out, size_t size);
static ssize_t read_raw(source *s, void *out, size_t size);
static size_t convert(source *s, char *out, size_t size);
static int close_file(void *cookie);

FILE *source_stream(source *s, const char *path)
{
	struct stat info;
	FILE *stream;

	s->in = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (s->in < 0)
		return NULL;
	s->opened = true;
	if (fstat(s->in, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0)
		s->size = (size_t)info.st_size;
	if (s->options->encoding) {
		s->converter = iconv_open("UTF-8", s->options->encoding);
		s->converts = s->converter != (iconv_t)-1;
	}
	stream =
		s->options->encoding && !s->converts
			? NULL
			: fopencookie(s, "r", (cookie_io_functions_t){.read = read_bytes, .close = close_file});
	if (!stream)
		close_file(s);
	return stream;
}

static ssize_t read_bytes(void *cookie, char *out, size_t size)
{
	source *s = cookie;
	size_t made = 0;

	if (!s->converts)
		return read_raw(s, out, size);
	while (made == 0) {
		if (!s->ended && s->n_raw < sizeof(s->raw)) {
			ssize_t n = read_raw(s, s->raw + s->n_raw, sizeof(s->raw) - s->n_raw);

			if (n < 0)
				return n;
			s->n_raw += (size_t)n;
		}
		if (s->n_raw == 0)
			return 0;
		made = convert(s, out, size);
	}
	return (ssize_t)made;
}

static ssize_t read_raw(source *s, void *out, size_t size)
{
	ssize_t n;

	do
		n = read(s->in, out, size);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		s->done += (size_t)n;
	s->ended = n == 0;
	s->failed = n < 0;
	return n;
}

/* A byte that isn't of the encoding becomes one that isn't UTF-8 either: its row is refused. */
static size_t convert(source *s, char *out, size_t size)
{
	char *from = (char *)s->raw, *to = out;
	size_t n_to = size;
	bool whole = iconv(s->converter, &from, &s->n_raw, &to, &n_to) != (size_t)-1;

	if (!whole && n_to > 0 && (errno == EILSEQ || (errno == EINVAL && s->ended))) {
		*to++ = (char)0xff;
		n_to--;
		from++;
		s->n_raw--;
		iconv(s->converter, NULL, NULL, NULL, NULL);
	}
	memmove(s->raw, from, s->n_raw);
	return size - n_to;
}

static int close_file(void *cookie)
{
	source *s = cookie;

	if (s->converts)
		iconv_close(s->converter);
	if (s->in > STDIN_FILENO)
		close(s->in);
	s->converts = false;
	s->in = -1;
	return 0;
}
