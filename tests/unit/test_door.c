/* The one way in: authorisation, replay, refusals, deadlines, conflicts. */
#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

static const char apply[] =
	"{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL','owner_name':'Lin',"
	"'ref':'lin',"
	"'owner_ref':'lin-owner','key':'apply-1'}";

static void creates_and_reads(void)
{
	test_market test;
	test_market_open(&test, NULL);
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','ref':'ana','email':'ana@example.com'}");
	CHECK_TEXT(test_out(&test, "name"), "Ana");
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:ana'}");
	CHECK_TEXT(test_out(&test, "ref"), "ana");
	CU_ASSERT_PTR_NULL(strstr(test_out(&test, "email"), "example"));
	test_market_close(&test);
}

static void key_replays(void)
{
	test_market test;
	char first[64];
	test_market_open(&test, NULL);
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','key':'k'}");
	snprintf(first, sizeof(first), "%s", test_out(&test, "id"));
	CU_ASSERT_FALSE(market_session_replayed(test.session));
	TEST_CALL(&test, "buyer.create", "{'key':'k','name':'Ana'}");
	CU_ASSERT_TRUE(market_session_replayed(test.session));
	CHECK_TEXT(test_out(&test, "id"), first);
	TEST_REFUSED(&test, MARKET_EKEYREUSED, "key", "buyer.create", "{'name':'Bo','key':'k'}");
	test_act_as(&test, "operator:other");
	TEST_CALL(&test, "buyer.create", "{'name':'Bo','key':'k'}");
	CU_ASSERT_FALSE(market_session_replayed(test.session));
	test_market_close(&test);
}

static void keyed_refusal_is_kept(void)
{
	test_market test;
	char before[65], after[65];
	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", apply);
	test_store_digest(&test, before);
	TEST_REFUSED(&test, MARKET_EINCOMPLETE, "seller", "seller.approve",
	             "{'seller':'ref:lin','key':'a'}");
	CHECK_TEXT(test_store_digest(&test, after), before);
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin','waiver':'known','key':'b'}");
	TEST_REFUSED(&test, MARKET_EINCOMPLETE, "seller", "seller.approve",
	             "{'seller':'ref:lin','key':'a'}");
	CU_ASSERT_TRUE(market_session_replayed(test.session));
	TEST_REFUSED(&test, MARKET_EKEYREUSED, "key", "seller.approve",
	             "{'seller':'ref:lin','key':'a','waiver':'x'}");
	test_market_close(&test);
}

static void anonymous_has_no_key(void)
{
	test_market test;
	test_market_open(&test, NULL);
	test_act_as(&test, "anonymous");
	TEST_REFUSED(&test, MARKET_EMISUSE, "key", "seller.apply", apply);
	TEST_CALL(&test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin'}");
	test_market_close(&test);
}

static void strangers_learn_nothing(void)
{
	test_market test;
	char unknown[200];
	test_market_open(&test, NULL);
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','ref':'ana'}");
	TEST_CALL(&test, "buyer.create", "{'name':'Bo','ref':'bo'}");
	test_act_as(&test, "buyer:ref:bo");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "buyer", "buyer.get", "{'buyer':'buy_1'}");
	snprintf(unknown, sizeof(unknown), "%s", test.err.message);
	CHECK_TEXT(unknown, "buyer buy_1 isn't found");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "buyer", "buyer.get", "{'buyer':'ref:ana'}");
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:bo'}");
	TEST_REFUSED(&test, MARKET_EDENIED, "", "buyer.create", "{'name':'Cy'}");
	/* one that applies is as unknown as one that isn't there */
	test_act_as(&test, "operator:ann");
	TEST_CALL(&test, "seller.apply", apply);
	test_act_as(&test, "anonymous");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "seller", "seller.identity", "{'seller':'ref:lin'}");
	CHECK_TEXT(test.err.message, "seller ref:lin isn't found");
	test_market_close(&test);
}

