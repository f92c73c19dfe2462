/* SET-3: payouts. */
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/settlement/payout.h"
#include "tests/unit/settlement_fixture.h"

#define CHECK_BALANCE(book, account, expected) \
	CHECK_TEXT(bazaar_balance(&b, (book), (account)), (expected))

static const char manual_settlement[] = "  maturity: 7d\n"
										"  reserves: []\n"
										"  schedule: manual\n"
										"  minimum: 175.91 BRL\n"
										"  zone: UTC\n"
										"  advance_limit: 5000.00 BRL\n";

static void open_with(bazaar *b, const char *settlement, const char *bank)
{
	bazaar_open(b, "BRL", settle_policy(settle_plain_fees, "[]\n", settlement));
	if (bank)
		settle_account(b, 0, bank);
}

static void sell(bazaar *b)
{
	bazaar_place_one(b);
	bazaar_pay(b);
	settle_release(b, 0);
}

static const char *payout(bazaar *b, int index, const char *field)
{
	char path[60];

	TEST_CALL(&b->m, "payout.list", "{'seller':'%s'}", b->seller[0]);
	snprintf(path, sizeof(path), "items.%d.%s", index, field);
	return test_out(&b->m, path);
}

static void transition_table(void)
{
	/* by state (draft, submitted, processing, paid, failed, unknown, returned) and step */
	static const int32_t expected[7][4] = {
		/* submit, pay, fail, return */
		{MARKET_PAYOUT_SUBMITTED, 0, 0, 0},
		{0, MARKET_PAYOUT_PAID, MARKET_PAYOUT_FAILED, 0},
		{0, 0, 0, 0},
		{0, 0, 0, MARKET_PAYOUT_RETURNED},
		{MARKET_PAYOUT_SUBMITTED, 0, 0, 0},
		{0, 0, 0, 0},
		{0, 0, 0, 0},
	};

	for (int32_t state = MARKET_PAYOUT_DRAFT; state <= MARKET_PAYOUT_RETURNED; state++)
		for (int step = MK_PAYOUT_SUBMIT; step <= MK_PAYOUT_RETURN; step++)
			CHECK_INT(mk_payout_next_state(state, (mk_payout_step)step),
			          expected[state - 1][step - 1]);
}

static void claims_and_pays(void)
{
	bazaar b;

	open_with(&b, manual_settlement, "bank");
	sell(&b);
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s','ref':'p1'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "351.82");
	CHECK_TEXT(test_out(&b.m, "lines"), "2");
	CHECK_TEXT(test_out(&b.m, "state"), "submitted");
	CHECK_TEXT(test_out(&b.m, "attempt"), "1");
	CHECK_TEXT(test_out(&b.m, "bank"), "bank");
	/* the lines are claimed: nothing is open, and a second payout finds nothing */
	TEST_CALL(&b.m, "lot.list", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "items.0.id"), "");
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	TEST_REFUSED(&b.m, MARKET_EEXISTS, "ref", "payout.create", "{'seller':'%s','ref':'p1'}",
	             b.seller[0]);
	settle_check(&b);
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "state"), "paid");
	CHECK_BALANCE(0, "payout_in_transit", "0.00");
	CHECK_BALANCE(-2, "bank", "-351.82");
	TEST_REFUSED(&b.m, MARKET_EFUNDS, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_INT(bazaar_events(&b, "payout.paid"), 1);
	settle_check(&b);
	bazaar_close(&b);
}

static void account_is_needed(void)
{
	bazaar b;

	open_with(&b, manual_settlement, NULL);
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_REFUSED(&b.m, MARKET_EINCOMPLETE, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	/* the first account is ready at once; a change makes payouts wait for 72 h */
	settle_account(&b, 0, "bank");
	settle_account(&b, 0, "other bank");
	TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_advance(&b.m, 3 * MK_DAY - 1);
	TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_advance(&b.m, 1);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	bazaar_close(&b);
}

static void suspended_is_held(void)
{
	bazaar b;

	open_with(&b, manual_settlement, "bank");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "seller.suspend", "{'seller':'%s','reason':'risk'}", b.seller[0]);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_BALANCE(0, "seller_available", "175.91");
	TEST_CALL(&b.m, "seller.reinstate", "{'seller':'%s','reason':'cleared'}", b.seller[0]);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	bazaar_close(&b);
}

