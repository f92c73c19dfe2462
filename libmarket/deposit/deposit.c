#include <string.h>

#include "libmarket/aftersale/refund.h"
#include "libmarket/base/clock.h"
#include "libmarket/deposit/internal.h"
#include "libmarket/party/seller.h"
#include "libmarket/settlement/settlement.h"

typedef struct last_order {
	int64_t open;
	market_time ended_at;
} last_order;
static const mk_field last_fields[] = {
	MK_F_INT(last_order, open, 0, 0, 0, "orders and cases that are open"),
	MK_F_TIME(last_order, ended_at, 0, "when the last order ended"),
};
static const mk_record last_record =
	MK_RECORD_OF("last_order", last_order, last_fields, "what a deposit still answers for");

/* Open: waiting (1 to 3), or with a refund or dispute. */
static const mk_statement deposit_orders = {
	.name = "deposit_orders",
	.sql = "SELECT (SELECT COUNT(*) FROM seller_order WHERE book_id = ?1 AND (state IN (1, 2, 3) "
		   "OR freezes > 0 OR in_flight > 0)) AS open, (SELECT MAX(COALESCE(finished_at, "
		   "closed_at)) FROM seller_order WHERE book_id = ?1) AS ended_at",
};

/* What one operation does with a deposit. */
typedef struct movement {
	const mk_seller *seller;
	mk_deposit *deposit;
	int32_t kind;
	market_money amount;
	const char *reason;
	mk_transfer *transfer;
} movement;

static int begin(mk_ctx *ctx, movement *m, const char *purpose, market_error *err);
static int check_amount(const movement *m, market_error *err);
static int check_open(const mk_seller *seller, market_error *err);
static int find(mk_ctx *ctx, const mk_seller *seller, mk_deposit **out, market_error *err);
static int add_line(mk_ctx *ctx, const movement *m, market_money amount, market_error *err);
static int finish(mk_ctx *ctx, movement *m, market_error *err);
static void save(mk_ctx *ctx, mk_deposit *row);
static int find_return(mk_ctx *ctx, const mk_seller *seller, market_time *out, market_error *err);

int mk_deposit_pay(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_deposit_pay_params *in = params;
	movement m = {ctx->subject, NULL, MARKET_DEPOSIT_PAID, in->amount, in->reason, NULL};
	int rc = check_open(m.seller, err);

	if (rc == 0)
		rc = begin(ctx, &m, "deposit_paid", err);
	if (rc != 0)
		return rc;
	mk_debit_interbook(m.transfer, 0, m.amount);
	mk_credit(m.transfer, "seller_deposit", NULL, m.amount);
	mk_transfer_set_reason(m.transfer, "bank; deposit");
	rc = finish(ctx, &m, err);
	/* LED-9: the platform's half */
	if (rc == 0)
		mk_deadline_set(ctx, mk_transfer_id(m.transfer), 0, ctx->now, "ledger.move.finish");
	return rc;
}

int mk_deposit_top_up(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_deposit_top_up_params *in = params;
	movement m = {ctx->subject, NULL, MARKET_DEPOSIT_TOPPED_UP, in->amount, NULL, NULL};
	bool free_to_go = true;
	int rc = check_open(m.seller, err);

	if (rc == 0)
		rc = begin(ctx, &m, "deposit_topped_up", err);
	/* ESC-7: a deposit is no source of refunds */
	if (rc == 0)
		rc = mk_exposure_allows_payout(ctx, m.seller->seller.id, m.amount.currency, &free_to_go,
		                               err);
	if (rc == 0 && !free_to_go)
		rc = mk_error_set(err, MARKET_EINFLIGHT, "refunds under way need what is available");
	if (rc != 0)
		return rc;
	mk_debit(m.transfer, "seller_available", NULL, m.amount);
	mk_credit(m.transfer, "seller_deposit", NULL, m.amount);
	rc = add_line(ctx, &m, mk_money_neg(m.amount), err);
	return rc == 0 ? finish(ctx, &m, err) : rc;
}

int mk_deposit_draw(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_deposit_pay_params *in = params;
	movement m = {ctx->subject, NULL, MARKET_DEPOSIT_DRAWN, in->amount, in->reason, NULL};
	int rc = 0;

	if (!in->reason)
		return mk_error_at(err, MARKET_EMISSING, "reason", "a penalty needs a reason code");
	rc = begin(ctx, &m, "deposit_drawn", err);
	if (rc != 0)
		return rc;
	mk_debit(m.transfer, "seller_deposit", NULL, m.amount);
	mk_credit(m.transfer, "fee_revenue", "penalty", m.amount);
	return finish(ctx, &m, err);
}

