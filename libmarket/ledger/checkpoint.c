/* LED-7: one signed statement over all books. */
#include "libmarket/ledger/checkpoint.h"

#include <string.h>

#define BOOKS_A_PAGE 100
#define TRANSFERS_A_PAGE 100

const mk_statement mk_legs_by_position = {
	.name = "legs_by_position",
	.sql = "SELECT " MK_LEG_COLUMNS
		   " FROM transfer t JOIN leg l {by_key} ON l.book_id = t.book_id AND l.id >= "
		   "t.first_leg_id AND l.id <= t.last_leg_id AND l.transfer_id = t.id " MK_LEG_ACCOUNT
		   " WHERE t.book_id = ?1 AND t.position > ?2 AND t.position < ?3 ORDER BY t.position, "
		   "l.id",
};
static const mk_statement checkpoint_last = {
	.name = "checkpoint_last",
	.sql = "SELECT book_id, id, recorded_at, books, transfers, root, balances, previous, "
		   "key_number, signature FROM checkpoint WHERE book_id = 0 ORDER BY id DESC LIMIT 1",
	.scan = true, /* backwards over all, which are book 0's, and only the first */
};
static const mk_statement heads_page = {
	.name = "heads_page",
	.sql = "SELECT book_id, size, frontier FROM book_head WHERE book_id > ?1 ORDER BY book_id "
		   "LIMIT ?2",
};
static const mk_statement book_last = {
	.name = "checkpoint_book_last",
	.sql = "SELECT book_id, checkpoint_id, size, root FROM checkpoint_book WHERE book_id = ?1 "
		   "ORDER BY checkpoint_id DESC LIMIT 1",
};
static const mk_statement book_insert = {
	.name = "checkpoint_book_insert",
	.table = "checkpoint_book",
	.sql =
		"INSERT INTO checkpoint_book (book_id, checkpoint_id, size, root) VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT DO NOTHING",
};
static const mk_statement balance_insert = {
	.name = "checkpoint_balance_insert",
	.table = "checkpoint_balance",
	.sql = "INSERT INTO checkpoint_balance (book_id, stem, currency, checkpoint_id, "
		   "debits_posted, credits_posted, debits_pending, credits_pending) VALUES (?1, ?2, ?3, "
		   "?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
};
static const mk_statement checkpoint_insert = {
	.name = "checkpoint_insert",
	.table = "checkpoint",
	.sql = "INSERT INTO checkpoint (book_id, id, recorded_at, books, transfers, root, balances, "
		   "previous, key_number, signature) VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON "
		   "CONFLICT DO NOTHING",
};

static const mk_field book_fields[] = {
	MK_F_INT(mk_checkpoint_book, book_id, 0, 0, 0, "the book"),
	MK_F_INT(mk_checkpoint_book, checkpoint_id, 0, 0, 0, "the checkpoint"),
	MK_F_INT(mk_checkpoint_book, size, 0, 0, 0, "transfers sealed"),
	MK_F_BLOB(mk_checkpoint_book, root, 0, 0, "root of the book's tree"),
};
const mk_record mk_checkpoint_book_record =
	MK_RECORD_OF("checkpoint_book", mk_checkpoint_book, book_fields, "a book at a checkpoint");

static const mk_field checkpoint_fields[] = {
	MK_F_ID(mk_checkpoint, id, CHECKPOINT, 0, "the checkpoint"),
	MK_F_INT(mk_checkpoint, recorded_at, 0, 0, 0, "when it was made"),
	MK_F_INT(mk_checkpoint, books, 0, 0, 0, "books covered"),
	MK_F_INT(mk_checkpoint, transfers, 0, 0, 0, "transfers covered"),
	MK_F_BLOB(mk_checkpoint, root, 0, 0, "root over all books"),
	MK_F_BLOB(mk_checkpoint, balances, 0, 0, "digest of the trial balance"),
	MK_F_BLOB(mk_checkpoint, previous, 0, 0, "digest of the checkpoint before"),
	MK_F_INT(mk_checkpoint, key_number, 0, 0, 0, "number of the signing key"),
	MK_F_BLOB(mk_checkpoint, signature, 0, 0, "over all that"),
};
const mk_record mk_checkpoint_record =
	MK_RECORD_OF("checkpoint", mk_checkpoint, checkpoint_fields, "a checkpoint as stored");

