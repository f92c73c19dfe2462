/*
 * market-memory [--log FILE] FILE...
 *
 * Runs scenarios on a store in memory, and before each of their steps tries it with every single
 * allocation failing once, and with it and all after it failing: of these one in five, or each
 * with MARKET_TEST_LONG. Each trial is made in a child process, so that the next begins where the
 * last did. A trial must end with no_memory and the store as it was, or as the undisturbed step
 * does; the next call must work, and nothing may be left in use at the end. One passed is one step.
 */
#include <execinfo.h>
#include <market/plugin.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/memory/failing.h"
#include "tests/memory/store.h"
#include "tests/scenarios/ways.h"

#define MAX_SITES 8192
#define MORE_LIVE 16 /* blocks that a library keeps from its first error on */

/* What a child tells. */
typedef struct told {
	bool hit, started, ended;
	int code;
	int64_t count, own_live, live;
	uint64_t site;
	void *frames[FAILING_FRAMES];
	int n_frames;
	char before[65]; /* the store's digest, of the control */
	char shape[4000];
	char problem[600];
} told;

typedef struct tried {
	scenario_market market;
	scenario_values values;
	const scenario_step *step;
	char who[300];
	char *params;
	int64_t own_live; /* blocks of the market's own allocator */
	told *told;
	told control;
} tried;

static uint64_t sites[MAX_SITES];
static size_t n_sites;
static int64_t all_failures, all_for_good;
static int passed, failed;
static uint64_t seed;

static void try_step(tried *t, const scenario *s, FILE *log);

/* ---- the real clock, by which claims grow old ---- */

static time_t later; /* seconds */

int clock_gettime(clockid_t clock, struct timespec *now);

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, now);

	now->tv_sec += later;
	return rc;
}

/* ---- the market's allocator ---- */

static void *own_allocate(size_t size, void *user_data)
{
	void *block = malloc(size);

	if (block)
		(*(int64_t *)user_data)++;
	return block;
}

static void *own_reallocate(void *block, size_t size, void *user_data)
{
	void *moved = realloc(block, size);

	if (moved && !block)
		(*(int64_t *)user_data)++;
	return moved;
}

static void own_release(void *block, void *user_data)
{
	if (block)
		(*(int64_t *)user_data)--;
	free(block);
}

/* ---- a provider that needs no memory: what fails is ours ---- */

static int quiet_send(const market_provider_request *request, market_provider_answer *answer,
                      void *user_data, market_error *err)
{
	(void)user_data;
	(void)err;
	answer->result = MARKET_PROVIDER_OK;
	snprintf(answer->reference, sizeof(answer->reference), "%.100s", request->key);
	return 0;
}

static int quiet_verify(const char *body, size_t size, const char *signature, market_time at,
                        market_time tolerance, market_provider_event *event, void *user_data,
                        market_error *err)
{
	(void)body;
	(void)size;
	(void)signature;
	(void)at;
	(void)tolerance;
	(void)event;
	(void)user_data;
	(void)err;
	return MARKET_ESIGNATURE;
}

static const market_payment_provider quiet = {.size = sizeof(market_payment_provider),
                                              .name = "quiet",
                                              .send = quiet_send,
                                              .query = quiet_send,
                                              .verify = quiet_verify};

/* ---- one trial, in a child ---- */

static int do_step(tried *t, market_error *err)
{
	char *reply = NULL;
	int rc;

	if (t->step->verb != SCENARIO_CALL)
		return market_work(t->market.session, 1000, NULL, err);
	rc = market_call(t->market.session, t->step->operation, t->params, &reply, err);
	market_text_free(reply);
	return rc;
}

static int finish_work(tried *t, market_error *err)
{
	int rc = 1;

	/* what was claimed and not answered is asked about later */
	for (int i = 0; i < 10 && rc >= 0; i++) {
		t->market.now += 60 * 1000;
		later += 60;
		rc = market_work(t->market.session, 1000, NULL, err);
	}
	return rc < 0 ? rc : 0;
}

#define PROBLEM(t, ...) snprintf((t)->told->problem, sizeof((t)->told->problem), __VA_ARGS__)

static void after_no_memory(tried *t)
{
	market_error err;
	char after[65];
	int rc;

	store_digest(t->market.market, after);
	if (t->step->verb == SCENARIO_CALL && strcmp(t->control.before, after) != 0) {
		PROBLEM(t, "the store has changed");
		return;
	}
	rc = do_step(t, &err);
	if (rc < 0 ? rc != t->control.code : t->control.code < 0)
		PROBLEM(t, "the next call gave %d: %s", rc, err.message);
}

