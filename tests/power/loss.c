/* The power goes, at moments of a scenario's day that is told from its log. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/fault.h"
#include "tests/power/cases.h"
#include "tests/power/day.h"

#define N_SCENARIOS 20
#define LONG_LOSSES 20000

static const char *const scenarios[N_SCENARIOS] = {
	"checkout",      "payouts",       "failed-refund", "refunds",          "cancel",
	"payments",      "freeze",        "late-money",    "partial-shipping", "preparing",
	"discounts",     "shipping",      "members",       "waiver",           "ledger-hold",
	"ledger-expiry", "ledger-adjust", "ledger-freeze", "ratings",          "unpaid"};

/* What a disk is like, and how often the log is checkpointed. */
typedef struct setting {
	int sector;
	bool powersafe;
	int pages;
} setting;
static const setting settings[] = {
	{4096, true, 40}, {512, true, 200}, {512, false, 40}, {4096, false, 100}, {4096, true, 4000}};
enum { N_SETTINGS = sizeof(settings) / sizeof(settings[0]) };

/* The states that the store went through, as SQL sees them. */
typedef struct walk {
	const day *day;
	disk *disk;
	uint64_t random;
	const char *scenario;
	const setting *setting;
	uint64_t *states;
	size_t n_states, room;
	size_t safe;      /* the state at the last answer */
	size_t n_answers; /* so many have been given */
	size_t n_calls;   /* so many calls have been answered */
	int opened_in;    /* one in so many losses is opened by the library */
	bool founding;
	bool *noticed; /* instead of failing */
} walk;

static struct {
	int64_t syncs, losses, opened, older, newer;
	int64_t kept, dropped, garbled, killed;
} sum;

static void run_days(int64_t wanted, int opened_in);
static void walk_day(const day *d, walk *w);
static void set_disk(const setting *s);
static bool look(walk *w);
static void answer(walk *w);
static bool chosen(walk *w, const disk_event *event);
static bool lose(walk *w, size_t event);
static bool killed(walk *w, const char *what);
static bool opens(walk *w, const disk *left, size_t event, const char *what);
static bool write_files(const disk *left);
static void report(void);

void losses(const fault_store *store)
{
	(void)store;
	memset(&sum, 0, sizeof(sum));
	power_register();
	run_days(fault_long() ? LONG_LOSSES : 1, fault_long() ? 1 : 8);
	power_unregister();
	report();
	fault_check(fault_failed() || (sum.losses >= sum.syncs && sum.syncs > N_SCENARIOS * 20),
	            "%lld losses at %lld syncs are too few", (long long)sum.losses,
	            (long long)sum.syncs);
}

void losses_of_founding(const fault_store *store)
{
	(void)store;
	memset(&sum, 0, sizeof(sum));
	power_register();
	for (int i = 0; i < (fault_long() ? 50 : 2) && !fault_failed(); i++) {
		day d = {0};
		const setting *s = &settings[i % N_SETTINGS];
		set_disk(s);
		if (day_run(&d, "ledger-expiry"))
			walk_day(&d, &(walk){.scenario = "founding",
			                     .setting = s,
			                     .random = fault_seed() + (uint64_t)i,
			                     .opened_in = 1,
			                     .founding = true});
		day_free(&d);
	}
	power_unregister();
	report();
}

/* With each setting its turn at each scenario, until so many losses have been tried. */
static void run_days(int64_t wanted, int opened_in)
{
	for (uint64_t round = 0; sum.losses < wanted && !fault_failed(); round++)
		for (uint64_t i = 0; i < N_SCENARIOS && !fault_failed(); i++) {
			const setting *s = &settings[(i + round + fault_seed()) % N_SETTINGS];
			day d = {0};
			set_disk(s);
			if (day_run(&d, scenarios[i]))
				walk_day(&d, &(walk){.scenario = scenarios[i],
				                     .setting = s,
				                     .random = fault_seed() * 1000 + round * 100 + i,
				                     .opened_in = opened_in});
			day_free(&d);
		}
}