static void minimum_carries_over(void)
{
	bazaar b;

	open_with(&b, manual_settlement, "bank");
	sell(&b);
	settle_refund(&b, 0, "'amount':{'amount':'0.01','currency':'BRL'}");
	test_advance(&b.m, 7 * MK_DAY);
	/* 175.90 is a cent less than the minimum */
	CHECK_BALANCE(0, "seller_available", "175.90");
	TEST_REFUSED(&b.m, MARKET_EFUNDS, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	settle_check(&b);
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "351.81");
	bazaar_close(&b);
}

static void minimum_at_its_bound(void)
{
	bazaar b;

	open_with(&b, manual_settlement, "bank");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "175.91");
	bazaar_close(&b);
}

static void failed_frees_its_lines(void)
{
	bazaar b;
	char id[40];

	open_with(&b, manual_settlement, "payout:fails");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	snprintf(id, sizeof(id), "%s", test_out(&b.m, "id"));
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "state"), "failed");
	CHECK_BALANCE(0, "payout_in_transit", "0.00");
	CHECK_BALANCE(0, "seller_available", "175.91");
	TEST_CALL(&b.m, "lot.list", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "items.0.remaining"), "175.91");
	settle_check(&b);
	/* the same payout, a new attempt */
	settle_account(&b, 0, "bank");
	test_advance(&b.m, 3 * MK_DAY);
	TEST_CALL(&b.m, "payout.retry", "{'payout':'%s'}", id);
	CHECK_TEXT(test_out(&b.m, "id"), id);
	CHECK_TEXT(test_out(&b.m, "attempt"), "2");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payout.retry", "{'payout':'%s'}", id);
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "state"), "paid");
	CHECK_TEXT(payout(&b, 1, "id"), "");
	CHECK_BALANCE(0, "seller_available", "0.00");
	CHECK_BALANCE(-2, "bank", "-175.91");
	settle_check(&b);
	bazaar_close(&b);
}

static void failed_is_taken_up_again(void)
{
	bazaar b;
	char id[40];

	open_with(&b, manual_settlement, "payout:fails");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	snprintf(id, sizeof(id), "%s", test_out(&b.m, "id"));
	test_work(&b.m);
	/* more has matured and a refund was taken since: the payout is of what is available now */
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	settle_refund(&b, 0, "'amount':{'amount':'100.00','currency':'BRL'}");
	settle_check(&b);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "id"), id);
	CHECK_TEXT(test_out(&b.m, "amount"), "263.82");
	CHECK_TEXT(test_out(&b.m, "lines"), "3");
	settle_check(&b);
	bazaar_close(&b);
}

static void failed_pays_debt_first(void)
{
	bazaar b;

	open_with(&b, manual_settlement, "payout:fails");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	/* a refund while it is on its way: money in payout is no source */
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','amount':{'amount':'100.00','currency':'BRL'}}",
	          b.order[0]);
	test_work(&b.m);
	test_work(&b.m);
	CHECK_BALANCE(0, "seller_receivable", "0.00");
	CHECK_BALANCE(0, "seller_available", "87.91");
	settle_check(&b);
	bazaar_close(&b);
}

static void unknown_frees_nothing(void)
{
	bazaar b;

	open_with(&b, manual_settlement, "payout:unknown");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "state"), "unknown");
	CHECK_BALANCE(0, "payout_in_transit", "175.91");
	TEST_CALL(&b.m, "lot.list", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "items.0.id"), "");
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	settle_check(&b);
	/* a query finds it paid, once */
	bazaar_pass(&b, 5 * MK_MINUTE, MK_MINUTE);
	CHECK_TEXT(payout(&b, 0, "state"), "paid");
	CHECK_BALANCE(0, "payout_in_transit", "0.00");
	CHECK_BALANCE(-2, "bank", "-175.91");
	settle_check(&b);
	bazaar_close(&b);
}