static void child(tried *t, int64_t n, bool for_good, bool is_control)
{
	market_error err;
	told *told = t->told;

	if (is_control)
		store_digest(t->market.market, told->before);
	told->started = true;
	failing_begin(n, for_good);
	told->code = do_step(t, &err);
	told->count = failing_end();
	told->hit = failing_hit();
	told->site = failing_site();
	told->n_frames = failing_frames(told->frames);
	if (is_control)
		told->code = told->code > 0 ? 0 : told->code;
	else if (told->hit && told->code == MARKET_ENOMEM)
		after_no_memory(t);
	else if (told->code < 0 ? told->code != t->control.code : t->control.code < 0)
		PROBLEM(t, "it gave %s: %s", market_error_name(told->code), err.message);
	if (t->step->verb != SCENARIO_CALL && finish_work(t, &err) != 0)
		PROBLEM(t, "later work gave %s", err.message);
	if (t->step->verb != SCENARIO_CALL || is_control)
		store_shape(t->market.market, told->shape);
	scenario_market_close(&t->market);
	told->own_live = t->own_live;
	told->live = failing_live();
	told->ended = true;
	_exit(0);
}

static bool trial(tried *t, int64_t n, bool for_good, bool is_control)
{
	int status = 0;
	pid_t pid;

	memset(t->told, 0, sizeof(*t->told));
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(60);
		child(t, n, for_good, is_control);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || !t->told->ended) {
		PROBLEM(t, "it crashed (status %d)", status);
		return false;
	}
	return t->told->problem[0] == '\0';
}

/* The first table that has other rows. */
static void tell_difference(tried *t, const told *control)
{
	const char *a = control->shape, *b = t->told->shape;

	while (strcspn(a, "\n") == strcspn(b, "\n") && strncmp(a, b, strcspn(a, "\n")) == 0) {
		a += strcspn(a, "\n") + 1;
		b += strcspn(b, "\n") + 1;
	}
	PROBLEM(t, "rows: %.*s, not %.*s", (int)strcspn(b, "\n"), b, (int)strcspn(a, "\n"), a);
}

static bool judge(tried *t, const told *control)
{
	const told *told = t->told;

	if (told->own_live != 0)
		PROBLEM(t, "%lld blocks of the market's are left", (long long)told->own_live);
	else if (told->live > control->live + MORE_LIVE)
		PROBLEM(t, "%lld blocks more than usual are left", (long long)(told->live - control->live));
	else if (t->step->verb != SCENARIO_CALL && strcmp(told->shape, control->shape) != 0)
		tell_difference(t, control);
	return t->told->problem[0] == '\0';
}

/* ---- a step ---- */

/* Children have the parent's addresses. */
static void show_frames(const told *told)
{
	fflush(stdout);
	if (told->n_frames > 2)
		backtrace_symbols_fd(told->frames + 2, told->n_frames - 2, STDOUT_FILENO);
}

static void note_site(uint64_t site)
{
	for (size_t i = 0; i < n_sites; i++)
		if (sites[i] == site)
			return;
	if (n_sites < MAX_SITES)
		sites[n_sites++] = site;
}

static bool sweep(tried *t, const scenario *s, bool for_good, int64_t *n)
{
	int64_t step = for_good && !getenv("MARKET_TEST_LONG") ? 5 : 1;

	for (*n = 1 + (int64_t)(seed % (uint64_t)step); *n < 1000000; *n += step) {
		bool good = trial(t, *n, for_good, false) && judge(t, &t->control);

		if (good && !t->told->hit)
			return true;
		if (good) {
			note_site(t->told->site);
			if (for_good)
				all_for_good++;
			else
				all_failures++;
			continue;
		}
		printf("FAIL %s:%d: %s: allocation %lld failing %s: %s\n", s->name, t->step->line,
		       t->step->operation ? t->step->operation : "work", (long long)*n,
		       for_good ? "for good" : "once", t->told->problem);
		show_frames(t->told);
		return false;
	}
	return false;
}

