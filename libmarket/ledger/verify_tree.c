/* The transfers of one book, in the order in which they were sealed. */
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/verify.h"

static const mk_statement transfers_page = {
	.name = "verify_transfers",
	.sql =
		"SELECT " MK_TRANSFER_COLUMNS " FROM transfer t WHERE t.book_id = ?1 AND t.position > ?2 "
		"ORDER BY t.position LIMIT ?3",
};
static const mk_statement unsealed_page = {
	.name = "verify_unsealed",
	.sql = "SELECT " MK_TRANSFER_COLUMNS
		   " FROM transfer t WHERE t.book_id = ?1 AND t.id > ?2 AND t.position IS NULL ORDER BY "
		   "t.id LIMIT ?3",
};
static const mk_statement unsealed_first = {
	.name = "verify_any_unsealed",
	.sql = "SELECT t.id AS number FROM transfer t WHERE t.position IS NULL ORDER BY t.recorded_at, "
		   "t.book_id, t.id LIMIT 1",
};
static const mk_statement head_of = {
	.name = "verify_head",
	.sql = "SELECT book_id, size, frontier FROM book_head WHERE book_id = ?1",
};

static int sealed(mk_verify *v, market_error *err);
static int check_sealed(mk_verify *v, const mk_page_legs *legs, size_t index, market_error *err);
static int unsealed(mk_verify *v, market_error *err);
static int check_one(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                     size_t n_legs, market_error *err);
static int too_many(mk_verify *v, const mk_transfer_row *row);
static int add_leaf(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                    size_t n_legs, market_error *err);
static int check_head(mk_verify *v, market_error *err);

int mk_verify_any_unsealed(mk_verify *v, market_error *err)
{
	void *found = NULL;
	mk_verify_reading(v, "transfer", NULL, 0);
	int rc = mk_store_get(v->setup->store, &v->inner, &unsealed_first, &mk_number_record,
	                      MK_NO_ARGS, &found, err);
	v->any_unsealed = found != NULL;
	return rc;
}

int mk_verify_tree(mk_verify *v, market_error *err)
{
	v->next = (mk_checkpoint_book){.book_id = v->book};
	int rc = mk_verify_next_point(v, err);
	if (rc == 0)
		rc = sealed(v, err);
	if (rc == 0 && v->next.checkpoint_id)
		rc = mk_verify_broken(v, mk_verify_place(v, "book %lld", (long long)v->book),
		                      "checkpoint %lld knows %lld transfers, %llu are there",
		                      (long long)v->next.checkpoint_id, (long long)v->next.size,
		                      (unsigned long long)v->frontier.size);
	if (rc == 0)
		rc = check_head(v, err);
	return rc == 0 && v->any_unsealed ? unsealed(v, err) : rc;
}

static int sealed(mk_verify *v, market_error *err)
{
	int64_t behind = MK_LOWEST;
	size_t count = MK_VERIFY_PAGE;
	int rc = 0;
	while (rc == 0 && count == MK_VERIFY_PAGE) {
		void **rows = NULL;
		mk_page_legs legs;
		mk_arena_reset(&v->page);
		mk_verify_reading(v, "transfer", "after position", behind);
		rc = mk_store_list(v->setup->store, &v->page, &transfers_page, &mk_transfer_row_record,
		                   MK_ARGS(mk_int(v->book), mk_int(behind), mk_int(MK_VERIFY_PAGE)), &rows,
		                   &count, err);
		if (rc == 0)
			rc = mk_verify_read_legs(v, rows, count, &legs, err);
		for (size_t i = 0; rc == 0 && i < count; i++) {
			mk_arena_reset(&v->inner);
			behind = ((const mk_transfer_row *)rows[i])->position;
			rc = check_sealed(v, &legs, i, err);
		}
	}
	return rc;
}

static int check_sealed(mk_verify *v, const mk_page_legs *legs, size_t index, market_error *err)
{
	const mk_transfer_row *row = legs->transfers[index];
	const mk_leg_row *own[MK_MAX_LEGS + 1];
	size_t n_own = 0;
	if (row->position != (int64_t)v->frontier.size)
		return mk_verify_broken(
			v, mk_verify_place(v, "transfer %s of book %lld", row->client_id, (long long)v->book),
			"its position is %lld where %llu is due", (long long)row->position,
			(unsigned long long)v->frontier.size);
	int rc = mk_verify_take_legs(v, legs, index, own, &n_own, err);
	if (rc == 0)
		rc = check_one(v, row, own, n_own, err);
	while (rc == 0 && v->next.checkpoint_id && v->next.size <= (int64_t)v->frontier.size)
		rc = mk_verify_point(v, err);
	return rc;
}

