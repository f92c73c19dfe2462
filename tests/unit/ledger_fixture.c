#include "tests/unit/ledger_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void open_store(fixture *f);
static int64_t next_id(void *user_data);
static void split(const char *name, char stem[64], const char **suffix);
static int expect(int rc, const market_error *err);

typedef struct counted {
	int64_t number;
} counted;
static const mk_field counted_fields[] = {MK_F_INT(counted, number, 0, 0, 0, "a count")};
static const mk_record counted_record = MK_RECORD_OF("counted", counted, counted_fields, "a count");

void fixture_open(fixture *f)
{
	static const mk_migration migration = {1, "ledger", mk_ledger_ddl};
	market_error err;
	memset(f, 0, sizeof(*f));
	f->url = test_store_url();
	open_store(f);
	expect(mk_schema_migrate(f->store, &migration, 1, FIXTURE_START, &err), &err);
	expect(mk_keys_create(NULL, "test-store", &mk_allocator_default, NULL, NULL, &f->keys, &err),
	       &err);
}

void fixture_open_other(fixture *f, const fixture *first)
{
	memset(f, 0, sizeof(*f));
	f->url = first->url;
	open_store(f);
	mk_id_source_init(&f->ids, first->ids.counter + 1000000);
	f->now = first->now;
}

void fixture_close(fixture *f)
{
	mk_store_close(f->store);
	mk_keys_close(f->keys);
	mk_digest_close(f->digest);
	mk_arena_close(&f->arena);
	mk_arena_close(&f->kept);
	memset(f, 0, sizeof(*f));
}

void fixture_begin(fixture *f)
{
	market_error err;
	mk_arena_reset(&f->arena);
	expect(mk_store_begin(f->store, true, &err), &err);
	f->plan = mk_plan_new(&f->arena);
	f->now += 1000;
	f->ledger = mk_ledger_new(&(mk_ledger_setup){
		.store = f->store,
		.arena = &f->arena,
		.plan = f->plan,
		.digest = f->digest,
		.effective = f->now,
		.recorded = f->now,
		.journal = {0, next_id(f)},
		.seal_now = mk_store_kind_of(f->store) == MK_STORE_SQLITE,
		.new_id = next_id,
		.user_data = f,
	});
}

int fixture_end(fixture *f, int rc, market_error *err)
{
	if (rc == 0)
		rc = mk_plan_flush(f->plan, f->store, err);
	if (rc == 0)
		rc = mk_store_commit(f->store, err);
	else
		mk_store_rollback(f->store);
	return rc;
}

void fixture_abort(fixture *f)
{
	mk_store_rollback(f->store);
}

int fixture_move(fixture *f, int64_t book, const char *client_id, const char *debit,
                 const char *credit, int64_t amount, market_error *err)
{
	fixture_begin(f);
	mk_transfer *t =
		fixture_transfer(f, book, MK_TRANSFER_DIRECT, client_id, debit, credit, amount);
	return fixture_end(f, mk_transfer_post(f->ledger, t, err), err);
}

mk_transfer *fixture_transfer(fixture *f, int64_t book, mk_transfer_kind kind,
                              const char *client_id, const char *debit, const char *credit,
                              int64_t amount)
{
	mk_transfer *t = mk_transfer_new(f->ledger, book, kind, "%s", client_id);
	if (debit)
		fixture_debit(t, debit, brl(amount));
	if (credit)
		fixture_credit(t, credit, brl(amount));
	return t;
}

void fixture_debit(mk_transfer *t, const char *name, market_money amount)
{
	char stem[64];
	const char *suffix;
	split(name, stem, &suffix);
	mk_debit(t, stem, suffix, amount);
}

void fixture_credit(mk_transfer *t, const char *name, market_money amount)
{
	char stem[64];
	const char *suffix;
	split(name, stem, &suffix);
	mk_credit(t, stem, suffix, amount);
}

/* Behind a pooler a statement may meet another's of its name; then it runs again. */
static void *read_one(fixture *f, const mk_statement *statement, const mk_record *record,
                      const mk_value *args, size_t n_args)
{
	market_error err;
	void *row = NULL;
	int rc = MK_AGAIN;
	for (int tries = 0; rc == MK_AGAIN && tries < 20; tries++) {
		expect(mk_store_begin(f->store, false, &err), &err);
		rc = mk_store_get(f->store, &f->arena, statement, record, args, n_args, &row, &err);
		mk_store_rollback(f->store);
	}
	expect(rc, &err);
	return row;
}

bool fixture_account(fixture *f, int64_t book, const char *name, const char *currency,
                     mk_account *out)
{
	static const mk_statement read = {
		.name = "test_account",
		.sql =
			"SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
			"credits_posted, debits_pending, credits_pending, version FROM account WHERE "
			"book_id = ?1 AND "
			"name = ?2 AND currency = ?3",
	};
	void *row = read_one(f, &read, &mk_account_record,
	                     MK_ARGS(mk_int(book), mk_text_value(name), mk_text_value(currency)));
	if (row)
		*out = *(const mk_account *)row;
	return row != NULL;
}

