/* A process of the crowd: threads that do whatever there is to do. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmarket/base/clock.h"
#include "tests/chaos/chaos.h"

#define HOT 24 /* the newest orders, which all fight for */
#define PATIENCE_US 60000000
#define SPEED 60

static market_time ahead_by;

static market_time run_clock(void *user_data);
static void run_log(int32_t level, const char *message, void *user_data);
static void *run_thread(void *data);
static void step(chaos_thread *t);
static void compose_place(chaos_thread *t, chaos_call *out);
static void compose_transfer(chaos_thread *t, chaos_call *out);
static void compose_payout(chaos_thread *t, chaos_call *out);
static void compose_for_order(chaos_thread *t, const chaos_order *order, chaos_call *out);
static const chaos_order *pick_order(chaos_thread *t);
static const char *own_key(chaos_thread *t, char out[60]);
static void publish(chaos_thread *t, const chaos_call *made);
static void say_again(chaos_thread *t, const chaos_call *made, int rc);
static void work(chaos_thread *t);
static void checkpoint(chaos_thread *t);

void chaos_work(chaos *c, int number, int generation)
{
	chaos_thread threads[CHAOS_PROCESSES];
	fault_market owner;
	char path[400];
	int file;

	if (!chaos_open(c, &owner, 0))
		return;
	chaos_path(path, c, "acknowledged", number);
	file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	fault_check(file >= 0, "%s", path);
	for (int i = 0; i < c->threads; i++) {
		threads[i] = (chaos_thread){.c = c, .process = number, .generation = generation};
		threads[i].number = i;
		threads[i].file = file;
		threads[i].m.market = owner.market;
		threads[i].random =
			fault_seed() + (uint64_t)(number * 1000003 + generation * 1009 + i * 101);
		pthread_create(&threads[i].id, NULL, run_thread, &threads[i]);
	}
	for (int i = 0; i < c->threads; i++)
		pthread_join(threads[i].id, NULL);
	close(file);
	fault_close(&owner);
}

bool chaos_open(chaos *c, fault_market *m, market_time ahead)
{
	market_options options = MARKET_OPTIONS_INIT;
	int64_t until = fault_now_us() + PATIENCE_US;
	int rc;

	memset(m, 0, sizeof(*m));
	ahead_by = ahead;
	options.clock = run_clock;
	options.log = run_log;
	options.user_data = c;
	do {
		rc = market_open(c->store->url, &options, &m->market, &m->err);
	} while (rc == MARKET_EBUSY && fault_now_us() < until);
	if (rc == 0)
		rc = market_session_open(m->market, NULL, &m->session, &m->err);
	return fault_check(rc == 0, "open: %s: %s", market_error_name(rc), m->err.message) &&
	       chaos_register(c, m);
}

void chaos_path(char out[400], const chaos *c, const char *name, int number)
{
	snprintf(out, 400, "%.300s/%s%s-%s-%d", fault_folder(), c->store->postgres ? "pg" : "lite",
	         c->batches ? "-batches" : "", name, number);
}

int chaos_send(chaos *c, fault_market *m, const char *actor, const char *operation,
               const char *params)
{
	int64_t began = fault_now_us(), took;
	long long slowest;
	int rc;

	for (;;) {
		rc = market_session_act_as_text(m->session, actor, &m->err);
		if (rc == 0)
			rc = fault_call(m, operation, "%s", params);
		took = fault_now_us() - began;
		if ((rc != MARKET_EBUSY && rc != MARKET_ECONFLICT && rc != MARKET_EUNKNOWN) ||
		    took > PATIENCE_US)
			break;
		atomic_fetch_add(&c->again, 1);
	}
	slowest = atomic_load(&c->slowest_us);
	while (took > slowest && !atomic_compare_exchange_weak(&c->slowest_us, &slowest, took))
		continue;
	return rc;
}

static market_time run_clock(void *user_data)
{
	const chaos *c = user_data;

	return mk_clock_now(NULL) + (fault_now_us() - c->began) / 1000 * (SPEED - 1) + ahead_by;
}

static void run_log(int32_t level, const char *message, void *user_data)
{
	chaos *c = user_data;

	if (level <= MARKET_LOG_WARNING && atomic_fetch_add(&c->warnings, 1) == 0)
		snprintf(c->warning, sizeof(c->warning), "%s", message);
}

static void *run_thread(void *data)
{
	chaos_thread *t = data;

	if (!fault_check(market_session_open(t->m.market, NULL, &t->m.session, &t->m.err) == 0, "%s",
	                 t->m.err.message))
		return NULL;
	while (fault_now_us() < t->c->until && !fault_failed())
		step(t);
	json_decref(t->m.out);
	market_session_close(t->m.session);
	return NULL;
}

