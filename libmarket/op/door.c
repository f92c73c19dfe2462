/* The one way in: every operation, typed or JSON, by hand or from a deadline, takes these steps. */
#include <string.h>

#include "libmarket/op/run.h"
#include "libmarket/party/party.h"

static int run_locked(mk_run *run, const void *params, market_error *err);
static int run_alone(mk_run *run, market_error *err);
static int run_in_transaction(mk_run *run, market_error *err);
static int open_operation(mk_run *run, mk_ctx *ctx, market_error *err);
static int read_first_batch(mk_run *run, mk_ctx *ctx, mk_opening *opening, market_error *err);
static int work_timers(mk_run *run, mk_ctx *ctx, const mk_deadline *due, market_error *err);
static void undo(const mk_run *run, mk_ctx *ctx);
static bool keeps(const mk_run *run, const mk_ctx *ctx, int code);
static int replay(mk_run *run, mk_ctx *ctx, const mk_journal *earlier, market_error *err);
static int handle(mk_run *run, mk_ctx *ctx, market_error *err);
static int write_plan(mk_run *run, mk_ctx *ctx, market_error *err);
static int write_alone(mk_run *run, mk_ctx *ctx, market_error *err);
static int keep_refusal(mk_run *run, mk_ctx *ctx, const market_error *refusal, market_error *err);
static int plan_refusal(mk_run *run, mk_ctx *ctx, const market_error *refusal, market_error *err);
static int keep_alone(mk_run *run, mk_ctx *ctx, market_error *err);
static int flush(mk_run *run, mk_ctx *ctx, bool answers, market_error *err);
static int make_answer(mk_run *run, mk_ctx *ctx, market_error *err);
static int pack_output(mk_run *run, const void *row, market_error *err);
static int write_json(mk_run *run, const void *row, market_error *err);

int mk_op_run(market_session *session, const mk_op *op, const void *params, void **out,
              market_error *err)
{
	mk_run run = {.session = session, .op = op, .want_output = out != NULL};
	int rc = run_locked(&run, params, err);
	if (out)
		*out = run.output;
	return rc;
}

int mk_op_run_json(market_session *session, const mk_op *op, const void *params, char **reply,
                   market_error *err)
{
	mk_run run = {.session = session, .op = op, .want_output = reply != NULL, .json = true};
	int rc = run_locked(&run, params, err);
	if (reply)
		*reply = run.output;
	return rc;
}

static int run_locked(mk_run *run, const void *params, market_error *err)
{
	market_session *session = run->session;
	market_error own;
	int rc;
	if (!err)
		err = &own;
	mk_error_clear(err);
	if (!session || !params)
		return mk_error_set(err, MARKET_EMISUSE, "session and params are needed");
	rc = mk_session_usable(session, err);
	if (rc != 0)
		return rc;
	session->busy = true;
	rc = mk_run_params(run, params, err);
	session->busy = false;
	return rc;
}

market_time mk_session_now(const market_session *session)
{
	if (session->at != 0)
		return session->at;
	return session->market->clock(session->market->user_data);
}

int mk_session_usable(const market_session *session, market_error *err)
{
	if (session->busy)
		return mk_error_set(err, MARKET_EMISUSE, "a call from inside an operation is refused");
	if (session->dead)
		return mk_error_set(err, MARKET_EMISUSE, "the session is dead after an internal error");
	return 0;
}

int mk_run_params(mk_run *run, const void *params, market_error *err)
{
	market_session *session = run->session;
	int rc;
	run->market = session->market;
	mk_arena_reset(&session->arena);
	session->replayed = false;
	run->actor = session->actor;
	rc = mk_record_check(run->op->params, params, &session->arena, &run->params, err);
	if (rc == 0)
		rc = mk_run_operation(run, err);
	session->replayed = run->replayed;
	if (rc == MARKET_EINTERNAL && !run->shares)
		session->dead = true;
	if (rc != 0)
		mk_run_drop_output(run);
	return rc;
}

