/* Sessions and the actors they carry. */
#include <stdio.h>
#include <string.h>

#include "libmarket/op/entity.h"
#include "libmarket/op/run.h"

static int last_effective(market_session *session, market_time *out, market_error *err);

int market_session_open(market *market, const market_actor *actor, market_session **out,
                        market_error *err)
{
	market_session *session;
	int rc;
	if (!market || !out)
		return mk_error_set(err, MARKET_EMISUSE, "a market and a place for the session are needed");
	*out = NULL;
	session = mk_allocate_zero(&market->allocator, sizeof(*session));
	if (!session)
		return mk_error_no_memory(err);
	session->market = market;
	session->actor.kind = MARKET_ACTOR_ANONYMOUS;
	mk_arena_init(&session->arena, &market->allocator);
	mk_text_init(&session->events, &market->allocator, MK_MAX_OUTPUT);
	rc = actor ? market_session_act_as(session, actor, err) : 0;
	if (rc != 0) {
		market_session_close(session);
		return rc;
	}
	*out = session;
	return 0;
}

void market_session_close(market_session *session)
{
	if (!session)
		return;
	mk_digest_close(session->digest);
	mk_text_close(&session->events);
	mk_arena_close(&session->arena);
	mk_release(&session->market->allocator, session);
}

int market_session_act_as(market_session *session, const market_actor *actor, market_error *err)
{
	if (!session || !actor)
		return mk_error_set(err, MARKET_EMISUSE, "a session and an actor are needed");
	if (session->busy)
		return mk_error_set(err, MARKET_EMISUSE, "the session is busy");
	return mk_session_actor(session, actor, err);
}

int mk_session_actor(market_session *session, const market_actor *actor, market_error *err)
{
	bool party;
	int rc;
	if (actor->kind < MARKET_ACTOR_ANONYMOUS || actor->kind > MARKET_ACTOR_SYSTEM)
		return mk_error_set(err, MARKET_EINVALID, "unknown kind of actor %d", actor->kind);
	party = actor->kind == MARKET_ACTOR_BUYER || actor->kind == MARKET_ACTOR_MEMBER;
	if (party && actor->id.id <= 0)
		return mk_error_set(err, MARKET_EINVALID, "a buyer or member needs an id");
	rc = actor->kind == MARKET_ACTOR_OPERATOR ? mk_operator_check_name(actor->name, err) : 0;
	if (rc != 0)
		return rc;
	if (actor->confirmed_at < 0)
		return mk_error_set(err, MARKET_EINVALID, "a confirmation isn't before 1970");
	session->actor = *actor;
	session->actor.name = NULL;
	if (actor->kind == MARKET_ACTOR_OPERATOR) {
		memcpy(session->actor_name, actor->name, strlen(actor->name) + 1);
		session->actor.name = session->actor_name;
	}
	return 0;
}

static int find_party(market_session *session, market_id_kind kind, const char *text,
                      market_id *out, market_error *err)
{
	int rc;
	if (strncmp(text, "ref:", 4) == 0) {
		rc = mk_session_enter(session, err);
		if (rc != 0)
			return rc;
		rc = mk_ref_find(session, kind, text + 4, out, err);
		mk_session_leave(session);
		return rc;
	}
	if (!market_id_parse(kind, text, out))
		return mk_error_set(err, MARKET_EINVALID, "%.64s isn't an identifier of that kind", text);
	return 0;
}

/* It stands before the name, which may be anybody's choice. */
static int take_confirmation(const market_session *session, const char **text, market_time *out,
                             market_error *err)
{
	char time[MARKET_TIME_TEXT_SIZE] = "";
	size_t length;
	if (strncmp(*text, "confirmed ", 10) != 0)
		return 0;
	*text += 10;
	*out = mk_session_now(session);
	length = strcspn(*text, " ");
	if (**text < '0' || **text > '9')
		return 0;
	if ((*text)[length] == ' ' && length < sizeof(time))
		memcpy(time, *text, length);
	if (!market_time_parse(time, out))
		return mk_error_set(err, MARKET_EINVALID, "a confirmation is at no time");
	*text += length + 1;
	return 0;
}

int market_session_act_as_text(market_session *session, const char *text, market_error *err)
{
	if (!session || !text)
		return mk_error_set(err, MARKET_EMISUSE, "a session and an actor are needed");
	if (session->busy)
		return mk_error_set(err, MARKET_EMISUSE, "the session is busy");
	return mk_session_actor_text(session, text, err);
}