int64_t fixture_balance(fixture *f, int64_t book, const char *name)
{
	mk_account account;
	return fixture_account(f, book, name, "BRL", &account) ? mk_account_balance(&account).amount
	                                                       : 0;
}

int64_t fixture_available(fixture *f, int64_t book, const char *name)
{
	mk_account account;
	return fixture_account(f, book, name, "BRL", &account) ? mk_account_available(&account).amount
	                                                       : 0;
}

int64_t fixture_count(fixture *f, const char *table)
{
	void *row = NULL;
	mk_statement *count = MK_NEW(&f->kept, mk_statement);
	count->name = "test_count";
	count->scan = true;
	count->sql = mk_arena_format(&f->kept, "SELECT COUNT(*) AS number FROM %s", table);
	row = read_one(f, count, &counted_record, MK_NO_ARGS);
	return row ? ((const counted *)row)->number : -1;
}

void fixture_seal_all(fixture *f)
{
	market_error err;
	int count = 1;
	while (count > 0 && mk_store_kind_of(f->store) == MK_STORE_POSTGRES) {
		fixture_begin(f);
		count = mk_ledger_seal(f->ledger, 100, &err);
		expect(fixture_end(f, count < 0 ? count : 0, &err), &err);
	}
}

void fixture_execute(fixture *f, const char *sql)
{
	market_error err;
	expect(mk_store_execute_text(f->store, sql, &err), &err);
}

void fixture_checkpoint(fixture *f, char out[FIXTURE_ANCHOR_MAX])
{
	market_error err;
	mk_checkpoint made;
	mk_text text;
	fixture_seal_all(f);
	fixture_begin(f);
	expect(mk_checkpoint_make(&(mk_checkpoint_setup){.store = f->store,
	                                                 .arena = &f->arena,
	                                                 .digest = f->digest,
	                                                 .keys = f->keys,
	                                                 .store_id = "test-store",
	                                                 .recorded = f->now},
	                          &made, &err),
	       &err);
	mk_text_init(&text, &mk_allocator_default, FIXTURE_ANCHOR_MAX);
	expect(mk_anchor_write(&made, f->keys, "test-store", &text, &err), &err);
	snprintf(out, FIXTURE_ANCHOR_MAX, "%s", text.data);
	mk_text_close(&text);
	expect(fixture_end(f, 0, &err), &err);
}

int fixture_verify(fixture *f, const char *anchor, mk_verify_report *report)
{
	market_error err;
	mk_verify_report own;
	mk_store_rollback(f->store);
	int rc = mk_store_begin(f->store, false, &err);
	if (rc == 0)
		rc = mk_ledger_verify(&(mk_verify_setup){.store = f->store,
		                                         .allocator = &mk_allocator_default,
		                                         .digest = f->digest,
		                                         .keys = f->keys,
		                                         .store_id = "test-store",
		                                         .anchors = &anchor,
		                                         .n_anchors = anchor ? 1 : 0},
		                      report ? report : &own, &err);
	mk_store_rollback(f->store);
	return rc ? rc : report ? report->result : own.result;
}

market_money brl(int64_t amount)
{
	return mk_money(amount, "BRL");
}

static void open_store(fixture *f)
{
	mk_store_url url;
	market_error err;
	mk_arena_init(&f->arena, &mk_allocator_default);
	mk_arena_init(&f->kept, &mk_allocator_default);
	expect(mk_store_url_parse(f->url, &f->arena, &url, &err), &err);
	expect(mk_store_open(&url,
	                     &(mk_store_options){.allocator = &mk_allocator_default, .create = true},
	                     &f->store, &err),
	       &err);
	expect(mk_digest_open(&mk_allocator_default, &f->digest, &err), &err);
	mk_id_source_init(&f->ids, 1);
	f->now = FIXTURE_START;
}

static int64_t next_id(void *user_data)
{
	fixture *f = user_data;
	return mk_id_next(&f->ids, f->now);
}

static void split(const char *name, char stem[64], const char **suffix)
{
	const char *colon = strchr(name, ':');
	size_t length = colon ? (size_t)(colon - name) : strlen(name);
	memcpy(stem, name, length);
	stem[length] = '\0';
	*suffix = colon ? colon + 1 : NULL;
}

/* What the tests build upon must hold: without it they would say nothing. */
static int expect(int rc, const market_error *err)
{
	if (rc >= 0)
		return rc;
	fprintf(stderr, "fixture: %s: %s %s\n", market_error_name(rc), err->message, err->detail);
	abort();
}
