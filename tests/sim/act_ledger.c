/* LED: what operators post by hand in the platform's book, holds, moves and second persons. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

enum { TWO_PERSONS = 1000000, N_ACCOUNTS = 6, FIRST_LIMITED = 3 };

/* Those from FIRST_LIMITED on are liabilities, which never go below zero. */
static const char *const accounts[N_ACCOUNTS] = {
	"bank",         "compensation_expense", "chargeback_loss", "goods_tax_payable",
	"fee_deferred", "withheld_tax_payable"};

static bool affords(const sim *s, int account, int64_t amount)
{
	return account < FIRST_LIMITED ||
	       sim_held(s, 0, accounts[account]) - sim_pending(s, 0, accounts[account]) >= amount;
}

static void post(sim *s, int debit, int credit, int64_t amount, market_time now)
{
	sim_transfer t = sim_begin(0, now);

	sim_debit(&t, accounts[debit], NULL, amount);
	sim_credit(&t, accounts[credit], NULL, amount);
	sim_post(s, &t);
}

static void hold(sim *s, const sim_by_hand *h, int64_t sign)
{
	sim_hold(s, 0, accounts[h->debit], sign * h->amount, 0);
	sim_hold(s, 0, accounts[h->credit], 0, sign * h->amount);
}

void sim_hold_end(sim *s, size_t index)
{
	sim_by_hand *h = &s->by_hand.at[index];

	if (h->ended == 0) {
		hold(s, h, -1);
		h->ended = MARKET_TRANSFER_EXPIRE;
	}
	h->due_at = 0;
}

/* Two legs as they are asked for. */
typedef struct asked {
	market_leg_params legs[2];
	const market_leg_params *list[2];
} asked;

static void ask(asked *a, int debit, int credit, int64_t out, int64_t in)
{
	a->legs[0] = (market_leg_params){
		.size = sizeof(a->legs[0]), .account = accounts[debit], .debit = sim_money(out)};
	a->legs[1] = (market_leg_params){
		.size = sizeof(a->legs[1]), .account = accounts[credit], .credit = sim_money(in)};
	a->list[0] = &a->legs[0];
	a->list[1] = &a->legs[1];
}

static void choose(sim *s, sim_by_hand *h)
{
	*h = (sim_by_hand){.debit = (int)sim_below(s, N_ACCOUNTS)};
	h->credit = (h->debit + 1 + (int)sim_below(s, N_ACCOUNTS - 1)) % N_ACCOUNTS;
	h->amount = 1 + sim_below(s, 3000);
	h->client = (int64_t)++s->next_key;
}

static void learn(sim *s, const sim_by_hand *h, market_id id)
{
	size_t i = SIM_ADD(s->by_hand);

	s->by_hand.at[i] = *h;
	s->by_hand.at[i].id = id;
}

/* From the sum on it waits for a second person, if it could be posted now. */
static void learn_request(sim *s, const sim_by_hand *h, market_id id)
{
	size_t i = SIM_ADD(s->second);

	s->second.at[i] = (sim_second){.id = id,
	                               .posting = *h,
	                               .state = MARKET_LEDGER_REQUEST_WAITING,
	                               .expires_at = s->now + 7 * SIM_DAY};
}

static void transfer_new(sim *s)
{
	market_ledger_transfer_params in = MARKET_LEDGER_TRANSFER_PARAMS_INIT;
	char client[40];
	sim_by_hand h;
	asked a;
	void *out;
	int expected = 0;
	bool wrong = sim_chance(s, 3), big;

	choose(s, &h);
	h.kind = sim_chance(s, 60) ? MARKET_TRANSFER_DIRECT : MARKET_TRANSFER_PENDING;
	if (h.kind == MARKET_TRANSFER_DIRECT && sim_chance(s, 8))
		h.amount += TWO_PERSONS;
	big = h.amount >= TWO_PERSONS;
	if (h.kind == MARKET_TRANSFER_PENDING && sim_chance(s, 70))
		h.due_at = in.expires_at =
			s->now + 1 + sim_below(s, sim_chance(s, 50) ? SIM_MINUTE : 3 * SIM_DAY);
	ask(&a, h.debit, h.credit, h.amount, h.amount + wrong);
	snprintf(client, sizeof(client), "hand:%lld", (long long)h.client);
	in.client_id = client;
	in.kind = h.kind;
	in.legs = a.list;
	in.n_legs = 2;
	if (wrong)
		expected = MARKET_EUNBALANCED;
	else if (!affords(s, h.debit, h.amount))
		expected = MARKET_EFUNDS;
	if (expected == 0 && !big) {
		if (h.kind == MARKET_TRANSFER_DIRECT)
			post(s, h.debit, h.credit, h.amount, s->now);
		else
			hold(s, &h, 1);
	}
	if (sim_run(s, "ledger.transfer", &in, &out, expected)) {
		const market_transfer *got = out;

		sim_same(s, "a posting that waits for a second person", big, got->request.id != 0);
		if (big)
			learn_request(s, &h, got->request);
		else
			learn(s, &h, got->id);
	}
	sim_free(out);
}

