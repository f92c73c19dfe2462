/* One item of a batch: who acts, when, and with which params; then through the door. */
#include <string.h>

#include "libmarket/op/batch.h"
#include "libmarket/op/entity.h"

static int check(const market_batch_item *item, market_error *err);
static int enter(mk_batch *batch, const market_batch_item *item, market_error *err);
static int parse(mk_batch *batch, const market_batch_item *item, const mk_op *op, void **params,
                 mk_pending_ref **refs, market_error *err);

const mk_op *mk_batch_op(const mk_batch *batch, size_t index)
{
	const char *name = batch->items[index].operation;

	return name ? mk_op_find(name) : NULL;
}

int mk_batch_run(mk_batch *batch, size_t index, mk_run *run)
{
	const market_batch_item *item = &batch->items[index];
	market_batch_result *result = &batch->results[index];
	market_error *err = &result->error;
	mk_pending_ref *refs = NULL;
	void *parsed = NULL;
	int rc;

	mk_error_clear(err);
	mk_arena_reset(&batch->arena);
	run->session = batch->session;
	run->op = mk_batch_op(batch, index);
	run->want_output = !(item->flags & MARKET_BATCH_QUIET);
	run->json = !item->in;
	rc = check(item, err);
	if (rc == 0)
		rc = enter(batch, item, err);
	if (rc == 0 && !item->in)
		rc = parse(batch, item, run->op, &parsed, &refs, err);
	if (rc == 0)
		rc = mk_run_params(run, item->in ? item->in : parsed, err);
	rc = mk_refs_hide(refs, rc, err);
	result->code = rc;
	result->replayed = run->replayed;
	if (rc == 0 && run->json)
		result->reply = run->output;
	else if (rc == 0)
		result->out = run->output;
	return rc;
}

mk_batch_trace mk_batch_trace_of(const mk_run *run, int code)
{
	if (!run->op || !(run->op->flags & MK_OP_WRITES) || run->replayed)
		return MK_TRACE_NONE;
	if (run->key && (code == 0 || run->settled))
		return MK_TRACE_KEYED;
	return code == 0 ? MK_TRACE_LOST : MK_TRACE_NONE;
}

void mk_batch_fail(mk_batch *batch, size_t index, const market_error *err)
{
	mk_batch_drop(batch, index, index + 1);
	batch->results[index].error = *err;
	batch->results[index].code = err->code;
}

void mk_batch_drop(mk_batch *batch, size_t from, size_t to)
{
	market_batch_free(batch->results + from, to - from);
	for (size_t i = from; i < to; i++)
		batch->results[i] = (market_batch_result){0};
}

void mk_batch_fail_unknown(mk_batch *batch, size_t from, size_t to)
{
	market_error lost;

	mk_error_clear(&lost);
	mk_error_set(&lost, MARKET_EUNKNOWN, "the connection was lost while committing");
	for (size_t i = from; i < to; i++)
		mk_batch_fail(batch, i, &lost);
}

static int check(const market_batch_item *item, market_error *err)
{
	if (!item->operation)
		return mk_error_set(err, MARKET_EMISUSE, "an operation is needed");
	if (!mk_op_find(item->operation))
		return mk_error_set(err, MARKET_EUNKNOWNOP, "there is no operation %.64s", item->operation);
	if (item->flags & ~(uint32_t)(MARKET_BATCH_LINKED | MARKET_BATCH_QUIET))
		return mk_error_at(err, MARKET_EINVALID, "flags", "unknown flags %u", item->flags);
	if (item->in && (item->params || item->key))
		return mk_error_set(err, MARKET_EMISUSE, "params are a struct with its key, or JSON");
	if (item->as && item->actor)
		return mk_error_set(err, MARKET_EMISUSE, "there is one actor, not two");
	if (item->at < 0)
		return mk_error_at(err, MARKET_EINVALID, "at", "a time isn't before 1970");
	return 0;
}

/* The time comes first: a confirmation may be of now. */
static int enter(mk_batch *batch, const market_batch_item *item, market_error *err)
{
	market_session *session = batch->session;
	market_time at = item->at != 0 ? item->at : batch->at;
	int rc = 0;

	if (item->at == 0)
		session->at = at;
	else if (at != session->at)
		rc = mk_session_time(session, at, err);
	if (rc != 0)
		return rc;
	if (item->as)
		return mk_session_actor_text(session, item->as, err);
	return mk_session_actor(session, item->actor ? item->actor : &batch->actor, err);
}

static int parse(mk_batch *batch, const market_batch_item *item, const mk_op *op, void **params,
                 mk_pending_ref **refs, market_error *err)
{
	struct {
		uint32_t size;
		const char *key;
	} * head;
	int rc = mk_call_parse(batch->session, op, item->params ? item->params : "{}", &batch->arena,
	                       params, refs, err);

	head = *params;
	if (rc == 0 && item->key)
		head->key = item->key;
	return rc;
}