/* Its deadline, or an operator. What is open when its time has come puts it off. */
int mk_deposit_return(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_deposit *row = (mk_deposit *)ctx->subject;
	movement m = {NULL, row, MARKET_DEPOSIT_RETURNED, row->deposit.balance, NULL, NULL};
	market_time at = 0;
	int rc = mk_seller_load(ctx, row->deposit.seller, "deposit", (mk_seller **)&m.seller, err);

	(void)params;
	if (rc == 0)
		rc = mk_deposit_fill(ctx, row, err);
	if (rc != 0)
		return rc;
	row->due_before = row->deposit.return_at;
	if (!mk_seller_is_leaving(m.seller))
		return mk_error_at(err, MARKET_ESTATE, "deposit", "the seller isn't closing");
	if (mk_money_positive(row->deposit.balance))
		rc = find_return(ctx, m.seller, &at, err);
	else if (ctx->actor.kind != MARKET_ACTOR_SYSTEM)
		rc = mk_error_at(err, MARKET_ESTATE, "deposit", "nothing is lodged");
	if (rc != 0)
		return rc;
	if (at > ctx->now && ctx->actor.kind != MARKET_ACTOR_SYSTEM)
		return mk_error_at(err, MARKET_ESTATE, "deposit", "it is too early to return the deposit");
	row->deposit.return_at = at > ctx->now ? at : 0;
	m.amount = row->deposit.balance;
	if (at > ctx->now || mk_money_is_zero(m.amount)) {
		save(ctx, row);
		ctx->result = row->deposit.id;
		return 0;
	}
	rc = begin(ctx, &m, "deposit_returned", err);
	if (rc != 0)
		return rc;
	mk_debit(m.transfer, "seller_deposit", NULL, m.amount);
	mk_credit(m.transfer, "seller_available", NULL, m.amount);
	rc = add_line(ctx, &m, m.amount, err);
	return rc == 0 ? finish(ctx, &m, err) : rc;
}

int mk_deposit_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const mk_seller *seller = ctx->subject;
	mk_deposit *row = NULL;
	int rc = find(ctx, seller, &row, err);

	(void)params;
	if (rc != 0)
		return rc;
	if (row->fresh)
		row->deposit.created_at = row->deposit.version = 0;
	ctx->output = row;
	return mk_deposit_fill(ctx, row, err);
}

int mk_deposit_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_deposit_list_params *in = params;

	return mk_page_read(ctx, &mk_deposit_movement_page, &mk_deposit_movement_record,
	                    offsetof(market_deposit_movement, created_at),
	                    MK_ARGS(mk_int(in->seller.id)), in->after, in->limit, err);
}

int mk_deposit_closing(mk_ctx *ctx, const mk_seller *seller, market_error *err)
{
	mk_deposit *row = NULL;
	int rc = find(ctx, seller, &row, err);

	if (rc == 0 && !row->fresh)
		rc = find_return(ctx, seller, &row->deposit.return_at, err);
	if (rc == 0 && !row->fresh)
		save(ctx, row);
	return rc;
}

/* Finds or makes the deposit and begins the transfer. The row's version orders what is done with
 * one deposit at the same time. */
static int begin(mk_ctx *ctx, movement *m, const char *purpose, market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];
	int rc = check_amount(m, err);

	if (rc == 0 && !m->deposit)
		rc = find(ctx, m->seller, &m->deposit, err);
	if (rc != 0)
		return rc;
	if (m->deposit->fresh) {
		m->deposit->deposit.id = mk_new_id(ctx, m->seller->seller.id.id);
		mk_seller_save(ctx, (mk_seller *)m->seller); /* so that its closing can't miss it */
	}
	market_id_format(MARKET_ID_JOURNAL, ctx->journal, text);
	m->transfer = mk_transfer_new(ctx->ledger, m->seller->seller.id.id, MK_TRANSFER_DIRECT, "%s:%s",
	                              purpose, text);
	mk_transfer_set_object(m->transfer, MARKET_ID_DEPOSIT, m->deposit->deposit.id);
	return 0;
}

static int check_amount(const movement *m, market_error *err)
{
	if (!mk_money_same_currency(m->amount, mk_money(0, m->seller->seller.currency)))
		return mk_error_at(err, MARKET_ECURRENCY, "amount", "the deposit is in %s",
		                   m->seller->seller.currency);
	if (!mk_money_positive(m->amount))
		return mk_error_at(err, MARKET_EINVALID, "amount", "the amount isn't above zero");
	return 0;
}

static int check_open(const mk_seller *seller, market_error *err)
{
	if (seller->seller.state == MARKET_SELLER_CLOSING)
		return mk_error_at(err, MARKET_ESTATE, "seller", "the seller is closing");
	return mk_seller_check_there(seller, err);
}

