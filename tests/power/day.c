#include "tests/power/day.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmarket/op/op.h"
#include "tests/fault/fault.h"

#define CALLS_A_CHECKPOINT 6
#define CHECKER "operator:power"

static int call(void *data, const char *who, const char *operation, const char *params,
                json_t **reply, bool *replayed, market_error *err);
static int work(void *data, market_time until, market_error *err);
static void set_time(void *data, market_time now);
static int record(day *d, const char *who, const char *operation, const char *params,
                  json_t **reply, bool *replayed, market_error *err);
static bool refusal_kept(day *d, const day_call *c);
static char *with_key(const char *params, size_t number);
static void answered(day *d);
static market_time day_clock(void *user_data);
static bool look_at_tables(sqlite3 *db, uint64_t *digest, char why[400]);
static bool look_at_rows(sqlite3 *db, const char *sql, uint64_t *digest);
static bool say_again(const day *d, scenario_market *m, size_t i, const char *what);
static char *id_of(const char *reply);
static bool verify(const day *d, scenario_market *m, size_t n_calls, const char *what);

bool day_run(day *d, const char *name)
{
	scenario_way way = {.data = d, .call = call, .work = work, .set_time = set_time};
	scenario_values values = {0};
	char path[1000], why[SCENARIO_WHY] = "";
	const char *source = getenv("MARKET_SOURCE");
	market_error err;
	scenario *s;
	int rc;
	snprintf(path, sizeof(path), "%.800s/tests/scenarios/%.100s.txt", source ? source : ".", name);
	s = scenario_read(path, why);
	if (!fault_check(s != NULL, "%s", why))
		return false;
	snprintf(d->keys, sizeof(d->keys), "%s/%s.keys", fault_folder(), name);
	snprintf(d->url, sizeof(d->url), "sqlite:%s?keys=%s", POWER_STORE, d->keys);
	unlink(d->keys);
	d->log.watched = d->keys;
	power_insert(disk_new());
	power.log = &d->log;
	rc = scenario_market_open(&d->m, s, d->url, NULL, &err);
	answered(d);
	if (fault_check(rc == 0, "%s: open: %s", name, rc == 0 ? "" : err.message)) {
		d->inner = scenario_by_library(&d->m);
		fault_check(scenario_run(s, &way, &values, why), "%s", why);
		market_session_close(d->m.session);
		market_close(d->m.market);
	}
	power.log = NULL;
	disk_free(power.disk);
	power_insert(NULL);
	scenario_values_free(&values);
	scenario_free(s);
	return !fault_failed();
}

void day_free(day *d)
{
	for (size_t i = 0; i < d->n_calls; i++) {
		day_call *c = &d->calls[i];
		free(c->who);
		free(c->operation);
		free(c->params);
		free(c->id);
		free(c->anchor);
	}
	free(d->calls);
	free(d->answers);
	power_log_clear(&d->log);
	memset(d, 0, sizeof(*d));
}

int day_open(const day *d, scenario_market *m, size_t n_calls, const char *url, bool create,
             market_error *err)
{
	market_options options = MARKET_OPTIONS_INIT;
	int rc;
	memset(m, 0, sizeof(*m));
	m->now = n_calls < d->n_calls ? d->calls[n_calls].now : d->m.now;
	options.flags = create ? MARKET_OPEN_CREATE : 0;
	options.clock = day_clock;
	options.user_data = m;
	rc = market_open(url, &options, &m->market, err);
	if (rc == 0)
		rc = market_session_open(m->market, NULL, &m->session, err);
	return rc;
}

int day_send(scenario_market *m, const char *who, const char *operation, const char *params,
             char **reply, market_error *err)
{
	char *text = NULL;
	int rc = market_session_act_as_text(m->session, who, err);
	if (rc == 0)
		rc = market_call(m->session, operation, params, &text, err);
	if (reply)
		*reply = text ? strdup(text) : NULL;
	market_text_free(text);
	return rc;
}

const char *day_anchor(const day *d, size_t n_calls)
{
	for (size_t i = n_calls; i > 0; i--)
		if (d->calls[i - 1].anchor)
			return d->calls[i - 1].anchor;
	return NULL;
}

bool day_look(const disk *d, uint64_t *digest, char why[400])
{
	struct power_state kept = power;
	sqlite3 *db = NULL;
	bool good;
	power.log = NULL;
	power.fault = POWER_NONE;
	power_insert(disk_copy(d));
	*digest = UINT64_C(0xcbf29ce484222325);
	good = sqlite3_open_v2(POWER_STORE, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "power") ==
	       SQLITE_OK;
	if (good) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		good = look_at_tables(db, digest, why);
	} else {
		snprintf(why, 400, "%s", sqlite3_errmsg(db));
	}
	sqlite3_close(db);
	disk_free(power.disk);
	power = kept;
	return good;
}

