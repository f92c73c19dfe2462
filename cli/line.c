#include "cli/line.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/pool.h"
#include "cli/table.h"
#include "config.h"

#ifdef HAVE_LIBEDIT
#include <histedit.h>
#include <locale.h>
#include <sys/stat.h>
#endif

struct cli_line {
	bool interactive;
	char *text;
	size_t size;
	const char *prompt;
	cli_line_complete *complete;
#ifdef HAVE_LIBEDIT
	const char *path;
	bool dropped; /* the line that is being typed */
	EditLine *editor;
	History *history;
#endif
};

static const char *read_plain(cli_line *line);

#ifdef HAVE_LIBEDIT

#define MOST_LINES 1000

static void open_editor(cli_line *line, const char *history);
static const char *read_edited(cli_line *line);
static void remember(cli_line *line);
static unsigned char complete_line(EditLine *editor, int key);

#endif

cli_line *cli_line_open(const char *history, cli_line_complete *complete)
{
	cli_line *line = calloc(1, sizeof(*line));
	if (!line)
		return NULL;
	line->interactive = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	line->complete = complete;
#ifdef HAVE_LIBEDIT
	if (line->interactive)
		open_editor(line, history);
#else
	(void)history;
#endif
	return line;
}

bool cli_line_interactive(const cli_line *line)
{
	return line->interactive;
}

const char *cli_line_read(cli_line *line, const char *prompt)
{
	line->prompt = prompt;
#ifdef HAVE_LIBEDIT
	if (line->editor)
		return read_edited(line);
#endif
	return read_plain(line);
}

void cli_line_close(cli_line *line)
{
	if (!line)
		return;
#ifdef HAVE_LIBEDIT
	if (line->editor)
		el_end(line->editor);
	if (line->history)
		history_end(line->history);
#endif
	free(line->text);
	free(line);
}

static const char *read_plain(cli_line *line)
{
	ssize_t size;
	if (line->interactive) {
		fputs(line->prompt, stdout);
		fflush(stdout);
	}
	size = getline(&line->text, &line->size, stdin);
	if (size < 0)
		return NULL;
	line->text[strcspn(line->text, "\r\n")] = '\0';
	return line->text;
}

#ifdef HAVE_LIBEDIT

/* Ctrl-C drops the line, and only the line. */
static unsigned char drop_line(EditLine *editor, int key)
{
	cli_line *line = NULL;
	(void)key;
	el_get(editor, EL_CLIENTDATA, &line);
	line->dropped = true;
	return CC_NEWLINE;
}

static char *prompt_of(EditLine *editor)
{
	static char text[256];
	cli_line *line = NULL;
	el_get(editor, EL_CLIENTDATA, &line);
	snprintf(text, sizeof(text), "%s", line->prompt);
	return text;
}

static void open_editor(cli_line *line, const char *history_path)
{
	HistEvent event;
	setlocale(LC_CTYPE, "");
	line->editor = el_init("market", stdin, stdout, stderr);
	line->history = history_init();
	if (!line->editor || !line->history)
		return;
	line->path = history_path;
	el_set(line->editor, EL_CLIENTDATA, line);
	el_set(line->editor, EL_PROMPT, prompt_of);
	el_set(line->editor, EL_EDITOR, "emacs");
	el_set(line->editor, EL_HIST, history, line->history);
	el_set(line->editor, EL_ADDFN, "market-complete", "Completes a word", complete_line);
	el_set(line->editor, EL_BIND, "^I", "market-complete", NULL);
	el_set(line->editor, EL_ADDFN, "market-drop", "Drops the line", drop_line);
	el_set(line->editor, EL_SETTY, "-d", "-isig", NULL);
	el_set(line->editor, EL_BIND, "^C", "market-drop", NULL);
	el_set(line->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(line->editor, NULL);
	history(line->history, &event, H_SETSIZE, MOST_LINES);
	history(line->history, &event, H_SETUNIQUE, 1);
	if (line->path)
		history(line->history, &event, H_LOAD, line->path);
}

static const char *read_edited(cli_line *line)
{
	const char *text;
	int size = 0;
	do {
		line->dropped = false;
		text = el_gets(line->editor, &size);
		if (line->dropped)
			fputs("^C\n", stdout);
	} while (line->dropped);
	if (!text || size <= 0) {
		putchar('\n');
		return NULL;
	}
	free(line->text);
	line->text = strndup(text, strcspn(text, "\r\n"));
	if (line->text && line->text[0] != '\0' && line->text[0] != ' ')
		remember(line);
	return line->text;
}

static void remember(cli_line *line)
{
	HistEvent event;
	mode_t before;
	history(line->history, &event, H_ENTER, line->text);
	if (!line->path)
		return;
	before = umask(077);
	history(line->history, &event, H_SAVE, line->path);
	umask(before);
}

/* ---- completion ---- */

typedef struct offers {
	pool pool;
	const char **words;
	size_t count, room;
} offers;

static void take_offer(const char *word, const char *summary, void *user_data)
{
	offers *offers = user_data;
	(void)summary;
	*POOL_APPEND(offers->words, offers->count, offers->room) = pool_text(&offers->pool, word);
}

static size_t common_length(const offers *offers)
{
	size_t length = strlen(offers->words[0]);
	for (size_t i = 1; i < offers->count; i++) {
		size_t same = 0;
		while (same < length && offers->words[i][same] == offers->words[0][same])
			same++;
		length = same;
	}
	return length;
}

static void show_offers(const offers *offers)
{
	size_t width = 0, columns, across = cli_terminal_width(stdout);
	for (size_t i = 0; i < offers->count; i++)
		if (strlen(offers->words[i]) > width)
			width = strlen(offers->words[i]);
	columns = across / (width + 2) > 0 ? across / (width + 2) : 1;
	for (size_t i = 0; i < offers->count; i++)
		printf("%s%-*s", i % columns == 0 ? "\n" : "  ", (int)width, offers->words[i]);
	putchar('\n');
	fflush(stdout);
}

static unsigned char complete_line(EditLine *editor, int key)
{
	const LineInfo *info = el_line(editor);
	offers offers = {0};
	cli_completion to = {.take = take_offer, .user_data = &offers};
	char *text = strndup(info->buffer, (size_t)(info->cursor - info->buffer));
	const char *word = text;
	unsigned char result = CC_REFRESH_BEEP;
	cli_line *line = NULL;
	size_t typed, common;
	(void)key;
	el_get(editor, EL_CLIENTDATA, &line);
	if (text)
		line->complete(text, &word, &to);
	typed = word ? strlen(word) : 0;
	if (offers.count > 0) {
		char rest[512];
		common = common_length(&offers);
		snprintf(rest, sizeof(rest), "%.*s%s", (int)(common - typed), offers.words[0] + typed,
		         offers.count == 1 && !strchr(":/=", offers.words[0][common - 1]) ? " " : "");
		if (rest[0] != '\0') {
			result = el_insertstr(editor, rest) == 0 ? CC_REFRESH : CC_ERROR;
		} else {
			show_offers(&offers);
			result = CC_REDISPLAY;
		}
	}
	free(text);
	free(offers.words);
	pool_free(&offers.pool);
	return result;
}

#endif
