#include <string.h>

#include "libmarket/engine/journal.h"
#include "libmarket/op/entity.h"
#include "libmarket/op/run.h"

static int resolve_one(market_session *session, const mk_pending_ref *ref, market_error *err);
static int owner_book(market_session *session, const char *owner, int64_t *book, market_error *err);
static int not_found(market_id_kind kind, const char *ref, const char *path, market_error *err);

int mk_refs_resolve(market_session *session, mk_pending_ref *refs, market_error *err)
{
	int rc = 0;
	for (; rc == 0 && refs; refs = refs->next)
		rc = resolve_one(session, refs, err);
	return rc;
}

int mk_refs_hide(const mk_pending_ref *refs, int code, market_error *err)
{
	for (; code == MARKET_ENOTFOUND && refs; refs = refs->next)
		if (strcmp(refs->path, err->field) == 0)
			return not_found(refs->kind, refs->text, refs->path, err);
	return code;
}

int mk_ref_find(market_session *session, market_id_kind kind, const char *ref, market_id *out,
                market_error *err)
{
	void *row = NULL;
	int rc = mk_session_get(session, &mk_registry_get, &mk_registered_record,
	                        MK_ARGS(mk_int(kind), mk_text_value(ref)), &row, err);
	if (rc != 0)
		return rc;
	if (!row)
		return mk_error_set(err, MARKET_ENOTFOUND, "ref:%s isn't found", ref);
	*out = ((const mk_registered *)row)->target;
	return 0;
}

static int resolve_one(market_session *session, const mk_pending_ref *ref, market_error *err)
{
	const mk_entity *entity = mk_entity_of(ref->kind);
	const char *slash = strchr(ref->text, '/');
	const char *name = ref->text;
	int64_t book = mk_actor_book(&session->actor);
	bool trusted =
		session->actor.kind == MARKET_ACTOR_OPERATOR || session->actor.kind == MARKET_ACTOR_SYSTEM;
	void *row = NULL;
	int rc = 0;
	if (!entity || (!entity->by_ref && !entity->registered))
		return mk_error_at(err, MARKET_EINVALID, ref->path, "there are no references here");
	if (entity->registered) {
		rc = mk_ref_find(session, ref->kind, name, ref->target, err);
		return rc == MARKET_ENOTFOUND ? not_found(ref->kind, name, ref->path, err) : rc;
	}
	if (slash && trusted) {
		rc = owner_book(session, mk_arena_text_n(&session->arena, name, (size_t)(slash - name)),
		                &book, err);
		name = slash + 1;
	}
	if (rc == 0)
		rc = mk_session_get(session, entity->by_ref, &mk_key_record,
		                    MK_ARGS(mk_int(book), mk_text_value(name)), &row, err);
	if (rc == 0 && !row)
		return not_found(ref->kind, ref->text, ref->path, err);
	if (rc != 0)
		return mk_error_field(err, rc, "%s", ref->path);
	*ref->target = ((const mk_key *)row)->id;
	return 0;
}

/* An owner is named by its id or by its ref; sellers come before buyers. */
static int owner_book(market_session *session, const char *owner, int64_t *book, market_error *err)
{
	market_id id = {0, 0};
	int rc = 0;
	if (!owner)
		return mk_error_no_memory(err);
	if (!market_id_parse(MARKET_ID_SELLER, owner, &id) &&
	    !market_id_parse(MARKET_ID_BUYER, owner, &id)) {
		rc = mk_ref_find(session, MARKET_ID_SELLER, owner, &id, err);
		if (rc == MARKET_ENOTFOUND)
			rc = mk_ref_find(session, MARKET_ID_BUYER, owner, &id, err);
	}
	*book = id.book;
	return rc;
}

static int not_found(market_id_kind kind, const char *ref, const char *path, market_error *err)
{
	const mk_entity *entity = mk_entity_of(kind);
	return mk_error_at(err, MARKET_ENOTFOUND, path, "%s ref:%s isn't found",
	                   entity ? entity->name : "record", ref);
}