static size_t any_posting(sim *s, int32_t kind, int32_t other)
{
	size_t found = SIM_NONE;

	for (int tries = 0; s->by_hand.n > 0 && found == SIM_NONE && tries < 10; tries++) {
		size_t i = (size_t)sim_below(s, (int64_t)s->by_hand.n);

		if (s->by_hand.at[i].kind == kind || s->by_hand.at[i].kind == other)
			found = i;
	}
	return found;
}

/* LED-3: a hold ends once; what was posted is reversed once. */
static int end_posting(sim *s, sim_by_hand *h, int32_t kind, market_time now)
{
	if (kind == MARKET_TRANSFER_REVERSAL) {
		if (h->ended != 0)
			return MARKET_ESTATE;
		if (!affords(s, h->credit, h->amount))
			return MARKET_EFUNDS;
		post(s, h->credit, h->debit, h->amount, now);
		h->ended = kind;
		return 0;
	}
	if (h->ended != 0)
		return h->ended == MARKET_TRANSFER_EXPIRE ? MARKET_EEXPIRED : MARKET_ESTATE;
	if (kind == MARKET_TRANSFER_POST && h->due_at != 0 && now >= h->due_at)
		return MARKET_EEXPIRED;
	hold(s, h, -1);
	if (kind == MARKET_TRANSFER_POST)
		post(s, h->debit, h->credit, h->amount, now);
	h->ended = kind;
	h->due_at = 0;
	return 0;
}

static void transfer_end(sim *s)
{
	market_ledger_transfer_params in = MARKET_LEDGER_TRANSFER_PARAMS_INIT;
	bool reverse = sim_chance(s, 40);
	size_t i = reverse ? any_posting(s, MARKET_TRANSFER_DIRECT, MARKET_TRANSFER_POST)
	                   : any_posting(s, MARKET_TRANSFER_PENDING, 0);
	sim_by_hand end;
	char client[40];
	void *out;
	int rc;

	for (size_t k = 0; !reverse && k < s->by_hand.n; k++)
		if (s->by_hand.at[k].due_at != 0 && s->by_hand.at[k].due_at <= s->now)
			i = k; /* its time is over and nobody has looked */
	if (i == SIM_NONE)
		return;
	in.kind = reverse             ? MARKET_TRANSFER_REVERSAL
	          : sim_chance(s, 50) ? MARKET_TRANSFER_POST
	                              : MARKET_TRANSFER_VOID;
	in.pending = s->by_hand.at[i].id;
	end = s->by_hand.at[i];
	end.client = (int64_t)++s->next_key;
	end.kind = in.kind;
	end.ended = 0;
	end.due_at = 0;
	snprintf(client, sizeof(client), "hand:%lld", (long long)end.client);
	in.client_id = client;
	rc = end_posting(s, &s->by_hand.at[i], in.kind, s->now);
	if (sim_run(s, "ledger.transfer", &in, &out, rc))
		learn(s, &end, ((market_transfer *)out)->id);
	sim_free(out);
}

/* LED-2: the same id and content is the first transfer; other content is refused. */
static void transfer_same(sim *s)
{
	market_ledger_transfer_params in = MARKET_LEDGER_TRANSFER_PARAMS_INIT;
	size_t i = any_posting(s, MARKET_TRANSFER_DIRECT, 0);
	bool other = sim_chance(s, 50);
	const sim_by_hand *h;
	char client[40];
	asked a;
	void *out;

	if (i == SIM_NONE)
		return;
	h = &s->by_hand.at[i];
	ask(&a, h->debit, h->credit, h->amount + other, h->amount + other);
	snprintf(client, sizeof(client), "%s:%lld", h->adjustment ? "adjustment" : "hand",
	         (long long)h->client);
	in.client_id = client;
	in.legs = a.list;
	in.n_legs = 2;
	if (h->adjustment)
		in.reason = "counted";
	if (sim_run(s, "ledger.transfer", &in, &out, other ? MARKET_EKEYREUSED : 0))
		sim_same_id(s, "a transfer posted again", h->id, ((market_transfer *)out)->id);
	sim_free(out);
}

static void transfer(sim *s)
{
	if (sim_chance(s, 50))
		transfer_new(s);
	else if (sim_chance(s, 80))
		transfer_end(s);
	else
		transfer_same(s);
}

