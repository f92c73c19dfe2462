/* What the store says at the end, by public operations alone. */
#include "cli/totals.h"

#include <stdlib.h>
#include <string.h>

#define OPERATOR "operator:cli"
#define PAGE 200

/* Sums of accounts, as the chart names them. */
typedef struct accounts {
	int64_t clearing_debits, clearing_credits;
	int64_t funded, unfunded;
	int64_t held, earnings, fees, taxes, splits;
	int64_t provider_fees;
	int64_t settled, paid_out; /* over the account with the platform's book */
} accounts;

static int read_seller(cli_market *open, pool *pool, json_t *seller, text_index *groups,
                       cli_totals *out, accounts *moved, market_error *err);
static int read_orders(cli_market *open, pool *pool, const char *seller, text_index *groups,
                       cli_sums *sums, market_error *err);
static int read_accounts(cli_market *open, const char *seller, accounts *sums, market_error *err);
static int read_all(cli_market *open, accounts *sums, market_error *err);
static void add_account(const char *name, json_t *line, accounts *sums);
static void take(const accounts *from, cli_sums *to);

/* The next page of a list: its items, until `after` is empty. */
static int next_page(cli_market *open, const char *operation, json_t *in, char after[128],
                     json_t **page, market_error *err)
{
	int rc;
	json_object_set_new(in, "limit", json_integer(PAGE));
	if (after[0] != '\0')
		json_object_set_new(in, "after", json_string(after));
	rc = cli_do(open, OPERATOR, NULL, operation, in, page, err);
	snprintf(after, 128, "%s", rc == 0 ? cli_text(*page, "next") : "");
	return rc;
}

static int64_t cents(json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);
	market_money money = {0, ""};
	if (!value ||
	    !market_money_parse(cli_text(value, "amount"), cli_text(value, "currency"), &money))
		return 0;
	return money.amount;
}

int cli_read_totals(cli_market *open, pool *pool, cli_totals *out, market_error *err)
{
	char after[128] = "";
	text_index groups = {0};
	accounts all = {0}, moved = {0};
	int rc = 0;
	do {
		json_t *page = NULL, *items;
		rc = next_page(open, "seller.list", json_object(), after, &page, err);
		items = json_object_get(page, "items");
		for (size_t i = 0; rc == 0 && i < json_array_size(items); i++)
			rc = read_seller(open, pool, json_array_get(items, i), &groups, out, &moved, err);
		json_decref(page);
	} while (rc == 0 && after[0] != '\0');
	if (rc == 0)
		rc = read_all(open, &all, err);
	all.settled = moved.settled;
	all.paid_out = moved.paid_out;
	take(&all, &out->all);
	out->all.orders = (int64_t)groups.count;
	text_index_free(&groups);
	return rc;
}

bool cli_balanced(const cli_sums *s)
{
	return s->paid + s->discounts ==
	       s->earnings + s->fees + s->taxes + s->splits + s->held + s->refunded;
}

static int read_seller(cli_market *open, pool *pool, json_t *seller, text_index *groups,
                       cli_totals *out, accounts *moved, market_error *err)
{
	cli_sums *sums = POOL_APPEND(out->sellers, out->n_sellers, out->room_sellers);
	const char *id = cli_text(seller, "id");
	accounts own = {0};
	int rc = read_orders(open, pool, id, groups, sums, err);
	if (rc == 0)
		rc = read_accounts(open, id, &own, err);
	take(&own, sums);
	sums->seller = pool_text(pool, cli_text(seller, "ref"));
	sums->name = pool_text(pool, cli_text(seller, "name"));
	moved->settled += own.settled;
	moved->paid_out += own.paid_out;
	out->all.seller_orders += sums->seller_orders;
	out->all.items += sums->items;
	out->all.gross += sums->gross;
	out->all.freight += sums->freight;
	return rc;
}

static int read_units(cli_market *open, const char *order, int64_t *units, market_error *err)
{
	json_t *out = NULL, *lines;
	int rc =
		cli_do(open, OPERATOR, NULL, "order.get", json_pack("{s:s}", "order", order), &out, err);
	lines = json_object_get(out, "lines");
	for (size_t i = 0; i < json_array_size(lines); i++)
		*units += json_integer_value(json_object_get(json_array_get(lines, i), "quantity"));
	json_decref(out);
	return rc;
}

