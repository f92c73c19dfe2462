/* SET-3: payout days. A period is a row from the first money that becomes available in it. */
#include "libmarket/settlement/sql.h"

static int add_period(mk_ctx *ctx, market_id seller, const char *currency, mk_phase phase,
                      market_error *err);
static void stay_open(mk_ctx *ctx, const mk_period_row *row);
static int pay(mk_ctx *ctx, mk_period_row *row, market_time *again, market_error *err);
static void save(mk_ctx *ctx, mk_period_row *row, market_time before);
static int carry(mk_ctx *ctx, const mk_period_row *row, market_error *err);

void mk_period_bounds(const mk_ctx *ctx, market_time time, market_time *from, market_time *to)
{
	static const mk_period periods[] = {
		[MK_SCHEDULE_DAILY] = MK_PERIOD_DAY,
		[MK_SCHEDULE_WEEKLY] = MK_PERIOD_WEEK,
		[MK_SCHEDULE_FORTNIGHTLY] = MK_PERIOD_FORTNIGHT,
		[MK_SCHEDULE_MONTHLY] = MK_PERIOD_MONTH,
		[MK_SCHEDULE_MANUAL] = MK_PERIOD_MONTH,
	};
	const mk_policy *policy = ctx->policy;

	mk_zone_period(policy->calendar, periods[policy->settlement->schedule], time, from, to);
}

int mk_period_open(mk_ctx *ctx, market_id seller, const char *currency, market_error *err)
{
	void *row = NULL;
	int rc;

	if (ctx->policy->settlement->schedule == MK_SCHEDULE_MANUAL)
		return 0;
	rc = mk_store_get(ctx->store, ctx->arena, &mk_period_of_seller, &mk_period_record,
	                  MK_ARGS(mk_int(seller.id), mk_text_value(currency)), &row, err);
	if (rc == 0 && !row)
		return add_period(ctx, seller, currency, MK_PHASE_INSERT, err);
	if (rc == 0)
		stay_open(ctx, row);
	return rc;
}

int mk_settlement_run(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_period_row *row = (mk_period_row *)ctx->subject;
	market_settlement_period *period = &row->period;
	market_time before = period->due_at;
	market_time again = 0;
	int rc;

	(void)params;
	if (period->due_at == 0 || period->due_at > ctx->now) {
		rc = mk_error_set(err, MARKET_ESTATE, "the period isn't due");
		return mk_error_object(err, rc, MARKET_ID_STATEMENT, period->id);
	}
	rc = pay(ctx, row, &again, err);
	if (rc != 0)
		return rc;
	ctx->result = period->id;
	period->due_at = again;
	if (again == 0) {
		period->closed_at = ctx->now;
		mk_event(ctx, "settlement.closed", MARKET_ID_STATEMENT, period->id);
		mk_event_text(ctx, "outcome", period->outcome);
	}
	save(ctx, row, before);
	return again == 0 && mk_id_absent(period->payout) ? carry(ctx, row, err) : 0;
}

static int add_period(mk_ctx *ctx, market_id seller, const char *currency, mk_phase phase,
                      market_error *err)
{
	mk_period_row *row = MK_NEW(ctx->arena, mk_period_row);
	market_settlement_period *period;

	if (!row)
		return mk_error_no_memory(err);
	period = &row->period;
	*period = (market_settlement_period){
		.id = mk_new_id(ctx, seller.id),
		.seller = seller,
		.currency = currency,
		.version = 1,
	};
	mk_period_bounds(ctx, ctx->now, &period->from_at, &period->to_at);
	period->due_at = period->to_at;
	mk_plan_add_record(ctx->plan, phase, &mk_period_insert, period->id, &mk_period_record, row,
	                   MK_RETRY);
	mk_deadline_set(ctx, period->id, 0, period->due_at, "settlement.run");
	return 0;
}

/* Its payout day must not pass between this look and the money: it would find nothing, and nothing
 * would pay the money. Those who add money don't meet each other. */
static void stay_open(mk_ctx *ctx, const mk_period_row *row)
{
	market_id id = row->period.id;

	mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &mk_period_stay_open, id,
	            MK_ARGS(mk_int(id.book), mk_int(id.id)), MK_RETRY);
}

static int pay(mk_ctx *ctx, mk_period_row *row, market_time *again, market_error *err)
{
	market_settlement_period *period = &row->period;
	mk_payout_hindrance hindrance = {0};
	int rc = mk_payout_make(ctx, period->seller, period->currency, NULL, period->id,
	                        &period->payout, &hindrance, err);

	period->outcome = hindrance.text;
	*again = hindrance.again;
	return rc;
}

static void save(mk_ctx *ctx, mk_period_row *row, market_time before)
{
	mk_deadline_set(ctx, row->period.id, before, row->period.due_at, "settlement.run");
	mk_update(ctx, &mk_period_update, &mk_period_record, row->period.id, row);
}

/* Nothing was paid: what is open waits for the next period's end. Without anything open the next
 * credit opens a period. */
static int carry(mk_ctx *ctx, const mk_period_row *row, market_error *err)
{
	market_money sum;
	int64_t count = 0;
	int rc = mk_lot_open_sum(ctx, row->period.seller, row->period.currency, &sum, &count, err);

	if (rc != 0 || !mk_money_positive(sum) ||
	    ctx->policy->settlement->schedule == MK_SCHEDULE_MANUAL)
		return rc;
	/* one period is open at a time: behind the update that closes this one */
	return add_period(ctx, row->period.seller, row->period.currency, MK_PHASE_LAST, err);
}