/* One checkpoint in the making. */
typedef struct making {
	const mk_checkpoint_setup *setup;
	mk_arena scratch; /* of one page */
	mk_tally *tally;
	mk_frontier tree;
	mk_hash root, balances, previous;
	uint8_t signature[MK_SIGNATURE_SIZE];
	mk_checkpoint row;
} making;

static int follow_last(making *m, market_error *err);
static int cover_books(making *m, market_error *err);
static int cover_book(making *m, const mk_head_row *head, market_error *err);
static int load_balances(making *m, int64_t book, market_error *err);
static int add_legs(making *m, int64_t book, int64_t from, int64_t to, market_error *err);
static int write_balances(making *m, int64_t book, market_error *err);
static int digest_balances(making *m, int64_t book, market_error *err);
static int sign(making *m, market_error *err);
static int store_checkpoint(making *m, market_error *err);
static int written(int64_t count);

int mk_checkpoint_make(const mk_checkpoint_setup *setup, mk_checkpoint *out, market_error *err)
{
	making *m = MK_NEW(setup->arena, making);
	mk_tally *tally = MK_NEW(setup->arena, mk_tally);
	if (!m || !tally)
		return mk_error_no_memory(err);
	m->setup = setup;
	m->tally = tally;
	mk_arena_init(&m->scratch, setup->arena->allocator);
	mk_arena_init(&tally->arena, setup->arena->allocator);
	int rc = follow_last(m, err);
	if (rc == 0)
		rc = mk_digest_begin(setup->digest, err);
	if (rc == 0)
		rc = cover_books(m, err);
	if (rc == 0)
		rc = mk_digest_end(setup->digest, &m->balances, err);
	if (rc == 0)
		rc = mk_merkle_root(setup->digest, &m->tree, &m->root, err);
	if (rc == 0)
		rc = sign(m, err);
	if (rc == 0)
		rc = store_checkpoint(m, err);
	mk_arena_close(&m->scratch);
	mk_arena_close(&tally->arena);
	if (rc == 0)
		*out = m->row;
	return rc;
}

void mk_checkpoint_body(const mk_checkpoint *checkpoint, const char *store_id, mk_text *out)
{
	mk_text_add_u32(out, 1); /* the format's version */
	mk_text_add_bytes(out, store_id, strlen(store_id));
	mk_text_add_u64(out, (uint64_t)checkpoint->id.id);
	mk_text_add_u64(out, (uint64_t)checkpoint->recorded_at);
	mk_text_add_u64(out, (uint64_t)checkpoint->books);
	mk_text_add_u64(out, (uint64_t)checkpoint->transfers);
	mk_text_add_bytes(out, checkpoint->root.data, checkpoint->root.size);
	mk_text_add_bytes(out, checkpoint->balances.data, checkpoint->balances.size);
	mk_text_add_bytes(out, checkpoint->previous.data, checkpoint->previous.size);
	mk_text_add_u64(out, (uint64_t)checkpoint->key_number);
}

int mk_checkpoint_digest(const mk_checkpoint *checkpoint, const char *store_id, mk_digest *digest,
                         const market_allocator *allocator, mk_hash *out, market_error *err)
{
	mk_text body;
	mk_text_init(&body, allocator, 4096);
	mk_checkpoint_body(checkpoint, store_id, &body);
	int rc = body.failed ? mk_error_no_memory(err)
	                     : mk_digest_sha256(digest, body.data, body.size, out, err);
	mk_text_close(&body);
	return rc;
}

