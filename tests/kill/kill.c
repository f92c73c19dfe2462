/*
 * kill -9 at random moments: what was acknowledged is there, the rest is whole or absent.
 *
 *   market-kill [--seed N] [--list] [PATTERN...]
 *
 * 100 rounds a store, 2,000 with MARKET_TEST_LONG=1, or MARKET_KILL_ROUNDS. The moments are random
 * numbers of the seed; what they hit depends on the machine.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/fault.h"

#define CHILDREN 3
#define ACCOUNTS 4
#define SEED_CENTS 20000
#define LONGEST_LIFE_US 40000
#define MOST 4000 /* calls of a child */

/* What a child tells of a call that was answered. */
typedef struct answer {
	int number;
	int code;
	char id[48];
} answer;

typedef struct child {
	pid_t process;
	int pipe;
	int64_t life_us;
	int n_answers;
	answer answers[MOST];
} child;

static child children[CHILDREN];
static int64_t acknowledged, unanswered_done, unanswered_lost;

static void posting(const fault_store *store);
static void one_round(const fault_store *store, int round);
static bool start_child(const fault_store *store, int round, int number);
static void post_until_killed(const fault_store *store, int round, int number, int out);
static void params_of(char out[FAULT_TRANSFER_SIZE], int round, int child, int number);
static void end_child(child *c);
static void check_child(fault_market *m, const child *c, int round, int number);
static void founding(const fault_store *store);
static int rounds(void);

int main(int argc, char **argv)
{
	fault_begin("kill", argc, argv);
	fault_case(
		"3 processes killed while they post: the answered is there, the rest whole or absent",
		FAULT_BOTH, posting);
	fault_case("killed while it makes a store: the next one finishes it", FAULT_BOTH, founding);
	return fault_end();
}

static int rounds(void)
{
	const char *wish = getenv("MARKET_KILL_ROUNDS");
	return wish ? atoi(wish) : fault_long() ? 2000 : 100;
}

/* ---- posting ---- */

static void posting(const fault_store *store)
{
	fault_market m;
	char params[FAULT_TRANSFER_SIZE], id[20], account[20], *anchor;
	int64_t stored, done;
	acknowledged = unanswered_done = unanswered_lost = 0;
	if (!fault_open(&m, store, "seed"))
		return;
	for (int i = 0; i < ACCOUNTS; i++) {
		snprintf(id, sizeof(id), "seed:%d", i);
		snprintf(account, sizeof(account), "escrow:%d", i);
		fault_transfer(params, id, id, "psp_clearing", account, SEED_CENTS);
		fault_check(fault_send(&m, "ledger.transfer", params) == 0, "seed: %s", m.err.message);
	}
	anchor = fault_anchor(&m);
	fault_close(&m);
	for (int round = 0; round < rounds() && !fault_failed(); round++)
		one_round(store, round);
	fault_note("%lld answers in %d rounds; of calls without one %lld were done and %lld not",
	           (long long)acknowledged, rounds(), (long long)unanswered_done,
	           (long long)unanswered_lost);
	fault_check(acknowledged > rounds(), "only %lld answers in %d rounds", (long long)acknowledged,
	            rounds());
	stored = fault_number(store, "SELECT COUNT(*) FROM transfer WHERE client_id LIKE 'kill:%%'");
	done = fault_number(store,
	                    "SELECT COUNT(*) FROM journal WHERE key LIKE 'kill-%%' AND outcome = 0");
	fault_check(stored == done, "%lld keyed calls were done, and %lld transfers are stored",
	            (long long)done, (long long)stored);
	fault_check(
		fault_number(store,
	                 "SELECT CAST(SUM(credits_posted - debits_posted) AS BIGINT) FROM account "
	                 "WHERE name LIKE 'escrow:%%'") == (int64_t)ACCOUNTS * SEED_CENTS,
		"the accounts no longer hold what was paid in");
	fault_check_ledger(store, anchor);
	free(anchor);
}

static void one_round(const fault_store *store, int round)
{
	fault_market m;
	int64_t began;
	bool good = true;
	for (int i = 0; i < CHILDREN; i++)
		good = start_child(store, round, i) && good;
	began = fault_now_us();
	for (int i = 0; good && i < CHILDREN; i++) {
		/* The children are killed in the order of their lives' lengths. */
		child *next = NULL;
		for (int k = 0; k < CHILDREN; k++)
			if (children[k].process && (!next || children[k].life_us < next->life_us))
				next = &children[k];
		while (fault_now_us() - began < next->life_us)
			usleep(50);
		kill(next->process, SIGKILL);
		end_child(next);
	}
	if (!fault_open(&m, store, "check"))
		return;
	for (int i = 0; i < CHILDREN; i++)
		check_child(&m, &children[i], round, i);
	fault_close(&m);
}

