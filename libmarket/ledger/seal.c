/* LED-7: transfers become leaves of their book's tree, from their stored legs. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/internal.h"

#define CANONICAL_MAX (256 * 1024)

const mk_statement mk_transfer_insert = {
	.name = "transfer_insert",
	.table = "transfer",
	.sql = "INSERT INTO transfer (book_id, id, client_id, purpose, kind, digest, effective_at, "
		   "recorded_at, journal_book_id, journal_id, pending_id, expires_at, reason, "
		   "object_kind, object_book, object_number, rate_numerator, rate_denominator, "
		   "first_leg_id, last_leg_id, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
		   "?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21) ON CONFLICT DO NOTHING",
};
const mk_statement mk_leg_range = {
	.name = "leg_range",
	.sql = "SELECT " MK_LEG_COLUMNS " FROM leg l {by_key} " MK_LEG_ACCOUNT
		   " WHERE l.book_id = ?1 AND l.id >= ?2 AND l.id <= ?3 ORDER BY l.id",
};
static const mk_statement head_get = {
	.name = "head_get",
	.sql = "SELECT book_id, size, frontier FROM book_head WHERE book_id = ?1",
};
static const mk_statement head_insert = {
	.name = "head_insert",
	.table = "book_head",
	.sql = "INSERT INTO book_head (book_id, size, frontier) VALUES (?1, ?2, ?3) ON CONFLICT DO "
		   "NOTHING",
};
static const mk_statement head_update = {
	.name = "head_update",
	.table = "book_head",
	.sql = "UPDATE book_head SET size = ?2, frontier = ?3 WHERE book_id = ?1 AND size = ?4",
};
static const mk_statement unsealed = {
	.name = "transfer_unsealed",
	.sql = "SELECT " MK_TRANSFER_COLUMNS " FROM transfer t WHERE t.position IS NULL ORDER BY "
		   "t.recorded_at, t.book_id, t.id LIMIT ?1",
};
static const mk_statement set_position = {
	.name = "transfer_seal",
	.table = "transfer",
	.sql = "UPDATE transfer SET position = ?3 WHERE book_id = ?1 AND id = ?2 AND position IS NULL",
};

/* One run of sealing. */
typedef struct sealing {
	mk_ledger *ledger;
	mk_store *store;
	mk_text canonical;
	mk_frontier frontier; /* of the book at work */
	uint64_t stored_size; /* of its head, as stored */
} sealing;

static int seal_planned(sealing *work, market_error *err);
static int order_planned(const void *a, const void *b);
static int seal_book(sealing *work, mk_transfer *const *transfers, size_t count, market_error *err);
static int insert_sealed(sealing *work, const mk_transfer *transfer, market_error *err);
static void row_of(const mk_ledger *ledger, const mk_transfer *transfer, mk_transfer_row *out);
static int seal_stored(sealing *work, int limit, market_error *err);
static int order_stored(const void *a, const void *b);
static int seal_stored_book(sealing *work, void *const *rows, size_t count, market_error *err);
static int append_stored(sealing *work, const mk_transfer_row *row, market_error *err);
static int append(sealing *work, const mk_transfer_row *row, void *const *legs, size_t n_legs,
                  market_error *err);
static int read_head(sealing *work, int64_t book, market_error *err);
static int write_head(sealing *work, int64_t book, market_error *err);
static int written(int64_t count);

int mk_ledger_flush_seal(mk_store *store, void *user_data, market_error *err)
{
	mk_ledger *ledger = user_data;
	sealing work = {.ledger = ledger, .store = store};
	int rc = mk_entry_check_guards(ledger, store, err);
	if (rc || !ledger->setup.seal_now || !ledger->first)
		return rc;
	mk_text_init(&work.canonical, ledger->setup.arena->allocator, CANONICAL_MAX);
	rc = seal_planned(&work, err);
	mk_text_close(&work.canonical);
	return rc;
}

int mk_ledger_seal(mk_ledger *ledger, int limit, market_error *err)
{
	sealing work = {.ledger = ledger, .store = ledger->setup.store};
	mk_text_init(&work.canonical, ledger->setup.arena->allocator, CANONICAL_MAX);
	int rc = seal_stored(&work, limit, err);
	mk_text_close(&work.canonical);
	return rc;
}