static void try_step(tried *t, const scenario *s, FILE *log)
{
	const char *name = t->step->operation ? t->step->operation : "work";
	size_t before = n_sites;
	int64_t n = 0, once = all_failures, good = all_for_good;
	bool well = trial(t, 0, false, true);

	t->control = *t->told;
	if (!well)
		printf("FAIL %s:%d: %s: undisturbed: %s\n", s->name, t->step->line, name, t->told->problem);
	well = well && sweep(t, s, false, &n) && sweep(t, s, true, &n);
	if (well)
		printf("%s:%d: %s: %lld allocations failed once, %lld for good, %zu new sites\n", s->name,
		       t->step->line, name, (long long)(all_failures - once),
		       (long long)(all_for_good - good), n_sites - before);
	if (well && log)
		fprintf(log, "memory/%s, line %d: %s\n", s->name, t->step->line, name);
	if (well)
		passed++;
	else
		failed++;
}

/* ---- opening ---- */

/* A market made, closed and, when nothing fails any more, made again. */
static void open_child(tried *t, const scenario *s, const char *url, int64_t n, bool for_good)
{
	const market_allocator own = {own_allocate, own_reallocate, own_release, &t->own_live};
	told *told = t->told;
	market_error err;

	told->started = true;
	failing_begin(n, for_good);
	told->code = scenario_market_open(&t->market, s, url, &own, &err);
	told->count = failing_end();
	told->hit = failing_hit();
	told->site = failing_site();
	told->n_frames = failing_frames(told->frames);
	if (told->code != 0 && !(told->hit && told->code == MARKET_ENOMEM))
		PROBLEM(t, "it gave %s: %s", market_error_name(told->code), err.message);
	scenario_market_close(&t->market);
	told->own_live = t->own_live;
	if (told->code != 0 && scenario_market_open(&t->market, s, url, &own, &err) != 0)
		PROBLEM(t, "the next time it gave %s", err.message);
	scenario_market_close(&t->market);
	told->live = failing_live();
	told->ended = true;
	_exit(0);
}

static bool open_trial(tried *t, const scenario *s, const char *url, int64_t n, bool for_good)
{
	int status = 0;
	pid_t pid;

	memset(t->told, 0, sizeof(*t->told));
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(60);
		open_child(t, s, url, n, for_good);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !t->told->ended)
		PROBLEM(t, "it crashed (status %d)", status);
	else if (t->told->own_live != 0)
		PROBLEM(t, "%lld blocks of the market's are left", (long long)t->told->own_live);
	else if (n > 0 && t->told->live > t->control.live + MORE_LIVE)
		PROBLEM(t, "%lld blocks more than usual are left",
		        (long long)(t->told->live - t->control.live));
	return t->told->problem[0] == '\0';
}

/* Opening asks for memory some 20,000 times, mostly for the schema: beyond the first 50 a trial is
 * made of one in about 400, at random by a printed seed; of every one with MARKET_TEST_LONG. */
static int64_t every_nth(int64_t n)
{
	if (n < 50 || getenv("MARKET_TEST_LONG"))
		return 1;
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return 1 + (int64_t)((seed >> 33) % 800);
}

static void try_open(tried *t, const char *url, const char *name)
{
	const scenario nothing = {.start = INT64_C(1767571200000)};
	const bool modes[] = {false, true};
	size_t before = n_sites;
	int64_t n = 0, failures = all_failures;
	bool good = open_trial(t, &nothing, url, 0, false);

	t->control = *t->told;
	for (int m = 0; m < 2 && good; m++)
		for (n = 1; good && (n == 1 || t->told->hit); n += every_nth(n)) {
			good = open_trial(t, &nothing, url, n, modes[m]);
			if (good && t->told->hit) {
				note_site(t->told->site);
				all_failures++;
			}
		}
	if (good)
		passed++;
	else
		failed++;
	if (good)
		printf("%s: %lld of %lld allocations failed, %zu new sites\n", name,
		       (long long)(all_failures - failures), (long long)t->control.count, n_sites - before);
	else
		printf("FAIL %s: allocation %lld: %s\n", name, (long long)n, t->told->problem);
	if (!good)
		show_frames(t->told);
	n_sites = 0;
	all_failures = 0;
}

/* ---- a scenario ---- */

static bool prepare(tried *t, const scenario_step *step, char why[SCENARIO_WHY])
{
	market_error err;
	json_t *params;

	t->step = step;
	t->params = NULL;
	if (step->verb != SCENARIO_CALL)
		return true;
	params = scenario_params(step->operation, step->params, &t->values, why);
	if (!params || !scenario_actor(step->who, &t->values, t->who, why))
		return false;
	t->params = json_dumps(params, JSON_COMPACT);
	json_decref(params);
	return market_session_act_as_text(t->market.session, t->who, &err) == 0;
}

