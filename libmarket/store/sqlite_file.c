/* An SQLite store as one file at rest. */
#include "libmarket/store/copy.h"

#include <string.h>

#define LONGEST_SQL (16 * 1024)

typedef struct finding {
	const char *integrity_check;
} finding;
static const mk_field finding_fields[] = {
	MK_F_TEXT(finding, integrity_check, 0, 0, 0, "what is damaged, or ok"),
};
static const mk_record finding_record =
	MK_RECORD_OF("finding", finding, finding_fields, "what a check found");

static const mk_statement check_file = {
	.name = "sqlite_check",
	.sql = "PRAGMA integrity_check(1)",
};

int mk_sqlite_write_file(mk_store *store, const char *path, market_error *err)
{
	mk_text text;
	int rc;

	mk_text_init(&text, &store->allocator, LONGEST_SQL);
	mk_text_add(&text, "VACUUM INTO '");
	for (; *path; path++) {
		if (*path == '\'')
			mk_text_add_char(&text, '\'');
		mk_text_add_char(&text, *path);
	}
	mk_text_add_char(&text, '\'');
	rc = text.failed ? mk_error_no_memory(err) : mk_store_execute_text(store, text.data, err);
	mk_text_close(&text);
	return rc > 0 ? mk_error_set(err, MARKET_EBUSY, "the store is locked by others") : rc;
}

int mk_sqlite_close_log(mk_store *store, market_error *err)
{
	int rc = mk_store_execute_text(store, "PRAGMA journal_mode=DELETE", err);

	return rc > 0 ? mk_error_set(err, MARKET_EBUSY, "the file is in use") : rc;
}

int mk_sqlite_check_file(mk_store *store, market_error *err)
{
	mk_arena arena;
	void *row = NULL;
	const finding *found;
	int rc;

	mk_arena_init(&arena, &store->allocator);
	rc = mk_store_get(store, &arena, &check_file, &finding_record, MK_NO_ARGS, &row, err);
	found = row;
	if (rc == 0 && (!found || !mk_text_equal(found->integrity_check, "ok"))) {
		rc = mk_error_set(err, MARKET_ECORRUPT, "the store's file is damaged");
		mk_error_detail(err, rc, "SQLite says: %s.",
		                found && found->integrity_check ? found->integrity_check : "nothing");
	}
	mk_arena_close(&arena);
	return rc;
}
