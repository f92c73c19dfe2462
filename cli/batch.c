/* Many operations from JSON Lines, those that are there at once in one call of the library. */
#include "cli/cli.h"
#include "cli/reader.h"

#include <stdlib.h>
#include <string.h>

#define MOST 64 /* lines read ahead; a chain may be longer, and is refused */

/* One line, from its reading to its result. */
typedef struct entry {
	json_int_t n;
	json_t *line;
	const char *op, *as, *key;
	market_time at;
	bool linked;
	json_t *in; /* an object, of the line */
	char *params;
	char actor[400];
	market_error err; /* of the line itself */
	int rc;
} entry;

typedef struct batch {
	cli_market open;
	cli_reader *reader;
	entry *entries;
	size_t n, room;
	json_int_t lines; /* read, blank ones too */
	bool clean, ended;
	bool ready; /* the last line doesn't belong to those before */
} batch;

static int run_all(batch *b);
static int gather(batch *b);
static bool blank(const char *text, size_t size);
static int add(batch *b, const char *text, size_t size);
static void read_entry(entry *e, const char *text, size_t size);
static int parse_line(const char *text, size_t size, json_t **line, market_error *err);
static int read_request(entry *e, market_error *err);
static size_t whole(const batch *b);
static int run_first(batch *b, size_t n);
static void enter_time(batch *b, entry *e);
static void fill_item(entry *e, market_batch_item *item);
static void print_result(const batch *b, entry *e, const market_batch_result *result);
static void name_line(const batch *b, const market_batch_result *result, market_error *err);
static void drop_first(batch *b, size_t n);

int cli_batch(const cli *cli)
{
	batch b = {.clean = true};
	int rc;
	if (cli->argc > 2)
		return cli_usage("batch [FILE|-]");
	b.reader = cli_reader_open(cli->argc == 2 ? cli->argv[1] : NULL);
	if (!b.reader)
		return cli_usage("can't read %s", cli->argc == 2 ? cli->argv[1] : "standard input");
	rc = cli_open(cli, &b.open);
	if (rc == 0) {
		rc = run_all(&b);
		cli_close(&b.open);
	}
	if (rc == 0 && cli_reader_failed(b.reader))
		rc = cli_usage("can't read %s", cli->argc == 2 ? cli->argv[1] : "standard input");
	cli_reader_close(b.reader);
	drop_first(&b, b.n);
	free(b.entries);
	if (rc != 0)
		return rc;
	return b.clean ? EXIT_OK : EXIT_REFUSED;
}

static int run_all(batch *b)
{
	int rc = 0;
	while (rc == 0 && (!b->ended || b->n > 0)) {
		rc = gather(b);
		if (rc == 0)
			rc = run_first(b, whole(b));
	}
	return rc;
}

/* Lines as long as there are some now and those before go together with them. A chain that has
 * begun is waited for, when nothing before it can be answered meanwhile. */
static int gather(batch *b)
{
	b->ready = false;
	while (!b->ready && !b->ended) {
		size_t size = 0, ready = whole(b);
		char *text = NULL;
		cli_reading read;
		int rc;
		if (b->n >= MOST && ready > 0)
			return 0;
		read = cli_reader_next(b->reader, ready == 0, &text, &size);
		if (read == CLI_READ_NOTHING)
			return 0;
		b->ended = read == CLI_READ_END;
		if (read == CLI_READ_LINE)
			b->lines++;
		rc = read == CLI_READ_LINE && !blank(text, size) ? add(b, text, size) : 0;
		if (rc != 0)
			return rc;
	}
	return 0;
}

static bool blank(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
			return false;
	return true;
}

static int add(batch *b, const char *text, size_t size)
{
	entry *e;
	if (b->n == b->room) {
		size_t room = b->room ? b->room * 2 : MOST;
		entry *more = realloc(b->entries, sizeof(*more) * room);
		if (!more)
			return cli_usage("memory is exhausted");
		b->entries = more;
		b->room = room;
	}
	e = &b->entries[b->n];
	memset(e, 0, sizeof(*e));
	e->n = b->lines;
	read_entry(e, text, size);
	/* what is due before it comes after all that stands before it */
	b->ready = e->at != 0 && b->n > 0 && !b->entries[b->n - 1].linked;
	b->n++;
	return 0;
}

