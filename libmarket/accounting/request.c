/* LED-10: a posting by hand of a large sum is a request first, which another operator approves. */
#include "libmarket/accounting/accounting.h"

#include <string.h>

/* What can be asked for. */
typedef struct manual {
	const char *operation;
	const mk_record *params;
	int (*post)(mk_ctx *ctx, const void *params, market_error *err);
} manual;
static const manual manuals[] = {
	{"ledger.transfer", &mk_ledger_transfer_params, mk_post_transfer},
	{"ledger.batch", &mk_ledger_batch_params, mk_post_batch},
	{"ledger.move", &mk_ledger_move_params, mk_post_move},
	{"ledger.adjust", &mk_ledger_adjust_params, mk_post_adjust},
	{"ledger.write_off", &mk_ledger_write_off_params, mk_post_write_off},
};

#define COLUMNS \
	"book_id, id, state, operation, params, amount, currency, requested_by, requested_at, " \
	"expires_at, decided_by, decided_at, note, transfer_book_id, transfer_id, journal_id, version"

const char *const mk_accounting_ddl[] = {
	"CREATE TABLE IF NOT EXISTS ledger_request ({key}, state {int} NOT NULL, operation TEXT NOT "
	"NULL, params TEXT NOT NULL, amount {int} NOT NULL, currency TEXT NOT NULL, requested_by TEXT "
	"NOT NULL, requested_at {int} NOT NULL, expires_at {int} NOT NULL, decided_by TEXT, "
	"decided_at {int}, note TEXT, transfer_book_id {int}, transfer_id {int}, journal_id {int}, "
	"version {int} NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS ledger_request_state ON ledger_request (book_id, state, id)",
	NULL,
};

static const mk_statement request_by_id = {
	.name = "ledger_request_by_id",
	.sql = "SELECT " COLUMNS " FROM ledger_request WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement request_page = {
	.name = "ledger_request_page",
	.sql = "SELECT " COLUMNS " FROM ledger_request WHERE book_id = 0 AND state = ?1 AND ?2 >= 0 "
		   "AND id > ?3 ORDER BY id LIMIT ?4",
};
static const mk_statement request_insert = {
	.name = "ledger_request_insert",
	.table = "ledger_request",
	.sql = "INSERT INTO ledger_request (" COLUMNS
		   ") VALUES (:book_id, :id, :state, :operation, :params, :amount, :currency, "
		   ":requested_by, :requested_at, :expires_at, :decided_by, :decided_at, :note, "
		   ":transfer_book_id, :transfer_id, :journal_id, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement request_update = {
	.name = "ledger_request_update",
	.table = "ledger_request",
	.sql = "UPDATE ledger_request SET state = :state, decided_by = :decided_by, decided_at = "
		   ":decided_at, note = :note, transfer_book_id = :transfer_book_id, transfer_id = "
		   ":transfer_id, journal_id = :journal_id, version = version + 1 WHERE book_id = "
		   ":book_id AND id = :id AND version = :version",
};

static const mk_enum_value state_values[] = {
	{MARKET_LEDGER_REQUEST_WAITING, "waiting", "for a second person"},
	{MARKET_LEDGER_REQUEST_APPROVED, "approved", "and posted"},
	{MARKET_LEDGER_REQUEST_REJECTED, "rejected", "by an operator"},
	{MARKET_LEDGER_REQUEST_EXPIRED, "expired", "nobody decided it in time"},
	{0, NULL, NULL},
};
const mk_enum mk_ledger_request_state_enum = {.name = "ledger_request_state",
                                              .values = state_values};

