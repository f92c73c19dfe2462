/* Copying a store: table by table, in pages, then reading it back. */
#include "libmarket/store/copy.h"

#include "libmarket/base/clock.h"

#include <string.h>

#define LONGEST_ROW (64 * 1024 * 1024)
#define CLEAR_ROWS 5000
#define MOST_TRIES 8
#define PAUSE_MS 5
#define RENEW_US (1000 * 1000)

/* What a page does with its rows. */
typedef struct page_work {
	mk_copy_sum *sum;
	int64_t renewed; /* comparing: when the mark was */
} page_work;

static bool has_entries(const mk_copy *copy);
static int begin(mk_copy *copy, market_error *err);
static int prepare_target(mk_copy *copy, market_error *err);
static int clear_all(mk_copy *copy, market_error *err);
static int count_rows(mk_copy *copy, mk_store *store, int64_t *total, market_error *err);
static int write_all(mk_copy *copy, mk_copy_sum *sums, market_error *err);
static int write_table(mk_copy *copy, const mk_table *table, mk_copy_sum *sum, market_error *err);
static int write_page(mk_copy *copy, const mk_table *table, void **rows, size_t n_rows,
                      void *user_data, market_error *err);
static int link_page(mk_copy *copy, const mk_table *table, void **rows, size_t n_rows,
                     void *user_data, market_error *err);
static int send_page(mk_copy *copy, const mk_table *table, const mk_statement *statement,
                     void **rows, size_t n_rows, market_error *err);
static int try_page(mk_copy *copy, const mk_table *table, const mk_statement *statement,
                    void **rows, size_t n_rows, market_error *err);
static int compare_all(mk_copy *copy, const mk_copy_sum *sums, market_error *err);
static int compare_page(mk_copy *copy, const mk_table *table, void **rows, size_t n_rows,
                        void *user_data, market_error *err);
static void tell(const mk_copy *copy, mk_copy_phase phase, const char *table);

int mk_copy_run(mk_copy *copy, market_error *err)
{
	mk_copy_sum *sums = NULL;
	int rc;

	mk_arena_init(&copy->page, copy->arena->allocator);
	mk_text_init(&copy->canonical, copy->arena->allocator, LONGEST_ROW);
	rc = begin(copy, err);
	if (rc == 0) {
		sums = MK_NEW_ARRAY(copy->arena, mk_copy_sum, copy->n_tables + 1);
		rc = sums ? 0 : mk_error_no_memory(err);
	}
	if (rc == 0)
		rc = mk_store_begin(copy->from, false, err);
	if (rc == 0) {
		rc = write_all(copy, sums, err);
		mk_store_rollback(copy->from);
	}
	if (rc == 0)
		rc = compare_all(copy, sums, err);
	if (rc == 0 && has_entries(copy))
		rc = mk_text_index_rebuild(copy->to, err);
	/* A database that was filled at once knows nothing of its tables yet. */
	if (rc == 0 && mk_store_kind_of(copy->to) == MK_STORE_POSTGRES)
		rc = mk_store_execute_text(copy->to, "ANALYZE", err);
	if (rc == 0 && copy->check)
		rc = copy->check(copy->to, copy->user_data, err);
	if (rc == 0)
		rc = mk_schema_unmark(copy->to, copy->holder, err);
	if (rc != 0 && copy->marked)
		mk_schema_leave_mark(copy->to, copy->holder);
	mk_digest_close(copy->digest);
	mk_text_close(&copy->canonical);
	mk_arena_close(&copy->page);
	return rc;
}

/* The text index goes by no copy. */
static bool has_entries(const mk_copy *copy)
{
	for (size_t i = 0; i < copy->n_tables; i++)
		if (strcmp(copy->tables[i].name, "search_entry") == 0)
			return true;
	return false;
}

