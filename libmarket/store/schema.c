#include "libmarket/store/driver.h"

#include "libmarket/base/clock.h"
#include "libmarket/crypto/crypto.h"

#include <string.h>

#define LEASE_MS (15 * MK_SECOND)
#define LONGEST_WAIT_MS (30 * MK_SECOND) /* for another process that migrates */
#define PAUSE_MS 20
#define CHECKSUM_SIZE (2 * MK_HASH_SIZE + 1)

typedef struct applied {
	int64_t number;
	const char *name;
	const char *checksum;
} applied;
static const mk_field applied_fields[] = {
	MK_F_INT(applied, number, 0, 0, 0, "its place in the list"),
	MK_F_TEXT(applied, name, 0, 0, 0, "its name"),
	MK_F_TEXT(applied, checksum, 0, 0, 0, "the digest of its text"),
};
static const mk_record applied_record =
	MK_RECORD_OF("migration", applied, applied_fields, "an applied migration");

typedef struct tables {
	int64_t ours, others;
} tables;
static const mk_field tables_fields[] = {
	MK_F_INT(tables, ours, 0, 0, 0, "whether our table of migrations exists"),
	MK_F_INT(tables, others, 0, 0, 0, "how many other tables there are"),
};
static const mk_record tables_record =
	MK_RECORD_OF("tables", tables, tables_fields, "what a database holds");

static const char *const own_ddl[] = {
	"CREATE TABLE IF NOT EXISTS market_schema (number {int} NOT NULL PRIMARY KEY, name TEXT NOT"
	" NULL,"
	" checksum TEXT NOT NULL, applied_at {int} NOT NULL) {strict}",
	"CREATE TABLE IF NOT EXISTS market_schema_lease (id {int} NOT NULL PRIMARY KEY, holder {int}"
	" NOT NULL,"
	" expires {int} NOT NULL) {strict}",
	NULL,
};

static const mk_statement count_tables[] = {
	[MK_STORE_SQLITE] =
		{
			.name = "schema_tables",
			.sql =
				"SELECT COALESCE(SUM(name = 'market_schema'), 0) AS ours,"
				" COALESCE(SUM(name NOT IN ('market_schema', 'market_schema_lease')), 0) AS others"
				" FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
		},
	[MK_STORE_POSTGRES] =
		{
			.name = "schema_tables",
			.sql = "SELECT COUNT(CASE WHEN relname = 'market_schema' THEN 1 END) AS ours,"
				   " COUNT(CASE WHEN relname NOT IN ('market_schema', 'market_schema_lease') THEN 1"
				   " END) AS others"
				   " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid ="
				   " c.relnamespace"
				   " WHERE n.nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'm', 'f')",
		},
};
static const mk_statement list_applied = {
	.name = "schema_list",
	.sql = "SELECT number, name, checksum FROM market_schema ORDER BY number",
	.scan = true,
};
static const mk_statement insert_applied = {
	.name = "schema_insert",
	.table = "market_schema",
	.sql = "INSERT INTO market_schema (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)"
		   " ON CONFLICT DO NOTHING",
};
static const mk_statement insert_lease = {
	.name = "schema_lease_insert",
	.table = "market_schema_lease",
	.sql = "INSERT INTO market_schema_lease (id, holder, expires) VALUES (1, 0, 0) ON CONFLICT DO"
		   " NOTHING",
};
static const mk_statement take_lease = {
	.name = "schema_lease_take",
	.table = "market_schema_lease",
	.sql = "UPDATE market_schema_lease SET holder = ?1, expires = ?2 WHERE id = 1 AND (holder = ?1"
		   " OR expires <= ?3)",
};
static const mk_statement drop_lease = {
	.name = "schema_lease_drop",
	.table = "market_schema_lease",
	.sql = "UPDATE market_schema_lease SET holder = 0, expires = 0 WHERE id = 1 AND holder = ?1",
};

typedef struct migration {
	mk_store *store;
	const mk_migration *list;
	size_t count;
	market_time now;
	int64_t holder; /* of the lease */
} migration;

static int load(mk_store *store, mk_arena *arena, applied ***rows, size_t *n_rows,
                market_error *err);
static int compare(const mk_migration *list, size_t count, applied *const *rows, size_t n_rows,
                   const char *checksums, market_error *err);
static int digest_all(mk_store *store, const mk_migration *list, size_t count, mk_arena *arena,
                      char **out, market_error *err);