#define T market_ledger_request
static const mk_field request_fields[] = {
	MK_F_ID(T, id, LEDGER_REQUEST, 0, "the request"),
	MK_F_ENUM(T, state, mk_ledger_request_state_enum, 0, "where it stands"),
	MK_F_TEXT(T, operation, 0, 0, 0, "that was called"),
	MK_F_TEXT(T, params, 0, 0, 0, "with these parameters, as text"),
	MK_F_MONEY(T, amount, 0, 0, 0, "the sum of debits that was too much for one person"),
	MK_F_TEXT(T, requested_by, 0, 0, 0, "the operator who asked"),
	MK_F_TIME(T, requested_at, 0, "when"),
	MK_F_TIME(T, expires_at, 0, "it must be decided before"),
	MK_F_TEXT(T, decided_by, 0, 0, 0, "the operator who decided"),
	MK_F_TIME(T, decided_at, 0, "when"),
	MK_F_TEXT(T, note, 0, 0, 0, "of who decided"),
	MK_F_ID(T, transfer, TRANSFER, 0, "what was posted; absent for a batch"),
	MK_F_ID(T, journal, JOURNAL, MK_OWN_BOOK, "the operation that its transfers name"),
	MK_F_INT(T, version, MK_REQUIRED, 0, 0, "of the row"),
};
const mk_record mk_ledger_request_record =
	MK_RECORD_OF("ledger_request", T, request_fields, "a posting that needs a second person");
#undef T

const mk_entity mk_ledger_request_entity = {
	.kind = MARKET_ID_LEDGER_REQUEST,
	.name = "ledger_request",
	.record = &mk_ledger_request_record,
	.by_id = &request_by_id,
};

static int post_or_ask(mk_ctx *ctx, const char *operation, const void *params, market_error *err);
static bool surely_small(const manual *own, const void *params, market_money limit);
static const manual *find(const char *operation);
static bool same_person(const char *a, const char *b);
static char small(char c);
static int try_post(mk_ctx *ctx, const manual *own, const void *params, market_money *too_much,
                    market_error *err);
static market_money too_much_for_one(const mk_ctx *ctx, const mk_ledger *ledger);
static int ask(mk_ctx *ctx, const manual *own, const void *params, market_money amount,
               market_error *err);
static int read_params(mk_ctx *ctx, const market_ledger_request *request, const manual *own,
                       const void **params, market_error *err);
static int decide(mk_ctx *ctx, int32_t state, const char *note, const char *event,
                  market_error *err);

int mk_ledger_transfer(mk_ctx *ctx, const void *params, market_error *err)
{
	return post_or_ask(ctx, "ledger.transfer", params, err);
}

int mk_ledger_batch(mk_ctx *ctx, const void *params, market_error *err)
{
	return post_or_ask(ctx, "ledger.batch", params, err);
}

int mk_ledger_move(mk_ctx *ctx, const void *params, market_error *err)
{
	return post_or_ask(ctx, "ledger.move", params, err);
}

int mk_ledger_adjust(mk_ctx *ctx, const void *params, market_error *err)
{
	return post_or_ask(ctx, "ledger.adjust", params, err);
}

int mk_ledger_write_off(mk_ctx *ctx, const void *params, market_error *err)
{
	return post_or_ask(ctx, "ledger.write_off", params, err);
}

int mk_ledger_request_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	(void)err;
	ctx->output = (void *)(uintptr_t)ctx->subject;
	return 0;
}

int mk_ledger_request_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_request_list_params *in = params;
	int32_t state = in->state ? in->state : MARKET_LEDGER_REQUEST_WAITING;
	return mk_page_read(ctx, &request_page, &mk_ledger_request_record,
	                    offsetof(market_ledger_request, id) + offsetof(market_id, id),
	                    MK_ARGS(mk_int(state)), in->after, in->limit, err);
}

