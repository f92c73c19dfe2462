#include "libmarket/store/store.h"

#include <libpq-fe.h>
#include <string.h>

typedef struct option {
	const char *name;
	size_t name_size;
	const char *value;
	size_t value_size;
} option;

static int parse_sqlite(const char *rest, mk_arena *arena, mk_store_url *out, market_error *err);
static int parse_postgres(const char *url, mk_arena *arena, mk_store_url *out, market_error *err);
static bool next_option(const char **at, option *out);
static bool named(const option *o, const char *name);
static int own_option(const option *o, mk_arena *arena, mk_store_url *out, bool *ours,
                      market_error *err);
static char *decode(const option *o, mk_arena *arena);
static int hex_digit(char c);
static int default_keys(mk_arena *arena, mk_store_url *out, market_error *err);
static const char *value_of(const PQconninfoOption *options, const char *keyword);
static int invalid(market_error *err, const char *message, const char *hint);

int mk_store_url_parse(const char *url, mk_arena *arena, mk_store_url *out, market_error *err)
{
	mk_store_url made = {.kind = MK_STORE_SQLITE};
	int rc;

	if (strncmp(url, "sqlite:", 7) == 0) {
		rc = parse_sqlite(url + 7, arena, &made, err);
	} else if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0) {
		made.kind = MK_STORE_POSTGRES;
		rc = parse_postgres(url, arena, &made, err);
	} else {
		rc = invalid(err, "the store's URL has no known kind",
		             "Write sqlite:PATH, sqlite::memory: or postgresql://HOST/DATABASE.");
	}
	if (rc == 0)
		*out = made;
	return rc;
}

static int parse_sqlite(const char *rest, mk_arena *arena, mk_store_url *out, market_error *err)
{
	size_t size = strcspn(rest, "?");
	const char *at = rest + size;
	option o;
	bool ours;
	int rc;

	if (size == 0)
		return invalid(err, "the store's URL has no path", "Write sqlite:PATH or sqlite::memory:.");
	out->target = mk_arena_text_n(arena, rest, size);
	if (!out->target)
		return mk_error_no_memory(err);
	out->memory = strcmp(out->target, ":memory:") == 0;
	while (next_option(&at, &o)) {
		rc = own_option(&o, arena, out, &ours, err);
		if (rc != 0)
			return rc;
		if (!ours || named(&o, "prepare"))
			return mk_error_at(err, MARKET_EINVALID, "store",
			                   "the store's URL has an unknown option \"%.*s\"", (int)o.name_size,
			                   o.name);
	}
	if (!out->keys && !out->memory) {
		out->keys = mk_arena_format(arena, "%s.keys", out->target);
		if (!out->keys)
			return mk_error_no_memory(err);
	}
	return 0;
}

/* Options that aren't ours go on to libpq. */
static int parse_postgres(const char *url, mk_arena *arena, mk_store_url *out, market_error *err)
{
	size_t size = strcspn(url, "?");
	const char *at = url + size;
	const char *target = mk_arena_text_n(arena, url, size);
	option o;
	bool ours;
	int rc;

	if (!target)
		return mk_error_no_memory(err);
	while (next_option(&at, &o)) {
		rc = own_option(&o, arena, out, &ours, err);
		if (rc != 0)
			return rc;
		if (ours)
			continue;
		target = mk_arena_format(arena, "%s%c%.*s=%.*s", target, strchr(target, '?') ? '&' : '?',
		                         (int)o.name_size, o.name, (int)o.value_size, o.value);
		if (!target)
			return mk_error_no_memory(err);
	}
	out->target = target;
	return default_keys(arena, out, err);
}

/* `at` is at the '?' or '&' before an option, or at the end. */
static bool next_option(const char **at, option *out)
{
	const char *end;

	while (**at == '?' || **at == '&')
		++*at;
	if (!**at)
		return false;
	out->name = *at;
	out->name_size = strcspn(*at, "=&");
	end = *at + out->name_size;
	out->value = *end == '=' ? end + 1 : end;
	out->value_size = strcspn(out->value, "&");
	*at = out->value + out->value_size;
	return true;
}

static bool named(const option *o, const char *name)
{
	return strlen(name) == o->name_size && strncmp(o->name, name, o->name_size) == 0;
}

static int own_option(const option *o, mk_arena *arena, mk_store_url *out, bool *ours,
                      market_error *err)
{
	char *value;

	*ours = named(o, "keys") || named(o, "prepare");
	if (!*ours)
		return 0;
	value = decode(o, arena);
	if (!value)
		return mk_error_no_memory(err);
	if (named(o, "keys")) {
		if (!value[0])
			return invalid(err, "the store's URL names no key file",
			               "Write keys=FILE, or leave it out.");
		out->keys = value;
		return 0;
	}
	if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
		return invalid(err, "the option prepare is neither on nor off", NULL);
	out->prepare_off = strcmp(value, "off") == 0;
	return 0;
}

static char *decode(const option *o, mk_arena *arena)
{
	char *text = mk_arena_text_n(arena, o->value, o->value_size);
	char *to = text;

	for (const char *at = text; at && *at; at++, to++) {
		*to = *at;
		if (*at == '%' && hex_digit(at[1]) >= 0 && hex_digit(at[2]) >= 0) {
			*to = (char)(hex_digit(at[1]) * 16 + hex_digit(at[2]));
			at += 2;
		}
	}
	if (to)
		*to = '\0';
	return text;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int default_keys(mk_arena *arena, mk_store_url *out, market_error *err)
{
	char *problem = NULL;
	PQconninfoOption *given = PQconninfoParse(out->target, &problem);
	PQconninfoOption *defaults = given ? PQconndefaults() : NULL;
	const char *name;
	char *keys;
	int rc = 0;

	/* At its beginning: elsewhere it's a quoted part of the URL. */
	if (given ? !defaults : !problem || strncmp(problem, "out of memory", 13) == 0) {
		rc = mk_error_no_memory(err);
		goto out;
	}
	if (!given) {
		rc = invalid(err, "the store's URL can't be read",
		             "Write postgresql://USER@HOST:PORT/DATABASE?OPTION=VALUE.");
		goto out;
	}
	name = value_of(given, "dbname");
	if (!name)
		name = value_of(defaults, "dbname");
	if (!name)
		name = value_of(given, "user");
	if (!name)
		name = value_of(defaults, "user");
	if (out->keys)
		goto out;
	keys = mk_arena_format(arena, "./%s.keys", name ? name : "market");
	out->keys = keys;
	if (!keys) {
		rc = mk_error_no_memory(err);
		goto out;
	}
	for (keys += 2; *keys; keys++)
		if (*keys == '/')
			*keys = '_';
out:
	PQfreemem(problem);
	PQconninfoFree(given);
	PQconninfoFree(defaults);
	return rc;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val && options->val[0] ? options->val : NULL;
	return NULL;
}

static int invalid(market_error *err, const char *message, const char *hint)
{
	mk_error_at(err, MARKET_EINVALID, "store", "%s", message);
	return hint ? mk_error_hint(err, MARKET_EINVALID, "%s", hint) : MARKET_EINVALID;
}
