/* Transfers and accounts: ACC-1, LED-1, LED-2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/limits.h"
#include "tests/unit/ledger_fixture.h"

#define BOOK 7001

static fixture f;
static market_error err;

static void before(void)
{
	fixture_open(&f);
}

static void after(void)
{
	fixture_close(&f);
}

static int move(const char *id, const char *debit, const char *credit, int64_t amount)
{
	return fixture_move(&f, BOOK, id, debit, credit, amount, &err);
}

static void capture(int64_t amount)
{
	char id[64];
	snprintf(id, sizeof(id), "capture:%lld", (long long)f.now);
	CHECK_OK_FATAL(move(id, "psp_clearing", "escrow:ord_1", amount));
}

static void capture_and_release(void)
{
	capture(18990);
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "release:ord_1", "escrow:ord_1",
	                                  NULL, 18990);
	fixture_credit(t, "seller_pending", brl(17922));
	fixture_credit(t, "fee_revenue:commission", brl(900));
	fixture_credit(t, "fee_revenue:technical", brl(108));
	fixture_credit(t, "tax_payable", brl(60));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), 0);
	CHECK_INT(fixture_balance(&f, BOOK, "seller_pending"), 17922);
	CHECK_INT(fixture_balance(&f, BOOK, "fee_revenue:commission"), 900);
	CHECK_INT(fixture_balance(&f, BOOK, "psp_clearing"), 18990);
	CHECK_INT(fixture_count(&f, "leg"), 7);
}

/* ---- ACC-1 ---- */

