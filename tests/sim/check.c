/* Comparing what the market says with the model. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

static void same_lines(sim *s, const sim_order *o, const market_order *got);
static void learn_payments(sim *s, size_t group);
static void check_accounts(sim *s, int64_t book, bool seller);
static void check_balance(sim *s, size_t seller);
static void check_lots(sim *s, size_t seller);
static void check_ledger(sim *s);
static void check_order(sim *s, size_t order);

market_money sim_money(int64_t amount)
{
	return mk_money(amount, SIM_CURRENCY);
}

void sim_fail(sim *s, const char *format, ...)
{
	va_list args;

	if (s->failed)
		return;
	s->failed = true;
	va_start(args, format);
	vsnprintf(s->problem, sizeof(s->problem), format, args);
	va_end(args);
}

void sim_same(sim *s, const char *what, int64_t expected, int64_t got)
{
	s->checks++;
	if (expected != got)
		sim_fail(s, "%s: expected %lld, got %lld", what, (long long)expected, (long long)got);
}

void sim_same_money(sim *s, const char *what, int64_t expected, market_money got)
{
	sim_same(s, what, expected, got.amount);
	if (got.currency[0] && strcmp(got.currency, SIM_CURRENCY) != 0)
		sim_fail(s, "%s is in %s", what, got.currency);
}

void sim_same_id(sim *s, const char *what, market_id expected, market_id got)
{
	sim_same(s, what, expected.book, got.book);
	sim_same(s, what, expected.id, got.id);
}

void sim_same_order(sim *s, size_t order, const market_order *got)
{
	const sim_order *o = &s->orders.at[order];
	char text[MARKET_ID_TEXT_SIZE + 16];
	const struct {
		const char *name;
		int64_t expected, got;
	} all[] = {
		{"state", o->state, got->state},
		{"close_reason", o->close_reason, got->close_reason},
		{"items", o->items, got->items.amount},
		{"freight", o->freight, got->freight.amount},
		{"seller_discount", o->seller_discount, got->seller_discount.amount},
		{"promo", o->promo, got->promo.amount},
		{"cash", o->cash, got->cash.amount},
		{"escrow", o->escrow, got->escrow},
		{"funded", o->funded, got->funded.amount},
		{"released", o->released, got->released.amount},
		{"refunded_cash", o->refunded_cash, got->refunded_cash.amount},
		{"refunded_promo", o->refunded_promo, got->refunded_promo.amount},
		{"in_flight", o->in_flight, got->in_flight.amount},
		{"freight_refunded", o->freight_refunded, got->freight_refunded.amount},
		{"freezes", o->freezes, got->freezes},
		{"created_at", o->created_at, got->created_at},
		{"paid_at", o->paid_at, got->paid_at},
		{"shipped_at", o->shipped_at, got->shipped_at},
		{"delivered_at", o->delivered_at, got->delivered_at},
		{"finished_at", o->finished_at, got->finished_at},
		{"closed_at", o->closed_at, got->closed_at},
		{"pay_by", o->pay_by, got->pay_by},
		{"ship_by", o->ship_by, got->ship_by},
		{"cancel_at", o->cancel_at, got->cancel_at},
		{"confirm_at", o->confirm_at, got->confirm_at},
		{"release_at", o->release_at, got->release_at},
		{"mature_at", o->mature_at, got->mature_at},
		{"preparing_at", o->preparing_at, got->preparing_at},
		{"cancel_asked_at", o->cancel_asked_at, got->cancel_asked_at},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].expected != all[i].got)
			snprintf(text, sizeof(text), "%s of %s", all[i].name, sim_order_text(s, order));
		sim_same(s, all[i].expected != all[i].got ? text : "", all[i].expected, all[i].got);
	}
	sim_same_id(s, "buyer of an order", s->buyers.at[o->buyer], got->buyer);
	sim_same_id(s, "seller of an order", s->sellers.at[o->seller].id, got->seller);
	if (got->lines)
		same_lines(s, o, got);
}

static void same_lines(sim *s, const sim_order *o, const market_order *got)
{
	sim_same(s, "lines of an order", (int64_t)o->n_lines, (int64_t)got->n_lines);
	for (size_t i = 0; !s->failed && i < o->n_lines; i++) {
		const sim_line *l = &o->lines[i];
		const market_order_line *g = got->lines[i];

		sim_same_id(s, "sku of a line", s->skus.at[l->sku].id, g->sku);
		sim_same_id(s, "stock of a line", s->stocks.at[l->stock].id, g->stock);
		sim_same(s, "quantity of a line", l->quantity, g->quantity);
		sim_same_money(s, "price of a line", l->price, g->price);
		sim_same_money(s, "seller_discount of a line", l->seller_discount, g->seller_discount);
		sim_same_money(s, "promo of a line", l->promo, g->promo);
		sim_same_money(s, "cash of a line", l->cash, g->cash);
		sim_same(s, "shipped_quantity of a line", l->shipped, g->shipped_quantity);
		sim_same(s, "received_quantity of a line", l->received, g->received_quantity);
		sim_same(s, "refunded_quantity of a line", l->refunded, g->refunded_quantity);
		sim_same_money(s, "refunded_cash of a line", l->refunded_cash, g->refunded_cash);
		sim_same_money(s, "refunded_promo of a line", l->refunded_promo, g->refunded_promo);
		for (size_t k = 0; k < g->n_fees && k < s->policy.n_kinds; k++) {
			sim_same_money(s, "fee of a line", l->parts[2 * k].frozen, g->fees[k]->amount);
			sim_same_money(s, "tax of a line's fee", l->parts[2 * k + 1].frozen, g->fees[k]->tax);
		}
		if (s->session->actor.kind == MARKET_ACTOR_BUYER)
			continue; /* isn't shown who earns a part */
		sim_same_money(s, "split of a line", l->parts[2 * s->policy.n_kinds].frozen,
		               g->n_splits > 0 ? g->splits[0]->amount : sim_money(0));
	}
}

