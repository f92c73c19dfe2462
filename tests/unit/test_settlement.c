/* SET-1, SET-2, SET-4, ACC-3, ACC-4: lots, balances, statements. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/settlement/settlement.h"
#include "tests/unit/settlement_fixture.h"

#define CHECK_BALANCE(book, account, expected) \
	CHECK_TEXT(bazaar_balance(&b, (book), (account)), (expected))

static const char reserve_settlement[] = "  maturity: 7d\n"
										 "  reserves:\n"
										 "    - {rate: 20%, period: 30d, store_types: [flagship]}\n"
										 "    - {rate: 10%, period: 10d}\n"
										 "  schedule: manual\n"
										 "  zone: UTC\n"
										 "  advance_limit: 5000.00 BRL\n";

static void open_plain(bazaar *b)
{
	bazaar_open(b, "BRL", settle_policy(settle_plain_fees, "[]\n", settle_plain_settlement));
}

static void sell(bazaar *b, int index)
{
	CHECK_INT(bazaar_place(b, "'items':[{'sku':'%s','quantity':1}]", b->sku[index]), 0);
	bazaar_pay(b);
	settle_release(b, index);
}

static const char *balance(bazaar *b, int index, const char *path)
{
	TEST_CALL(&b->m, "balance.get", "{'seller':'%s'}", b->seller[index]);
	return test_out(&b->m, path);
}

static void balances_by_kind(void)
{
	bazaar b;

	bazaar_open_types(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement),
	                  "flagship", "individual");
	settle_account(&b, 0, "bank");
	CHECK_TEXT(balance(&b, 0, "net"), "0.00");
	sell(&b, 0);
	CHECK_TEXT(balance(&b, 0, "pending"), "175.91");
	test_advance(&b.m, 7 * MK_DAY);
	sell(&b, 0);
	settle_post(&b, 0, "deposit:1", "psp_clearing", "50.00", "seller_deposit", "-50.00", NULL);
	CHECK_TEXT(balance(&b, 0, "pending"), "175.91");
	CHECK_TEXT(balance(&b, 0, "reserved"), "35.18");
	CHECK_TEXT(balance(&b, 0, "available"), "140.73");
	CHECK_TEXT(balance(&b, 0, "net"), "351.82");
	CHECK_TEXT(balance(&b, 0, "deposit"), "50.00");
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(balance(&b, 0, "available"), "0.00");
	CHECK_TEXT(balance(&b, 0, "in_payout"), "140.73");
	CHECK_TEXT(balance(&b, 0, "net"), "351.82");
	test_work(&b.m);
	CHECK_TEXT(balance(&b, 0, "in_payout"), "0.00");
	CHECK_TEXT(balance(&b, 0, "net"), "211.09");
	/* never converted silently */
	TEST_CALL(&b.m, "balance.get", "{'seller':'%s','currency':'EUR'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "net"), "0.00");
	TEST_REFUSED(&b.m, MARKET_ECURRENCY, "currency", "balance.get",
	             "{'seller':'%s','currency':'ZZZ'}", b.seller[0]);
	bazaar_close(&b);
}

static void debt_lowers_the_net(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement));
	settle_account(&b, 0, "bank");
	sell(&b, 0);
	test_advance(&b.m, 17 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	settle_refund(&b, 0, "'amount':{'amount':'100.00','currency':'BRL'}");
	CHECK_TEXT(balance(&b, 0, "receivable"), "88.00");
	CHECK_TEXT(balance(&b, 0, "net"), "-88.00");
	bazaar_close(&b);
}

static void matures_after_its_time(void)
{
	bazaar b;

	open_plain(&b);
	sell(&b, 0);
	CHECK_INT(bazaar_events(&b, "lot.matured"), 0);
	test_advance(&b.m, 7 * MK_DAY - 1);
	CHECK_BALANCE(0, "seller_pending", "175.91");
	CHECK_TEXT(bazaar_balance(&b, 0, "seller_available"), "");
	test_advance(&b.m, 1);
	CHECK_BALANCE(0, "seller_pending", "0.00");
	CHECK_BALANCE(0, "seller_available", "175.91");
	CHECK_TEXT(bazaar_order(&b, 0, "mature_at"), "");
	CHECK_INT(bazaar_events(&b, "lot.matured"), 1);
	TEST_CALL(&b.m, "lot.list", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "items.0.kind"), "earning");
	CHECK_TEXT(test_out(&b.m, "items.0.remaining"), "175.91");
	CHECK_TEXT(test_out(&b.m, "items.0.order"), b.order[0]);
	settle_check(&b);
	bazaar_close(&b);
}

