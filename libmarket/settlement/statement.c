/* SET-4: statements, made from the ledger's legs alone. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/party/party.h"
#include "libmarket/settlement/sql.h"

/* One leg on one of the accounts that make up the net position. */
typedef struct entry {
	market_id id; /* of the transfer */
	const char *purpose;
	market_time effective_at;
	int64_t object_kind, object_book, object_number;
	int64_t position;
	const char *name;
	const char *currency;
	market_money debit, credit;
} entry;

static const mk_field entry_fields[] = {
	MK_F_ID(entry, id, TRANSFER, 0, "the transfer"),
	MK_F_TEXT(entry, purpose, 0, 0, 0, "what it is for"),
	MK_F_TIME(entry, effective_at, 0, "when it counts"),
	MK_F_INT(entry, object_kind, 0, 0, 0, "kind of its document"),
	MK_F_INT(entry, object_book, 0, 0, 0, "book of its document"),
	MK_F_INT(entry, object_number, 0, 0, 0, "number of its document"),
	MK_F_INT(entry, position, 0, 0, 0, "in the sealed tree, -1 when unsealed"),
	MK_F_TEXT(entry, name, 0, 0, 0, "the account"),
	MK_F_TEXT(entry, currency, 0, 0, 0, "its currency"),
	MK_F_MONEY(entry, debit, 0, 0, 0, "debited"),
	MK_F_MONEY(entry, credit, 0, 0, 0, "credited"),
};
static const mk_record entry_record =
	MK_RECORD_OF("statement_entry", entry, entry_fields, "a leg of a statement");

/* From the accounts to their legs: left to itself SQLite would look at every leg of the book. Not
 * sorted: of what lies before the period only the sum counts. */
static const mk_statement statement_entries = {
	.name = "statement_entries",
	.sql = "SELECT t.book_id AS book_id, t.id AS id, t.purpose AS purpose, t.effective_at AS "
		   "effective_at, t.object_kind AS object_kind, t.object_book AS object_book, "
		   "t.object_number AS object_number, COALESCE(t.position, -1) AS position, a.name AS "
		   "name, a.currency AS currency, l.debit AS debit, l.credit AS credit FROM account a "
		   "CROSS JOIN leg l CROSS JOIN transfer t WHERE a.book_id = ?1 AND a.name IN "
		   "('seller_pending', 'seller_reserved', 'seller_available', 'seller_receivable', "
		   "'payout_in_transit', 'seller_deposit') AND a."
		   "currency = ?2 AND l.book_id = a.book_id AND l.account_id = "
		   "a.id AND (l.debit <> 0 OR l.credit <> 0) AND t.book_id = l.book_id AND t.id = "
		   "l.transfer_id AND t.effective_at < ?3",
};
static const mk_statement statement_timer = {
	.name = "statement_timer",
	.sql = "SELECT due_at AS number FROM deadline WHERE book_id = ?1 AND due_at < ?2 ORDER BY "
		   "due_at LIMIT 1",
};
/* The first checkpoint after the period's end that holds the book's tree up to the last transfer.
 */
static const mk_statement statement_checkpoint = {
	.name = "statement_checkpoint",
	.sql = "SELECT c.book_id AS book_id, c.id AS id, c.root AS root FROM checkpoint c WHERE "
		   "c.book_id = 0 AND "
		   "c.recorded_at >= ?2 AND (?3 < 0 OR EXISTS (SELECT 1 FROM checkpoint_book b WHERE "
		   "b.book_id = ?1 AND "
		   "b.checkpoint_id <= c.id AND b.size > ?3)) ORDER BY c.id LIMIT 1",
	.scan = true, /* by id to the first that fits; checkpoints are few */
};

typedef struct making {
	mk_arena *arena;
	market_statement *statement;
	entry **entries; /* of the period */
	size_t n_entries, entries_room;
	market_statement_line **lines;
	size_t n_lines, room;
	market_id last_transfer;
	int64_t position; /* the largest of the transfers */
	bool unsealed;
} making;

static int bounds(mk_ctx *ctx, const market_statement_get_params *in, market_statement *statement,
                  market_error *err);
static int check_over(mk_ctx *ctx, const market_statement *statement, market_error *err);
static int add_entry(void *row, void *user_data, market_error *err);
static bool keep_entry(making *m, const entry *e);
static int make_lines(making *m, market_error *err);
static int compare_entries(const void *a, const void *b);
static market_statement_line *line_for(making *m, const entry *e);
static void add_amounts(market_statement_line *line, const entry *e);
static market_money effect(const entry *e);
static int name_checkpoint(mk_ctx *ctx, const making *m, market_error *err);