static void chart_is_complete(void)
{
	static const char *const names[] = {"bank",
	                                    "psp_clearing",
	                                    "seller_receivable",
	                                    "affiliate_receivable",
	                                    "funder_receivable:x",
	                                    "recourse:x",
	                                    "chargeback_clearing:x",
	                                    "escrow:x",
	                                    "buyer_payable:x",
	                                    "seller_pending",
	                                    "seller_available",
	                                    "seller_reserved",
	                                    "seller_deposit",
	                                    "payout_in_transit",
	                                    "affiliate_pending",
	                                    "affiliate_payable",
	                                    "fee_deferred",
	                                    "tax_payable",
	                                    "goods_tax_payable",
	                                    "withheld_tax_payable",
	                                    "fee_revenue:commission",
	                                    "psp_fee",
	                                    "promo_funding",
	                                    "compensation_expense",
	                                    "chargeback_loss",
	                                    "bad_debt",
	                                    "fx_gain_loss",
	                                    "suspense",
	                                    "interbook:0",
	                                    "fx_position"};
	size_t count = 0;
	while (mk_chart_at(count))
		count++;
	CHECK_INT(count, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const mk_chart_entry *entry = mk_chart_find(names[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
		CHECK_INT(entry->suffixed, strchr(names[i], ':') != NULL);
		CHECK_INT((entry->flags & MK_ACCOUNT_LIMIT) != 0,
		          entry->account_class == MK_ACCOUNT_LIABILITY);
	}
	CU_ASSERT_PTR_NULL(mk_chart_find("escro"));
	CU_ASSERT_PTR_NULL(mk_chart_find("escrows"));
	CU_ASSERT_PTR_NULL(mk_chart_find(""));
}

static void chart_refuses_others(void)
{
	static const struct {
		const char *account;
		bool good;
	} rows[] = {
		{"petty_cash", false},
		{"escrow", false},
		{"escrow:", false},
		{"tax_payable:x", false},
		{"bank", false},
		{"escrow:a b", false},
		{"escrow:a:b", false},
		{"escrow:\xc3\xa9", false},
		{"escrow:A-z_0.9", true},
		{"tax_payable", true},
		{"escrow:1234567890123456789012345678901234567890123456789012345678901234", true},
		{"escrow:12345678901234567890123456789012345678901234567890123456789012345", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char id[32];
		snprintf(id, sizeof(id), "chart:%zu", i);
		int rc = move(id, "psp_clearing", rows[i].account, 1);
		CHECK_INT(rc, rows[i].good ? 0 : MARKET_EINVALID);
		if (!rows[i].good)
			CHECK_TEXT(err.field, "legs");
	}
	CHECK_OK(fixture_move(&f, 0, "chart:bank", "bank", "tax_payable", 1, &err));
}

/* ---- LED-1 ---- */

static void sums_are_kept(void)
{
	mk_account account;
	capture(1000);
	capture(500);
	CHECK_OK(move("refund:1", "escrow:ord_1", "psp_clearing", 300));
	CU_ASSERT_TRUE_FATAL(fixture_account(&f, BOOK, "escrow:ord_1", "BRL", &account));
	CHECK_INT(account.account_class, MK_ACCOUNT_LIABILITY);
	CHECK_INT(account.flags, MK_ACCOUNT_LIMIT);
	CHECK_INT(account.credits_posted.amount, 1500);
	CHECK_INT(account.debits_posted.amount, 300);
	CHECK_INT(account.debits_pending.amount, 0);
	CHECK_INT(account.version, 3);
	CHECK_INT(mk_account_balance(&account).amount, 1200);
	CU_ASSERT_TRUE_FATAL(fixture_account(&f, BOOK, "psp_clearing", "BRL", &account));
	CHECK_INT(mk_account_balance(&account).amount, 1200);
}

static int change(const char *name, int64_t set, int64_t clear, market_money overdraft)
{
	static int number;
	char id[32];
	mk_account account;
	CU_ASSERT_TRUE_FATAL(fixture_account(&f, BOOK, name, "BRL", &account));
	market_id account_id = account.id;
	snprintf(id, sizeof(id), "account:%d", number++);
	fixture_begin(&f);
	mk_account_change asked = {.account = account_id,
	                           .set = set,
	                           .clear = clear,
	                           .overdraft = overdraft,
	                           .client_id = id,
	                           .reason = "why"};
	return fixture_end(&f, mk_ledger_account_change(f.ledger, &asked, NULL, &err), &err);
}

static const market_money same = {0, ""};

static void frozen_in_refuses_more(void)
{
	capture(100);
	CHECK_OK_FATAL(change("escrow:ord_1", MK_ACCOUNT_FROZEN_IN, 0, same));
	CHECK_ERROR(move("in:1", "psp_clearing", "escrow:ord_1", 1), MARKET_EFROZEN, "legs");
	CHECK_OK(move("out:1", "escrow:ord_1", "psp_clearing", 1));
	CHECK_OK_FATAL(change("escrow:ord_1", 0, MK_ACCOUNT_FROZEN_IN, same));
	CHECK_OK(move("in:1", "psp_clearing", "escrow:ord_1", 1));
}

static void frozen_out_refuses_less(void)
{
	capture(100);
	CHECK_OK_FATAL(change("escrow:ord_1", MK_ACCOUNT_FROZEN_OUT, 0, same));
	CHECK_ERROR(move("out:1", "escrow:ord_1", "psp_clearing", 1), MARKET_EFROZEN, "legs");
	CHECK_OK(move("in:1", "psp_clearing", "escrow:ord_1", 1));
	/* An asset is lowered by a credit. */
	CHECK_OK_FATAL(change("psp_clearing", MK_ACCOUNT_FROZEN_OUT, 0, same));
	CHECK_OK(move("in:2", "psp_clearing", "escrow:ord_1", 1));
	CHECK_OK_FATAL(change("escrow:ord_1", 0, MK_ACCOUNT_FROZEN_OUT, same));
	CHECK_ERROR(move("out:2", "escrow:ord_1", "psp_clearing", 1), MARKET_EFROZEN, "legs");
}

static void closed_refuses_all(void)
{
	capture(100);
	CHECK_ERROR(change("escrow:ord_1", MK_ACCOUNT_CLOSED, 0, same), MARKET_ESTATE, "closed");
	CHECK_OK_FATAL(move("out:1", "escrow:ord_1", "psp_clearing", 100));
	CHECK_OK_FATAL(change("escrow:ord_1", MK_ACCOUNT_CLOSED | MK_ACCOUNT_FROZEN_IN, 0, same));
	CHECK_ERROR(move("in:1", "psp_clearing", "escrow:ord_1", 1), MARKET_ECLOSED, "legs");
	CHECK_ERROR(change("escrow:ord_1", 0, MK_ACCOUNT_CLOSED, same), MARKET_ECLOSED, "account");
}

static void overdraft_is_the_floor(void)
{
	mk_account account;
	capture(100);
	CHECK_ERROR(change("psp_clearing", 0, 0, brl(50)), MARKET_EINVALID, "overdraft");
	CHECK_ERROR(change("escrow:ord_1", 0, 0, brl(-1)), MARKET_EINVALID, "overdraft");
	CHECK_ERROR(change("escrow:ord_1", 0, 0, mk_money(1, "USD")), MARKET_ECURRENCY, "overdraft");
	CHECK_OK_FATAL(change("escrow:ord_1", 0, 0, brl(50)));
	CHECK_ERROR(move("out:1", "escrow:ord_1", "psp_clearing", 151), MARKET_EFUNDS, "legs");
	CHECK_OK_FATAL(move("out:2", "escrow:ord_1", "psp_clearing", 150));
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), -50);
	CHECK_ERROR(change("escrow:ord_1", 0, 0, brl(49)), MARKET_EFUNDS, "overdraft");
	CHECK_OK(change("escrow:ord_1", 0, 0, brl(50)));
	CU_ASSERT_TRUE(fixture_account(&f, BOOK, "escrow:ord_1", "BRL", &account));
	CHECK_INT(account.overdraft.amount, 50);
}

/* ---- LED-2 ---- */

static void same_content_is_a_replay(void)
{
	market_id first;
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "capture:1", "psp_clearing",
	                                  "escrow:ord_1", 100);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	first = mk_transfer_id(t);
	CU_ASSERT_FALSE(mk_transfer_replayed(t));
	fixture_begin(&f);
	t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "capture:%d", 1);
	/* Said in another order and in parts, it is the same. */
	fixture_credit(t, "escrow:ord_1", brl(60));
	fixture_debit(t, "psp_clearing", brl(100));
	fixture_credit(t, "escrow:ord_1", brl(40));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CU_ASSERT_TRUE(mk_transfer_replayed(t));
	CHECK_INT(mk_transfer_id(t).id, first.id);
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), 100);
	CHECK_INT(fixture_count(&f, "transfer"), 1);
}

