#include "libmarket/store/driver.h"

#include <string.h>

#define DEFAULT_BUSY_MS 5000
#define FIRST_SLOTS 128

static const mk_statement begin_write = {.name = "begin", .sql = "BEGIN IMMEDIATE"};
static const mk_statement begin_read = {.name = "begin_read", .sql = "BEGIN"};
static const mk_statement commit = {.name = "commit", .sql = "COMMIT"};
static const mk_statement rollback = {.name = "rollback", .sql = "ROLLBACK"};

static size_t slot_of(const mk_store *store, const mk_statement *statement);
static int grow_slots(mk_store *store, market_error *err);
static int make_prepared(mk_store *store, const mk_statement *statement, mk_prepared **out,
                         market_error *err);
static int usable(const mk_store *store, market_error *err);

int mk_store_open(const mk_store_url *url, const mk_store_options *options, mk_store **out,
                  market_error *err)
{
	static const mk_store_options defaults;
	const market_allocator *allocator;
	const mk_driver *driver = url->kind == MK_STORE_SQLITE ? &mk_store_sqlite : &mk_store_postgres;
	mk_store *store;
	int rc;

	if (!options)
		options = &defaults;
	allocator = options->allocator ? options->allocator : &mk_allocator_default;
	store = mk_allocate_zero(allocator, driver->size);
	if (!store)
		return mk_error_no_memory(err);
	store->driver = driver;
	store->allocator = *allocator;
	store->busy_ms = options->busy_ms > 0 ? options->busy_ms : DEFAULT_BUSY_MS;
	store->read_only = options->read_only;
	mk_arena_init(&store->arena, &store->allocator);
	mk_arena_init(&store->scratch, &store->allocator);
	rc = grow_slots(store, err);
	if (rc == 0)
		rc = driver->open(store, url, options, err);
	if (rc != 0) {
		mk_store_close(store);
		return rc;
	}
	*out = store;
	return 0;
}

void mk_store_close(mk_store *store)
{
	market_allocator allocator;

	if (!store)
		return;
	for (size_t i = 0; i < store->n_slots; i++)
		if (store->slots[i])
			store->driver->forget(store, store->slots[i]);
	store->driver->close(store);
	mk_release(&store->allocator, store->slots);
	mk_arena_close(&store->arena);
	mk_arena_close(&store->scratch);
	allocator = store->allocator;
	mk_release(&allocator, store);
}

mk_store_kind mk_store_kind_of(const mk_store *store)
{
	return store->driver->kind;
}

void mk_store_set_trace(mk_store *store, void (*trace)(const mk_trace *, void *), void *user_data)
{
	store->trace = trace;
	store->trace_data = user_data;
}

void mk_store_set_before_flush(mk_store *store, int (*hook)(mk_store *, void *), void *user_data)
{
	store->before_flush = hook;
	store->before_flush_data = user_data;
}

int mk_store_begin(mk_store *store, bool write, market_error *err)
{
	int rc = usable(store, err);

	if (rc != 0)
		return rc;
	if (store->in_transaction)
		return mk_error_set(err, MARKET_EINTERNAL, "a transaction is open already");
	if (write && store->read_only)
		return mk_error_set(err, MARKET_EREADONLY, "the store was opened for reading only");
	if (write && store->refused)
		return mk_store_refused(store, err);
	rc = store->driver->begin(store, write, err);
	if (rc != 0)
		return rc;
	store->in_transaction = true;
	store->writing = write;
	store->again = false;
	mk_store_traced(store, write ? &begin_write : &begin_read, MK_NO_ARGS, false, 0);
	return 0;
}

int mk_store_refused(mk_store *store, market_error *err)
{
	store->refused = true;
	mk_error_set(err, MARKET_EIO, "writes are refused since the disk failed to sync");
	return mk_error_hint(err, MARKET_EIO, "Check the disk, then open the store again.");
}

int mk_store_commit(mk_store *store, market_error *err)
{
	int rc = usable(store, err);

	if (rc != 0)
		return rc;
	if (!store->in_transaction)
		return mk_error_set(err, MARKET_EINTERNAL, "there is no transaction to commit");
	if (store->again) {
		mk_store_rollback(store);
		return MK_AGAIN;
	}
	rc = store->driver->commit(store, err);
	if (rc == 0)
		mk_store_traced(store, &commit, MK_NO_ARGS, false, 0);
	else
		store->driver->rollback(store);
	store->in_transaction = false;
	store->writing = false;
	return rc;
}

