#include "libmarket/engine/journal.h"
#include "libmarket/engine/operations.h"

static const mk_field entry_fields[] = {
	MK_F_ID(market_journal_entry, id, JOURNAL, 0, "the journal row"),
	MK_F_TEXT(market_journal_entry, operation, 0, 0, 0, "the operation's name"),
	MK_F_TEXT(market_journal_entry, actor, 0, 0, 0, "who acted"),
	MK_F_TEXT(market_journal_entry, key, 0, 0, 0, "the idempotency key"),
	MK_F_TIME(market_journal_entry, effective_at, 0, "when it counts"),
	MK_F_TIME(market_journal_entry, recorded_at, 0, "when it was written"),
	MK_F_INT(market_journal_entry, policy, 0, 0, 0, "the number of the policy version"),
	MK_F_INT(market_journal_entry, outcome, 0, 0, 0, "0, or the code of the refusal that was kept"),
	MK_F_TEXT(market_journal_entry, events, 0, 0, 0, "a JSON array of the events"),
};
const mk_record mk_journal_entry_record = MK_RECORD_OF(
	"journal_entry", market_journal_entry, entry_fields, "one write operation as recorded");

/* Identifiers begin with the recorded time and never go back within a process, so that the order
 * needs no index of its own, which every operation would have to write. */
static const mk_statement journal_page = {
	.name = "journal_page",
	.sql = "SELECT book_id, id, operation, actor, key, recorded_at, effective_at, policy, outcome, "
		   "events "
		   "FROM journal WHERE id >= ?1 AND recorded_at >= ?2 AND id > ?3 AND id >= ?4 ORDER BY id "
		   "LIMIT ?5",
};

int mk_event_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_event_list_params *in = params;
	return mk_page_read(ctx, &journal_page, &mk_journal_entry_record,
	                    offsetof(market_journal_entry, id) + offsetof(market_id, id),
	                    MK_ARGS(mk_int(mk_id_first(in->from)), mk_int(in->from)), in->after,
	                    in->limit, err);
}