static void read_entry(entry *e, const char *text, size_t size)
{
	e->rc = parse_line(text, size, &e->line, &e->err);
	if (e->rc == 0)
		e->rc = read_request(e, &e->err);
	if (e->rc != 0)
		return;
	if (e->key)
		json_object_set_new(e->in, "key", json_string(e->key));
	e->params = json_dumps(e->in, JSON_COMPACT);
	if (!e->params)
		e->rc = cli_fail(&e->err, MARKET_EUTF8, "the params can't be written as JSON", "in");
}

static int parse_line(const char *text, size_t size, json_t **line, market_error *err)
{
	char message[200];
	json_error_t where;
	if (size > CLI_LONGEST_LINE) {
		snprintf(message, sizeof(message), "the line is longer than %zu bytes", CLI_LONGEST_LINE);
		return cli_fail(err, MARKET_ELIMIT, message, "");
	}
	*line = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
	if (*line)
		return 0;
	snprintf(message, sizeof(message), "column %d: %.150s", where.column, where.text);
	return cli_fail(err, MARKET_ESYNTAX, message, "");
}

static int read_at(json_t *value, market_time *out, market_error *err)
{
	if (!value)
		return 0;
	if (json_is_integer(value))
		*out = json_integer_value(value);
	else if (!json_is_string(value) || !cli_time(json_string_value(value), out))
		return cli_fail(err, MARKET_EINVALID, "this isn't a time", "at");
	return *out > 0 ? 0 : cli_fail(err, MARKET_EINVALID, "this isn't a time", "at");
}

static int read_text(json_t *line, const char *name, const char **out, market_error *err)
{
	json_t *value = json_object_get(line, name);
	if (value && !json_is_string(value))
		return cli_fail(err, MARKET_ETYPE, "a text is expected", name);
	*out = json_string_value(value);
	return 0;
}

static int check_names(json_t *line, market_error *err)
{
	static const char *const known[] = {"op", "as", "in", "at", "key", "linked"};
	const char *name;
	json_t *value;
	if (!json_is_object(line))
		return cli_fail(err, MARKET_ETYPE, "a line is one JSON object", "");
	json_object_foreach(line, name, value)
	{
		bool found = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found = found || strcmp(name, known[i]) == 0;
		if (!found)
			return cli_fail(err, MARKET_EUNKNOWNFIELD, "a line has op, as, in, at, key and linked",
			                name);
	}
	return 0;
}

static int read_request(entry *e, market_error *err)
{
	json_t *linked;
	int rc = check_names(e->line, err);
	if (rc != 0)
		return rc;
	linked = json_object_get(e->line, "linked");
	e->linked = json_is_true(linked);
	rc = read_text(e->line, "op", &e->op, err);
	if (rc == 0)
		rc = read_text(e->line, "as", &e->as, err);
	if (rc == 0)
		rc = read_text(e->line, "key", &e->key, err);
	if (rc == 0)
		rc = read_at(json_object_get(e->line, "at"), &e->at, err);
	if (rc == 0 && linked && !json_is_boolean(linked))
		rc = cli_fail(err, MARKET_ETYPE, "true or false is expected", "linked");
	if (rc != 0)
		return rc;
	if (!e->op)
		return cli_fail(err, MARKET_EMISSING, "the operation is missing", "op");
	e->in = json_object_get(e->line, "in");
	if (!e->in) {
		e->in = json_object();
		json_object_set_new(e->line, "in", e->in);
	}
	return json_is_object(e->in) ? 0
	                             : cli_fail(err, MARKET_ETYPE, "params are one JSON object", "in");
}

/* How many lines can be run now: without a chain whose end isn't there yet, nor a last line that
 * waits for those before it. */
