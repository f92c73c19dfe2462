#include "libmarket/engine/context.h"

#include <string.h>

#include "libmarket/engine/journal.h"
#include "libmarket/engine/market.h"

static const mk_statement deadline_insert = {
	.name = "deadline_insert",
	.table = "deadline",
	.sql =
		"INSERT INTO deadline (book_id, id, due_at, operation, refusals) VALUES (?1, ?2, ?3, ?4, "
		"0) "
		"ON CONFLICT DO NOTHING",
};
static const mk_statement deadline_update = {
	.name = "deadline_update",
	.table = "deadline",
	.sql =
		"UPDATE deadline SET due_at = ?3, operation = ?4, refusals = 0 WHERE book_id = ?1 AND id "
		"= ?2",
};
static const mk_statement deadline_delete = {
	.name = "deadline_delete",
	.table = "deadline",
	.sql = "DELETE FROM deadline WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement registry_insert = {
	.name = "registry_insert",
	.table = "registry",
	.sql = "INSERT INTO registry (book_id, id, kind, ref, target_book_id, target_id) "
		   "VALUES (0, ?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
};

market_id mk_new_id(mk_ctx *ctx, int64_t book)
{
	return mk_id_in(book, mk_market_next_id(ctx->market, ctx->recorded));
}

market_id mk_new_own_id(mk_ctx *ctx)
{
	int64_t id = mk_market_next_id(ctx->market, ctx->recorded);
	return mk_id_in(id, id);
}

market_id mk_id_in(int64_t book, int64_t id)
{
	return (market_id){.book = book, .id = id};
}

bool mk_id_equal(market_id a, market_id b)
{
	return a.book == b.book && a.id == b.id;
}

bool mk_id_absent(market_id id)
{
	return id.id == 0;
}

void mk_insert(mk_ctx *ctx, const mk_statement *statement, const mk_record *record, market_id id,
               const void *row)
{
	mk_plan_add_record(ctx->plan, MK_PHASE_INSERT, statement, id, record, row, MK_RETRY);
}

void mk_update(mk_ctx *ctx, const mk_statement *statement, const mk_record *record, market_id id,
               const void *row)
{
	mk_plan_add_record(ctx->plan, MK_PHASE_UPDATE, statement, id, record, row, MK_RETRY);
}

void mk_ref_register(mk_ctx *ctx, market_id_kind kind, market_id id, const char *ref)
{
	market_id row = mk_new_id(ctx, 0);
	if (!ref)
		return;
	mk_plan_add(
		ctx->plan, MK_PHASE_INSERT, &registry_insert, row,
		MK_ARGS(mk_int(row.id), mk_int(kind), mk_text_value(ref), mk_int(id.book), mk_int(id.id)),
		MK_RETRY);
}

int mk_ref_check_free(mk_ctx *ctx, market_id_kind kind, const char *ref, market_error *err)
{
	void *row = NULL;
	int rc;
	if (!ref)
		return 0;
	rc = mk_store_get(ctx->store, ctx->arena, &mk_registry_get, &mk_registered_record,
	                  MK_ARGS(mk_int(kind), mk_text_value(ref)), &row, err);
	if (rc != 0 || !row)
		return rc;
	return mk_error_at(err, MARKET_EEXISTS, "ref", "ref %s is taken", ref);
}

int mk_ref_check_free_in(mk_ctx *ctx, const mk_entity *entity, int64_t book, const char *ref,
                         market_error *err)
{
	void *row = NULL;
	int rc;
	if (!ref)
		return 0;
	rc = mk_store_get(ctx->store, ctx->arena, entity->by_ref, &mk_key_record,
	                  MK_ARGS(mk_int(book), mk_text_value(ref)), &row, err);
	if (rc != 0 || !row)
		return rc;
	return mk_error_at(err, MARKET_EEXISTS, "ref", "ref %s is taken", ref);
}

int mk_load(mk_ctx *ctx, const mk_entity *entity, market_id id, const char *field, void **row,
            market_error *err)
{
	int rc = mk_store_get(ctx->store, ctx->arena, entity->by_id, entity->record,
	                      MK_ARGS(mk_int(id.book), mk_int(id.id)), row, err);
	return rc != 0 || *row ? rc : mk_not_found(entity, id, field, err);
}

int mk_not_found(const mk_entity *entity, market_id id, const char *field, market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];
	market_id_format(entity->kind, id, text);
	return mk_error_at(err, MARKET_ENOTFOUND, field ? field : "", "%s %s isn't found", entity->name,
	                   text);
}

/* ---- events ---- */

static void reopen_event(mk_ctx *ctx)
{
	/* drops the closing "}]" of the last event, which every addition writes again */
	if (ctx->events.size >= 2)
		ctx->events.size -= 2;
	mk_text_add_char(&ctx->events, ',');
}

static void close_event(mk_ctx *ctx)
{
	mk_text_add(&ctx->events, "}]");
}

void mk_event(mk_ctx *ctx, const char *type, market_id_kind kind, market_id object)
{
	char text[MARKET_ID_TEXT_SIZE];
	mk_text *out = &ctx->events;
	if (out->size == 0) {
		mk_text_add_char(out, '[');
	} else {
		out->size -= 1;
		mk_text_add_char(out, ',');
	}
	market_id_format(kind, object, text);
	mk_text_join(out, MK_TEXTS("{\"type\":\"", type, "\",\"object\":\"", text, "\",\"book\":\""));
	mk_text_add_int(out, object.book);
	mk_text_add_char(out, '"');
	close_event(ctx);
}

