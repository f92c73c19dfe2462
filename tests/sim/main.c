/*
 * market-sim SEED [--steps N] [--store URL] [--no-faults] [--trace]
 * market-sim --suite [--seeds N] [--first SEED] [--steps N] [--log FILE]
 *
 * One run: a market driven by SEED for N steps (500) and compared with the model. The suite makes
 * many, on stores in memory and in files, with faults and without, and one of them twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/sim.h"

typedef struct plan {
	uint64_t seed;
	int64_t steps;
	const char *url;
	bool faults, trace;
} plan;

/* What all runs did. */
typedef struct total {
	int64_t runs, steps, checks, timed, provider, no_memory, conflicts, reopened;
	int64_t finished, paid_out, refunded;
	sim_count counts[SIM_OPERATIONS];
} total;

static const sim_action *const groups[] = {
	sim_party_actions,    sim_onboarding_actions,  sim_catalog_actions,  sim_order_actions,
	sim_payment_actions,  sim_settle_actions,      sim_rating_actions,   sim_ledger_actions,
	sim_read_actions,     sim_change_actions,      sim_brand_actions,    sim_member_actions,
	sim_identity_actions, sim_agency_actions,      sim_standing_actions, sim_front_actions,
	sim_deposit_actions,  sim_service_fee_actions, sim_listing_actions,
};
#define N_GROUPS (sizeof(groups) / sizeof(groups[0]))

static int passed, failed;
static const char *names;
static uint64_t first_seed; /* the suite's come after it */

static bool run(const plan *p, total *t, uint64_t *digest);
static void step(sim *s);
static const sim_action *choose(sim *s);
static void pass_time(sim *s);
static void add_up(const sim *s, total *t);
static void explain(const sim *s, const plan *p);
static void print_total(const total *t);
static void forget(sim *s);
static int suite(int64_t seeds, int64_t steps);
static void result(const char *name, bool good);
static bool with_faults(int64_t seeds, int64_t steps, total *t);
static bool without_faults(int64_t seeds, int64_t steps, total *t);
static bool in_files(int64_t seeds, int64_t steps, total *t);
static bool twice(int64_t steps);
static bool all_modelled(void);

int main(int argc, char **argv)
{
	plan p = {.steps = 500, .url = "sqlite::memory:", .faults = true};
	int64_t seeds = 200;
	bool all = false;
	total *t = calloc(1, sizeof(*t));
	uint64_t digest = 0;
	bool good;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--suite") == 0)
			all = true;
		else if (strcmp(argv[i], "--trace") == 0)
			p.trace = true;
		else if (strcmp(argv[i], "--no-faults") == 0)
			p.faults = false;
		else if (strcmp(argv[i], "--steps") == 0)
			p.steps = atoll(value), i++;
		else if (strcmp(argv[i], "--seeds") == 0)
			seeds = atoll(value), i++;
		else if (strcmp(argv[i], "--first") == 0)
			first_seed = strtoull(value, NULL, 10), i++;
		else if (strcmp(argv[i], "--store") == 0)
			p.url = value, i++;
		else if (strcmp(argv[i], "--log") == 0)
			names = value, i++;
		else
			p.seed = strtoull(argv[i], NULL, 10);
	}
	if (!t)
		return 2;
	if (all) {
		free(t);
		return suite(seeds, p.steps);
	}
	good = run(&p, t, &digest);
	print_total(t);
	printf("seed %llu, %lld steps, trace %016llx: %s\n", (unsigned long long)p.seed,
	       (long long)p.steps, (unsigned long long)digest, good ? "equal to the model" : "FAILED");
	free(t);
	return good ? 0 : 1;
}

/* ---- one run ---- */

static bool run(const plan *p, total *t, uint64_t *digest)
{
	sim *s = calloc(1, sizeof(*s));
	bool good;

	if (!s)
		abort();
	s->seed = p->seed;
	s->steps = p->steps;
	s->faults = p->faults;
	s->trace = p->trace;
	s->random = p->seed * UINT64_C(1000003);
	s->provider_random = p->seed + 77;
	s->fault_random = p->seed + 99;
	s->digest = UINT64_C(0xcbf29ce484222325);
	s->now = SIM_START;
	sim_make_policy(s);
	if (sim_open(s, p->url)) {
		sim_setup_party(s);
		sim_setup_agencies(s);
		sim_setup_fronts(s);
		sim_setup_brands(s);
		sim_setup_catalog(s);
		sim_check_touched(s);
		for (s->step = 1; s->step <= s->steps && !s->failed; s->step++)
			step(s);
		sim_work(s);
		sim_check_touched(s);
		sim_check_all(s);
	}
	if (s->failed)
		explain(s, p);
	good = !s->failed;
	*digest = s->digest;
	add_up(s, t);
	sim_close(s);
	forget(s);
	return good;
}