/* Tells the log to a disk of its own, and loses the power on the way. */
static void walk_day(const day *d, walk *w)
{
	bool good;
	w->day = d;
	w->disk = disk_new();
	good = look(w);
	for (size_t i = 0; i < d->log.n && good; i++) {
		const disk_event *event = &d->log.events[i];
		while (good && w->n_answers < d->n_answers && d->answers[w->n_answers] <= i) {
			good = look(w);
			answer(w);
		}
		if (w->founding && w->n_answers > 0)
			break;
		if (good && (w->founding || w->n_answers > 0) && chosen(w, event))
			good = look(w) && lose(w, i);
		disk_apply(w->disk, event);
	}
	free(w->states);
	disk_free(w->disk);
}

static void set_disk(const setting *s)
{
	power.sector = s->sector;
	power.powersafe = s->powersafe;
	power.checkpoint_pages = s->pages;
}

/* Adds what the store is like now, if nothing is lost, to its states. */
static bool look(walk *w)
{
	uint64_t digest;
	char why[400] = "";
	if (!fault_check(day_look(w->disk, &digest, why), "%s: with nothing lost: %s", w->scenario,
	                 why))
		return false;
	if (w->n_states > 0 && w->states[w->n_states - 1] == digest)
		return true;
	if (w->n_states == w->room) {
		w->room = w->room * 2 + 64;
		w->states = realloc(w->states, w->room * sizeof(*w->states));
	}
	w->states[w->n_states++] = digest;
	return true;
}

static void answer(walk *w)
{
	const day *d = w->day;
	size_t events = d->answers[w->n_answers++];
	w->safe = w->n_states - 1;
	while (w->n_calls < d->n_calls && d->calls[w->n_calls].events <= events)
		w->n_calls++;
}

/* Every sync, and some of the writes. */
static bool chosen(walk *w, const disk_event *event)
{
	if (strstr(event->name, POWER_SANDBOX))
		return false;
	sum.syncs += event->kind == DISK_SYNC;
	return event->kind == DISK_SYNC || (disk_pending(w->disk) && fault_below(&w->random, 8) == 0);
}

static bool lose(walk *w, size_t event)
{
	disk_loss loss = {.how = fault_below(&w->random, 8) == 0 ? DISK_DROP_ALL : DISK_MIXED,
	                  .sector = w->setting->sector,
	                  .powersafe = w->setting->powersafe,
	                  .random = &w->random};
	disk *left = disk_lose(w->disk, &loss);
	uint64_t digest = 0;
	char why[400] = "", what[200];
	size_t state = w->safe;
	bool good;
	snprintf(what, sizeof(what), "%s, %d-byte sectors%s, event %zu", w->scenario, loss.sector,
	         loss.powersafe ? "" : " that are hurt whole", event);
	sum.losses++;
	sum.kept += loss.kept;
	sum.dropped += loss.dropped;
	sum.garbled += loss.garbled;
	good = fault_check(day_look(left, &digest, why), "%s: %s", what, why);
	while (good && state < w->n_states && w->states[state] != digest)
		state++;
	if (w->noticed && state == w->n_states) {
		*w->noticed = true;
		disk_free(left);
		return false;
	}
	good = good && fault_check(state < w->n_states,
	                           "%s: what is left is neither the answered nor that and what was "
	                           "under way",
	                           what);
	if (good)
		*(state == w->n_states - 1 ? &sum.newer : &sum.older) += 1;
	if (good && fault_below(&w->random, (uint64_t)w->opened_in) == 0)
		good = opens(w, left, event, what);
	disk_free(left);
	if (good && !w->founding && fault_below(&w->random, (uint64_t)w->opened_in) == 0)
		good = killed(w, what);
	return good;
}

/* The process is killed, the next one finds the call under way in the log and says so, and only
 * then the power goes. */
static bool killed(walk *w, const char *what)
{
	uint64_t random = w->random;
	disk_loss loss = {.how = DISK_DROP_ALL, .sector = 4096, .powersafe = true, .random = &random};
	const day_call *c = &w->day->calls[w->n_calls];
	scenario_market m;
	market_error err;
	disk *one, *two;
	bool answered = false, good;
	int rc;
	if (w->n_calls == w->day->n_calls || !c->kept)
		return true;
	power_insert(one = disk_clone(w->disk));
	rc = day_open(w->day, &m, w->n_calls, w->day->url, true, &err);
	if (rc == 0)
		answered = day_send(&m, c->who, c->operation, c->params, NULL, &err) == c->code &&
		           market_session_replayed(m.session);
	two = disk_lose(one, &loss);
	scenario_market_close(&m);
	disk_free(one);
	power_insert(two);
	rc = day_open(w->day, &m, w->n_calls, w->day->url, true, &err);
	good = fault_check(rc == 0, "%s, killed before: opening gives %s", what, market_error_name(rc));
	if (good && answered) {
		sum.killed++;
		good = day_check(w->day, &m, w->n_calls, w->n_calls + 1, false, what);
	}
	scenario_market_close(&m);
	disk_free(two);
	power_insert(NULL);
	return good;
}

