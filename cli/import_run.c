/* Rows in chunks: what is there already is read, then what is new or changed is written, each in
 * one call of the library. Memory is that of one chunk. */
#include "cli/import_run.h"

#include <stdlib.h>
#include <string.h>

static int gather(import_run *run);
static int add_row(import_run *run, bool *full);
static void name_item(const import_kind *kind, import_item *item);
static import_item *twin(import_run *run, const import_item *item);
static int send_asks(import_run *run);
static int send_writes(import_run *run);
static int send(import_run *run, import_step **steps, size_t n, market_batch_result *results);
static void judge(import_run *run, import_item *item, const market_batch_result *results);
static void count_item(import_run *run, import_item *item);
static void release_item(import_item *item);

int import_run_all(import_run *run)
{
	int rc;

	do {
		rc = gather(run);
		for (size_t i = 0; i < run->n_items && rc == 0; i++)
			if (run->items[i].outcome != IMPORT_REFUSED)
				run->kind->ask(&run->items[i]);
		if (rc == 0)
			rc = send_asks(run);
		for (size_t i = 0; i < run->n_items && rc == 0; i++)
			if (run->items[i].outcome != IMPORT_REFUSED)
				run->kind->plan(&run->items[i]);
		if (rc == 0)
			rc = send_writes(run);
		for (size_t i = 0; i < run->n_items; i++) {
			if (rc == 0)
				count_item(run, &run->items[i]);
			release_item(&run->items[i]);
		}
		run->n_items = 0;
		if (run->source.size > 0)
			cli_progress_show(&run->progress, run->source.done, run->source.size, run->kind->name);
	} while (rc == 0 && run->has_next);
	if (run->has_next)
		json_decref(run->next.values);
	cli_progress_end(&run->progress);
	return rc;
}

/* Rows until the chunk is full, or the next one is of an object that is in it already. */
static int gather(import_run *run)
{
	bool full = false;

	while (!full) {
		if (!run->has_next) {
			int rc = source_next(&run->source, &run->next);

			if (rc < 0)
				return cli_usage("%s", run->source.error);
			if (rc == 0)
				return 0;
			run->n_rows++;
			run->has_next = true;
		}
		if (add_row(run, &full) != 0)
			return cli_usage("memory is exhausted");
	}
	return 0;
}

static int add_row(import_run *run, bool *full)
{
	import_item *last = run->n_items > 0 ? &run->items[run->n_items - 1] : NULL;
	import_item item = {.n_rows = 1, .rows = &run->next};
	import_item *same;

	name_item(run->kind, &item);
	same = item.identity[0] ? twin(run, &item) : NULL;
	if (run->kind->joined && !item.identity[0] && run->next.problem.code != 0) {
		/* it may be of the item before it, or of the one behind */
		same = last;
		run->in_doubt = true;
	} else if (run->in_doubt) {
		run->in_doubt = false;
		if (!same)
			source_problem_set(&run->next.problem, MARKET_ESYNTAX, "",
			                   "the row before can't be read and may be of the same");
	}
	if (same && (same != last || !run->kind->joined || last->n_rows == IMPORT_MAX_GROUP)) {
		*full = true;
		return 0;
	}
	if (!same) {
		if (run->n_items == IMPORT_CHUNK) {
			*full = true;
			return 0;
		}
		last = &run->items[run->n_items++];
		*last = item;
		last->rows = NULL;
		last->n_rows = 0;
	}
	if (last->n_rows == last->room) {
		size_t room = last->room > 0 ? last->room * 4 : 1;
		source_row *rows = realloc(last->rows, sizeof(*rows) * room);

		if (!rows)
			return -1;
		last->rows = rows;
		last->room = room;
	}
	last->rows[last->n_rows++] = run->next;
	run->has_next = false;
	if (run->next.problem.code != 0 && last->outcome != IMPORT_REFUSED) {
		last->outcome = IMPORT_REFUSED;
		last->bad_row = last->n_rows - 1;
		last->problem = run->next.problem;
	}
	return 0;
}

/* A row that doesn't say whose it is stands alone. */
static void name_item(const import_kind *kind, import_item *item)
{
	size_t used = 0;

	for (const char *const *field = kind->identity; *field; field++) {
		const char *text = import_text(item, *field);

		if (!text || used + strlen(text) + 2 > sizeof(item->identity)) {
			item->identity[0] = '\0';
			return;
		}
		used +=
			(size_t)snprintf(item->identity + used, sizeof(item->identity) - used, "%s\n", text);
	}
}

static import_item *twin(import_run *run, const import_item *item)
{
	for (size_t i = run->n_items; i > 0; i--)
		if (strcmp(run->items[i - 1].identity, item->identity) == 0)
			return &run->items[i - 1];
	return NULL;
}