/* What was asked for is posted now, by the one who approves; the journal names both. */
int mk_ledger_request_approve(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_request_approve_params *in = params;
	market_ledger_request *request = (void *)(uintptr_t)ctx->subject;
	const manual *own = find(request->operation);
	const void *asked = NULL;
	if (!own)
		return mk_error_set(err, MARKET_ECORRUPT, "a request is for unknown operation %s",
		                    request->operation);
	if (same_person(request->requested_by, ctx->actor.name))
		return mk_error_set(err, MARKET_EDENIED, "%s can't approve an own request",
		                    ctx->actor.name);
	int rc = decide(ctx, MARKET_LEDGER_REQUEST_APPROVED, in->note, "ledger.request_approved", err);
	if (rc == 0)
		rc = read_params(ctx, request, own, &asked, err);
	if (rc == 0)
		rc = own->post(ctx, asked, err);
	if (rc)
		return rc;
	if (mk_id_equal(ctx->result, ctx->journal))
		request->journal = ctx->journal;
	else
		request->transfer = ctx->result;
	ctx->result = request->id;
	mk_update(ctx, &request_update, &mk_ledger_request_record, request->id, request);
	return 0;
}

int mk_ledger_request_reject(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_request_reject_params *in = params;
	market_ledger_request *request = (void *)(uintptr_t)ctx->subject;
	int rc = decide(ctx, MARKET_LEDGER_REQUEST_REJECTED, in->note, "ledger.request_rejected", err);
	if (rc == 0)
		mk_update(ctx, &request_update, &mk_ledger_request_record, request->id, request);
	return rc;
}

int mk_ledger_request_expire(mk_ctx *ctx, const void *params, market_error *err)
{
	market_ledger_request *request = (void *)(uintptr_t)ctx->subject;
	(void)params;
	if (ctx->now < request->expires_at)
		return mk_error_set(err, MARKET_ESTATE, "the time of the request isn't over");
	int rc = decide(ctx, MARKET_LEDGER_REQUEST_EXPIRED, NULL, "ledger.request_expired", err);
	if (rc == 0)
		mk_update(ctx, &request_update, &mk_ledger_request_record, request->id, request);
	return rc;
}

int32_t mk_ledger_request_next_state(int32_t state, int32_t decision)
{
	return state == MARKET_LEDGER_REQUEST_WAITING && decision > MARKET_LEDGER_REQUEST_WAITING &&
	               decision <= MARKET_LEDGER_REQUEST_EXPIRED
	           ? decision
	           : 0;
}

static int post_or_ask(mk_ctx *ctx, const char *operation, const void *params, market_error *err)
{
	const manual *own = find(operation);
	market_money too_much = {0, ""};
	int rc = 0;
	market_money limit =
		ctx->policy->ledger ? ctx->policy->ledger->two_person_amount : (market_money){0, ""};
	if (limit.currency[0] && !surely_small(own, params, limit))
		rc = try_post(ctx, own, params, &too_much, err);
	if (rc)
		return rc;
	return too_much.currency[0] ? ask(ctx, own, params, too_much, err)
	                            : own->post(ctx, params, err);
}

/* The common case without a trial: what is asked bounds what is posted. */
static bool surely_small(const manual *own, const void *params, market_money limit)
{
	const market_ledger_transfer_params *in = params;
	market_money sum = mk_money_zero(limit);
	if (own->post != mk_post_transfer || in->n_legs == 0)
		return false;
	for (size_t i = 0; i < in->n_legs; i++) {
		market_money debit = in->legs[i]->debit, credit = in->legs[i]->credit;
		if (!mk_money_same_currency(debit.currency[0] ? debit : credit, limit))
			return false;
		if (debit.currency[0])
			sum = mk_money_add(sum, debit);
	}
	return mk_money_less(sum, limit);
}

static const manual *find(const char *operation)
{
	for (size_t i = 0; i < sizeof(manuals) / sizeof(manuals[0]); i++)
		if (strcmp(manuals[i].operation, operation) == 0)
			return &manuals[i];
	return NULL;
}

