/* All checkpoints: their chain, their signatures, what they say of the books; and the anchors. */
#include <string.h>

#include "libmarket/ledger/verify.h"

static const mk_statement checkpoint_next = {
	.name = "verify_checkpoint",
	.sql = "SELECT book_id, id, recorded_at, books, transfers, root, balances, previous, "
		   "key_number, signature FROM checkpoint WHERE book_id = 0 AND id > ?1 ORDER BY id LIMIT "
		   "1",
};
static const mk_statement checkpoint_elsewhere = {
	.name = "verify_checkpoint_elsewhere",
	.sql = "SELECT book_id, id, recorded_at, books, transfers, root, balances, previous, "
		   "key_number, signature FROM checkpoint WHERE book_id <> 0 ORDER BY id LIMIT 1",
	.scan = true,
};
static const mk_statement books_at = {
	.name = "verify_books_at",
	.sql = "SELECT c.book_id, c.checkpoint_id, c.size, c.root FROM checkpoint_book c WHERE "
		   "c.book_id > ?1 AND c.checkpoint_id = (SELECT MAX(d.checkpoint_id) FROM "
		   "checkpoint_book d WHERE d.book_id = c.book_id AND d.checkpoint_id <= ?2) ORDER BY "
		   "c.book_id LIMIT ?3",
};
/* As they were at a checkpoint, of a page of books. */
static const mk_statement balances_at = {
	.name = "verify_balances_at",
	.sql = "SELECT b.book_id, b.stem, b.currency, b.checkpoint_id, b.debits_posted, "
		   "b.credits_posted, b.debits_pending, b.credits_pending FROM checkpoint_balance b WHERE "
		   "b.book_id >= ?1 AND b.book_id <= ?2 AND b.checkpoint_id = (SELECT MAX(c.checkpoint_id) "
		   "FROM checkpoint_balance c WHERE c.book_id = b.book_id AND c.stem = b.stem AND "
		   "c.currency = b.currency AND c.checkpoint_id <= ?3) ORDER BY b.book_id",
};
static const mk_statement book_beyond = {
	.name = "verify_book_beyond",
	.sql = "SELECT book_id, checkpoint_id, size, root FROM checkpoint_book WHERE checkpoint_id > "
		   "?1 OR checkpoint_id < 1 ORDER BY book_id, checkpoint_id LIMIT 1",
	.scan = true,
};
static const mk_statement balance_beyond = {
	.name = "verify_balance_beyond",
	.sql = "SELECT b.book_id, b.stem, b.currency, b.checkpoint_id, b.debits_posted, "
		   "b.credits_posted, b.debits_pending, b.credits_pending FROM checkpoint_balance b WHERE "
		   "NOT EXISTS (SELECT 1 FROM checkpoint_book c WHERE c.book_id = b.book_id AND "
		   "c.checkpoint_id = b.checkpoint_id) ORDER BY b.book_id, b.stem LIMIT 1",
	.scan = true,
};

static int check_chain(mk_verify *v, market_error *err);
static int check_checkpoint(mk_verify *v, const mk_checkpoint *row, mk_hash *previous,
                            market_error *err);
static int check_signature(mk_verify *v, const mk_checkpoint *row, const char *place,
                           market_error *err);
static int public_key(mk_verify *v, const mk_checkpoint *row, const char *place,
                      uint8_t key[MK_KEY_SIZE], market_error *err);
static int check_content(mk_verify *v, const mk_checkpoint *row, const char *place,
                         market_error *err);
static int add_books(mk_verify *v, void *const *books, size_t count, int64_t number,
                     mk_frontier *tree, market_error *err);
static int add_book(mk_verify *v, const mk_checkpoint_book *book, const mk_tally_row *const *rows,
                    size_t count, mk_frontier *tree, market_error *err);
static int check_anchors(mk_verify *v, const mk_checkpoint *row, const char *place);
static bool same_hex(const char *hex, market_blob bytes);
static int check_strays(mk_verify *v, market_error *err);

int mk_verify_checkpoints(mk_verify *v, market_error *err)
{
	int rc = check_chain(v, err);
	for (size_t i = 0; rc == 0 && i < v->setup->n_anchors; i++) {
		if (v->anchors[i]->number > v->report->checkpoints)
			rc = mk_verify_broken(
				v, mk_verify_place(v, "checkpoint %lld", (long long)v->anchors[i]->number),
				"an anchor knows it and the store doesn't");
	}
	return rc ? rc : check_strays(v, err);
}

static int check_chain(mk_verify *v, market_error *err)
{
	mk_hash previous = {{0}};
	int64_t behind = MK_LOWEST;
	v->book = -1;
	for (;;) {
		void *found = NULL;
		mk_arena_reset(&v->page);
		mk_verify_reading(v, "checkpoint", "after number", behind);
		int rc = mk_store_get(v->setup->store, &v->page, &checkpoint_next, &mk_checkpoint_record,
		                      MK_ARGS(mk_int(behind)), &found, err);
		if (rc || !found)
			return rc;
		const mk_checkpoint *row = found;
		behind = row->id.id;
		if (row->id.id != v->report->checkpoints + 1)
			return mk_verify_broken(v, mk_verify_place(v, "checkpoint %lld", (long long)row->id.id),
			                        "checkpoint %lld is missing before it",
			                        (long long)v->report->checkpoints + 1);
		v->report->checkpoints++;
		rc = check_checkpoint(v, row, &previous, err);
		if (rc)
			return rc;
	}
}