static void other_content_is_an_error(void)
{
	CHECK_OK_FATAL(move("capture:1", "psp_clearing", "escrow:ord_1", 100));
	CHECK_ERROR(move("capture:1", "psp_clearing", "escrow:ord_1", 101), MARKET_EKEYREUSED,
	            "client_id");
	CHECK_ERROR(move("capture:1", "psp_clearing", "escrow:ord_2", 100), MARKET_EKEYREUSED,
	            "client_id");
	CHECK_ERROR(move("capture:1", "escrow:ord_1", "psp_clearing", 100), MARKET_EKEYREUSED,
	            "client_id");
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "capture:1", "psp_clearing",
	                                  "escrow:ord_1", 100);
	mk_transfer_set_reason(t, "another");
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EKEYREUSED,
	            "client_id");
	/* Each book has its own ids. */
	CHECK_OK(fixture_move(&f, BOOK + 1, "capture:1", "psp_clearing", "escrow:ord_1", 7, &err));
}

static void same_within_one_plan(void)
{
	fixture_begin(&f);
	mk_transfer *a = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "capture:1", "psp_clearing",
	                                  "escrow:ord_1", 100);
	mk_transfer *b = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "capture:1", "psp_clearing",
	                                  "escrow:ord_1", 100);
	mk_transfer *c = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "capture:1", "psp_clearing",
	                                  "escrow:ord_1", 99);
	CHECK_OK(mk_transfer_post(f.ledger, a, &err));
	CHECK_OK(mk_transfer_post(f.ledger, b, &err));
	CU_ASSERT_TRUE(mk_transfer_replayed(b));
	CHECK_ERROR(mk_transfer_post(f.ledger, c, &err), MARKET_EKEYREUSED, "client_id");
	CHECK_OK_FATAL(fixture_end(&f, 0, &err));
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), 100);
}

static mk_transfer *fan(int legs)
{
	mk_transfer *t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "fan:%d", legs);
	fixture_debit(t, "psp_clearing", brl(legs - 1));
	for (int i = 1; i < legs; i++) {
		char name[32];
		snprintf(name, sizeof(name), "escrow:ord_%d", i);
		fixture_credit(t, name, brl(1));
	}
	return t;
}

static void two_to_sixty_four_legs(void)
{
	fixture_begin(&f);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, fan(MK_MAX_LEGS), &err), &err));
	CHECK_INT(fixture_count(&f, "leg"), 64);
	fixture_begin(&f);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, fan(MK_MAX_LEGS + 1), &err), &err),
	            MARKET_ELIMIT, "legs");
	fixture_begin(&f);
	CHECK_OK(fixture_end(&f, mk_transfer_post(f.ledger, fan(2), &err), &err));
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "none:1", NULL, NULL, 0);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EINVALID,
	            "legs");
	fixture_begin(&f);
	t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "self:1", "tax_payable", "tax_payable", 5);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EINVALID,
	            "legs");
}