static void returned_adds_a_line(void)
{
	bazaar b;
	char id[40];

	open_with(&b, manual_settlement, "payout:returned");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	snprintf(id, sizeof(id), "%s", test_out(&b.m, "id"));
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "state"), "paid");
	CHECK_BALANCE(-2, "bank", "-175.91");
	bazaar_pass(&b, 3 * MK_DAY, MK_DAY);
	/* it no longer reads paid; it keeps its lines */
	CHECK_TEXT(payout(&b, 0, "state"), "returned");
	TEST_CALL(&b.m, "lot.list", "{'seller':'%s','payout':'%s'}", b.seller[0], id);
	CHECK_TEXT(test_out(&b.m, "items.0.kind"), "earning");
	TEST_CALL(&b.m, "lot.list", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "items.0.kind"), "returned");
	CHECK_TEXT(test_out(&b.m, "items.0.remaining"), "175.91");
	CHECK_BALANCE(0, "seller_available", "175.91");
	CHECK_BALANCE(0, "interbook:0", "0.00");
	CHECK_BALANCE(-2, "bank", "0.00");
	settle_check(&b);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CU_ASSERT(strcmp(test_out(&b.m, "id"), id) != 0);
	CHECK_TEXT(test_out(&b.m, "amount"), "175.91");
	bazaar_close(&b);
}

static void negative_net_carries(void)
{
	bazaar b;

	open_with(&b, manual_settlement, "bank");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	settle_refund_all(&b, 0);
	CHECK_BALANCE(0, "seller_receivable", "175.91");
	TEST_REFUSED(&b.m, MARKET_EFUNDS, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	/* what comes in pays the debt and not the seller */
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_receivable", "0.00");
	TEST_REFUSED(&b.m, MARKET_EFUNDS, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	settle_check(&b);
	bazaar_close(&b);
}

/* A fee charged on while money is available leaves both: the payout deducts it. */
static void receivable_is_deducted(void)
{
	bazaar b;

	open_with(&b, manual_settlement, "bank");
	sell(&b);
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	settle_post(&b, 0, "dispute_fee:1", "seller_receivable", "15.00", "fee_revenue:dispute",
	            "-15.00", NULL);
	CHECK_BALANCE(0, "seller_available", "351.82");
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "336.82");
	CHECK_TEXT(test_out(&b.m, "receivable"), "15.00");
	CHECK_TEXT(test_out(&b.m, "lines"), "3");
	CHECK_BALANCE(0, "seller_available", "0.00");
	CHECK_BALANCE(0, "seller_receivable", "0.00");
	CHECK_BALANCE(0, "payout_in_transit", "336.82");
	settle_check(&b);
	bazaar_close(&b);
}

/* ---- which account ---- */

/* The account of the last payout, by what was named then. */
static void check_account(bazaar *b, const char *id, const char *bank)
{
	CHECK_TEXT(payout(b, 0, "account"), id);
	CHECK_TEXT(payout(b, 0, "bank"), bank);
	TEST_CALL(&b->m, "payout_account.get", "{'seller':'%s','account':'%s'}", b->seller[0], id);
	CHECK_TEXT(test_out(&b->m, "bank"), bank);
}

static void name_account(bazaar *b, const char *bank, char id[40])
{
	settle_account(b, 0, bank);
	TEST_CALL(&b->m, "payout_account.get", "{'seller':'%s'}", b->seller[0]);
	snprintf(id, 40, "%s", test_out(&b->m, "id"));
}

static void change_while_in_flight(const char *bank)
{
	bazaar b;
	char first[40], second[40];

	open_with(&b, manual_settlement, NULL);
	name_account(&b, bank, first);
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "account"), first);
	name_account(&b, "other bank", second);
	CU_ASSERT(strcmp(first, second) != 0);
	check_account(&b, first, bank);
	bazaar_pass(&b, 5 * MK_MINUTE, MK_MINUTE);
	CHECK_TEXT(payout(&b, 0, "state"), "paid");
	check_account(&b, first, bank);
	bazaar_close(&b);
}

static void in_flight_keeps_its_account(void)
{
	change_while_in_flight("bank");
}

static void unknown_keeps_its_account(void)
{
	change_while_in_flight("payout:unknown");
}