int mk_ledger_seal_store(mk_store *store, const market_allocator *allocator, mk_digest *digest,
                         int limit, market_error *err)
{
	mk_arena arena;
	int rc = 0, count = 0;
	if (mk_store_kind_of(store) == MK_STORE_SQLITE)
		return 0;
	mk_arena_init(&arena, allocator);
	rc = mk_store_begin(store, true, err);
	if (rc == 0) {
		mk_ledger *ledger =
			mk_ledger_new(&(mk_ledger_setup){.store = store, .arena = &arena, .digest = digest});
		count = ledger ? mk_ledger_seal(ledger, limit, err) : mk_error_no_memory(err);
		rc = mk_store_finish(store, count, err);
	}
	mk_arena_close(&arena);
	if (rc == MARKET_EBUSY || rc == MK_AGAIN)
		return 0;
	return rc ? rc : count;
}

void mk_transfer_bind(const mk_ledger *ledger, const mk_transfer *transfer,
                      mk_value args[MK_TRANSFER_ARGS])
{
	int64_t first = INT64_MAX, last = 0;
	for (size_t i = 0; i < transfer->n_legs; i++) {
		first = transfer->legs[i].id < first ? transfer->legs[i].id : first;
		last = transfer->legs[i].id > last ? transfer->legs[i].id : last;
	}
	const mk_value values[MK_TRANSFER_ARGS] = {
		mk_int(transfer->id.book),
		mk_int(transfer->id.id),
		mk_text_value(transfer->client_id),
		mk_text_value(transfer->purpose),
		mk_int(transfer->kind),
		mk_blob(transfer->digest.bytes, MK_HASH_SIZE),
		mk_int(ledger->setup.effective),
		mk_int(ledger->setup.recorded),
		mk_int(ledger->setup.journal.book),
		mk_int(ledger->setup.journal.id),
		mk_int(transfer->pending.id),
		mk_int(transfer->expires),
		mk_text_value(transfer->reason ? transfer->reason : ""),
		mk_int(transfer->object_kind),
		mk_int(transfer->object.book),
		mk_int(transfer->object.id),
		mk_int(transfer->rate_numerator),
		mk_int(transfer->rate_denominator),
		mk_int(first),
		mk_int(last),
	};
	memcpy(args, values, sizeof(values));
}

void mk_transfer_canonical(const mk_transfer_row *t, const mk_leg_row *const *legs, size_t n_legs,
                           mk_text *out)
{
	const int64_t numbers[] = {t->effective_at,   t->recorded_at,     t->journal.book,
	                           t->journal.id,     t->pending_id,      t->expires_at,
	                           t->object_kind,    t->object_book,     t->object_number,
	                           t->rate_numerator, t->rate_denominator};
	mk_text_add_u32(out, 1); /* the format's version */
	mk_text_add_u64(out, (uint64_t)t->id.book);
	mk_text_add_u64(out, (uint64_t)t->id.id);
	mk_text_add_bytes(out, t->client_id, strlen(t->client_id));
	mk_text_add_bytes(out, t->purpose, strlen(t->purpose));
	mk_text_add_u64(out, (uint64_t)t->kind);
	mk_text_add_bytes(out, t->digest.data, t->digest.size);
	mk_text_add_numbers(out, numbers, sizeof(numbers) / sizeof(numbers[0]));
	mk_text_add_bytes(out, t->reason, strlen(t->reason));
	mk_text_add_u32(out, (uint32_t)n_legs);
	for (size_t i = 0; i < n_legs; i++) {
		const mk_leg_row *l = legs[i];
		const int64_t values[] = {l->id.id,          l->account_id,     l->account_class,
		                          l->version,        l->debit,          l->credit,
		                          l->debit_held,     l->credit_held,    l->debits_posted,
		                          l->credits_posted, l->debits_pending, l->credits_pending,
		                          l->flags,          l->overdraft};
		mk_text_add_bytes(out, l->account_name, strlen(l->account_name));
		mk_text_add_bytes(out, l->account_currency, strlen(l->account_currency));
		mk_text_add_numbers(out, values, sizeof(values) / sizeof(values[0]));
	}
}