static bool go_on(tried *t, const scenario_way *way, char why[SCENARIO_WHY])
{
	const scenario_step *step = t->step;
	bool replayed = false, good;
	json_t *reply = NULL;
	market_error err;
	int rc;

	if (step->verb == SCENARIO_AT || step->verb == SCENARIO_AFTER)
		return way->work(way->data,
		                 step->verb == SCENARIO_AT ? step->time : t->market.now + step->time,
		                 &err) == 0;
	if (step->verb != SCENARIO_CALL)
		return way->work(way->data, t->market.now, &err) == 0;
	t->market.asleep = true; /* nothing but the step itself */
	rc = way->call(way->data, t->who, step->operation, t->params, &reply, &replayed, &err);
	good = scenario_outcome(step->outcome, rc, reply, replayed, &err, &t->values, why);
	json_decref(reply);
	return good;
}

static void run_file(tried *t, const char *path, FILE *log)
{
	const market_allocator own = {own_allocate, own_reallocate, own_release, &t->own_live};
	scenario_way way = scenario_by_library(&t->market);
	char why[SCENARIO_WHY] = "";
	scenario *s = scenario_read(path, why);
	market_error err;
	bool good = s && scenario_market_open(&t->market, s, "sqlite::memory:", &own, &err) == 0 &&
	            market_provider_register(t->market.market, &quiet, &err) == 0;

	t->values.named = json_object();
	for (size_t i = 0; good && i < s->n_steps; i++) {
		const scenario_step *step = &s->steps[i];

		good = prepare(t, step, why);
		if (good && i >= s->n_own && (step->verb == SCENARIO_CALL || step->verb == SCENARIO_WORK))
			try_step(t, s, log);
		good = good && go_on(t, &way, why);
		free(t->params);
		if (!good)
			printf("FAIL %s:%d: %s\n", s->name, step->line, why);
	}
	if (!s)
		printf("FAIL %s\n", why);
	if (!good)
		failed++;
	else
		printf("%s: each of %lld allocations failed once, %lld for good, at %zu distinct sites\n",
		       s->name, (long long)all_failures, (long long)all_for_good, n_sites);
	n_sites = 0;
	all_failures = all_for_good = 0;
	scenario_market_close(&t->market);
	scenario_values_free(&t->values);
	scenario_free(s);
}

/* OpenSSL is set up once in a process, for good or not at all, and keeps what it looked up. */
static void warm_up(void)
{
	const scenario nothing = {.start = INT64_C(1767571200000)};
	static const char *const names[] = {"SHA256", "HMAC", "ED25519", "AES-256-GCM", "none"};
	scenario_market m = {0};
	market_error err;

	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_LOAD_CONFIG, NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		EVP_MD_free(EVP_MD_fetch(NULL, names[i], NULL));
		EVP_CIPHER_free(EVP_CIPHER_fetch(NULL, names[i], NULL));
		EVP_MAC_free(EVP_MAC_fetch(NULL, names[i], NULL));
		EVP_SIGNATURE_free(EVP_SIGNATURE_fetch(NULL, names[i], NULL));
	}
	ERR_clear_error();
	if (scenario_market_open(&m, &nothing, "sqlite::memory:", NULL, &err) != 0 ||
	    market_session_act_as_text(m.session, "operator:auditor", &err) != 0 ||
	    market_call(m.session, "ledger.checkpoint", "{}", NULL, &err) != 0 ||
	    market_call(m.session, "ledger.verify", "{}", NULL, &err) != 0)
		printf("FAIL memory: %s\n", err.message);
	scenario_market_close(&m);
}

int main(int argc, char **argv)
{
	tried t = {0};
	FILE *log = NULL;
	int i = 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 3 && strcmp(argv[1], "--log") == 0) {
		log = fopen(argv[2], "a");
		i = 3;
	}
	if (!failing_possible()) {
		printf("SKIP memory: a sanitizer has an allocator of its own\n0 passed, 0 failed, 1 "
		       "skipped\n");
		return 0;
	}
	seed = getenv("MARKET_TEST_SEED") ? strtoull(getenv("MARKET_TEST_SEED"), NULL, 10)
	                                  : (uint64_t)time(NULL);
	printf("seed %llu\n", (unsigned long long)seed);
	warm_up();
	t.told = mmap(NULL, sizeof(told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	try_open(&t, "sqlite::memory:", "a new store");
	for (; i < argc; i++)
		run_file(&t, argv[i], log);
	if (log)
		fclose(log);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed > 0;
}
