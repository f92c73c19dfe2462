#include "libmarket/party/sealed.h"

#include <string.h>

static const mk_field sealed_fields[] = {
	MK_F_ID(mk_sealed_row, id, NONE, 0, "the record"),
	MK_F_INT(mk_sealed_row, version, 0, 0, 0, "of the record"),
	MK_F_BLOB(mk_sealed_row, data_key, 0, 0, "its data key, wrapped"),
};
const mk_record mk_sealed_record =
	MK_RECORD_OF("sealed", mk_sealed_row, sealed_fields, "the data key of a record");

static const mk_statement payout_account_page = {
	.name = "payout_account_sealed_page",
	.sql = "SELECT book_id, id, version, account_key AS data_key FROM payout_account "
		   "WHERE (book_id > ?1 OR (book_id = ?1 AND id > ?2)) ORDER BY book_id, id LIMIT ?3",
};
static const mk_statement payout_account_save = {
	.name = "payout_account_sealed_save",
	.table = "payout_account",
	.sql = "UPDATE payout_account SET account_key = :data_key, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_sealed_table payout_account = {"payout_account", &payout_account_page,
                                               &payout_account_save};

static const mk_statement submission_page = {
	.name = "submission_sealed_page",
	.sql = "SELECT book_id, id, version, document_key AS data_key FROM submission "
		   "WHERE (book_id > ?1 OR (book_id = ?1 AND id > ?2)) ORDER BY book_id, id LIMIT ?3",
};
static const mk_statement submission_save = {
	.name = "submission_sealed_save",
	.table = "submission",
	.sql = "UPDATE submission SET document_key = :data_key, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_sealed_table submission = {"submission", &submission_page, &submission_save};

static const mk_statement authorisation_page = {
	.name = "authorisation_sealed_page",
	.sql = "SELECT book_id, id, version, document_key AS data_key FROM authorisation "
		   "WHERE (book_id > ?1 OR (book_id = ?1 AND id > ?2)) ORDER BY book_id, id LIMIT ?3",
};
static const mk_statement authorisation_save = {
	.name = "authorisation_sealed_save",
	.table = "authorisation",
	.sql = "UPDATE authorisation SET document_key = :data_key, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_sealed_table authorisation = {"authorisation", &authorisation_page,
                                              &authorisation_save};

static const mk_statement identity_page = {
	.name = "identity_sealed_page",
	.sql = "SELECT book_id, id, version, data_key FROM identity_check "
		   "WHERE (book_id > ?1 OR (book_id = ?1 AND id > ?2)) ORDER BY book_id, id LIMIT ?3",
};
static const mk_statement identity_save = {
	.name = "identity_sealed_save",
	.table = "identity_check",
	.sql = "UPDATE identity_check SET data_key = :data_key, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_sealed_table identity = {"identity_check", &identity_page, &identity_save};

const mk_sealed_table *const mk_sealed_tables[] = {&payout_account, &submission, &authorisation,
                                                   &identity, NULL};

/* The records that each sealing key has wrapped. */
typedef struct tally {
	market_sealing_key keys[MK_KEYS_MAX];
	size_t count;
	int64_t missing; /* by another key */
} tally;

/* The checkpoints' numbers rise. */
static const mk_statement signed_newest = {
	.name = "checkpoint_key_newest",
	.sql = "SELECT key_number AS number FROM checkpoint WHERE book_id = 0 AND id > ?1 ORDER BY id "
		   "DESC LIMIT 1",
};

static int count_record(void *row, void *user_data, market_error *err);
static int look_at_checkpoint(mk_ctx *ctx, tally *found, market_error *err);
static int give(mk_ctx *ctx, const tally *found, market_error *err);
static const mk_sealed_table *find_table(const char *name);
static int rewrap(mk_ctx *ctx, const mk_sealed_table *table, mk_sealed_row *row, uint32_t current,
                  int64_t *done, market_error *err);

int mk_keys_get(mk_ctx *ctx, const void *params, market_error *err)
{
	uint32_t numbers[MK_KEYS_MAX];
	tally *found = MK_NEW(ctx->arena, tally);
	int rc = 0;
	(void)params;
	if (!found)
		return mk_error_no_memory(err);
	mk_keys_refresh(ctx->keys);
	found->count = mk_keys_numbers(ctx->keys, MK_KEY_SEALING, numbers);
	for (size_t i = 0; i < found->count; i++)
		found->keys[i] =
			(market_sealing_key){.number = numbers[i], .current = i + 1 == found->count};
	for (size_t i = 0; rc == 0 && mk_sealed_tables[i]; i++)
		rc = mk_store_each(ctx->store, mk_sealed_tables[i]->page, &mk_sealed_record,
		                   MK_ARGS(mk_int(-1), mk_int(0), mk_int(INT64_MAX)), count_record, found,
		                   err);
	if (rc == 0)
		rc = look_at_checkpoint(ctx, found, err);
	return rc == 0 ? give(ctx, found, err) : rc;
}

/* Some records' data keys by the current sealing key; the fields that they sealed stay. */
int mk_keys_rewrap(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_keys_rewrap_params *in = params;
	const mk_sealed_table *table = find_table(in->record);
	const uint32_t current = mk_keys_current(ctx->keys, MK_KEY_SEALING);
	const int64_t size = mk_page_size(in->limit);
	market_rewrapped *out = MK_NEW(ctx->arena, market_rewrapped);
	mk_sealed_row **rows = NULL;
	size_t count = 0;
	int64_t book = -1, id = 0;
	int rc;
	if (!out)
		return mk_error_no_memory(err);
	if (!table)
		return mk_error_at(err, MARKET_EINVALID, "record", "no record %s has sealed fields",
		                   in->record);
	rc = in->after ? mk_cursor_read(in->after, &book, &id, err) : 0;
	if (rc == 0)
		rc = mk_store_list(ctx->store, ctx->arena, table->page, &mk_sealed_record,
		                   MK_ARGS(mk_int(book), mk_int(id), mk_int(size)), (void ***)&rows, &count,
		                   err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = rewrap(ctx, table, rows[i], current, &out->rewrapped, err);
	if (rc != 0)
		return rc;
	out->looked = (int64_t)count;
	if ((int64_t)count == size) {
		const market_id last = rows[count - 1]->id;
		out->next = mk_cursor_write(ctx, last.book, last.id);
	}
	if (out->rewrapped > 0) {
		mk_event(ctx, "keys.rewrapped", MARKET_ID_NONE, (market_id){0, 0});
		mk_event_text(ctx, "record", table->name);
		mk_event_int(ctx, "records", out->rewrapped);
		mk_event_int(ctx, "number", current);
	}
	ctx->output = out;
	return 0;
}

static int count_record(void *row, void *user_data, market_error *err)
{
	const mk_sealed_row *sealed = row;
	tally *found = user_data;
	uint32_t number;
	(void)err;
	if (sealed->data_key.size != MK_WRAPPED_KEY_SIZE)
		return 0;
	number = mk_seal_key_number(sealed->data_key.data);
	for (size_t i = 0; i < found->count; i++)
		if (found->keys[i].number == number) {
			found->keys[i].records++;
			return 0;
		}
	found->missing++;
	return 0;
}

static int look_at_checkpoint(mk_ctx *ctx, tally *found, market_error *err)
{
	mk_number *number = NULL;
	const mk_value args[] = {mk_int(0)};
	int rc = mk_store_get(ctx->store, ctx->arena, &signed_newest, &mk_number_record, args, 1,
	                      (void **)&number, err);
	if (rc == 0 && number && number->number > mk_keys_current(ctx->keys, MK_KEY_SIGNING))
		found->missing++;
	return rc;
}

static int give(mk_ctx *ctx, const tally *found, market_error *err)
{
	market_keys *out = MK_NEW(ctx->arena, market_keys);
	const market_sealing_key **items =
		MK_NEW_ARRAY(ctx->arena, const market_sealing_key *, found->count + 1);
	if (!out || !items)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < found->count; i++)
		items[i] = &found->keys[i];
	out->signing = mk_keys_current(ctx->keys, MK_KEY_SIGNING);
	out->sealing = items;
	out->n_sealing = found->count;
	out->missing = found->missing;
	ctx->output = out;
	return 0;
}

static const mk_sealed_table *find_table(const char *name)
{
	for (size_t i = 0; mk_sealed_tables[i]; i++)
		if (strcmp(mk_sealed_tables[i]->name, name) == 0)
			return mk_sealed_tables[i];
	return NULL;
}

static int rewrap(mk_ctx *ctx, const mk_sealed_table *table, mk_sealed_row *row, uint32_t current,
                  int64_t *done, market_error *err)
{
	uint8_t *wrapped;
	int rc;
	if (row->data_key.size != MK_WRAPPED_KEY_SIZE ||
	    mk_seal_key_number(row->data_key.data) == current)
		return 0;
	wrapped = mk_arena_get(ctx->arena, MK_WRAPPED_KEY_SIZE);
	if (!wrapped)
		return mk_error_no_memory(err);
	rc = mk_seal_rewrap(ctx->keys, row->data_key.data, wrapped, err);
	if (rc != 0)
		return rc;
	row->data_key.data = wrapped;
	mk_update(ctx, table->save, &mk_sealed_record, row->id, row);
	(*done)++;
	return 0;
}
