/* What the sandbox remembers, in a store of its own. */
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/payment/sandbox.h"

static const char *const ddl[] = {
	"CREATE TABLE IF NOT EXISTS sandbox_secret ({key}, store TEXT NOT NULL, secret {blob} NOT "
	"NULL){strict}",
	"CREATE TABLE IF NOT EXISTS sandbox_request ({key}, request_key TEXT NOT NULL, kind {int} "
	"NOT NULL, "
	"object TEXT NOT NULL, method TEXT NOT NULL, currency TEXT NOT NULL, amount {int} NOT NULL, "
	"first {int} NOT NULL, result {int} NOT NULL, known_at {int} NOT NULL, expires {int}, "
	"reference TEXT NOT NULL, reason TEXT, UNIQUE (book_id, request_key)){strict}",
	"CREATE INDEX IF NOT EXISTS sandbox_request_reference ON sandbox_request (book_id, reference)",
	"CREATE TABLE IF NOT EXISTS sandbox_notice ({key}, due_at {int} NOT NULL, body TEXT NOT "
	"NULL){strict}",
	"CREATE INDEX IF NOT EXISTS sandbox_notice_due ON sandbox_notice (due_at, id)",
	NULL,
};
static const mk_migration migrations[] = {{1, "sandbox", ddl}};

typedef struct secret_row {
	market_id id;
	const char *store;
	market_blob secret;
} secret_row;
static const mk_field secret_fields[] = {
	MK_F_ID(secret_row, id, NONE, 0, "the row"),
	MK_F_TEXT(secret_row, store, 0, 0, 0, "whose memory this is"),
	MK_F_BLOB(secret_row, secret, 0, 0, "what signatures are made with"),
};
static const mk_record secret_record =
	MK_RECORD_OF("sandbox_secret", secret_row, secret_fields, "a secret");

#define T mk_sandbox_request
static const mk_field request_fields[] = {
	MK_F_ID(T, id, NONE, 0, "the row"),
	MK_F_TEXT(T, request_key, 0, 0, 0, "the request's permanent key"),
	MK_F_INT(T, kind, 0, 0, 0, "what was asked"),
	MK_F_TEXT(T, object, 0, 0, 0, "for what"),
	MK_F_TEXT(T, method, 0, 0, 0, "by which way"),
	MK_F_TEXT(T, currency, 0, 0, 0, "of the amount"),
	MK_F_MONEY(T, amount, 0, 0, 0, "how much"),
	MK_F_INT(T, first, 0, 0, 0, "the first answer"),
	MK_F_INT(T, result, 0, 0, 0, "the outcome"),
	MK_F_TIME(T, known_at, 0, "from when it is told"),
	MK_F_TIME(T, expires, 0, "of an authorisation or a waiting time"),
	MK_F_TEXT(T, reference, 0, 0, 0, "of the charge"),
	MK_F_TEXT(T, reason, 0, 0, 0, "of a refusal"),
};
#undef T
static const mk_record request_record =
	MK_RECORD_OF("sandbox_request", mk_sandbox_request, request_fields, "a request");

static const mk_field notice_fields[] = {
	MK_F_ID(mk_sandbox_notice, id, NONE, 0, "the row"),
	MK_F_TIME(mk_sandbox_notice, due_at, 0, "when it is sent"),
	MK_F_TEXT(mk_sandbox_notice, body, 0, 0, 0, "what it says"),
};
static const mk_record notice_record =
	MK_RECORD_OF("sandbox_notice", mk_sandbox_notice, notice_fields, "a notification");

#define REQUEST_COLUMNS \
	"book_id, id, request_key, kind, object, method, currency, amount, first, result, known_at, " \
	"expires, " \
	"reference, reason"