static void event_name(mk_ctx *ctx, const char *name)
{
	reopen_event(ctx);
	mk_text_add_json(&ctx->events, name);
	mk_text_add_char(&ctx->events, ':');
}

void mk_event_book(mk_ctx *ctx, int64_t book)
{
	event_name(ctx, "also");
	mk_text_add_char(&ctx->events, '"');
	mk_text_add_int(&ctx->events, book);
	mk_text_add_char(&ctx->events, '"');
	close_event(ctx);
}

void mk_event_money(mk_ctx *ctx, const char *name, market_money value)
{
	char text[MK_MONEY_TEXT_SIZE];
	event_name(ctx, name);
	mk_money_format(value, text);
	mk_text_join(&ctx->events,
	             MK_TEXTS("{\"amount\":\"", text, "\",\"currency\":\"", value.currency, "\"}"));
	close_event(ctx);
}

void mk_event_text(mk_ctx *ctx, const char *name, const char *value)
{
	if (!value)
		return;
	event_name(ctx, name);
	mk_text_add_json(&ctx->events, value);
	close_event(ctx);
}

void mk_event_int(mk_ctx *ctx, const char *name, int64_t value)
{
	event_name(ctx, name);
	mk_text_add_int(&ctx->events, value);
	close_event(ctx);
}

void mk_event_id(mk_ctx *ctx, const char *name, market_id_kind kind, market_id id)
{
	char text[MARKET_ID_TEXT_SIZE];
	market_id_format(kind, id, text);
	mk_event_text(ctx, name, text);
}

/* ---- deadlines ---- */

void mk_deadline_set(mk_ctx *ctx, market_id object, market_time before, market_time due,
                     const char *operation)
{
	const mk_value args[] = {mk_int(object.book), mk_int(object.id), mk_int(due),
	                         mk_text_value(operation)};
	if (due == 0 && before == 0)
		return;
	if (due == 0)
		mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &deadline_delete, object, args, 2, MK_RETRY);
	else if (before == 0)
		mk_plan_add(ctx->plan, MK_PHASE_INSERT, &deadline_insert, object, args, 4, MK_RETRY);
	else
		mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &deadline_update, object, args, 4, MK_RETRY);
}

/* ---- lists ---- */

int64_t mk_page_size(const int64_t *asked)
{
	if (!asked || *asked <= 0)
		return MK_DEFAULT_PAGE;
	return *asked > MK_MAX_PAGE ? MK_MAX_PAGE : *asked;
}

const char *mk_cursor_write(mk_ctx *ctx, int64_t first, int64_t second)
{
	return mk_arena_format(ctx->arena, "%llx.%llx", (unsigned long long)first,
	                       (unsigned long long)second);
}

/* Sixteen hexadecimal digits at most. */
static bool read_hex(const char **at, int64_t *out)
{
	uint64_t value = 0;
	int digits = 0;
	for (; digits < 16; digits++, (*at)++) {
		const char c = **at;
		int digit;
		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if (c >= 'a' && c <= 'f')
			digit = c - 'a' + 10;
		else
			break;
		value = value * 16 + (uint64_t)digit;
	}
	*out = (int64_t)value;
	return digits > 0;
}

int mk_cursor_read(const char *cursor, int64_t *first, int64_t *second, market_error *err)
{
	const char *at = cursor;
	*first = 0;
	*second = 0;
	if (!cursor)
		return 0;
	if (read_hex(&at, first) && *at++ == '.' && read_hex(&at, second) && *at == '\0')
		return 0;
	return mk_error_at(err, MARKET_EINVALID, "after", "the cursor isn't one of this list");
}

int mk_page_read(mk_ctx *ctx, const mk_statement *statement, const mk_record *record,
                 size_t order_offset, const mk_value *args, size_t n_args, const char *after,
                 const int64_t *limit, market_error *err)
{
	mk_page *page = MK_NEW(ctx->arena, mk_page);
	int64_t size = mk_page_size(limit);
	int64_t first = 0, second = 0;
	mk_value all[11];
	int rc = mk_cursor_read(after, &first, &second, err);
	if (rc != 0)
		return rc;
	if (!page)
		return mk_error_no_memory(err);
	if (n_args > 8)
		return mk_error_set(err, MARKET_EINTERNAL, "%s has too many arguments", statement->name);
	if (n_args > 0)
		memcpy(all, args, n_args * sizeof(*args));
	all[n_args] = mk_int(first);
	all[n_args + 1] = mk_int(second);
	all[n_args + 2] = mk_int(size + 1);
	rc = mk_store_list(ctx->store, ctx->arena, statement, record, all, n_args + 3, &page->items,
	                   &page->n_items, err);
	if (rc != 0)
		return rc;
	if (page->n_items > (size_t)size) {
		const char *last = page->items[size - 1];
		int64_t order;
		memcpy(&order, last + order_offset, sizeof(order));
		page->n_items = (size_t)size;
		page->next = mk_cursor_write(ctx, order, ((const market_id *)(const void *)last)->id);
	}
	ctx->output = page;
	return 0;
}