bool day_check(const day *d, scenario_market *m, size_t from, size_t n_calls, bool begun,
               const char *what)
{
	static int64_t number;
	market_error err;
	char params[FAULT_TRANSFER_SIZE], id[40];
	int rc;
	for (size_t i = from; i < n_calls; i++)
		if (d->calls[i].kept && !say_again(d, m, i, what))
			return false;
	if (n_calls < d->n_calls && d->calls[n_calls].writes) {
		const day_call *c = &d->calls[n_calls];
		scenario_way way = scenario_by_library(m);
		json_t *reply = NULL;
		bool again;
		m->now = c->now;
		m->asleep = c->asleep;
		rc = way.call(way.data, c->who, c->operation, c->params, &reply, &again, &err);
		json_decref(reply);
		if (!fault_check(
				rc == c->code || (!begun && market_error_class_of(rc) == MARKET_CLASS_STATE),
				"%s: %s, which was under way, now gives %s: %s, not %s", what, c->operation,
				market_error_name(rc), rc == 0 ? "" : err.message, market_error_name(c->code)))
			return false;
	}
	if (!verify(d, m, n_calls, what))
		return false;
	snprintf(id, sizeof(id), "next:%lld", (long long)number++);
	fault_transfer(params, id, id, "psp_clearing", "escrow:power", 100);
	for (char *c = params; *c; c++)
		if (*c == '\'')
			*c = '"';
	rc = day_send(m, CHECKER, "ledger.transfer", params, NULL, &err);
	return fault_check(rc == 0, "%s: the next operation: %s: %s", what, market_error_name(rc),
	                   rc == 0 ? "" : err.message);
}

/* ---- the way that the scenario is run ---- */

static int call(void *data, const char *who, const char *operation, const char *params,
                json_t **reply, bool *replayed, market_error *err)
{
	day *d = data;
	json_t *anchor = NULL;
	bool again;
	int rc;
	if (d->n_calls % CALLS_A_CHECKPOINT == CALLS_A_CHECKPOINT - 1) {
		rc = record(d, CHECKER, "ledger.checkpoint", "{}", &anchor, &again, err);
		json_decref(anchor);
		if (rc != 0)
			return rc;
	}
	return record(d, who, operation, params, reply, replayed, err);
}

static int work(void *data, market_time until, market_error *err)
{
	day *d = data;
	int rc;
	if (d->before)
		d->before(d, NULL);
	rc = d->inner.work(&d->m, until, err);
	answered(d);
	return rc;
}

static void set_time(void *data, market_time now)
{
	day *d = data;
	d->inner.set_time(&d->m, now);
}

static int record(day *d, const char *who, const char *operation, const char *params,
                  json_t **reply, bool *replayed, market_error *err)
{
	const mk_op *op = mk_op_find(operation);
	bool keyed = strcmp(who, "anonymous") != 0; /* they have no keys */
	day_call c = {.who = strdup(who),
	              .operation = strdup(operation),
	              .params = keyed ? with_key(params, d->n_calls) : strdup(params),
	              .now = d->m.now,
	              .asleep = d->m.asleep,
	              .writes = keyed && op && (op->flags & MK_OP_WRITES)};
	const char *text;
	*reply = NULL;
	c.code = d->m.asleep ? 0 : work(d, d->m.now, err);
	if (c.code != 0)
		return c.code;
	c.begun = d->log.n;
	if (d->before)
		d->before(d, &c);
	c.code = d->inner.call(&d->m, who, operation, c.params, reply, replayed, err);
	answered(d);
	c.kept = c.writes && (c.code == 0 || refusal_kept(d, &c));
	c.events = d->log.n;
	text = json_string_value(json_object_get(*reply, "id"));
	c.id = strdup(text ? text : "");
	text = json_string_value(json_object_get(*reply, "anchor"));
	c.anchor = text ? strdup(text) : NULL;
	if (d->n_calls == d->room) {
		d->room = d->room * 2 + 64;
		d->calls = realloc(d->calls, d->room * sizeof(*d->calls));
	}
	d->calls[d->n_calls++] = c;
	return c.code;
}

/* Some refusals tell of the call alone and aren't kept with its key. */
static bool refusal_kept(day *d, const day_call *c)
{
	market_error err;
	day_send(&d->m, c->who, c->operation, c->params, NULL, &err);
	answered(d);
	return market_session_replayed(d->m.session);
}