static int check_checkpoint(mk_verify *v, const mk_checkpoint *row, mk_hash *previous,
                            market_error *err)
{
	const char *place = mk_arena_format(&v->page, "checkpoint %lld", (long long)row->id.id);
	if (row->root.size != MK_HASH_SIZE || row->balances.size != MK_HASH_SIZE ||
	    row->previous.size != MK_HASH_SIZE || row->signature.size != MK_SIGNATURE_SIZE)
		return mk_verify_broken(v, place, "a digest or its signature is malformed");
	if (memcmp(row->previous.data, previous->bytes, MK_HASH_SIZE) != 0)
		return mk_verify_broken(v, place, "it doesn't follow the one before");
	int rc = check_signature(v, row, place, err);
	if (rc == 0)
		rc = check_content(v, row, place, err);
	if (rc == 0)
		rc = check_anchors(v, row, place);
	if (rc == 0)
		rc = mk_checkpoint_digest(row, v->setup->store_id, v->setup->digest, v->setup->allocator,
		                          previous, err);
	return rc;
}

static int check_signature(mk_verify *v, const mk_checkpoint *row, const char *place,
                           market_error *err)
{
	uint8_t key[MK_KEY_SIZE];
	bool valid = false;
	mk_text body;
	int rc = public_key(v, row, place, key, err);
	if (rc)
		return rc;
	mk_text_init(&body, v->setup->allocator, 4096);
	mk_checkpoint_body(row, v->setup->store_id, &body);
	rc = body.failed
	         ? mk_error_no_memory(err)
	         : mk_ed25519_verify(key, body.data, body.size, row->signature.data, &valid, err);
	mk_text_close(&body);
	if (rc == 0 && !valid)
		rc = mk_verify_broken(v, place, "its signature doesn't match");
	return rc;
}

/* From the provider or an anchor, never from the store. */
static int public_key(mk_verify *v, const mk_checkpoint *row, const char *place,
                      uint8_t key[MK_KEY_SIZE], market_error *err)
{
	bool known = row->key_number > 0 && row->key_number <= UINT32_MAX && v->setup->keys &&
	             mk_keys_public(v->setup->keys, (uint32_t)row->key_number, key);
	for (size_t i = 0; i < v->setup->n_anchors; i++) {
		uint8_t own[MK_KEY_SIZE];
		if (v->anchors[i]->key_number != row->key_number ||
		    !mk_unhex(v->anchors[i]->public_key, own, MK_KEY_SIZE))
			continue;
		if (known && memcmp(own, key, MK_KEY_SIZE) != 0)
			return mk_verify_broken(v, place, "an anchor knows another key of number %lld",
			                        (long long)row->key_number);
		memcpy(key, own, MK_KEY_SIZE);
		known = true;
	}
	if (known)
		return 0;
	if (v->setup->keys)
		return mk_verify_broken(v, place, "no key of number %lld is known",
		                        (long long)row->key_number);
	return mk_error_set(err, MARKET_EKEY,
	                    "the public key of number %lld is in no anchor and no key file is given",
	                    (long long)row->key_number);
}

static int check_content(mk_verify *v, const mk_checkpoint *row, const char *place,
                         market_error *err)
{
	mk_frontier *tree = MK_NEW(&v->page, mk_frontier);
	mk_hash balances, root;
	int64_t behind = -1, books = 0, transfers = 0;
	size_t count = MK_VERIFY_PAGE;
	int rc = tree ? mk_digest_begin(v->setup->digest, err) : mk_error_no_memory(err);
	while (rc == 0 && count == MK_VERIFY_PAGE) {
		void **rows = NULL;
		mk_arena_reset(&v->books);
		mk_verify_reading(v, "checkpoint_book", "of checkpoint", row->id.id);
		rc = mk_store_list(v->setup->store, &v->books, &books_at, &mk_checkpoint_book_record,
		                   MK_ARGS(mk_int(behind), mk_int(row->id.id), mk_int(MK_VERIFY_PAGE)),
		                   &rows, &count, err);
		for (size_t i = 0; rc == 0 && i < count; i++, books++) {
			const mk_checkpoint_book *book = rows[i];
			behind = book->book_id;
			transfers += book->size;
		}
		if (rc == 0 && count > 0)
			rc = add_books(v, rows, count, row->id.id, tree, err);
	}
	if (rc == 0)
		rc = mk_digest_end(v->setup->digest, &balances, err);
	if (rc == 0)
		rc = mk_merkle_root(v->setup->digest, tree, &root, err);
	if (rc)
		return rc;
	if (row->books != books || row->transfers != transfers ||
	    memcmp(root.bytes, row->root.data, MK_HASH_SIZE) != 0)
		return mk_verify_broken(v, place, "the books differ from what it says");
	if (memcmp(balances.bytes, row->balances.data, MK_HASH_SIZE) != 0)
		return mk_verify_broken(v, place, "the trial balance differs from what it says");
	return 0;
}