static int digest_one(mk_digest *digest, const mk_migration *m, char checksum[CHECKSUM_SIZE],
                      market_error *err);
static int migrate(migration *m, market_error *err);
static int lease(migration *m, bool wait, market_error *err);
static int apply_missing(migration *m, market_error *err);
static int apply(migration *m, const mk_migration *step, const char *checksum, market_error *err);
static int execute(mk_store *store, const char *ddl, market_error *err);
static bool expand_token(mk_store_kind kind, const char *token, size_t size, mk_text *out);
static void expand_id_index(mk_store_kind kind, const char *table, size_t size, mk_text *out);
static bool expand_reference(mk_store_kind kind, const char *token, size_t size, mk_text *out);

int mk_schema_version(mk_store *store, const mk_migration *list, size_t count, int *version,
                      market_error *err)
{
	mk_arena arena;
	applied **rows;
	char *checksums;
	size_t n_rows;
	int rc;

	mk_arena_init(&arena, &store->allocator);
	rc = load(store, &arena, &rows, &n_rows, err);
	if (rc == 0)
		rc = digest_all(store, list, count, &arena, &checksums, err);
	if (rc == 0)
		rc = compare(list, count, rows, n_rows, checksums, err);
	if (rc == 0)
		*version = n_rows > 0 ? (int)rows[n_rows - 1]->number : 0;
	mk_arena_close(&arena);
	return rc;
}

int mk_schema_migrate(mk_store *store, const mk_migration *list, size_t count, market_time now,
                      market_error *err)
{
	migration m = {.store = store, .list = list, .count = count, .now = now};
	bool whole = store->driver->kind == MK_STORE_SQLITE;
	int version;
	int rc = mk_schema_version(store, list, count, &version, err);

	if (rc != 0 || (count > 0 && version == list[count - 1].number))
		return rc;
	if (!mk_random_bytes(&m.holder, sizeof(m.holder), NULL))
		return mk_error_set(err, MARKET_EIO, "the system gives no random numbers");
	m.holder = (m.holder & INT64_MAX) | 1;
	/* SQLite takes DDL back with its transaction, and many small commits would cost a sync each. */
	if (!whole)
		return migrate(&m, err);
	rc = mk_store_begin(store, true, err);
	if (rc != 0)
		return rc;
	rc = migrate(&m, err);
	if (rc == 0)
		return mk_store_commit(store, err);
	mk_store_rollback(store);
	return rc;
}

/* Two processes that create a table at once: on PostgreSQL one of them fails in spite of IF NOT
 * EXISTS, and finds it there when it tries again. */
int mk_schema_own_tables(mk_store *store, market_error *err)
{
	int64_t n = 0;
	int rc = 0;

	for (size_t i = 0; own_ddl[i] && rc == 0; i++) {
		rc = execute(store, own_ddl[i], err);
		if (rc == MARKET_EINTERNAL && !store->in_transaction)
			rc = execute(store, own_ddl[i], err);
	}
	if (rc == 0)
		n = mk_store_write(store, &insert_lease, MK_NO_ARGS, err);
	return n < 0 ? (int)n : rc;
}

int mk_schema_expand(mk_store_kind kind, const char *ddl, mk_text *out)
{
	while (*ddl) {
		size_t size = strcspn(ddl, "{");

		mk_text_add_n(out, ddl, size);
		ddl += size;
		if (!*ddl)
			break;
		size = strcspn(ddl, "}");
		if (!ddl[size] || !expand_token(kind, ddl + 1, size - 1, out))
			return MARKET_EINTERNAL;
		ddl += size + 1;
	}
	return out->failed ? MARKET_ENOMEM : 0;
}

static int load(mk_store *store, mk_arena *arena, applied ***rows, size_t *n_rows,
                market_error *err)
{
	tables *found;
	void **list = NULL;
	void *row;
	int rc = mk_store_get(store, arena, &count_tables[store->driver->kind], &tables_record,
	                      MK_NO_ARGS, &row, err);

	*n_rows = 0;
	*rows = NULL;
	if (rc != 0)
		return rc;
	found = row;
	if (!found)
		return mk_error_set(err, MARKET_EINTERNAL, "the store can't count its tables");
	if (found->ours == 0 && found->others > 0) {
		mk_error_set(err, MARKET_EFOREIGN, "the database holds other tables and no market store");
		return mk_error_hint(err, MARKET_EFOREIGN, "Give the store an empty database of its own.");
	}
	if (found->ours == 0)
		return 0;
	rc =
		mk_store_list(store, arena, &list_applied, &applied_record, MK_NO_ARGS, &list, n_rows, err);
	*rows = (applied **)list;
	return rc;
}

