/* The n-th call to the file system fails, in a process of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/fault.h"
#include "tests/power/cases.h"
#include "tests/power/day.h"

#define SHOPS 24      /* calls that found shops; tried in the long form */
#define COLD_EVERY 16 /* before one call in so many the store is also opened anew */

/* What comes after the call that met the fault. */
typedef enum ending { REOPENED, POWER_LOST, POWER_LOST_WHOLLY, SENT_AGAIN, N_ENDINGS } ending;

typedef struct told {
	bool ended, hit;
	int code;
	int64_t calls;
	char call[40];
	bool changed; /* although it wasn't answered */
	bool refused; /* the call that was sent again */
} told;

typedef struct trial {
	day *day;
	const day_call *call; /* NULL: what is due */
	power_fault fault;
	bool for_good, cold;
	uint64_t random, before;
	told *told; /* shared */
	int control;
} trial;

static struct {
	power_fault fault;
	int step;
	int64_t number, tries, codes[100], changed, refused;
	struct {
		char name[40];
		int64_t n;
	} calls[20];
	told *told;
} sum;

static void run_faults(power_fault fault, const char *what);
static void before(day *d, const day_call *call);
static void try_all(trial *t);
static bool try_one(trial *t, int64_t n);
static void child(trial *t, int64_t n);
static int do_call(trial *t, scenario_market *m, market_error *err);
static bool typed(const trial *t, int rc);
static void afterwards(trial *t, scenario_market *m, int rc, ending end, const char *what);
static void change_world(trial *t, scenario_market *m, ending end);
static void remember(const trial *t);

void failing_calls(const fault_store *store)
{
	(void)store;
	run_faults(POWER_ERROR, "calls");
}

void full_disk(const fault_store *store)
{
	(void)store;
	run_faults(POWER_FULL, "writes");
}

void short_reads(const fault_store *store)
{
	(void)store;
	run_faults(POWER_SHORT_READ, "reads");
}

static void run_faults(power_fault fault, const char *what)
{
	static const char *const scenarios[] = {"payouts", "refunds", "ledger-hold", "checkout"};
	char text[600] = "";
	size_t used = 0;
	memset(&sum, 0, sizeof(sum));
	sum.fault = fault;
	sum.told = fault_shared(sizeof(told));
	power.sector = 4096;
	power.powersafe = true;
	power.checkpoint_pages = 40;
	power_register();
	for (size_t i = 0; i < (fault_long() ? 4 : 1) && !fault_failed(); i++) {
		day d = {.before = before};
		day_run(&d, scenarios[i]);
		day_free(&d);
	}
	power_unregister();
	for (size_t i = 0; i < 20 && sum.calls[i].n > 0; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %lld", i ? ", " : "",
		                         sum.calls[i].name, (long long)sum.calls[i].n);
	fault_note("%lld failed %s (%s)", (long long)sum.tries, what, text);
	used = 0;
	for (int i = 0; i < 100; i++)
		if (sum.codes[i] > 0)
			used +=
				(size_t)snprintf(text + used, sizeof(text) - used, "%s%s %lld", used ? ", " : "",
			                     market_error_name(-i), (long long)sum.codes[i]);
	fault_note("answers: %s; %lld were done and not answered; %lld writes refused afterwards", text,
	           (long long)sum.changed, (long long)sum.refused);
}

static void before(day *d, const day_call *call)
{
	trial t = {.day = d, .call = call, .fault = sum.fault, .told = sum.told};
	char why[400] = "";
	if (fault_failed() || (call && !call->writes) || (!fault_long() && d->n_calls < SHOPS))
		return;
	if (!fault_check(day_look(power.disk, &t.before, why), "%s", why))
		return;
	t.random = fault_seed() + (uint64_t)sum.number++;
	if (sum.fault != POWER_SHORT_READ)
		try_all(&t);
	t.for_good = true;
	if (sum.fault != POWER_SHORT_READ)
		try_all(&t);
	t.for_good = false;
	t.cold = true;
	if (call && sum.number % (sum.fault == POWER_SHORT_READ ? 4 : COLD_EVERY) == 0)
		try_all(&t);
}

static void try_all(trial *t)
{
	if (!try_one(t, INT64_MAX))
		return;
	t->control = t->told->code;
	for (int64_t n = 1; !fault_failed() && try_one(t, n) && t->told->hit; n++)
		remember(t);
}

static bool try_one(trial *t, int64_t n)
{
	int status = 0;
	pid_t process;
	memset(t->told, 0, sizeof(*t->told));
	fflush(stdout);
	process = fork();
	if (process == 0) {
		power.log = NULL;
		alarm(60);
		child(t, n);
		t->told->ended = true;
		_exit(0);
	}
	waitpid(process, &status, 0);
	return fault_check(process > 0 && t->told->ended, "%s: failing %lld ended with status %#x",
	                   t->call ? t->call->operation : "what is due", (long long)n, status) &&
	       !fault_failed();
}