static size_t whole(const batch *b)
{
	size_t n = b->n - (b->ready ? 1 : 0);
	while (!b->ended && n > 0 && b->entries[n - 1].linked)
		n--;
	return n;
}

static int run_first(batch *b, size_t n)
{
	market_batch_item *items = calloc(n + 1, sizeof(*items));
	market_batch_result *results = calloc(n + 1, sizeof(*results));
	market_error err;
	int rc = 0;
	if (!items || !results)
		rc = cli_usage("memory is exhausted");
	if (rc == 0 && n > 0 && b->entries[0].at != 0)
		enter_time(b, &b->entries[0]);
	for (size_t i = 0; i < n && rc == 0; i++)
		fill_item(&b->entries[i], &items[i]);
	if (rc == 0 && market_batch(b->open.session, items, n, results, &err) != 0)
		for (size_t i = 0; i < n; i++) {
			results[i].code = err.code;
			results[i].error = err;
		}
	for (size_t i = 0; i < n && rc == 0; i++) {
		print_result(b, &b->entries[i], &results[i]);
		b->clean = b->clean && b->entries[i].rc == 0 && results[i].code == 0;
	}
	if (rc == 0 && !cli_written())
		rc = EXIT_USAGE;
	if (results)
		market_batch_free(results, n);
	free(items);
	free(results);
	drop_first(b, n);
	return rc;
}

/* Does what is due before the first line's time, which is that line's own. */
static void enter_time(batch *b, entry *e)
{
	market_error *err = &e->err;
	if (e->rc == 0)
		e->rc = cli_set_time(&b->open, e->at, err);
	if (e->rc == 0)
		e->rc = cli_act_for(&b->open, e->as ? e->as : "operator:cli", err);
	if (e->rc == 0)
		e->rc = cli_catch_up(&b->open, e->at, err);
	cli_set_time(&b->open, 0, NULL);
}

/* A line that is wrong by itself is an item without operation: it breaks its chain. */
static void fill_item(entry *e, market_batch_item *item)
{
	const char *as = e->as ? e->as : "operator:cli";
	*item = (market_batch_item)MARKET_BATCH_ITEM_INIT;
	item->flags = e->linked ? MARKET_BATCH_LINKED : 0;
	if (e->rc != 0)
		return;
	item->operation = e->op;
	item->params = e->params;
	item->at = e->at;
	item->as = as;
	if (cli_vouched(as, e->actor, sizeof(e->actor)))
		item->as = e->actor;
}

static void print_result(const batch *b, entry *e, const market_batch_result *result)
{
	json_t *line = json_object();
	int rc = e->rc != 0 ? e->rc : result->code;
	char *text;
	json_object_set_new(line, "n", json_integer(e->n));
	json_object_set_new(line, "op", e->op ? json_string(e->op) : json_null());
	json_object_set_new(line, "ok", json_boolean(rc == 0));
	if (rc == 0 && result->replayed)
		json_object_set_new(line, "replayed", json_true());
	if (rc == 0) {
		json_object_set_new(line, "out", json_loads(result->reply, JSON_DECODE_ANY, NULL));
	} else {
		market_error err = e->rc != 0 ? e->err : result->error;
		if (e->rc == 0 && rc == MARKET_ECHAIN)
			name_line(b, result, &err);
		json_object_set_new(line, "error", cli_error_json(&err));
	}
	text = json_dumps(line, JSON_COMPACT | JSON_ENCODE_ANY);
	if (text)
		puts(text);
	free(text);
	json_decref(line);
}

static void name_line(const batch *b, const market_batch_result *result, market_error *err)
{
	const entry *broke = &b->entries[result->broken_by];
	snprintf(err->message, sizeof(err->message), "line %lld broke its chain", (long long)broke->n);
}

static void drop_first(batch *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_decref(b->entries[i].line);
		free(b->entries[i].params);
	}
	if (b->n > n)
		memmove(b->entries, b->entries + n, sizeof(*b->entries) * (b->n - n));
	b->n -= n;
}