/* What is applied must be a beginning of the list, text for text. */
static int compare(const mk_migration *list, size_t count, applied *const *rows, size_t n_rows,
                   const char *checksums, market_error *err)
{
	for (size_t i = 0; i < n_rows; i++) {
		const applied *row = rows[i];

		if (i >= count || (row->number != list[i].number && row->number > list[count - 1].number)) {
			mk_error_set(err, MARKET_ESCHEMA, "the store's schema is %lld, newer than %d",
			             (long long)rows[n_rows - 1]->number,
			             count > 0 ? list[count - 1].number : 0);
			return mk_error_hint(err, MARKET_ESCHEMA, "Use a newer release of the library.");
		}
		if (row->number != list[i].number || !mk_text_equal(row->name, list[i].name))
			return mk_error_set(err, MARKET_ECORRUPT,
			                    "the store's migration %lld is \"%s\", not %d \"%s\"",
			                    (long long)row->number, row->name, list[i].number, list[i].name);
		if (!mk_text_equal(row->checksum, checksums + i * CHECKSUM_SIZE))
			return mk_error_set(err, MARKET_ECORRUPT,
			                    "the checksum of the store's migration %d \"%s\" differs",
			                    list[i].number, list[i].name);
	}
	return 0;
}

static int digest_all(mk_store *store, const mk_migration *list, size_t count, mk_arena *arena,
                      char **out, market_error *err)
{
	mk_digest *digest = NULL;
	int rc;

	*out = mk_arena_get(arena, CHECKSUM_SIZE * (count + 1));
	if (!*out)
		return mk_error_no_memory(err);
	rc = mk_digest_open(&store->allocator, &digest, err);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = digest_one(digest, &list[i], *out + i * CHECKSUM_SIZE, err);
	mk_digest_close(digest);
	return rc;
}

static int digest_one(mk_digest *digest, const mk_migration *m, char checksum[CHECKSUM_SIZE],
                      market_error *err)
{
	mk_hash hash;
	int rc = mk_digest_begin(digest, err);

	/* Each text with its NUL, so that moving a boundary changes the digest. */
	for (size_t i = 0; m->ddl[i] && rc == 0; i++)
		rc = mk_digest_add(digest, m->ddl[i], strlen(m->ddl[i]) + 1, err);
	if (rc == 0)
		rc = mk_digest_end(digest, &hash, err);
	if (rc == 0)
		mk_hex(hash.bytes, sizeof(hash.bytes), checksum);
	return rc;
}

static int migrate(migration *m, market_error *err)
{
	int rc = mk_schema_own_tables(m->store, err);
	int64_t dropped;

	if (rc == 0)
		rc = lease(m, true, err);
	if (rc != 0)
		return rc;
	rc = apply_missing(m, err);
	if (rc != 0 && !m->store->in_transaction) {
		mk_store_write(m->store, &drop_lease, MK_ARGS(mk_int(m->holder)), NULL);
		return rc;
	}
	if (rc != 0)
		return rc;
	dropped = mk_store_write(m->store, &drop_lease, MK_ARGS(mk_int(m->holder)), err);
	return dropped < 0 ? (int)dropped : 0;
}

/* Takes or renews the lease. Its age is told by the real clock, whatever the caller's says. */
static int lease(migration *m, bool wait, market_error *err)
{
	int64_t deadline = mk_clock_monotonic_us() + LONGEST_WAIT_MS * 1000;

	for (;;) {
		market_time now = mk_clock_now(NULL);
		int64_t n =
			mk_store_write(m->store, &take_lease,
		                   MK_ARGS(mk_int(m->holder), mk_int(now + LEASE_MS), mk_int(now)), err);

		if (n != 0)
			return n < 0 ? (int)n : 0;
		if (!wait || mk_clock_monotonic_us() >= deadline)
			return mk_error_set(err, MARKET_EBUSY, "another process is migrating the store");
		mk_store_pause(PAUSE_MS);
	}
}