/* Capitals and blanks make nobody a second person. */
static bool same_person(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, " \t\r\n");
		b += strspn(b, " \t\r\n");
		if (small(*a) != small(*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What could not be posted isn't asked for either, and only its legs say how much it is. */
static int try_post(mk_ctx *ctx, const manual *own, const void *params, market_money *too_much,
                    market_error *err)
{
	mk_plan *plan = ctx->plan;
	mk_ledger *ledger = ctx->ledger;
	ctx->plan = mk_plan_new(ctx->arena);
	ctx->ledger = mk_ledger_trial(ledger, ctx->plan);
	int rc = ctx->ledger ? own->post(ctx, params, err) : mk_error_no_memory(err);
	if (rc == 0)
		*too_much = too_much_for_one(ctx, ctx->ledger);
	ctx->plan = plan;
	ctx->ledger = ledger;
	ctx->result = (market_id){0, 0};
	mk_text_reset(&ctx->events);
	return rc;
}

/* An amount that can't be compared with the policy's sum wants the second person too. */
static market_money too_much_for_one(const mk_ctx *ctx, const mk_ledger *ledger)
{
	market_money limit = ctx->policy->ledger->two_person_amount;
	for (size_t i = 0;; i++) {
		market_money sum = mk_ledger_sum(ledger, i);
		bool comparable = mk_money_same_currency(sum, limit);
		if (!sum.currency[0])
			return sum;
		if (mk_money_positive(sum) && (!comparable || !mk_money_less(sum, limit)))
			return sum;
	}
}

static int ask(mk_ctx *ctx, const manual *own, const void *params, market_money amount,
               market_error *err)
{
	mk_text text;
	mk_text_init(&text, ctx->arena->allocator, MK_MAX_OUTPUT);
	mk_json_write(own->params, params, 0, &text);
	market_ledger_request *request = MK_NEW(ctx->arena, market_ledger_request);
	bool too_large = text.size > MK_MAX_JSON;
	const char *json = text.failed || too_large ? NULL : mk_arena_text(ctx->arena, text.data);
	mk_text_close(&text);
	if (too_large)
		return mk_error_set(err, MARKET_ELIMIT, "it is too large to wait for a second person");
	if (!request || !json)
		return mk_error_no_memory(err);
	*request = (market_ledger_request){
		.id = mk_new_id(ctx, 0),
		.state = MARKET_LEDGER_REQUEST_WAITING,
		.operation = own->operation,
		.params = json,
		.amount = amount,
		.requested_by = ctx->actor.name,
		.requested_at = ctx->now,
		.expires_at = ctx->now + ctx->policy->ledger->approval_within,
		.version = 1,
	};
	mk_insert(ctx, &request_insert, &mk_ledger_request_record, request->id, request);
	mk_deadline_set(ctx, request->id, 0, request->expires_at, "ledger.request.expire");
	ctx->result = request->id;
	mk_event(ctx, "ledger.requested", MARKET_ID_LEDGER_REQUEST, request->id);
	mk_event_text(ctx, "operation", own->operation);
	mk_event_text(ctx, "requested_by", request->requested_by);
	mk_event_money(ctx, "amount", amount);
	return 0;
}

static int read_params(mk_ctx *ctx, const market_ledger_request *request, const manual *own,
                       const void **params, market_error *err)
{
	void *read = NULL;
	int rc = mk_json_read(own->params, request->params, strlen(request->params), ctx->arena, &read,
	                      NULL, err);
	return rc ? rc : mk_record_check(own->params, read, ctx->arena, params, err);
}

static int decide(mk_ctx *ctx, int32_t state, const char *note, const char *event,
                  market_error *err)
{
	market_ledger_request *request = (void *)(uintptr_t)ctx->subject;
	int32_t next = mk_ledger_request_next_state(request->state, state);
	if (!next)
		return mk_error_set(err, MARKET_ESTATE, "the request is %s",
		                    mk_enum_name(&mk_ledger_request_state_enum, request->state));
	request->state = next;
	request->decided_by = ctx->actor.name;
	request->decided_at = ctx->now;
	request->note = note;
	mk_deadline_set(ctx, request->id, request->expires_at, 0, "ledger.request.expire");
	ctx->result = request->id;
	mk_event(ctx, event, MARKET_ID_LEDGER_REQUEST, request->id);
	mk_event_text(ctx, "requested_by", request->requested_by);
	mk_event_text(ctx, "decided_by", request->decided_by);
	return 0;
}
