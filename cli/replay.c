/* market replay: a folder of real orders, run from onboarding to payout. */
#include "cli/replay.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/table.h"

/* The rules of the replayed marketplace where they aren't the built-in ones: a boleto was paid days
 * after the purchase, and some parcels were months on their way. */
static const char *const rules[][2] = {
	{"name", "replay"},          {"claim_age", "1s"},         {"unpaid_close", "30d"},
	{"unshipped_cancel", "60d"}, {"carrier_reports", "true"}, {"carrier_limit", "240d"},
	{"version", "2010-01-01"}, /* of the terms */
};

static int parse(const cli *cli, replay *r);
static int run(const cli *cli, replay *r);
static const char *verify(cli_market *open, replay_run *run, market_error *err);
static void print_notes(replay *r, const replay_run *run);
static void print_totals(const replay *r, const cli_totals *totals, const replay_run *run,
                         const char *result);
static void release(replay *r);

int cli_replay(const cli *cli)
{
	replay r = {0};
	int rc = parse(cli, &r);
	if (rc == 0 && !replay_read(&r)) {
		fprintf(stderr, "market: %s\n", r.error);
		rc = EXIT_USAGE;
	}
	if (rc == 0) {
		replay_plan(&r);
		rc = run(cli, &r);
	}
	release(&r);
	return rc;
}

static int parse(const cli *cli, replay *r)
{
	static const char usage[] = "replay [--limit N] [--json] DIR";
	for (int i = 1; i < cli->argc; i++) {
		const char *argument = cli->argv[i];
		char *end = NULL;
		if (strcmp(argument, "--json") == 0) {
			r->json = true;
		} else if (strncmp(argument, "--limit", 7) == 0 &&
		           (argument[7] == '=' || argument[7] == '\0')) {
			const char *number = argument[7] == '='  ? argument + 8
			                     : i + 1 < cli->argc ? cli->argv[++i]
			                                         : "";
			long long limit = strtoll(number, &end, 10);
			if (*number == '\0' || *end != '\0' || limit <= 0)
				return cli_usage("--limit is a number of orders, from 1");
			r->limit = (size_t)limit;
		} else if (argument[0] == '-' || r->folder) {
			return cli_usage("%s", usage);
		} else {
			r->folder = argument;
		}
	}
	if (!r->folder)
		return cli_usage("%s", usage);
	r->progress = isatty(STDERR_FILENO);
	return 0;
}

static int run(const cli *cli, replay *r)
{
	char *policy = cli_policy_with(rules, sizeof(rules) / sizeof(rules[0]));
	char anchors[4096];
	replay_run run = {0};
	cli_totals totals = {0};
	cli_market open;
	market_error err;
	const char *result = NULL;
	int rc = policy ? cli_open_with(cli, policy, &open) : EXIT_USAGE;
	free(policy);
	if (rc != 0)
		return rc;
	if (cli_beside(cli, ".anchors", anchors, sizeof(anchors)))
		run.anchors = anchors;
	rc = replay_run_events(r, &open, &run, &err);
	if (rc == 0)
		rc = cli_read_totals(&open, &r->pool, &totals, &err);
	if (rc == 0)
		result = verify(&open, &run, &err);
	if (result) {
		print_notes(r, &run);
		print_totals(r, &totals, &run, result);
		rc = strcmp(result, "broken") != 0 && cli_balanced(&totals.all) ? EXIT_OK : EXIT_REFUSED;
	} else {
		cli_error("replay", &err);
		rc = EXIT_USAGE;
	}
	free(totals.sellers);
	replay_run_free(&run);
	cli_close(&open);
	return rc;
}

