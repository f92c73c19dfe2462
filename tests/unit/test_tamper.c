/* LED-8: whatever is changed in whatever column of whatever row of the ledger is found. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/unit/ledger_fixture.h"

#define SELLER 7001
#define OTHER 7002
#define MAX_COLUMNS 40

static fixture f;
static market_error err;
static char anchor[FIXTURE_ANCHOR_MAX];

typedef struct column {
	const char *name;
	const char *type;
} column;
static const mk_field column_fields[] = {
	MK_F_TEXT(column, name, 0, 0, 0, "its name"),
	MK_F_TEXT(column, type, 0, 0, 0, "its type"),
};
static const mk_record column_record = MK_RECORD_OF("column", column, column_fields, "a column");

/* A table as the schema has it. */
typedef struct table {
	char name[64];
	column columns[MAX_COLUMNS];
	size_t n_columns;
	int64_t rows;
} table;

static void move(int64_t book, const char *id, const char *debit, const char *credit,
                 int64_t amount)
{
	CHECK_OK_FATAL(fixture_move(&f, book, id, debit, credit, amount, &err));
}

static market_id hold(const char *id, int64_t amount, market_time lasts)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, SELLER, MK_TRANSFER_PENDING, id, "escrow:ord_1",
	                                  "seller_pending", amount);
	if (lasts)
		mk_transfer_set_expiry(t, f.now + lasts);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	return mk_transfer_id(t);
}

static void end(mk_transfer_kind kind, const char *id, market_id other)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, SELLER, kind, id, NULL, NULL, 0);
	mk_transfer_set_pending(t, other);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
}

static void pair(const char *id, int64_t amount, bool whole)
{
	fixture_begin(&f);
	mk_transfer *t = mk_transfer_new(f.ledger, SELLER, MK_TRANSFER_DIRECT, "%s", id);
	mk_debit_interbook(t, 0, brl(amount));
	mk_credit(t, "psp_clearing", NULL, brl(amount));
	CHECK_OK_FATAL(mk_transfer_post(f.ledger, t, &err));
	if (whole) {
		mk_transfer *second = mk_transfer_second(f.ledger, 0, id);
		mk_debit(second, "bank", NULL, brl(amount));
		mk_credit_interbook(second, SELLER, brl(amount));
		CHECK_OK_FATAL(mk_transfer_post(f.ledger, second, &err));
	}
	CHECK_OK_FATAL(fixture_end(&f, 0, &err));
}

static void exchange(void)
{
	fixture_begin(&f);
	mk_transfer *t = mk_transfer_new(f.ledger, OTHER, MK_TRANSFER_DIRECT, "fx:1");
	fixture_debit(t, "psp_clearing", mk_money(2000, "USD"));
	fixture_credit(t, "fx_position", mk_money(2000, "USD"));
	fixture_debit(t, "fx_position", brl(10000));
	fixture_credit(t, "escrow:ord_9", brl(10000));
	mk_transfer_set_rate(t, 5, 1);
	mk_transfer_set_object(t, MARKET_ID_ORDER, (market_id){OTHER, 99});
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
}

static void freeze(void)
{
	mk_account account;
	CU_ASSERT_TRUE_FATAL(fixture_account(&f, SELLER, "escrow:ord_1", "BRL", &account));
	market_id id = account.id;
	fixture_begin(&f);
	mk_account_change change = {.account = id,
	                            .set = MK_ACCOUNT_FROZEN_IN,
	                            .overdraft = brl(5),
	                            .client_id = "account:1",
	                            .reason = "court"};
	CHECK_OK_FATAL(fixture_end(&f, mk_ledger_account_change(f.ledger, &change, NULL, &err), &err));
}

static void reversal(void)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, SELLER, MK_TRANSFER_DIRECT, "fee:1", "seller_receivable",
	                                  "fee_revenue:dispute", 15);
	mk_transfer_set_reason(t, "the dispute fee");
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	end(MK_TRANSFER_REVERSAL, "reversal:1", mk_transfer_id(t));
}