void sim_same_payment(sim *s, size_t payment, const market_payment *got)
{
	sim_payment *p = &s->payments.at[payment];

	sim_same(s, "state of a payment", p->state, got->state);
	sim_same_money(s, "amount of a payment", p->amount, got->amount);
	sim_same(s, "attempt of a payment", p->attempt, got->attempt);
	sim_same_money(s, "fee of a payment", p->fee, got->fee);
	sim_same(s, "settled_at of a payment", p->settled_at, got->settled_at);
	sim_same(s, "captured_at of a payment", p->captured_at, got->captured_at);
	sim_same(s, "shares of a payment", (int64_t)p->n_shares, (int64_t)got->n_shares);
	for (size_t i = 0; !s->failed && i < p->n_shares; i++) {
		sim_share *h = &p->shares[i];
		const market_share *g = got->shares[i];

		h->id = g->id;
		sim_same_id(s, "order of a share", s->orders.at[h->order].id, g->order);
		sim_same_money(s, "amount of a share", h->amount, g->amount);
		sim_same_money(s, "captured of a share", h->captured, g->captured);
		sim_same_money(s, "refunded of a share", h->refunded, g->refunded);
		sim_same_money(s, "in_flight of a share", h->in_flight, g->in_flight);
		sim_same_money(s, "payable of a share", h->payable, g->payable);
		sim_same_money(s, "returned of a share", h->returned, g->returned);
		sim_same_money(s, "fee of a share", h->fee, g->fee);
		sim_same_money(s, "settled of a share", h->settled, g->settled);
	}
}

void sim_same_refund(sim *s, size_t refund, const market_refund *got)
{
	const sim_refund *r = &s->refunds.at[refund];

	sim_same_id(s, "order of a refund", s->orders.at[r->order].id, got->order);
	sim_same(s, "state of a refund", r->state, got->state);
	sim_same_money(s, "cash of a refund", r->cash, got->cash);
	sim_same_money(s, "promo of a refund", r->promo, got->promo);
	sim_same_money(s, "freight of a refund", r->freight, got->freight);
	sim_same(s, "released of a refund", r->released, got->released != 0);
	sim_same_money(s, "from_pending of a refund", r->from_pending, got->from_pending);
	sim_same_money(s, "from_reserved of a refund", r->from_reserved, got->from_reserved);
	sim_same_money(s, "from_available of a refund", r->from_available, got->from_available);
	sim_same_money(s, "from_receivable of a refund", r->from_receivable, got->from_receivable);
	sim_same(s, "items of a refund", (int64_t)r->n_items, (int64_t)got->n_items);
	for (size_t i = 0; !s->failed && i < r->n_items; i++) {
		sim_same(s, "quantity of a refund's item", r->items[i].quantity, got->items[i]->quantity);
		sim_same_money(s, "cash of a refund's item", r->items[i].cash, got->items[i]->cash);
		sim_same_money(s, "promo of a refund's item", r->items[i].promo, got->items[i]->promo);
	}
}