static void refused_goes_to_the_account_of_then(void)
{
	bazaar b;
	char first[40], second[40], id[40];

	open_with(&b, manual_settlement, NULL);
	name_account(&b, "payout:fails", first);
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	snprintf(id, sizeof(id), "%s", test_out(&b.m, "id"));
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "state"), "failed");
	name_account(&b, "bank", second);
	/* it says where it was refused until it is sent elsewhere */
	check_account(&b, first, "payout:fails");
	TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "payout.retry", "{'payout':'%s'}", id);
	check_account(&b, first, "payout:fails");
	test_advance(&b.m, 3 * MK_DAY);
	TEST_CALL(&b.m, "payout.retry", "{'payout':'%s'}", id);
	check_account(&b, second, "bank");
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "state"), "paid");
	bazaar_close(&b);
}

/* ---- the schedule ---- */

static void payout_day(void)
{
	bazaar b;

	/* it begins on Monday the 5th; what matures on Monday the 12th is paid on the 19th */
	open_with(&b, settle_plain_settlement, "bank");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "175.91");
	test_advance(&b.m, 7 * MK_DAY - 1);
	CHECK_TEXT(payout(&b, 0, "id"), "");
	test_advance(&b.m, 1);
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "amount"), "175.91");
	CHECK_TEXT(payout(&b, 0, "created_at"), "2026-01-19T00:00:00.000Z");
	CHECK_TEXT(payout(&b, 0, "state"), "paid");
	CHECK_INT(bazaar_events(&b, "settlement.closed"), 1);
	/* nothing is open, so nothing is planned; the next earning opens the next period */
	test_advance(&b.m, 60 * MK_DAY);
	CHECK_TEXT(payout(&b, 1, "id"), "");
	sell(&b);
	test_advance(&b.m, 14 * MK_DAY);
	CHECK_TEXT(payout(&b, 1, "amount"), "175.91");
	settle_check(&b);
	bazaar_close(&b);
}

/* Left alone for two months, it pays on the same days. */
static void payout_day_worked_late(void)
{
	bazaar b;

	open_with(&b, settle_plain_settlement, "bank");
	sell(&b);
	b.m.now += 60 * MK_DAY;
	test_work(&b.m);
	CHECK_TEXT(payout(&b, 0, "created_at"), "2026-01-19T00:00:00.000Z");
	bazaar_close(&b);
}

static void held_payouts_wait_for_the_next_day(void)
{
	bazaar b;

	open_with(&b, settle_plain_settlement, NULL);
	sell(&b);
	test_advance(&b.m, 14 * MK_DAY);
	CHECK_TEXT(payout(&b, 0, "id"), "");
	CHECK_BALANCE(0, "seller_available", "175.91");
	/* the account is named on the 20th and ready on the 23rd: the period ends on the 26th */
	test_advance(&b.m, MK_DAY);
	settle_account(&b, 0, "bank");
	test_advance(&b.m, 6 * MK_DAY - 1);
	CHECK_TEXT(payout(&b, 0, "id"), "");
	test_advance(&b.m, 1);
	CHECK_TEXT(payout(&b, 0, "created_at"), "2026-01-26T00:00:00.000Z");
	settle_check(&b);
	bazaar_close(&b);
}

static void a_changed_account_delays(void)
{
	bazaar b;

	open_with(&b, settle_plain_settlement, "bank");
	sell(&b);
	test_advance(&b.m, 13 * MK_DAY);
	settle_account(&b, 0, "other bank");
	/* due on the 19th; 72 h after the change are on the 21st */
	test_advance(&b.m, 3 * MK_DAY - 1);
	CHECK_TEXT(payout(&b, 0, "id"), "");
	test_advance(&b.m, 1);
	CHECK_TEXT(payout(&b, 0, "created_at"), "2026-01-21T00:00:00.000Z");
	CHECK_TEXT(payout(&b, 0, "bank"), "other bank");
	bazaar_close(&b);
}

static void zone_bounds_the_day(void)
{
	static const char daily[] = "  maturity: 7d\n"
								"  reserves: []\n"
								"  schedule: daily\n"
								"  zone: America/Sao_Paulo\n"
								"  advance_limit: 5000.00 BRL\n";
	bazaar b;

	open_with(&b, daily, "bank");
	sell(&b);
	/* matured at 00:00 UTC, which is 21:00 of the day before: that day ends three hours later */
	test_advance(&b.m, 7 * MK_DAY + 3 * MK_HOUR - 1);
	CHECK_TEXT(payout(&b, 0, "id"), "");
	test_advance(&b.m, 1);
	CHECK_TEXT(payout(&b, 0, "created_at"), "2026-01-12T03:00:00.000Z");
	bazaar_close(&b);
}

