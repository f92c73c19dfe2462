#include "tests/fault/shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/policy.h"

static char *changed_policy(const fault_change *changes, size_t n_changes);
static char *replaced(const char *text, const char *part, const char *other);
static bool open_offer(fault_market *m, const char *ref, fault_shop *out);

bool fault_open_changed(fault_market *m, const fault_store *store, const fault_change *changes,
                        size_t n_changes)
{
	market_options options = MARKET_OPTIONS_INIT;
	char *policy = changed_policy(changes, n_changes);
	int rc;

	memset(m, 0, sizeof(*m));
	if (!fault_check(policy, "the built-in policy has changed"))
		return false;
	options.flags = MARKET_OPEN_CREATE;
	options.policy = policy;
	options.policy_size = strlen(policy);
	rc = market_open(store->url, &options, &m->market, &m->err);
	free(policy);
	if (rc == 0)
		rc = market_session_open(m->market, NULL, &m->session, &m->err);
	return fault_check(rc == 0, "%s; %s", m->err.message, m->err.detail) &&
	       fault_act_as(m, "operator:shop");
}

bool fault_open_shop(fault_market *m, const char *ref, int64_t stock, fault_shop *out)
{
	char warehouse[MARKET_ID_TEXT_SIZE], owner[80];
	int rc = fault_call(m, "category.create", "{'code':'goods','name':'Goods'}");

	if (!fault_check(rc == 0 || rc == MARKET_EEXISTS, "category.create: %s", m->err.message) ||
	    !FAULT_DONE(m, "seller.apply",
	                "{'name':'%s','store_type':'individual','country':'BR','currency':'BRL',"
	                "'owner_name':'%s','ref':'%s','owner_ref':'%s-owner'}",
	                ref, ref, ref, ref))
		return false;
	snprintf(out->seller, sizeof(out->seller), "%s", fault_out(m, "id"));
	if (!FAULT_DONE(m, "seller.approve", "{'seller':'%s','waiver':'known'}", out->seller) ||
	    !open_offer(m, ref, out) ||
	    !FAULT_DONE(m, "warehouse.create", "{'seller':'%s','name':'main'}", out->seller))
		return false;
	snprintf(warehouse, sizeof(warehouse), "%s", fault_out(m, "id"));
	snprintf(owner, sizeof(owner), "confirmed member:ref:%.40s-owner", ref);
	return FAULT_DONE(m, "stock.set", "{'sku':'%s','warehouse':'%s','on_hand':%lld,'reason':'new'}",
	                  out->sku, warehouse, (long long)stock) &&
	       fault_act_as(m, owner) &&
	       FAULT_DONE(
			   m, "payout_account.set",
			   "{'seller':'%s','holder':'Lin','bank':'001','country':'BR','account':'11111111'}",
			   out->seller) &&
	       fault_act_as(m, "operator:shop");
}

bool fault_act_as(fault_market *m, const char *actor)
{
	return fault_check(market_session_act_as_text(m->session, actor, &m->err) == 0, "%s",
	                   m->err.message);
}

bool fault_work(fault_market *m, int budget)
{
	return fault_check(market_work(m->session, budget, NULL, &m->err) >= 0, "market_work: %s",
	                   m->err.message);
}

static char *changed_policy(const fault_change *changes, size_t n_changes)
{
	char *policy = strdup(mk_policy_default);

	for (size_t i = 0; policy && i < n_changes; i++) {
		char *next = replaced(policy, changes[i][0], changes[i][1]);

		free(policy);
		policy = next;
	}
	return policy;
}

static char *replaced(const char *text, const char *part, const char *other)
{
	const char *at = strstr(text, part);
	size_t size = strlen(text) + strlen(other) + 1;
	char *out = at ? malloc(size) : NULL;

	if (out)
		snprintf(out, size, "%.*s%s%s", (int)(at - text), text, other, at + strlen(part));
	return out;
}

static bool open_offer(fault_market *m, const char *ref, fault_shop *out)
{
	char product[MARKET_ID_TEXT_SIZE];
	const json_t *skus;

	if (!FAULT_DONE(m, "product.create", "{'category':'ref:goods','title':'A thing'}"))
		return false;
	snprintf(product, sizeof(product), "%s", fault_out(m, "id"));
	if (!FAULT_DONE(m, "product.publish", "{'product':'%s'}", product) ||
	    !FAULT_DONE(m, "offer.create",
	                "{'seller':'%s','product':'%s','ref':'o','skus':[{'ref':'s','price':{'amount':"
	                "'100.00','currency':'BRL'}}]}",
	                out->seller, product))
		return false;
	skus = json_object_get(m->out, "skus");
	snprintf(out->sku, sizeof(out->sku), "%s",
	         json_string_value(json_object_get(json_array_get(skus, 0), "id")));
	return FAULT_DONE(m, "offer.activate", "{'offer':'ref:%s/o'}", ref);
}