int mk_checkpoint_append(mk_digest *digest, mk_frontier *tree, int64_t book, int64_t size,
                         const mk_hash *root, market_error *err)
{
	uint8_t bytes[16 + MK_HASH_SIZE];
	mk_hash leaf;
	for (int i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)((uint64_t)book >> (56 - 8 * i));
		bytes[8 + i] = (uint8_t)((uint64_t)size >> (56 - 8 * i));
	}
	memcpy(bytes + 16, root->bytes, MK_HASH_SIZE);
	int rc = mk_merkle_leaf(digest, bytes, sizeof(bytes), &leaf, err);
	return rc ? rc : mk_merkle_append(digest, tree, &leaf, err);
}

static int follow_last(making *m, market_error *err)
{
	void *found = NULL;
	const mk_checkpoint_setup *setup = m->setup;
	int rc = mk_store_get(setup->store, &m->scratch, &checkpoint_last, &mk_checkpoint_record,
	                      MK_NO_ARGS, &found, err);
	if (rc)
		return rc;
	m->row.id.id = 1;
	m->row.recorded_at = setup->recorded;
	m->row.previous = (market_blob){m->previous.bytes, MK_HASH_SIZE};
	if (!found)
		return 0;
	const mk_checkpoint *last = found;
	m->row.id.id = last->id.id + 1;
	return mk_checkpoint_digest(last, setup->store_id, setup->digest, setup->arena->allocator,
	                            &m->previous, err);
}

static int cover_books(making *m, market_error *err)
{
	int64_t behind = -1;
	size_t count = BOOKS_A_PAGE;
	int rc = 0;
	while (rc == 0 && count == BOOKS_A_PAGE) {
		void **rows = NULL;
		mk_arena page;
		mk_arena_init(&page, m->setup->arena->allocator);
		rc = mk_store_list(m->setup->store, &page, &heads_page, &mk_head_row_record,
		                   MK_ARGS(mk_int(behind), mk_int(BOOKS_A_PAGE)), &rows, &count, err);
		for (size_t i = 0; rc == 0 && i < count; i++) {
			const mk_head_row *head = rows[i];
			rc = cover_book(m, head, err);
			behind = head->book_id;
		}
		mk_arena_close(&page);
	}
	return rc;
}

static int cover_book(making *m, const mk_head_row *head, market_error *err)
{
	const mk_checkpoint_setup *setup = m->setup;
	mk_frontier frontier;
	mk_hash root;
	void *found = NULL;
	if (!mk_frontier_read((uint64_t)head->size, head->frontier.data, head->frontier.size,
	                      &frontier))
		return mk_error_set(err, MARKET_ECORRUPT, "the head of book %lld is broken",
		                    (long long)head->book_id);
	mk_arena_reset(&m->scratch);
	int rc = mk_merkle_root(setup->digest, &frontier, &root, err);
	if (rc == 0)
		rc = mk_checkpoint_append(setup->digest, &m->tree, head->book_id, head->size, &root, err);
	if (rc == 0)
		rc = mk_store_get(setup->store, &m->scratch, &book_last, &mk_checkpoint_book_record,
		                  MK_ARGS(mk_int(head->book_id)), &found, err);
	int64_t before = found ? ((const mk_checkpoint_book *)found)->size : 0;
	if (rc == 0)
		rc = load_balances(m, head->book_id, err);
	if (rc == 0 && before < head->size) {
		rc = written(mk_store_write(setup->store, &book_insert,
		                            MK_ARGS(mk_int(head->book_id), mk_int(m->row.id.id),
		                                    mk_int(head->size), mk_blob(root.bytes, MK_HASH_SIZE)),
		                            err));
		if (rc == 0)
			rc = add_legs(m, head->book_id, before, head->size, err);
		if (rc == 0)
			rc = write_balances(m, head->book_id, err);
	}
	m->row.books++;
	m->row.transfers += head->size;
	return rc ? rc : digest_balances(m, head->book_id, err);
}

