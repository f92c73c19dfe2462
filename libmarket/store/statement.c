#include "libmarket/store/driver.h"

#include <string.h>

/* Reads one statement's text and, for PostgreSQL, writes it again. */
typedef struct scanner {
	const mk_statement *statement;
	const char *at;
	mk_text *out; /* NULL: nothing is written */
	const char **names;
	size_t n_names, highest;
} scanner;

static int expand(const mk_statement *statement, mk_store_kind kind, mk_arena *arena,
                  const char **out, market_error *err);
static int scan(scanner *s, mk_arena *arena, market_error *err);
static size_t skipped(const char *at);
static size_t quoted(const char *at, char quote);
static int scan_number(scanner *s, market_error *err);
static int scan_name(scanner *s, mk_arena *arena, market_error *err);
static bool is_letter(char c);
static bool is_digit(char c);
static void write_number(scanner *s, size_t number);

int mk_statement_scan(const mk_statement *statement, bool number, mk_arena *arena, mk_prepared *out,
                      market_error *err)
{
	scanner s = {.statement = statement};
	mk_text text;
	int rc =
		expand(statement, number ? MK_STORE_POSTGRES : MK_STORE_SQLITE, arena, &out->text, err);

	if (rc != 0)
		return rc;
	s.at = out->text;
	mk_text_init(&text, arena->allocator, 1024 * 1024);
	if (number)
		s.out = &text;
	s.names = mk_arena_get(arena, sizeof(*s.names) * MK_MAX_NAMED);
	if (!s.names) {
		rc = mk_error_no_memory(err);
		goto out;
	}
	rc = scan(&s, arena, err);
	if (rc != 0)
		goto out;
	if (number) {
		out->numbered =
			text.failed ? NULL : mk_arena_text_n(arena, text.data ? text.data : "", text.size);
		if (!out->numbered) {
			rc = mk_error_no_memory(err);
			goto out;
		}
	}
	out->names = s.n_names > 0 ? s.names : NULL;
	out->n_parameters = s.n_names > 0 ? s.n_names : s.highest;
out:
	mk_text_close(&text);
	return rc;
}

static int expand(const mk_statement *statement, mk_store_kind kind, mk_arena *arena,
                  const char **out, market_error *err)
{
	mk_text text;
	int rc;

	*out = statement->sql;
	if (!strchr(statement->sql, '{'))
		return 0;
	mk_text_init(&text, arena->allocator, 1024 * 1024);
	rc = mk_schema_expand(kind, statement->sql, &text);
	*out = rc == 0 ? mk_arena_text_n(arena, text.data, text.size) : NULL;
	mk_text_close(&text);
	if (rc == MARKET_EINTERNAL)
		return mk_error_set(err, rc, "statement %s has an unknown token", statement->name);
	return *out ? 0 : mk_error_no_memory(err);
}

static int scan(scanner *s, mk_arena *arena, market_error *err)
{
	int rc = 0;
	size_t size;

	while (*s->at && rc == 0) {
		size = skipped(s->at);
		if (size > 0) {
			if (s->out)
				mk_text_add_n(s->out, s->at, size);
			s->at += size;
		} else if (*s->at == '?') {
			rc = scan_number(s, err);
		} else {
			rc = scan_name(s, arena, err);
		}
	}
	if (rc == 0 && s->n_names > 0 && s->highest > 0)
		return mk_error_set(err, MARKET_EINTERNAL,
		                    "statement %s mixes named and numbered parameters", s->statement->name);
	return rc;
}

/* How much of the text holds no parameter; 0 at one. */
static size_t skipped(const char *at)
{
	const char *begin = at;

	for (;;) {
		if (*at == '\'' || *at == '"')
			at += quoted(at, *at);
		else if (at[0] == ':' && at[1] == ':')
			at += 2;
		else if (*at && *at != '?' && !(*at == ':' && is_letter(at[1])))
			at++;
		else
			return (size_t)(at - begin);
	}
}

static size_t quoted(const char *at, char quote)
{
	const char *end = strchr(at + 1, quote);

	return end ? (size_t)(end - at) + 1 : strlen(at);
}

static int scan_number(scanner *s, market_error *err)
{
	size_t number = 0;

	for (s->at++; is_digit(*s->at) && number <= MK_MAX_PARAMETERS; s->at++)
		number = number * 10 + (size_t)(*s->at - '0');
	if (number == 0 || number > MK_MAX_PARAMETERS)
		return mk_error_set(err, MARKET_EINTERNAL,
		                    "statement %s has a parameter without a number from 1 to %d",
		                    s->statement->name, MK_MAX_PARAMETERS);
	if (number > s->highest)
		s->highest = number;
	write_number(s, number);
	return 0;
}

static int scan_name(scanner *s, mk_arena *arena, market_error *err)
{
	const char *name = ++s->at;
	size_t size, i;

	while (is_letter(*s->at) || is_digit(*s->at))
		s->at++;
	size = (size_t)(s->at - name);
	for (i = 0; i < s->n_names; i++)
		if (strncmp(s->names[i], name, size) == 0 && s->names[i][size] == '\0')
			break;
	if (i == s->n_names) {
		if (i >= MK_MAX_NAMED)
			return mk_error_set(err, MARKET_EINTERNAL,
			                    "statement %s has more than %d named parameters",
			                    s->statement->name, MK_MAX_NAMED);
		s->names[i] = mk_arena_text_n(arena, name, size);
		if (!s->names[i])
			return mk_error_no_memory(err);
		s->n_names++;
	}
	write_number(s, i + 1);
	return 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* SQLite numbers named parameters in the order of their first use, so the two agree. */
static void write_number(scanner *s, size_t number)
{
	if (!s->out)
		return;
	mk_text_add_char(s->out, '$');
	mk_text_add_int(s->out, (int64_t)number);
}
