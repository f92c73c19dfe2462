/*
 * The fees and splits that a row carries as one text. Every release and refund reads it, so it
 * isn't JSON: "1", then of each item its numbers and texts. A number ends with a semicolon; a text
 * is its size, a colon and its bytes, or a tilde when absent.
 */
#include "libmarket/order/order.h"

#include <string.h>

#define VERSION 1

typedef struct reader {
	mk_arena *arena;
	const char *at, *end;
	bool failed; /* the text isn't one of ours */
} reader;

static void begin(mk_ctx *ctx, mk_text *text, size_t count);
static const char *finish(mk_ctx *ctx, mk_text *text);
static void add_number(mk_text *text, int64_t number);
static void add_text(mk_text *text, const char *value);
static void add_money(mk_text *text, market_money money);
static size_t open_text(reader *r, mk_ctx *ctx, const char *text);
static int64_t read_number(reader *r, char mark);
static const char *read_text(reader *r);
static market_money read_money(reader *r);
static int outcome(const reader *r, const char *what, market_error *err);

const char *mk_order_fees_write(mk_ctx *ctx, const market_line_fee *const *fees, size_t count)
{
	mk_text text;

	if (count == 0)
		return NULL;
	begin(ctx, &text, count);
	for (size_t i = 0; i < count; i++) {
		add_text(&text, fees[i]->kind);
		add_money(&text, fees[i]->amount);
		add_money(&text, fees[i]->tax);
		add_text(&text, fees[i]->rule);
		add_text(&text, fees[i]->explanation);
		add_number(&text, fees[i]->reversal);
	}
	return finish(ctx, &text);
}

int mk_order_fees_read(mk_ctx *ctx, const char *text, const market_line_fee *const **out,
                       size_t *count, market_error *err)
{
	reader r;
	size_t n = open_text(&r, ctx, text);
	market_line_fee *fees = MK_NEW_ARRAY(ctx->arena, market_line_fee, n + 1);
	const market_line_fee **list = MK_NEW_ARRAY(ctx->arena, const market_line_fee *, n + 1);

	*out = NULL;
	*count = 0;
	if (!fees || !list)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		fees[i].kind = read_text(&r);
		fees[i].amount = read_money(&r);
		fees[i].tax = read_money(&r);
		fees[i].rule = read_text(&r);
		fees[i].explanation = read_text(&r);
		fees[i].reversal = (int32_t)read_number(&r, ';');
		list[i] = &fees[i];
	}
	*out = n > 0 ? list : NULL;
	*count = n;
	return outcome(&r, "fees", err);
}

const char *mk_order_splits_write(mk_ctx *ctx, const market_line_split *const *splits, size_t count)
{
	mk_text text;

	if (count == 0)
		return NULL;
	begin(ctx, &text, count);
	for (size_t i = 0; i < count; i++) {
		add_text(&text, splits[i]->kind);
		add_text(&text, splits[i]->beneficiary);
		add_money(&text, splits[i]->amount);
	}
	return finish(ctx, &text);
}

int mk_order_splits_read(mk_ctx *ctx, const char *text, const market_line_split *const **out,
                         size_t *count, market_error *err)
{
	reader r;
	size_t n = open_text(&r, ctx, text);
	market_line_split *splits = MK_NEW_ARRAY(ctx->arena, market_line_split, n + 1);
	const market_line_split **list = MK_NEW_ARRAY(ctx->arena, const market_line_split *, n + 1);

	*out = NULL;
	*count = 0;
	if (!splits || !list)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		splits[i].kind = read_text(&r);
		splits[i].beneficiary = read_text(&r);
		splits[i].amount = read_money(&r);
		list[i] = &splits[i];
	}
	*out = n > 0 ? list : NULL;
	*count = n;
	return outcome(&r, "splits", err);
}

static void begin(mk_ctx *ctx, mk_text *text, size_t count)
{
	mk_text_init(text, ctx->arena->allocator, MK_MAX_JSON);
	add_number(text, VERSION);
	add_number(text, (int64_t)count);
}

static const char *finish(mk_ctx *ctx, mk_text *text)
{
	const char *copy = NULL;

	if (text->failed)
		ctx->arena->failed = true;
	else
		copy = mk_arena_text_n(ctx->arena, text->data, text->size);
	mk_text_close(text);
	return copy;
}

static void add_number(mk_text *text, int64_t number)
{
	mk_text_add_int(text, number);
	mk_text_add_char(text, ';');
}

static void add_text(mk_text *text, const char *value)
{
	if (!value) {
		mk_text_add_char(text, '~');
		return;
	}
	mk_text_add_int(text, (int64_t)strlen(value));
	mk_text_add_char(text, ':');
	mk_text_add(text, value);
}

static void add_money(mk_text *text, market_money money)
{
	add_text(text, money.currency);
	add_number(text, money.amount);
}

/* How many items follow. */
static size_t open_text(reader *r, mk_ctx *ctx, const char *text)
{
	int64_t count;

	*r = (reader){.arena = ctx->arena, .at = text, .end = text ? text + strlen(text) : NULL};
	if (!text)
		return 0;
	if (read_number(r, ';') != VERSION)
		r->failed = true;
	count = read_number(r, ';');
	if (count < 0 || count > r->end - r->at)
		r->failed = true;
	return r->failed ? 0 : (size_t)count;
}

static int64_t read_number(reader *r, char mark)
{
	bool negative = r->at < r->end && *r->at == '-';
	int64_t number = 0;
	const char *at = r->at + negative;
	const char *first = at;

	for (; at < r->end && *at >= '0' && *at <= '9' && at - first < 19; at++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *at - '0', &number))
			r->failed = true;
	if (at == first || at == r->end || *at != mark)
		r->failed = true;
	if (r->failed) {
		r->at = r->end;
		return 0;
	}
	r->at = at + 1;
	return negative ? -number : number;
}

static const char *read_text(reader *r)
{
	const char *text;
	int64_t size;

	if (r->at < r->end && *r->at == '~') {
		r->at++;
		return NULL;
	}
	size = read_number(r, ':');
	if (r->failed || size < 0 || size > r->end - r->at) {
		r->failed = true;
		return NULL;
	}
	text = mk_arena_text_n(r->arena, r->at, (size_t)size);
	r->at += size;
	return text;
}

static market_money read_money(reader *r)
{
	market_money money = {0, ""};
	int64_t size = read_number(r, ':');

	if (r->failed || size < 0 || size >= (int64_t)sizeof(money.currency) || size > r->end - r->at) {
		r->failed = true;
		return money;
	}
	memcpy(money.currency, r->at, (size_t)size);
	r->at += size;
	money.amount = read_number(r, ';');
	return money;
}

static int outcome(const reader *r, const char *what, market_error *err)
{
	if (r->arena->failed)
		return mk_error_no_memory(err);
	if (r->failed || r->at != r->end)
		return mk_error_set(err, MARKET_ECORRUPT, "the %s of a line can't be read", what);
	return 0;
}