static int add_books(mk_verify *v, void *const *books, size_t count, int64_t number,
                     mk_frontier *tree, market_error *err)
{
	const mk_checkpoint_book *first = books[0], *last = books[count - 1];
	void **rows = NULL;
	size_t n_rows = 0, at = 0;
	mk_verify_reading(v, "checkpoint_balance", "from book", first->book_id);
	int rc = mk_store_list(v->setup->store, &v->books, &balances_at, &mk_tally_row_record,
	                       MK_ARGS(mk_int(first->book_id), mk_int(last->book_id), mk_int(number)),
	                       &rows, &n_rows, err);
	if (rc)
		return rc;
	const mk_tally_row **list = MK_NEW_ARRAY(&v->books, const mk_tally_row *, n_rows + 1);
	if (!list)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n_rows; i++)
		list[i] = rows[i];
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const mk_checkpoint_book *book = books[i];
		while (at < n_rows && list[at]->book_id < book->book_id)
			at++;
		size_t begin = at;
		while (at < n_rows && list[at]->book_id == book->book_id)
			at++;
		rc = add_book(v, book, list + begin, at - begin, tree, err);
	}
	return rc;
}

static int add_book(mk_verify *v, const mk_checkpoint_book *book, const mk_tally_row *const *rows,
                    size_t count, mk_frontier *tree, market_error *err)
{
	mk_hash root;
	mk_arena_reset(&v->inner);
	if (book->root.size != MK_HASH_SIZE)
		return mk_verify_broken(v, mk_verify_place(v, "book %lld", (long long)book->book_id),
		                        "a root isn't a digest");
	memcpy(root.bytes, book->root.data, MK_HASH_SIZE);
	int rc = mk_checkpoint_append(v->setup->digest, tree, book->book_id, book->size, &root, err);
	return rc ? rc : mk_tally_digest(book->book_id, rows, count, v->setup->digest, &v->inner, err);
}

static int check_anchors(mk_verify *v, const mk_checkpoint *row, const char *place)
{
	for (size_t i = 0; i < v->setup->n_anchors; i++) {
		const mk_anchor *anchor = v->anchors[i];
		if (anchor->number != row->id.id)
			continue;
		if (anchor->recorded_at != row->recorded_at || anchor->books != row->books ||
		    anchor->transfers != row->transfers || anchor->key_number != row->key_number ||
		    !same_hex(anchor->root, row->root) || !same_hex(anchor->balances, row->balances) ||
		    !same_hex(anchor->previous, row->previous) ||
		    !same_hex(anchor->signature, row->signature))
			return mk_verify_broken(v, place, "it differs from its anchor");
		v->report->anchors++;
	}
	return 0;
}

static bool same_hex(const char *hex, market_blob bytes)
{
	uint8_t own[MK_SIGNATURE_SIZE];
	return bytes.size <= sizeof(own) && strlen(hex) == 2 * bytes.size &&
	       mk_unhex(hex, own, bytes.size) && memcmp(own, bytes.data, bytes.size) == 0;
}

/* Rows that belong to no checkpoint. */
static int check_strays(mk_verify *v, market_error *err)
{
	void *found = NULL;
	mk_arena_reset(&v->page);
	mk_verify_reading(v, "checkpoint", NULL, 0);
	int rc = mk_store_get(v->setup->store, &v->page, &checkpoint_elsewhere, &mk_checkpoint_record,
	                      MK_NO_ARGS, &found, err);
	if (rc == 0 && found)
		return mk_verify_broken(
			v,
			mk_verify_place(v, "checkpoint %lld", (long long)((const mk_checkpoint *)found)->id.id),
			"it isn't in book 0");
	if (rc == 0)
		rc = mk_store_get(v->setup->store, &v->page, &book_beyond, &mk_checkpoint_book_record,
		                  MK_ARGS(mk_int(v->report->checkpoints)), &found, err);
	if (rc == 0 && found)
		return mk_verify_broken(
			v,
			mk_verify_place(v, "book %lld",
		                    (long long)((const mk_checkpoint_book *)found)->book_id),
			"a row knows checkpoint %lld, which doesn't exist",
			(long long)((const mk_checkpoint_book *)found)->checkpoint_id);
	if (rc == 0)
		rc = mk_store_get(v->setup->store, &v->page, &balance_beyond, &mk_tally_row_record,
		                  MK_NO_ARGS, &found, err);
	if (rc == 0 && found)
		return mk_verify_broken(
			v, mk_verify_place(v, "book %lld", (long long)((const mk_tally_row *)found)->book_id),
			"a trial balance belongs to no checkpoint");
	return rc;
}
