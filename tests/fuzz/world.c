/* A market in memory with a seller, goods and orders in all states. Its clock stands and its random
 * numbers are always the same, so that the same inputs meet the same world. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "tests/fuzz/fuzz.h"

#define START INT64_C(1767571200000) /* 2026-01-05 */
#define INPUTS 400
#define MAX_FILLED (256 * 1024)

/* Each call's id gets a name. In the params ' stands for ". */
static const struct {
	const char *name, *actor, *operation, *params;
} calls[] = {
	{"category", "operator:fuzz", "category.create", "{'code':'goods','name':'Goods'}"},
	{"seller", "operator:fuzz", "seller.apply",
     "{'name':'Lin','ref':'lin','owner_ref':'owner','store_type':'individual','country':'BR',"
     "'currency':'BRL','owner_name':'Lin'}"},
	{"", "operator:fuzz", "seller.approve", "{'seller':'$seller','waiver':'known'}"},
	{"applicant", "operator:fuzz", "seller.apply",
     "{'name':'Mia','ref':'mia','owner_ref':'mia-owner','store_type':'flagship','country':'BR',"
     "'currency':'BRL','owner_name':'Mia'}"},
	{"submission", "operator:fuzz", "submission.create",
     "{'seller':'$applicant','requirement':'terms','ref':'t'}"},
	{"member", "member:ref:owner", "member.create",
     "{'seller':'$seller','name':'Vi','role':'support','ref':'vi'}"},
	{"product", "operator:fuzz", "product.create", "{'category':'ref:goods','title':'A thing'}"},
	{"", "operator:fuzz", "product.publish", "{'product':'$product'}"},
	{"draft", "operator:fuzz", "product.create", "{'category':'ref:goods','title':'A draft'}"},
	{"offer", "operator:fuzz", "offer.create",
     "{'seller':'$seller','product':'$product','ref':'o','skus':[{'ref':'s','price':{'amount':"
     "'100.00','currency':'BRL'}}]}"},
	{"", "operator:fuzz", "offer.activate", "{'offer':'$offer'}"},
	{"warehouse", "operator:fuzz", "warehouse.create", "{'seller':'$seller','name':'main'}"},
	{"", "operator:fuzz", "stock.set",
     "{'sku':'$sku','warehouse':'$warehouse','on_hand':1000,'reason':'new'}"},
	{"account", "confirmed member:ref:owner", "payout_account.set",
     "{'seller':'$seller','holder':'Lin','bank':'001','country':'BR','account':'11111111'}"},
	{"buyer", "operator:fuzz", "buyer.create", "{'name':'Ana','ref':'ana'}"},
	{"address", "buyer:ref:ana", "address.create",
     "{'buyer':'$buyer','name':'Ana','country':'BR','city':'Recife','street':'Rua 1'}"},
	{"unpaid", "buyer:ref:ana", "order.place",
     "{'buyer':'$buyer','currency':'BRL','method':'card','items':[{'sku':'$sku','quantity':1}]}"},
	{"paid", "buyer:ref:ana", "order.place",
     "{'buyer':'$buyer','currency':'BRL','method':'card','items':[{'sku':'$sku','quantity':2}]}"},
	{"", "buyer:ref:ana", "payment.start", "{'payment':'$payment_of_paid'}"},
	{"shipped", "buyer:ref:ana", "order.place",
     "{'buyer':'$buyer','currency':'BRL','method':'card','items':[{'sku':'$sku','quantity':3}]}"},
	{"", "buyer:ref:ana", "payment.start", "{'payment':'$payment_of_shipped'}"},
	{"finished", "buyer:ref:ana", "order.place",
     "{'buyer':'$buyer','currency':'BRL','method':'card','items':[{'sku':'$sku','quantity':1}]}"},
	{"", "buyer:ref:ana", "payment.start", "{'payment':'$payment_of_finished'}"},
	{"", NULL, NULL, NULL},
	{"", "member:ref:owner", "order.ship", "{'order':'$shipped'}"},
	{"", "member:ref:owner", "order.ship", "{'order':'$finished'}"},
	{"", "buyer:ref:ana", "order.confirm", "{'order':'$finished'}"},
	{"", NULL, NULL, NULL},
	{"rating", "buyer:ref:ana", "rating.create",
     "{'order':'$finished','line':'$line_of_finished','scores':[{'dimension':'description','score':"
     "5},{'dimension':'service','score':5},{'dimension':'logistics','score':4}],'text':'good'}"},
	{"refund", "operator:fuzz", "refund.create",
     "{'order':'$shipped','amount':{'amount':'10.00','currency':'BRL'}}"},
	{"transfer", "operator:fuzz", "ledger.transfer",
     "{'client_id':'t','legs':[{'account':'psp_clearing','debit':{'amount':'10.00','currency':"
     "'BRL'}},{'account':'escrow:0','credit':{'amount':'10.00','currency':'BRL'}}]}"},
	{"hold", "operator:fuzz", "ledger.transfer",
     "{'client_id':'h','kind':'pending','legs':[{'account':'escrow:0','debit':{'amount':'1.00',"
     "'currency':'BRL'}},{'account':'seller_pending','credit':{'amount':'1.00','currency':'BRL'}}"
     "]}"},
	{"checkpoint", "operator:fuzz", "ledger.checkpoint", "{}"},
};