/* Something of everything, and three checkpoints. */
static void fill(void)
{
	move(SELLER, "capture:1", "psp_clearing", "escrow:ord_1", 1000);
	move(SELLER, "capture:2", "psp_clearing", "escrow:ord_2", 500);
	move(OTHER, "capture:3", "psp_clearing", "escrow:ord_3", 300);
	fixture_checkpoint(&f, anchor);
	market_id posted = hold("hold:1", 100, 0), voided = hold("hold:2", 100, 99999000),
			  expired = hold("hold:3", 100, 5000);
	end(MK_TRANSFER_POST, "post:1", posted);
	end(MK_TRANSFER_VOID, "void:2", voided);
	f.now += 10000;
	end(MK_TRANSFER_EXPIRE, "expire:3", expired);
	hold("hold:4", 50, 99999000);
	reversal();
	fixture_checkpoint(&f, anchor);
	pair("settle:1", 200, true);
	pair("settle:2", 100, false);
	exchange();
	freeze();
	move(SELLER, "release:2", "escrow:ord_2", "seller_pending", 500);
	fixture_checkpoint(&f, anchor);
}

static void before(void)
{
	fixture_open(&f);
	fill();
}

static void after(void)
{
	fixture_close(&f);
}

/* A text that lives as long as the test's store. */
static const char *say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *say(const char *format, ...)
{
	char text[4000];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	CU_ASSERT_TRUE_FATAL(length > 0 && (size_t)length < sizeof(text));
	return mk_arena_text(&f.kept, text);
}

static mk_statement *statement(const char *sql)
{
	mk_statement *made = MK_NEW(&f.kept, mk_statement);
	made->name = "test_tamper";
	made->scan = true;
	made->sql = mk_arena_text(&f.kept, sql);
	return made;
}

static void columns_of(table *t)
{
	void **rows = NULL;
	size_t count = 0;
	const char *sql =
		test_on_postgres()
			? say("SELECT column_name::text AS name, data_type::text AS type FROM "
	              "information_schema.columns WHERE table_schema = current_schema() "
	              "AND table_name = '%s' ORDER BY ordinal_position",
	              t->name)
			: say("SELECT name, type FROM pragma_table_info('%s') ORDER BY cid", t->name);
	CHECK_OK_FATAL(mk_store_begin(f.store, false, &err));
	CHECK_OK_FATAL(mk_store_list(f.store, &f.kept, statement(sql), &column_record, MK_NO_ARGS,
	                             &rows, &count, &err));
	mk_store_rollback(f.store);
	t->n_columns = count;
	for (size_t i = 0; i < count && i < MAX_COLUMNS; i++)
		t->columns[i] = *(const column *)rows[i];
	t->rows = fixture_count(&f, t->name);
}

/* The tables of the ledger are those that its DDL makes. */
static size_t tables(table *out, size_t room)
{
	size_t count = 0;
	for (const char *const *ddl = mk_ledger_ddl; *ddl && count < room; ddl++) {
		char name[64];
		if (sscanf(*ddl, "CREATE TABLE IF NOT EXISTS %63[a-z_]", name) != 1)
			continue;
		snprintf(out[count].name, sizeof(out[count].name), "%s", name);
		columns_of(&out[count++]);
	}
	return count;
}

/* Does it, verifies within the same transaction, undoes it. −1: the store itself refuses. */
static int tampered(const char *sql, const char *with, mk_verify_report *report)
{
	market_error own;
	CHECK_OK_FATAL(mk_store_begin(f.store, true, &err));
	int rc = mk_store_execute_text(f.store, sql, &own);
	if (rc) {
		mk_store_rollback(f.store);
		return -1;
	}
	rc = mk_ledger_verify(&(mk_verify_setup){.store = f.store,
	                                         .allocator = &mk_allocator_default,
	                                         .digest = f.digest,
	                                         .keys = f.keys,
	                                         .store_id = "test-store",
	                                         .anchors = &with,
	                                         .n_anchors = with ? 1 : 0},
	                      report, &own);
	mk_store_rollback(f.store);
	if (rc)
		fprintf(stderr, "%s: %s\n", sql, own.message);
	return rc ? rc : report->result;
}

/* Found with the anchor; without it never quite right. Counts the attempts that the store let pass.
 */
static int found(const char *sql)
{
	mk_verify_report report;
	int with = tampered(sql, anchor, &report);
	if (with == -1)
		return 0;
	if (with != MK_VERIFY_BROKEN || !report.place[0] || !report.problem[0]) {
		fprintf(stderr, "not found: %s\n", sql);
		CU_FAIL("a change isn't found");
	}
	CU_ASSERT_NOT_EQUAL(tampered(sql, NULL, &report), MK_VERIFY_OK);
	return 1;
}

static const char *row_key(void)
{
	return test_on_postgres() ? "ctid" : "rowid";
}

static const char *nth_row(const table *t, int64_t offset)
{
	return say("%s = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %lld)", row_key(), row_key(),
	           t->name, row_key(), (long long)offset);
}

static int64_t offset_of(const table *t, int which)
{
	return which == 0 ? 0 : which == 1 ? t->rows / 2 : t->rows - 1;
}