int mk_statement_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_statement_get_params *in = params;
	const mk_seller *seller = ctx->subject;
	market_statement *statement = MK_NEW(ctx->arena, market_statement);
	making m = {.arena = ctx->arena, .statement = statement, .position = -1};
	int rc;

	if (!statement)
		return mk_error_no_memory(err);
	rc = mk_settlement_currency(seller, in->currency, &statement->currency, err);
	if (rc != 0)
		return rc;
	statement->seller = in->seller;
	statement->opening = mk_money(0, statement->currency);
	rc = bounds(ctx, in, statement, err);
	if (rc == 0)
		rc = check_over(ctx, statement, err);
	if (rc == 0)
		rc = mk_store_each(ctx->store, &statement_entries, &entry_record,
		                   MK_ARGS(mk_int(in->seller.id), mk_text_value(statement->currency),
		                           mk_int(statement->to)),
		                   add_entry, &m, err);
	if (rc == 0)
		rc = make_lines(&m, err);
	if (rc == 0)
		rc = name_checkpoint(ctx, &m, err);
	if (rc != 0)
		return rc;
	statement->lines = (const market_statement_line *const *)m.lines;
	statement->n_lines = m.n_lines;
	statement->closing = statement->opening;
	for (size_t i = 0; i < m.n_lines; i++)
		statement->closing = mk_money_add(statement->closing, m.lines[i]->amount);
	if (mk_money_broken(statement->closing)) {
		rc = mk_error_set(err, MARKET_ECORRUPT, "the sum of the statement's legs overflows");
		return mk_error_object(err, rc, MARKET_ID_SELLER, in->seller);
	}
	ctx->output = statement;
	return 0;
}

static int bounds(mk_ctx *ctx, const market_statement_get_params *in, market_statement *statement,
                  market_error *err)
{
	if (in->at != 0) {
		mk_period_bounds(ctx, in->at, &statement->from, &statement->to);
		return 0;
	}
	if (in->to == 0)
		return mk_error_at(err, MARKET_EMISSING, "to", "from and to, or at, is missing");
	if (in->to <= in->from)
		return mk_error_at(err, MARKET_EINVALID, "to", "the period ends before it begins");
	statement->from = in->from;
	statement->to = in->to;
	return 0;
}

/* A period is over when nothing that is due before its end is still to be done. */
static int check_over(mk_ctx *ctx, const market_statement *statement, market_error *err)
{
	void *row = NULL;
	int rc;

	if (statement->to > ctx->now)
		return mk_error_at(err, MARKET_ESTATE, "to", "the period isn't over");
	rc = mk_store_get(ctx->store, ctx->arena, &statement_timer, &mk_number_record,
	                  MK_ARGS(mk_int(statement->seller.id), mk_int(statement->to)), &row, err);
	if (rc == 0 && row)
		return mk_error_at(err, MARKET_ESTATE, "to", "timers that were due in the period are open");
	return rc;
}

static int add_entry(void *row, void *user_data, market_error *err)
{
	const entry *e = row;
	making *m = user_data;

	if (e->position < 0)
		m->unsealed = true;
	if (e->position > m->position)
		m->position = e->position;
	if (e->effective_at < m->statement->from) {
		m->statement->opening = mk_money_add(m->statement->opening, effect(e));
		return 0;
	}
	return keep_entry(m, e) ? 0 : mk_error_no_memory(err);
}

/* The row and its texts are gone with the next one. */
static bool keep_entry(making *m, const entry *e)
{
	entry *kept = mk_arena_copy(m->arena, e, sizeof(*e));

	if (m->n_entries == m->entries_room) {
		size_t room = m->entries_room ? 2 * m->entries_room : 64;
		entry **entries = MK_NEW_ARRAY(m->arena, entry *, room);

		if (!entries)
			return false;
		if (m->n_entries > 0)
			memcpy(entries, m->entries, m->n_entries * sizeof(entry *));
		m->entries = entries;
		m->entries_room = room;
	}
	if (!kept)
		return false;
	kept->purpose = mk_arena_text(m->arena, e->purpose);
	kept->name = mk_arena_text(m->arena, e->name);
	kept->currency = m->statement->currency;
	m->entries[m->n_entries++] = kept;
	return kept->purpose && kept->name;
}

