#include "tests/allocation/trial.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/fault.h"
#include "tests/memory/failing.h"

#define AT_ONCE 2
#define MOST_SITES 65536
#define MOST_LIBRARIES 20
#define OWN_FRAMES 2 /* of what makes allocations fail */

/* What a process tells of its try. */
typedef struct outcome {
	bool began, failed, told;
	int64_t count, live;
	int first, second;
	bool changed;
	uint64_t result, state;
	uint64_t site;
	char library[40];
	char message[200], after[400];
} outcome;

typedef struct running {
	pid_t process;
	int64_t n;
	outcome *outcome; /* shared */
} running;

static struct {
	int64_t tries, n_sites, n_libraries;
	uint64_t sites[MOST_SITES];
	struct {
		char name[40];
		int64_t tries;
	} libraries[MOST_LIBRARIES];
} seen;

static running at_work[AT_ONCE];

static void start(running *r, const trial *t, int64_t n, bool for_good);
static void try_one(const trial *t, int64_t n, bool for_good, outcome *out);
static void name_library(char out[40]);
static void print_site(void);
static running *finish_any(const trial *t, const outcome *clean, bool for_good);
static void judge(const trial *t, const outcome *clean, const outcome *got, int64_t n,
                  bool for_good);
static void remember(const outcome *got);

void trial_run(const trial *t, bool for_good)
{
	static uint64_t random;
	outcome clean;
	int64_t step = 1, first;
	const char *wish = getenv("MARKET_ALLOCATION_STEP"), *only = getenv("MARKET_ALLOCATION_ONLY");
	if (fault_failed())
		return;
	for (int i = 0; i < AT_ONCE; i++)
		if (!at_work[i].outcome)
			at_work[i].outcome = fault_shared(sizeof(outcome));
	start(&at_work[0], t, 0, for_good);
	while (!finish_any(t, NULL, for_good))
		continue;
	clean = *at_work[0].outcome;
	if (!fault_check(clean.told && clean.began, "%s: it can't be tried: %s", t->name,
	                 clean.message))
		return;
	if (!fault_long() && t->most > 0 && clean.count > t->most)
		step = clean.count / t->most;
	if (wish)
		step = atoi(wish);
	if (random == 0)
		random = fault_seed();
	first = 1 + (int64_t)fault_below(&random, (uint64_t)step);
	if (only) {
		first = atoi(only);
		step = clean.count;
	}
	for (int64_t n = first; n <= clean.count && !fault_failed(); n += step) {
		running *free_one = NULL;
		for (int i = 0; i < (t->alone ? 1 : AT_ONCE); i++)
			if (!at_work[i].process)
				free_one = &at_work[i];
		if (!free_one)
			free_one = finish_any(t, &clean, for_good);
		start(free_one, t, n, for_good);
	}
	while (finish_any(t, &clean, for_good))
		continue;
}

void trial_report(const char *what, int64_t least_tries, int64_t least_sites)
{
	char text[600] = "";
	size_t used = 0;
	for (int64_t i = 0; i < seen.n_libraries && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %lld", i ? ", " : "",
		                         seen.libraries[i].name, (long long)seen.libraries[i].tries);
	fault_note("%s: %lld failed allocations at %lld distinct sites (%s)", what,
	           (long long)seen.tries, (long long)seen.n_sites, text);
	fault_check(seen.tries >= least_tries && seen.n_sites >= least_sites,
	            "%lld failures at %lld sites are fewer than %lld at %lld", (long long)seen.tries,
	            (long long)seen.n_sites, (long long)least_tries, (long long)least_sites);
	memset(&seen, 0, sizeof(seen));
	memset(at_work, 0, sizeof(at_work));
}

static void start(running *r, const trial *t, int64_t n, bool for_good)
{
	memset(r->outcome, 0, sizeof(*r->outcome));
	r->n = n;
	fflush(stdout);
	r->process = fork();
	if (r->process != 0)
		return;
	alarm(60);
	try_one(t, n, for_good, r->outcome);
	_exit(0);
}

static void try_one(const trial *t, int64_t n, bool for_good, outcome *out)
{
	market_error err = {0};
	uint64_t before;
	int64_t live = failing_live();
	out->began = !t->begin || t->begin(t->data, n);
	if (out->began) {
		before = t->digest && !t->expected ? t->digest(t->data) : 0;
		failing_begin(n, for_good);
		out->first = t->work(t->data, &err);
		out->count = failing_end();
		out->failed = failing_hit();
		out->result = t->result ? t->result(t->data) : 0;
		if (out->failed) {
			out->site = failing_site();
			name_library(out->library);
		}
		snprintf(out->message, sizeof(out->message), "%.199s", err.message);
		out->state = t->digest ? t->digest(t->data) : 0;
		out->changed = out->state != before;
		out->second = (t->again ? t->again : t->work)(t->data, &err);
		snprintf(out->after, sizeof(out->after), "%.199s %.199s", err.message, err.detail);
	}
	t->end(t->data);
	/* libcrypto keeps its last errors for each thread. */
	ERR_clear_error();
	OPENSSL_thread_stop();
	out->live = failing_live() - live;
	out->told = true;
	if (getenv("MARKET_ALLOCATION_ONLY") && out->failed)
		print_site();
}