static int send_asks(import_run *run)
{
	enum { MOST = IMPORT_CHUNK * IMPORT_MAX_ASKS };
	import_step *steps[MOST];
	market_batch_result *results = calloc(MOST, sizeof(*results));
	size_t n = 0;
	int rc;

	if (!results)
		return cli_usage("memory is exhausted");
	for (size_t i = 0; i < run->n_items; i++)
		for (size_t k = 0; k < run->items[i].n_asks; k++)
			steps[n++] = &run->items[i].asks[k];
	rc = send(run, steps, n, results);
	for (size_t i = 0; i < n && rc == 0; i++) {
		steps[i]->code = results[i].code;
		if (results[i].code == 0)
			steps[i]->out = json_loads(results[i].reply, 0, NULL);
		/* what can't be read for another reason is refused by the write as well */
	}
	market_batch_free(results, n);
	free(results);
	return rc;
}

static int send_writes(import_run *run)
{
	enum { MOST = IMPORT_CHUNK * IMPORT_MAX_STEPS };
	import_step *steps[MOST];
	market_batch_result *results = calloc(MOST, sizeof(*results));
	size_t n = 0, at = 0;
	int rc;

	if (!results)
		return cli_usage("memory is exhausted");
	for (size_t i = 0; i < run->n_items; i++)
		for (size_t k = 0; run->items[i].outcome != IMPORT_REFUSED && k < run->items[i].n_writes;
		     k++)
			steps[n++] = &run->items[i].writes[k];
	rc = send(run, steps, n, results);
	for (size_t i = 0; i < run->n_items && rc == 0; i++)
		if (run->items[i].outcome != IMPORT_REFUSED) {
			judge(run, &run->items[i], results + at);
			at += run->items[i].n_writes;
		}
	market_batch_free(results, n);
	free(results);
	return rc;
}

static int send(import_run *run, import_step **steps, size_t n, market_batch_result *results)
{
	market_batch_item items[IMPORT_CHUNK * IMPORT_MAX_STEPS];
	market_error err;
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		items[i] = (market_batch_item)MARKET_BATCH_ITEM_INIT;
		items[i].flags = steps[i]->linked ? MARKET_BATCH_LINKED : 0;
		items[i].operation = steps[i]->operation;
		items[i].params = json_dumps(steps[i]->in, JSON_COMPACT);
		items[i].as = run->as;
	}
	if (n > 0 && market_batch(run->open.session, items, n, results, &err) != 0) {
		cli_error("import", &err);
		rc = EXIT_USAGE;
	}
	for (size_t i = 0; i < n; i++) {
		free((char *)items[i].params);
		if (rc == 0 && market_error_class_of(results[i].code) == MARKET_CLASS_FATAL) {
			cli_error("import", &results[i].error);
			rc = EXIT_USAGE;
		}
	}
	return rc;
}

/* Of a chain that is broken, the item that broke it says why. What was done before changes
 * nothing. */
static void judge(import_run *run, import_item *item, const market_batch_result *results)
{
	bool done_before = item->n_writes > 0;

	for (size_t i = 0; i < item->n_writes; i++)
		done_before = done_before && results[i].code == 0 && results[i].replayed;
	if (done_before)
		item->outcome = IMPORT_UNCHANGED;
	for (size_t i = 0; i < item->n_writes; i++) {
		const market_error *err = &results[i].error;
		char field[sizeof(err->field)];
		unsigned long row = 0;

		if (results[i].code == 0 || results[i].code == MARKET_ECHAIN)
			continue;
		snprintf(field, sizeof(field), "%s", err->field);
		if (strncmp(field, "skus[", 5) == 0 || strncmp(field, "prices[", 7) == 0) {
			char *end;

			row = strtoul(strchr(field, '[') + 1, &end, 10);
			memmove(field, end + (*end == ']' ? 1 : 0), strlen(end));
			memmove(field, field + (field[0] == '.'), strlen(field));
		}
		import_refuse(item, row < item->n_rows ? row : 0, results[i].code, field, "%s%s%s",
		              err->message, err->detail[0] ? ". " : "", err->detail);
		snprintf(item->problem.column, sizeof(item->problem.column), "%s",
		         source_column(&run->source, field));
	}
}

static void count_item(import_run *run, import_item *item)
{
	size_t *const counts[] = {[IMPORT_UNCHANGED] = &run->unchanged,
	                          [IMPORT_CREATED] = &run->created,
	                          [IMPORT_CHANGED] = &run->changed,
	                          [IMPORT_REFUSED] = &run->refused};

	*counts[item->outcome] += item->n_rows;
	for (size_t i = 0; i < item->n_rows && item->outcome == IMPORT_REFUSED; i++) {
		source_problem of_group = {.code = MARKET_ECHAIN};

		snprintf(of_group.reason, sizeof(of_group.reason), "refused with line %zu",
		         item->rows[item->bad_row].line);
		import_report_row(run, item->rows[i].line,
		                  item->rows[i].problem.code != 0 ? &item->rows[i].problem
		                  : i == item->bad_row            ? &item->problem
		                                                  : &of_group);
	}
}

static void release_item(import_item *item)
{
	for (size_t i = 0; i < item->n_rows; i++)
		json_decref(item->rows[i].values);
	for (size_t i = 0; i < item->n_asks; i++) {
		json_decref(item->asks[i].in);
		json_decref(item->asks[i].out);
	}
	for (size_t i = 0; i < item->n_writes; i++)
		json_decref(item->writes[i].in);
	free(item->rows);
	memset(item, 0, sizeof(*item));
}