static void zero_and_net(void)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "net:1", "psp_clearing",
	                                  "escrow:ord_1", 100);
	fixture_debit(t, "escrow:ord_1", brl(30));
	fixture_credit(t, "psp_clearing", brl(30));
	fixture_debit(t, "promo_funding", brl(0));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_INT(fixture_count(&f, "leg"), 2);
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), 70);
	CHECK_INT(fixture_balance(&f, BOOK, "psp_clearing"), 70);
}

static void balanced_or_refused(void)
{
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "odd:1", "psp_clearing", NULL, 100);
	fixture_credit(t, "escrow:ord_1", brl(99));
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EUNBALANCED,
	            "legs");
	CHECK_INT(fixture_count(&f, "account"), 0);
}

static void amounts_are_positive(void)
{
	fixture_begin(&f);
	mk_transfer *t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "neg:1");
	mk_debit(t, "psp_clearing", NULL, brl(-5));
	mk_credit(t, "escrow", "ord_1", brl(-5));
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EINVALID,
	            "legs");
	fixture_begin(&f);
	t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "broken:1");
	mk_debit(t, "psp_clearing", NULL, mk_money_add(brl(INT64_MAX), brl(1)));
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EOVERFLOW,
	            "legs");
}

static void sums_do_not_overflow(void)
{
	CHECK_OK_FATAL(move("big:1", "psp_clearing", "escrow:ord_1", INT64_MAX - 1));
	CHECK_OK(move("big:2", "psp_clearing", "escrow:ord_1", 1));
	CHECK_ERROR(move("big:3", "psp_clearing", "escrow:ord_1", 1), MARKET_EOVERFLOW, "legs");
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), INT64_MAX);
}

static int hold(const char *id, const char *debit, const char *credit, int64_t amount)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_PENDING, id, debit, credit, amount);
	return fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err);
}

static void no_sum_of_an_account_overflows(void)
{
	CHECK_OK_FATAL(move("credit:1", "psp_clearing", "suspense", INT64_MAX));
	CHECK_ERROR(move("credit:2", "psp_fee", "suspense", 1), MARKET_EOVERFLOW, "legs");
	CHECK_ERROR(move("debit:2", "psp_clearing", "fx_position", 1), MARKET_EOVERFLOW, "legs");
	CHECK_OK_FATAL(hold("hold:1", "recourse:a", "recourse:b", INT64_MAX));
	CHECK_ERROR(hold("hold:2", "recourse:a", "recourse:c", 1), MARKET_EOVERFLOW, "legs");
	CHECK_ERROR(hold("hold:3", "recourse:c", "recourse:b", 1), MARKET_EOVERFLOW, "legs");
	CHECK_OK(hold("hold:4", "recourse:c", "recourse:d", 1));
}

/* No account of the chart is one, but the guard has both sides. */
static void a_limited_asset(void)
{
	CHECK_OK_FATAL(move("in:1", "bad_debt", "suspense", 100));
	fixture_execute(&f, "UPDATE account SET flags = 1, overdraft = 10 WHERE name = 'bad_debt'");
	CHECK_ERROR(move("out:1", "suspense", "bad_debt", 111), MARKET_EFUNDS, "legs");
	CHECK_OK(hold("hold:1", "suspense", "bad_debt", 60));
	CHECK_ERROR(hold("hold:2", "suspense", "bad_debt", 41), MARKET_EFUNDS, "legs");
	CHECK_ERROR(move("out:2", "suspense", "bad_debt", 51), MARKET_EFUNDS, "legs");
	CHECK_OK(move("out:3", "suspense", "bad_debt", 50));
	CHECK_INT(fixture_available(&f, BOOK, "bad_debt"), -10);
}