static void only_the_system_runs(void)
{
	bazaar b;

	open_with(&b, settle_plain_settlement, "bank");
	sell(&b);
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	bazaar_close(&b);
}

static void mature_between(const mk_trace *trace, void *user_data)
{
	test_market *other = user_data;

	if (strcmp(trace->statement->name, "lot_open") != 0 || other->now == 0)
		return;
	CU_ASSERT(test_work(other) > 0);
	other->now = 0;
}

/* On PostgreSQL an earning matures between the look at the lots and that at the account; on SQLite
 * it can't. */
static void money_moves_meanwhile(void)
{
	test_market other = {0};
	bazaar b;

	open_with(&b, manual_settlement, "bank");
	sell(&b);
	test_advance(&b.m, 7 * MK_DAY);
	sell(&b);
	b.m.now += 7 * MK_DAY;
	other.now = b.m.now;
	snprintf(other.url, sizeof(other.url), "%s", b.m.url);
	test_market_reopen(&other);
	if (test_on_postgres())
		mk_store_set_trace(b.m.market->store, mature_between, &other);
	else
		CU_ASSERT(test_work(&other) > 0);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "351.82");
	CHECK_TEXT(test_out(&b.m, "lines"), "2");
	mk_store_set_trace(b.m.market->store, NULL, NULL);
	CHECK_INT(other.now, test_on_postgres() ? 0 : b.m.now);
	other.now = b.m.now;
	test_market_close(&other);
	settle_check(&b);
	bazaar_close(&b);
}

void suite_payout(void);
void suite_payout(void)
{
	CU_pSuite s = test_suite("payout_states");

	CU_add_test(s, "SET-3: every state by every step", transition_table);

	s = test_suite_on_store("payout");
	CU_add_test(s, "SET-3: a payout claims its lines in one transaction and is paid",
	            claims_and_pays);
	CU_add_test(s, "SEL-8: a payout needs an account, ready to the millisecond", account_is_needed);
	CU_add_test(s, "SEL-12: a suspended seller's payouts are held", suspended_is_held);
	CU_add_test(s, "SET-3: less than the minimum carries over", minimum_carries_over);
	CU_add_test(s, "SET-3: the minimum itself is paid", minimum_at_its_bound);
	CU_add_test(s, "SET-3: a failed payout frees its lines and is tried again as the same",
	            failed_frees_its_lines);
	CU_add_test(s, "SET-3: a failed payout is taken up by the next", failed_is_taken_up_again);
	CU_add_test(s, "ACC-3: a failed payout pays what is owed by then first",
	            failed_pays_debt_first);
	CU_add_test(s, "PAY-3: an unknown outcome frees nothing and pays once", unknown_frees_nothing);
	CU_add_test(s, "SET-3: a returned payout keeps its lines and adds one to the next",
	            returned_adds_a_line);
	CU_add_test(s, "SET-3: a negative net pays nothing and carries", negative_net_carries);
	CU_add_test(s, "SET-3: what is owed is deducted before the claim", receivable_is_deducted);
	CU_add_test(s, "SEL-8: a payout in flight keeps the account that it was sent to",
	            in_flight_keeps_its_account);
	CU_add_test(s, "SEL-8: a payout whose outcome is unknown keeps its account",
	            unknown_keeps_its_account);
	CU_add_test(s, "SET-3: one that was refused goes to the account named by then",
	            refused_goes_to_the_account_of_then);
	CU_add_test(s, "SET-3: the payout day of a weekly schedule", payout_day);
	CU_add_test(s, "SET-3: worked late it pays on the same day", payout_day_worked_late);
	CU_add_test(s, "SET-3: what can't be paid waits for the next payout day",
	            held_payouts_wait_for_the_next_day);
	CU_add_test(s, "SEL-8: a changed account delays the payout day", a_changed_account_delays);
	CU_add_test(s, "SET-3: the zone's calendar bounds the day", zone_bounds_the_day);
	CU_add_test(s, "ACC-4: what comes between the looks at lots and account is paid as well",
	            money_moves_meanwhile);
	CU_add_test(s, "SET-3: who may pay", only_the_system_runs);
}
