#include "libmarket/store/sqlite.h"

#include <string.h>

static void sqlite_close(mk_store *store);
static int sqlite_begin(mk_store *store, bool write, market_error *err);
static int sqlite_commit(mk_store *store, market_error *err);
static void sqlite_rollback(mk_store *store);
static int sqlite_prepare(mk_store *store, mk_prepared *prepared, market_error *err);
static void sqlite_forget(mk_store *store, mk_prepared *prepared);
static int sqlite_check(mk_store *store, mk_prepared *prepared, const mk_record *record,
                        market_error *err);
static int sqlite_read(mk_store *store, mk_arena *arena, mk_query *queries, size_t n_queries,
                       market_error *err);
static int sqlite_each(mk_store *store, const mk_query *query, mk_row_callback row, void *user_data,
                       market_error *err);
static int sqlite_run(mk_store *store, mk_step *const *steps, size_t n_steps, market_error *err);
static int sqlite_execute(mk_store *store, const char *sql, market_error *err);
static bool sqlite_intact(mk_store *store);
static int forget_totals(mk_sqlite *s, market_error *err);
static void let_others_write(mk_sqlite *s);
static void end_undone(mk_store *store);
static int step_once(mk_sqlite *s, sqlite3_stmt *statement, const char *name, market_error *err);
static int read_query(mk_sqlite *s, mk_arena *arena, mk_query *query, market_error *err);
static int start_query(mk_sqlite *s, const mk_query *query, mk_prepared **prepared,
                       mk_mapping **reading, market_error *err);
static int find_reading(mk_sqlite *s, mk_prepared *prepared, const mk_record *record,
                        mk_mapping **out, market_error *err);
static const char *column_name(const void *result, size_t index);
static int bind(mk_sqlite *s, const mk_prepared *prepared, const mk_value *args, size_t n_args,
                market_error *err);
static void fetch(sqlite3_stmt *statement, const mk_mapping *reading);
static void refuse_writes(mk_sqlite *s);
static int constraint(mk_sqlite *s, int code, const char *what, market_error *err);
static int described(mk_sqlite *s, int code, market_error *err, const char *format,
                     const char *what);

const mk_driver mk_store_sqlite = {
	.kind = MK_STORE_SQLITE,
	.size = sizeof(mk_sqlite),
	.open = mk_sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.prepare = sqlite_prepare,
	.forget = sqlite_forget,
	.check = sqlite_check,
	.read = sqlite_read,
	.each = sqlite_each,
	.run = sqlite_run,
	.execute = sqlite_execute,
	.intact = sqlite_intact,
	.tend = mk_sqlite_tend_log,
};

void mk_store_pause(int milliseconds)
{
	sqlite3_sleep(milliseconds);
}

static void sqlite_close(mk_store *store)
{
	mk_sqlite *s = (mk_sqlite *)store;

	let_others_write(s);
	sqlite3_finalize(s->begin_read);
	sqlite3_finalize(s->begin_write);
	sqlite3_finalize(s->commit);
	sqlite3_finalize(s->rollback);
	sqlite3_close(s->db);
	mk_wal_close(s->wal);
}

static int sqlite_begin(mk_store *store, bool write, market_error *err)
{
	mk_sqlite *s = (mk_sqlite *)store;
	int rc;

	end_undone(store);
	if (write && s->writers && atomic_load(&s->writers->refused))
		return mk_store_refused(store, err);
	if (write && s->writers && !store->leads) {
		mk_writers_take(s->writers);
		s->has_turn = true;
	}
	rc = write && s->undid_itself ? forget_totals(s, err) : 0;
	if (rc == 0)
		rc = step_once(s, write ? s->begin_write : s->begin_read, "begin", err);
	if (rc != 0)
		let_others_write(s);
	return rc;
}

static int sqlite_commit(mk_store *store, market_error *err)
{
	mk_sqlite *s = (mk_sqlite *)store;
	int rc;

	if (sqlite3_get_autocommit(s->db))
		return mk_error_set(err, MARKET_EINTERNAL, "the transaction was undone before its commit");
	rc = step_once(s, s->commit, "commit", err);
	if (rc == 0) {
		let_others_write(s);
		mk_sqlite_tend_log(store);
	}
	return rc;
}

static void sqlite_rollback(mk_store *store)
{
	mk_sqlite *s = (mk_sqlite *)store;

	if (!sqlite3_get_autocommit(s->db))
		step_once(s, s->rollback, "rollback", NULL);
	else
		s->undid_itself = true;
	let_others_write(s);
}

