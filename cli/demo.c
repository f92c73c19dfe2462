/* market demo: a day of a small made-up marketplace. */
#include "cli/demo.h"

#include "cli/cli.h"
#include "cli/table.h"
#include "cli/totals.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY_TEXT "2026-03-02"
#define MINUTE INT64_C(60000)
#define LONGEST_PARAMS 4096

typedef struct demo {
	cli_market open;
	json_t *saved; /* replies by name */
	market_time midnight;
	char folder[512]; /* made for the store; empty: the caller's store */
	char store[600];
	char *anchor;
} demo;

static int check_fresh(demo *d, market_error *err);
static int run_day(demo *d, const char *anchor_path, market_error *err);
static int run_step(demo *d, const demo_step *step, market_error *err);
static int export_checkpoint(demo *d, const char *path, market_error *err);
static int conclude(demo *d, market_error *err);
static void remove_folder(const char *path);

static int open_demo(demo *d, const cli *given, char *anchor, size_t size)
{
	cli cli = *given;
	char *policy;
	int rc;
	if (!cli.store) {
		const char *parent = getenv("TMPDIR");
		if (!parent)
			parent = "/tmp";
		snprintf(d->folder, sizeof(d->folder), "%s/market-demo-XXXXXX", parent);
		if (!mkdtemp(d->folder)) {
			d->folder[0] = '\0';
			return cli_usage("can't make a folder in %s", parent);
		}
		snprintf(d->store, sizeof(d->store), "sqlite:%s/demo.db", d->folder);
		cli.store = d->store;
	}
	if (!cli_beside(&cli, ".anchor", anchor, size))
		anchor[0] = '\0';
	policy = cli_policy_with(demo_rules, demo_rule_count);
	rc = policy ? cli_open_with(&cli, policy, &d->open) : EXIT_USAGE;
	free(policy);
	return rc;
}

int cli_demo(const cli *cli)
{
	demo d = {0};
	char anchor[4096];
	market_error err;
	int rc;
	if (cli->argc != 1)
		return cli_usage("demo");
	d.saved = json_object();
	rc = open_demo(&d, cli, anchor, sizeof(anchor));
	if (rc == 0) {
		market_time_parse(DAY_TEXT, &d.midnight);
		rc = check_fresh(&d, &err);
		if (rc == 0)
			rc = run_day(&d, anchor, &err);
		if (rc == 0)
			rc = conclude(&d, &err);
		if (rc < 0) {
			cli_error("demo", &err);
			rc = EXIT_USAGE;
		}
		cli_close(&d.open);
	}
	if (d.folder[0] != '\0')
		remove_folder(d.folder);
	json_decref(d.saved);
	free(d.anchor);
	return rc;
}

static int check_fresh(demo *d, market_error *err)
{
	json_t *page = NULL;
	int rc = cli_do(&d->open, "operator:demo", NULL, "seller.list", json_object(), &page, err);
	if (rc == 0 && json_array_size(json_object_get(page, "items")) > 0)
		rc = cli_fail(err, MARKET_EEXISTS, "the demo wants a fresh store", "");
	json_decref(page);
	return rc;
}

static int move_to(demo *d, int minute, market_error *err)
{
	market_time at = d->midnight + minute * MINUTE;
	if (d->open.at == 0)
		return cli_set_time(&d->open, at, err);
	return cli_work_until(&d->open, at, err);
}

static int by_minute(const void *left, const void *right)
{
	const demo_step *a = *(const demo_step *const *)left, *b = *(const demo_step *const *)right;
	return a->minute != b->minute ? (a->minute > b->minute) - (a->minute < b->minute)
	                              : (a > b) - (a < b);
}