static const char *params_key(const void *params)
{
	const struct {
		uint32_t size;
		const char *key;
	} *head = params;
	return head->key;
}

static market_id params_subject(const mk_op *op, const void *params)
{
	const mk_field *field;
	market_id id = {0, 0};
	if (!op->subject_param)
		return id;
	field = mk_record_field(op->params, op->subject_param, strlen(op->subject_param));
	if (field)
		memcpy(&id, (const char *)params + field->offset, sizeof(id));
	return id;
}

static int digest_params(mk_run *run, market_error *err)
{
	market_session *session = run->session;
	mk_text text;
	int rc = 0;
	if (!session->digest)
		rc = mk_digest_open(&run->market->allocator, &session->digest, err);
	if (rc != 0)
		return rc;
	mk_text_init(&text, &run->market->allocator, MK_MAX_OUTPUT);
	mk_text_add(&text, run->op->name);
	mk_text_add_char(&text, '\0');
	mk_record_canonical(run->op->params, run->params, &text);
	if (text.failed)
		rc = mk_error_no_memory(err);
	else
		rc = mk_digest_sha256(session->digest, text.data, text.size, &run->digest, err);
	mk_text_close(&text);
	/* SEL-10: of few possible numbers the right one is found by its digest */
	if (rc == 0 && mk_record_is_sensitive(run->op->params))
		rc = mk_keyed_digest(run->market->keys, "params", &run->digest, err);
	return rc;
}

static int prepare(mk_run *run, market_error *err)
{
	mk_arena *arena = &run->session->arena;
	run->key = params_key(run->params);
	run->subject = params_subject(run->op, run->params);
	run->actor_text = mk_actor_text(&run->actor, arena);
	run->actor_book = mk_actor_book(&run->actor);
	if (!run->actor_text)
		return mk_error_no_memory(err);
	if (run->key && run->actor.kind == MARKET_ACTOR_ANONYMOUS)
		return mk_error_at(err, MARKET_EMISUSE, "key", "anonymous actors have no keys");
	if (run->key && (strlen(run->key) > MK_MAX_KEY || run->key[0] == '\0'))
		return mk_error_at(err, MARKET_ELIMIT, "key", "a key has 1 to %d bytes", MK_MAX_KEY);
	if (run->key && !mk_utf8_valid(run->key, strlen(run->key)))
		return mk_error_at(err, MARKET_EUTF8, "key", "the key isn't valid text");
	if ((run->op->flags & MK_OP_WRITES) && run->market->read_only)
		return mk_error_set(err, MARKET_EREADONLY, "the market is open for reading only");
	/* SEL-10: a replay would be a look that isn't recorded */
	if (!(run->op->flags & MK_OP_WRITES) || (run->op->flags & MK_OP_AUDITED))
		run->key = NULL;
	return run->key ? digest_params(run, err) : 0;
}

/* A commit whose outcome isn't known is resolved by its key: the journal has it, and it is done, or
 * the operation runs again. Only an answer out of the journal, read or just written, ends the
 * doubt, for the lost commit may still come. */
static bool in_doubt(mk_run *run, int rc)
{
	run->doubtful = run->doubtful || (rc == MARKET_EUNKNOWN && run->key);
	return run->doubtful && rc != 0 && !run->settled;
}

/* The server may take its time to come back. Another error than for that is looked at twice: what
 * it is about may be the lost commit's own doing, which came between the key's read and it. */
bool mk_look_again(int rc, int looks)
{
	bool transient = rc > 0 || market_error_class_of(rc) == MARKET_CLASS_TRANSIENT;
	if (looks > 1)
		mk_store_pause(looks < 8 ? 1 << looks : 200);
	return transient || looks < 3;
}