/* The time runs from receipt, not from the release. */
static void late_release_matures_at_once(void)
{
	bazaar b;

	open_plain(&b);
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}]", b.sku[0]), 0);
	bazaar_pay(&b);
	settle_ship(&b, 0);
	TEST_CALL(&b.m, "order.confirm", "{'order':'%s'}", b.order[0]);
	b.m.now += 30 * MK_DAY;
	test_work(&b.m);
	CHECK_BALANCE(0, "seller_available", "175.91");
	/* as if it had been worked every minute */
	TEST_CALL(&b.m, "lot.list", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "items.0.matured_at"), "2026-01-12T00:00:00.000Z");
	bazaar_close(&b);
}

static void only_the_system_matures(void)
{
	bazaar b;

	open_plain(&b);
	sell(&b, 0);
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "settlement.mature", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "system");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "settlement.mature", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "operator:test");
	CHECK_BALANCE(0, "seller_pending", "175.91");
	bazaar_close(&b);
}

static void reserve_has_its_own_date(void)
{
	bazaar b;

	bazaar_open_types(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement),
	                  "flagship", "individual");
	sell(&b, 0);
	sell(&b, 1);
	test_advance(&b.m, 7 * MK_DAY);
	/* the first rule that matches: 20 % of 175.91, 10 % of 35.11 */
	CHECK_BALANCE(0, "seller_reserved", "35.18");
	CHECK_BALANCE(0, "seller_available", "140.73");
	CHECK_BALANCE(1, "seller_reserved", "3.51");
	test_advance(&b.m, 10 * MK_DAY - 1);
	CHECK_BALANCE(1, "seller_reserved", "3.51");
	test_advance(&b.m, 1);
	CHECK_BALANCE(1, "seller_reserved", "0.00");
	CHECK_BALANCE(1, "seller_available", "35.11");
	CHECK_BALANCE(0, "seller_reserved", "35.18");
	settle_check(&b);
	test_advance(&b.m, 20 * MK_DAY);
	CHECK_BALANCE(0, "seller_reserved", "0.00");
	CHECK_BALANCE(0, "seller_available", "175.91");
	CHECK_INT(bazaar_events(&b, "lot.released"), 2);
	settle_check(&b);
	bazaar_close(&b);
}

static void drawn_reserve_releases_the_rest(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement));
	sell(&b, 0);
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_reserved", "17.59");
	settle_refund(&b, 0, "'amount':{'amount':'10.00','currency':'BRL'}");
	CHECK_BALANCE(0, "seller_reserved", "8.79");
	settle_refund_all(&b, 0);
	CHECK_BALANCE(0, "seller_reserved", "0.00");
	CHECK_BALANCE(0, "seller_available", "0.00");
	test_advance(&b.m, 10 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "0.00");
	settle_check(&b);
	bazaar_close(&b);
}

/* A refund between release and maturity leaves less to mature, or nothing. */
static void refund_before_maturity(void)
{
	bazaar b;

	open_plain(&b);
	sell(&b, 0);
	settle_refund(&b, 0, "'amount':{'amount':'100.00','currency':'BRL'}");
	CHECK_BALANCE(0, "seller_pending", "87.91");
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "87.91");
	sell(&b, 0);
	settle_refund_all(&b, 0);
	CHECK_BALANCE(0, "seller_pending", "0.00");
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "87.91");
	settle_check(&b);
	bazaar_close(&b);
}

static void credit_pays_debt_first(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement));
	settle_account(&b, 0, "bank");
	sell(&b, 0);
	test_advance(&b.m, 17 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	settle_refund_all(&b, 0);
	CHECK_BALANCE(0, "seller_receivable", "175.91");
	sell(&b, 0);
	test_advance(&b.m, 7 * MK_DAY);
	/* 158.32 pay debt, none is available */
	CHECK_BALANCE(0, "seller_receivable", "17.59");
	CHECK_BALANCE(0, "seller_available", "0.00");
	settle_check(&b);
	/* the reserve pays the rest, to the cent */
	test_advance(&b.m, 10 * MK_DAY);
	CHECK_BALANCE(0, "seller_receivable", "0.00");
	CHECK_BALANCE(0, "seller_available", "0.00");
	settle_check(&b);
	sell(&b, 0);
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "158.32");
	settle_check(&b);
	bazaar_close(&b);
}