/* Where memory or the disk fails within a read of the text index, SQLite undoes the transaction
 * first, and then the index takes what it has read by half for the number of its words. It forgets
 * that when a transaction that it takes part in is undone. */
static int forget_totals(mk_sqlite *s, market_error *err)
{
	int code, rc = step_once(s, s->begin_write, "begin", err);

	if (rc != 0)
		return rc;
	code = sqlite3_exec(s->db, MK_TEXT_INDEX_TOUCH, NULL, NULL, NULL);
	if (code != SQLITE_OK && code != SQLITE_ERROR) /* that: there is no index */
		rc = mk_sqlite_failure(s, code, "text index", err);
	if (!sqlite3_get_autocommit(s->db))
		step_once(s, s->rollback, "rollback", NULL);
	s->undid_itself = rc != 0;
	return rc;
}

/* Memory was missing for the last rollback: what is done now must not become part of it. */
static void end_undone(mk_store *store)
{
	if (!store->in_transaction && !sqlite3_get_autocommit(((mk_sqlite *)store)->db))
		sqlite_rollback(store);
}

static void let_others_write(mk_sqlite *s)
{
	if (s->has_turn) {
		mk_writers_yield(s->writers);
		mk_writers_give(s->writers);
	}
	s->has_turn = false;
}

static int sqlite_prepare(mk_store *store, mk_prepared *prepared, market_error *err)
{
	mk_sqlite *s = (mk_sqlite *)store;
	sqlite3_stmt *statement;
	int rc =
		sqlite3_prepare_v3(s->db, prepared->text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

	if (rc != SQLITE_OK)
		return mk_sqlite_failure(s, rc, prepared->statement->name, err);
	if (!statement)
		return mk_error_set(err, MARKET_EINTERNAL, "statement %s is empty",
		                    prepared->statement->name);
	prepared->handle = statement;
	return 0;
}

static void sqlite_forget(mk_store *store, mk_prepared *prepared)
{
	(void)store;
	sqlite3_finalize(prepared->handle);
	prepared->handle = NULL;
}

static int sqlite_check(mk_store *store, mk_prepared *prepared, const mk_record *record,
                        market_error *err)
{
	const mk_mapping *binding;
	mk_mapping *reading;
	int rc = 0;

	if (!record)
		return 0;
	if (prepared->names)
		rc = mk_row_binding(store, prepared, record, &binding, err);
	if (rc == 0)
		rc = find_reading((mk_sqlite *)store, prepared, record, &reading, err);
	return rc;
}

static int sqlite_read(mk_store *store, mk_arena *arena, mk_query *queries, size_t n_queries,
                       market_error *err)
{
	int rc = 0;

	end_undone(store);
	for (size_t i = 0; i < n_queries && rc == 0; i++)
		rc = read_query((mk_sqlite *)store, arena, &queries[i], err);
	return rc;
}

static int sqlite_each(mk_store *store, const mk_query *query, mk_row_callback row, void *user_data,
                       market_error *err)
{
	mk_sqlite *s = (mk_sqlite *)store;
	mk_prepared *prepared;
	mk_mapping *reading;
	int64_t n_rows = 0;
	void *made;
	int step, rc;

	end_undone(store);
	rc = start_query(s, query, &prepared, &reading, err);
	if (rc != 0)
		return rc;
	while (rc == 0 && (step = sqlite3_step(prepared->handle)) != SQLITE_DONE) {
		if (step != SQLITE_ROW) {
			rc = mk_sqlite_failure(s, step, query->statement->name, err);
			break;
		}
		mk_arena_reset(&store->scratch);
		fetch(prepared->handle, reading);
		rc = mk_row_make(reading, &store->scratch, &made, err);
		n_rows++;
		if (rc == 0)
			rc = row(made, user_data, err);
	}
	sqlite3_reset(prepared->handle);
	mk_store_traced(store, query->statement, query->args, query->n_args, false, n_rows);
	return rc;
}

static int sqlite_run(mk_store *store, mk_step *const *steps, size_t n_steps, market_error *err)
{
	mk_sqlite *s = (mk_sqlite *)store;
	int rc = 0;

	end_undone(store);
	for (size_t i = 0; i < n_steps && rc == 0; i++) {
		mk_step *step = steps[i];
		sqlite3_stmt *statement = step->prepared->handle;

		rc = bind(s, step->prepared, step->args, step->n_args, err);
		if (rc == 0)
			rc = step_once(s, statement, step->statement->name, err);
		if (rc != 0)
			break;
		step->rows = sqlite3_stmt_readonly(statement) ? 0 : sqlite3_changes64(s->db);
		mk_store_traced(store, step->statement, step->args, step->n_args, true, step->rows);
	}
	return rc;
}

static int sqlite_execute(mk_store *store, const char *sql, market_error *err)
{
	mk_sqlite *s = (mk_sqlite *)store;
	int rc;

	end_undone(store);
	rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return mk_sqlite_failure(s, rc, "text", err);
	return mk_sqlite_keep_statements(s, err);
}

static bool sqlite_intact(mk_store *store)
{
	return !sqlite3_get_autocommit(((mk_sqlite *)store)->db);
}

static int step_once(mk_sqlite *s, sqlite3_stmt *statement, const char *name, market_error *err)
{
	int rc = sqlite3_step(statement);

	if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
		sqlite3_reset(statement);
		return 0;
	}
	rc = mk_sqlite_failure(s, rc, name, err);
	sqlite3_reset(statement);
	return rc;
}

