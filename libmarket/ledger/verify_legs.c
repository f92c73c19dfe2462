/* The legs of transfers, with the accounts that they are of. */
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/verify.h"

static const mk_statement legs_page = {
	.name = "verify_legs",
	.sql = "SELECT ?1 AS book_id, " MK_LEG_OWN_COLUMNS
		   " FROM transfer t JOIN leg l {by_key} ON l.book_id = "
		   "t.book_id AND l.id >= t.first_leg_id AND l.id <= t.last_leg_id AND l.transfer_id = "
		   "t.id WHERE t.book_id = ?1 AND t.position > ?2 AND t.position <= ?3 ORDER BY t.position",
};
static const mk_statement owner_of = {
	.name = "verify_owner",
	.sql = "SELECT a.id AS id, a.name AS name, a.currency AS currency, a.account_class AS "
		   "account_class FROM account a WHERE a.book_id = ?1 AND a.id = ?2",
};

static const mk_field owner_fields[] = {
	MK_F_INT(mk_owner_row, id, 0, 0, 0, "the account"),
	MK_F_INT(mk_owner_row, account_class, 0, 0, 0, "its class"),
	MK_F_TEXT(mk_owner_row, name, 0, 0, 0, "its name"),
	MK_F_TEXT(mk_owner_row, currency, 0, 0, 0, "its currency"),
};
static const mk_record owner_record =
	MK_RECORD_OF("owner", mk_owner_row, owner_fields, "an account that a leg is of");

static int find_owner(mk_verify *v, mk_leg_row *leg, market_error *err);

int mk_verify_read_legs(mk_verify *v, int64_t behind, const mk_transfer_row *last,
                        mk_page_legs *legs, market_error *err)
{
	int rc = mk_store_list(v->setup->store, &v->page, &legs_page, &mk_leg_row_record,
	                       MK_ARGS(mk_int(v->book), mk_int(behind), mk_int(last->position)),
	                       &legs->rows, &legs->n_rows, err);
	if (rc != MARKET_ECORRUPT)
		return rc;
	mk_error_clear(err);
	legs->unreadable = true;
	return 0;
}

/* The statement orders them by transfer alone, which needs no sorting. */
int mk_verify_take_legs(mk_verify *v, const mk_transfer_row *row, mk_page_legs *legs,
                        const mk_leg_row **out, size_t *count, market_error *err)
{
	int rc = 0;
	mk_verify_reading(v, "leg", "of transfer", row->id.id);
	for (*count = 0; rc == 0 && legs->next < legs->n_rows && *count <= MK_MAX_LEGS; ++*count) {
		mk_leg_row *leg = legs->rows[legs->next];
		size_t at = *count;
		if (leg->transfer_id != row->id.id)
			break;
		legs->next++;
		rc = find_owner(v, leg, err);
		for (; at > 0 && out[at - 1]->id.id > leg->id.id; at--)
			out[at] = out[at - 1];
		out[at] = leg;
	}
	return rc;
}

int mk_verify_load_legs(mk_verify *v, const mk_transfer_row *row, const mk_leg_row **out,
                        size_t *count, market_error *err)
{
	void **rows = NULL;
	size_t n_rows = 0;
	mk_verify_reading(v, "leg", "of transfer", row->id.id);
	int rc = mk_store_list(
		v->setup->store, &v->inner, &mk_leg_range, &mk_leg_row_record,
		MK_ARGS(mk_int(row->id.book), mk_int(row->first_leg_id), mk_int(row->last_leg_id)), &rows,
		&n_rows, err);
	*count = 0;
	for (size_t i = 0; rc == 0 && i < n_rows && *count <= MK_MAX_LEGS; i++) {
		const mk_leg_row *leg = rows[i];
		if (leg->transfer_id == row->id.id)
			out[(*count)++] = leg;
	}
	return rc;
}

/* What another leg of the same transfer points to stays. */
void mk_verify_remember_owner(mk_verify *v, const mk_owner_row *row)
{
	mk_owner *owner = &v->owners[(uint64_t)row->id % MK_VERIFY_OWNERS];
	size_t name = strlen(row->name), currency = strlen(row->currency);
	if (owner->taken == v->report->transfers + 1 || name >= sizeof(owner->name) ||
	    currency >= sizeof(owner->currency))
		return;
	owner->book = v->book;
	owner->id = row->id;
	owner->account_class = row->account_class;
	memcpy(owner->name, row->name, name + 1);
	memcpy(owner->currency, row->currency, currency + 1);
}

/* Without an account the leg stays without its name. */
static int find_owner(mk_verify *v, mk_leg_row *leg, market_error *err)
{
	mk_owner *owner = &v->owners[(uint64_t)leg->account_id % MK_VERIFY_OWNERS];
	void *found = NULL;
	int rc;
	if (owner->id == leg->account_id && owner->book == v->book && owner->name[0]) {
		owner->taken = v->report->transfers + 1;
		leg->account_name = owner->name;
		leg->account_currency = owner->currency;
		leg->account_class = owner->account_class;
		return 0;
	}
	rc = mk_store_get(v->setup->store, &v->inner, &owner_of, &owner_record,
	                  MK_ARGS(mk_int(v->book), mk_int(leg->account_id)), &found, err);
	if (rc || !found)
		return rc;
	const mk_owner_row *row = found;
	leg->account_name = row->name;
	leg->account_currency = row->currency;
	leg->account_class = row->account_class;
	mk_verify_remember_owner(v, row);
	return 0;
}