void sim_same_payout(sim *s, size_t payout, const market_payout *got)
{
	const sim_payout *p = &s->payouts.at[payout];

	size_t request = sim_latest(s, MARKET_REQUEST_PAYOUT, SIM_OF_PAYOUT, payout, 0);
	bool unknown = p->state == MARKET_PAYOUT_SUBMITTED && request != SIM_NONE &&
	               s->requests.at[request].state == MARKET_REQUEST_UNKNOWN;

	sim_same(s, "state of a payout", unknown ? MARKET_PAYOUT_UNKNOWN : p->state, got->state);
	sim_same_money(s, "amount of a payout", p->amount, got->amount);
	sim_same_money(s, "receivable of a payout", p->receivable, got->receivable);
	sim_same(s, "lines of a payout", p->lines, got->lines);
	sim_same(s, "attempt of a payout", p->attempt, got->attempt);
}

void sim_same_stock(sim *s, size_t stock, const market_stock *got)
{
	const sim_stock *k = &s->stocks.at[stock];

	sim_same_id(s, "stock", k->id, got->id);
	sim_same(s, "on_hand of a stock", k->on_hand, got->on_hand);
	sim_same(s, "reserved of a stock", k->reserved, got->reserved);
	sim_same(s, "sold of a stock", k->sold, got->sold);
	sim_same(s, "available of a stock", k->on_hand - k->reserved, got->available);
	sim_same(s, "low_at of a stock", k->low_at, got->low_at);
}

static void check_order(sim *s, size_t order)
{
	market_order_get_params in = MARKET_ORDER_GET_PARAMS_INIT;
	market_order *got;

	in.order = s->orders.at[order].id;
	got = sim_read(s, "order.get", &in);
	if (got)
		sim_same_order(s, order, got);
	sim_free(got);
}

/* What the market made by itself gets its identifier here. */
static void learn_payments(sim *s, size_t group)
{
	market_payment_list_params in = MARKET_PAYMENT_LIST_PARAMS_INIT;
	market_payment_page *page;
	size_t n = 0;

	in.group = s->groups.at[group].id;
	page = sim_read(s, "payment.list", &in);
	if (!page)
		return;
	for (size_t i = 0; i < s->payments.n; i++) {
		if (s->payments.at[i].group != group)
			continue;
		if (n < page->n_items)
			s->payments.at[i].id = page->items[n]->id;
		n++;
	}
	sim_same(s, "payments of a checkout", (int64_t)n, (int64_t)page->n_items);
	sim_free(page);
}

static void learn_refunds(sim *s, size_t order)
{
	market_refund_list_params in = MARKET_REFUND_LIST_PARAMS_INIT;
	market_refund_page *page;
	size_t n = 0;

	in.order = s->orders.at[order].id;
	page = sim_read(s, "refund.list", &in);
	if (!page)
		return;
	for (size_t i = 0; i < s->refunds.n; i++) {
		if (s->refunds.at[i].order != order)
			continue;
		if (n < page->n_items)
			s->refunds.at[i].id = page->items[n]->id;
		n++;
	}
	sim_same(s, "refunds of an order", (int64_t)n, (int64_t)page->n_items);
	sim_free(page);
}

static void check_payment(sim *s, size_t payment)
{
	market_payment_get_params in = MARKET_PAYMENT_GET_PARAMS_INIT;
	market_payment *got;

	if (s->payments.at[payment].id.id == 0)
		learn_payments(s, s->payments.at[payment].group);
	in.payment = s->payments.at[payment].id;
	got = sim_read(s, "payment.get", &in);
	if (got)
		sim_same_payment(s, payment, got);
	sim_free(got);
}

