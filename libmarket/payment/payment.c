/* Payments and shares: making, loading, saving, reading. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/payment/sql.h"

static mk_share *make_share(mk_ctx *ctx, mk_payment *payment, const market_order *order);
static size_t count_parts(const char *parts);
static bool next_part(const char **parts, market_id *share, market_id *order);
static int read_parts(mk_ctx *ctx, mk_payment *payment, bool orders, mk_parts *out,
                      market_error *err);
static int absent_part(const mk_payment *payment, market_error *err);

int mk_payment_create(mk_ctx *ctx, const market_order_group *group, mk_order *const *orders,
                      size_t n_orders, const char *method, mk_payment **out, mk_share ***shares,
                      market_error *err)
{
	mk_payment *payment = MK_NEW(ctx->arena, mk_payment);
	mk_share **list = MK_NEW_ARRAY(ctx->arena, mk_share *, n_orders);
	mk_text parts;

	if (!payment || !list)
		return mk_error_no_memory(err);
	payment->payment = (market_payment){
		.id = mk_new_id(ctx, group->id.book),
		.group = group->id,
		.buyer = group->buyer,
		.provider = ctx->policy->payments->provider,
		.method = method,
		.currency = group->currency,
		.amount = mk_money(0, group->currency),
		.state = MARKET_PAYMENT_CREATED,
		.fee = mk_money(0, group->currency),
		.created_at = ctx->now,
		.shares = (const market_share *const *)list,
		.n_shares = n_orders,
		.version = 1,
	};
	mk_text_init(&parts, ctx->arena->allocator, MK_MAX_JSON);
	for (size_t i = 0; i < n_orders; i++) {
		list[i] = make_share(ctx, payment, &orders[i]->order);
		if (!list[i])
			break;
		mk_text_add(&parts, i > 0 ? " " : "");
		mk_text_add_dotted(&parts,
		                   (const int64_t[]){orders[i]->order.id.book, list[i]->share.id.id,
		                                     orders[i]->order.id.id},
		                   3);
	}
	if (!parts.failed)
		payment->parts = mk_arena_text_n(ctx->arena, parts.data ? parts.data : "", parts.size);
	mk_text_close(&parts);
	if (!payment->parts || ctx->arena->failed)
		return mk_error_no_memory(err);
	*out = payment;
	*shares = list;
	return 0;
}

void mk_payment_add(mk_ctx *ctx, mk_payment *payment, mk_share *const *shares)
{
	mk_insert(ctx, &mk_payment_insert, &mk_payment_record, payment->payment.id, payment);
	for (size_t i = 0; i < payment->payment.n_shares; i++)
		mk_insert(ctx, &mk_share_insert, &mk_share_record, shares[i]->share.id, shares[i]);
}

int mk_payment_load(mk_ctx *ctx, market_id id, const char *field, mk_payment **out,
                    market_error *err)
{
	return mk_load(ctx, &mk_payment_entity, id, field, (void **)out, err);
}

int mk_payment_load_shares(mk_ctx *ctx, mk_payment *payment, mk_share ***out, size_t *count,
                           market_error *err)
{
	mk_parts parts = {0};
	int rc = read_parts(ctx, payment, false, &parts, err);

	*out = parts.shares;
	*count = parts.count;
	return rc;
}

int mk_payment_load_parts(mk_ctx *ctx, mk_payment *payment, mk_parts *out, market_error *err)
{
	return read_parts(ctx, payment, true, out, err);
}

/* PAY-2: what is owed is sent back until it has gone. PAY-4: an authorisation has an end. */
void mk_payment_save(mk_ctx *ctx, mk_payment *payment)
{
	market_payment *p = &payment->payment;
	market_time due = p->state == MARKET_PAYMENT_AUTHORISED ? p->authorisation_expires : 0;
	bool returns = payment->return_at != 0 && (due == 0 || payment->return_at < due);

	if (returns)
		due = payment->return_at;
	mk_deadline_set(ctx, p->id, payment->due_at, due, returns ? "payment.return" : "payment.lapse");
	payment->due_at = due;
	mk_update(ctx, &mk_payment_update, &mk_payment_record, p->id, payment);
}

int mk_share_list_order(mk_ctx *ctx, market_id order, mk_share ***out, size_t *count,
                        market_error *err)
{
	return mk_store_list(ctx->store, ctx->arena, &mk_share_of_order, &mk_share_record,
	                     MK_ARGS(mk_int(order.book), mk_int(order.id)), (void ***)out, count, err);
}

void mk_share_save(mk_ctx *ctx, mk_share *share)
{
	mk_update(ctx, &mk_share_update, &mk_share_record, share->share.id, share);
}

market_money mk_share_refundable(const mk_share *share)
{
	market_money gone = mk_money_add(share->share.refunded, share->share.in_flight);

	return mk_money_sub(share->share.captured, mk_money_add(gone, share->share.charged_back));
}