static int begin(mk_copy *copy, market_error *err)
{
	const market_allocator *allocator = copy->arena->allocator;
	int rc = mk_digest_open(allocator, &copy->digest, err);

	if (rc == 0 && !mk_random_bytes(&copy->holder, sizeof(copy->holder), NULL))
		rc = mk_error_set(err, MARKET_EIO, "the system gives no random numbers");
	copy->holder = (copy->holder & INT64_MAX) | 1;
	if (rc == 0)
		rc = mk_schema_tables(copy->list, copy->count, copy->arena, &copy->tables, &copy->n_tables,
		                      err);
	return rc != 0 ? rc : prepare_target(copy, err);
}

static int prepare_target(mk_copy *copy, market_error *err)
{
	bool taken = false;
	int64_t rows = 0;
	int version = 0;
	int rc = mk_schema_version(copy->to, copy->list, copy->count, &version, err);

	if (rc == 0)
		rc = mk_schema_mark(copy->to, version > 0, copy->holder, &taken, err);
	copy->marked = rc == 0;
	if (rc == 0)
		rc = mk_schema_migrate(copy->to, copy->list, copy->count, copy->now, err);
	if (rc != 0)
		return rc;
	if (taken)
		return clear_all(copy, err);
	/* Another process may have made a store here since the schema was looked at. */
	rc = count_rows(copy, copy->to, &rows, err);
	if (rc == 0 && rows > 0) {
		mk_schema_unmark(copy->to, copy->holder, NULL);
		rc = mk_error_set(err, MARKET_EEXISTS, "another process made a store at the target");
	}
	return rc;
}

/* What an interrupted copy left. */
static int clear_all(mk_copy *copy, market_error *err)
{
	mk_store_kind kind = mk_store_kind_of(copy->to);
	int64_t rows = 0;

	for (size_t i = copy->n_tables; i-- > 0 && rows >= 0;) {
		const mk_table *table = &copy->tables[i];

		if (table->self)
			rows = mk_store_write(copy->to, &table->unlink, MK_NO_ARGS, err);
		do {
			int rc = rows < 0 ? (int)rows : mk_schema_renew_mark(copy->to, copy->holder, err);

			if (rc != 0)
				return rc;
			rows = mk_store_write(copy->to, &table->clear[kind], MK_ARGS(mk_int(CLEAR_ROWS)), err);
		} while (rows > 0);
	}
	return rows < 0 ? (int)rows : 0;
}

static int count_rows(mk_copy *copy, mk_store *store, int64_t *total, market_error *err)
{
	void *row = NULL;
	int rc = 0;

	*total = 0;
	for (size_t i = 0; i < copy->n_tables && rc == 0; i++) {
		rc = mk_store_get(store, &copy->page, &copy->tables[i].count, &mk_number_record, MK_NO_ARGS,
		                  &row, err);
		if (rc == 0 && row)
			*total += ((const mk_number *)row)->number;
		mk_arena_reset(&copy->page);
	}
	return rc > 0 ? mk_error_set(err, MARKET_ECONFLICT, "counting rows met another transaction")
	              : rc;
}

static int write_all(mk_copy *copy, mk_copy_sum *sums, market_error *err)
{
	int rc;

	tell(copy, MK_COPY_COUNT, "");
	rc = count_rows(copy, copy->from, &copy->total, err);
	for (size_t i = 0; i < copy->n_tables && rc == 0; i++)
		rc = write_table(copy, &copy->tables[i], &sums[i], err);
	return rc;
}

/* A row may refer to one of its own table that comes later: such references are set at the end. */
static int write_table(mk_copy *copy, const mk_table *table, mk_copy_sum *sum, market_error *err)
{
	page_work work = {.sum = sum};
	int rc;

	tell(copy, MK_COPY_WRITE, table->name);
	rc = mk_copy_pages(copy, copy->from, table, write_page, &work, err);
	if (rc == 0 && table->self)
		rc = mk_copy_pages(copy, copy->from, table, link_page, &work, err);
	copy->rows += sum->rows;
	return rc;
}

static int write_page(mk_copy *copy, const mk_table *table, void **rows, size_t n_rows,
                      void *user_data, market_error *err)
{
	page_work *work = user_data;
	int rc = 0;

	for (size_t i = 0; i < n_rows && rc == 0; i++) {
		rc = mk_copy_add(copy, table, rows[i], work->sum, err);
		if (table->self)
			*(void **)((char *)rows[i] + table->self->offset) = NULL;
	}
	if (rc == 0)
		rc = send_page(copy, table, &table->insert, rows, n_rows, err);
	copy->done += (int64_t)n_rows;
	tell(copy, MK_COPY_WRITE, table->name);
	return rc;
}