static void lots_sum_up_to_available(void)
{
	static const mk_statement change = {
		.name = "test_change_lot",
		.table = "lot",
		.sql = "UPDATE lot SET remaining = remaining + 1 WHERE book_id = ?1 AND matured_at IS NOT "
			   "NULL",
	};
	bazaar b;
	market_id seller = {0, 0};
	market_error err;
	char problem[200] = "";
	mk_store *store;

	open_plain(&b);
	sell(&b, 0);
	test_advance(&b.m, 7 * MK_DAY);
	settle_check(&b);
	CU_ASSERT_FATAL(market_id_parse(MARKET_ID_SELLER, b.seller[0], &seller));
	store = b.m.market->store;
	CHECK_INT(mk_store_write(store, &change, MK_ARGS(mk_int(seller.book)), &err), 1);
	CHECK_OK(mk_settlement_check_book(store, seller.book, problem, NULL, &err));
	CHECK_TEXT(
		problem,
		"seller_available less seller_receivable is 175.91 BRL, the open lots sum up to 175.92");
	TEST_CALL(&b.m, "ledger.verify", "{}");
	CHECK_TEXT(test_out(&b.m, "result"), "broken");
	CHECK_TEXT(test_out(&b.m, "problem"), problem);
	/* and no payout is made of it */
	settle_account(&b, 0, "bank");
	test_advance(&b.m, 4 * MK_DAY);
	TEST_REFUSED(&b.m, MARKET_ECORRUPT, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	bazaar_close(&b);
}

/* Neither by one sum nor by the next is a session lost. */
static void sums_of_forged_rows_overflow(void)
{
	static const mk_statement lots = {
		.name = "test_forge_lots",
		.table = "lot",
		.sql = "UPDATE lot SET remaining = 9223372036854775807 WHERE book_id = ?1",
	};
	static const mk_statement accounts = {
		.name = "test_forge_accounts",
		.table = "account",
		.sql = "UPDATE account SET credits_posted = 9223372036854775807, debits_posted = -1 "
			   "WHERE book_id = ?1 AND name = 'seller_available'",
	};
	static const mk_statement legs = {
		.name = "test_forge_legs",
		.table = "leg",
		.sql = "UPDATE leg SET credit = 9223372036854775807 WHERE book_id = ?1 AND credit > 0",
	};
	bazaar b;
	market_id seller = {0, 0};
	market_error err;
	mk_store *store;

	open_plain(&b);
	sell(&b, 0);
	sell(&b, 0);
	settle_account(&b, 0, "bank");
	test_advance(&b.m, 11 * MK_DAY);
	CU_ASSERT_FATAL(market_id_parse(MARKET_ID_SELLER, b.seller[0], &seller));
	store = b.m.market->store;
	CU_ASSERT(mk_store_write(store, &lots, MK_ARGS(mk_int(seller.book)), &err) >= 2);
	TEST_REFUSED(&b.m, MARKET_ECORRUPT, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CU_ASSERT(mk_store_write(store, &legs, MK_ARGS(mk_int(seller.book)), &err) >= 2);
	TEST_REFUSED(&b.m, MARKET_ECORRUPT, NULL, "statement.get", "{'seller':'%s','from':1,'to':%lld}",
	             b.seller[0], (long long)b.m.now);
	CHECK_INT(mk_store_write(store, &accounts, MK_ARGS(mk_int(seller.book)), &err), 1);
	TEST_REFUSED(&b.m, MARKET_ECORRUPT, NULL, "balance.get", "{'seller':'%s'}", b.seller[0]);
	bazaar_close(&b);
}

/* ---- statements ---- */

static char *statement(bazaar *b, const char *period)
{
	TEST_CALL(&b->m, "statement.get", "{'seller':'%s',%s}", b->seller[0], period);
	return json_dumps(b->m.out, JSON_COMPACT);
}

/* The default policy's zone is three hours behind UTC. */
static void periods_are_those_of_the_policy(void)
{
	json_t *params = json_pack("{s:s}", "text", mk_policy_default);
	char *json = json_dumps(params, JSON_COMPACT), *reply = NULL;
	bazaar b;

	open_plain(&b);
	test_advance(&b.m, 21 * MK_DAY);
	for (int i = 0; i < 2; i++) {
		free(statement(&b, "'at':'2026-01-07'"));
		CHECK_TEXT(test_out(&b.m, "from"), "2026-01-05T00:00:00.000Z");
	}
	test_check_call(&b.m, market_call(b.m.session, "policy.publish", json, &reply, &b.m.err), 0,
	                NULL, __FILE__, __LINE__);
	free(statement(&b, "'at':'2026-01-07'"));
	CHECK_TEXT(test_out(&b.m, "from"), "2026-01-05T03:00:00.000Z");
	market_text_free(reply);
	free(json);
	json_decref(params);
	bazaar_close(&b);
}

static int64_t cents(const char *amount)
{
	market_money money = {0, ""};

	CU_ASSERT(market_money_parse(amount, "BRL", &money));
	return money.amount;
}

static void check_sum(bazaar *b)
{
	int64_t sum = cents(test_out(&b->m, "opening"));
	size_t n = json_array_size(json_object_get(b->m.out, "lines"));
	char path[60];

	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "lines.%zu.amount", i);
		sum += cents(test_out(&b->m, path));
	}
	CHECK_INT(sum, cents(test_out(&b->m, "closing")));
}

