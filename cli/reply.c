/* Replies as tables. */
#include <stdlib.h>
#include <string.h>

#include "cli/operation.h"
#include "cli/table.h"

#define MOST_COLUMNS 256
#define WIDEST 120 /* of a table of records where the terminal doesn't say */

static void print_record(pool *pool, json_t *record, const char *title, FILE *out);
static void print_list(pool *pool, json_t *list, const char *title, FILE *out);
static cli_table *tabulate(pool *pool, json_t *list);
static void add_values(pool *pool, cli_table *table, const char *prefix, json_t *record);
static bool is_records(json_t *value);
static const char *value_text(pool *pool, json_t *value);

void cli_print_result(int rc, const char *reply, const market_error *err, bool table)
{
	json_t *value = rc != 0 ? cli_error_json(err) : NULL;
	char *text;
	if (table && rc == 0)
		value = json_loads(reply, JSON_DECODE_ANY, NULL);
	if (table && rc != 0) {
		cli_error("refused", err);
	} else if (table && value) {
		cli_print_reply(value, stdout);
	} else if (rc == 0) {
		puts(reply);
	} else {
		text = json_dumps(value, JSON_COMPACT);
		puts(text ? text : "");
		free(text);
	}
	json_decref(value);
	fflush(stdout);
}

void cli_print_reply(json_t *reply, FILE *out)
{
	pool pool = {0};
	if (json_is_object(reply))
		print_record(&pool, reply, NULL, out);
	else if (is_records(reply))
		print_list(&pool, reply, NULL, out);
	else
		fprintf(out, "%s\n", value_text(&pool, reply));
	pool_free(&pool);
}

static void print_title(const char *title, FILE *out)
{
	if (title)
		fprintf(out, "\n%s%s%s\n", cli_colour_of(out, CLI_BOLD), title,
		        cli_colour_of(out, CLI_PLAIN));
}

/* A page is its items; of other records the lists of records stand behind the fields. */
static void print_record(pool *pool, json_t *record, const char *title, FILE *out)
{
	cli_table *table = cli_table_new(NULL, 2);
	json_t *items = json_object_get(record, "items"), *value;
	const char *name, *next = cli_text(record, "next");
	bool page = is_records(items) && json_object_size(record) <= (*next != '\0' ? 2 : 1);
	print_title(title, out);
	if (json_object_size(record) == 0) {
		fputs("none\n", out);
	} else if (page) {
		print_list(pool, items, NULL, out);
		if (*next != '\0')
			fprintf(out, "more: after=%s\n", next);
	} else {
		add_values(pool, table, "", record);
		cli_table_print(table, out, 0);
		json_object_foreach(record, name, value) if (is_records(value))
			print_list(pool, value, name, out);
	}
	cli_table_free(table);
}

/* Records that are too wide stand below each other. */
static void print_list(pool *pool, json_t *list, const char *title, FILE *out)
{
	size_t width = cli_terminal_width(out);
	cli_table *table = tabulate(pool, list);
	json_t *record;
	size_t i;
	if (json_array_size(list) == 0) {
		print_title(title, out);
		fputs("none\n", out);
	} else if (table && cli_table_width(table) <= (width > 0 ? width : WIDEST)) {
		print_title(title, out);
		cli_table_print(table, out, 0);
	} else {
		json_array_foreach(list, i, record) print_record(
			pool, record, pool_format(pool, "%s%s%zu", title ? title : "", title ? " " : "", i + 1),
			out);
	}
	cli_table_free(table);
}

static void add_column(const char **names, size_t *count, const char *name)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(names[i], name) == 0)
			return;
	if (*count < MOST_COLUMNS)
		names[(*count)++] = name;
}

/* NULL where a record has lists of records of its own, or fields within fields. */
static cli_table *tabulate(pool *pool, json_t *list)
{
	const char *names[MOST_COLUMNS], *cells[MOST_COLUMNS];
	size_t count = 0, i;
	json_t *record, *value;
	const char *name;
	cli_table *table;
	json_array_foreach(list, i, record)
	{
		json_object_foreach(record, name, value)
		{
			if (!value_text(pool, value))
				return NULL;
			add_column(names, &count, name);
		}
	}
	if (count == 0)
		return NULL;
	table = cli_table_new(names, count);
	json_array_foreach(list, i, record)
	{
		for (size_t column = 0; column < count; column++) {
			value = json_object_get(record, names[column]);
			cells[column] = value ? value_text(pool, value) : "";
		}
		cli_table_add(table, cells);
	}
	return table;
}

static void add_values(pool *pool, cli_table *table, const char *prefix, json_t *record)
{
	const char *name;
	json_t *value;
	json_object_foreach(record, name, value)
	{
		const char *path = pool_format(pool, "%s%s", prefix, name);
		const char *cells[] = {path, value_text(pool, value)};
		if (cells[1])
			cli_table_add(table, cells);
		else if (json_is_object(value))
			add_values(pool, table, pool_format(pool, "%s.", path), value);
	}
}

static bool is_records(json_t *value)
{
	return json_is_array(value) &&
	       (json_array_size(value) == 0 || json_is_object(json_array_get(value, 0)));
}

/* NULL of a list of records, or a record that isn't money. */
static const char *value_text(pool *pool, json_t *value)
{
	const char *all = "";
	json_t *one;
	size_t i;
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return pool_format(pool, "%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	if (json_is_object(value)) {
		if (json_object_size(value) != 2 || !json_object_get(value, "currency") ||
		    !json_object_get(value, "amount"))
			return json_object_size(value) == 0 ? "" : NULL;
		return pool_format(pool, "%s %s", cli_text(value, "amount"), cli_text(value, "currency"));
	}
	if (is_records(value))
		return json_array_size(value) == 0 ? "" : NULL;
	json_array_foreach(value, i, one)
	{
		const char *text = value_text(pool, one);
		all = pool_format(pool, "%s%s%s", all, i > 0 ? ", " : "", text ? text : "");
	}
	return all;
}