static void check_refund(sim *s, size_t refund)
{
	market_refund_get_params in = MARKET_REFUND_GET_PARAMS_INIT;
	market_refund *got;

	if (s->refunds.at[refund].id.id == 0)
		learn_refunds(s, s->refunds.at[refund].order);
	in.refund = s->refunds.at[refund].id;
	got = sim_read(s, "refund.get", &in);
	if (got)
		sim_same_refund(s, refund, got);
	sim_free(got);
}

static void check_payout(sim *s, size_t payout)
{
	market_payout_get_params in = MARKET_PAYOUT_GET_PARAMS_INIT;
	market_payout *got;

	in.payout = s->payouts.at[payout].id;
	if (in.payout.id == 0) /* it isn't sent yet: the list has it */
		return;
	got = sim_read(s, "payout.get", &in);
	if (got)
		sim_same_payout(s, payout, got);
	sim_free(got);
}

static void check_stock(sim *s, size_t stock)
{
	market_stock_list_params in = MARKET_STOCK_LIST_PARAMS_INIT;
	market_stock_page *page;
	size_t n = 0;

	in.sku = s->skus.at[s->stocks.at[stock].sku].id;
	page = sim_read(s, "stock.list", &in);
	for (size_t i = 0; page && i < s->stocks.n; i++) {
		if (s->stocks.at[i].sku != s->stocks.at[stock].sku)
			continue;
		if (n < page->n_items)
			sim_same_stock(s, i, page->items[n]);
		s->stocks.at[i].dirty = false;
		n++;
	}
	if (page)
		sim_same(s, "stocks of a sku", (int64_t)n, (int64_t)page->n_items);
	sim_free(page);
}

static void check_balance(sim *s, size_t seller)
{
	market_balance_get_params in = MARKET_BALANCE_GET_PARAMS_INIT;
	const int64_t book = s->sellers.at[seller].id.id;
	int64_t pending = sim_held(s, book, "seller_pending");
	int64_t reserved = sim_held(s, book, "seller_reserved");
	int64_t available = sim_held(s, book, "seller_available");
	int64_t transit = sim_held(s, book, "payout_in_transit");
	int64_t owed = sim_account_sum(s, book, "seller_receivable");
	market_balance *got;

	in.seller = s->sellers.at[seller].id;
	got = sim_read(s, "balance.get", &in);
	if (!got)
		return;
	sim_same_money(s, "balance pending", pending, got->pending);
	sim_same_money(s, "balance reserved", reserved, got->reserved);
	sim_same_money(s, "balance available", available, got->available);
	sim_same_money(s, "balance in payout", transit, got->in_payout);
	sim_same_money(s, "balance receivable", owed, got->receivable);
	sim_same_money(s, "balance net", pending + reserved + available + transit - owed, got->net);
	sim_free(got);
}

#define CLEAN(list, check) \
	for (size_t i = 0; !s->failed && i < s->list.n; i++) \
		if (s->list.at[i].dirty) { \
			check(s, i); \
			s->list.at[i].dirty = false; \
		}

void sim_check_touched(sim *s)
{
	const market_actor actor = s->session->actor;

	if (s->failed)
		return;
	sim_as_operator(s);
	for (size_t i = 0; i < s->orders.n; i++)
		if (s->orders.at[i].dirty)
			check_balance(s, s->orders.at[i].seller);
	CLEAN(orders, check_order)
	CLEAN(payments, check_payment)
	CLEAN(refunds, check_refund)
	CLEAN(payouts, check_payout)
	CLEAN(stocks, check_stock)
	sim_as(s, actor.kind, actor.id);
}

/* ---- everything ---- */

static sim_account account_in(const sim *s, int64_t book, const char *name)
{
	for (size_t i = 0; i < s->accounts.n; i++)
		if (s->accounts.at[i].book == book && strcmp(s->accounts.at[i].name, name) == 0)
			return s->accounts.at[i];
	return (sim_account){0};
}