/* LED-4: all or nothing; the later sees what the earlier did. */
static void batch(sim *s)
{
	market_ledger_batch_params in = MARKET_LEDGER_BATCH_PARAMS_INIT;
	market_transfer_params transfers[2] = {MARKET_TRANSFER_PARAMS_INIT,
	                                       MARKET_TRANSFER_PARAMS_INIT};
	const market_transfer_params *const list[] = {&transfers[0], &transfers[1]};
	char clients[2][40];
	sim_by_hand h[2];
	asked a[2];
	void *out;
	int expected = 0;

	for (size_t i = 0; i < 2; i++) {
		choose(s, &h[i]);
		ask(&a[i], h[i].debit, h[i].credit, h[i].amount, h[i].amount);
		snprintf(clients[i], sizeof(clients[i]), "hand:%lld", (long long)h[i].client);
		transfers[i].client_id = clients[i];
		transfers[i].legs = a[i].list;
		transfers[i].n_legs = 2;
	}
	in.transfers = list;
	in.n_transfers = 2;
	for (size_t i = 0; expected == 0 && i < 2; i++) {
		if (affords(s, h[i].debit, h[i].amount)) {
			post(s, h[i].debit, h[i].credit, h[i].amount, s->now);
			continue;
		}
		expected = MARKET_EFUNDS;
		if (i == 1)
			sim_take_back(s, 0, accounts[h[0].debit], accounts[h[0].credit], h[0].amount);
	}
	sim_run(s, "ledger.batch", &in, &out, expected);
	sim_free(out);
}

static void adjust(sim *s)
{
	market_ledger_adjust_params in = MARKET_LEDGER_ADJUST_PARAMS_INIT;
	char client[40];
	sim_by_hand h;
	asked a;
	void *out;
	int expected = 0;

	choose(s, &h);
	h.kind = MARKET_TRANSFER_DIRECT;
	h.adjustment = true;
	ask(&a, h.debit, h.credit, h.amount, h.amount);
	snprintf(client, sizeof(client), "%lld", (long long)h.client);
	in.client_id = client;
	in.legs = a.list;
	in.n_legs = 2;
	in.reason = "counted";
	if (!affords(s, h.debit, h.amount))
		expected = MARKET_EFUNDS;
	else
		post(s, h.debit, h.credit, h.amount, s->now);
	if (sim_run(s, "ledger.adjust", &in, &out, expected))
		learn(s, &h, ((market_transfer *)out)->id);
	sim_free(out);
}

/* LED-9: the platform's expense becomes a seller's deferred fee. */
static void move(sim *s)
{
	market_ledger_move_params in = MARKET_LEDGER_MOVE_PARAMS_INIT;
	size_t seller = (size_t)sim_below(s, (int64_t)s->sellers.n), i = 0;
	int64_t amount = sim_chance(s, 5) ? 0 : 1 + sim_below(s, 2000);
	sim_transfer t = sim_begin(0, s->now);
	char client[40], name[64];
	void *out;

	snprintf(client, sizeof(client), "hand:%llu", (unsigned long long)++s->next_key);
	snprintf(name, sizeof(name), "interbook:%lld", (long long)s->sellers.at[seller].id.id);
	in.client_id = client;
	in.from_account = "compensation_expense";
	in.to_seller = s->sellers.at[seller].id;
	in.to_account = "fee_deferred";
	in.amount = sim_money(amount);
	in.reason = "kindness";
	if (amount > 0) {
		sim_debit(&t, "compensation_expense", NULL, amount);
		sim_credit(&t, name, NULL, amount);
		sim_post(s, &t);
		i = SIM_ADD(s->moves);
		s->moves.at[i] =
			(sim_move_row){.due_at = s->now, .seller = seller, .amount = amount, .by_hand = true};
	}
	if (sim_run(s, "ledger.move", &in, &out, amount > 0 ? 0 : MARKET_ELIMIT))
		s->moves.at[i].id = ((market_transfer *)out)->id;
	sim_free(out);
}

static void finish_move(sim *s)
{
	market_ledger_move_finish_params in = MARKET_LEDGER_MOVE_FINISH_PARAMS_INIT;
	size_t i = SIM_NONE;
	void *out;

	for (size_t k = 0; k < s->moves.n; k++)
		if (s->moves.at[k].by_hand)
			i = k;
	if (i == SIM_NONE)
		return;
	in.transfer = s->moves.at[i].id;
	s->moves.at[i].due_at = s->now;
	sim_move_finish(s, i);
	sim_run(s, "ledger.move.finish", &in, &out, 0);
	sim_free(out);
}