static void members_act_by_role(void)
{
	test_market test;
	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", apply);
	TEST_CALL(&test, "member.create",
	          "{'seller':'ref:lin','name':'Vi','role':'viewer','ref':'vi'}");
	test_act_as(&test, "member:ref:vi");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	TEST_REFUSED(&test, MARKET_EDENIED, "", "member.create",
	             "{'seller':'ref:lin','name':'X','role':'owner'}");
	test_act_as(&test, "member:ref:lin-owner");
	TEST_CALL(&test, "member.create", "{'seller':'ref:lin','name':'X','role':'support'}");
	test_market_close(&test);
}

static void stale_application_is_rejected(void)
{
	test_market test;
	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", apply);
	CHECK_INT(test_advance(&test, 90 * MK_DAY - 1), 0);
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "state"), "onboarding");
	CHECK_INT(test_advance(&test, 1), 1);
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "state"), "rejected");
	CHECK_TEXT(test_out(&test, "reason"), "stale");
	CHECK_INT(test_advance(&test, 400 * MK_DAY), 0);
	test_market_close(&test);
}

static void bad_deadline_stops_no_other(void)
{
	static const mk_statement insert = {
		.name = "test_bad_deadline",
		.table = "deadline",
		.sql = "INSERT INTO deadline (book_id, id, due_at, operation, refusals) VALUES (0, 1, ?1, "
			   "'no.such', 0) ON CONFLICT DO NOTHING",
	};
	test_market test;
	market_error err;
	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", apply);
	CHECK_OK(mk_store_begin(test.market->store, true, &err));
	CHECK_INT(mk_store_write(test.market->store, &insert, MK_ARGS(mk_int(TEST_START)), &err), 1);
	CHECK_OK(mk_store_commit(test.market->store, &err));
	CHECK_INT(test_advance(&test, 90 * MK_DAY), 2);
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "state"), "rejected");
	CHECK_INT(test_work(&test), 0);
	CHECK_INT(test_advance(&test, MK_HOUR), 1);
	test_market_close(&test);
}

static void deadline_acts_at_its_due_time(void)
{
	test_market test;
	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", apply);
	test.now += 365 * MK_DAY;
	/* the object's own deadline is worked before the operation, and stays although that is refused
	 */
	TEST_REFUSED(&test, MARKET_ESTATE, "seller", "seller.approve",
	             "{'seller':'ref:lin','waiver':'late'}");
	TEST_CALL(&test, "event.list", "{}");
	CHECK_TEXT(test_out(&test, "items.1.operation"), "seller.expire");
	CHECK_TEXT(test_out(&test, "items.1.effective_at"), "2026-04-05T00:00:00.000Z");
	CHECK_TEXT(test_out(&test, "items.1.recorded_at"), "2027-01-05T00:00:00.000Z");
	test_market_close(&test);
}

static void application_passes_to_review_by_itself(void)
{
	test_market test;
	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", apply);
	TEST_CALL(&test, "submission.create", "{'seller':'ref:lin','requirement':'terms','ref':'t'}");
	TEST_CALL(&test, "submission.create",
	          "{'seller':'ref:lin','requirement':'identity','ref':'i','document':'AB-1234567'}");
	CU_ASSERT_PTR_NULL(strstr(test_out(&test, "document"), "AB-123"));
	TEST_CALL(&test, "submission.accept", "{'submission':'ref:lin/t'}");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "state"), "onboarding");
	TEST_CALL(&test, "submission.accept", "{'submission':'ref:lin/i'}");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "state"), "in_review");
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "state"), "approved");
	test_market_close(&test);
}

/* The conflicting write between reading and flush: the version moves on under the operation. On
 * SQLite in the operation's own transaction, on PostgreSQL committed by another connection. */
typedef struct conflict {
	int left;
	mk_store *other;
} conflict;

static int write_between(mk_store *store, void *user_data)
{
	static const mk_statement bump = {
		.name = "test_bump_seller",
		.table = "seller",
		.sql = "UPDATE seller SET version = version + 1 WHERE book_id > ?1",
		.scan = true,
	};
	conflict *c = user_data;
	market_error err;
	bool good = true;
	if (c->left <= 0)
		return 0;
	c->left--;
	if (c->other)
		good = mk_store_begin(c->other, true, &err) == 0;
	good =
		good && mk_store_write(c->other ? c->other : store, &bump, MK_ARGS(mk_int(0)), &err) == 1;
	if (c->other)
		good = good && mk_store_commit(c->other, &err) == 0;
	CU_ASSERT_TRUE(good);
	return 0;
}

