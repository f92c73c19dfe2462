/* SET, ACC-3, ACC-4, ESC-7: lots, sources, periods and payouts. */
#include "tests/sim/sim.h"

static int64_t take(int64_t *left, int64_t have);
static void draw_lots(sim *s, sim_transfer *t, sim_draw *d, bool own, int64_t *left);
static void add_line(sim *s, const sim_draw *d, market_time now);
static int64_t open_sum(const sim *s, size_t seller, int64_t *count);
static void make_available(sim *s, size_t seller, sim_transfer *t, int64_t amount, market_time now);
static size_t unfinished(const sim *s, size_t seller);

static int64_t take(int64_t *left, int64_t have)
{
	int64_t taken = have < 0 ? 0 : have < *left ? have : *left;

	*left -= taken;
	return taken;
}

/* ESC-7: the sources in their order. `look` changes nothing. */
int sim_draw_from(sim *s, sim_transfer *t, sim_draw *d, market_time now)
{
	const int64_t book = s->sellers.at[d->seller].id.id;
	int64_t left = d->amount, owed = 0;

	d->pending = d->reserved = d->available = d->receivable = 0;
	if (left <= 0)
		return 0;
	if (d->own)
		draw_lots(s, t, d, true, &left);
	if (!d->paid_out)
		d->available = take(&left, sim_held(s, book, "seller_available"));
	sim_debit(t, "seller_available", NULL, d->available);
	draw_lots(s, t, d, false, &left);
	if (left > 0) {
		if (!d->paid_out)
			owed = sim_account_sum(s, book, "seller_receivable");
		if (d->limited && owed + left > s->policy.advance_limit)
			return MARKET_EQUOTA;
		d->receivable = left;
		sim_debit(t, "seller_receivable", NULL, left);
	}
	if (!d->look)
		add_line(s, d, now);
	return 0;
}

/* The order's own pending and reserve, or the reserves of others, oldest first. */
static void draw_lots(sim *s, sim_transfer *t, sim_draw *d, bool own, int64_t *left)
{
	for (int32_t kind = own ? MARKET_LOT_EARNING : MARKET_LOT_RESERVE; kind <= MARKET_LOT_RESERVE;
	     kind++)
		for (size_t i = 0; i < s->lots.n; i++) {
			sim_lot *lot = &s->lots.at[i];
			int64_t taken;

			if (lot->seller != d->seller || lot->kind != kind || lot->matured_at != 0 ||
			    (own && lot->order != d->order) || (!own && d->own && lot->order == d->order))
				continue;
			taken = take(left, lot->remaining);
			sim_debit(t, kind == MARKET_LOT_EARNING ? "seller_pending" : "seller_reserved", NULL,
			          taken);
			*(kind == MARKET_LOT_EARNING ? &d->pending : &d->reserved) += taken;
			if (!d->look)
				lot->remaining -= taken;
		}
}

/* ACC-4: what available and the receivable gave is a line of the next payout. */
static void add_line(sim *s, const sim_draw *d, market_time now)
{
	size_t lot;

	if (d->available + d->receivable == 0)
		return;
	lot = sim_lot_add(s, d->kind, d->seller, d->order, -d->available - d->receivable);
	s->lots.at[lot].refund = d->refund;
	s->lots.at[lot].matured_at = now;
}

size_t sim_lot_add(sim *s, int32_t kind, size_t seller, size_t order, int64_t amount)
{
	size_t i = SIM_ADD(s->lots);

	s->lots.at[i] = (sim_lot){.seller = seller,
	                          .order = order,
	                          .kind = kind,
	                          .amount = amount,
	                          .remaining = amount,
	                          .payout = SIM_NONE,
	                          .refund = SIM_NONE};
	return i;
}

/* SET-3: the calendar of UTC. */
void sim_period_bounds(const sim *s, market_time now, market_time *from, market_time *to)
{
	const int64_t monday = 10959; /* 2000-01-03 */
	int64_t day = now / SIM_DAY, length = s->policy.period_days, era, of_era, year_of_era, of_year;
	int64_t month, first, year, next;

	if (length != 0) {
		first = monday + (day - monday) / length * length;
		*from = first * SIM_DAY;
		*to = (first + length) * SIM_DAY;
		return;
	}
	/* days from civil and back, by the 400 years of the calendar */
	day += 719468;
	era = day / 146097;
	of_era = day - era * 146097;
	year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * of_year + 2) / 153;
	first = day - (of_year - (153 * month + 2) / 5) - 719468;
	year = year_of_era + era * 400 + (month >= 10 ? 1 : 0);
	month = month < 10 ? month + 3 : month - 9;
	next = month == 2 ? (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28)
	       : month == 4 || month == 6 || month == 9 || month == 11 ? 30
	                                                               : 31;
	*from = first * SIM_DAY;
	*to = (first + next) * SIM_DAY;
}