static int unsealed(mk_verify *v, market_error *err)
{
	int64_t behind = MK_LOWEST;
	size_t count = MK_VERIFY_PAGE;
	int rc = 0;
	while (rc == 0 && count == MK_VERIFY_PAGE) {
		void **rows = NULL;
		mk_page_legs page;
		mk_arena_reset(&v->page);
		mk_verify_reading(v, "transfer", "not sealed, after id", behind);
		rc = mk_store_list(v->setup->store, &v->page, &unsealed_page, &mk_transfer_row_record,
		                   MK_ARGS(mk_int(v->book), mk_int(behind), mk_int(MK_VERIFY_PAGE)), &rows,
		                   &count, err);
		if (rc == 0)
			rc = mk_verify_read_legs(v, rows, count, &page, err);
		for (size_t i = 0; rc == 0 && i < count; i++) {
			const mk_transfer_row *row = rows[i];
			const mk_leg_row *legs[MK_MAX_LEGS + 1];
			size_t n_legs = 0;
			mk_arena_reset(&v->inner);
			behind = row->id.id;
			v->report->unsealed++;
			if (!v->report->unsealed_since || row->recorded_at < v->report->unsealed_since)
				v->report->unsealed_since = row->recorded_at;
			if (mk_store_kind_of(v->setup->store) == MK_STORE_SQLITE)
				return mk_verify_broken(v,
				                        mk_verify_place(v, "transfer %s of book %lld",
				                                        row->client_id, (long long)v->book),
				                        "it was never sealed");
			rc = mk_verify_take_legs(v, &page, i, legs, &n_legs, err);
			if (rc == 0)
				rc = check_one(v, row, legs, n_legs, err);
		}
	}
	return rc;
}

static int check_one(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                     size_t n_legs, market_error *err)
{
	static const char between[] = "interbook:";
	int rc =
		n_legs > MK_MAX_LEGS ? too_many(v, row) : mk_verify_transfer(v, row, legs, n_legs, err);
	if (rc == 0 && row->position >= 0)
		rc = add_leaf(v, row, legs, n_legs, err);
	for (size_t i = 0; rc == 0 && i < n_legs; i++) {
		rc = mk_verify_chain_leg(v, legs[i], err);
		if (rc == 0 && strncmp(legs[i]->account_name, between, strlen(between)) == 0)
			rc = mk_verify_move(v, legs[i], err);
	}
	v->report->transfers++;
	v->legs_of_transfers += (int64_t)n_legs;
	return rc;
}

static int too_many(mk_verify *v, const mk_transfer_row *row)
{
	return mk_verify_broken(
		v, mk_verify_place(v, "transfer %s of book %lld", row->client_id, (long long)v->book),
		"it has more than %d legs", MK_MAX_LEGS);
}

static int add_leaf(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                    size_t n_legs, market_error *err)
{
	mk_hash leaf;
	mk_text_reset(&v->canonical);
	mk_transfer_canonical(row, legs, n_legs, &v->canonical);
	if (v->canonical.failed)
		return mk_error_no_memory(err);
	int rc = mk_merkle_leaf(v->setup->digest, v->canonical.data, v->canonical.size, &leaf, err);
	if (rc == 0)
		rc = mk_merkle_append(v->setup->digest, &v->frontier, &leaf, err);
	for (size_t i = 0; rc == 0 && i < n_legs; i++) {
		rc = mk_tally_add(v->tally, legs[i], err);
		if (rc != MARKET_EOVERFLOW)
			continue;
		mk_error_clear(err);
		rc = mk_verify_broken(
			v, mk_verify_place(v, "transfer %s of book %lld", row->client_id, (long long)v->book),
			"the sums of account %s overflow", legs[i]->account_name);
	}
	return rc;
}

static int check_head(mk_verify *v, market_error *err)
{
	void *found = NULL;
	uint8_t bytes[MK_FRONTIER_TEXT_MAX];
	size_t size = mk_frontier_write(&v->frontier, bytes);
	mk_arena_reset(&v->inner);
	mk_verify_reading(v, "book_head", NULL, 0);
	int rc = mk_store_get(v->setup->store, &v->inner, &head_of, &mk_head_row_record,
	                      MK_ARGS(mk_int(v->book)), &found, err);
	const mk_head_row *head = found;
	const char *place = mk_verify_place(v, "head of book %lld", (long long)v->book);
	if (rc)
		return rc;
	if (!head && v->frontier.size == 0)
		return 0;
	if (!head)
		return mk_verify_broken(v, place, "it is absent");
	if (head->size != (int64_t)v->frontier.size)
		return mk_verify_broken(v, place, "it counts %lld transfers, %llu are there",
		                        (long long)head->size, (unsigned long long)v->frontier.size);
	if (v->frontier.size == 0 || head->frontier.size != size ||
	    memcmp(head->frontier.data, bytes, size) != 0)
		return mk_verify_broken(v, place, "it doesn't match the transfers");
	return 0;
}