static void conflicts_are_run_again(void)
{
	test_market test;
	conflict c = {0, NULL};
	mk_store_options options = {.allocator = &mk_allocator_default};
	market_error err;
	test_market_open(&test, NULL);
	if (test_on_postgres())
		CHECK_OK_FATAL(mk_store_open(&test.market->url, &options, &c.other, &err));
	TEST_CALL(&test, "seller.apply", apply);
	mk_store_set_before_flush(test.market->store, write_between, &c);
	c.left = MK_MAX_TRIES;
	TEST_REFUSED(&test, MARKET_ECONFLICT, NULL, "seller.approve",
	             "{'seller':'ref:lin','waiver':'w'}");
	CHECK_INT(c.left, 0);
	c.left = MK_MAX_TRIES - 1;
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin','waiver':'w'}");
	CHECK_TEXT(test_out(&test, "state"), "approved");
	mk_store_close(c.other);
	test_market_close(&test);
}

static void replay_clock_never_goes_back(void)
{
	test_market test;
	market_error err;
	test_market_open(&test, NULL);
	TEST_CALL(&test, "buyer.create", "{'name':'Ana'}");
	CHECK_ERROR(market_session_set_time(test.session, TEST_START - 1, &err), MARKET_ETIMEORDER,
	            NULL);
	CHECK_OK(market_session_set_time(test.session, TEST_START + MK_DAY, &err));
	TEST_CALL(&test, "buyer.create", "{'name':'Bo'}");
	CHECK_TEXT(test_out(&test, "created_at"), "2026-01-06T00:00:00.000Z");
	CHECK_ERROR(market_session_set_time(test.session, TEST_START, &err), MARKET_ETIMEORDER, NULL);
	test_market_close(&test);
}

static void store_is_found_again(void)
{
	test_market test;
	test_market_open(&test, NULL);
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','ref':'ana'}");
	test_market_reopen(&test);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:ana'}");
	CHECK_TEXT(test_out(&test, "name"), "Ana");
	test_market_close(&test);
}

static void new_policy_counts_from_its_time(void)
{
	test_market test;
	size_t size = 0;
	const char *text = market_policy_default(&size);
	json_t *params;
	char *dump, *place;
	test_market_open(&test, NULL);
	params =
		json_pack("{s:s#, s:s}", "text", text, (int)size, "effective_at", "2026-01-06T00:00:00Z");
	place = strstr(json_string_value(json_object_get(params, "text")), "application_stale: 90d");
	CU_ASSERT_PTR_NOT_NULL_FATAL(place);
	dump = json_dumps(params, JSON_COMPACT);
	place = strstr(dump, "application_stale: 90d");
	memcpy(place + strlen("application_stale: "), "10d", 3);
	CHECK_INT(market_call(test.session, "policy.publish", dump, NULL, &test.err), 0);
	TEST_CALL(&test, "seller.apply", apply);
	CHECK_TEXT(test_out(&test, "answer_by"), "2026-04-05T00:00:00.000Z");
	test_advance(&test, MK_DAY);
	TEST_CALL(
		&test, "seller.apply",
		"{'name':'M','store_type':'individual','country':'BR','currency':'BRL','owner_name':'M'}");
	CHECK_TEXT(test_out(&test, "answer_by"), "2026-01-16T00:00:00.000Z");
	CHECK_INT(market_call(test.session, "policy.publish", dump, NULL, &test.err), 0);
	memcpy(strstr(dump, "2026-01-06T"), "2026-01-05T", 11);
	CHECK_INT(market_call(test.session, "policy.publish", dump, NULL, &test.err),
	          MARKET_ETIMEORDER);
	CHECK_TEXT(test.err.field, "effective_at");
	free(dump);
	json_decref(params);
	test_market_close(&test);
}