static int read_query(mk_sqlite *s, mk_arena *arena, mk_query *query, market_error *err)
{
	mk_prepared *prepared;
	mk_mapping *reading;
	size_t room = 0;
	void *row;
	int step, rc = start_query(s, query, &prepared, &reading, err);

	query->rows = NULL;
	query->n_rows = 0;
	if (rc != 0)
		return rc;
	while (rc == 0 && (step = sqlite3_step(prepared->handle)) != SQLITE_DONE) {
		if (step != SQLITE_ROW) {
			rc = mk_sqlite_failure(s, step, query->statement->name, err);
			break;
		}
		fetch(prepared->handle, reading);
		rc = mk_row_make(reading, arena, &row, err);
		if (rc == 0)
			rc = mk_store_add_row(query, &room, row, arena, err);
	}
	sqlite3_reset(prepared->handle);
	mk_store_traced(&s->base, query->statement, query->args, query->n_args, false,
	                (int64_t)query->n_rows);
	return rc;
}

static int start_query(mk_sqlite *s, const mk_query *query, mk_prepared **prepared,
                       mk_mapping **reading, market_error *err)
{
	int rc = mk_store_prepare(&s->base, query->statement, prepared, err);

	if (rc == 0)
		rc = find_reading(s, *prepared, query->record, reading, err);
	if (rc == 0)
		rc = bind(s, *prepared, query->args, query->n_args, err);
	return rc;
}

static int find_reading(mk_sqlite *s, mk_prepared *prepared, const mk_record *record,
                        mk_mapping **out, market_error *err)
{
	mk_columns columns;

	*out = mk_mapping_find(prepared->readings, record);
	if (*out)
		return 0;
	columns.name = column_name;
	columns.result = prepared->handle;
	columns.n = (size_t)sqlite3_column_count(prepared->handle);
	return mk_row_reading(&s->base, prepared, record, &columns, out, err);
}

static const char *column_name(const void *result, size_t index)
{
	return sqlite3_column_name((sqlite3_stmt *)(uintptr_t)result, (int)index);
}

/* SQLITE_STATIC: the values outlive the step, and every parameter is bound anew before the next. */
static int bind(mk_sqlite *s, const mk_prepared *prepared, const mk_value *args, size_t n_args,
                market_error *err)
{
	sqlite3_stmt *statement = prepared->handle;
	int rc = SQLITE_OK;

	if (n_args != prepared->n_parameters)
		return mk_store_check_args(prepared, args, n_args, err);
	for (size_t i = 0; i < n_args && rc == SQLITE_OK; i++) {
		const mk_value *value = &args[i];

		if (value->null)
			rc = sqlite3_bind_null(statement, (int)i + 1);
		else if (value->kind == MK_VALUE_INT)
			rc = sqlite3_bind_int64(statement, (int)i + 1, value->number);
		else if (value->kind == MK_VALUE_TEXT)
			rc = sqlite3_bind_text64(statement, (int)i + 1, value->data, value->size, SQLITE_STATIC,
			                         SQLITE_UTF8);
		else
			rc =
				sqlite3_bind_blob64(statement, (int)i + 1, value->data, value->size, SQLITE_STATIC);
	}
	return rc == SQLITE_OK ? 0 : mk_sqlite_failure(s, rc, prepared->statement->name, err);
}