/* LED-1: each account's sums, to the unit. */
static void check_accounts(sim *s, int64_t book, bool seller)
{
	market_ledger_account_list_params in = MARKET_LEDGER_ACCOUNT_LIST_PARAMS_INIT;
	const int64_t limit = 100;
	char after[64] = "", text[128];
	size_t n = 0, expected = 0;
	bool more = true;

	if (seller)
		in.seller = (market_id){book, book};
	else if (book != 0)
		in.buyer = (market_id){book, book};
	in.limit = &limit;
	while (more && !s->failed) {
		market_account_page *page = sim_read(s, "ledger.account.list", &in);

		more = page && page->next;
		for (size_t i = 0; page && i < page->n_items; i++) {
			const market_account *got = page->items[i];
			const sim_account own = account_in(s, book, got->name);

			snprintf(text, sizeof(text), "%.80s of book %lld", got->name, (long long)book);
			sim_same_money(s, text, own.debit, got->debits_posted);
			sim_same_money(s, text, own.credit, got->credits_posted);
			sim_same_money(s, text, own.held_debit, got->debits_pending);
			sim_same_money(s, text, own.held_credit, got->credits_pending);
			n += own.debit != 0 || own.credit != 0;
		}
		if (more)
			snprintf(after, sizeof(after), "%s", page->next);
		in.after = after;
		sim_free(page);
	}
	for (size_t i = 0; i < s->accounts.n; i++)
		expected += s->accounts.at[i].book == book &&
		            (s->accounts.at[i].debit != 0 || s->accounts.at[i].credit != 0);
	sim_same(s, "accounts of a book", (int64_t)expected, (int64_t)n);
}

/* ACC-4: the lines of the next payout. */
static void check_lots(sim *s, size_t seller)
{
	market_lot_list_params in = MARKET_LOT_LIST_PARAMS_INIT;
	const int64_t limit = 100;
	market_lot_page *page;
	size_t n = 0;

	in.seller = s->sellers.at[seller].id;
	in.limit = &limit;
	page = sim_read(s, "lot.list", &in);
	for (size_t i = 0; page && i < s->lots.n && n < page->n_items; i++) {
		const sim_lot *lot = &s->lots.at[i];

		if (lot->seller != seller || lot->matured_at == 0 || lot->payout != SIM_NONE)
			continue;
		sim_same(s, "kind of a lot", lot->kind, page->items[n]->kind);
		sim_same_money(s, "amount of a lot", lot->amount, page->items[n]->amount);
		sim_same_money(s, "remaining of a lot", lot->remaining, page->items[n]->remaining);
		sim_same(s, "matured_at of a lot", lot->matured_at, page->items[n]->matured_at);
		n++;
	}
	sim_free(page);
}

static void check_ledger(sim *s)
{
	market_ledger_verify_params in = MARKET_LEDGER_VERIFY_PARAMS_INIT;
	market_ledger_report *report = sim_read(s, "ledger.verify", &in);

	if (report && report->result == MARKET_LEDGER_BROKEN)
		sim_fail(s, "the ledger is broken: %s %s", report->place, report->problem);
	sim_free(report);
}

static void check_payouts(sim *s, size_t seller)
{
	market_payout_list_params in = MARKET_PAYOUT_LIST_PARAMS_INIT;
	const int64_t limit = 100;
	market_payout_page *page;
	size_t n = 0;

	in.seller = s->sellers.at[seller].id;
	in.limit = &limit;
	page = sim_read(s, "payout.list", &in);
	for (size_t i = 0; page && i < s->payouts.n && n < page->n_items; i++)
		if (s->payouts.at[i].seller == seller)
			sim_same_payout(s, i, page->items[n++]);
	sim_free(page);
}

void sim_check_all(sim *s)
{
	if (s->failed)
		return;
	sim_as_operator(s);
	for (size_t i = 0; !s->failed && i < s->orders.n; i++)
		check_order(s, i);
	for (size_t i = 0; !s->failed && i < s->stocks.n; i++)
		check_stock(s, i);
	for (size_t i = 0; !s->failed && i < s->sellers.n; i++) {
		check_balance(s, i);
		check_accounts(s, s->sellers.at[i].id.id, true);
		check_lots(s, i);
		check_payouts(s, i);
	}
	for (size_t i = 0; !s->failed && i < s->buyers.n; i++)
		check_accounts(s, s->buyers.at[i].id, false);
	check_accounts(s, 0, false);
	check_ledger(s);
	sim_check_authorisations(s);
	sim_check_identities(s);
	sim_check_submissions(s);
	sim_check_deposits(s);
	sim_check_service_fees(s);
}