void sim_period_open(sim *s, size_t seller, market_time now)
{
	sim_seller *sel = &s->sellers.at[seller];
	market_time from, to;

	if (s->policy.manual || sel->period_open)
		return;
	sim_period_bounds(s, now, &from, &to);
	sel->period_open = true;
	sel->period_due = to;
}

static void make_available(sim *s, size_t seller, sim_transfer *t, int64_t amount, market_time now)
{
	sim_credit(t, "seller_available", NULL, amount);
	if (amount <= 0)
		return;
	sim_period_open(s, seller, now);
	sim_post(s, t);
}

/* SET-2 */
void sim_mature(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];

	for (size_t i = 0; i < s->lots.n; i++) {
		sim_lot *lot = &s->lots.at[i];
		sim_transfer t = sim_begin(o->id.book, now);
		const sim_limit *penalty = &s->sellers.at[o->seller].limits[MARKET_ACTION_PAYOUT_RESERVE];
		int64_t reserve, rate = s->policy.reserve;
		market_time until = rate > 0 ? now + s->policy.reserve_period : 0;
		size_t kept;

		if (lot->order != order || lot->kind != MARKET_LOT_EARNING || lot->matured_at != 0)
			continue;
		if (sim_seller_limited(s, o->seller, MARKET_ACTION_PAYOUT_RESERVE, now)) {
			rate = rate > SIM_PENALTY_RESERVE ? rate : SIM_PENALTY_RESERVE;
			until = until > penalty->until ? until : penalty->until;
		}
		reserve = sim_round(lot->remaining, rate, 1000000, s->policy.half_even);
		sim_debit(&t, "seller_pending", NULL, lot->remaining);
		sim_credit(&t, "seller_reserved", NULL, reserve);
		lot->remaining -= reserve;
		lot->matured_at = now;
		make_available(s, o->seller, &t, lot->remaining, now);
		if (reserve == 0)
			continue;
		kept = sim_lot_add(s, MARKET_LOT_RESERVE, o->seller, order, reserve);
		s->lots.at[kept].matures_at = until;
	}
	o->mature_at = 0;
	o->dirty = true;
}

void sim_release_reserve(sim *s, size_t lot, market_time now)
{
	sim_lot *l = &s->lots.at[lot];
	sim_transfer t = sim_begin(s->sellers.at[l->seller].id.id, now);

	sim_debit(&t, "seller_reserved", NULL, l->remaining);
	l->matured_at = now;
	make_available(s, l->seller, &t, l->remaining, now);
}

static int64_t open_sum(const sim *s, size_t seller, int64_t *count)
{
	int64_t sum = 0;

	*count = 0;
	for (size_t i = 0; i < s->lots.n; i++) {
		const sim_lot *lot = &s->lots.at[i];

		if (lot->seller != seller || lot->matured_at == 0 || lot->payout != SIM_NONE)
			continue;
		sum += lot->remaining;
		(*count)++;
	}
	return sum;
}

static size_t unfinished(const sim *s, size_t seller)
{
	for (size_t i = 0; i < s->payouts.n; i++)
		if (s->payouts.at[i].seller == seller &&
		    (s->payouts.at[i].state == MARKET_PAYOUT_SUBMITTED ||
		     s->payouts.at[i].state == MARKET_PAYOUT_FAILED))
			return i;
	return SIM_NONE;
}

/* ESC-7: what refunds under way need isn't paid out. */
bool sim_refunds_allow(sim *s, size_t seller, market_time now)
{
	sim_draw draw = {.seller = seller,
	                 .order = SIM_NONE,
	                 .limited = true,
	                 .paid_out = true,
	                 .look = true,
	                 .amount = s->sellers.at[seller].exposure};

	return sim_draw_from(s, NULL, &draw, now) == 0;
}