static int run_day(demo *d, const char *anchor_path, market_error *err)
{
	const demo_step **steps = calloc(demo_step_count, sizeof(const demo_step *));
	bool exported = false;
	int rc = steps ? move_to(d, DEMO_BEGIN, err)
	               : cli_fail(err, MARKET_ENOMEM, "memory is exhausted", "");
	for (size_t i = 0; steps && i < demo_step_count; i++)
		steps[i] = &demo_steps[i];
	if (steps)
		qsort(steps, demo_step_count, sizeof(const demo_step *), by_minute);
	for (size_t i = 0; rc == 0 && i < demo_step_count; i++) {
		if (!exported && steps[i]->minute >= DEMO_CHECKPOINT) {
			rc = move_to(d, DEMO_CHECKPOINT, err);
			if (rc == 0)
				rc = export_checkpoint(d, anchor_path, err);
			exported = true;
		}
		if (rc == 0)
			rc = move_to(d, steps[i]->minute, err);
		if (rc == 0)
			rc = run_step(d, steps[i], err);
	}
	free(steps);
	return rc == 0 ? move_to(d, DEMO_END, err) : rc;
}

static void say(const demo *d, const char *words)
{
	char time[MARKET_TIME_TEXT_SIZE];
	market_time_format(d->open.at, time);
	printf("%.5s  %s\n", time + 11, words);
}

static const char *lookup(const demo *d, const char *path, size_t length)
{
	char name[64], *part, *rest = name;
	json_t *at = d->saved;
	if (length >= sizeof(name))
		return NULL;
	memcpy(name, path, length);
	name[length] = '\0';
	while (at && (part = strsep(&rest, ".")))
		at = json_is_array(at) ? json_array_get(at, (size_t)atoi(part)) : json_object_get(at, part);
	return json_string_value(at);
}

/* Puts what $… stands for into the params. False when something isn't there. */
static bool expand(const demo *d, const char *from, char *to, size_t room)
{
	static const char names[] = "abcdefghijklmnopqrstuvwxyz0123456789_.";
	size_t used = 0;
	while (*from) {
		char time[MARKET_TIME_TEXT_SIZE];
		const char *text = from;
		size_t length = 1, taken = 1;
		if (*from == '$') {
			taken = 1 + strspn(from + 1, names);
			market_time_format(d->open.at, time);
			text =
				taken == 4 && strncmp(from, "$now", 4) == 0 ? time : lookup(d, from + 1, taken - 1);
			length = text ? strlen(text) : 0;
		}
		if (!text || used + length >= room)
			return false;
		memcpy(to + used, *text == '\'' ? "\"" : text, length);
		used += length;
		from += taken;
	}
	to[used] = '\0';
	return true;
}

static int run_step(demo *d, const demo_step *step, market_error *err)
{
	char params[LONGEST_PARAMS];
	json_t *in, *out = NULL;
	int rc = 0;
	if (step->op) {
		if (!expand(d, step->params, params, sizeof(params)) || !(in = json_loads(params, 0, NULL)))
			return cli_fail(err, MARKET_EINTERNAL, step->params, "");
		rc = cli_do(&d->open, step->actor, NULL, step->op, in, &out, err);
		if (rc != 0)
			fprintf(stderr, "market: %s %s\n", step->op, params);
	}
	if (rc == 0 && step->say)
		say(d, step->say);
	if (rc == 0 && step->save)
		json_object_set(d->saved, step->save, out);
	json_decref(out);
	return rc;
}

static int export_checkpoint(demo *d, const char *path, market_error *err)
{
	json_t *out = NULL;
	int rc = cli_do(&d->open, "operator:ana", NULL, "ledger.checkpoint", json_object(), &out, err);
	if (rc == 0) {
		d->anchor = strdup(cli_text(out, "anchor"));
		if (path[0] != '\0' && !cli_write_file(path, d->anchor))
			rc = cli_fail(err, MARKET_EIO, "a checkpoint can't be exported", path);
		say(d, "a checkpoint is signed and exported");
	}
	json_decref(out);
	return rc;
}

/* ---- the end of the day ---- */