int mk_run_operation(mk_run *run, market_error *err)
{
	int rc = prepare(run, err);
	mk_tries tries;
	int timers = 0, looks = 0;
	bool again = rc == 0, entered;
	if (run->shares)
		return rc == 0 ? run_in_transaction(run, err) : rc;
	entered = (run->op->flags & MK_OP_WRITES) && mk_group_enter(run->session);
	mk_tries_begin(&tries);
	while (again) {
		mk_error_clear(err);
		rc = mk_group_wanted(run, tries.n) ? mk_group_run(run, err) : run_alone(run, err);
		if (rc == MK_TIMERS)
			again = ++timers < 100;
		else if (in_doubt(run, rc))
			again = mk_look_again(rc, ++looks) && mk_clock_monotonic_us() < tries.until;
		else
			again = mk_try_again(&tries, &rc, run->op->name, err);
	}
	if (entered)
		mk_group_leave(run->session);
	if (in_doubt(run, rc) && rc != MARKET_EUNKNOWN) {
		rc = mk_error_set(err, MARKET_EUNKNOWN, "the connection was lost while committing");
		mk_error_hint(err, rc, "Send the same key again to learn the outcome.");
	}
	if (rc > 0)
		rc = mk_error_set(err, MARKET_ECONFLICT, "%s met %d timers of its subject", run->op->name,
		                  timers);
	return rc;
}

static int run_alone(mk_run *run, market_error *err)
{
	int rc = mk_connection_take(run->session, err);
	if (rc != 0)
		return rc;
	rc = mk_run_attempt(run, err);
	mk_connection_give(run->session);
	return rc;
}

/* Once only: what must run again does so with all that the transaction holds. */
static int run_in_transaction(mk_run *run, market_error *err)
{
	if (run->one_book && mk_run_book(run) != run->book)
		return MK_OTHER_BOOK;
	return mk_run_attempt(run, err);
}

int64_t mk_run_book(const mk_run *run)
{
	return mk_id_absent(run->subject) ? run->actor_book : run->subject.book;
}

/* Whether the subject's own timers come first. A call of the very operation that is due does it
 * itself. */
static bool timers_due(const mk_run *run, const mk_ctx *ctx, const mk_opening *opening)
{
	return !run->timed && opening->deadline && opening->deadline->due_at <= ctx->now &&
	       strcmp(opening->deadline->operation, run->op->name) != 0;
}

/* A run: 0, an error, MK_AGAIN after a miss, or MK_TIMERS after timers of the subject were worked.
 */
int mk_run_attempt(mk_run *run, market_error *err)
{
	mk_ctx ctx;
	mk_opening opening = {0};
	int rc = open_operation(run, &ctx, err);
	run->replayed = run->settled = run->spoilt = false; /* of a try that was undone */
	if (rc != 0)
		return rc;
	rc = read_first_batch(run, &ctx, &opening, err);
	if (rc == 0)
		rc = mk_authorise(run, &opening, err);
	if (rc == 0 && opening.earlier) {
		rc = replay(run, &ctx, opening.earlier, err);
		undo(run, &ctx);
		return rc;
	}
	if (rc == 0 && ctx.plan && timers_due(run, &ctx, &opening))
		return work_timers(run, &ctx, opening.deadline, err);
	if (rc == 0)
		rc = handle(run, &ctx, err);
	if (rc == 0)
		return 0;
	undo(run, &ctx);
	if (!run->spoilt && keeps(run, &ctx, rc))
		return keep_refusal(run, &ctx, err, err);
	return rc;
}

/* They have a transaction of their own: where this one is shared, it must end before. */
static int work_timers(mk_run *run, mk_ctx *ctx, const mk_deadline *due, market_error *err)
{
	int rc = 0;
	run->due = *due;
	run->due.operation = mk_arena_text(&run->session->arena, due->operation);
	undo(run, ctx);
	if (!run->due.operation)
		return mk_error_no_memory(err);
	if (!run->shares)
		rc = mk_run_deadline(run->session, &run->due, err);
	return rc == 0 ? MK_TIMERS : rc;
}