static void expire_hold(sim *s)
{
	market_ledger_hold_expire_params in = MARKET_LEDGER_HOLD_EXPIRE_PARAMS_INIT;
	size_t i = any_posting(s, MARKET_TRANSFER_PENDING, 0);
	const sim_by_hand *h;
	bool late;
	void *out;

	if (i == SIM_NONE)
		return;
	h = &s->by_hand.at[i];
	if (h->ended != 0 && h->ended != MARKET_TRANSFER_EXPIRE)
		return;
	late = h->ended != 0 || (h->due_at != 0 && h->due_at <= s->now);
	in.transfer = h->id;
	if (late)
		sim_hold_end(s, i);
	sim_run(s, "ledger.hold.expire", &in, &out, late ? 0 : MARKET_ESTATE);
	sim_free(out);
}

static void write_off(sim *s)
{
	market_ledger_write_off_params in = MARKET_LEDGER_WRITE_OFF_PARAMS_INIT;
	size_t i = (size_t)sim_below(s, (int64_t)s->sellers.n), lot;
	const int64_t book = s->sellers.at[i].id.id;
	int64_t owed = sim_account_sum(s, book, "seller_receivable");
	int64_t amount = 1 + sim_below(s, (owed > 0 ? owed : 10) + (owed > 0 ? 1 : 0));
	sim_transfer t = sim_begin(book, s->now);
	char client[40];
	void *out;
	int expected = 0;

	snprintf(client, sizeof(client), "%llu", (unsigned long long)++s->next_key);
	in.seller = s->sellers.at[i].id;
	in.client_id = client;
	in.amount = sim_money(amount);
	in.reason = "gone";
	if (amount >= TWO_PERSONS)
		return;
	if (owed < amount)
		expected = MARKET_EFUNDS;
	else if (s->now - s->sellers.at[i].owes_since < 180 * SIM_DAY)
		expected = MARKET_ESTATE;
	if (expected == 0) {
		sim_debit(&t, "bad_debt", NULL, amount);
		sim_credit(&t, "seller_receivable", NULL, amount);
		sim_post(s, &t);
		lot = sim_lot_add(s, MARKET_LOT_ADJUSTMENT, i, SIM_NONE, amount);
		s->lots.at[lot].matured_at = s->now;
		sim_period_open(s, i, s->now);
	}
	sim_run(s, "ledger.write_off", &in, &out, expected);
	sim_free(out);
}

/* LED-10 */
static void decide(sim *s, bool approve)
{
	market_ledger_request_approve_params in = MARKET_LEDGER_REQUEST_APPROVE_PARAMS_INIT;
	market_ledger_request_reject_params no = MARKET_LEDGER_REQUEST_REJECT_PARAMS_INIT;
	market_actor second = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "second", .rights = MARKET_RIGHT_ALL};
	bool own = sim_chance(s, 15);
	sim_second *q;
	size_t i;
	void *out;
	int expected = 0;

	if (s->second.n == 0)
		return;
	i = (size_t)sim_below(s, (int64_t)s->second.n);
	q = &s->second.at[i];
	if (q->state == MARKET_LEDGER_REQUEST_WAITING && q->expires_at <= s->now)
		q->state = MARKET_LEDGER_REQUEST_EXPIRED;
	in.request = no.request = q->id;
	no.note = "no";
	if (approve && own)
		expected = MARKET_EDENIED;
	else if (q->state != MARKET_LEDGER_REQUEST_WAITING)
		expected = MARKET_ESTATE;
	else if (approve && !affords(s, q->posting.debit, q->posting.amount))
		expected = MARKET_EFUNDS;
	if (expected == 0) {
		q->state = approve ? MARKET_LEDGER_REQUEST_APPROVED : MARKET_LEDGER_REQUEST_REJECTED;
		if (approve)
			post(s, q->posting.debit, q->posting.credit, q->posting.amount, s->now);
	}
	if (!own && market_session_act_as(s->session, &second, &s->err) != 0)
		sim_fail(s, "the second person can't act");
	if (sim_run(s, approve ? "ledger.request.approve" : "ledger.request.reject",
	            approve ? (void *)&in : (void *)&no, &out, expected))
		sim_same(s, "state of a ledger request", q->state, ((market_ledger_request *)out)->state);
	sim_free(out);
	sim_as_operator(s);
}

static void approve(sim *s)
{
	decide(s, true);
}

static void reject(sim *s)
{
	decide(s, false);
}

const sim_action sim_ledger_actions[] = {
	{"ledger.transfer", transfer, 12},      {"ledger.batch", batch, 3},
	{"ledger.adjust", adjust, 2},           {"ledger.move", move, 2},
	{"ledger.move.finish", finish_move, 1}, {"ledger.hold.expire", expire_hold, 1},
	{"ledger.write_off", write_off, 1},     {"ledger.request.approve", approve, 2},
	{"ledger.request.reject", reject, 1},   {NULL, NULL, 0},
};