int sim_payout_create(sim *s, size_t seller, size_t *payout, market_time *again, market_time now)
{
	const sim_seller *sel = &s->sellers.at[seller];
	const int64_t book = sel->id.id;
	int64_t count, sum, available, owed;
	size_t i = unfinished(s, seller);
	sim_transfer t = sim_begin(book, now);
	sim_payout *p;
	int code;

	if (sel->state == MARKET_SELLER_SUSPENDED)
		return MARKET_ESTATE;
	if (!sel->account)
		return MARKET_EINCOMPLETE;
	if (sel->ready_at > now) {
		*again = sel->ready_at;
		return MARKET_EFROZEN;
	}
	if (i != SIM_NONE && s->payouts.at[i].state == MARKET_PAYOUT_SUBMITTED)
		return MARKET_EINFLIGHT;
	if (!sim_refunds_allow(s, seller, now))
		return MARKET_EINFLIGHT;
	sum = open_sum(s, seller, &count);
	if (sum <= 0 ||
	    (sel->state != MARKET_SELLER_CLOSING && !SIM_GONE(sel) && sum < s->policy.minimum))
		return MARKET_EFUNDS;
	available = sim_held(s, book, "seller_available");
	owed = sim_account_sum(s, book, "seller_receivable");
	if (available != sum + owed)
		sim_fail(s, "ACC-4: the model's lots sum up to %lld, its account to %lld", (long long)sum,
		         (long long)(available - owed));
	if (i == SIM_NONE) {
		i = SIM_ADD(s->payouts);
		s->payouts.at[i].seller = seller;
	}
	p = &s->payouts.at[i];
	p->state = MARKET_PAYOUT_SUBMITTED;
	p->attempt++;
	p->amount = sum;
	p->receivable = owed;
	p->lines = count;
	p->dirty = true;
	sim_debit(&t, "seller_available", NULL, available);
	sim_credit(&t, "seller_receivable", NULL, owed);
	sim_credit(&t, "payout_in_transit", NULL, sum);
	sim_post(s, &t);
	for (size_t k = 0; k < s->lots.n; k++)
		if (s->lots.at[k].seller == seller && s->lots.at[k].matured_at != 0 &&
		    s->lots.at[k].payout == SIM_NONE)
			s->lots.at[k].payout = i;
	sim_queue(s, MARKET_REQUEST_PAYOUT, SIM_OF_PAYOUT, i, 0, sum, now, &code);
	*payout = i;
	return 0;
}

void sim_payout_outcome(sim *s, size_t request, market_time now)
{
	const sim_request *r = &s->requests.at[request];
	sim_payout *p = &s->payouts.at[r->index];
	const int64_t book = s->sellers.at[p->seller].id.id;
	sim_transfer t = sim_begin(book, now);
	size_t lot;

	p->dirty = true;
	if (r->state == MARKET_REQUEST_OK && p->state == MARKET_PAYOUT_SUBMITTED) {
		p->state = MARKET_PAYOUT_PAID;
		sim_debit(&t, "payout_in_transit", NULL, p->amount);
		sim_credit(&t, "interbook:0", NULL, p->amount);
		sim_post(s, &t);
		sim_move(s, p->seller, -p->amount, now);
		s->paid_out++;
	} else if (r->state == MARKET_REQUEST_RETURNED && p->state == MARKET_PAYOUT_PAID) {
		p->state = MARKET_PAYOUT_RETURNED;
		lot = sim_lot_add(s, MARKET_LOT_RETURNED, p->seller, SIM_NONE, p->amount);
		s->lots.at[lot].matured_at = now;
		sim_debit(&t, "interbook:0", NULL, p->amount);
		sim_credit(&t, "seller_available", NULL, p->amount);
		sim_post(s, &t);
		sim_move(s, p->seller, p->amount, now);
		sim_period_open(s, p->seller, now);
	} else if (r->state != MARKET_REQUEST_OK && r->state != MARKET_REQUEST_RETURNED &&
	           p->state == MARKET_PAYOUT_SUBMITTED) {
		p->state = MARKET_PAYOUT_FAILED;
		sim_debit(&t, "payout_in_transit", NULL, p->amount);
		sim_credit(&t, "seller_available", NULL, p->amount);
		sim_post(s, &t);
		for (size_t k = 0; k < s->lots.n; k++)
			if (s->lots.at[k].payout == r->index)
				s->lots.at[k].payout = SIM_NONE;
		sim_period_open(s, p->seller, now);
	}
}

void sim_period_run(sim *s, size_t seller, market_time now)
{
	sim_seller *sel = &s->sellers.at[seller];
	market_time again = 0;
	size_t payout = SIM_NONE;
	int64_t count;
	int rc = sim_payout_create(s, seller, &payout, &again, now);

	if (again != 0) {
		sel->period_due = again;
		return;
	}
	sel->period_open = false;
	if (rc != 0 && open_sum(s, seller, &count) > 0)
		sim_period_open(s, seller, now);
}

/* LED-9: the platform's half follows. */
void sim_move(sim *s, size_t seller, int64_t amount, market_time now)
{
	size_t i = SIM_ADD(s->moves);

	s->moves.at[i] = (sim_move_row){.due_at = now, .seller = seller, .amount = amount};
}