static const char *verify(cli_market *open, replay_run *run, market_error *err)
{
	market_ledger_verify_params in = MARKET_LEDGER_VERIFY_PARAMS_INIT;
	market_ledger_report *report = NULL;
	const char *anchors[REPLAY_CHECKPOINTS];
	const char *result = NULL;
	replay_read_anchors(run);
	in.anchors = anchors;
	for (size_t i = 0; i < REPLAY_CHECKPOINTS; i++)
		if (run->texts[i])
			anchors[in.n_anchors++] = run->texts[i];
	if (cli_act_as(open, "operator:replay", err) != 0 ||
	    market_ledger_verify(open->session, &in, &report, err) != 0)
		return NULL;
	result = report->result == MARKET_LEDGER_OK                ? "ok"
	         : report->result == MARKET_LEDGER_SELF_CONSISTENT ? "self_consistent"
	                                                           : "broken";
	if (report->result == MARKET_LEDGER_BROKEN)
		fprintf(stderr, "market: the ledger is broken at %s: %s\n", report->place, report->problem);
	market_ledger_report_free(report);
	return result;
}

static const char *amount(int64_t cents, char text[MARKET_MONEY_TEXT_SIZE])
{
	market_money_format((market_money){cents, REPLAY_CURRENCY}, text);
	return text;
}

static void print_line(json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(9));
	if (text)
		puts(text);
	free(text);
	json_decref(line);
}

/* ---- what was made, shifted or left ---- */

static void print_difference(const replay *r, const replay_order *order)
{
	char paid[MARKET_MONEY_TEXT_SIZE], due[MARKET_MONEY_TEXT_SIZE];
	amount(order->paid, paid);
	amount(order->gross + order->freight, due);
	if (r->json)
		print_line(json_pack("{s:s, s:s, s:s}", "difference", order->id, "payments_file", paid,
		                     "price_and_freight", due));
	else
		printf("payment differs: order %s, %s in order_payments.csv, price and freight are %s\n",
		       order->id, paid, due);
}

static void print_notes(replay *r, const replay_run *run)
{
	const struct {
		const char *name;
		const char *text;
		size_t count;
	} notes[] = {
		{"times_made", "orders whose times aren't known: made from the shipping limit",
	     r->unknown_orders},
		{"sellers_made", "sellers that sellers.csv doesn't know", r->unknown_sellers},
		{"products_unknown", "products without a known category", r->unknown_products},
		{"orders_shifted", "orders with times in an impossible order: shifted", r->shifted},
		{"dates_ignored", "orders with dates that their status excludes: ignored",
	     r->ignored_dates},
		{"reviews_ignored", "reviews of orders that weren't delivered: ignored",
	     r->ignored_reviews},
		{"reviews_moved", "reviews from before the delivery: moved behind it", r->moved_reviews},
		{"rows_ignored", "rows for orders without items: ignored", r->foreign_rows},
		{"payments_known", "orders with a known way of payment", r->with_payments},
		{"payments_differ", "of them, with payments other than price and freight", r->differences},
		{"events_refused", "events of this run refused by the market's rules", run->refused},
	};
	json_t *all = json_object();
	for (size_t i = 0; i < r->n_orders; i++)
		if (r->orders[i].method && r->orders[i].paid != r->orders[i].gross + r->orders[i].freight)
			print_difference(r, &r->orders[i]);
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		json_object_set_new(all, notes[i].name, json_integer((json_int_t)notes[i].count));
		if (!r->json && notes[i].count > 0)
			printf("%6zu %s\n", notes[i].count, notes[i].text);
	}
	if (r->json)
		print_line(json_pack("{s:o}", "notes", all));
	else
		json_decref(all);
}

/* ---- totals ---- */

static void set(json_t *line, const char *name, int64_t cents)
{
	char text[MARKET_MONEY_TEXT_SIZE];
	json_object_set_new(line, name, json_string(amount(cents, text)));
}

static void set_sums(json_t *line, const cli_sums *s)
{
	set(line, "gross", s->gross);
	set(line, "freight", s->freight);
	set(line, "paid", s->paid);
	set(line, "discounts_funded", s->discounts);
	set(line, "seller_earnings", s->earnings);
	set(line, "platform_fees", s->fees);
	set(line, "taxes", s->taxes);
	set(line, "splits", s->splits);
	set(line, "refunded", s->refunded);
	set(line, "held", s->held);
}