static char *with_key(const char *params, size_t number)
{
	json_t *all = json_loads(params, 0, NULL);
	char key[40], *text;
	snprintf(key, sizeof(key), "day-%zu", number);
	if (!json_object_get(all, "key"))
		json_object_set_new(all, "key", json_string(key));
	text = json_dumps(all, 0);
	json_decref(all);
	return text;
}

static void answered(day *d)
{
	if (d->n_answers == d->answers_room) {
		d->answers_room = d->answers_room * 2 + 64;
		d->answers = realloc(d->answers, d->answers_room * sizeof(*d->answers));
	}
	d->answers[d->n_answers++] = d->log.n;
}

static market_time day_clock(void *user_data)
{
	return ((scenario_market *)user_data)->now;
}

/* ---- what SQL sees ---- */

static bool look_at_tables(sqlite3 *db, uint64_t *digest, char why[400])
{
	sqlite3_stmt *tables = NULL, *check = NULL;
	bool good = sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, NULL) == SQLITE_OK &&
	            sqlite3_step(check) == SQLITE_ROW &&
	            strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
	if (!good)
		snprintf(why, 400, "integrity check: %.300s",
		         check && sqlite3_data_count(check) ? (const char *)sqlite3_column_text(check, 0)
		                                            : sqlite3_errmsg(db));
	sqlite3_finalize(check);
	if (!good)
		return false;
	good = look_at_rows(db, "SELECT * FROM sqlite_schema", digest) &&
	       sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table'", -1,
	                          &tables, NULL) == SQLITE_OK;
	while (good && sqlite3_step(tables) == SQLITE_ROW) {
		char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", sqlite3_column_text(tables, 0));
		good = look_at_rows(db, sql, digest);
		sqlite3_free(sql);
	}
	if (!good)
		snprintf(why, 400, "reading: %.300s", sqlite3_errmsg(db));
	sqlite3_finalize(tables);
	return good;
}

static bool look_at_rows(sqlite3 *db, const char *sql, uint64_t *digest)
{
	sqlite3_stmt *rows = NULL;
	uint64_t h = *digest;
	int rc = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(rows); i++) {
			const unsigned char *bytes = sqlite3_column_blob(rows, i);
			int size = sqlite3_column_bytes(rows, i);
			h = (h ^ (uint64_t)(sqlite3_column_type(rows, i) * 1000 + size)) *
			    UINT64_C(0x100000001b3);
			for (int b = 0; b < size; b++)
				h = (h ^ bytes[b]) * UINT64_C(0x100000001b3);
		}
		rc = SQLITE_OK;
	}
	sqlite3_finalize(rows);
	*digest = h;
	return rc == SQLITE_DONE;
}

/* ---- what the library says ---- */

/* The result is read anew and may have moved on, but it's of the same thing. */
static bool say_again(const day *d, scenario_market *m, size_t i, const char *what)
{
	const day_call *c = &d->calls[i];
	market_error err;
	char *reply = NULL, *id;
	bool good;
	int rc = day_send(m, c->who, c->operation, c->params, &reply, &err);
	id = id_of(reply);
	good = fault_check(
		rc == c->code && market_session_replayed(m->session) && (!*c->id || strcmp(id, c->id) == 0),
		"%s: call %zu, %s, was answered with %s %s, and now%s %s %s %s", what, i, c->operation,
		market_error_name(c->code), c->id, market_session_replayed(m->session) ? "" : " anew",
		market_error_name(rc), id, rc == 0 ? "" : err.message);
	free(id);
	free(reply);
	return good;
}

static char *id_of(const char *reply)
{
	json_t *read = reply ? json_loads(reply, JSON_DECODE_ANY, NULL) : NULL;
	const char *id = json_string_value(json_object_get(read, "id"));
	char *out = strdup(id ? id : "");
	json_decref(read);
	return out;
}

static bool verify(const day *d, scenario_market *m, size_t n_calls, const char *what)
{
	const char *anchor = day_anchor(d, n_calls), *result;
	json_t *params = anchor ? json_pack("{s:[s]}", "anchors", anchor) : json_object(), *report;
	char *text = json_dumps(params, 0), *reply = NULL;
	market_error err;
	int rc = day_send(m, CHECKER, "ledger.verify", text, &reply, &err);
	bool good;
	report = reply ? json_loads(reply, 0, NULL) : NULL;
	result = json_string_value(json_object_get(report, "result"));
	good = fault_check(rc == 0 && result && strcmp(result, anchor ? "ok" : "self_consistent") == 0,
	                   "%s: verify gives %s, %.500s", what, market_error_name(rc),
	                   reply ? reply : err.message);
	json_decref(report);
	json_decref(params);
	free(text);
	free(reply);
	return good;
}