static int load_balances(making *m, int64_t book, market_error *err)
{
	void **rows = NULL;
	size_t count = 0;
	mk_tally_reset(m->tally);
	int rc = mk_store_list(m->setup->store, &m->scratch, &mk_tally_newest, &mk_tally_row_record,
	                       MK_ARGS(mk_int(book), mk_int(m->row.id.id)), &rows, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = mk_tally_load(m->tally, rows[i], err);
	return rc;
}

static int add_legs(making *m, int64_t book, int64_t from, int64_t to, market_error *err)
{
	int rc = 0;
	for (int64_t at = from; rc == 0 && at < to; at += TRANSFERS_A_PAGE) {
		void **rows = NULL;
		size_t count = 0;
		int64_t end = to - at > TRANSFERS_A_PAGE ? at + TRANSFERS_A_PAGE : to;
		mk_arena_reset(&m->scratch);
		rc = mk_store_list(m->setup->store, &m->scratch, &mk_legs_by_position, &mk_leg_row_record,
		                   MK_ARGS(mk_int(book), mk_int(at - 1), mk_int(end)), &rows, &count, err);
		for (size_t i = 0; rc == 0 && i < count; i++) {
			const mk_leg_row *leg = rows[i];
			bool whole = leg->account_name && leg->account_currency;
			rc = whole ? mk_tally_add(m->tally, leg, err) : MARKET_EOVERFLOW;
			if (rc == MARKET_EOVERFLOW)
				rc = mk_error_set(err, MARKET_ECORRUPT, "the legs of book %lld are broken",
				                  (long long)book);
		}
	}
	return rc;
}

static int write_balances(making *m, int64_t book, market_error *err)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < m->tally->count; i++) {
		const mk_tally_row *row = &m->tally->rows[i];
		if (!m->tally->touched[i])
			continue;
		rc = written(mk_store_write(
			m->setup->store, &balance_insert,
			MK_ARGS(mk_int(book), mk_text_value(row->stem), mk_text_value(row->currency),
		            mk_int(m->row.id.id), mk_int(row->debits_posted), mk_int(row->credits_posted),
		            mk_int(row->debits_pending), mk_int(row->credits_pending)),
			err));
	}
	return rc;
}

static int digest_balances(making *m, int64_t book, market_error *err)
{
	size_t count = m->tally->count;
	mk_arena_reset(&m->scratch);
	const mk_tally_row **rows = MK_NEW_ARRAY(&m->scratch, const mk_tally_row *, count + 1);
	if (!rows)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++)
		rows[i] = &m->tally->rows[i];
	return mk_tally_digest(book, rows, count, m->setup->digest, &m->scratch, err);
}

static int sign(making *m, market_error *err)
{
	mk_text body;
	uint8_t key[MK_KEY_SIZE];
	m->row.root = (market_blob){m->root.bytes, MK_HASH_SIZE};
	m->row.balances = (market_blob){m->balances.bytes, MK_HASH_SIZE};
	uint32_t number = mk_keys_signing(m->setup->keys, key);
	m->row.key_number = number;
	mk_text_init(&body, m->setup->arena->allocator, 4096);
	mk_checkpoint_body(&m->row, m->setup->store_id, &body);
	int rc = body.failed
	             ? mk_error_no_memory(err)
	             : mk_keys_sign(m->setup->keys, number, body.data, body.size, m->signature, err);
	mk_text_close(&body);
	m->row.signature = (market_blob){m->signature, MK_SIGNATURE_SIZE};
	return rc;
}

static int store_checkpoint(making *m, market_error *err)
{
	const mk_checkpoint *row = &m->row;
	return written(mk_store_write(
		m->setup->store, &checkpoint_insert,
		MK_ARGS(mk_int(row->id.id), mk_int(row->recorded_at), mk_int(row->books),
	            mk_int(row->transfers), mk_blob(row->root.data, row->root.size),
	            mk_blob(row->balances.data, row->balances.size),
	            mk_blob(row->previous.data, row->previous.size), mk_int(row->key_number),
	            mk_blob(row->signature.data, row->signature.size)),
		err));
}

static int written(int64_t count)
{
	if (count < 0)
		return (int)count;
	return count == 1 ? 0 : MK_AGAIN;
}