static void operators_have_names_told_by_sight(void)
{
	static const char *const clear[] = {
		"ann",
		"Ann-Marie O'Neil",
		"jos\u00e9",
		"\u738b\u82b3",
		"\u0430\u043d\u043d\u0430",
		"\u0928\u093f\u0936\u093e",
		"a.b@c-d_9",
		"\ud55c",
		"\u00f8",
	};
	static const char *const unclear[] = {
		" ann",       "ann ",         "ann  lee",      "ann\t",         "a\u00adnn",
		"ann\u200b",  "a\u200dnn",    "\u202enna",     "ann\u2069",     "ann\ufeff",
		"jose\u0301", "ann\u00a0lee", "ann\u3000lee",  "ann\u3164",     "ann\u034f",
		"\uff41nn",   "\u0430nn",     "\u03b1nn",      "ann\u2010lee",  "\u212aim",
		"ann\ufe0f",  "\U0001d41ann", "ann\U000e0061", "ann\U0010ffff", "\u1112\u1161\u11ab",
	};
	char actor[100];
	test_market test;

	test_market_open(&test, NULL);
	for (size_t i = 0; i < sizeof(clear) / sizeof(clear[0]); i++) {
		snprintf(actor, sizeof(actor), "operator:%s", clear[i]);
		CHECK_INT(market_session_act_as_text(test.session, actor, &test.err), 0);
	}
	for (size_t i = 0; i < sizeof(unclear) / sizeof(unclear[0]); i++) {
		snprintf(actor, sizeof(actor), "operator:%s", unclear[i]);
		CHECK_INT(market_session_act_as_text(test.session, actor, &test.err), MARKET_EINVALID);
		CU_ASSERT(strlen(test.err.hint) > 0);
	}
	CHECK_INT(market_session_act_as_text(test.session, "operator:ann\x01", &test.err),
	          MARKET_EUTF8);
	snprintf(actor, sizeof(actor), "operator:%064d", 0);
	CHECK_INT(market_session_act_as_text(test.session, actor, &test.err), 0);
	snprintf(actor, sizeof(actor), "operator:%065d", 0);
	CHECK_INT(market_session_act_as_text(test.session, actor, &test.err), MARKET_ELIMIT);
	test_market_close(&test);
}

void suite_door(void);
void suite_door(void)
{
	CU_pSuite suite = test_suite_on_store("door");
	CU_add_test(suite, "creates a record and reads it, sensitive fields masked", creates_and_reads);
	CU_add_test(suite, "LED-10: operators' names that look alike are refused",
	            operators_have_names_told_by_sight);
	CU_add_test(suite, "the same key and content is a replay, other content an error", key_replays);
	CU_add_test(suite, "a keyed refusal leaves only its journal row and is replayed",
	            keyed_refusal_is_kept);
	CU_add_test(suite, "anonymous actors have no keys", anonymous_has_no_key);
	CU_add_test(suite, "a stranger can't tell a record from none", strangers_learn_nothing);
	CU_add_test(suite, "SEL-6: members act by their role", members_act_by_role);
	CU_add_test(suite, "SEL-2: an application unanswered for 90 d is rejected, not 1 ms before",
	            stale_application_is_rejected);
	CU_add_test(suite, "a deadline that can't be done waits and stops no other",
	            bad_deadline_stops_no_other);
	CU_add_test(suite, "a deadline acts at its due time, however late it is run",
	            deadline_acts_at_its_due_time);
	CU_add_test(suite, "SEL-1: an application passes to review when no requirement is open",
	            application_passes_to_review_by_itself);
	CU_add_test(suite, "a version missed runs the operation again, at most 8 times",
	            conflicts_are_run_again);
	CU_add_test(suite, "a replay clock before the newest journal row is refused",
	            replay_clock_never_goes_back);
	CU_add_test(suite, "a store is opened again with its keys and policy", store_is_found_again);
	CU_add_test(suite, "a new policy counts from its effective time",
	            new_policy_counts_from_its_time);
}