static void step(sim *s)
{
	pass_time(s);
	if (strcmp(s->url, "sqlite::memory:") != 0 && sim_chance(s, 1))
		sim_reopen(s);
	if (sim_chance(s, 25))
		sim_work(s);
	else
		choose(s)->run(s);
	sim_check_touched(s);
	if (s->step % 100 != 0)
		return;
	sim_work(s);
	sim_check_touched(s);
	sim_check_all(s);
}

static const sim_action *choose(sim *s)
{
	int64_t sum = 0, x;

	for (size_t g = 0; g < N_GROUPS; g++)
		for (const sim_action *a = groups[g]; a->operation; a++)
			sum += a->weight;
	x = sim_below(s, sum);
	for (size_t g = 0; g < N_GROUPS; g++)
		for (const sim_action *a = groups[g]; a->operation; a++)
			if ((x -= a->weight) < 0)
				return a;
	return groups[0];
}

/* Mostly minutes, sometimes days. */
static void pass_time(sim *s)
{
	int64_t x = sim_below(s, 100);

	s->now += 1 + (x < 85   ? sim_below(s, 2 * SIM_MINUTE)
	               : x < 96 ? sim_below(s, 6 * SIM_HOUR)
	               : x < 99 ? sim_below(s, 2 * SIM_DAY)
	                        : sim_below(s, 12 * SIM_DAY));
}

static void add_up(const sim *s, total *t)
{
	t->runs++;
	t->steps += s->step > 0 ? s->step - 1 : 0;
	t->checks += s->checks;
	t->timed += s->timed;
	t->provider += s->provider_calls;
	t->no_memory += s->no_memory;
	t->conflicts += s->conflicts;
	t->reopened += s->reopened;
	t->finished += s->finished;
	t->paid_out += s->paid_out;
	t->refunded += s->refunded;
	for (size_t i = 0; i < 256; i++) {
		t->counts[i].ok += s->counts[i].ok;
		t->counts[i].refused += s->counts[i].refused;
	}
}

static void explain(const sim *s, const plan *p)
{
	printf("FAIL seed %llu, step %lld\n  %s\n  %s\n", (unsigned long long)s->seed,
	       (long long)s->step, s->shown, s->problem);
	printf("  again: tests/sim/market-sim %llu --steps %lld%s%s --trace\n",
	       (unsigned long long)s->seed, (long long)s->steps, p->faults ? "" : " --no-faults",
	       strcmp(p->url, "sqlite::memory:") == 0 ? "" : " --store URL");
}

static void print_total(const total *t)
{
	for (size_t i = 0; i < 256 && mk_op_at(i); i++)
		if (t->counts[i].ok + t->counts[i].refused > 0)
			printf("  %-28s %8lld ok %8lld refused\n", mk_op_at(i)->name,
			       (long long)t->counts[i].ok, (long long)t->counts[i].refused);
	printf("  %lld runs, %lld steps, %lld values compared; %lld things by time, %lld calls of the "
	       "provider; %lld failed allocations, %lld conflicts, %lld times reopened\n",
	       (long long)t->runs, (long long)t->steps, (long long)t->checks, (long long)t->timed,
	       (long long)t->provider, (long long)t->no_memory, (long long)t->conflicts,
	       (long long)t->reopened);
	printf("  %lld orders finished, %lld payouts paid, %lld refunds done\n", (long long)t->finished,
	       (long long)t->paid_out, (long long)t->refunded);
}

static void forget(sim *s)
{
	free(s->accounts.at);
	free(s->buyers.at);
	free(s->sellers.at);
	free(s->members.at);
	free(s->violations.at);
	free(s->agents.at);
	free(s->delegations.at);
	free(s->submissions.at);
	free(s->products.at);
	free(s->changes.at);
	free(s->authorisations.at);
	free(s->identities.at);
	free(s->offers.at);
	free(s->skus.at);
	free(s->stocks.at);
	free(s->orders.at);
	free(s->groups.at);
	free(s->payments.at);
	free(s->refunds.at);
	free(s->lots.at);
	free(s->payouts.at);
	free(s->requests.at);
	free(s->moves.at);
	free(s->ratings.at);
	free(s->by_hand.at);
	free(s->second.at);
	free(s->entries.at);
	free(s->sent.at);
	free(s);
}

