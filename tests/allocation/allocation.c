/*
 * Memory that runs out where tests/memory doesn't look: in the operations of several scenarios,
 * in batches, while a store is opened, and while transfers are posted to a store on disk or on a
 * server. An allocation fails, once and for good, whoever asked for it: libmarket, SQLite, jansson,
 * OpenSSL, libyaml, libpq.
 *
 *   market-allocation [--seed N] [--list] [PATTERN...]
 *
 * Each failure is tried in a process of its own, forked off right before the call. There the call
 * has to say no_memory or give what it always gives, the store has to be as before, the next call
 * has to work, and nothing may be left behind. Of each call some failures are tried, by the seed;
 * all with MARKET_TEST_LONG=1; every N-th with MARKET_ALLOCATION_STEP=N; the N-th alone, with its
 * place, with MARKET_ALLOCATION_ONLY=N.
 */
#include <dlfcn.h>
#include <market/plugin.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pwd.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/allocation/cases.h"
#include "tests/allocation/trial.h"
#include "tests/memory/failing.h"

static void warm_up(void);
static void scenarios_once(const fault_store *store);
static void scenarios_for_good(const fault_store *store);
static void run_scenario(const char *name, bool for_good);
static void opening(const fault_store *store);
static void posting(const fault_store *store);

static const char *const scenarios[] = {"checkout",           "members",      "payout-account",
                                        "ledger-hold",        "ledger-batch", "ledger-checkpoint",
                                        "ledger-two-persons", "listing"};
enum { NOBODY = 424242 }; /* a user that doesn't exist */
/* Failures tried in the short form: of each call of a scenario, and of what is slow. */
enum { MOST = 4, MOST_ON_DISK = 60, MOST_ON_SERVER = 30 };