int mk_session_actor_text(market_session *session, const char *text, market_error *err)
{
	market_actor actor = {0};
	int rc;
	rc = take_confirmation(session, &text, &actor.confirmed_at, err);
	if (rc != 0)
		return rc;
	if (strcmp(text, "anonymous") == 0) {
		actor.kind = MARKET_ACTOR_ANONYMOUS;
	} else if (strcmp(text, "system") == 0) {
		actor.kind = MARKET_ACTOR_SYSTEM;
		actor.rights = MARKET_RIGHT_ALL;
	} else if (strncmp(text, "operator:", 9) == 0) {
		actor.kind = MARKET_ACTOR_OPERATOR;
		actor.name = text + 9;
		actor.rights = MARKET_RIGHT_ALL;
	} else if (strncmp(text, "buyer:", 6) == 0) {
		actor.kind = MARKET_ACTOR_BUYER;
		rc = find_party(session, MARKET_ID_BUYER, text + 6, &actor.id, err);
	} else if (strncmp(text, "member:", 7) == 0) {
		actor.kind = MARKET_ACTOR_MEMBER;
		rc = find_party(session, MARKET_ID_MEMBER, text + 7, &actor.id, err);
	} else {
		rc = mk_error_set(err, MARKET_EINVALID, "unknown actor %.64s", text);
		mk_error_hint(err, rc, "Use anonymous, system, operator:NAME, buyer:ID or member:ID.");
	}
	return rc == 0 ? mk_session_actor(session, &actor, err) : rc;
}

int market_session_set_time(market_session *session, market_time at, market_error *err)
{
	if (!session || at < 0)
		return mk_error_set(err, MARKET_EMISUSE, "a session and a time are needed");
	if (session->busy)
		return mk_error_set(err, MARKET_EMISUSE, "the session is busy");
	return mk_session_time(session, at, err);
}

int mk_session_time(market_session *session, market_time at, market_error *err)
{
	market_time last = 0;
	int rc = at != 0 ? last_effective(session, &last, err) : 0;
	if (rc == 0 && last > at)
		return mk_error_set(err, MARKET_ETIMEORDER,
		                    "the time lies before the newest journal row's");
	if (rc == 0)
		session->at = at;
	return rc;
}

static int last_effective(market_session *session, market_time *out, market_error *err)
{
	void *row = NULL;
	int rc = mk_session_enter(session, err);
	if (rc != 0)
		return rc;
	mk_arena_reset(&session->arena);
	rc = mk_session_get(session, &mk_journal_last, &mk_journal_record, MK_NO_ARGS, &row, err);
	if (rc == 0 && row)
		*out = ((const mk_journal *)row)->effective_at;
	mk_session_leave(session);
	return rc;
}

bool market_session_replayed(const market_session *session)
{
	return session && session->replayed;
}

int mk_session_read(market_session *session, mk_query *queries, size_t n_queries, market_error *err)
{
	mk_tries tries;
	int rc;

	mk_tries_begin(&tries);
	do {
		rc = mk_store_read(session->connection->store, &session->arena, queries, n_queries, err);
	} while (!mk_store_in_transaction(session->connection->store) &&
	         mk_try_again(&tries, &rc, queries[0].statement->name, err));
	return rc;
}

int mk_session_get(market_session *session, const mk_statement *statement, const mk_record *record,
                   const mk_value *args, size_t n_args, void **row, market_error *err)
{
	mk_query query = {.statement = statement, .args = args, .n_args = n_args, .record = record};
	int rc = mk_session_read(session, &query, 1, err);

	*row = rc == 0 && query.n_rows > 0 ? query.rows[0] : NULL;
	return rc;
}

int mk_session_enter(market_session *session, market_error *err)
{
	if (session->held)
		return 0;
	if (session->busy || session->dead)
		return mk_error_set(err, MARKET_EMISUSE, "the session is busy or dead");
	return mk_connection_take(session, err);
}

void mk_session_leave(market_session *session)
{
	if (!session->held)
		mk_connection_give(session);
}

int mk_connection_take(market_session *session, market_error *err)
{
	int rc = 0;
	if (session->connection_uses == 0)
		rc = mk_pool_take(session->market, &session->connection, err);
	if (rc == 0)
		session->connection_uses++;
	return rc;
}

void mk_connection_give(market_session *session)
{
	if (--session->connection_uses > 0)
		return;
	mk_pool_give(session->market, session->connection);
	session->connection = NULL;
}

const char *mk_actor_text(const market_actor *actor, mk_arena *arena)
{
	char text[MARKET_ID_TEXT_SIZE];
	switch (actor->kind) {
	case MARKET_ACTOR_BUYER:
		market_id_format(MARKET_ID_BUYER, actor->id, text);
		return mk_arena_join(arena, MK_TEXTS("buyer:", text));
	case MARKET_ACTOR_MEMBER:
		market_id_format(MARKET_ID_MEMBER, actor->id, text);
		return mk_arena_join(arena, MK_TEXTS("member:", text));
	case MARKET_ACTOR_OPERATOR:
		return mk_arena_join(arena, MK_TEXTS("operator:", actor->name));
	case MARKET_ACTOR_SYSTEM:
		return "system";
	default:
		return "anonymous";
	}
}

int64_t mk_actor_book(const market_actor *actor)
{
	return actor->kind == MARKET_ACTOR_BUYER || actor->kind == MARKET_ACTOR_MEMBER ? actor->id.book
	                                                                               : 0;
}
