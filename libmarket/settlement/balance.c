/* SET-1, ACC-3, ACC-4: what a seller has, from the ledger's accounts. */
#include <stdio.h>
#include <string.h>

#include "libmarket/party/party.h"
#include "libmarket/settlement/sql.h"

static const mk_statement balance_accounts = {
	.name = "balance_accounts",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, "
		   "debits_pending, credits_pending, version FROM account WHERE book_id = ?1 AND name IN "
		   "('seller_pending', "
		   "'seller_reserved', 'seller_available', 'seller_deposit', 'seller_receivable', "
		   "'payout_in_transit') AND "
		   "currency = ?2",
};
static const mk_statement check_accounts = {
	.name = "check_accounts",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, "
		   "debits_pending, credits_pending, version FROM account WHERE book_id = ?1 AND name IN "
		   "('seller_available', 'seller_receivable')",
};
static const mk_statement check_lots = {
	.name = "check_lots",
	.sql = "SELECT book_id, id, currency, remaining FROM lot WHERE book_id = ?1 AND payout_id IS "
		   "NULL AND "
		   "matured_at IS NOT NULL",
};

/* ACC-4 of one book, by currency. */
typedef struct tally {
	char currency[4];
	market_money account; /* available − receivable */
	market_money lots;
} tally;
typedef struct tallies {
	tally items[MK_VERIFY_CURRENCIES];
	size_t count;
} tallies;

static void set_balance(market_balance *balance, const mk_account *account);
static tally *tally_of(tallies *all, const char *currency);
static int tally_account(void *row, void *user_data, market_error *err);
static int tally_lot(void *row, void *user_data, market_error *err);

int mk_balance_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_balance_get_params *in = params;
	const mk_seller *seller = ctx->subject;
	const char *currency = NULL;
	market_balance *balance = MK_NEW(ctx->arena, market_balance);
	market_money zero;
	mk_account **accounts = NULL;
	size_t count = 0;
	int rc = mk_settlement_currency(seller, in->currency, &currency, err);

	if (rc != 0)
		return rc;
	if (!balance)
		return mk_error_no_memory(err);
	zero = mk_money(0, currency);
	*balance = (market_balance){in->seller, currency, zero, zero, zero, zero, zero, zero, zero};
	rc = mk_store_list(ctx->store, ctx->arena, &balance_accounts, &mk_account_record,
	                   MK_ARGS(mk_int(in->seller.id), mk_text_value(currency)), (void ***)&accounts,
	                   &count, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		set_balance(balance, accounts[i]);
	balance->net =
		mk_money_add(mk_money_add(balance->pending, balance->reserved), balance->available);
	balance->net =
		mk_money_sub(mk_money_add(balance->net, balance->in_payout), balance->receivable);
	if (mk_money_broken(balance->net)) {
		rc = mk_error_set(err, MARKET_ECORRUPT, "the sum of the seller's accounts overflows");
		return mk_error_object(err, rc, MARKET_ID_SELLER, in->seller);
	}
	ctx->output = balance;
	return 0;
}

int mk_settlement_currency(const mk_seller *seller, const char *asked, const char **out,
                           market_error *err)
{
	*out = asked ? asked : seller->seller.currency;
	if (mk_currency_digits(*out) < 0)
		return mk_error_at(err, MARKET_ECURRENCY, "currency", "currency %s is unknown", asked);
	return 0;
}

int mk_settlement_check_book(mk_store *store, int64_t book, char problem[200], void *user_data,
                             market_error *err)
{
	tallies all = {.count = 0};
	char accounts[MK_MONEY_TEXT_SIZE], lots[MK_MONEY_TEXT_SIZE];
	int rc = mk_store_each(store, &check_accounts, &mk_account_record, MK_ARGS(mk_int(book)),
	                       tally_account, &all, err);

	(void)user_data;
	if (rc == 0)
		rc = mk_store_each(store, &check_lots, &mk_lot_record, MK_ARGS(mk_int(book)), tally_lot,
		                   &all, err);
	for (size_t i = 0; rc == 0 && i < all.count && problem[0] == '\0'; i++) {
		const tally *t = &all.items[i];

		if (mk_money_equal(t->account, t->lots))
			continue;
		mk_money_format(t->account, accounts);
		mk_money_format(t->lots, lots);
		snprintf(problem, 200,
		         "seller_available less seller_receivable is %s %s, the open lots sum up to %s",
		         accounts, t->currency, lots);
	}
	return rc;
}

static void set_balance(market_balance *balance, const mk_account *account)
{
	const struct {
		const char *name;
		market_money *value;
	} names[] = {
		{"seller_pending", &balance->pending},       {"seller_reserved", &balance->reserved},
		{"seller_available", &balance->available},   {"seller_deposit", &balance->deposit},
		{"seller_receivable", &balance->receivable}, {"payout_in_transit", &balance->in_payout},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, account->name) == 0)
			*names[i].value = mk_account_balance(account);
}

static tally *tally_of(tallies *all, const char *currency)
{
	tally *t;

	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->items[i].currency, currency) == 0)
			return &all->items[i];
	if (all->count == MK_VERIFY_CURRENCIES)
		return NULL;
	t = &all->items[all->count++];
	t->account = mk_money(0, currency);
	t->lots = t->account;
	memcpy(t->currency, t->account.currency, sizeof(t->currency));
	return t;
}

static int tally_account(void *row, void *user_data, market_error *err)
{
	const mk_account *account = row;
	market_money balance = mk_account_balance(account);
	tally *t = tally_of(user_data, account->currency);

	if (!t)
		return mk_error_set(err, MARKET_ELIMIT, "a seller has accounts in more than %d currencies",
		                    MK_VERIFY_CURRENCIES);
	t->account = strcmp(account->name, "seller_available") == 0 ? mk_money_add(t->account, balance)
	                                                            : mk_money_sub(t->account, balance);
	return 0;
}

static int tally_lot(void *row, void *user_data, market_error *err)
{
	const mk_lot *lot = row;
	tally *t = tally_of(user_data, lot->lot.currency);

	if (!t)
		return mk_error_set(err, MARKET_ELIMIT, "a seller has lots in more than %d currencies",
		                    MK_VERIFY_CURRENCIES);
	t->lots = mk_money_add(t->lots, lot->lot.remaining);
	return 0;
}