static void undo(const mk_run *run, mk_ctx *ctx)
{
	if (!run->shares)
		mk_store_rollback(ctx->store);
}

static bool keeps(const mk_run *run, const mk_ctx *ctx, int code)
{
	return run->key && !run->linked && ctx->plan && code < 0 &&
	       market_error_class_of(code) == MARKET_CLASS_STATE && code != MARKET_ENOTFOUND &&
	       code != MARKET_EDENIED;
}

static int open_operation(mk_run *run, mk_ctx *ctx, market_error *err)
{
	market *market = run->market;
	bool writes = (run->op->flags & MK_OP_WRITES) != 0;
	memset(ctx, 0, sizeof(*ctx));
	ctx->market = market;
	ctx->store = run->session->connection->store;
	ctx->arena = &run->session->arena;
	ctx->keys = market->keys;
	ctx->digest = run->session->connection->digest;
	ctx->actor = run->actor;
	ctx->recorded = market->clock(market->user_data);
	ctx->now = run->effective != 0 ? run->effective : mk_session_now(run->session);
	mk_text_reset(&run->session->events);
	if (writes) {
		ctx->plan = mk_plan_new(ctx->arena);
		if (!ctx->plan)
			return mk_error_no_memory(err);
	}
	return run->shares ? 0 : mk_store_begin(ctx->store, writes, err);
}

