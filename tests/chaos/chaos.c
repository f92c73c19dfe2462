/*
 * Everything at once: processes of several threads on one store, which buy, pay, ship, confirm,
 * cancel, refund, pay out, transfer and do what is due, while one of them is killed every second
 * and started again.
 *
 *   market-chaos [--seed N] [--list] [PATTERN...]
 *
 * Once by single calls, once by batches. 3 processes of 2 threads for 5 seconds a store, and 4 of
 * one for 2; with MARKET_TEST_LONG=1 8 of 4 for 30 seconds each.
 * MARKET_CHAOS_PROCESSES, MARKET_CHAOS_THREADS and MARKET_CHAOS_SECONDS say otherwise. With
 * MARKET_SOAK_SECONDS it is the long form, in so many seconds with all that is checked.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/chaos/chaos.h"

static void crowd(const fault_store *store);
static void batches(const fault_store *store);
static void run(chaos *c, int processes, int threads, int seconds);
static int setting(const char *name, int brief, int lengthy);
static int soak_seconds(const char *soak);
static bool prepare(chaos *c);
static bool pay_in(fault_market *m);
static int let_loose(chaos *c);
static pid_t start(chaos *c, int number, int generation);
static void end(pid_t process, bool killed);

int main(int argc, char **argv)
{
	fault_begin("chaos", argc, argv);
	fault_case("processes of several threads do everything at once and one is killed every second",
	           FAULT_BOTH, crowd);
	fault_case(
		"4 processes send batches and chains over the same orders and accounts, one is killed "
		"again and again",
		FAULT_BOTH, batches);
	return fault_end();
}

static void crowd(const fault_store *store)
{
	chaos *c = fault_shared(sizeof(*c));

	c->store = store;
	c->kill_every_us = 1000000;
	run(c, 3, 2, 5);
}

static void batches(const fault_store *store)
{
	chaos *c = fault_shared(sizeof(*c));

	c->store = store;
	c->batches = true;
	c->kill_every_us = 400000;
	run(c, 4, 1, 2);
	fault_check(atomic_load(&c->chains) > 0 && atomic_load(&c->broken) > 0,
	            "no chain was done, or none broke");
}

/* In the short form so many. */
static void run(chaos *c, int processes, int threads, int seconds)
{
	const char *soak = getenv("MARKET_SOAK_SECONDS");
	int killed;

	c->began = fault_now_us();
	c->processes = setting("MARKET_CHAOS_PROCESSES", processes, 8);
	c->threads = setting("MARKET_CHAOS_THREADS", threads, 4);
	if (!fault_check(c->processes <= CHAOS_PROCESSES && c->threads <= CHAOS_PROCESSES,
	                 "at most %d processes of %d threads", CHAOS_PROCESSES, CHAOS_PROCESSES))
		return;
	c->seconds = setting("MARKET_CHAOS_SECONDS", seconds, soak ? soak_seconds(soak) : 30);
	if (!prepare(c))
		return;
	killed = let_loose(c);
	fault_note("%d processes of %d threads, %d s, %d killed: %lld done, %lld refused, %d orders, "
	           "%lld pieces of due work",
	           c->processes, c->threads, c->seconds, killed, atomic_load(&c->answers),
	           atomic_load(&c->refusals), atomic_load(&c->n_orders), atomic_load(&c->worked));
	fault_note("%lld calls sent again, the longest took %.3f s", atomic_load(&c->again),
	           (double)atomic_load(&c->slowest_us) / 1e6);
	if (!fault_failed())
		chaos_check(c);
	if (atomic_load(&c->warnings) > 0)
		fault_note("%d warnings, the first: %s", atomic_load(&c->warnings), c->warning);
}

static int setting(const char *name, int brief, int lengthy)
{
	const char *wish = getenv(name);
	int number = wish                                            ? atoi(wish)
	             : fault_long() || getenv("MARKET_SOAK_SECONDS") ? lengthy
	                                                             : brief;

	return number < 1 ? 1 : number;
}