/* strdup and the like ask for somebody else. */
static void name_library(char out[40])
{
	void *frames[FAILING_FRAMES];
	int n = failing_frames(frames);
	Dl_info info;

	snprintf(out, 40, "?");
	for (int i = OWN_FRAMES; i < n; i++) {
		const char *slash;

		if (!dladdr(frames[i], &info) || !info.dli_fname || strstr(info.dli_fname, "libc.so"))
			continue;
		slash = strrchr(info.dli_fname, '/');
		snprintf(out, 40, "%.39s", slash ? slash + 1 : info.dli_fname);
		return;
	}
}

static void print_site(void)
{
	void *frames[FAILING_FRAMES];

	backtrace_symbols_fd(frames, failing_frames(frames), 2);
}

/* Waits for one; NULL when none is at work. */
static running *finish_any(const trial *t, const outcome *clean, bool for_good)
{
	int status = 0;
	pid_t process;
	for (;;) {
		bool any = false;
		for (int i = 0; i < AT_ONCE; i++)
			any = any || at_work[i].process;
		if (!any)
			return NULL;
		process = waitpid(-1, &status, 0);
		if (process < 0 && errno != EINTR)
			return NULL;
		for (int i = 0; i < AT_ONCE; i++) {
			running *r = &at_work[i];
			if (r->process != process)
				continue;
			r->process = 0;
			fault_check(WIFEXITED(status),
			            "%s: allocation %lld%s: the process ended with signal %d", t->name,
			            (long long)r->n, for_good ? " and all after it" : "", WTERMSIG(status));
			if (clean)
				judge(t, clean, r->outcome, r->n, for_good);
			return r;
		}
	}
}

static void judge(const trial *t, const outcome *clean, const outcome *got, int64_t n,
                  bool for_good)
{
	const char *mode = for_good ? " and all after it" : "";
	bool unknown = t->server && got->first == MARKET_EUNKNOWN;
	bool refused =
		got->first == MARKET_ENOMEM || unknown || (t->server && got->first == MARKET_EUNAVAILABLE);
	int want = refused ? clean->first : clean->second;
	if (fault_failed() || !got->failed)
		return;
	remember(got);
	fault_check(refused || got->first == clean->first || (got->first > 0 && clean->first >= 0),
	            "%s: allocation %lld%s, asked for by %s: %s (%s), not %s", t->name, (long long)n,
	            mode, got->library, market_error_name(got->first), got->message,
	            market_error_name(clean->first));
	if (t->expected) {
		fault_check(got->state == t->expected(t->data, got->result),
		            "%s: allocation %lld%s, asked for by %s: the store isn't what was answered",
		            t->name, (long long)n, mode, got->library);
	}
	fault_check(refused || t->expected || got->result == clean->result,
	            "%s: allocation %lld%s, asked for by %s: it gives something else", t->name,
	            (long long)n, mode, got->library);
	fault_check(!refused || unknown || t->expected || !got->changed,
	            "%s: allocation %lld%s, asked for by %s: the store has changed", t->name,
	            (long long)n, mode, got->library);
	fault_check(got->second == want || (got->second > 0 && want >= 0),
	            "%s: after allocation %lld%s, asked for by %s: the next call gives %s (%s), not %s",
	            t->name, (long long)n, mode, got->library, market_error_name(got->second),
	            got->after, market_error_name(want));
	fault_check(got->live <= clean->live,
	            "%s: allocation %lld%s, asked for by %s: %lld blocks are lost", t->name,
	            (long long)n, mode, got->library, (long long)(got->live - clean->live));
}

static void remember(const outcome *got)
{
	uint64_t slot = got->site % MOST_SITES;
	int64_t i = 0;
	seen.tries++;
	while (seen.sites[slot] != 0 && seen.sites[slot] != got->site)
		slot = (slot + 1) % MOST_SITES;
	seen.n_sites += seen.sites[slot] == 0;
	seen.sites[slot] = got->site;
	while (i < seen.n_libraries && strcmp(seen.libraries[i].name, got->library) != 0)
		i++;
	if (i == MOST_LIBRARIES)
		return;
	if (i == seen.n_libraries)
		snprintf(seen.libraries[seen.n_libraries++].name, sizeof(seen.libraries[0].name), "%s",
		         got->library);
	seen.libraries[i].tries++;
}