static void statement_sums_up(void)
{
	bazaar b;

	open_plain(&b);
	settle_account(&b, 0, "bank");
	sell(&b, 0);
	test_advance(&b.m, 3 * MK_DAY);
	settle_refund(&b, 0, "'amount':{'amount':'100.00','currency':'BRL'}");
	test_advance(&b.m, 5 * MK_DAY);
	free(statement(&b, "'from':'2026-01-05','to':'2026-01-12'"));
	CHECK_TEXT(test_out(&b.m, "opening"), "0.00");
	CHECK_TEXT(test_out(&b.m, "lines.0.purpose"), "release");
	CHECK_TEXT(test_out(&b.m, "lines.0.object"), b.order[0]);
	CHECK_TEXT(test_out(&b.m, "lines.0.amount"), "175.91");
	CHECK_TEXT(test_out(&b.m, "lines.1.purpose"), "refund");
	CHECK_TEXT(test_out(&b.m, "lines.1.pending"), "-88.00");
	CHECK_TEXT(test_out(&b.m, "closing"), "87.91");
	CHECK_INT(json_array_size(json_object_get(b.m.out, "lines")), 2);
	check_sum(&b);
	/* the next one goes on where it ended; maturity moves, and adds nothing */
	test_advance(&b.m, 7 * MK_DAY);
	free(statement(&b, "'from':'2026-01-12','to':'2026-01-19'"));
	CHECK_TEXT(test_out(&b.m, "opening"), "87.91");
	CHECK_TEXT(test_out(&b.m, "lines.0.purpose"), "mature");
	CHECK_TEXT(test_out(&b.m, "lines.0.amount"), "0.00");
	CHECK_TEXT(test_out(&b.m, "lines.0.available"), "87.91");
	CHECK_TEXT(test_out(&b.m, "closing"), "87.91");
	check_sum(&b);
	bazaar_close(&b);
}

static void statement_again_is_the_same(void)
{
	bazaar b;
	char *first, *later;

	open_plain(&b);
	sell(&b, 0);
	test_advance(&b.m, 8 * MK_DAY);
	TEST_CALL(&b.m, "ledger.checkpoint", "{}");
	first = statement(&b, "'at':'2026-01-08'");
	CHECK_TEXT(test_out(&b.m, "from"), "2026-01-05T00:00:00.000Z");
	CHECK_TEXT(test_out(&b.m, "to"), "2026-01-12T00:00:00.000Z");
	CHECK_TEXT(test_out(&b.m, "checkpoint"), "1");
	CHECK_INT(strlen(test_out(&b.m, "checkpoint_root")), 64);
	sell(&b, 0);
	settle_refund(&b, 0, "'amount':{'amount':'1.00','currency':'BRL'}");
	test_advance(&b.m, 30 * MK_DAY);
	TEST_CALL(&b.m, "ledger.checkpoint", "{}");
	later = statement(&b, "'at':'2026-01-08'");
	CHECK_TEXT(later, first);
	free(first);
	free(later);
	bazaar_close(&b);
}