static int read_first_batch(mk_run *run, mk_ctx *ctx, mk_opening *opening, market_error *err)
{
	mk_query queries[5];
	size_t n = 0, earlier = 0, subject = 0, member = 0;
	const mk_number *newest;
	int rc;
	const mk_value key_args[] = {mk_int(run->actor_book), mk_text_value(run->actor_text),
	                             mk_text_value(run->key)};
	const mk_value subject_args[] = {mk_int(run->subject.book), mk_int(run->subject.id)};
	const mk_value member_args[] = {mk_int(run->actor.id.book), mk_int(run->actor.id.id)};
	queries[n++] = (mk_query){.statement = &mk_policy_newest, .record = &mk_number_record};
	if (run->key) {
		earlier = n;
		queries[n++] = (mk_query){.statement = &mk_journal_by_key,
		                          .args = key_args,
		                          .n_args = 3,
		                          .record = &mk_journal_record};
	}
	if (run->op->subject && !mk_id_absent(run->subject)) {
		subject = n;
		queries[n++] = (mk_query){.statement = run->op->subject->by_id,
		                          .args = subject_args,
		                          .n_args = 2,
		                          .record = run->op->subject->record};
		queries[n++] = (mk_query){.statement = &mk_deadline_get,
		                          .args = subject_args,
		                          .n_args = 2,
		                          .record = &mk_deadline_record};
	}
	if (run->actor.kind == MARKET_ACTOR_MEMBER) {
		member = n;
		queries[n++] = (mk_query){.statement = mk_member_entity.by_id,
		                          .args = member_args,
		                          .n_args = 2,
		                          .record = &mk_member_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, n, err);
	if (rc != 0)
		return rc;
	newest = queries[0].n_rows ? queries[0].rows[0] : NULL;
	rc = mk_policy_refresh(run->market, ctx->store, ctx->arena, newest ? newest->number : 0, err);
	if (rc != 0)
		return rc;
	if (earlier && queries[earlier].n_rows)
		opening->earlier = queries[earlier].rows[0];
	if (subject && queries[subject].n_rows)
		opening->subject = queries[subject].rows[0];
	if (subject && queries[subject + 1].n_rows)
		opening->deadline = queries[subject + 1].rows[0];
	ctx->subject = opening->subject;
	if (member)
		rc = mk_actor_open(run, queries[member].n_rows ? queries[member].rows[0] : NULL, ctx,
		                   opening, err);
	ctx->policy = mk_policy_at(run->market, ctx->now);
	if (rc == 0 && !ctx->policy)
		return mk_error_set(err, MARKET_ECORRUPT, "the store has no policy");
	return rc;
}

static int replay(mk_run *run, mk_ctx *ctx, const mk_journal *earlier, market_error *err)
{
	run->replayed = !run->doubtful;
	if (strcmp(earlier->operation, run->op->name) != 0 || earlier->digest.size != MK_HASH_SIZE ||
	    !mk_equal_secret(earlier->digest.data, run->digest.bytes, MK_HASH_SIZE))
		return mk_error_at(err, MARKET_EKEYREUSED, "key", "key %s was used with other content",
		                   run->key);
	run->settled = earlier->outcome != 0;
	if (run->settled)
		return mk_refusal_read((int)earlier->outcome, earlier->refusal, ctx->arena, err);
	ctx->result = earlier->result;
	return make_answer(run, ctx, err);
}

static int64_t next_id(void *user_data)
{
	mk_ctx *ctx = user_data;
	return mk_market_next_id(ctx->market, ctx->recorded);
}

static int handle(mk_run *run, mk_ctx *ctx, market_error *err)
{
	int rc;
	ctx->events = run->session->events;
	if (ctx->plan) {
		ctx->journal = mk_new_id(ctx, run->actor_book);
		ctx->ledger = mk_ledger_new(
			&(mk_ledger_setup){.store = ctx->store,
		                       .arena = ctx->arena,
		                       .plan = ctx->plan,
		                       .digest = ctx->digest,
		                       .effective = ctx->now,
		                       .recorded = ctx->recorded,
		                       .journal = ctx->journal,
		                       .seal_now = mk_store_kind_of(ctx->store) == MK_STORE_SQLITE,
		                       .new_id = next_id,
		                       .user_data = ctx});
		if (!ctx->ledger)
			return mk_error_no_memory(err);
	}
	rc = run->op->handler(ctx, run->params, err);
	/* a write of its own met others, beside those of its plan */
	if (rc == MARKET_ECONFLICT && !mk_store_intact(ctx->store))
		rc = MK_AGAIN;
	run->session->events = ctx->events;
	if (rc == 0 && ctx->arena->failed)
		rc = mk_error_no_memory(err);
	if (rc == 0 && ctx->plan && (run->key || !ctx->known))
		return write_plan(run, ctx, err);
	run->replayed = rc == 0 && ctx->known;
	if (rc == 0)
		rc = make_answer(run, ctx, err);
	if (rc == 0)
		undo(run, ctx);
	return rc;
}

static int add_journal(mk_run *run, mk_ctx *ctx, int outcome, const char *refusal,
                       market_error *err)
{
	mk_journal row = {
		.id = ctx->journal,
		.operation = run->op->name,
		.actor = run->actor_text,
		.key = run->key,
		.recorded_at = ctx->recorded,
		.effective_at = ctx->now,
		.policy = ctx->policy->number,
		.outcome = outcome,
		.refusal = refusal,
		.result = ctx->result,
		.delegation = ctx->delegation,
	};
	if (run->key)
		row.digest = (market_blob){run->digest.bytes, MK_HASH_SIZE};
	if (ctx->events.failed)
		return mk_error_no_memory(err);
	if (ctx->events.size > 0)
		row.events = ctx->events.data;
	mk_plan_add_record(ctx->plan, MK_PHASE_JOURNAL, &mk_journal_insert, row.id, &mk_journal_record,
	                   &row, MK_RETRY);
	return 0;
}

static int write_plan(mk_run *run, mk_ctx *ctx, market_error *err)
{
	int rc = add_journal(run, ctx, 0, NULL, err);
	if (rc == 0)
		rc = write_alone(run, ctx, err);
	if (rc != 0)
		mk_run_drop_output(run);
	return rc;
}

static int write_alone(mk_run *run, mk_ctx *ctx, market_error *err)
{
	int rc = flush(run, ctx, true, err);
	return rc == 0 && !run->shares ? mk_store_commit(ctx->store, err) : rc;
}

/* The refusal itself is the operation's one trace; sent again with the same key it is answered
 * alike. */
static int keep_refusal(mk_run *run, mk_ctx *ctx, const market_error *refusal, market_error *err)
{
	const market_error kept = *refusal;
	int rc;
	mk_error_clear(err);
	rc = plan_refusal(run, ctx, &kept, err);
	if (rc == 0)
		rc = keep_alone(run, ctx, err);
	if (rc != 0)
		return rc;
	run->settled = true;
	*err = kept;
	return kept.code;
}

static int keep_alone(mk_run *run, mk_ctx *ctx, market_error *err)
{
	int rc = run->shares ? 0 : mk_store_begin(ctx->store, true, err);
	if (rc != 0)
		return rc;
	rc = flush(run, ctx, false, err);
	if (rc == 0 && !run->shares)
		rc = mk_store_commit(ctx->store, err);
	if (rc != 0)
		undo(run, ctx);
	return rc;
}

/* Where it fails in a shared transaction, that holds some of its writes. */
static int flush(mk_run *run, mk_ctx *ctx, bool answers, market_error *err)
{
	int rc;
	run->spoilt = run->shares;
	rc = mk_plan_flush(ctx->plan, ctx->store, err);
	if (rc == 0 && answers)
		rc = make_answer(run, ctx, err);
	run->spoilt = run->shares && rc != 0;
	return rc;
}

static int plan_refusal(mk_run *run, mk_ctx *ctx, const market_error *refusal, market_error *err)
{
	const char *text = mk_refusal_write(refusal, ctx->arena);
	ctx->plan = mk_plan_new(ctx->arena);
	ctx->journal = mk_new_id(ctx, run->actor_book);
	ctx->result = (market_id){0, 0};
	mk_text_reset(&ctx->events);
	if (!text || !ctx->plan)
		return mk_error_no_memory(err);
	return add_journal(run, ctx, refusal->code, text, err);
}

static int make_answer(mk_run *run, mk_ctx *ctx, market_error *err)
{
	const mk_entity *entity = run->op->gives;
	void *row = ctx->output;
	int rc = 0;
	if (!run->want_output)
		return 0;
	if (entity && !mk_id_absent(ctx->result)) {
		rc = mk_load(ctx, entity, ctx->result, NULL, &row, err);
		if (rc == 0 && entity->fill)
			rc = entity->fill(ctx, row, err);
	}
	if (rc == 0 && run->json)
		rc = write_json(run, row, err);
	else if (rc == 0 && row)
		rc = pack_output(run, row, err);
	return rc;
}

/* SEL-10: in full only by an operation that is recorded for it. */
static int pack_output(mk_run *run, const void *row, market_error *err)
{
	if (!(run->op->flags & MK_OP_AUDITED))
		row = mk_record_masked(run->op->result, row, &run->session->arena);
	if (!row)
		return mk_error_no_memory(err);
	return mk_record_pack(run->op->result, row, &run->market->allocator, &run->output, err);
}

/* Before the commit, like the packed output: what can't be answered isn't done. */
static int write_json(mk_run *run, const void *row, market_error *err)
{
	mk_text text;
	uint32_t flags = (run->op->flags & MK_OP_AUDITED) ? MK_JSON_FULL : 0;
	mk_text_init(&text, &run->market->allocator, MK_MAX_OUTPUT);
	if (row)
		mk_json_write(run->op->result, row, flags, &text);
	else
		mk_text_add(&text, "{}");
	if (!text.failed)
		run->output = mk_record_pack_text(text.data, text.size, &run->market->allocator);
	mk_text_close(&text);
	return run->output ? 0 : mk_error_no_memory(err);
}

void mk_run_drop_output(mk_run *run)
{
	mk_record_free(run->output);
	run->output = NULL;
}