static fuzz_world world;
static uint64_t random_state;

static void open_world(fuzz_world *w);
static void close_world(fuzz_world *w);
static market_time world_clock(void *user_data);
static bool world_random(void *bytes, size_t size, void *user_data);
static void populate(fuzz_world *w);
static void keep(fuzz_world *w, const char *name, const json_t *reply);
static void keep_text(fuzz_world *w, const char *prefix, const char *name, const json_t *text);

fuzz_world *fuzz_world_get(void)
{
	if (world.inputs++ % INPUTS == 0) {
		close_world(&world);
		open_world(&world);
		world.inputs = 1;
	}
	return &world;
}

char *fuzz_world_fill(const fuzz_world *w, const char *text)
{
	char *out = malloc(MAX_FILLED + 1);
	size_t used = 0;

	fuzz_check(out != NULL, "no memory");
	while (*text && used < MAX_FILLED) {
		size_t length = *text == '$' ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;
		const json_t *value = length > 0 ? json_object_getn(w->names, text + 1, length) : NULL;
		size_t size = json_string_length(value);

		if (!value || used + size > MAX_FILLED) {
			out[used++] = *text++;
			continue;
		}
		memcpy(out + used, json_string_value(value), size);
		used += size;
		text += length + 1;
	}
	out[used] = '\0';
	return out;
}

int fuzz_world_call(fuzz_world *w, const char *actor, const char *operation, const char *params,
                    json_t **reply)
{
	market_error err = {.code = 0};
	char *text = NULL;
	json_t *out = NULL;
	int rc = market_session_act_as_text(w->session, actor, &err);

	if (rc == 0)
		rc = market_call(w->session, operation, params, &text, &err);
	if (rc == 0) {
		out = json_loads(text, JSON_DECODE_ANY, NULL);
		fuzz_check(out != NULL, "%s gave no JSON: %s", operation, text);
	} else {
		fuzz_check(err.code == rc && err.message[0] && market_error_name(rc) && !text,
		           "%s: an error without its texts: %d, %s", operation, rc, err.message);
		fuzz_check(market_error_class_of(rc) != MARKET_CLASS_FATAL || rc == MARKET_EPROVIDER,
		           "%s %s: %s: %s; %s", operation, params, market_error_name(rc), err.message,
		           err.detail);
	}
	market_text_free(text);
	if (reply)
		*reply = out;
	else
		json_decref(out);
	return rc;
}

static void open_world(fuzz_world *w)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;

	w->now = START;
	random_state = 1;
	options.flags = MARKET_OPEN_CREATE;
	options.clock = world_clock;
	options.random = world_random;
	options.user_data = w;
	fuzz_check(market_open("sqlite::memory:", &options, &w->market, &err) == 0, "%s", err.message);
	fuzz_check(market_session_open(w->market, NULL, &w->session, &err) == 0, "%s", err.message);
	w->names = json_object();
	populate(w);
}

static void close_world(fuzz_world *w)
{
	json_decref(w->names);
	market_session_close(w->session);
	market_close(w->market);
	*w = (fuzz_world){.market = NULL};
}

static market_time world_clock(void *user_data)
{
	return ((const fuzz_world *)user_data)->now;
}

static bool world_random(void *bytes, size_t size, void *user_data)
{
	(void)user_data;
	for (size_t i = 0; i < size; i++) {
		random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
		((uint8_t *)bytes)[i] = (uint8_t)(random_state >> 56);
	}
	return true;
}

static void populate(fuzz_world *w)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		market_error err;
		json_t *reply = NULL;
		char *params;

		if (!calls[i].actor) {
			fuzz_check(market_work(w->session, 100, NULL, &err) >= 0, "%s", err.message);
			continue;
		}
		params = fuzz_world_fill(w, calls[i].params);
		for (char *c = params; *c; c++)
			*c = *c == '\'' ? '"' : *c;
		fuzz_check(fuzz_world_call(w, calls[i].actor, calls[i].operation, params, &reply) == 0,
		           "%s %s is refused", calls[i].operation, params);
		keep(w, calls[i].name, reply);
		json_decref(reply);
		free(params);
	}
}

static void keep(fuzz_world *w, const char *name, const json_t *reply)
{
	const json_t *order = json_array_get(json_object_get(reply, "orders"), 0);
	const json_t *sku = json_array_get(json_object_get(reply, "skus"), 0);
	const json_t *line = json_array_get(json_object_get(order, "lines"), 0);

	if (!name[0])
		return;
	keep_text(w, "", name, json_object_get(order ? order : reply, "id"));
	keep_text(w, "", "sku", json_object_get(sku, "id"));
	keep_text(w, "", "anchor", json_object_get(reply, "anchor"));
	keep_text(w, "group_of_", name, order ? json_object_get(reply, "id") : NULL);
	keep_text(w, "payment_of_", name, order ? json_object_get(reply, "payment") : NULL);
	keep_text(w, "line_of_", name, json_object_get(line, "id"));
}

static void keep_text(fuzz_world *w, const char *prefix, const char *name, const json_t *text)
{
	char whole[60];

	snprintf(whole, sizeof(whole), "%s%s", prefix, name);
	if (text)
		json_object_set_new(w->names, whole, json_string(json_string_value(text)));
}