static const mk_statement secret_get = {
	.name = "sandbox_secret_get",
	.sql = "SELECT book_id, id, store, secret FROM sandbox_secret WHERE book_id = 0 AND id = 1",
};
static const mk_statement secret_insert = {
	.name = "sandbox_secret_insert",
	.table = "sandbox_secret",
	.sql = "INSERT INTO sandbox_secret (book_id, id, store, secret) VALUES (0, 1, ?1, ?2) "
		   "ON CONFLICT DO NOTHING",
};
static const mk_statement secret_delete = {
	.name = "sandbox_secret_delete",
	.table = "sandbox_secret",
	.sql = "DELETE FROM sandbox_secret WHERE book_id = 0",
	.scan = true,
};
static const mk_statement request_clear = {
	.name = "sandbox_request_clear",
	.table = "sandbox_request",
	.sql = "DELETE FROM sandbox_request WHERE book_id = 0",
	.scan = true,
};
static const mk_statement notice_clear = {
	.name = "sandbox_notice_clear",
	.table = "sandbox_notice",
	.sql = "DELETE FROM sandbox_notice WHERE book_id = 0",
	.scan = true,
};
static const mk_statement request_by_key = {
	.name = "sandbox_request_by_key",
	.sql = "SELECT " REQUEST_COLUMNS " FROM sandbox_request WHERE book_id = 0 AND request_key = ?1",
};
static const mk_statement request_by_reference = {
	.name = "sandbox_request_by_reference",
	.sql = "SELECT " REQUEST_COLUMNS " FROM sandbox_request WHERE book_id = 0 AND reference = ?1 "
		   "ORDER BY id LIMIT 1",
};
static const mk_statement request_insert = {
	.name = "sandbox_request_insert",
	.table = "sandbox_request",
	.sql = "INSERT INTO sandbox_request (" REQUEST_COLUMNS
		   ") VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
		   "?11, ?12, ?13) ON CONFLICT DO NOTHING",
};
static const mk_statement notice_insert = {
	.name = "sandbox_notice_insert",
	.table = "sandbox_notice",
	.sql = "INSERT INTO sandbox_notice (book_id, id, due_at, body) VALUES (0, ?1, ?2, ?3) ON "
		   "CONFLICT DO NOTHING",
};
static const mk_statement notice_next = {
	.name = "sandbox_notice_next",
	.sql = "SELECT book_id, id, due_at, body FROM sandbox_notice WHERE due_at <= ?1 ORDER BY "
		   "due_at, id LIMIT 1",
};
static const mk_statement notice_delete = {
	.name = "sandbox_notice_delete",
	.table = "sandbox_notice",
	.sql = "DELETE FROM sandbox_notice WHERE book_id = 0 AND id = ?1",
};
static const mk_statement last_request = {
	.name = "sandbox_request_last",
	.sql = "SELECT id AS number FROM sandbox_request WHERE book_id = 0 ORDER BY id DESC LIMIT 1",
};

static int open_store(mk_sandbox *s, market_error *err);
static const char *store_path(mk_sandbox *s);
static int read_secret(mk_sandbox *s, market_error *err);
static int forget(mk_sandbox *s, market_error *err);
static int make_secret(mk_sandbox *s, market_error *err);
static int next_number(mk_sandbox *s, int64_t *out, market_error *err);
static int finish(mk_sandbox *s, int rc, market_error *err);

int mk_sandbox_open(mk_sandbox *s, market_error *err)
{
	int rc;

	mk_arena_reset(&s->arena);
	if (s->store)
		return 0;
	rc = open_store(s, err);
	if (rc == 0)
		rc = mk_schema_migrate(s->store, migrations, 1, mk_clock_now(NULL), err);
	if (rc == 0)
		rc = read_secret(s, err);
	if (rc == 0)
		rc = mk_mac_open(&s->market->allocator, s->secret, sizeof(s->secret), &s->mac, err);
	if (rc != 0) {
		mk_store_close(s->store);
		s->store = NULL;
	}
	return rc;
}

int mk_sandbox_find(mk_sandbox *s, const char *request_key, mk_sandbox_request **out,
                    market_error *err)
{
	return mk_store_get(s->store, &s->arena, &request_by_key, &request_record,
	                    MK_ARGS(mk_text_value(request_key)), (void **)out, err);
}

int mk_sandbox_find_reference(mk_sandbox *s, const char *reference, mk_sandbox_request **out,
                              market_error *err)
{
	return mk_store_get(s->store, &s->arena, &request_by_reference, &request_record,
	                    MK_ARGS(mk_text_value(reference ? reference : "")), (void **)out, err);
}

int mk_sandbox_keep(mk_sandbox *s, const mk_sandbox_request *r, const mk_sandbox_notice *notices,
                    size_t count, market_error *err)
{
	int64_t rows, number = 0;
	int rc = mk_store_begin(s->store, true, err);

	if (rc != 0)
		return rc;
	rc = next_number(s, &number, err);
	if (rc == 0) {
		rows = mk_store_write(
			s->store, &request_insert,
			MK_ARGS(mk_int(number), mk_text_value(r->request_key), mk_int(r->kind),
		            mk_text_value(r->object), mk_text_value(r->method),
		            mk_text_value(r->amount.currency), mk_money_value(r->amount), mk_int(r->first),
		            mk_int(r->result), mk_int(r->known_at), mk_time_value(r->expires),
		            mk_text_value(r->reference), mk_text_value(r->reason)),
			err);
		rc = rows < 0 ? (int)rows : 0;
		if (rows == 0)
			count = 0; /* another process was asked the same */
	}
	/* a request has at most a few notifications */
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rows = mk_store_write(s->store, &notice_insert,
		                      MK_ARGS(mk_int(number * 8 + (int64_t)i), mk_int(notices[i].due_at),
		                              mk_text_value(notices[i].body)),
		                      err);
		rc = rows < 0 ? (int)rows : 0;
	}
	return finish(s, rc, err);
}