static const char *amount(int64_t cents, char text[MARKET_MONEY_TEXT_SIZE])
{
	market_money_format((market_money){cents, "BRL"}, text);
	return text;
}

static void print_lines(const cli_sums *s)
{
	const struct {
		const char *name;
		int64_t cents;
		bool always;
	} lines[] = {
		{"buyers paid", s->paid, true},
		{"platform's coupons", s->discounts, true},
		{"sellers earned", s->earnings, true},
		{"platform's fees", s->fees, true},
		{"taxes on them", s->taxes, true},
		{"affiliates", s->splits, true},
		{"refunded", s->refunded, true},
		{"still held", s->held, true},
		{"provider's fees", s->provider_fees, false},
		{"the platform keeps", s->fees - s->discounts + s->unfunded - s->provider_fees, true},
	};
	char text[MARKET_MONEY_TEXT_SIZE];
	cli_table *table = cli_table_new(NULL, 2);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *cells[] = {lines[i].name, amount(lines[i].cents, text)};
		if (lines[i].always || lines[i].cents != 0)
			cli_table_add(table, cells);
	}
	putchar('\n');
	cli_table_print(table, stdout, 0);
	cli_table_free(table);
}

static void print_totals(const cli_totals *totals)
{
	char text[4][MARKET_MONEY_TEXT_SIZE];
	const cli_sums *s = &totals->all;
	static const char *const headings[] = {"in BRL", "orders",   "goods",
	                                       "earned", "paid out", "still held"};
	cli_table *table = cli_table_new(headings, 6);
	for (size_t i = 0; i < totals->n_sellers; i++) {
		const cli_sums *one = &totals->sellers[i];
		char orders[24];
		const char *cells[] = {one->name,
		                       orders,
		                       amount(one->gross, text[0]),
		                       amount(one->earnings, text[1]),
		                       amount(one->paid_out, text[2]),
		                       amount(one->held, text[3])};
		snprintf(orders, sizeof(orders), "%lld", (long long)one->seller_orders);
		cli_table_add(table, cells);
	}
	putchar('\n');
	cli_table_print(table, stdout, 0);
	cli_table_free(table);
	print_lines(s);
}

static int conclude(demo *d, market_error *err)
{
	market_ledger_verify_params in = MARKET_LEDGER_VERIFY_PARAMS_INIT;
	market_ledger_report *report = NULL;
	cli_totals totals = {0};
	pool pool = {0};
	int rc = cli_read_totals(&d->open, &pool, &totals, err);
	if (rc == 0)
		rc = cli_act_as(&d->open, "operator:ana", err);
	in.anchors = (const char *const *)&d->anchor;
	in.n_anchors = d->anchor ? 1 : 0;
	if (rc == 0)
		rc = market_ledger_verify(d->open.session, &in, &report, err);
	if (rc == 0) {
		bool balanced = cli_balanced(&totals.all);
		print_totals(&totals);
		printf("\n%lld transfers with %lld legs in %lld books\n", (long long)report->transfers,
		       (long long)report->legs, (long long)report->books);
		if (!balanced)
			printf("what came in isn't what went out and is held\n");
		if (report->result == MARKET_LEDGER_BROKEN)
			printf("broken at %s: %s\n", report->place, report->problem);
		if (report->result == MARKET_LEDGER_OK && balanced)
			printf("verify: ok\n");
		else
			printf("verify: %s\n",
			       report->result == MARKET_LEDGER_SELF_CONSISTENT ? "self_consistent" : "broken");
		rc = report->result == MARKET_LEDGER_OK && balanced ? EXIT_OK : EXIT_REFUSED;
	}
	market_ledger_report_free(report);
	free(totals.sellers);
	pool_free(&pool);
	return rc;
}

static void remove_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	while (folder && (entry = readdir(folder))) {
		char name[1024];
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		unlink(name);
	}
	if (folder)
		closedir(folder);
	rmdir(path);
}
