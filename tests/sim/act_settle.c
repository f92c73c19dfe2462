/* SET: payouts by hand, payout days and what comes by time alone. */
#include "tests/sim/sim.h"

static void create_payout(sim *s)
{
	market_payout_create_params in = MARKET_PAYOUT_CREATE_PARAMS_INIT;
	size_t i = (size_t)sim_below(s, (int64_t)s->sellers.n), payout = SIM_NONE;
	market_time again = 0;
	void *out;
	int rc;

	in.seller = s->sellers.at[i].id;
	sim_seller_timers(s, i, "payout.create");
	rc = sim_payout_create(s, i, &payout, &again, s->now);
	if (sim_run(s, "payout.create", &in, &out, rc)) {
		s->payouts.at[payout].id = ((market_payout *)out)->id;
		sim_same_payout(s, payout, out);
	}
	sim_free(out);
}

static void retry_payout(sim *s)
{
	market_payout_retry_params in = MARKET_PAYOUT_RETRY_PARAMS_INIT;
	size_t i = SIM_NONE, payout = SIM_NONE;
	market_time again = 0;
	void *out;
	int rc = MARKET_ESTATE;

	for (size_t k = 0; k < s->payouts.n; k++)
		if (s->payouts.at[k].id.id != 0 &&
		    (i == SIM_NONE || s->payouts.at[k].state == MARKET_PAYOUT_FAILED))
			i = k;
	if (i == SIM_NONE)
		return;
	in.payout = s->payouts.at[i].id;
	if (s->payouts.at[i].state == MARKET_PAYOUT_FAILED)
		rc = sim_payout_create(s, s->payouts.at[i].seller, &payout, &again, s->now);
	if (sim_run(s, "payout.retry", &in, &out, rc))
		sim_same_payout(s, i, out);
	sim_free(out);
}

/* By hand it isn't due: what is due was done by time. */
static void mature(sim *s)
{
	market_settlement_mature_params in = MARKET_SETTLEMENT_MATURE_PARAMS_INIT;
	size_t i = sim_any_order(s, 1u << MARKET_ORDER_FINISHED);
	const sim_order *o;
	void *out;
	int rc = 0;

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	sim_order_timers(s, i, "settlement.mature");
	o = &s->orders.at[i];
	if (o->mature_at == 0 || o->mature_at > s->now)
		rc = MARKET_ESTATE;
	else if (o->freezes > 0)
		rc = MARKET_EFROZEN;
	else
		sim_mature(s, i, s->now);
	sim_as_system(s);
	if (sim_run(s, "settlement.mature", &in, &out, rc))
		sim_same_order(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

/* A lot that isn't a reserve, or isn't due. */
static void release_reserve(sim *s)
{
	market_lot_list_params list = MARKET_LOT_LIST_PARAMS_INIT;
	market_settlement_release_reserve_params in = MARKET_SETTLEMENT_RELEASE_RESERVE_PARAMS_INIT;
	market_lot_page *page;
	void *out;

	list.seller = s->sellers.at[sim_below(s, (int64_t)s->sellers.n)].id;
	page = sim_read(s, "lot.list", &list);
	if (page && page->n_items > 0) {
		in.lot = page->items[0]->id;
		sim_as_system(s);
		sim_run(s, "settlement.release_reserve", &in, &out, MARKET_ESTATE);
		sim_free(out);
		sim_as_operator(s);
	}
	sim_free(page);
}

/* The period that a payout closed isn't run again. */
static void run_period(sim *s)
{
	market_payout_get_params get = MARKET_PAYOUT_GET_PARAMS_INIT;
	market_settlement_run_params in = MARKET_SETTLEMENT_RUN_PARAMS_INIT;
	market_payout *payout;
	size_t i;
	void *out;

	if (s->payouts.n == 0)
		return;
	i = (size_t)sim_below(s, (int64_t)s->payouts.n);
	get.payout = s->payouts.at[i].id;
	payout = get.payout.id != 0 ? sim_read(s, "payout.get", &get) : NULL;
	if (payout && payout->period.id != 0) {
		in.period = payout->period;
		sim_as_system(s);
		sim_run(s, "settlement.run", &in, &out, MARKET_ESTATE);
		sim_free(out);
		sim_as_operator(s);
	}
	sim_free(payout);
}

/* SET-4: opening + lines = closing, for any time that is over. */
static void statement(sim *s)
{
	static const char *const names[] = {"statement pending",    "statement reserved",
	                                    "statement available",  "statement in payout",
	                                    "statement receivable", "statement deposit"};
	market_statement_get_params in = MARKET_STATEMENT_GET_PARAMS_INIT;
	size_t i = (size_t)sim_below(s, (int64_t)s->sellers.n);
	int64_t opening = 0, closing = 0, sums[6] = {0}, got_sums[6] = {0}, n = 0;
	market_statement *got;

	sim_work(s);
	in.seller = s->sellers.at[i].id;
	in.to = s->now - sim_below(s, (s->now - SIM_START) / 2 + 1);
	in.from = SIM_START + sim_below(s, in.to - SIM_START + 1) - 1;
	got = sim_read(s, "statement.get", &in);
	if (!got)
		return;
	for (size_t k = 0; k < s->entries.n; k++) {
		const sim_entry *e = &s->entries.at[k];
		int64_t net = e->change[0] + e->change[1] + e->change[2] + e->change[3] - e->change[4];

		if (e->book != in.seller.id || e->at >= in.to)
			continue;
		closing += net;
		opening += e->at < in.from ? net : 0;
		n += e->at >= in.from;
		for (size_t c = 0; e->at >= in.from && c < 6; c++)
			sums[c] += e->change[c];
	}
	for (size_t k = 0; k < got->n_lines; k++) {
		got_sums[0] += got->lines[k]->pending.amount;
		got_sums[1] += got->lines[k]->reserved.amount;
		got_sums[2] += got->lines[k]->available.amount;
		got_sums[3] += got->lines[k]->in_payout.amount;
		got_sums[4] += got->lines[k]->receivable.amount;
		got_sums[5] += got->lines[k]->deposit.amount;
	}
	sim_same_money(s, "statement opening", opening, got->opening);
	sim_same_money(s, "statement closing", closing, got->closing);
	sim_same(s, "statement lines", n, (int64_t)got->n_lines);
	for (size_t c = 0; c < 6; c++)
		sim_same(s, names[c], sums[c], got_sums[c]);
	sim_free(got);
}

const sim_action sim_settle_actions[] = {
	{"payout.create", create_payout, 5},
	{"payout.retry", retry_payout, 2},
	{"settlement.mature", mature, 1},
	{"settlement.release_reserve", release_reserve, 1},
	{"settlement.run", run_period, 1},
	{"statement.get", statement, 2},
	{NULL, NULL, 0},
};
