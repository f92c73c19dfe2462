/* Any row of the table, by name and as JSON. */
#include <string.h>

#include "libmarket/op/entity.h"
#include "libmarket/op/run.h"

static int parse(market_session *session, const mk_op *op, const char *json, mk_arena *arena, void **params,
                 mk_pending_ref **refs, market_error *err);
static int write_reply(market *market, const mk_op *op, const void *out, char **reply, market_error *err);

int market_call(market_session *session, const char *operation, const char *params, char **reply,
                market_error *err)
{
	market_error own;
	const mk_op *op;
	mk_arena arena;
	mk_pending_ref *refs = NULL;
	void *parsed = NULL;
	void *out = NULL;
	int rc;
	if (!err)
		err = &own;
	mk_error_clear(err);
	if (reply)
		*reply = NULL;
	if (!session || !operation)
		return mk_error_set(err, MARKET_EMISUSE, "session and operation are needed");
	op = mk_op_find(operation);
	if (!op)
		return mk_error_set(err, MARKET_EUNKNOWNOP, "there is no operation %.64s", operation);
	mk_arena_init(&arena, &session->market->allocator);
	rc = parse(session, op, params ? params : "{}", &arena, &parsed, &refs, err);
	if (rc == 0)
		rc = mk_refs_hide(refs, mk_op_run(session, op, parsed, reply ? &out : NULL, err), err);
	if (rc == 0 && reply)
		rc = write_reply(session->market, op, out, reply, err);
	mk_record_free(out);
	mk_arena_close(&arena);
	return rc;
}

static int parse(market_session *session, const mk_op *op, const char *json, mk_arena *arena, void **params,
                 mk_pending_ref **refs, market_error *err)
{
	market *market = session->market;
	int rc = mk_json_read(op->params, json, strlen(json), arena, params, refs, err);
	if (rc != 0 || !*refs)
		return rc;
	rc = mk_market_enter(market, err);
	if (rc != 0)
		return rc;
	mk_arena_reset(&session->arena);
	rc = mk_refs_resolve(session, *refs, err);
	pthread_mutex_unlock(&market->lock);
	return rc;
}

static int write_reply(market *market, const mk_op *op, const void *out, char **reply, market_error *err)
{
	mk_text text;
	uint32_t flags = (op->flags & MK_OP_AUDITED) ? MK_JSON_FULL : 0;
	mk_text_init(&text, &market->allocator, MK_MAX_OUTPUT);
	if (out)
		mk_json_write(op->result, out, flags, &text);
	else
		mk_text_add(&text, "{}");
	*reply = text.failed ? NULL : mk_record_pack_text(text.data, text.size, &market->allocator);
	mk_text_close(&text);
	return *reply ? 0 : mk_error_no_memory(err);
}