int main(int argc, char **argv)
{
	fault_begin("allocation", argc, argv);
	if (!failing_possible()) {
		printf("SKIP allocation: a sanitizer has taken malloc\n");
		printf("0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	/* SQLite keeps small blocks of its own otherwise, and fewer allocations would be seen. */
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
	warm_up();
	fault_case("an allocation of an operation fails", FAULT_SQLITE, scenarios_once);
	fault_case("an allocation of an operation and all after it fail", FAULT_SQLITE,
	           scenarios_for_good);
	fault_case("an allocation of opening a store fails", FAULT_BOTH, opening);
	fault_case("an allocation of posting to a store on disk or a server fails", FAULT_BOTH,
	           posting);
	allocation_of_batches();
	allocation_of_stored_batches();
	return fault_end();
}

/* What libcrypto finds out about its algorithms, when it is asked why it failed, it keeps. */
static void warm_up(void)
{
	static const char *const names[] = {"SHA256", "AES-256-GCM", "HMAC", "ED25519"};

	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		EVP_MD_free(EVP_MD_fetch(NULL, names[i], NULL));
		EVP_CIPHER_free(EVP_CIPHER_fetch(NULL, names[i], NULL));
		EVP_MAC_free(EVP_MAC_fetch(NULL, names[i], NULL));
		EVP_SIGNATURE_free(EVP_SIGNATURE_fetch(NULL, names[i], NULL));
	}
	ERR_clear_error();
	/* libpq asks for the user's name, and glibc loads what may know it. */
	getpwuid(geteuid());
	getpwuid(NOBODY);
}

/* ---- scenarios ---- */

typedef struct asked {
	scenario_market *m;
	const char *who, *operation, *params;
	uint64_t reply; /* a digest */
} asked;

typedef struct way_data {
	scenario_market m;
	bool for_good;
} way_data;

static sqlite3 *connection; /* of the store in memory, which is opened before anything else is */

static int call_once(void *data, market_error *err);
static int work_once(void *data, market_error *err);
static uint64_t digest_memory(void *data);
static uint64_t digest_reply(void *data);
static void close_market(void *data);
static int way_call(void *data, const char *who, const char *operation, const char *params,
                    json_t **reply, bool *replayed, market_error *err);
static int way_work(void *data, market_time until, market_error *err);
static void way_set_time(void *data, market_time now);

/* In front of the library's own, to have the connection of a store in memory. */
int sqlite3_open_v2(const char *name, sqlite3 **db, int flags, const char *vfs)
{
	int (*real)(const char *, sqlite3 **, int, const char *);
	int rc;
	*(void **)&real = dlsym(RTLD_NEXT, "sqlite3_open_v2");
	rc = real(name, db, flags, vfs);
	if (!connection && strcmp(name, ":memory:") == 0)
		connection = *db;
	return rc;
}

static void scenarios_once(const fault_store *store)
{
	(void)store;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		run_scenario(scenarios[i], false);
	trial_report("once", 500, 60);
}

static void scenarios_for_good(const fault_store *store)
{
	(void)store;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		run_scenario(scenarios[i], true);
	trial_report("for good", 500, 60);
}

static void run_scenario(const char *name, bool for_good)
{
	way_data d = {.for_good = for_good};
	scenario_way way = {.data = &d, .call = way_call, .work = way_work, .set_time = way_set_time};
	scenario_values values = {0};
	char why[SCENARIO_WHY] = "";
	scenario *s = allocation_scenario(name);

	if (s && allocation_open(&d.m, s)) {
		fault_check(scenario_run(s, &way, &values, why), "%s", why);
		scenario_market_close(&d.m);
	}
	scenario_values_free(&values);
	scenario_free(s);
}

scenario *allocation_scenario(const char *name)
{
	char path[1000], why[SCENARIO_WHY] = "";
	const char *source = getenv("MARKET_SOURCE");
	scenario *s = NULL;

	snprintf(path, sizeof(path), "%s/tests/scenarios/%s.txt", source ? source : ".", name);
	if (!fault_failed())
		s = scenario_read(path, why);
	fault_check(s || fault_failed(), "%s", why);
	return s;
}

bool allocation_open(scenario_market *m, const scenario *s)
{
	market_error err;

	connection = NULL;
	return fault_check(scenario_market_open(m, s, "sqlite::memory:", NULL, &err) == 0, "open: %s",
	                   err.message);
}

sqlite3 *allocation_connection(void)
{
	return connection;
}

static int way_call(void *data, const char *who, const char *operation, const char *params,
                    json_t **reply, bool *replayed, market_error *err)
{
	way_data *d = data;
	asked a = {&d->m, who, operation, params, 0};
	const trial t = {.name = operation,
	                 .data = &a,
	                 .work = call_once,
	                 .result = digest_reply,
	                 .digest = digest_memory,
	                 .end = close_market,
	                 .most = MOST};
	char *text = NULL;
	int rc = d->m.asleep ? 0 : way_work(d, d->m.now, err);
	if (rc != 0)
		return rc;
	trial_run(&t, d->for_good);
	rc = market_session_act_as_text(d->m.session, who, err);
	if (rc == 0)
		rc = market_call(d->m.session, operation, params, &text, err);
	*replayed = market_session_replayed(d->m.session);
	if (rc == 0)
		*reply = json_loads(text, JSON_DECODE_ANY, NULL);
	market_text_free(text);
	return rc;
}

static int call_once(void *data, market_error *err)
{
	asked *a = data;
	char *text = NULL;
	int rc = market_session_act_as_text(a->m->session, a->who, err);
	if (rc == 0)
		rc = market_call(a->m->session, a->operation, a->params, &text, err);
	a->reply = 0;
	for (const char *c = text; c && *c; c++)
		a->reply = (a->reply ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	market_text_free(text);
	return rc;
}

static uint64_t digest_reply(void *data)
{
	return ((const asked *)data)->reply;
}

/* What a notification or a due time starts is several transactions: the store may have got further
 * when the memory runs out, and gets to the end the next time. */
static int way_work(void *data, market_time until, market_error *err)
{
	way_data *d = data;
	asked a = {.m = &d->m};
	const trial t = {
		.name = "market_work", .data = &a, .work = work_once, .end = close_market, .most = MOST};
	market_time due, sent, last = 0;
	int rc;
	d->m.asleep = false;
	for (;;) {
		trial_run(&t, d->for_good);
		rc = work_once(&a, err);
		if (rc >= 0)
			rc = market_work(d->m.session, 0, &due, err);
		if (rc >= 0)
			rc = market_sandbox_next_due(d->m.market, &sent, err);
		if (rc < 0)
			return rc;
		if (due == 0 || (sent != 0 && sent < due))
			due = sent;
		if (due == 0 || due > until || (due <= d->m.now && due == last))
			break;
		last = due;
		if (due > d->m.now)
			d->m.now = due;
	}
	if (d->m.now == until)
		return 0;
	d->m.now = until;
	rc = work_once(&a, err);
	return rc < 0 ? rc : 0;
}

/* All that is due now, and the notifications that the provider has sent. */
static int work_once(void *data, market_error *err)
{
	const asked *a = data;
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	bool any = true;
	int rc = 0;
	while (rc >= 0 && any) {
		char *body = NULL, *signature = NULL;
		int64_t number = 0;

		rc = market_work(a->m->session, 1000, NULL, err);
		any = rc > 0;
		if (rc >= 0)
			rc = market_sandbox_next_notification(a->m->market, a->m->now, &number, &body,
			                                      &signature, err);
		if (rc == 0 && body) {
			any = true;
			in.provider = "sandbox";
			in.body = body;
			in.signature = signature;
			rc = market_session_act_as_text(a->m->session, "anonymous", err);
			if (rc == 0)
				rc = market_payment_notify(a->m->session, &in, NULL, err);
			if (rc == 0)
				rc = market_sandbox_acknowledge(a->m->market, number, err);
		}
		market_text_free(body);
		market_text_free(signature);
	}
	return rc;
}

static void way_set_time(void *data, market_time now)
{
	way_data *d = data;
	d->m.now = now;
	d->m.asleep = true;
}

/* The store's image, byte for byte; 0 while a transaction is open. */
static uint64_t digest_memory(void *data)
{
	sqlite3_int64 size = 0;
	unsigned char *image;
	uint64_t digest = 0;

	(void)data;
	if (!sqlite3_get_autocommit(connection))
		return 0;
	image = sqlite3_serialize(connection, "main", &size, 0);
	for (sqlite3_int64 i = 0; image && i + 8 <= size; i += 8) {
		uint64_t word;

		memcpy(&word, image + i, sizeof(word));
		digest = (digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		digest ^= digest >> 32;
	}
	sqlite3_free(image);
	return digest;
}

static void close_market(void *data)
{
	scenario_market_close(((const asked *)data)->m);
}

/* ---- opening ---- */

typedef struct opened {
	const fault_store *store;
	fault_store own;
	market *market;
} opened;

static int open_once(void *data, market_error *err);
static bool new_file(void *data, int64_t n);
static void remove_file(void *data);
static void nothing(void *data);

static void opening(const fault_store *store)
{
	opened o = {.store = store, .own = *store};
	trial t = {.name = "market_open", .data = &o, .work = open_once, .end = nothing};
	fault_market m;
	if (!fault_open(&m, store, "maker"))
		return;
	fault_close(&m);
	t.server = store->postgres;
	t.most = t.server ? MOST_ON_SERVER : MOST_ON_DISK;
	trial_run(&t, false);
	trial_run(&t, true);
	trial_report("an existing store", 60, 10);
	if (store->postgres)
		return;
	t.name = "market_open of a new store";
	t.begin = new_file;
	t.end = remove_file;
	trial_run(&t, false);
	trial_run(&t, true);
	trial_report("a new store", 60, 10);
}

static int open_once(void *data, market_error *err)
{
	const opened *o = data;
	market_options options = MARKET_OPTIONS_INIT;
	market *market = NULL;
	market_session *session = NULL;
	market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "opener", .rights = MARKET_RIGHT_ALL};
	int rc;
	options.flags = MARKET_OPEN_CREATE;
	rc = market_open(o->own.url, &options, &market, err);
	if (rc == 0)
		rc = market_session_open(market, &actor, &session, err);
	market_session_close(session);
	market_close(market);
	return rc;
}

static bool new_file(void *data, int64_t n)
{
	opened *o = data;
	snprintf(o->own.target, sizeof(o->own.target), "%s/new-%lld.db", fault_folder(), (long long)n);
	snprintf(o->own.url, sizeof(o->own.url), "sqlite:%.1000s", o->own.target);
	remove_file(data);
	return true;
}

static void remove_file(void *data)
{
	static const char *const ends[] = {"", "-wal", "-shm", ".keys", ".keys.new"};
	opened *o = data;
	char path[1200];
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", o->own.target, ends[i]);
		unlink(path);
	}
}

static void nothing(void *data)
{
	(void)data;
}

/* ---- posting ---- */

typedef struct posted {
	const fault_store *store;
	fault_market m;
	int64_t n;
	int sent;
} posted;

static bool open_to_post(void *data, int64_t n);
static int post_once(void *data, market_error *err);
static int post_next(void *data, market_error *err);
static uint64_t count_rows(void *data);
static void close_posted(void *data);

static void posting(const fault_store *store)
{
	posted p = {.store = store};
	trial t = {.name = "ledger.batch",
	           .data = &p,
	           .begin = open_to_post,
	           .work = post_once,
	           .again = post_next,
	           .digest = count_rows,
	           .end = close_posted,
	           .most = store->postgres ? MOST_ON_SERVER : MOST_ON_DISK,
	           .alone = true,
	           .server = store->postgres};
	fault_market m;
	char params[FAULT_TRANSFER_SIZE];
	if (!fault_open(&m, store, "seed"))
		return;
	fault_transfer(params, NULL, "seed:1", "psp_clearing", "escrow:0", 100000);
	fault_check(fault_send(&m, "ledger.transfer", params) == 0, "seed: %s", m.err.message);
	fault_close(&m);
	trial_run(&t, false);
	trial_run(&t, true);
	trial_report("once and for good", 60, 10);
	fault_check_ledger(store, NULL);
}

static bool open_to_post(void *data, int64_t n)
{
	posted *p = data;
	p->n = n;
	p->sent = 0;
	return fault_open(&p->m, p->store, "poster");
}

static int post_once(void *data, market_error *err)
{
	posted *p = data;
	char params[1000], text[200], *reply = NULL;
	int rc;
	snprintf(text, sizeof(text), "%d-%lld-%d", (int)getpid(), (long long)p->n, p->sent);
	snprintf(params, sizeof(params),
	         "{\"key\":\"%s\",\"transfers\":["
	         "{\"client_id\":\"there:%s\",\"legs\":["
	         "{\"account\":\"escrow:0\",\"debit\":{\"amount\":\"0.01\",\"currency\":\"BRL\"}},"
	         "{\"account\":\"escrow:1\",\"credit\":{\"amount\":\"0.01\",\"currency\":\"BRL\"}}]},"
	         "{\"client_id\":\"back:%s\",\"legs\":["
	         "{\"account\":\"escrow:1\",\"debit\":{\"amount\":\"0.01\",\"currency\":\"BRL\"}},"
	         "{\"account\":\"escrow:0\",\"credit\":{\"amount\":\"0.01\",\"currency\":\"BRL\"}}]}]}",
	         text, text, text);
	rc = market_call(p->m.session, "ledger.batch", params, &reply, err);
	market_text_free(reply);
	return rc;
}

static int post_next(void *data, market_error *err)
{
	((posted *)data)->sent++;
	return post_once(data, err);
}

static uint64_t count_rows(void *data)
{
	const posted *p = data;
	return (uint64_t)fault_number(
		p->store,
		"SELECT (SELECT COUNT(*) FROM journal) * 1000000000 + (SELECT COUNT(*) FROM leg) * "
		"100000 + (SELECT CAST(SUM(version) AS BIGINT) FROM account)");
}

static void close_posted(void *data)
{
	fault_close(&((posted *)data)->m);
}