static void step(chaos_thread *t)
{
	chaos_call made = {.operation = NULL};
	int rc;

	t->steps++;
	if (t->steps % 7 == 0) {
		work(t);
		return;
	}
	if (t->process == 0 && t->number == 0 && t->steps % (t->c->batches ? 12 : 40) == 0) {
		checkpoint(t);
		return;
	}
	if (t->c->batches) {
		chaos_send_batch(t);
		return;
	}
	chaos_compose(t, &made);
	rc = chaos_send(t->c, &t->m, made.actor, made.operation, made.params);
	chaos_acknowledge(t, &made, rc);
	if (t->serial % 11 == 0 && !chaos_unkept(&made, rc))
		say_again(t, &made, rc);
}

void chaos_compose(chaos_thread *t, chaos_call *out)
{
	uint64_t kind = fault_below(&t->random, 100);
	const chaos_order *order = pick_order(t);

	t->serial++;
	if ((kind < 20 || !order) && atomic_load(&t->c->n_orders) < CHAOS_ORDERS - 1000)
		compose_place(t, out);
	else if (kind < 35 || !order)
		compose_transfer(t, out);
	else if (kind < 40)
		compose_payout(t, out);
	else
		compose_for_order(t, order, out);
}

static void compose_place(chaos_thread *t, chaos_call *out)
{
	char key[60];
	int quantity = 1 + (int)fault_below(&t->random, 2);

	out->shop = (int)fault_below(&t->random, CHAOS_SHOPS);
	out->buyer = (int)fault_below(&t->random, CHAOS_BUYERS);
	out->cents = quantity * 10000;
	out->operation = "order.place";
	snprintf(out->actor, sizeof(out->actor), "buyer:%s", t->c->buyer[out->buyer]);
	snprintf(out->params, sizeof(out->params),
	         "{'key':'%s','buyer':'%s','currency':'BRL','method':'card','items':[{'sku':"
	         "'%s','quantity':%d}]}",
	         own_key(t, key), t->c->buyer[out->buyer], t->c->shop[out->shop].sku, quantity);
}

static void compose_transfer(chaos_thread *t, chaos_call *out)
{
	char key[60], client[80], debit[20], credit[20];
	int from = (int)fault_below(&t->random, CHAOS_ACCOUNTS);
	int to = (from + 1 + (int)fault_below(&t->random, CHAOS_ACCOUNTS - 1)) % CHAOS_ACCOUNTS;

	snprintf(debit, sizeof(debit), "escrow:%d", from);
	snprintf(credit, sizeof(credit), "escrow:%d", to);
	snprintf(client, sizeof(client), "chaos:%s", own_key(t, key));
	snprintf(out->actor, sizeof(out->actor), "operator:chaos");
	out->operation = "ledger.transfer";
	fault_transfer(out->params, key, client, debit, credit,
	               1 + (int64_t)fault_below(&t->random, CHAOS_CENTS));
}

static void compose_payout(chaos_thread *t, chaos_call *out)
{
	char key[60];

	snprintf(out->actor, sizeof(out->actor), "operator:chaos");
	out->operation = "payout.create";
	snprintf(out->params, sizeof(out->params), "{'key':'%s','seller':'%s'}", own_key(t, key),
	         t->c->shop[fault_below(&t->random, CHAOS_SHOPS)].seller);
}

/* Half of the calls have a key that all callers share: one of them does it, the others are told. */
static void compose_for_order(chaos_thread *t, const chaos_order *order, chaos_call *out)
{
	static const char *const operations[] = {"payment.notify", "payment.notify", "payment.start",
	                                         "order.ship",     "order.ship",     "order.confirm",
	                                         "refund.create",  "order.cancel"};
	char own[60], key[120], body[400];
	const char *name =
		operations[fault_below(&t->random, sizeof(operations) / sizeof(operations[0]))];
	const char *subject = strncmp(name, "payment.", 8) == 0 ? order->payment : order->order;

	out->operation = name;
	snprintf(out->actor, sizeof(out->actor), "operator:chaos");
	if (strcmp(name, "order.ship") == 0)
		snprintf(out->actor, sizeof(out->actor), "member:ref:shop%d-owner", order->shop);
	else if (strcmp(name, "order.confirm") == 0 || strcmp(name, "order.cancel") == 0)
		snprintf(out->actor, sizeof(out->actor), "buyer:%s", t->c->buyer[order->buyer]);
	own_key(t, own);
	snprintf(key, sizeof(key), "%s-%s", fault_below(&t->random, 2) ? own : name, subject);
	chaos_notification(body, order);
	if (strcmp(name, "payment.notify") == 0)
		snprintf(out->params, sizeof(out->params), "{'key':'%s','body':'%s','signature':'none'}",
		         key, body);
	else
		snprintf(out->params, sizeof(out->params), "{'key':'%s','%s':'%s'%s}", key,
		         subject == order->payment ? "payment" : "order", subject,
		         strcmp(name, "order.cancel") == 0 ? ",'reason':'chaos'" : "");
}