static int make_lines(making *m, market_error *err)
{
	if (m->n_entries > 0)
		qsort(m->entries, m->n_entries, sizeof(entry *), compare_entries);
	for (size_t i = 0; i < m->n_entries; i++) {
		market_statement_line *line = line_for(m, m->entries[i]);

		if (!line)
			return mk_error_no_memory(err);
		add_amounts(line, m->entries[i]);
	}
	return 0;
}

static int compare_entries(const void *a, const void *b)
{
	const entry *left = *(const entry *const *)a, *right = *(const entry *const *)b;

	if (left->effective_at != right->effective_at)
		return left->effective_at < right->effective_at ? -1 : 1;
	if (left->id.id != right->id.id)
		return left->id.id < right->id.id ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* The entries of one transfer come one after the other. */
static market_statement_line *line_for(making *m, const entry *e)
{
	market_money zero = mk_money(0, e->currency);
	char text[MARKET_ID_TEXT_SIZE];
	market_statement_line *line;

	if (m->n_lines > 0 && mk_id_equal(m->last_transfer, e->id))
		return m->lines[m->n_lines - 1];
	if (m->n_lines == m->room) {
		size_t room = m->room ? 2 * m->room : 32;
		market_statement_line **lines = MK_NEW_ARRAY(m->arena, market_statement_line *, room);

		if (!lines)
			return NULL;
		if (m->n_lines > 0)
			memcpy(lines, m->lines, m->n_lines * sizeof(*lines));
		m->lines = lines;
		m->room = room;
	}
	line = MK_NEW(m->arena, market_statement_line);
	if (!line)
		return NULL;
	*line = (market_statement_line){.at = e->effective_at,
	                                .pending = zero,
	                                .reserved = zero,
	                                .available = zero,
	                                .in_payout = zero,
	                                .receivable = zero,
	                                .deposit = zero,
	                                .amount = zero};
	line->purpose = e->purpose;
	market_id_format(MARKET_ID_TRANSFER, e->id, text);
	line->transfer = mk_arena_text(m->arena, text);
	if (e->object_number != 0) {
		market_id_format((market_id_kind)e->object_kind, mk_id_in(e->object_book, e->object_number),
		                 text);
		line->object = mk_arena_text(m->arena, text);
	}
	m->last_transfer = e->id;
	m->lines[m->n_lines++] = line;
	return line;
}

static void add_amounts(market_statement_line *line, const entry *e)
{
	market_money change = mk_money_sub(e->credit, e->debit);

	if (strcmp(e->name, "seller_pending") == 0)
		line->pending = mk_money_add(line->pending, change);
	else if (strcmp(e->name, "seller_reserved") == 0)
		line->reserved = mk_money_add(line->reserved, change);
	else if (strcmp(e->name, "seller_available") == 0)
		line->available = mk_money_add(line->available, change);
	else if (strcmp(e->name, "payout_in_transit") == 0)
		line->in_payout = mk_money_add(line->in_payout, change);
	else if (strcmp(e->name, "seller_deposit") == 0)
		line->deposit = mk_money_add(line->deposit, change);
	else
		line->receivable = mk_money_sub(line->receivable, change);
	line->amount = mk_money_add(line->amount, effect(e));
}

/* ACC-3: on the net position, which a debt makes smaller: debits of all five accounts do. The
 * deposit stands apart. */
static market_money effect(const entry *e)
{
	if (strcmp(e->name, "seller_deposit") == 0)
		return mk_money_zero(e->credit);
	return mk_money_sub(e->credit, e->debit);
}

static int name_checkpoint(mk_ctx *ctx, const making *m, market_error *err)
{
	const mk_checkpoint *checkpoint = NULL;
	char *root;
	int rc;

	if (m->unsealed)
		return 0;
	rc = mk_store_get(
		ctx->store, ctx->arena, &statement_checkpoint, &mk_checkpoint_record,
		MK_ARGS(mk_int(m->statement->seller.id), mk_int(m->statement->to), mk_int(m->position)),
		(void **)&checkpoint, err);
	if (rc != 0 || !checkpoint)
		return rc;
	root = mk_arena_get(ctx->arena, 2 * checkpoint->root.size + 1);
	if (!root)
		return mk_error_no_memory(err);
	mk_hex(checkpoint->root.data, checkpoint->root.size, root);
	m->statement->checkpoint = checkpoint->id.id;
	m->statement->checkpoint_root = root;
	return 0;
}
