/* Batches, versions and balances of legs, exchange: LED-4, LED-5, LED-6. */
#include <stdio.h>
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

/* ---- LED-4 ---- */

static int batch(int count, int overdrawn)
{
	fixture_begin(&f);
	int rc = 0;
	for (int i = 0; i < count && rc == 0; i++) {
		char id[32], name[32], field[32];
		snprintf(id, sizeof(id), "batch:%d", i);
		snprintf(name, sizeof(name), "escrow:ord_%d", i % 50);
		snprintf(field, sizeof(field), "transfers[%d]", i);
		bool bad = i == overdrawn;
		mk_transfer *t =
			fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, id, bad ? name : "psp_clearing",
		                     bad ? "psp_clearing" : name, bad ? 1000000 : 1);
		mk_transfer_set_field(t, mk_arena_text(&f.arena, field));
		rc = mk_transfer_post(f.ledger, t, &err);
	}
	return fixture_end(&f, rc, &err);
}

static void batch_is_all_or_nothing(void)
{
	CHECK_ERROR(batch(20, 13), MARKET_EFUNDS, "transfers[13].legs");
	CHECK_INT(fixture_count(&f, "transfer"), 0);
	CHECK_INT(fixture_count(&f, "account"), 0);
	CHECK_OK_FATAL(batch(MK_MAX_BATCH, -1));
	CHECK_INT(fixture_count(&f, "transfer"), MK_MAX_BATCH);
	CHECK_INT(fixture_balance(&f, BOOK, "psp_clearing"), MK_MAX_BATCH);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

/* ---- LED-5 ---- */

static void one_plan_many_legs_of_one_account(void)
{
	mk_account account;
	fixture_begin(&f);
	for (int i = 0; i < 5; i++) {
		char id[32];
		snprintf(id, sizeof(id), "capture:%d", i);
		mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, id, "psp_clearing",
		                                  "escrow:ord_1", 10 + i);
		CHECK_OK_FATAL(mk_transfer_post(f.ledger, t, &err));
		const mk_account *seen = NULL;
		CHECK_OK(mk_ledger_account(f.ledger, BOOK, "escrow", "ord_1", "BRL", &seen, &err));
		CHECK_INT(seen->version, i + 1);
	}
	mk_transfer *out =
		fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "out:1", "escrow:ord_1", "psp_clearing", 60);
	CHECK_OK_FATAL(mk_transfer_post(f.ledger, out, &err));
	mk_transfer *over =
		fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "out:2", "escrow:ord_1", "psp_clearing", 1);
	CHECK_ERROR(mk_transfer_post(f.ledger, over, &err), MARKET_EFUNDS, "legs");
	CHECK_OK_FATAL(fixture_end(&f, 0, &err));
	CU_ASSERT_TRUE(fixture_account(&f, BOOK, "escrow:ord_1", "BRL", &account));
	CHECK_INT(account.version, 6);
	CHECK_INT(mk_account_balance(&account).amount, 0);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

/* ---- LED-6 ---- */

static mk_transfer *exchange(const char *id, int64_t usd_out)
{
	mk_transfer *t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "%s", id);
	fixture_debit(t, "psp_clearing", mk_money(2000, "USD"));
	fixture_credit(t, "fx_position", mk_money(usd_out, "USD"));
	fixture_debit(t, "fx_position", brl(10000));
	fixture_credit(t, "escrow:ord_1", brl(10000));
	return t;
}

static void exchange_is_two_groups(void)
{
	mk_account account;
	fixture_begin(&f);
	mk_transfer *t = exchange("fx:1", 2000);
	mk_transfer_set_rate(t, 5, 1);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CU_ASSERT_TRUE(fixture_account(&f, BOOK, "fx_position", "USD", &account));
	CHECK_INT(mk_account_balance(&account).amount, -2000);
	CHECK_INT(fixture_balance(&f, BOOK, "fx_position"), 10000);
}

static void currencies_do_not_mix(void)
{
	fixture_begin(&f);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, exchange("fx:1", 2000), &err), &err),
	            MARKET_ECURRENCY, "legs");
	fixture_begin(&f);
	mk_transfer *t = exchange("fx:2", 1999);
	mk_transfer_set_rate(t, 5, 1);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EUNBALANCED,
	            "legs");
	fixture_begin(&f);
	t = exchange("fx:3", 2000);
	mk_transfer_set_rate(t, 5, 0);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EINVALID,
	            "legs");
	fixture_begin(&f);
	t = exchange("fx:3", 2000);
	mk_transfer_set_rate(t, 0, 5);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EINVALID,
	            "legs");
	fixture_begin(&f);
	t = exchange("fx:4", 2000);
	mk_transfer_set_rate(t, 5, 1);
	fixture_debit(t, "psp_fee", mk_money(1, "EUR"));
	fixture_credit(t, "psp_clearing", mk_money(1, "EUR"));
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_ECURRENCY,
	            "legs");
	fixture_begin(&f);
	t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "fx:5", "psp_clearing", "escrow:ord_1", 5);
	mk_transfer_set_rate(t, 5, 1);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_ECURRENCY,
	            "rate");
	fixture_begin(&f);
	t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "fx:6");
	fixture_debit(t, "psp_clearing", mk_money(1, "XQQ"));
	fixture_credit(t, "escrow:ord_1", mk_money(1, "XQQ"));
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_ECURRENCY,
	            "legs");
}

static void accounts_of_two_currencies_are_two(void)
{
	capture(100);
	fixture_begin(&f);
	mk_transfer *t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "usd:1");
	fixture_debit(t, "escrow:ord_1", mk_money(1, "USD"));
	fixture_credit(t, "psp_clearing", mk_money(1, "USD"));
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EFUNDS, "legs");
}

/* ---- row economy ---- */

static int64_t writes;

static void count_writes(const mk_trace *trace, void *user_data)
{
	(void)user_data;
	if (trace->write)
		writes += trace->rows;
}

static void capture_writes_six_rows(void)
{
	capture(1);
	mk_store_set_trace(f.store, count_writes, NULL);
	writes = 0;
	CHECK_OK(move("capture:new", "psp_clearing", "escrow:ord_2", 1));
	mk_store_set_trace(f.store, NULL, NULL);
	CHECK_INT(writes, test_on_postgres() ? 5 : 6); /* the head is written when it is sealed */
}

void suite_ledger_batch(void)
{
	CU_pSuite s = test_suite_on_store_with("ledger_batch", before, after);
	CU_add_test(s, "LED-4: a batch of 1,024 is all or nothing and names the first failure",
	            batch_is_all_or_nothing);
	CU_add_test(s, "LED-5: each leg has its account's version and balances",
	            one_plan_many_legs_of_one_account);
	CU_add_test(s, "LED-6: an exchange is two balanced groups with a rate", exchange_is_two_groups);
	CU_add_test(s, "LED-6: currencies never mix", currencies_do_not_mix);
	CU_add_test(s, "LED-6: an account has one currency", accounts_of_two_currencies_are_two);
	CU_add_test(s, "LED-5: a capture writes six rows", capture_writes_six_rows);
}
