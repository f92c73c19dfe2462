/* Any row of the table, by name and as JSON. */
#include <string.h>

#include "libmarket/op/entity.h"
#include "libmarket/op/run.h"

int market_call(market_session *session, const char *operation, const char *params, char **reply,
                market_error *err)
{
	market_error own;
	const mk_op *op;
	mk_arena arena;
	mk_pending_ref *refs = NULL;
	void *parsed = NULL;
	int rc;
	if (!err)
		err = &own;
	mk_error_clear(err);
	if (reply)
		*reply = NULL;
	if (!session || !operation)
		return mk_error_set(err, MARKET_EMISUSE, "session and operation are needed");
	if (session->busy)
		return mk_session_usable(session, err);
	op = mk_op_find(operation);
	if (!op)
		return mk_error_set(err, MARKET_EUNKNOWNOP, "there is no operation %.64s", operation);
	mk_arena_init(&arena, &session->market->allocator);
	rc = mk_call_parse(session, op, params ? params : "{}", &arena, &parsed, &refs, err);
	if (rc == 0)
		rc = mk_refs_hide(refs, mk_op_run_json(session, op, parsed, reply, err), err);
	mk_arena_close(&arena);
	return rc;
}

/* What is wrong beside the references is told first, and so doesn't tell whether these are there.
 */
static int check_unresolved(const mk_op *op, const void *params, const mk_pending_ref *refs,
                            mk_arena *arena, market_error *err)
{
	const void *checked;
	for (const mk_pending_ref *ref = refs; ref; ref = ref->next)
		*ref->target = mk_id_in(1, 1);
	return mk_record_check(op->params, params, arena, &checked, err);
}

int mk_call_parse(market_session *session, const mk_op *op, const char *json, mk_arena *arena,
                  void **params, mk_pending_ref **refs, market_error *err)
{
	int rc = mk_json_read(op->params, json, strlen(json), arena, params, refs, err);
	if (rc != 0 || !*refs)
		return rc;
	rc = check_unresolved(op, *params, *refs, arena, err);
	if (rc != 0)
		return rc;
	rc = mk_session_enter(session, err);
	if (rc != 0)
		return rc;
	mk_arena_reset(&session->arena);
	rc = mk_refs_resolve(session, *refs, err);
	mk_session_leave(session);
	return rc;
}
