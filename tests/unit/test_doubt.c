/* A commit whose outcome isn't known: with a key the market finds out, without one it says so. The
 * driver is the store's own, but its commits lose their answer. */
#include "libmarket/engine/market.h"
#include "libmarket/store/driver.h"
#include "tests/unit/market_fixture.h"

void suite_doubt(void);

static const mk_driver *real;
static mk_driver losing;
static int left;      /* commits that lose their answer */
static int kept;      /* of these, how many took effect, the first ones */
static int down;      /* begins after a loss that find no server */
static int down_left; /* of the loss at hand */
static int n_commits;

static int lose_commit(mk_store *store, market_error *err)
{
	bool takes_effect = kept > 0;
	int rc;

	n_commits++;
	if (left == 0)
		return real->commit(store, err);
	left--;
	kept -= takes_effect;
	down_left = down;
	rc = takes_effect ? real->commit(store, err) : 0;
	if (!takes_effect)
		real->rollback(store);
	return rc != 0 ? rc : mk_error_set(err, MARKET_EUNKNOWN, "lost");
}

static int find_no_server(mk_store *store, bool write, market_error *err)
{
	if (down_left == 0)
		return real->begin(store, write, err);
	down_left--;
	return mk_error_set(err, MARKET_EUNAVAILABLE, "down");
}

static void open_losing(test_market *test)
{
	test_market_open(test, NULL);
	real = test->market->store->driver;
	losing = *real;
	losing.commit = lose_commit;
	losing.begin = find_no_server;
	left = kept = down = down_left = n_commits = 0;
	test->market->store->driver = &losing;
}

static void close_losing(test_market *test)
{
	test->market->store->driver = real;
	test_market_close(test);
}

static void done_is_answered(void)
{
	test_market test;

	open_losing(&test);
	left = kept = 1;
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','key':'k'}");
	CHECK_TEXT(test_out(&test, "name"), "Ana");
	CU_ASSERT_FALSE(market_session_replayed(test.session));
	CHECK_INT(n_commits, 1);
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','key':'k'}");
	CU_ASSERT_TRUE(market_session_replayed(test.session));
	close_losing(&test);
}

static void not_done_is_done(void)
{
	test_market test;

	open_losing(&test);
	left = 2;
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','ref':'ana','key':'k'}");
	CU_ASSERT_FALSE(market_session_replayed(test.session));
	CHECK_INT(n_commits, 3);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:ana'}");
	close_losing(&test);
}

static void refusal_is_answered(void)
{
	test_market test;

	open_losing(&test);
	TEST_CALL(&test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}");
	n_commits = 0;
	left = kept = 1;
	TEST_REFUSED(&test, MARKET_EINCOMPLETE, "seller", "seller.approve",
	             "{'seller':'ref:lin','key':'a'}");
	CHECK_INT(n_commits, 1);
	left = 1;
	TEST_REFUSED(&test, MARKET_EINCOMPLETE, "seller", "seller.approve",
	             "{'seller':'ref:lin','key':'b'}");
	CHECK_INT(n_commits, 3);
	close_losing(&test);
}

static void server_comes_back(void)
{
	test_market test;

	open_losing(&test);
	left = kept = 1;
	down = 12;
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','key':'k'}");
	CHECK_INT(down_left, 0);
	CHECK_INT(n_commits, 1);
	close_losing(&test);
}

/* ENOTFOUND and the like would say that nothing was done. */
static void doubt_stays_unknown(void)
{
	test_market test;

	open_losing(&test);
	left = kept = 1;
	down = 1000000;
	TEST_REFUSED(&test, MARKET_EUNKNOWN, NULL, "buyer.create", "{'name':'Ana','key':'k'}");
	CU_ASSERT_PTR_NOT_NULL(strstr(test.err.hint, "same key"));
	down_left = 0;
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','key':'k'}");
	CU_ASSERT_TRUE(market_session_replayed(test.session));
	close_losing(&test);
}

static void without_key_is_unknown(void)
{
	test_market test;

	open_losing(&test);
	left = kept = 1;
	TEST_REFUSED(&test, MARKET_EUNKNOWN, NULL, "buyer.create", "{'name':'Ana','ref':'ana'}");
	CHECK_INT(n_commits, 1);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:ana'}");
	close_losing(&test);
}

void suite_doubt(void)
{
	CU_pSuite s = test_suite_on_store("doubt");

	CU_add_test(s, "a lost commit that took effect is answered by its key", done_is_answered);
	CU_add_test(s, "a lost commit that didn't runs again", not_done_is_done);
	CU_add_test(s, "a refusal whose commit was lost is answered alike", refusal_is_answered);
	CU_add_test(s, "a lost commit is resolved when the server is back", server_comes_back);
	CU_add_test(s, "a doubt that lasts stays unknown", doubt_stays_unknown);
	CU_add_test(s, "a lost commit without a key is unknown", without_key_is_unknown);
}