/* ---- the suite ---- */

static int suite(int64_t seeds, int64_t steps)
{
	total *t = calloc(1, sizeof(*t));

	if (!t)
		return 2;
	result("sim: every operation flagged money, stock or state has a model", all_modelled());
	result("sim: with faults, the market is equal to the model after each operation",
	       with_faults(seeds, steps, t));
	result("sim: without faults orders are finished and payouts paid",
	       without_faults(seeds / 10 + 1, steps, t));
	result("sim: stores in files are opened again between operations",
	       in_files(seeds / 40 + 1, steps, t));
	result("sim: the same seed gives the same trace", twice(steps));
	print_total(t);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	free(t);
	return failed > 0;
}

static void result(const char *name, bool good)
{
	FILE *file = good && names ? fopen(names, "a") : NULL;

	printf("%s %s\n", good ? "ok  " : "FAIL", name);
	fflush(stdout);
	if (file) {
		fprintf(file, "%s\n", name);
		fclose(file);
	}
	good ? passed++ : failed++;
}

static bool with_faults(int64_t seeds, int64_t steps, total *t)
{
	bool good = true;
	uint64_t digest;

	for (int64_t i = 1; i <= seeds; i++) {
		const plan p = {first_seed + (uint64_t)i, steps, "sqlite::memory:", true, false};

		good = run(&p, t, &digest) && good;
	}
	return good;
}

/* Progress: what a marketplace is for gets done. */
static bool without_faults(int64_t seeds, int64_t steps, total *t)
{
	total own = {0};
	uint64_t digest;
	bool good = true;

	for (int64_t i = 1; i <= seeds; i++) {
		const plan p = {first_seed + 100000 + (uint64_t)i, steps, "sqlite::memory:", false, false};

		good = run(&p, &own, &digest) && good;
	}
	if (own.finished < own.steps / 200 || own.paid_out < own.steps / 1000) {
		printf("FAIL in %lld steps %lld orders were finished and %lld payouts paid\n",
		       (long long)own.steps, (long long)own.finished, (long long)own.paid_out);
		good = false;
	}
	t->runs += own.runs;
	t->steps += own.steps;
	t->checks += own.checks;
	return good;
}

static bool in_files(int64_t seeds, int64_t steps, total *t)
{
	const char *folder = getenv("TMPDIR");
	char path[1000], url[1100], file[1100];
	static const char *const ends[] = {"", ".keys", "-wal", "-shm"};
	bool good = true;
	uint64_t digest;

	for (int64_t i = 1; i <= seeds; i++) {
		plan p = {first_seed + 200000 + (uint64_t)i, steps, url, true, false};

		snprintf(path, sizeof(path), "%s/sim-%ld-%lld.db", folder ? folder : "/tmp", (long)getpid(),
		         (long long)i);
		snprintf(url, sizeof(url), "sqlite:%s", path);
		good = run(&p, t, &digest) && good;
		for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++) {
			snprintf(file, sizeof(file), "%s%s", path, ends[k]);
			unlink(file);
		}
	}
	return good;
}

static bool twice(int64_t steps)
{
	const plan p = {first_seed + 300001, steps, "sqlite::memory:", true, false};
	total unused = {0};
	uint64_t first = 0, second = 1;
	bool good = run(&p, &unused, &first) && run(&p, &unused, &second);

	if (good && first != second)
		printf("FAIL the traces of seed %llu differ: %016llx, %016llx\n",
		       (unsigned long long)p.seed, (unsigned long long)first, (unsigned long long)second);
	return good && first == second;
}

/* By name; provider outcomes, payout days and lapses are made by time as well. */
static bool all_modelled(void)
{
	bool good = true;

	for (size_t i = 0; mk_op_at(i); i++) {
		const mk_op *op = mk_op_at(i);
		bool found = (op->flags & (MK_OP_MONEY | MK_OP_STOCK | MK_OP_STATE)) == 0;

		for (size_t g = 0; g < N_GROUPS; g++)
			for (const sim_action *a = groups[g]; a->operation; a++)
				found = found || strcmp(a->operation, op->name) == 0;
		if (!found)
			printf("FAIL %s has no model (docs/howto/model-an-operation.md)\n", op->name);
		good = good && found;
	}
	return good;
}
