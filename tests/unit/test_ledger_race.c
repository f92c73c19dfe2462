/* LED-3: 8 processes on 10 hot accounts of one store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/ledger_fixture.h"

#define BOOK 7001
#define PROCESSES 8
#define HOT 10
#define OPERATIONS 60
#define EACH 1000 /* at the beginning in every account */

static fixture f;
static market_error err;

static void before(void)
{
	fixture_open(&f);
	for (int i = 0; i < HOT; i++) {
		char id[32], name[32];
		snprintf(id, sizeof(id), "fund:%d", i);
		snprintf(name, sizeof(name), "escrow:ord_%d", i);
		CHECK_OK_FATAL(fixture_move(&f, BOOK, id, "psp_clearing", name, EACH, &err));
	}
}

static void after(void)
{
	fixture_close(&f);
}

static bool passing(int rc)
{
	return rc == MK_AGAIN || rc == MARKET_EBUSY;
}

/* Draws at random, more than there is at times; 0 when every answer was right or a refusal of
 * funds. */
static int run_process(int process, uint64_t seed)
{
	fixture own;
	market_error mine;
	int wrong = 0;
	fixture_open_other(&own, &f);
	mk_id_source_init(&own.ids, (uint32_t)(process + 1) * 400000);
	for (int i = 0; i < OPERATIONS && !wrong; i++) {
		char id[64], from[32], to[32];
		int64_t amount = 1 + (int64_t)test_random_below(&seed, 400);
		uint64_t a = test_random_below(&seed, HOT),
				 b = (a + 1 + test_random_below(&seed, HOT - 1)) % HOT;
		snprintf(id, sizeof(id), "move:%d.%d", process, i);
		snprintf(from, sizeof(from), "escrow:ord_%d", (int)a);
		snprintf(to, sizeof(to), "escrow:ord_%d", (int)b);
		int rc = MK_AGAIN, tries = 0;
		while (passing(rc) && tries++ < 200)
			rc = fixture_move(&own, BOOK, id, from, to, amount, &mine);
		wrong = rc != 0 && rc != MARKET_EFUNDS;
		if (wrong)
			fprintf(stderr, "process %d: %s: %d %s %s\n", process, id, rc, mine.message,
			        mine.detail);
	}
	fixture_close(&own);
	return wrong;
}

static int run_all(int (*process)(int, uint64_t))
{
	pid_t children[PROCESSES];
	uint64_t seed = test_random_seed();
	int bad = 0;
	for (int i = 0; i < PROCESSES; i++) {
		uint64_t own = test_random(&seed);
		children[i] = fork();
		if (children[i] == 0)
			_exit(process(i, own));
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status = 1;
		waitpid(children[i], &status, 0);
		bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	return bad;
}

static void units_are_conserved(void)
{
	int64_t sum = 0;
	mk_verify_report report;
	CHECK_INT(run_all(run_process), 0);
	for (int i = 0; i < HOT; i++) {
		char name[32];
		snprintf(name, sizeof(name), "escrow:ord_%d", i);
		int64_t balance = fixture_balance(&f, BOOK, name);
		CU_ASSERT_TRUE(balance >= 0);
		sum += balance;
	}
	CHECK_INT(sum, HOT * EACH);
	CHECK_INT(fixture_balance(&f, BOOK, "psp_clearing"), HOT * EACH);
	f.now += 1000000;
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_TEXT(report.problem, "");
	CU_ASSERT_TRUE(report.transfers > HOT + PROCESSES);
}

/* All post the same client id: one wins, the others get its transfer. */
static int post_the_same(int process, uint64_t seed)
{
	fixture own;
	market_error mine;
	int rc = MK_AGAIN, tries = 0;
	(void)seed;
	fixture_open_other(&own, &f);
	mk_id_source_init(&own.ids, (uint32_t)(process + 1) * 400000);
	while (passing(rc) && tries++ < 200)
		rc = fixture_move(&own, BOOK, "same:1", "escrow:ord_0", "escrow:ord_1", 7, &mine);
	fixture_close(&own);
	return rc != 0;
}

static void one_client_id_is_one_transfer(void)
{
	CHECK_INT(run_all(post_the_same), 0);
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), EACH + 7);
	CHECK_INT(fixture_count(&f, "transfer WHERE client_id = 'same:1'"), 1);
}

static market_id held;

/* All end the same hold: exactly one may. */
static int end_the_same(int process, uint64_t seed)
{
	fixture own;
	market_error mine;
	int rc = MK_AGAIN, tries = 0;
	(void)seed;
	fixture_open_other(&own, &f);
	mk_id_source_init(&own.ids, (uint32_t)(process + 1) * 400000);
	while (passing(rc) && tries++ < 200) {
		char id[32];
		snprintf(id, sizeof(id), "end:%d", process);
		fixture_begin(&own);
		mk_transfer *t = fixture_transfer(
			&own, BOOK, process % 2 ? MK_TRANSFER_POST : MK_TRANSFER_VOID, id, NULL, NULL, 0);
		mk_transfer_set_pending(t, held);
		rc = fixture_end(&own, mk_transfer_post(own.ledger, t, &mine), &mine);
	}
	fixture_close(&own);
	return rc == 0 ? 0 : rc == MARKET_ESTATE ? 1 : 2;
}

static void a_hold_has_one_end(void)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_PENDING, "hold:1", "escrow:ord_0",
	                                  "seller_pending", 300);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	held = mk_transfer_id(t);
	CHECK_INT(run_all(end_the_same), PROCESSES - 1);
	CHECK_INT(fixture_count(&f, "transfer WHERE pending_id <> 0"), 1);
	mk_account account;
	CU_ASSERT_TRUE_FATAL(fixture_account(&f, BOOK, "escrow:ord_0", "BRL", &account));
	CHECK_INT(account.debits_pending.amount, 0);
	f.now += 1000000;
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

void suite_ledger_race(void)
{
	CU_pSuite s = test_suite_on_store_with("ledger_race", before, after);
	CU_add_test(s, "LED-3: 8 processes on 10 hot accounts conserve every unit and never overdraw",
	            units_are_conserved);
	CU_add_test(s, "LED-2: one client id posted by 8 processes is one transfer",
	            one_client_id_is_one_transfer);
	CU_add_test(s, "LED-3: a hold ended by 8 processes has one end", a_hold_has_one_end);
}