/* Two stores twice, and the checks take longer than the run. */
static int soak_seconds(const char *soak)
{
	int seconds = atoi(soak) / 10;

	return seconds < 5 ? 5 : seconds > 120 ? 120 : seconds;
}

static bool prepare(chaos *c)
{
	/* A minute passes in a second (worker.c), so that deadlines fall into the run. */
	static const fault_change changes[] = {
		{"provider: sandbox", "provider: chaos"},
		{"payout_account_cooling: 72h", "payout_account_cooling: 0s"},
		{"unpaid_close: 30min", "unpaid_close: 3min"},
		{"unshipped_cancel: 14d", "unshipped_cancel: 3min"},
		{"auto_confirm: 10d", "auto_confirm: 2min"},
		{"claim_age: 2min", "claim_age: 1s"},
		{"  maturity: 7d", "  maturity: 1min"},
	};
	fault_market m;
	char ref[20];
	bool good = fault_open_changed(&m, c->store, changes, sizeof(changes) / sizeof(changes[0]));

	for (int i = 0; good && i < CHAOS_SHOPS; i++) {
		snprintf(ref, sizeof(ref), "shop%d", i);
		good = fault_open_shop(&m, ref, i == CHAOS_SHOPS - 1 ? CHAOS_STOCK : 1000000, &c->shop[i]);
	}
	for (int i = 0; good && i < CHAOS_BUYERS; i++) {
		good = FAULT_DONE(&m, "buyer.create", "{'name':'Ana','ref':'ana%d'}", i);
		snprintf(c->buyer[i], CHAOS_ID, "%s", fault_out(&m, "id"));
	}
	good = good && pay_in(&m);
	fault_close(&m);
	return good;
}

static bool pay_in(fault_market *m)
{
	char params[FAULT_TRANSFER_SIZE], id[20], account[20];
	bool good = true;

	for (int i = 0; good && i < CHAOS_ACCOUNTS; i++) {
		snprintf(id, sizeof(id), "seed:%d", i);
		snprintf(account, sizeof(account), "escrow:%d", i);
		fault_transfer(params, NULL, id, "psp_clearing", account, CHAOS_CENTS);
		good = FAULT_DONE(m, "ledger.transfer", "%s", params);
	}
	return good;
}

/* How many were killed. */
static int let_loose(chaos *c)
{
	pid_t processes[CHAOS_PROCESSES];
	int generations[CHAOS_PROCESSES] = {0}, killed = 0;
	uint64_t random = fault_seed();

	c->until = fault_now_us() + (int64_t)c->seconds * 1000000;
	for (int i = 0; i < c->processes; i++)
		processes[i] = start(c, i, 0);
	while (!fault_failed() && fault_now_us() + c->kill_every_us < c->until) {
		int chosen = (int)fault_below(&random, (uint64_t)c->processes);

		usleep((useconds_t)(c->kill_every_us / 2) +
		       (useconds_t)fault_below(&random, (uint64_t)c->kill_every_us));
		kill(processes[chosen], SIGKILL);
		end(processes[chosen], true);
		killed++;
		processes[chosen] = start(c, chosen, ++generations[chosen]);
	}
	for (int i = 0; i < c->processes; i++)
		end(processes[i], false);
	return killed;
}

static pid_t start(chaos *c, int number, int generation)
{
	pid_t process;

	fflush(stdout);
	process = fork();
	if (process != 0) {
		fault_check(process > 0, "no process can be started");
		return process;
	}
	alarm((unsigned)c->seconds + 120);
	chaos_work(c, number, generation);
	_exit(0);
}

static void end(pid_t process, bool killed)
{
	int status = 0;

	waitpid(process, &status, 0);
	fault_check((WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
	                (killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL),
	            "a process ended with status %#x", status);
}