/* By the library: one time in ten on the system's own files, else in memory. */
static bool opens(walk *w, const disk *left, size_t event, const char *what)
{
	scenario_market m;
	market_error err;
	char url[2400], keys[700];
	size_t from = w->opened_in == 1 || w->n_calls < 8 ? 0 : w->n_calls - 8;
	bool on_files = sum.opened++ % 10 == 0, good;
	bool begun = w->n_calls < w->day->n_calls && event >= w->day->calls[w->n_calls].begun;
	int rc;
	snprintf(keys, sizeof(keys), "%s", w->day->keys);
	if (event < w->day->log.seen) { /* they weren't made yet */
		snprintf(keys, sizeof(keys), "%s/new.keys", fault_folder());
		unlink(keys);
	}
	if (on_files) {
		if (!fault_check(write_files(left), "the files can't be written"))
			return false;
		snprintf(url, sizeof(url), "sqlite:%s%s?keys=%s", fault_folder(), POWER_STORE, keys);
		power_unregister();
	} else {
		snprintf(url, sizeof(url), "sqlite:%s?keys=%s", POWER_STORE, keys);
		power_insert(disk_copy(left));
	}
	rc = day_open(w->day, &m, w->n_calls, url, w->founding || !on_files, &err);
	good = fault_check(rc == 0, "%s: opening gives %s: %s", what, market_error_name(rc),
	                   rc == 0 ? "" : err.message) &&
	       day_check(w->day, &m, from, w->n_calls, begun, what);
	scenario_market_close(&m);
	if (on_files) {
		power_register();
	} else {
		disk_free(power.disk);
		power_insert(NULL);
	}
	return good;
}

static bool write_files(const disk *left)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	static const char *const stores[] = {POWER_STORE, POWER_SANDBOX};
	char path[1100];
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < 4; i++) {
			snprintf(path, sizeof(path), "%s%s%s", fault_folder(), stores[s], ends[i]);
			unlink(path);
		}
	return disk_dump(left, fault_folder());
}

static void report(void)
{
	fault_note("%lld losses of power, at each of %lld syncs and between; %lld then opened by the "
	           "library",
	           (long long)sum.losses, (long long)sum.syncs, (long long)sum.opened);
	fault_note("unsynced sectors: %lld kept, %lld dropped, %lld garbled; what was under way was "
	           "absent %lld times and whole, or nothing, %lld times",
	           (long long)sum.kept, (long long)sum.dropped, (long long)sum.garbled,
	           (long long)sum.older, (long long)sum.newer);
	if (sum.killed > 0)
		fault_note(
			"%lld times the process was killed first, and the next one's answer outlived the "
			"loss of power",
			(long long)sum.killed);
}

/* The test of the test: what NORMAL answers isn't safe yet. */
void unsynced_is_noticed(const fault_store *store)
{
	const char *before = power.synchronous;
	bool noticed = false;
	(void)store;
	memset(&sum, 0, sizeof(sum));
	power.synchronous = "NORMAL";
	power_register();
	set_disk(&settings[0]);
	for (uint64_t i = 0; i < 5 && !noticed && !fault_failed(); i++) {
		day d = {0};
		if (day_run(&d, "ledger-hold"))
			walk_day(&d, &(walk){.scenario = "ledger-hold",
			                     .setting = &settings[0],
			                     .random = fault_seed() + i,
			                     .opened_in = INT_MAX,
			                     .noticed = &noticed});
		day_free(&d);
	}
	power_unregister();
	power.synchronous = before;
	fault_check(noticed, "nobody noticed");
	fault_note("noticed by the loss number %lld", (long long)sum.losses);
}