static bool is_text(const column *c)
{
	return strcasecmp(c->type, "text") == 0;
}

static bool is_blob(const column *c)
{
	return strcasecmp(c->type, "blob") == 0 || strcasecmp(c->type, "bytea") == 0;
}

static void the_test_sees_everything(void)
{
	table all[16];
	size_t count = tables(all, 16), columns = 0;
	CHECK_INT(count, 7);
	for (size_t i = 0; i < count; i++) {
		CU_ASSERT_TRUE(all[i].rows >= 3);
		CU_ASSERT_TRUE(all[i].n_columns >= 3 && all[i].n_columns < MAX_COLUMNS);
		columns += all[i].n_columns;
	}
	CHECK_INT(columns, 73);
	CHECK_INT(fixture_verify(&f, anchor, NULL), MK_VERIFY_OK);
}

/* The form with the column's name for each @. */
static const char *with_name(const char *form, const char *name)
{
	const char *at = strchr(form, '@');
	return at ? with_name(say("%.*s%s%s", (int)(at - form), form, name, at + 1), name) : form;
}

static int change_column(const table *t, const column *c, int which)
{
	static const char *const numbers[] = {"@ + 1", "@ - 1", "@ + 1000003", "-@ - 5", "0", NULL};
	static const char *const texts[] = {"@ || 'x'", "''", "upper(@)", "'USD'", NULL};
	static const char *const blobs[] = {"randomblob(length(@))", "x''", NULL};
	static const char *const bytea[] = {"set_byte(@, 0, (get_byte(@, 0) + 1) % 256)", "''::bytea",
	                                    NULL};
	const char *const *forms = is_text(c)           ? texts
	                           : !is_blob(c)        ? numbers
	                           : test_on_postgres() ? bytea
	                                                : blobs;
	const char *row = nth_row(t, offset_of(t, which));
	int done = 0;
	for (; *forms; forms++) {
		const char *value = with_name(*forms, c->name);
		const char *differs = say("%s WHERE %s AND %s <> %s", t->name, row, c->name, value);
		/* randomblob differs each time, and always from a digest */
		if (is_blob(c) || fixture_count(&f, differs) == 1)
			done += found(say("UPDATE %s SET %s = %s WHERE %s AND %s <> %s", t->name, c->name,
			                  value, row, c->name, value));
	}
	return done;
}

static void every_column_changed(void)
{
	table all[16];
	size_t count = tables(all, 16);
	int attempts = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < all[i].n_columns; k++) {
			int done = 0;
			for (int which = 0; which < 3; which++)
				done += change_column(&all[i], &all[i].columns[k], which);
			if (!done)
				fprintf(stderr, "no change of %s.%s was possible\n", all[i].name,
				        all[i].columns[k].name);
			CU_ASSERT_TRUE(done > 0);
			attempts += done;
		}
	}
	CU_ASSERT_TRUE(attempts > 300);
}

static void position_unset(void)
{
	table all[16];
	size_t count = tables(all, 16);
	for (size_t i = 0; i < count; i++) {
		for (int which = 0; which < 3 && strcmp(all[i].name, "transfer") == 0; which++)
			CHECK_INT(found(say("UPDATE transfer SET position = NULL WHERE %s",
			                    nth_row(&all[i], offset_of(&all[i], which)))),
			          1);
	}
}

static void every_column_swapped(void)
{
	table all[16];
	size_t count = tables(all, 16);
	int attempts = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < all[i].n_columns; k++) {
			for (int64_t a = 0; a < 3; a++) {
				const char *c = all[i].columns[k].name, *t = all[i].name;
				const char *row = nth_row(&all[i], a),
						   *other = nth_row(&all[i], all[i].rows - 1 - a);
				if (fixture_count(&f, say("%s WHERE %s AND %s <> (SELECT %s FROM %s WHERE %s)", t,
				                          row, c, c, t, other)) != 1)
					continue;
				attempts += found(
					say("UPDATE %s SET %s = CASE WHEN %s THEN (SELECT %s FROM %s WHERE %s) ELSE "
				        "(SELECT %s FROM %s WHERE %s) END WHERE %s OR %s",
				        t, c, row, c, t, other, c, t, row, row, other));
			}
		}
	}
	CU_ASSERT_TRUE(attempts > 60);
}

static void every_row_deleted(void)
{
	table all[16];
	size_t count = tables(all, 16);
	for (size_t i = 0; i < count; i++) {
		for (int64_t k = 0; k < all[i].rows; k++)
			CHECK_INT(found(say("DELETE FROM %s WHERE %s", all[i].name, nth_row(&all[i], k))), 1);
	}
}