static void print_json(const cli_totals *totals, const replay_run *run, const char *result)
{
	json_t *line;
	for (size_t i = 0; i < totals->n_sellers; i++) {
		const cli_sums *s = &totals->sellers[i];
		line = json_pack("{s:s, s:I, s:I, s:s}", "seller", s->seller, "seller_orders",
		                 (json_int_t)s->seller_orders, "items", (json_int_t)s->items, "currency",
		                 REPLAY_CURRENCY);
		set_sums(line, s);
		set(line, "paid_out", s->paid_out);
		print_line(line);
	}
	line = json_pack("{s:I, s:I, s:I, s:I, s:s}", "orders", (json_int_t)totals->all.orders,
	                 "seller_orders", (json_int_t)totals->all.seller_orders, "items",
	                 (json_int_t)totals->all.items, "sellers", (json_int_t)totals->n_sellers,
	                 "currency", REPLAY_CURRENCY);
	set_sums(line, &totals->all);
	json_object_set_new(line, "verify", json_string(result));
	json_object_set_new(
		line, "orders_per_second",
		json_real(run->seconds > 0 ? (double)(int64_t)((double)run->placed / run->seconds * 10) / 10
	                               : 0.0));
	print_line(line);
}

static void add_row(cli_table *table, const char *name, const cli_sums *s)
{
	char text[7][MARKET_MONEY_TEXT_SIZE], orders[24], items[24];
	const char *cells[] = {name,
	                       orders,
	                       items,
	                       amount(s->gross, text[0]),
	                       amount(s->freight, text[1]),
	                       amount(s->earnings, text[2]),
	                       amount(s->paid_out, text[3]),
	                       amount(s->fees, text[4]),
	                       amount(s->taxes, text[5]),
	                       amount(s->refunded, text[6])};
	snprintf(orders, sizeof(orders), "%lld", (long long)s->seller_orders);
	snprintf(items, sizeof(items), "%lld", (long long)s->items);
	cli_table_add(table, cells);
}

static void print_table(const cli_totals *totals)
{
	static const char *const headings[] = {"seller", "orders",   "items", "gross", "freight",
	                                       "earned", "paid out", "fees",  "taxes", "refunded"};
	cli_table *table = cli_table_new(headings, 10);
	for (size_t i = 0; i < totals->n_sellers; i++)
		add_row(table, totals->sellers[i].seller, &totals->sellers[i]);
	add_row(table, "all", &totals->all);
	putchar('\n');
	cli_table_print(table, stdout, 0);
	cli_table_free(table);
}

static void print_totals(const replay *r, const cli_totals *totals, const replay_run *run,
                         const char *result)
{
	const cli_sums *s = &totals->all;
	char text[8][MARKET_MONEY_TEXT_SIZE];
	if (r->json) {
		print_json(totals, run, result);
		return;
	}
	print_table(totals);
	printf("\n%lld orders of %zu sellers in %s, %.1f orders/s\n", (long long)s->orders,
	       totals->n_sellers, REPLAY_CURRENCY,
	       run->seconds > 0 ? (double)run->placed / run->seconds : 0.0);
	printf("paid %s + discounts %s =", amount(s->paid, text[0]), amount(s->discounts, text[1]));
	printf(" sellers %s + platform's fees %s + taxes %s + splits %s + held %s + refunded %s%s\n",
	       amount(s->earnings, text[0]), amount(s->fees, text[1]), amount(s->taxes, text[2]),
	       amount(s->splits, text[3]), amount(s->held, text[4]), amount(s->refunded, text[5]),
	       cli_balanced(s) ? "" : ": THIS DOESN'T HOLD");
	printf("verify: %s\n", result);
}

static void release(replay *r)
{
	text_index *const indexes[] = {&r->order_ids, &r->seller_ids, &r->product_ids, &r->sku_ids,
	                               &r->offer_ids, &r->categories, &r->item_ids,    &r->translated};
	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++)
		text_index_free(indexes[i]);
	free(r->translations);
	free(r->orders);
	free(r->sellers);
	free(r->products);
	free(r->skus);
	free(r->offers);
	free(r->items);
	free(r->parts);
	free(r->events);
	pool_free(&r->pool);
}