static int find(mk_ctx *ctx, const mk_seller *seller, mk_deposit **out, market_error *err)
{
	int rc = mk_store_get(ctx->store, ctx->arena, &mk_deposit_of_seller, &mk_deposit_record,
	                      MK_ARGS(mk_int(seller->seller.id.id)), (void **)out, err);

	if (rc != 0)
		return rc;
	if (*out) {
		(*out)->due_before = (*out)->deposit.return_at;
		return 0;
	}
	*out = MK_NEW(ctx->arena, mk_deposit);
	if (!*out)
		return mk_error_no_memory(err);
	(*out)->deposit = (market_deposit){.seller = seller->seller.id,
	                                   .currency = seller->seller.currency,
	                                   .created_at = ctx->now,
	                                   .version = 1};
	(*out)->fresh = true;
	return 0;
}

/* ACC-4 */
static int add_line(mk_ctx *ctx, const movement *m, market_money amount, market_error *err)
{
	mk_lot *lot = mk_lot_new(ctx, MARKET_LOT_DEPOSIT, m->seller->seller.id, amount);

	if (!lot)
		return mk_error_no_memory(err);
	lot->lot.matured_at = ctx->now;
	mk_lot_add(ctx, lot);
	return mk_period_open(ctx, m->seller->seller.id, lot->lot.currency, err);
}

static int finish(mk_ctx *ctx, movement *m, market_error *err)
{
	static const char *const events[] = {
		[MARKET_DEPOSIT_PAID] = "deposit.paid",
		[MARKET_DEPOSIT_TOPPED_UP] = "deposit.topped_up",
		[MARKET_DEPOSIT_DRAWN] = "deposit.drawn",
		[MARKET_DEPOSIT_RETURNED] = "deposit.returned",
	};
	const bool out = m->kind >= MARKET_DEPOSIT_DRAWN;
	market_deposit *d = &m->deposit->deposit;
	market_deposit_movement row = {
		.id = mk_new_id(ctx, m->seller->seller.id.id),
		.seller = m->seller->seller.id,
		.kind = m->kind,
		.amount = m->amount,
		.reason = m->reason,
		.created_at = ctx->now,
	};
	market_money left;
	bool is_short;
	int rc = mk_deposit_fill(ctx, m->deposit, err);

	if (rc == 0)
		rc = mk_transfer_post(ctx->ledger, m->transfer, err);
	if (rc == MARKET_EFUNDS)
		mk_error_field(err, rc, "amount");
	if (rc != 0)
		return rc;
	left = out ? mk_money_sub(d->balance, m->amount) : mk_money_add(d->balance, m->amount);
	is_short = mk_money_less(left, d->minimum) && m->kind != MARKET_DEPOSIT_RETURNED;
	mk_insert(ctx, &mk_deposit_movement_insert, &mk_deposit_movement_record, row.id, &row);
	mk_event(ctx, events[m->kind], MARKET_ID_DEPOSIT, d->id);
	mk_event_money(ctx, "amount", m->amount);
	mk_event_text(ctx, "reason", m->reason);
	if (is_short && m->kind == MARKET_DEPOSIT_DRAWN && d->top_up_by <= ctx->now) {
		d->top_up_by = ctx->now + ctx->policy->deposits->top_up_within;
		mk_event(ctx, "deposit.shortfall", MARKET_ID_DEPOSIT, d->id);
		mk_event_money(ctx, "shortfall", mk_money_sub(d->minimum, left));
		mk_event_int(ctx, "top_up_by", d->top_up_by);
	} else if (!is_short) {
		d->top_up_by = 0;
	}
	save(ctx, m->deposit);
	ctx->result = d->id;
	return 0;
}

static void save(mk_ctx *ctx, mk_deposit *row)
{
	market_deposit *d = &row->deposit;

	if (d->return_at != row->due_before)
		mk_deadline_set(ctx, d->id, row->due_before, d->return_at, "deposit.return");
	if (row->fresh)
		mk_insert(ctx, &mk_deposit_insert, &mk_deposit_record, d->id, row);
	else
		mk_update(ctx, &mk_deposit_update, &mk_deposit_record, d->id, row);
}

/* The longest window after the last order's end, and after the closing began; a day later and again
 * while anything is open. */
static int find_return(mk_ctx *ctx, const mk_seller *seller, market_time *out, market_error *err)
{
	const market_time chargeback = ctx->policy->deposits->chargeback_window;
	const market_time aftersale = ctx->policy->aftersales->window;
	const last_order *last = NULL;
	market_time from = seller->seller.closing_at;
	int rc = mk_store_get(ctx->store, ctx->arena, &deposit_orders, &last_record,
	                      MK_ARGS(mk_int(seller->seller.id.id)), (void **)&last, err);

	if (rc != 0)
		return rc;
	if (last && last->ended_at > from)
		from = last->ended_at;
	if (from == 0) { /* it never sold anything */
		*out = ctx->now;
		return 0;
	}
	*out = from + (chargeback > aftersale ? chargeback : aftersale);
	if (last && last->open > 0 && *out <= ctx->now)
		*out = ctx->now + MK_DAY;
	return 0;
}
