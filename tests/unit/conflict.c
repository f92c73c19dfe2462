#include "tests/unit/conflict.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct table_row {
	const char *name;
} table_row;
static const mk_field table_fields[] = {MK_F_TEXT(table_row, name, 0, 0, 0, "of a table")};
static const mk_record table_record = MK_RECORD_OF("table_row", table_row, table_fields, "a table");

/* In the ledger a version is the number of an account's last leg or of a book's last leaf: it can't
 * move by itself. */
#define LEDGER_TABLES \
	"'account', 'transfer', 'leg', 'book_head', 'checkpoint', 'checkpoint_book', " \
	"'checkpoint_balance'"
static const mk_statement sqlite_versioned = {
	.name = "sqlite_versioned",
	.sql = "SELECT t.name AS name FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
		   "WHERE t.type = 'table' AND c.name = 'version' AND t.name NOT IN (" LEDGER_TABLES
		   ") ORDER BY 1",
	.scan = true,
};
static const mk_statement postgres_versioned = {
	.name = "postgres_versioned",
	.sql = "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.columns "
		   "WHERE table_schema = current_schema() AND column_name = 'version' "
		   "AND table_name NOT IN (" LEDGER_TABLES ") ORDER BY 1",
	.scan = true,
};

void meddler_open(meddler *m, scenario_market *market, const char *url)
{
	mk_store_options options = {.allocator = &mk_allocator_default};
	bool postgres = mk_store_kind_of(market->market->store) == MK_STORE_POSTGRES;
	mk_store_url parsed;
	market_error err;
	void **rows = NULL;

	memset(m, 0, sizeof(*m));
	mk_arena_init(&m->arena, &mk_allocator_default);
	CHECK_OK_FATAL(mk_store_url_parse(url, &m->arena, &parsed, &err));
	CHECK_OK_FATAL(mk_store_open(&parsed, &options, &m->own, &err));
	CHECK_OK_FATAL(mk_store_list(m->own, &m->arena,
	                             postgres ? &postgres_versioned : &sqlite_versioned, &table_record,
	                             MK_NO_ARGS, &rows, &m->n_bumps, &err));
	m->bumps = mk_arena_zero(&m->arena, m->n_bumps * sizeof(*m->bumps));
	CU_ASSERT_FATAL(m->n_bumps > 10);
	for (size_t i = 0; i < m->n_bumps; i++) {
		const char *name = ((table_row *)rows[i])->name;

		m->bumps[i].name = mk_arena_format(&m->arena, "meddle_%s", name);
		m->bumps[i].table = mk_arena_text(&m->arena, name);
		m->bumps[i].sql = mk_arena_format(
			&m->arena, "UPDATE %s SET version = version + 1 WHERE book_id >= ?1", name);
		m->bumps[i].scan = true;
	}
	if (postgres)
		return;
	mk_store_close(m->own);
	m->own = NULL;
}

void meddler_close(meddler *m)
{
	if (m->own)
		mk_store_close(m->own);
	mk_arena_close(&m->arena);
}

int meddler_bump(meddler *m, mk_store *store)
{
	market_error err;

	for (size_t i = 0; i < m->n_bumps; i++) {
		int64_t rows =
			mk_store_write(m->own ? m->own : store, &m->bumps[i], MK_ARGS(mk_int(0)), &err);

		if (rows < 0)
			return (int)rows;
	}
	return 0;
}

char **conflict_files(void)
{
	char pattern[4200];
	glob_t found;
	char **files;

	snprintf(pattern, sizeof(pattern), "%s/tests/scenarios/*.txt", test_source_dir());
	CU_ASSERT_FATAL(glob(pattern, 0, NULL, &found) == 0);
	files = calloc(found.gl_pathc + 1, sizeof(*files));
	for (size_t i = 0; i < found.gl_pathc; i++)
		files[i] = strdup(found.gl_pathv[i]);
	globfree(&found);
	return files;
}

void conflict_files_free(char **files)
{
	for (size_t i = 0; files[i]; i++)
		free(files[i]);
	free(files);
}
