/* The mark of a store that a copy is filling: a second row of the lease table. */
#include "libmarket/store/copy.h"

#include "libmarket/base/clock.h"

#define HELD_MS (5 * MK_SECOND)
#define PAUSE_MS 50

static const mk_statement count_leases[] = {
	[MK_STORE_SQLITE] =
		{
			.name = "schema_leases",
			.sql = "SELECT COUNT(*) AS number FROM sqlite_schema WHERE type = 'table'"
				   " AND name = 'market_schema_lease'",
		},
	[MK_STORE_POSTGRES] =
		{
			.name = "schema_leases",
			.sql = "SELECT COUNT(*) AS number FROM pg_catalog.pg_class c"
				   " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
				   " WHERE n.nspname = current_schema() AND c.relname = 'market_schema_lease'",
		},
};
static const mk_statement find_mark = {
	.name = "schema_mark_find",
	.sql = "SELECT id AS number FROM market_schema_lease WHERE id = 2",
};
static const mk_statement insert_mark = {
	.name = "schema_mark_insert",
	.table = "market_schema_lease",
	.sql = "INSERT INTO market_schema_lease (id, holder, expires) VALUES (2, ?1, ?2) ON CONFLICT DO"
		   " NOTHING",
};
static const mk_statement take_mark = {
	.name = "schema_mark_take",
	.table = "market_schema_lease",
	.sql = "UPDATE market_schema_lease SET holder = ?1, expires = ?2 WHERE id = 2 AND expires <="
		   " ?3",
};
static const mk_statement renew_mark = {
	.name = "schema_mark_renew",
	.table = "market_schema_lease",
	.sql = "UPDATE market_schema_lease SET expires = ?2 WHERE id = 2 AND holder = ?1",
};
static const mk_statement leave_mark = {
	.name = "schema_mark_leave",
	.table = "market_schema_lease",
	.sql = "UPDATE market_schema_lease SET expires = 0 WHERE id = 2 AND holder = ?1",
};
static const mk_statement delete_mark = {
	.name = "schema_mark_delete",
	.table = "market_schema_lease",
	.sql = "DELETE FROM market_schema_lease WHERE id = 2 AND holder = ?1",
};

static int is_marked(mk_store *store, bool *marked, market_error *err);
static int take_over(mk_store *store, int64_t holder, market_error *err);
static int held(int64_t rows, market_error *err);

int mk_schema_check_mark(mk_store *store, market_error *err)
{
	bool marked = false;
	int rc = is_marked(store, &marked, err);

	if (rc != 0 || !marked)
		return rc;
	mk_error_set(err, MARKET_EINCOMPLETE, "the store is a copy that isn't complete");
	return mk_error_hint(err, MARKET_EINCOMPLETE,
	                     "Wait for the copy to end; if it was interrupted, start it again.");
}

/* A store that holds rows without the mark is never touched, and a mark is taken over only where it
 * was left: so nothing is cleared that a copy has finished meanwhile. */
int mk_schema_mark(mk_store *store, bool holds, int64_t holder, bool *taken, market_error *err)
{
	bool marked = false;
	int64_t rows = 0;
	int rc = is_marked(store, &marked, err);

	*taken = false;
	if (rc == 0 && !marked && holds) {
		mk_error_set(err, MARKET_EEXISTS, "the target holds a market store already");
		return mk_error_hint(err, MARKET_EEXISTS, "Copy into an empty database or a new file.");
	}
	if (rc == 0)
		rc = mk_schema_own_tables(store, err);
	if (rc == 0 && !marked)
		rows = mk_store_write(store, &insert_mark,
		                      MK_ARGS(mk_int(holder), mk_int(mk_clock_now(NULL) + HELD_MS)), err);
	if (rc != 0 || rows < 0)
		return rc != 0 ? rc : (int)rows;
	*taken = rows == 0;
	return rows == 0 ? take_over(store, holder, err) : 0;
}

int mk_schema_renew_mark(mk_store *store, int64_t holder, market_error *err)
{
	return held(mk_store_write(store, &renew_mark,
	                           MK_ARGS(mk_int(holder), mk_int(mk_clock_now(NULL) + HELD_MS)), err),
	            err);
}

void mk_schema_leave_mark(mk_store *store, int64_t holder)
{
	mk_store_write(store, &leave_mark, MK_ARGS(mk_int(holder)), NULL);
}

int mk_schema_unmark(mk_store *store, int64_t holder, market_error *err)
{
	return held(mk_store_write(store, &delete_mark, MK_ARGS(mk_int(holder)), err), err);
}

static int is_marked(mk_store *store, bool *marked, market_error *err)
{
	mk_arena arena;
	void *row = NULL;
	int rc;

	mk_arena_init(&arena, &store->allocator);
	rc = mk_store_get(store, &arena, &count_leases[store->driver->kind], &mk_number_record,
	                  MK_NO_ARGS, &row, err);
	if (rc == 0 && row && ((mk_number *)row)->number > 0)
		rc = mk_store_get(store, &arena, &find_mark, &mk_number_record, MK_NO_ARGS, &row, err);
	else
		row = NULL;
	*marked = rc == 0 && row;
	mk_arena_close(&arena);
	return rc;
}

/* Whoever left the mark may still be at work. */
static int take_over(mk_store *store, int64_t holder, market_error *err)
{
	int64_t deadline = mk_clock_monotonic_us() + (HELD_MS + MK_SECOND) * 1000;
	bool marked = true;
	int rc;

	for (;;) {
		market_time now = mk_clock_now(NULL);
		int64_t rows = mk_store_write(
			store, &take_mark, MK_ARGS(mk_int(holder), mk_int(now + HELD_MS), mk_int(now)), err);

		if (rows != 0)
			return rows < 0 ? (int)rows : 0;
		rc = is_marked(store, &marked, err);
		if (rc != 0)
			return rc;
		if (!marked)
			return mk_error_set(err, MARKET_EEXISTS, "another copy has filled the target");
		if (mk_clock_monotonic_us() >= deadline)
			return mk_error_set(err, MARKET_EBUSY, "another copy is filling the target");
		mk_store_pause(PAUSE_MS);
	}
}

static int held(int64_t rows, market_error *err)
{
	if (rows == 0)
		return mk_error_set(err, MARKET_ECONFLICT, "another copy has taken the target over");
	return rows < 0 ? (int)rows : 0;
}