static bool start_child(const fault_store *store, int round, int number)
{
	uint64_t random = fault_seed() + (uint64_t)round * 1000 + (uint64_t)number;
	child *c = &children[number];
	int ends[2];
	answer ready;
	if (!fault_check(pipe(ends) == 0, "no pipe"))
		return false;
	fflush(stdout);
	c->n_answers = 0;
	c->life_us = (int64_t)fault_below(&random, LONGEST_LIFE_US);
	c->process = fork();
	if (c->process == 0) {
		close(ends[0]);
		post_until_killed(store, round, number, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	c->pipe = ends[0];
	return fault_check(c->process > 0 && read(c->pipe, &ready, sizeof(ready)) == sizeof(ready),
	                   "a child didn't start");
}

static void post_until_killed(const fault_store *store, int round, int number, int out)
{
	fault_market m;
	answer a = {.number = -1};
	char name[16], params[FAULT_TRANSFER_SIZE];
	snprintf(name, sizeof(name), "kill%d", number);
	if (!fault_open(&m, store, name) || write(out, &a, sizeof(a)) != sizeof(a))
		return;
	alarm(60);
	for (int i = 0; i < MOST; i++) {
		params_of(params, round, number, i);
		a.number = i;
		a.code = fault_send(&m, "ledger.transfer", params);
		snprintf(a.id, sizeof(a.id), "%s", fault_out(&m, "id"));
		if (write(out, &a, sizeof(a)) != sizeof(a))
			return;
		if (i % 16 == 15)
			fault_send(&m, "ledger.checkpoint", "{}");
	}
	pause();
}

static void params_of(char out[FAULT_TRANSFER_SIZE], int round, int child_number, int number)
{
	uint64_t random =
		fault_seed() ^ ((uint64_t)round << 32 | (uint64_t)child_number << 24 | (uint64_t)number);
	char key[40], client[40], debit[20], credit[20];
	int from = (int)fault_below(&random, ACCOUNTS);
	snprintf(key, sizeof(key), "kill-%d-%d", round, number);
	snprintf(client, sizeof(client), "kill:%d-%d-%d", round, child_number, number);
	snprintf(debit, sizeof(debit), "escrow:%d", from);
	snprintf(credit, sizeof(credit), "escrow:%d", (from + 1) % ACCOUNTS);
	fault_transfer(out, key, client, debit, credit, 1 + (int64_t)fault_below(&random, SEED_CENTS));
}

static void end_child(child *c)
{
	answer a;
	waitpid(c->process, NULL, 0);
	c->process = 0;
	while (read(c->pipe, &a, sizeof(a)) == sizeof(a))
		if (c->n_answers < MOST)
			c->answers[c->n_answers++] = a;
	close(c->pipe);
}

/* Each call sent again gives the answer that was given; the one under way is done now, if it
 * wasn't. */
static void check_child(fault_market *m, const child *c, int round, int number)
{
	char params[FAULT_TRANSFER_SIZE], name[32];
	snprintf(name, sizeof(name), "operator:kill%d", number);
	fault_check(market_session_act_as_text(m->session, name, &m->err) == 0, "%s: %s", name,
	            m->err.message);
	for (int i = 0; i <= c->n_answers && i < MOST && !fault_failed(); i++) {
		const answer *a = &c->answers[i];
		int rc;
		params_of(params, round, number, i);
		rc = fault_send(m, "ledger.transfer", params);
		if (i == c->n_answers) {
			fault_check(rc == 0 || rc == MARKET_EFUNDS, "the call under way: %s: %s",
			            market_error_name(rc), m->err.message);
			*(market_session_replayed(m->session) ? &unanswered_done : &unanswered_lost) += 1;
			continue;
		}
		acknowledged++;
		fault_check(a->number == i && market_session_replayed(m->session) && rc == a->code &&
		                strcmp(fault_out(m, "id"), a->id) == 0,
		            "round %d, child %d, call %d: answered with %s %s, and now %s %s, %s", round,
		            number, i, market_error_name(a->code), a->id, market_error_name(rc),
		            fault_out(m, "id"),
		            market_session_replayed(m->session) ? "a replay" : "done anew");
	}
}

/* ---- a new store ---- */

static void founding(const fault_store *store)
{
	uint64_t random = fault_seed();
	int early = 0, most = rounds();
	/* On PostgreSQL the next one waits until the dead one's lease on the schema is over. */
	if (store->postgres)
		most = fault_long() ? most / 100 : 2;
	for (int round = 0; round < most && !fault_failed(); round++) {
		fault_store own = *store;
		fault_market m;
		char params[FAULT_TRANSFER_SIZE];
		int64_t life = (int64_t)fault_below(&random, store->postgres ? 150000 : 60000);
		int status = 0;
		pid_t process;
		if (round > 0)
			fault_store_new(store->postgres, &own);
		process = fork();
		if (process == 0) {
			if (fault_open(&m, &own, "maker"))
				fault_close(&m);
			_exit(0);
		}
		usleep((useconds_t)life);
		kill(process, SIGKILL);
		waitpid(process, &status, 0);
		early += WIFSIGNALED(status);
		if (!fault_open(&m, &own, "next"))
			return;
		fault_transfer(params, "first", "first:1", "psp_clearing", "escrow:0", 100);
		fault_check(fault_call(&m, "ledger.transfer", "%s", params) == 0, "after %lld us: %s",
		            (long long)life, m.err.message);
		fault_close(&m);
		fault_check_ledger(&own, NULL);
	}
	fault_note("%d of %d were killed before they were through", early, most);
}