static void the_effect_on_an_account(void)
{
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "fx:1", "psp_clearing", "escrow:ord_1", 5);
	fixture_debit(t, "psp_clearing", mk_money(7, "USD"));
	fixture_credit(t, "escrow:ord_1", mk_money(7, "USD"));
	mk_transfer_set_rate(t, 7, 5);
	CHECK_TEXT(mk_transfer_effect(t, "escrow:ord_1", 0).currency, "");
	CHECK_OK(mk_transfer_post(f.ledger, t, &err));
	CHECK_INT(mk_transfer_effect(t, "escrow:ord_1", 0).amount, 5);
	CHECK_TEXT(mk_transfer_effect(t, "escrow:ord_1", 1).currency, "USD");
	CHECK_INT(mk_transfer_effect(t, "psp_clearing", 1).amount, 7);
	CHECK_TEXT(mk_transfer_effect(t, "escrow:ord_1", 2).currency, "");
	CHECK_TEXT(mk_transfer_effect(t, "escrow:ord_2", 0).currency, "");
	CHECK_OK(fixture_end(&f, 0, &err));
	fixture_begin(&f);
	t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "out:1", "escrow:ord_1", "psp_clearing", 2);
	CHECK_OK(mk_transfer_post(f.ledger, t, &err));
	CHECK_INT(mk_transfer_effect(t, "escrow:ord_1", 0).amount, -2);
	CHECK_INT(mk_transfer_effect(t, "psp_clearing", 0).amount, -2);
	market_money balance;
	CHECK_OK(mk_ledger_balance(f.ledger, BOOK, "escrow", "ord_1", "BRL", &balance, &err));
	CHECK_INT(balance.amount, 3);
	CHECK_OK(mk_ledger_balance(f.ledger, BOOK, "escrow", "ord_7", "BRL", &balance, &err));
	CHECK_INT(balance.amount, 0);
	CHECK_TEXT(balance.currency, "BRL");
	CHECK_ERROR(mk_ledger_balance(f.ledger, BOOK, "petty_cash", NULL, "BRL", &balance, &err),
	            MARKET_EINVALID, NULL);
	fixture_abort(&f);
}

static void reasons_have_limits(void)
{
	char *reason = calloc(1, MK_MAX_TEXT + 2);
	CU_ASSERT_PTR_NOT_NULL_FATAL(reason);
	memset(reason, 'r', MK_MAX_TEXT);
	for (int over = 0; over < 2; over++) {
		fixture_begin(&f);
		mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, over ? "r:2" : "r:1",
		                                  "psp_clearing", "escrow:ord_1", 5);
		reason[MK_MAX_TEXT] = over ? 'r' : '\0';
		mk_transfer_set_reason(t, reason);
		int rc = fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err);
		CHECK_INT(rc, over ? MARKET_ELIMIT : 0);
	}
	CHECK_TEXT(err.field, "reason");
	free(reason);
}

static void client_ids_have_limits(void)
{
	char id[MK_MAX_KEY + 2];
	memset(id, 'x', sizeof(id));
	memcpy(id, "p:", 2);
	id[MK_MAX_KEY] = '\0';
	CHECK_OK(move(id, "psp_clearing", "escrow:ord_1", 1));
	id[MK_MAX_KEY] = 'x';
	id[MK_MAX_KEY + 1] = '\0';
	CHECK_ERROR(move(id, "psp_clearing", "escrow:ord_1", 1), MARKET_ELIMIT, "client_id");
	id[MK_MAX_CODE] = ':';
	id[1] = 'p';
	id[MK_MAX_CODE + 2] = '\0';
	CHECK_OK(move(id, "psp_clearing", "escrow:ord_1", 1));
	id[MK_MAX_CODE] = 'x';
	id[MK_MAX_CODE + 1] = ':';
	CHECK_ERROR(move(id, "psp_clearing", "escrow:ord_1", 1), MARKET_ELIMIT, "client_id");
	CHECK_OK(move("x", "psp_clearing", "escrow:ord_1", 1));
	CHECK_ERROR(move("", "psp_clearing", "escrow:ord_1", 1), MARKET_EINVALID, "client_id");
	CHECK_ERROR(move(":x", "psp_clearing", "escrow:ord_1", 1), MARKET_EINVALID, "client_id");
	CHECK_ERROR(move("a:\xff", "psp_clearing", "escrow:ord_1", 1), MARKET_EINVALID, "client_id");
}

static void posted_once_per_object(void)
{
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "once:1", "psp_clearing", "escrow:ord_1", 1);
	CHECK_OK(mk_transfer_post(f.ledger, t, &err));
	CHECK_ERROR(mk_transfer_post(f.ledger, t, &err), MARKET_EINTERNAL, NULL);
	fixture_abort(&f);
}

/* ---- reversals ---- */

static market_id posted(mk_transfer_kind kind, const char *id, market_id other, int64_t amount,
                        int code)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, kind, id, amount ? "psp_clearing" : NULL,
	                                  amount ? "escrow:ord_1" : NULL, amount);
	mk_transfer_set_pending(t, other);
	CHECK_INT(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), code);
	return mk_transfer_id(t);
}