static void every_table_truncated(void)
{
	table all[16];
	size_t count = tables(all, 16);
	for (size_t i = 0; i < count; i++) {
		for (int64_t keep = 0; keep<all[i].rows; keep += all[i].rows> 3 ? all[i].rows / 3 : 1)
			CHECK_INT(
				found(say(
					"DELETE FROM %s WHERE %s NOT IN (SELECT %s FROM %s ORDER BY %s LIMIT %lld)",
					all[i].name, row_key(), row_key(), all[i].name, row_key(), (long long)keep)),
				1);
	}
}

/* A copy of a row under other keys. */
static int insert_copy(const table *t, int64_t offset, const char *const *changed)
{
	const char *list = "", *values = "";
	for (size_t k = 0; k < t->n_columns; k++) {
		const char *name = t->columns[k].name, *value = name;
		for (const char *const *c = changed; *c; c += 2)
			value = strcmp(c[0], name) == 0 ? c[1] : value;
		list = say("%s%s%s", list, k ? ", " : "", name);
		values = say("%s%s%s", values, k ? ", " : "", value);
	}
	return found(say("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s", t->name, list, values,
	                 t->name, nth_row(t, offset)));
}

static const char *const account[] = {"id", "id + 1000003", "name", "name || '9'", NULL};
static const char *const idle[] = {"id",
                                   "id + 1000003",
                                   "name",
                                   "name || '9'",
                                   "version",
                                   "0",
                                   "debits_posted",
                                   "0",
                                   "credits_posted",
                                   "0",
                                   "debits_pending",
                                   "0",
                                   "credits_pending",
                                   "0",
                                   NULL};
static const char *const unsealed[] = {"id",       "id + 1000003", "client_id",  "client_id || '9'",
                                       "position", "NULL",         "pending_id", "0",
                                       NULL};
static const char *const next[] = {"id",       "id + 1000003",    "client_id",  "client_id || '9'",
                                   "position", "position + 1000", "pending_id", "0",
                                   NULL};
static const char *const leg[] = {"id", "id + 1000003", "version", "version + 100", NULL};
static const char *const inside[] = {
	"id", "id + 1000003", "version", "version + 100", "transfer_id", "1", NULL};
static const char *const head[] = {"book_id", "book_id + 100000", NULL};
static const char *const empty_head[] = {"book_id",  "book_id + 100000",       "size", "0",
                                         "frontier", "substr(frontier, 1, 0)", NULL};
static const char *const checkpoint[] = {"id", "id + 3", NULL};
static const char *const elsewhere[] = {"id", "id + 3", "book_id", "5", NULL};
static const char *const book_between[] = {"checkpoint_id", "2", NULL};
static const char *const book_beyond[] = {"checkpoint_id", "4", NULL};
static const char *const book_below[] = {"checkpoint_id", "0", NULL};
static const char *const book_new[] = {"book_id", "book_id + 100000", NULL};
static const char *const stem[] = {"stem", "'bank'", NULL};
static const struct {
	const char *table;
	const char *const *changed;
} inserted[] = {
	{"account", account},
	{"account", idle},
	{"transfer", unsealed},
	{"transfer", next},
	{"leg", leg},
	{"leg", inside},
	{"book_head", head},
	{"book_head", empty_head},
	{"checkpoint", checkpoint},
	{"checkpoint", elsewhere},
	{"checkpoint_book", book_between},
	{"checkpoint_book", book_beyond},
	{"checkpoint_book", book_below},
	{"checkpoint_book", book_new},
	{"checkpoint_balance", book_between},
	{"checkpoint_balance", book_beyond},
	{"checkpoint_balance", stem},
};

static void rows_inserted(void)
{
	table all[16];
	size_t count = tables(all, 16);
	for (size_t r = 0; r < sizeof(inserted) / sizeof(inserted[0]); r++) {
		int done = 0;
		for (size_t i = 0; i < count; i++) {
			for (int64_t k = 0; strcmp(all[i].name, inserted[r].table) == 0 && k < all[i].rows; k++)
				done += insert_copy(&all[i], k, inserted[r].changed);
		}
		CU_ASSERT_TRUE(done >= 1);
	}
}