/* Reads again under the lease: another process may have done it. */
static int apply_missing(migration *m, market_error *err)
{
	mk_arena arena;
	applied **rows;
	char *checksums;
	size_t n_rows;
	int rc;

	mk_arena_init(&arena, &m->store->allocator);
	rc = load(m->store, &arena, &rows, &n_rows, err);
	if (rc == 0)
		rc = digest_all(m->store, m->list, m->count, &arena, &checksums, err);
	if (rc == 0)
		rc = compare(m->list, m->count, rows, n_rows, checksums, err);
	if (rc == 0)
		for (size_t i = n_rows; i < m->count && rc == 0; i++)
			rc = apply(m, &m->list[i], checksums + i * CHECKSUM_SIZE, err);
	mk_arena_close(&arena);
	return rc;
}

static int apply(migration *m, const mk_migration *step, const char *checksum, market_error *err)
{
	int64_t n;
	int rc = 0;

	for (size_t i = 0; step->ddl[i] && rc == 0; i++) {
		rc = lease(m, false, err);
		if (rc == 0)
			rc = execute(m->store, step->ddl[i], err);
	}
	if (rc != 0)
		return mk_error_hint(err, rc, "Migration %d \"%s\" isn't complete.", step->number,
		                     step->name);
	n = mk_store_write(m->store, &insert_applied,
	                   MK_ARGS(mk_int(step->number), mk_text_value(step->name),
	                           mk_text_value(checksum), mk_int(m->now)),
	                   err);
	return n < 0 ? (int)n : 0;
}

static int execute(mk_store *store, const char *ddl, market_error *err)
{
	mk_text text;
	mk_tries tries;
	int rc;

	mk_tries_begin(&tries);
	mk_text_init(&text, &store->allocator, 1024 * 1024);
	rc = mk_schema_expand(store->driver->kind, ddl, &text);
	if (rc == MARKET_ENOMEM)
		rc = mk_error_no_memory(err);
	else if (rc != 0)
		rc = mk_error_set(err, rc, "a migration has an unknown token: %.80s", ddl);
	else
		do {
			rc = mk_store_execute_text(store, text.data, err);
		} while (!store->in_transaction && mk_try_again(&tries, &rc, "a migration", err));
	if (rc == MK_AGAIN)
		rc = mk_error_set(err, MARKET_ECONFLICT, "a migration met another transaction: %.80s", ddl);
	mk_text_close(&text);
	return rc;
}

static bool expand_token(mk_store_kind kind, const char *token, size_t size, mk_text *out)
{
	static const struct {
		const char *name;
		const char *texts[2];
	} words[] = {
		{"key",
	     {"book_id INTEGER NOT NULL, id INTEGER PRIMARY KEY",
	      "book_id BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (book_id, id)"}},
		{"int", {"INTEGER", "BIGINT"}},
		{"text", {"TEXT", "TEXT COLLATE \"C\""}},
		{"blob", {"BLOB", "BYTEA"}},
		{"strict", {"STRICT", ""}},
		{"by_key", {"NOT INDEXED", ""}},
		{"or_fail", {"OR FAIL", ""}},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].name) == size && strncmp(words[i].name, token, size) == 0) {
			mk_text_add(out, words[i].texts[kind]);
			return true;
		}
	if (mk_text_index_expand(kind, token, size, out))
		return true;
	if (size > 9 && strncmp(token, "id_index:", 9) == 0) {
		expand_id_index(kind, token + 9, size - 9, out);
		return true;
	}
	return size > 3 && strncmp(token, "fk:", 3) == 0 &&
	       expand_reference(kind, token + 3, size - 3, out);
}

/* SQLite's key is the id alone already. */
static void expand_id_index(mk_store_kind kind, const char *table, size_t size, mk_text *out)
{
	if (kind == MK_STORE_SQLITE)
		mk_text_add(out, "SELECT 1");
	else
		mk_text_format(out, "CREATE INDEX IF NOT EXISTS %.*s_id ON %.*s (id)", (int)size, table,
		               (int)size, table);
}

/* The column comes last, so that NOT NULL may follow. */
static bool expand_reference(mk_store_kind kind, const char *token, size_t size, mk_text *out)
{
	size_t column = strcspn(token, ":}"), table;

	if (column == 0 || column + 1 >= size)
		return false;
	table = size - column - 1;
	if (kind == MK_STORE_SQLITE)
		mk_text_format(out, "%.*s INTEGER REFERENCES %.*s (id)", (int)column, token, (int)table,
		               token + column + 1);
	else
		mk_text_format(out,
		               "FOREIGN KEY (book_id, %.*s) REFERENCES %.*s (book_id, id), %.*s BIGINT",
		               (int)column, token, (int)table, token + column + 1, (int)column, token);
	return true;
}