/* Zero and a NULL pointer are what NULL gives, so only those are looked at twice; not even they
 * where an absent number is read as zero. */
static void fetch(sqlite3_stmt *statement, const mk_mapping *reading)
{
	const mk_column *column = reading->columns;
	mk_value *value = reading->values;

	for (int i = 0, n = (int)reading->n_columns; i < n; i++, column++, value++) {
		sqlite3_value *cell = sqlite3_column_value(statement, i);

		if (column->value == MK_VALUE_INT) {
			value->number = sqlite3_value_int64(cell);
			value->null = value->number == 0 && (column->kind == MK_COLUMN_INT ||
			                                     sqlite3_value_type(cell) == SQLITE_NULL);
			continue;
		}
		value->data =
			column->value == MK_VALUE_TEXT ? sqlite3_value_text(cell) : sqlite3_value_blob(cell);
		value->null = !value->data && sqlite3_value_type(cell) == SQLITE_NULL;
		value->size = value->data ? (size_t)sqlite3_value_bytes(cell) : 0;
	}
}

static void refuse_writes(mk_sqlite *s)
{
	s->base.refused = true;
	if (s->writers)
		atomic_store(&s->writers->refused, true);
}

int mk_sqlite_failure(mk_sqlite *s, int code, const char *what, market_error *err)
{
	if (s->db)
		code =
			sqlite3_extended_errcode(s->db) != SQLITE_OK ? sqlite3_extended_errcode(s->db) : code;
	if (code == SQLITE_BUSY_SNAPSHOT || (code & 0xff) == SQLITE_LOCKED)
		return MK_AGAIN;
	if (code == SQLITE_IOERR_NOMEM)
		return mk_error_no_memory(err);
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_PROTOCOL:
	case SQLITE_INTERRUPT:
		return mk_error_set(err, MARKET_EBUSY, "the store is locked by another process (%s)", what);
	case SQLITE_FULL:
		return mk_error_set(err, MARKET_EFULL, "the disk is full (%s)", what);
	case SQLITE_IOERR:
		/* Pages that a failed sync lost look clean to the kernel: a later sync proves nothing. */
		if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC ||
		    code == SQLITE_IOERR_WRITE)
			refuse_writes(s);
		return described(s, MARKET_EIO, err, "reading or writing the store failed (%s)", what);
	case SQLITE_CANTOPEN:
		return described(s, MARKET_EIO, err, "the store's file can't be opened (%s)", what);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return described(s, MARKET_EREADONLY, err, "the store can't be written (%s)", what);
	case SQLITE_NOTADB:
		return mk_error_set(err, MARKET_EFOREIGN, "the file isn't an SQLite database");
	case SQLITE_CORRUPT:
		return described(s, MARKET_ECORRUPT, err, "the store's file is damaged (%s)", what);
	case SQLITE_NOMEM:
		return mk_error_no_memory(err);
	case SQLITE_CONSTRAINT:
		return constraint(s, code, what, err);
	default:
		/* what opening runs is right: it's the file */
		if (strcmp(what, "open") == 0)
			return described(s, MARKET_ECORRUPT, err, "the store's file is damaged (%s)", what);
		if (code == SQLITE_ERROR && strcmp(sqlite3_errmsg(s->db), "integer overflow") == 0)
			return described(s, MARKET_EOVERFLOW, err, "a sum in statement %s overflows", what);
		return described(s, MARKET_EINTERNAL, err, "statement %s failed", what);
	}
}

/* An integer that overflows becomes a REAL, which a STRICT table refuses. */
static int constraint(mk_sqlite *s, int code, const char *what, market_error *err)
{
	if (code == SQLITE_CONSTRAINT_DATATYPE && strstr(sqlite3_errmsg(s->db), "REAL value"))
		return described(s, MARKET_EOVERFLOW, err, "a sum in statement %s overflows", what);
	return described(s, MARKET_EINTERNAL, err, "statement %s breaks a constraint", what);
}

static int described(mk_sqlite *s, int code, market_error *err, const char *format,
                     const char *what)
{
	char message[sizeof(err->message)];

	sqlite3_snprintf(sizeof(message), message, format, what);
	mk_error_set(err, code, "%s", message);
	return mk_error_detail(err, code, "SQLite says: %s.",
	                       s->db ? sqlite3_errmsg(s->db) : "no memory");
}
