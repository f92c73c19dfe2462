#include "tests/unit/settlement_fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/engine/policy.h"
#include "libmarket/settlement/settlement.h"

const char settle_plain_fees[] = "  kinds:\n"
								 "    - kind: commission\n"
								 "      reversal: proportional\n"
								 "      rules:\n"
								 "        - {name: default, rate: 12%}\n";
const char settle_plain_settlement[] = "  maturity: 7d\n"
									   "  reserves: []\n"
									   "  schedule: weekly\n"
									   "  zone: UTC\n"
									   "  advance_limit: 5000.00 BRL\n";

static char last_refund[40];

/* Copies the policy from `*at` up to the line that begins with `key`. */
static void copy_up_to(char *out, const char **at, const char *key)
{
	const char *end = strstr(*at, key);

	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	strncat(out, *at, (size_t)(end - *at));
	*at = end;
}

static void put_part(char *out, const char **at, const char *key, const char *next,
                     const char *part)
{
	if (!part) {
		copy_up_to(out, at, next);
		return;
	}
	strcat(out, key);
	strcat(out, part[0] == '[' ? " " : "\n");
	strcat(out, part);
	*at = strstr(*at, next);
	CU_ASSERT_PTR_NOT_NULL_FATAL(*at);
}

const char *settle_policy(const char *fees, const char *splits, const char *settlement)
{
	static char text[1 << 16];
	const char *at = mk_policy_default;

	text[0] = '\0';
	copy_up_to(text, &at, "\nfees:");
	put_part(text, &at, "\nfees:", "\nsplits:", fees);
	put_part(text, &at, "\nsplits:", "\nsettlement:", splits);
	put_part(text, &at, "\nsettlement:", "\naftersales:", settlement);
	strcat(text, at);
	return text;
}

void settle_open_three(bazaar *b, const char *method)
{
	bazaar_open(b, "BRL", settle_policy(settle_plain_fees, "[]\n", settle_plain_settlement));
	CHECK_INT(
		bazaar_place(b,
	                 "'items':[{'sku':'%s','quantity':3}],'discounts':[{'funder':'platform',"
	                 "'amount':{'amount':'7.99','currency':'BRL'}}],'freight':[{'seller':'%s',"
	                 "'amount':{'amount':'10.00','currency':'BRL'}}]",
	                 b->sku[1], b->seller[1]),
		0);
	bazaar_charge(b, method);
	CHECK_TEXT(bazaar_order(b, 1, "cash"), "121.71");
	CHECK_TEXT(bazaar_order(b, 1, "state"), "wait_ship");
}

void settle_ship(bazaar *b, int index)
{
	TEST_CALL(&b->m, "order.ship", "{'order':'%s','carrier':'post','tracking':'T1'}",
	          b->order[index]);
}

void settle_finish(bazaar *b, int index)
{
	settle_ship(b, index);
	TEST_CALL(&b->m, "order.confirm", "{'order':'%s'}", b->order[index]);
}

void settle_release(bazaar *b, int index)
{
	settle_finish(b, index);
	test_work(&b->m);
	CHECK_TEXT(bazaar_order(b, index, "escrow"), "settled");
}

void settle_account(bazaar *b, int index, const char *bank)
{
	test_act_as(&b->m,
	            index == 0 ? "confirmed member:ref:anna-owner" : "confirmed member:ref:bela-owner");
	TEST_CALL(&b->m, "payout_account.set",
	          "{'seller':'%s','holder':'somebody','bank':'%s','country':'BR','account':'12345-%d'}",
	          b->seller[index], bank, index);
	test_act_as(&b->m, "operator:test");
}

void settle_refund(bazaar *b, int index, const char *format, ...)
{
	char rest[4000];
	va_list args;

	va_start(args, format);
	vsnprintf(rest, sizeof(rest), format, args);
	va_end(args);
	TEST_CALL(&b->m, "refund.create", "{'order':'%s'%s%s}", b->order[index], rest[0] ? "," : "",
	          rest);
	snprintf(last_refund, sizeof(last_refund), "%s", test_out(&b->m, "id"));
	test_work(&b->m);
}

void settle_refund_all(bazaar *b, int index)
{
	settle_refund(b, index, "%s", "");
}

const char *settle_refund_field(bazaar *b, const char *path)
{
	TEST_CALL(&b->m, "refund.get", "{'refund':'%s'}", last_refund);
	return test_out(&b->m, path);
}

void settle_post(bazaar *b, int book, const char *client_id, ...)
{
	char legs[2000] = "", owner[80] = "", request[64];
	const char *account;
	va_list args;

	va_start(args, client_id);
	while ((account = va_arg(args, const char *)) != NULL) {
		const char *amount = va_arg(args, const char *);
		bool credit = amount[0] == '-';
		size_t used = strlen(legs);

		snprintf(legs + used, sizeof(legs) - used,
		         "%s{'account':'%s','%s':{'amount':'%s','currency':'%s'}}", used ? "," : "",
		         account, credit ? "credit" : "debit", amount + credit, b->currency);
	}
	va_end(args);
	if (book >= 0)
		snprintf(owner, sizeof(owner), "'seller':'%s',", b->seller[book]);
	TEST_CALL(&b->m, "ledger.transfer", "{%s'client_id':'%s','legs':[%s]}", owner, client_id, legs);
	snprintf(request, sizeof(request), "%s", test_out(&b->m, "request"));
	if (!request[0])
		return;
	test_act_as(&b->m, "operator:second");
	TEST_CALL(&b->m, "ledger.request.approve", "{'request':'%s'}", request);
	test_act_as(&b->m, "operator:test");
}

void settle_check(bazaar *b)
{
	for (int i = 0; i < 2; i++) {
		char problem[200] = "";
		market_id seller = {0, 0};
		market_error err;

		CU_ASSERT(market_id_parse(MARKET_ID_SELLER, b->seller[i], &seller));
		CHECK_OK(mk_settlement_check_book(b->m.market->store, seller.book, problem, NULL, &err));
		CHECK_TEXT(problem, "");
	}
	TEST_CALL(&b->m, "ledger.verify", "{}");
	CU_ASSERT(strcmp(test_out(&b->m, "result"), "broken") != 0);
}