int mk_payment_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return mk_payment_entity.fill(ctx, ctx->output, err);
}

int mk_payment_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_payment_list_params *in = params;
	const mk_page *page;
	int rc = mk_page_read(
		ctx, &mk_payment_list_page, &mk_payment_record, offsetof(mk_payment, payment.id.id),
		MK_ARGS(mk_int(in->group.book), mk_int(in->group.id)), in->after, in->limit, err);

	if (rc != 0)
		return rc;
	page = ctx->output;
	for (size_t i = 0; i < page->n_items; i++)
		mk_payment_hide(ctx, page->items[i]);
	return 0;
}

/* What a provider takes of the platform is not the buyer's business. */
void mk_payment_hide(const mk_ctx *ctx, mk_payment *payment)
{
	if (ctx->actor.kind != MARKET_ACTOR_BUYER)
		return;
	payment->payment.fee = (market_money){0, ""};
	for (size_t i = 0; i < payment->payment.n_shares; i++) {
		mk_share *share = (mk_share *)(void *)payment->payment.shares[i];

		share->share.fee = (market_money){0, ""};
		share->share.settled = (market_money){0, ""};
	}
}

static mk_share *make_share(mk_ctx *ctx, mk_payment *payment, const market_order *order)
{
	market_money zero = mk_money(0, order->currency);
	mk_share *share = MK_NEW(ctx->arena, mk_share);

	if (!share)
		return NULL;
	share->share = (market_share){
		.id = mk_new_id(ctx, order->id.book),
		.payment = payment->payment.id,
		.order = order->id,
		.currency = order->currency,
		.amount = order->cash,
		.captured = zero,
		.refunded = zero,
		.in_flight = zero,
		.charged_back = zero,
		.payable = zero,
		.returned = zero,
		.fee = zero,
		.settled = zero,
		.version = 1,
	};
	payment->payment.amount = mk_money_add(payment->payment.amount, order->cash);
	return share;
}

static size_t count_parts(const char *parts)
{
	size_t n = *parts ? 1 : 0;

	for (; *parts; parts++)
		n += *parts == ' ';
	return n;
}

static bool next_part(const char **parts, market_id *share, market_id *order)
{
	char *end = NULL;

	share->book = order->book = strtoll(*parts, &end, 10);
	if (*end != '.')
		return false;
	share->id = strtoll(end + 1, &end, 10);
	if (*end != '.')
		return false;
	order->id = strtoll(end + 1, &end, 10);
	*parts = *end == ' ' ? end + 1 : end;
	return true;
}

/* Shares, and where wanted their orders and lines, in one batch. */
static int read_parts(mk_ctx *ctx, mk_payment *payment, bool orders, mk_parts *out,
                      market_error *err)
{
	const char *at = payment->parts;
	size_t n = count_parts(at), per = orders ? 3 : 1;
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, per * n + 1);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 4 * n + 1);
	market_id share, order;
	int rc;

	out->shares = MK_NEW_ARRAY(ctx->arena, mk_share *, n + 1);
	out->orders = MK_NEW_ARRAY(ctx->arena, mk_order *, n + 1);
	if (!queries || !args || !out->shares || !out->orders)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		mk_value *a = &args[4 * i];

		if (!next_part(&at, &share, &order))
			return absent_part(payment, err);
		a[0] = mk_int(share.book);
		a[1] = mk_int(share.id);
		a[2] = mk_int(order.book);
		a[3] = mk_int(order.id);
		queries[per * i] = (mk_query){
			.statement = &mk_share_by_id, .args = a, .n_args = 2, .record = &mk_share_record};
		if (!orders)
			continue;
		queries[per * i + 1] = (mk_query){
			.statement = &mk_order_by_id, .args = a + 2, .n_args = 2, .record = &mk_order_record};
		queries[per * i + 2] = (mk_query){.statement = &mk_order_line_list,
		                                  .args = a + 2,
		                                  .n_args = 2,
		                                  .record = &mk_order_line_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, per * n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (queries[per * i].n_rows != 1 || (orders && queries[per * i + 1].n_rows != 1))
			return absent_part(payment, err);
		out->shares[i] = queries[per * i].rows[0];
		if (!orders)
			continue;
		out->orders[i] = queries[per * i + 1].rows[0];
		mk_order_put_lines(out->orders[i], (mk_order_line *const *)queries[per * i + 2].rows,
		                   queries[per * i + 2].n_rows);
	}
	out->count = n;
	payment->payment.shares = (const market_share *const *)out->shares;
	payment->payment.n_shares = n;
	return rc;
}

static int absent_part(const mk_payment *payment, market_error *err)
{
	int rc = mk_error_set(err, MARKET_ECORRUPT, "a share or order of a payment is absent");

	return mk_error_object(err, rc, MARKET_ID_PAYMENT, payment->payment.id);
}