static int link_page(mk_copy *copy, const mk_table *table, void **rows, size_t n_rows,
                     void *user_data, market_error *err)
{
	size_t n = 0;

	(void)user_data;
	for (size_t i = 0; i < n_rows; i++)
		if (*(void **)((char *)rows[i] + table->self->offset))
			rows[n++] = rows[i];
	return n == 0 ? 0 : send_page(copy, table, &table->link, rows, n, err);
}

static int send_page(mk_copy *copy, const mk_table *table, const mk_statement *statement,
                     void **rows, size_t n_rows, market_error *err)
{
	int rc = MK_AGAIN;

	for (int i = 0; i < MOST_TRIES && rc == MK_AGAIN; i++) {
		if (i > 0)
			mk_store_pause(PAUSE_MS << i);
		rc = try_page(copy, table, statement, rows, n_rows, err);
	}
	if (rc > 0)
		rc = mk_error_set(err, MARKET_ECONFLICT, "writing table %s meets others again and again",
		                  table->name);
	return rc;
}

static int try_page(mk_copy *copy, const mk_table *table, const mk_statement *statement,
                    void **rows, size_t n_rows, market_error *err)
{
	const mk_miss present = {.code = MARKET_EEXISTS,
	                         .field = table->name,
	                         .message = "the target was changed by another process"};
	mk_plan *plan = mk_plan_new(&copy->page);
	int rc = plan ? mk_store_begin(copy->to, true, err) : mk_error_no_memory(err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n_rows; i++)
		mk_plan_add_record(plan, MK_PHASE_INSERT, statement, (market_id){0, 0}, &table->record,
		                   rows[i], present);
	rc = mk_schema_renew_mark(copy->to, copy->holder, err);
	if (rc == 0 || (rc == MARKET_ECONFLICT && copy->to->again))
		rc = mk_plan_flush(plan, copy->to, err);
	if (rc == 0)
		rc = mk_store_commit(copy->to, err);
	if (rc != 0)
		mk_store_rollback(copy->to);
	return rc;
}

static int compare_all(mk_copy *copy, const mk_copy_sum *sums, market_error *err)
{
	int rc = 0;

	copy->done = 0;
	for (size_t i = 0; i < copy->n_tables && rc == 0; i++) {
		const mk_table *table = &copy->tables[i];
		mk_copy_sum sum = {0};
		page_work work = {.sum = &sum};

		tell(copy, MK_COPY_COMPARE, table->name);
		rc = mk_copy_pages(copy, copy->to, table, compare_page, &work, err);
		if (rc == 0 && memcmp(&sum, &sums[i], sizeof(sum)) != 0)
			rc = mk_error_set(err, MARKET_ECORRUPT,
			                  "table %s of the copy differs: %lld rows of %lld, or their content",
			                  table->name, (long long)sum.rows, (long long)sums[i].rows);
	}
	return rc;
}

static int compare_page(mk_copy *copy, const mk_table *table, void **rows, size_t n_rows,
                        void *user_data, market_error *err)
{
	page_work *work = user_data;
	int64_t now = mk_clock_monotonic_us();
	int rc = 0;

	for (size_t i = 0; i < n_rows && rc == 0; i++)
		rc = mk_copy_add(copy, table, rows[i], work->sum, err);
	if (rc == 0 && now - work->renewed > RENEW_US) {
		rc = mk_schema_renew_mark(copy->to, copy->holder, err);
		work->renewed = now;
	}
	copy->done += (int64_t)n_rows;
	tell(copy, MK_COPY_COMPARE, table->name);
	return rc;
}

static void tell(const mk_copy *copy, mk_copy_phase phase, const char *table)
{
	if (copy->progress)
		copy->progress(phase, table, copy->done, copy->total, copy->user_data);
}