/* What this operation has planned, each book once. */
static int seal_planned(sealing *work, market_error *err)
{
	mk_ledger *ledger = work->ledger;
	size_t count = 0, from = 0;
	int rc = 0;
	mk_transfer **list = MK_NEW_ARRAY(ledger->setup.arena, mk_transfer *, ledger->n_transfers);
	if (!list)
		return mk_error_no_memory(err);
	for (mk_transfer *at = ledger->first; at; at = at->next)
		list[count++] = at;
	qsort(list, count, sizeof(*list), order_planned);
	for (size_t i = 1; rc == 0 && i <= count; i++) {
		if (i < count && list[i]->id.book == list[from]->id.book)
			continue;
		rc = seal_book(work, list + from, i - from, err);
		from = i;
	}
	return rc;
}

static int order_planned(const void *a, const void *b)
{
	const mk_transfer *left = *(mk_transfer *const *)a, *right = *(mk_transfer *const *)b;
	if (left->id.book != right->id.book)
		return left->id.book < right->id.book ? -1 : 1;
	return left->id.id < right->id.id ? -1 : left->id.id > right->id.id;
}

static int seal_book(sealing *work, mk_transfer *const *transfers, size_t count, market_error *err)
{
	int64_t book = transfers[0]->id.book;
	int rc = read_head(work, book, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = insert_sealed(work, transfers[i], err);
	return rc ? rc : write_head(work, book, err);
}

static int insert_sealed(sealing *work, const mk_transfer *transfer, market_error *err)
{
	void **legs = NULL;
	size_t n_legs = 0;
	mk_transfer_row row;
	mk_value args[MK_TRANSFER_ARGS + 1];
	mk_transfer_bind(work->ledger, transfer, args);
	row_of(work->ledger, transfer, &row);
	int rc =
		mk_store_list(work->store, work->ledger->setup.arena, &mk_leg_range, &mk_leg_row_record,
	                  (const mk_value[]){args[0], args[18], args[19]}, 3, &legs, &n_legs, err);
	args[MK_TRANSFER_ARGS] = mk_int((int64_t)work->frontier.size);
	if (rc == 0)
		rc = append(work, &row, legs, n_legs, err);
	if (rc)
		return rc;
	return written(
		mk_store_write(work->store, &mk_transfer_insert, args, MK_TRANSFER_ARGS + 1, err));
}

static void row_of(const mk_ledger *ledger, const mk_transfer *transfer, mk_transfer_row *out)
{
	*out = (mk_transfer_row){
		.id = transfer->id,
		.client_id = transfer->client_id,
		.purpose = transfer->purpose,
		.kind = transfer->kind,
		.digest = {transfer->digest.bytes, MK_HASH_SIZE},
		.effective_at = ledger->setup.effective,
		.recorded_at = ledger->setup.recorded,
		.journal = ledger->setup.journal,
		.pending_id = transfer->pending.id,
		.expires_at = transfer->expires,
		.reason = transfer->reason ? transfer->reason : "",
		.object_kind = transfer->object_kind,
		.object_book = transfer->object.book,
		.object_number = transfer->object.id,
		.rate_numerator = transfer->rate_numerator,
		.rate_denominator = transfer->rate_denominator,
	};
}

/* What others have posted and not sealed, oldest first; sorted, so that each head is written once.
 */
static int seal_stored(sealing *work, int limit, market_error *err)
{
	void **rows = NULL;
	size_t count = 0, from = 0;
	int rc = mk_store_list(work->store, work->ledger->setup.arena, &unsealed,
	                       &mk_transfer_row_record, MK_ARGS(mk_int(limit)), &rows, &count, err);
	if (rc == 0 && count)
		qsort(rows, count, sizeof(*rows), order_stored);
	for (size_t i = 1; rc == 0 && i <= count; i++) {
		const mk_transfer_row *first = rows[from], *next = i < count ? rows[i] : NULL;
		if (next && next->id.book == first->id.book)
			continue;
		rc = seal_stored_book(work, rows + from, i - from, err);
		from = i;
	}
	if (rc == MK_AGAIN)
		rc = mk_error_set(err, MARKET_EBUSY, "another process seals the same transfers");
	return rc ? rc : (int)count;
}

static int order_stored(const void *a, const void *b)
{
	const mk_transfer_row *left = *(void *const *)a, *right = *(void *const *)b;
	if (left->id.book != right->id.book)
		return left->id.book < right->id.book ? -1 : 1;
	return left->id.id < right->id.id ? -1 : left->id.id > right->id.id;
}

/* The head first: who seals the same book waits there and then starts anew, and doesn't meet a
 * position that is taken. */
static int seal_stored_book(sealing *work, void *const *rows, size_t count, market_error *err)
{
	int64_t book = ((const mk_transfer_row *)rows[0])->id.book;
	int64_t position;
	int rc = read_head(work, book, err);
	position = (int64_t)work->frontier.size;
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = append_stored(work, rows[i], err);
	if (rc == 0)
		rc = write_head(work, book, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const mk_transfer_row *row = rows[i];
		rc = written(mk_store_write(
			work->store, &set_position,
			MK_ARGS(mk_int(book), mk_int(row->id.id), mk_int(position + (int64_t)i)), err));
	}
	return rc;
}

static int append_stored(sealing *work, const mk_transfer_row *row, market_error *err)
{
	void **legs = NULL;
	size_t n_legs = 0;
	int rc = mk_store_list(
		work->store, work->ledger->setup.arena, &mk_leg_range, &mk_leg_row_record,
		MK_ARGS(mk_int(row->id.book), mk_int(row->first_leg_id), mk_int(row->last_leg_id)), &legs,
		&n_legs, err);
	return rc ? rc : append(work, row, legs, n_legs, err);
}

static int append(sealing *work, const mk_transfer_row *row, void *const *legs, size_t n_legs,
                  market_error *err)
{
	const mk_leg_row *own[MK_MAX_LEGS];
	size_t n_own = 0;
	mk_hash leaf;
	mk_digest *digest = work->ledger->setup.digest;
	for (size_t i = 0; i < n_legs; i++) {
		const mk_leg_row *leg = legs[i];
		if (leg->transfer_id != row->id.id)
			continue;
		if (n_own == MK_MAX_LEGS || !leg->account_name || !leg->account_currency)
			return mk_error_set(err, MARKET_ECORRUPT, "the legs of transfer \"%s\" are broken",
			                    row->client_id);
		own[n_own++] = leg;
	}
	mk_text_reset(&work->canonical);
	mk_transfer_canonical(row, own, n_own, &work->canonical);
	if (work->canonical.failed)
		return mk_error_no_memory(err);
	int rc = mk_merkle_leaf(digest, work->canonical.data, work->canonical.size, &leaf, err);
	return rc ? rc : mk_merkle_append(digest, &work->frontier, &leaf, err);
}

static int read_head(sealing *work, int64_t book, market_error *err)
{
	void *found = NULL;
	int rc = mk_store_get(work->store, work->ledger->setup.arena, &head_get, &mk_head_row_record,
	                      MK_ARGS(mk_int(book)), &found, err);
	const mk_head_row *row = found;
	if (rc)
		return rc;
	work->stored_size = row ? (uint64_t)row->size : 0;
	work->frontier.size = 0;
	if (row && (row->size <= 0 || !mk_frontier_read(work->stored_size, row->frontier.data,
	                                                row->frontier.size, &work->frontier)))
		return mk_error_set(err, MARKET_ECORRUPT, "the head of book %lld is broken",
		                    (long long)book);
	return 0;
}

static int write_head(sealing *work, int64_t book, market_error *err)
{
	uint8_t bytes[MK_FRONTIER_TEXT_MAX];
	size_t size = mk_frontier_write(&work->frontier, bytes);
	const mk_value args[] = {mk_int(book), mk_int((int64_t)work->frontier.size),
	                         mk_blob(bytes, size), mk_int((int64_t)work->stored_size)};
	if (work->stored_size == 0)
		return written(mk_store_write(work->store, &head_insert, args, 3, err));
	return written(mk_store_write(work->store, &head_update, args, 4, err));
}

static int written(int64_t count)
{
	if (count < 0)
		return (int)count;
	return count == 1 ? 0 : MK_AGAIN;
}
