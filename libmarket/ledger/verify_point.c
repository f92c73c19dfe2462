/* The points of a book's tree that checkpoints know: its root and its trial balance there. */
#include <string.h>

#include "libmarket/ledger/verify.h"

static const mk_statement point_next = {
	.name = "verify_point",
	.sql = "SELECT book_id, checkpoint_id, size, root FROM checkpoint_book WHERE book_id = ?1 AND "
		   "checkpoint_id > ?2 ORDER BY checkpoint_id LIMIT 2",
};
static const mk_statement balances_at = {
	.name = "verify_balances",
	.sql = "SELECT book_id, stem, currency, checkpoint_id, debits_posted, credits_posted, "
		   "debits_pending, credits_pending FROM checkpoint_balance WHERE book_id = ?1 AND "
		   "checkpoint_id = ?2 ORDER BY stem, currency",
};

static int check_balances(mk_verify *v, market_error *err);
static int check_balance(mk_verify *v, const mk_tally_row *row);

int mk_verify_next_point(mk_verify *v, market_error *err)
{
	void **found = NULL;
	size_t count = 0;
	int64_t before = v->next.size;
	mk_verify_reading(v, "checkpoint_book", "after checkpoint", v->next.checkpoint_id);
	int rc =
		mk_store_list(v->setup->store, &v->inner, &point_next, &mk_checkpoint_book_record,
	                  MK_ARGS(mk_int(v->book), mk_int(v->next.checkpoint_id)), &found, &count, err);
	if (rc)
		return rc;
	v->next.checkpoint_id = 0;
	v->last_point = count < 2;
	if (count == 0)
		return 0;
	v->next = *(const mk_checkpoint_book *)found[0];
	const char *place = mk_verify_place(v, "checkpoint %lld of book %lld",
	                                    (long long)v->next.checkpoint_id, (long long)v->book);
	if (v->next.size <= before || v->next.checkpoint_id <= 0)
		return mk_verify_broken(v, place, "it doesn't follow the one before");
	if (v->next.root.size != MK_HASH_SIZE)
		return mk_verify_broken(v, place, "its root isn't a digest");
	memcpy(v->next_root, v->next.root.data, MK_HASH_SIZE);
	return 0;
}

int mk_verify_point(mk_verify *v, market_error *err)
{
	mk_hash root;
	int rc = mk_merkle_root(v->setup->digest, &v->frontier, &root, err);
	if (rc)
		return rc;
	if (memcmp(root.bytes, v->next_root, MK_HASH_SIZE) != 0)
		return mk_verify_broken(v, mk_verify_place(v, "book %lld", (long long)v->book),
		                        "its first %lld transfers differ from those of checkpoint %lld",
		                        (long long)v->next.size, (long long)v->next.checkpoint_id);
	rc = check_balances(v, err);
	if (rc == 0 && !v->last_point)
		return mk_verify_next_point(v, err);
	v->next.checkpoint_id = 0;
	return rc;
}

/* What the checkpoint stored is exactly what had changed. */
static int check_balances(mk_verify *v, market_error *err)
{
	void **rows = NULL;
	size_t count = 0;
	mk_verify_reading(v, "checkpoint_balance", "of checkpoint", v->next.checkpoint_id);
	int rc =
		mk_store_list(v->setup->store, &v->inner, &balances_at, &mk_tally_row_record,
	                  MK_ARGS(mk_int(v->book), mk_int(v->next.checkpoint_id)), &rows, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = check_balance(v, rows[i]);
	for (size_t i = 0; rc == 0 && i < v->tally->count; i++) {
		if (v->tally->touched[i])
			rc = mk_verify_broken(v,
			                      mk_verify_place(v, "checkpoint %lld of book %lld",
			                                      (long long)v->next.checkpoint_id,
			                                      (long long)v->book),
			                      "the trial balance lacks %s %s", v->tally->rows[i].stem,
			                      v->tally->rows[i].currency);
	}
	return rc;
}

static int check_balance(mk_verify *v, const mk_tally_row *row)
{
	size_t index = 0;
	const mk_tally_row *own = mk_tally_find(v->tally, row->stem, row->currency, &index);
	bool same = own && v->tally->touched[index] && own->debits_posted == row->debits_posted &&
	            own->credits_posted == row->credits_posted &&
	            own->debits_pending == row->debits_pending &&
	            own->credits_pending == row->credits_pending;
	if (!same)
		return mk_verify_broken(v,
		                        mk_verify_place(v, "checkpoint %lld of book %lld",
		                                        (long long)row->checkpoint_id, (long long)v->book),
		                        "the trial balance of %s %s differs from the legs", row->stem,
		                        row->currency);
	v->tally->touched[index] = false;
	return 0;
}