/* Somebody who knows the format cuts the newest transfer off and makes everything else fit. */
static void forge(bool checkpoints_too)
{
	fixture_execute(
		&f, "DELETE FROM leg WHERE book_id = 7001 AND transfer_id = (SELECT id FROM transfer WHERE "
			"book_id = 7001 AND client_id = 'release:2')");
	fixture_execute(&f, "DELETE FROM transfer WHERE book_id = 7001 AND client_id = 'release:2'");
	fixture_execute(
		&f,
		"UPDATE account SET debits_posted = (SELECT debits_posted FROM leg l WHERE l.book_id = "
		"account.book_id AND l.account_id = account.id ORDER BY version DESC LIMIT 1), "
		"credits_posted = "
		"(SELECT credits_posted FROM leg l WHERE l.book_id = account.book_id AND l.account_id = "
		"account.id ORDER BY version DESC LIMIT 1), version = (SELECT MAX(version) FROM leg l "
		"WHERE "
		"l.book_id = account.book_id AND l.account_id = account.id) WHERE book_id = 7001");
	fixture_execute(&f, "UPDATE transfer SET position = NULL WHERE book_id = 7001");
	fixture_execute(&f, "DELETE FROM book_head WHERE book_id = 7001");
	if (checkpoints_too) {
		fixture_execute(&f, "DELETE FROM checkpoint WHERE book_id = 0");
		fixture_execute(&f, "DELETE FROM checkpoint_book WHERE book_id >= 0");
		fixture_execute(&f, "DELETE FROM checkpoint_balance WHERE book_id >= 0");
	}
	fixture_begin(&f);
	CU_ASSERT_TRUE(mk_ledger_seal(f.ledger, 1000, &err) > 0);
	CHECK_OK(fixture_end(&f, 0, &err));
}

static void heads_rewritten(void)
{
	mk_verify_report report;
	forge(false);
	CHECK_INT(fixture_verify(&f, anchor, &report), MK_VERIFY_BROKEN);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_BROKEN);
}

static void everything_rewritten(void)
{
	mk_verify_report report;
	forge(true);
	CHECK_INT(fixture_verify(&f, anchor, &report), MK_VERIFY_BROKEN);
	CHECK_TEXT(report.place, "checkpoint 3");
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	/* Even when the forger makes checkpoints anew, with a key of his own or none. */
	char forged[FIXTURE_ANCHOR_MAX];
	for (int i = 0; i < 3; i++)
		fixture_checkpoint(&f, forged);
	CHECK_INT(fixture_verify(&f, anchor, &report), MK_VERIFY_BROKEN);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
}

/* All rows of one moment, put back later. */
static void rolled_back(void)
{
	static const char *const names[] = {"account",           "transfer",   "leg",
	                                    "book_head",         "checkpoint", "checkpoint_book",
	                                    "checkpoint_balance"};
	char newer[FIXTURE_ANCHOR_MAX];
	mk_verify_report report;
	for (size_t i = 0; i < 7; i++)
		fixture_execute(&f, say("CREATE TABLE old_%s AS SELECT * FROM %s", names[i], names[i]));
	move(SELLER, "capture:9", "psp_clearing", "escrow:ord_9", 5);
	fixture_checkpoint(&f, newer);
	CHECK_INT(fixture_verify(&f, newer, NULL), MK_VERIFY_OK);
	for (size_t i = 0; i < 7; i++) {
		fixture_execute(&f, say("DELETE FROM %s", names[i]));
		fixture_execute(&f, say("INSERT INTO %s SELECT * FROM old_%s", names[i], names[i]));
	}
	CHECK_INT(fixture_verify(&f, anchor, NULL), MK_VERIFY_OK); /* that is how it was then */
	CHECK_INT(fixture_verify(&f, newer, &report), MK_VERIFY_BROKEN);
	CHECK_TEXT(report.place, "checkpoint 4");
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
}

void suite_tamper(void)
{
	CU_pSuite s = test_suite_on_store_with("tamper", before, after);
	CU_add_test(s, "LED-8: the test knows every table and column of the ledger",
	            the_test_sees_everything);
	CU_add_test(s, "LED-8: a change of any column is found", every_column_changed);
	CU_add_test(s, "LED-8: a seal taken away is found", position_unset);
	CU_add_test(s, "LED-8: two values swapped are found", every_column_swapped);
	CU_add_test(s, "LED-8: a missing row is found", every_row_deleted);
	CU_add_test(s, "LED-8: a cut off table is found", every_table_truncated);
	CU_add_test(s, "LED-8: a row too many is found", rows_inserted);
	CU_add_test(s, "LED-8: rewritten heads are found", heads_rewritten);
	CU_add_test(s, "LED-8: a whole forged ledger is found with an anchor", everything_rewritten);
	CU_add_test(s, "LED-8: a store rolled back is found with a newer anchor", rolled_back);
}