static int read_orders(cli_market *open, pool *pool, const char *seller, text_index *groups,
                       cli_sums *sums, market_error *err)
{
	char after[128] = "";
	int rc;
	do {
		json_t *page = NULL, *items;
		rc = next_page(open, "order.list", json_pack("{s:s}", "seller", seller), after, &page, err);
		items = json_object_get(page, "items");
		for (size_t i = 0; rc == 0 && i < json_array_size(items); i++) {
			json_t *order = json_array_get(items, i);
			bool fresh;
			text_index_add(groups, pool_text(pool, cli_text(order, "group")), &fresh);
			sums->orders++;
			sums->seller_orders++;
			sums->gross += cents(order, "items");
			sums->freight += cents(order, "freight");
			rc = read_units(open, cli_text(order, "id"), &sums->items, err);
		}
		json_decref(page);
	} while (rc == 0 && after[0] != '\0');
	return rc;
}

static int read_accounts(cli_market *open, const char *seller, accounts *sums, market_error *err)
{
	char after[128] = "";
	int rc;
	do {
		json_t *page = NULL, *items;
		rc = next_page(open, "ledger.account.list", json_pack("{s:s}", "seller", seller), after,
		               &page, err);
		items = json_object_get(page, "items");
		for (size_t i = 0; i < json_array_size(items); i++)
			add_account(cli_text(json_array_get(items, i), "name"), json_array_get(items, i), sums);
		json_decref(page);
	} while (rc == 0 && after[0] != '\0');
	return rc;
}

static int read_all(cli_market *open, accounts *sums, market_error *err)
{
	json_t *out = NULL, *lines;
	int rc = cli_do(open, OPERATOR, NULL, "ledger.trial_balance", json_pack("{s:b}", "all", 1),
	                &out, err);
	lines = json_object_get(out, "lines");
	for (size_t i = 0; i < json_array_size(lines); i++)
		add_account(cli_text(json_array_get(lines, i), "account"), json_array_get(lines, i), sums);
	json_decref(out);
	return rc;
}

static bool is(const char *name, const char *stem)
{
	size_t length = strlen(stem);
	return strncmp(name, stem, length) == 0 && (name[length] == '\0' || name[length] == ':');
}

static bool is_any(const char *name, const char *const *stems)
{
	while (*stems && !is(name, *stems))
		stems++;
	return *stems != NULL;
}

static void add_account(const char *name, json_t *line, accounts *sums)
{
	static const char *const held[] = {"escrow", "buyer_payable", "suspense", NULL};
	static const char *const earned[] = {"seller_pending", "seller_available",  "seller_reserved",
	                                     "seller_deposit", "payout_in_transit", NULL};
	static const char *const taxes[] = {"tax_payable", "goods_tax_payable", "withheld_tax_payable",
	                                    NULL};
	static const char *const splits[] = {"affiliate_pending", "affiliate_payable", NULL};
	int64_t debits = cents(line, "debits_posted"), credits = cents(line, "credits_posted");
	if (is(name, "psp_clearing")) {
		sums->clearing_debits += debits;
		sums->clearing_credits += credits;
	} else if (is(name, "promo_funding") || is(name, "funder_receivable")) {
		sums->funded += debits;
		sums->unfunded += credits;
	} else if (is_any(name, held)) {
		sums->held += credits - debits;
	} else if (is_any(name, earned) || is(name, "seller_receivable")) {
		sums->earnings += credits - debits;
	} else if (is(name, "fee_revenue")) {
		sums->fees += credits - debits;
	} else if (is_any(name, taxes)) {
		sums->taxes += credits - debits;
	} else if (is_any(name, splits) || is(name, "affiliate_receivable")) {
		sums->splits += credits - debits;
	} else if (is(name, "psp_fee")) {
		sums->provider_fees += debits - credits;
	} else if (strcmp(name, "interbook:0") == 0) {
		sums->settled += debits;
		sums->paid_out += credits;
	}
}

/* What left the clearing account went to buyers, or with the provider's fee to the bank. */
static void take(const accounts *from, cli_sums *to)
{
	to->paid = from->clearing_debits;
	to->discounts = from->funded;
	to->unfunded = from->unfunded;
	to->earnings = from->earnings + from->paid_out;
	to->paid_out = from->paid_out;
	to->fees = from->fees;
	to->taxes = from->taxes;
	to->splits = from->splits;
	to->held = from->held;
	to->provider_fees = from->provider_fees;
	to->refunded = from->clearing_credits - from->settled - from->provider_fees + from->unfunded;
}
