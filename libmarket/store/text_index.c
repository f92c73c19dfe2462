/* The text index of search_entry, which each store has in its own way. */
#include "libmarket/store/driver.h"

static const char *const anew[][2] = {
	[MK_STORE_SQLITE] = {"INSERT INTO search_text (search_text) VALUES ('rebuild')", NULL},
	[MK_STORE_POSTGRES] = {"DELETE FROM search_text",
                           "INSERT INTO search_text (book_id, id, terms) SELECT book_id, "
                           "id, " MK_TEXT_INDEX_TERMS " FROM search_entry"},
};

static bool is_token(const char *token, size_t size, const char *name)
{
	return size > strlen(name) && strncmp(token, name, strlen(name)) == 0;
}

bool mk_text_index_expand(mk_store_kind kind, const char *token, size_t size, mk_text *out)
{
	if (is_token(token, size, "text_index:")) {
		const char *name = token + 11;
		const int n = (int)size - 11;

		if (kind == MK_STORE_SQLITE)
			mk_text_format(out,
			               "CREATE VIRTUAL TABLE IF NOT EXISTS %.*s_text USING fts5(words, facets, "
			               "content='%.*s_entry', content_rowid='id', columnsize=0, "
			               "tokenize='ascii')",
			               n, name, n, name);
		else
			mk_text_format(out,
			               "CREATE TABLE IF NOT EXISTS %.*s_text (book_id BIGINT NOT NULL, id "
			               "BIGINT NOT NULL, terms TSVECTOR NOT NULL, PRIMARY KEY (book_id, id))",
			               n, name);
		return true;
	}
	if (!is_token(token, size, "text_lookup:"))
		return false;
	if (kind == MK_STORE_SQLITE)
		mk_text_add(out, "SELECT 1");
	else
		mk_text_format(out,
		               "CREATE INDEX IF NOT EXISTS %.*s_text_terms ON %.*s_text USING gin (terms)",
		               (int)size - 12, token + 12, (int)size - 12, token + 12);
	return true;
}

int mk_text_index_rebuild(mk_store *store, market_error *err)
{
	int rc = mk_store_execute_text(store, anew[store->driver->kind][0], err);

	if (rc == 0 && anew[store->driver->kind][1])
		rc = mk_store_execute_text(store, anew[store->driver->kind][1], err);
	return rc;
}
