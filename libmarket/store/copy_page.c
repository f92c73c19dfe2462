/* Pages of a table, and the digests of their rows. */
#include "libmarket/store/copy.h"

#include <string.h>

#define FIRST_PAGE 64
#define LARGEST_PAGE 2000
#define PAGE_BYTES (2 * 1024 * 1024)

static mk_value value_of(const mk_field *field, const void *row);
static int64_t next_limit(const mk_copy *copy, size_t n_rows);

int mk_copy_pages(mk_copy *copy, mk_store *store, const mk_table *table,
                  int (*page)(mk_copy *copy, const mk_table *table, void **rows, size_t n_rows,
                              void *user_data, market_error *err),
                  void *user_data, market_error *err)
{
	mk_store_kind kind = mk_store_kind_of(store);
	size_t n_keys = table->n_keys[kind], n_rows = 0;
	mk_value args[MK_TABLE_KEYS + 1] = {mk_int(FIRST_PAGE)};
	int64_t limit = FIRST_PAGE;
	void **rows = NULL;
	mk_arena keys;
	int rc = mk_store_list(store, &copy->page, &table->first[kind], &table->record, args, 1, &rows,
	                       &n_rows, err);

	mk_arena_init(&keys, copy->arena->allocator);
	while (rc == 0 && n_rows > 0) {
		bool last = (int64_t)n_rows < limit;

		rc = page(copy, table, rows, n_rows, user_data, err);
		if (rc != 0 || last)
			break;
		limit = next_limit(copy, n_rows);
		mk_arena_reset(&keys);
		for (size_t i = 0; i < n_keys && rc == 0; i++) {
			args[i] = value_of(table->keys[kind][i], rows[n_rows - 1]);
			if (args[i].kind != MK_VALUE_INT)
				args[i].data = mk_arena_copy(&keys, args[i].data, args[i].size);
			if (args[i].kind != MK_VALUE_INT && !args[i].data)
				rc = mk_error_no_memory(err);
		}
		args[n_keys] = mk_int(limit);
		mk_arena_reset(&copy->page);
		if (rc == 0)
			rc = mk_store_list(store, &copy->page, &table->next[kind], &table->record, args,
			                   n_keys + 1, &rows, &n_rows, err);
	}
	mk_arena_close(&keys);
	mk_arena_reset(&copy->page);
	if (rc > 0)
		rc = mk_error_set(err, MARKET_ECONFLICT, "reading table %s met another transaction",
		                  table->name);
	return rc;
}

int mk_copy_add(mk_copy *copy, const mk_table *table, const void *row, mk_copy_sum *sum,
                market_error *err)
{
	uint64_t lanes[MK_HASH_SIZE / sizeof(uint64_t)];
	mk_hash hash;
	int rc;

	mk_text_reset(&copy->canonical);
	for (size_t i = 0; i < table->record.n_fields; i++) {
		mk_value value = value_of(&table->record.fields[i], row);

		mk_text_add_char(&copy->canonical, value.null ? 'n' : "itb"[value.kind]);
		if (value.null)
			continue;
		if (value.kind == MK_VALUE_INT)
			mk_text_add_u64(&copy->canonical, (uint64_t)value.number);
		else
			mk_text_add_bytes(&copy->canonical, value.data, value.size);
	}
	if (copy->canonical.failed)
		return mk_error_no_memory(err);
	rc = mk_digest_sha256(copy->digest, copy->canonical.data, copy->canonical.size, &hash, err);
	if (rc != 0)
		return rc;
	memcpy(lanes, hash.bytes, sizeof(lanes));
	for (size_t i = 0; i < sizeof(lanes) / sizeof(lanes[0]); i++)
		sum->lanes[i] += lanes[i];
	sum->rows++;
	return 0;
}

static mk_value value_of(const mk_field *field, const void *row)
{
	const void *at = (const char *)row + field->offset;

	if (field->kind == MK_TEXT)
		return mk_text_value(*(const char *const *)at);
	if (field->kind == MK_BLOB)
		return mk_blob(((const market_blob *)at)->data, ((const market_blob *)at)->size);
	at = *(const void *const *)at;
	return at ? mk_int(*(const int64_t *)at) : mk_null_int();
}

/* So many rows that a page of such ones stays small, whatever their texts are. */
static int64_t next_limit(const mk_copy *copy, size_t n_rows)
{
	size_t size = copy->canonical.size + 1; /* of the last row, as its digest took it */
	int64_t limit = (int64_t)(PAGE_BYTES / size);

	if (limit > (int64_t)n_rows * 4)
		limit = (int64_t)n_rows * 4;
	if (limit > LARGEST_PAGE)
		limit = LARGEST_PAGE;
	return limit > 0 ? limit : 1;
}