static void statement_of_an_open_period(void)
{
	bazaar b;

	open_plain(&b);
	sell(&b, 0);
	TEST_REFUSED(&b.m, MARKET_ESTATE, "to", "statement.get", "{'seller':'%s','at':'2026-01-08'}",
	             b.seller[0]);
	b.m.now += 7 * MK_DAY - 1;
	TEST_REFUSED(&b.m, MARKET_ESTATE, "to", "statement.get", "{'seller':'%s','at':'2026-01-08'}",
	             b.seller[0]);
	/* the last moment of the period is over, and a timer within it isn't worked */
	b.m.now += 1;
	TEST_CALL(&b.m, "statement.get", "{'seller':'%s','at':'2026-01-08'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "checkpoint"), "");
	b.m.now += 1;
	TEST_REFUSED(&b.m, MARKET_ESTATE, "to", "statement.get", "{'seller':'%s','from':1,'to':%lld}",
	             b.seller[0], (long long)b.m.now);
	test_work(&b.m);
	TEST_CALL(&b.m, "statement.get", "{'seller':'%s','from':1,'to':%lld}", b.seller[0],
	          (long long)b.m.now);
	TEST_REFUSED(&b.m, MARKET_EMISSING, "to", "statement.get", "{'seller':'%s'}", b.seller[0]);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "to", "statement.get", "{'seller':'%s','from':9,'to':9}",
	             b.seller[0]);
	bazaar_close(&b);
}

static void who_sees_what(void)
{
	static const char *const operations[] = {"balance.get", "lot.list", "payout.list"};
	bazaar b;

	open_plain(&b);
	TEST_CALL(&b.m, "member.create", "{'seller':'%s','ref':'viewer','name':'x','role':'viewer'}",
	          b.seller[0]);
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		test_act_as(&b.m, "member:ref:anna-owner");
		TEST_CALL(&b.m, operations[i], "{'seller':'%s'}", b.seller[0]);
		test_act_as(&b.m, "member:ref:viewer");
		TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, operations[i], "{'seller':'%s'}", b.seller[0]);
		test_act_as(&b.m, "member:ref:bela-owner");
		TEST_REFUSED(&b.m, MARKET_ENOTFOUND, NULL, operations[i], "{'seller':'%s'}", b.seller[0]);
	}
	bazaar_close(&b);
}

/* 12 % of 199.90 go first, so that of 95 % for the affiliate only the rest is left. */
static void split_is_cut(void)
{
	bazaar b;

	bazaar_open(&b, "BRL",
	            settle_policy(settle_plain_fees, "\n  - {kind: affiliate, rate: 95%}\n",
	                          settle_plain_settlement));
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':1,'affiliate':'blog'}]", b.sku[0]),
	          0);
	bazaar_pay(&b);
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.0.amount"), "23.99");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.splits.0.amount"), "175.91");
	settle_release(&b, 0);
	CHECK_TEXT(bazaar_balance(&b, 0, "affiliate_pending"), "175.91");
	CHECK_TEXT(bazaar_balance(&b, 0, "seller_pending"), "");
	settle_check(&b);
	bazaar_end(&b);
}

void suite_settlement(void);
void suite_settlement(void)
{
	CU_pSuite s = test_suite_on_store("settlement");

	CU_add_test(s, "SET-1: pending, reserved, available, deposit, in payout, net",
	            balances_by_kind);
	CU_add_test(s, "SET-1: what is owed lowers the net", debt_lowers_the_net);
	CU_add_test(s, "SET-2: an earning matures at its time, not a millisecond before",
	            matures_after_its_time);
	CU_add_test(s, "SET-2: left alone for a month it is as worked every minute",
	            late_release_matures_at_once);
	CU_add_test(s, "SET-2: only the system matures, and only what is due", only_the_system_matures);
	CU_add_test(s, "SET-2: a reserve is its own lot with its own date", reserve_has_its_own_date);
	CU_add_test(s, "SET-2: a reserve that was drawn on releases the rest",
	            drawn_reserve_releases_the_rest);
	CU_add_test(s, "SET-2: a refund before maturity leaves less to mature", refund_before_maturity);
	CU_add_test(s, "ACC-3: a credit pays what is owed first, in the same transfer",
	            credit_pays_debt_first);
	CU_add_test(s, "ACC-4: open lots sum up to available less receivable",
	            lots_sum_up_to_available);
	CU_add_test(s, "ACC-4: sums of forged lots, legs and accounts that overflow are corrupt",
	            sums_of_forged_rows_overflow);
	CU_add_test(s, "SET-4: a period begins at midnight of the zone of the policy in effect",
	            periods_are_those_of_the_policy);
	CU_add_test(s, "SET-4: opening and lines give closing", statement_sums_up);
	CU_add_test(s, "SET-4: made again it is the same to the byte and names its checkpoint",
	            statement_again_is_the_same);
	CU_add_test(s, "SET-4: a period that isn't over has no statement", statement_of_an_open_period);
	CU_add_test(s, "SEL-6: finance sees balances, lots and payouts", who_sees_what);
	CU_add_test(s, "SET-6, COM-4: a split takes what the fees leave, at most", split_is_cut);
}