void mk_store_rollback(mk_store *store)
{
	if (!store->in_transaction || store->streaming)
		return;
	store->driver->rollback(store);
	store->in_transaction = false;
	store->writing = false;
	store->again = false;
	mk_store_traced(store, &rollback, MK_NO_ARGS, false, 0);
}

int mk_store_finish(mk_store *store, int64_t outcome, market_error *err)
{
	int rc = outcome < 0 && !store->again ? (int)outcome : mk_store_commit(store, err);

	if (rc != 0)
		mk_store_rollback(store);
	return rc;
}

bool mk_store_intact(mk_store *store)
{
	return store->in_transaction && !store->again && store->driver->intact(store);
}

void mk_store_tend(mk_store *store)
{
	store->driver->tend(store);
}

bool mk_store_in_transaction(const mk_store *store)
{
	return store->in_transaction;
}

int mk_store_read(mk_store *store, mk_arena *arena, mk_query *queries, size_t n_queries,
                  market_error *err)
{
	int rc = usable(store, err);

	if (rc != 0 || n_queries == 0)
		return rc;
	rc = store->driver->read(store, arena, queries, n_queries, err);
	store->again = store->again || (rc == MK_AGAIN && store->in_transaction);
	return rc;
}

int mk_store_get(mk_store *store, mk_arena *arena, const mk_statement *statement,
                 const mk_record *record, const mk_value *args, size_t n_args, void **row,
                 market_error *err)
{
	mk_query query = {.statement = statement, .args = args, .n_args = n_args, .record = record};
	int rc = mk_store_read(store, arena, &query, 1, err);

	*row = rc == 0 && query.n_rows > 0 ? query.rows[0] : NULL;
	return rc;
}

int mk_store_list(mk_store *store, mk_arena *arena, const mk_statement *statement,
                  const mk_record *record, const mk_value *args, size_t n_args, void ***rows,
                  size_t *n_rows, market_error *err)
{
	mk_query query = {.statement = statement, .args = args, .n_args = n_args, .record = record};
	int rc = mk_store_read(store, arena, &query, 1, err);

	*rows = rc == 0 ? query.rows : NULL;
	*n_rows = rc == 0 ? query.n_rows : 0;
	return rc;
}

int mk_store_each(mk_store *store, const mk_statement *statement, const mk_record *record,
                  const mk_value *args, size_t n_args,
                  int (*row)(void *row, void *user_data, market_error *err), void *user_data,
                  market_error *err)
{
	const mk_query query = {
		.statement = statement, .args = args, .n_args = n_args, .record = record};
	int rc = usable(store, err);

	if (rc != 0)
		return rc;
	store->streaming = true;
	rc = store->driver->each(store, &query, row, user_data, err);
	store->streaming = false;
	store->again = store->again || (rc == MK_AGAIN && store->in_transaction);
	mk_arena_reset(&store->scratch);
	return rc;
}

int mk_store_check(mk_store *store, const mk_statement *statement, const mk_record *record,
                   market_error *err)
{
	mk_prepared *prepared;
	int rc = usable(store, err);

	if (rc == 0)
		rc = mk_store_prepare(store, statement, &prepared, err);
	if (rc == 0)
		rc = store->driver->check(store, prepared, record, err);
	return rc;
}

int64_t mk_store_write(mk_store *store, const mk_statement *statement, const mk_value *args,
                       size_t n_args, market_error *err)
{
	mk_step step = {.statement = statement, .args = args, .n_args = n_args, .rows = -1};
	mk_step *const steps[] = {&step};
	mk_tries tries;
	int rc = usable(store, err);

	if (rc != 0)
		return rc;
	if (store->read_only || (store->in_transaction && !store->writing))
		return mk_error_set(err, MARKET_EREADONLY, "%s writes where only reading is allowed",
		                    statement->name);
	if (store->refused)
		return mk_error_set(err, MARKET_EIO, "writes are refused since the disk failed to sync");
	rc = mk_store_prepare(store, statement, &step.prepared, err);
	if (rc == 0)
		rc = mk_store_check_args(step.prepared, args, n_args, err);
	if (rc != 0)
		return rc;
	mk_tries_begin(&tries);
	do {
		rc = store->driver->run(store, steps, 1, err);
	} while (!store->in_transaction && mk_try_again(&tries, &rc, statement->name, err));
	if (rc == MK_AGAIN) {
		store->again = true;
		return mk_error_set(err, MARKET_ECONFLICT, "%s met another transaction", statement->name);
	}
	return rc != 0 ? rc : step.rows;
}

