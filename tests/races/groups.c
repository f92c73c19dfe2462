/* Commit groups: threads of several processes on one store, one of which is killed at its work. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/fault.h"
#include "tests/races/cases.h"

enum { PROCESSES = 4, THREADS = 4, KILLS = 4 };

typedef struct shared {
	const fault_store *store;
	int64_t until;
	atomic_int done[PROCESSES][THREADS]; /* acknowledged */
	atomic_int refused[PROCESSES][THREADS];
	atomic_int run; /* of the process that is killed */
} shared;

typedef struct writer {
	fault_market m;
	shared *s;
	int process, number, run;
	pthread_t id;
} writer;

static void many(const fault_store *store);
static void one_process(int number, void *data);
static void be_killed(shared *s);
static void run_writers(shared *s, int process, int run);
static void *write_on(void *data);
static void write_one(writer *w, int i);

void races_of_groups(void)
{
	fault_case("4 threads in each of 4 processes, one killed again and again: nobody starves, "
	           "nothing acknowledged is lost",
	           FAULT_BOTH, many);
}

static void many(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	fault_market m;
	char params[FAULT_TRANSFER_SIZE];
	int64_t done = 0, refused = 0;

	s->store = store;
	if (!fault_open(&m, store, "seed"))
		return;
	fault_send(&m, "ledger.transfer",
	           fault_transfer(params, "seed", "seed", "psp_clearing", "escrow:0", 100));
	fault_close(&m);
	s->until = fault_now_us() + (fault_long() ? 30 : 4) * 1000000;
	fault_processes(PROCESSES, one_process, s);
	for (int p = 0; p < PROCESSES; p++)
		for (int t = 0; t < THREADS; t++) {
			int own = atomic_load(&s->done[p][t]);

			done += own;
			refused += atomic_load(&s->refused[p][t]);
			fault_check(own >= 5, "thread %d of process %d came to %d transfers only", t, p, own);
		}
	fault_note("%lld transfers, %lld refusals", (long long)done, (long long)refused);
	/* What was killed between commit and answer is stored as well. */
	fault_check(fault_number(
					store, "SELECT COUNT(*) FROM transfer WHERE client_id LIKE 'group:%%'") >= done,
	            "acknowledged transfers are missing");
	fault_check(fault_number(store, "SELECT COUNT(*) FROM transfer WHERE client_id LIKE "
	                                "'group:%%'") <= done + KILLS * THREADS,
	            "there are more transfers than were asked for");
	fault_check(fault_number(store, "SELECT COUNT(*) FROM journal WHERE outcome <> 0") >= refused,
	            "refusals weren't kept");
	fault_check(
		fault_number(store, "SELECT COUNT(*) FROM transfer WHERE client_id LIKE 'too:%%'") == 0,
		"a refused transfer is stored");
	fault_check_ledger(store, NULL);
}

static void one_process(int number, void *data)
{
	if (number == 0)
		be_killed(data);
	else
		run_writers(data, number, 0);
}

static void be_killed(shared *s)
{
	int64_t each = (s->until - fault_now_us()) / (KILLS + 1);

	for (int i = 0; i < KILLS && !fault_failed(); i++) {
		pid_t child = fork();

		if (child == 0) {
			run_writers(s, 0, i);
			_exit(0);
		}
		usleep((useconds_t)each);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	run_writers(s, 0, KILLS);
}

static void run_writers(shared *s, int process, int run)
{
	writer writers[THREADS] = {0};
	market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "group", .rights = MARKET_RIGHT_ALL};
	fault_market m;

	if (!fault_open(&m, s->store, "owner"))
		return;
	for (int i = 0; i < THREADS; i++) {
		writer *w = &writers[i];

		*w = (writer){.s = s, .process = process, .number = i, .run = run};
		w->m.market = m.market;
		fault_check(market_session_open(m.market, &actor, &w->m.session, &w->m.err) == 0, "%s",
		            w->m.err.message);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_create(&writers[i].id, NULL, write_on, &writers[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(writers[i].id, NULL);
		json_decref(writers[i].m.out);
		market_session_close(writers[i].m.session);
	}
	fault_close(&m);
}

static void *write_on(void *data)
{
	writer *w = data;

	for (int i = 0; fault_now_us() < w->s->until && !fault_failed(); i++)
		write_one(w, i);
	return NULL;
}

/* Every fourth asks for more than there is; its refusal is kept. */
static void write_one(writer *w, int i)
{
	char params[FAULT_TRANSFER_SIZE], id[60];
	bool too_much = i % 4 == 3;
	int rc;

	snprintf(id, sizeof(id), "%s:%d-%d-%d-%d", too_much ? "too" : "group", w->process, w->run,
	         w->number, i);
	rc =
		fault_send(&w->m, "ledger.transfer",
	               too_much ? fault_transfer(params, id, id, "escrow:0", "psp_clearing", 1000000000)
	                        : fault_transfer(params, id, id, "psp_clearing", "escrow:0", 1));
	fault_check(rc == (too_much ? MARKET_EFUNDS : 0), "%s: %s: %s", id, market_error_name(rc),
	            w->m.err.message);
	atomic_fetch_add(
		too_much ? &w->s->refused[w->process][w->number] : &w->s->done[w->process][w->number], 1);
}