int mk_sandbox_next(mk_sandbox *s, market_time now, mk_sandbox_notice **out, market_error *err)
{
	return mk_store_get(s->store, &s->arena, &notice_next, &notice_record, MK_ARGS(mk_int(now)),
	                    (void **)out, err);
}

int mk_sandbox_acknowledge(mk_sandbox *s, int64_t number, market_error *err)
{
	int64_t rows;
	int rc = mk_store_begin(s->store, true, err);

	if (rc != 0)
		return rc;
	rows = mk_store_write(s->store, &notice_delete, MK_ARGS(mk_int(number)), err);
	return finish(s, rows < 0 ? (int)rows : 0, err);
}

int mk_sandbox_due(mk_sandbox *s, market_time *due, market_error *err)
{
	mk_sandbox_notice *notice = NULL;
	int rc = mk_sandbox_next(s, INT64_MAX, &notice, err);

	*due = notice ? notice->due_at : 0;
	return rc;
}

static int open_store(mk_sandbox *s, market_error *err)
{
	const mk_store_options options = {.allocator = &s->market->allocator, .create = true};
	mk_store_url url = {.kind = MK_STORE_SQLITE};

	url.memory = s->market->url.kind == MK_STORE_SQLITE && s->market->url.memory;
	url.target = url.memory ? ":memory:" : store_path(s);
	if (!url.target)
		return mk_error_no_memory(err);
	return mk_store_open(&url, &options, &s->store, err);
}

/* Beside the store's file, or beside the keys: "./shop.keys" has "./shop.sandbox". */
static const char *store_path(mk_sandbox *s)
{
	const mk_store_url *url = &s->market->url;
	const char *path = url->kind == MK_STORE_SQLITE ? url->target : url->keys;
	size_t size;

	if (!path)
		return mk_arena_text(&s->arena, "./market.sandbox");
	size = strlen(path);
	if (url->kind != MK_STORE_SQLITE && size > strlen(".keys") &&
	    strcmp(path + size - strlen(".keys"), ".keys") == 0)
		size -= strlen(".keys");
	return mk_arena_format(&s->arena, "%.*s.sandbox", (int)size, path);
}

static int read_secret(mk_sandbox *s, market_error *err)
{
	secret_row *row = NULL;
	int rc = mk_store_begin(s->store, true, err);

	if (rc != 0)
		return rc;
	rc = mk_store_get(s->store, &s->arena, &secret_get, &secret_record, MK_NO_ARGS, (void **)&row,
	                  err);
	if (rc == 0 && row && strcmp(row->store, s->market->store_id) != 0) {
		rc = forget(s, err);
		row = NULL;
	}
	if (rc == 0 && row && row->secret.size != sizeof(s->secret))
		rc = mk_error_set(err, MARKET_ECORRUPT, "the sandbox's secret is damaged");
	if (rc == 0 && row)
		memcpy(s->secret, row->secret.data, sizeof(s->secret));
	if (rc == 0 && !row)
		rc = make_secret(s, err);
	return finish(s, rc, err);
}

/* The file is left over from another store of that name. */
static int forget(mk_sandbox *s, market_error *err)
{
	static const mk_statement *const all[] = {&secret_delete, &request_clear, &notice_clear};
	int64_t rows = 0;

	for (size_t i = 0; rows >= 0 && i < sizeof(all) / sizeof(all[0]); i++)
		rows = mk_store_write(s->store, all[i], MK_NO_ARGS, err);
	return rows < 0 ? (int)rows : 0;
}

static int make_secret(mk_sandbox *s, market_error *err)
{
	int64_t rows;

	if (!s->market->random(s->secret, sizeof(s->secret), s->market->user_data))
		return mk_error_set(err, MARKET_EIO, "the random source failed");
	rows = mk_store_write(
		s->store, &secret_insert,
		MK_ARGS(mk_text_value(s->market->store_id), mk_blob(s->secret, sizeof(s->secret))), err);
	return rows < 0 ? (int)rows : 0;
}

static int next_number(mk_sandbox *s, int64_t *out, market_error *err)
{
	void *row = NULL;
	int rc =
		mk_store_get(s->store, &s->arena, &last_request, &mk_number_record, MK_NO_ARGS, &row, err);

	*out = row ? ((const mk_number *)row)->number + 1 : 1;
	return rc;
}

static int finish(mk_sandbox *s, int rc, market_error *err)
{
	if (rc == 0)
		rc = mk_store_commit(s->store, err);
	if (rc != 0)
		mk_store_rollback(s->store);
	return rc;
}