static void child(trial *t, int64_t n)
{
	scenario_market m = t->day->m, *own = t->cold ? &m : &t->day->m;
	market_error err = {0};
	char what[200];
	ending end = (ending)fault_below(&t->random, N_ENDINGS);
	int rc = 0;
	if (t->cold) /* as if the process had been killed */
		power_insert(disk_copy(power.disk));
	power_arm(t->fault, n, t->for_good);
	if (t->cold)
		rc = day_open(t->day, &m, t->day->n_calls, t->day->url, true, &err);
	if (t->cold)
		m.now = t->day->m.now;
	if (rc == 0)
		rc = do_call(t, own, &err);
	t->told->hit = power.hits > 0;
	t->told->calls = power.calls;
	t->told->code = rc;
	snprintf(t->told->call, sizeof(t->told->call), "%s", power.hit);
	snprintf(what, sizeof(what), "%s, failing %s, call %lld%s%s, ending %d",
	         t->call ? t->call->operation : "what is due", power.hit, (long long)n,
	         t->for_good ? " and all after it" : "", t->cold ? ", opened first" : "", (int)end);
	if (!t->told->hit)
		return;
	if (!fault_check(rc == t->control || typed(t, rc), "%s: %s: %s, %s", what,
	                 market_error_name(rc), rc == 0 ? "" : err.message, rc == 0 ? "" : err.detail))
		return;
	afterwards(t, own, rc, end, what);
}

static int do_call(trial *t, scenario_market *m, market_error *err)
{
	int rc;
	if (t->call)
		return day_send(m, t->call->who, t->call->operation, t->call->params, NULL, err);
	rc = market_work(m->session, 1000, NULL, err);
	return rc > 0 ? 0 : rc;
}

static bool typed(const trial *t, int rc)
{
	if (t->fault == POWER_FULL)
		return rc == MARKET_EFULL;
	if (t->fault == POWER_SHORT_READ && rc == MARKET_ECORRUPT)
		return true;
	return rc == MARKET_EIO;
}

/* What was answered is there. What wasn't is absent, or whole with its answer. */
static void afterwards(trial *t, scenario_market *m, int rc, ending end, const char *what)
{
	scenario_market next;
	market_error err = {0};
	bool done = rc == t->control && rc == 0, same;
	uint64_t digest = 0;
	char why[400] = "";
	int again;
	if (end == SENT_AGAIN && m->session) {
		power_arm(POWER_NONE, 0, false);
		again = do_call(t, m, &err);
		t->told->refused = again != t->control;
		if (!fault_check(again == t->control || again == MARKET_EIO || typed(t, again),
		                 "%s: sent again it gives %s: %s", what, market_error_name(again),
		                 again == 0 ? "" : err.message))
			return;
		done = done || again == 0;
	}
	change_world(t, m, end);
	if (!fault_check(day_look(power.disk, &digest, why), "%s: afterwards: %s", what, why))
		return;
	same = digest == t->before;
	t->told->changed = !same && !done;
	again = day_open(t->day, &next, t->day->n_calls, t->day->url, true, &err);
	next.now = t->day->m.now;
	if (!fault_check(again == 0, "%s: opened again: %s: %s", what, market_error_name(again),
	                 err.message))
		return;
	if (t->call) {
		again = do_call(t, &next, &err);
		fault_check(again == t->control, "%s: sent after it was opened again: %s: %s", what,
		            market_error_name(again), again == 0 ? "" : err.message);
		fault_check(!done || market_session_replayed(next.session),
		            "%s: it was answered and isn't there", what);
		fault_check(same || market_session_replayed(next.session),
		            "%s: it isn't there and yet something is", what);
	}
	day_check(t->day, &next, t->day->n_calls > 4 ? t->day->n_calls - 4 : 0, t->day->n_calls, true,
	          what);
	market_session_close(next.session);
	market_close(next.market);
}

static void change_world(trial *t, scenario_market *m, ending end)
{
	disk_loss loss = {.how = end == POWER_LOST ? DISK_MIXED : DISK_DROP_ALL,
	                  .sector = power.sector,
	                  .powersafe = power.powersafe,
	                  .random = &t->random};
	if (end == REOPENED) {
		market_session_close(m->session);
		market_close(m->market);
	}
	power_arm(POWER_NONE, 0, false);
	if (end != REOPENED)
		power_insert(disk_lose(power.disk, &loss));
}

static void remember(const trial *t)
{
	const told *told = t->told;
	size_t i = 0;
	if (!told->hit)
		return;
	sum.tries++;
	sum.codes[-told->code]++;
	sum.changed += told->changed;
	sum.refused += told->refused;
	while (i < 19 && sum.calls[i].n > 0 && strcmp(sum.calls[i].name, told->call) != 0)
		i++;
	snprintf(sum.calls[i].name, sizeof(sum.calls[i].name), "%s", told->call);
	sum.calls[i].n++;
}