static void reversed_once(void)
{
	market_id first = posted(MK_TRANSFER_DIRECT, "capture:1", (market_id){0, 0}, 100, 0);
	market_id back = posted(MK_TRANSFER_REVERSAL, "reversal:1", first, 0, 0);
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), 0);
	CHECK_INT(fixture_balance(&f, BOOK, "psp_clearing"), 0);
	posted(MK_TRANSFER_REVERSAL, "reversal:2", first, 0, MARKET_ESTATE);
	posted(MK_TRANSFER_REVERSAL, "reversal:3", back, 0, MARKET_ESTATE);
	posted(MK_TRANSFER_REVERSAL, "reversal:4", (market_id){BOOK, 12345}, 0, MARKET_ENOTFOUND);
	posted(MK_TRANSFER_REVERSAL, "reversal:5", (market_id){BOOK + 1, first.id}, 0,
	       MARKET_ENOTFOUND);
	posted(MK_TRANSFER_REVERSAL, "reversal:6", (market_id){0, 0}, 0, MARKET_EINVALID);
}

static void reversed_with_own_legs(void)
{
	market_id first = posted(MK_TRANSFER_DIRECT, "capture:1", (market_id){0, 0}, 100, 0);
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_REVERSAL, "reversal:1", "escrow:ord_1", NULL, 100);
	fixture_credit(t, "psp_clearing", brl(60));
	fixture_credit(t, "seller_receivable", brl(40));
	mk_transfer_set_pending(t, first);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_INT(fixture_balance(&f, BOOK, "psp_clearing"), 40);
	CHECK_INT(fixture_balance(&f, BOOK, "seller_receivable"), -40);
}

static void reversal_is_limited_too(void)
{
	market_id first = posted(MK_TRANSFER_DIRECT, "capture:1", (market_id){0, 0}, 100, 0);
	CHECK_OK_FATAL(move("out:1", "escrow:ord_1", "psp_clearing", 1));
	posted(MK_TRANSFER_REVERSAL, "reversal:1", first, 0, MARKET_EFUNDS);
}

void suite_ledger(void)
{
	CU_pSuite s = test_suite_on_store_with("ledger", before, after);
	CU_add_test(s, "LED-2: a capture and a release post their legs", capture_and_release);
	CU_add_test(s, "ACC-1: the chart has every account with its class and limit",
	            chart_is_complete);
	CU_add_test(s, "ACC-1: no other account can be posted to", chart_refuses_others);
	CU_add_test(s, "LED-1: an account keeps its sums, class, flags and version", sums_are_kept);
	CU_add_test(s, "LED-1: an account frozen in takes nothing and gives", frozen_in_refuses_more);
	CU_add_test(s, "LED-1: an account frozen out gives nothing and takes", frozen_out_refuses_less);
	CU_add_test(s, "LED-1: an account is closed empty and for ever", closed_refuses_all);
	CU_add_test(s, "LED-1: the balance may fall to the overdraft and no further",
	            overdraft_is_the_floor);
	CU_add_test(s, "LED-2: the same id and content give the first transfer",
	            same_content_is_a_replay);
	CU_add_test(s, "LED-2: the same id with other content is refused", other_content_is_an_error);
	CU_add_test(s, "LED-2: the same holds within one operation", same_within_one_plan);
	CU_add_test(s, "LED-2: a transfer has 2 to 64 legs", two_to_sixty_four_legs);
	CU_add_test(s, "LED-2: zeros are left out and an account has one leg, net", zero_and_net);
	CU_add_test(s, "LED-2: debits equal credits to the last unit", balanced_or_refused);
	CU_add_test(s, "LED-2: negative and broken amounts are refused", amounts_are_positive);
	CU_add_test(s, "LED-2: sums reach the largest number and don't pass it", sums_do_not_overflow);
	CU_add_test(s, "LED-1: none of an account's four sums overflows",
	            no_sum_of_an_account_overflows);
	CU_add_test(s, "LED-3: a limit holds on the debit side too", a_limited_asset);
	CU_add_test(s, "LED-5: what a transfer does to an account, by currency",
	            the_effect_on_an_account);
	CU_add_test(s, "LED-2: a reason has at most 4,000 characters", reasons_have_limits);
	CU_add_test(s, "LED-2: client ids have a purpose and at most 128 characters",
	            client_ids_have_limits);
	CU_add_test(s, "LED-2: one transfer object is posted once", posted_once_per_object);
	CU_add_test(s, "LED-2: a transfer is reversed once", reversed_once);
	CU_add_test(s, "LED-2: a reversal may have its own legs", reversed_with_own_legs);
	CU_add_test(s, "LED-3: a reversal keeps to the limit", reversal_is_limited_too);
}