static const chaos_order *pick_order(chaos_thread *t)
{
	int count = atomic_load(&t->c->n_orders);
	int far = (int)fault_below(&t->random, fault_below(&t->random, 4) ? HOT : HOT * 20);
	const chaos_order *order;

	if (far >= count || count > CHAOS_ORDERS)
		return NULL;
	order = &t->c->orders[count - 1 - far];
	return atomic_load(&order->whole) ? order : NULL;
}

static const char *own_key(chaos_thread *t, char out[60])
{
	snprintf(out, 60, "%d.%d.%d.%d", t->process, t->generation, t->number, t->serial);
	return out;
}

/* From here on the answer is known outside: it must never be forgotten. */
void chaos_acknowledge(chaos_thread *t, const chaos_call *made, int rc)
{
	char line[1400];
	int length;

	if (chaos_unkept(made, rc) ||
	    !fault_check(rc == 0 || (market_error_class_of(rc) == MARKET_CLASS_STATE &&
	                             rc != MARKET_ENOTFOUND && rc != MARKET_EDENIED),
	                 "%s as %s, %s: %s: %s; %s", made->operation, made->actor, made->params,
	                 market_error_name(rc), t->m.err.message, t->m.err.detail))
		return;
	length = snprintf(line, sizeof(line), "%d\t%s\t%s\t%s\t%s\n", rc,
	                  rc == 0 ? fault_out(&t->m, "id") : "-", made->actor, made->operation,
	                  made->params);

	fault_check(write(t->file, line, (size_t)length) == length, "an answer wasn't noted");
	atomic_fetch_add(rc == 0 ? &t->c->answers : &t->c->refusals, 1);
	if (rc == 0 && strcmp(made->operation, "order.place") == 0)
		publish(t, made);
}

/* Nothing is left of the order; the caller's mistakes aren't kept. */
bool chaos_unkept(const chaos_call *made, int rc)
{
	return rc == MARKET_EINVALID && strcmp(made->operation, "refund.create") == 0;
}

static void publish(chaos_thread *t, const chaos_call *made)
{
	const json_t *first = json_array_get(json_object_get(t->m.out, "orders"), 0);
	int number = atomic_fetch_add(&t->c->n_orders, 1);
	chaos_order *order = &t->c->orders[number];
	const char *id = json_string_value(json_object_get(first, "id"));

	if (!fault_check(number < CHAOS_ORDERS, "more orders than there is room for") ||
	    !fault_check(id != NULL, "an order has no id"))
		return;
	order->shop = made->shop;
	order->buyer = made->buyer;
	order->cents = made->cents;
	snprintf(order->order, sizeof(order->order), "%s", id);
	snprintf(order->payment, sizeof(order->payment), "%s", fault_out(&t->m, "payment"));
	atomic_store(&order->whole, 1);
}

static void say_again(chaos_thread *t, const chaos_call *made, int rc)
{
	char id[CHAOS_ID];
	int again;

	snprintf(id, sizeof(id), "%s", fault_out(&t->m, "id"));
	again = chaos_send(t->c, &t->m, made->actor, made->operation, made->params);
	fault_check(again == rc && strcmp(fault_out(&t->m, "id"), id) == 0,
	            "%s %s was answered %s %s, and sent again %s %s", made->operation, made->params,
	            market_error_name(rc), id, market_error_name(again), fault_out(&t->m, "id"));
}

static void work(chaos_thread *t)
{
	int done = market_work(t->m.session, 1 + (int)fault_below(&t->random, 4), NULL, &t->m.err);

	if (done > 0)
		atomic_fetch_add(&t->c->worked, done);
	fault_check(
		done >= 0 || done == MARKET_EBUSY || done == MARKET_ECONFLICT || done == MARKET_EUNKNOWN,
		"market_work: %s: %s; %s", market_error_name(done), t->m.err.message, t->m.err.detail);
}

static void checkpoint(chaos_thread *t)
{
	char path[400], whole[420];
	FILE *file;

	if (chaos_send(t->c, &t->m, "operator:chaos", "ledger.checkpoint", "{}") != 0)
		return;
	chaos_path(path, t->c, "anchor", 0);
	snprintf(whole, sizeof(whole), "%s.new", path);
	file = fopen(whole, "w");
	if (!fault_check(file != NULL, "%s", whole))
		return;
	fputs(fault_out(&t->m, "anchor"), file);
	fclose(file);
	fault_check(rename(whole, path) == 0, "%s", path);
}