int mk_store_execute_text(mk_store *store, const char *sql, market_error *err)
{
	int rc = usable(store, err);

	return rc != 0 ? rc : store->driver->execute(store, sql, err);
}

int mk_store_prepare(mk_store *store, const mk_statement *statement, mk_prepared **out,
                     market_error *err)
{
	size_t i = slot_of(store, statement);
	mk_prepared *prepared;
	int rc;

	for (; (prepared = store->slots[i]) != NULL; i = (i + 1) & (store->n_slots - 1))
		if (prepared->statement == statement && prepared->sql == statement->sql) {
			*out = prepared;
			return 0;
		}
	if (store->n_prepared * 2 >= store->n_slots) {
		rc = grow_slots(store, err);
		if (rc != 0)
			return rc;
	}
	rc = make_prepared(store, statement, &prepared, err);
	if (rc != 0)
		return rc;
	i = slot_of(store, statement);
	while (store->slots[i])
		i = (i + 1) & (store->n_slots - 1);
	store->slots[i] = prepared;
	store->n_prepared++;
	*out = prepared;
	return 0;
}

int mk_store_check_args(const mk_prepared *prepared, const mk_value *args, size_t n_args,
                        market_error *err)
{
	if (n_args != prepared->n_parameters)
		return mk_error_set(err, MARKET_EINTERNAL,
		                    "statement %s takes %zu values and was given %zu",
		                    prepared->statement->name, prepared->n_parameters, n_args);
	for (size_t i = 0; i < n_args; i++)
		if (args[i].kind == MK_VALUE_INT && args[i].number == INT64_MIN)
			return mk_error_set(err, MARKET_EOVERFLOW, "an amount bound by statement %s overflows",
			                    prepared->statement->name);
	return 0;
}

void mk_store_traced(mk_store *store, const mk_statement *statement, const mk_value *args,
                     size_t n_args, bool write, int64_t rows)
{
	mk_trace trace;

	if (!store->trace)
		return;
	trace = (mk_trace){.statement = statement,
	                   .args = args,
	                   .n_args = n_args,
	                   .write = write,
	                   .rows = rows,
	                   .batch = store->batch};
	store->trace(&trace, store->trace_data);
}

int mk_store_add_row(mk_query *query, size_t *room, void *row, mk_arena *arena, market_error *err)
{
	void **rows;

	if (query->n_rows == *room) {
		*room = *room ? *room * 4 : 2;
		rows = mk_arena_get(arena, sizeof(*rows) * *room);
		if (!rows)
			return mk_error_no_memory(err);
		if (query->n_rows > 0)
			memcpy(rows, query->rows, sizeof(*rows) * query->n_rows);
		query->rows = rows;
	}
	query->rows[query->n_rows++] = row;
	return 0;
}

static size_t slot_of(const mk_store *store, const mk_statement *statement)
{
	return (size_t)(((uint64_t)(uintptr_t)statement * UINT64_C(0x9e3779b97f4a7c15)) >> 32) &
	       (store->n_slots - 1);
}

static int grow_slots(mk_store *store, market_error *err)
{
	size_t n_before = store->n_slots;
	mk_prepared **before = store->slots;
	size_t n = n_before ? n_before * 2 : FIRST_SLOTS;
	mk_prepared **slots = mk_allocate_zero(&store->allocator, sizeof(*slots) * n);

	if (!slots)
		return mk_error_no_memory(err);
	store->slots = slots;
	store->n_slots = n;
	for (size_t i = 0; i < n_before; i++) {
		size_t at;

		if (!before[i])
			continue;
		at = slot_of(store, before[i]->statement);
		while (slots[at])
			at = (at + 1) & (n - 1);
		slots[at] = before[i];
	}
	mk_release(&store->allocator, before);
	return 0;
}

static int make_prepared(mk_store *store, const mk_statement *statement, mk_prepared **out,
                         market_error *err)
{
	mk_prepared *prepared = MK_NEW(&store->arena, mk_prepared);
	int rc;

	if (!prepared)
		return mk_error_no_memory(err);
	prepared->statement = statement;
	prepared->sql = statement->sql;
	rc = mk_statement_scan(statement, store->driver->kind == MK_STORE_POSTGRES, &store->arena,
	                       prepared, err);
	if (rc == 0)
		rc = store->driver->prepare(store, prepared, err);
	if (rc == 0)
		*out = prepared;
	return rc;
}

static int usable(const mk_store *store, market_error *err)
{
	if (store->streaming)
		return mk_error_set(err, MARKET_EINTERNAL, "the store is used while it streams rows");
	return 0;
}
