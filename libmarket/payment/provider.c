#include "libmarket/payment/provider.h"

#include <string.h>

#include "libmarket/engine/market.h"

typedef struct entry {
	market_payment_provider provider;
	struct entry *next;
} entry;

struct mk_providers {
	entry *first;
};

static int policy_names(market *m, const char *name, bool *out, market_error *err);

int mk_providers_open(market *m, market_error *err)
{
	bool named = false;
	int rc;

	m->providers = mk_allocate_zero(&m->allocator, sizeof(*m->providers));
	if (!m->providers)
		return mk_error_no_memory(err);
	rc = policy_names(m, MK_SANDBOX, &named, err);
	return rc == 0 && named ? market_sandbox_register(m, err) : rc;
}

int market_sandbox_register(market *m, market_error *err)
{
	market_payment_provider sandbox = {.size = sizeof(sandbox)};
	int rc;

	if (!m)
		return mk_error_set(err, MARKET_EMISUSE, "a market is needed");
	rc = mk_sandbox_provider(m, &sandbox, err);
	if (rc != 0)
		return rc;
	rc = market_provider_register(m, &sandbox, err);
	if (rc != 0)
		sandbox.destroy(sandbox.user_data);
	return rc;
}

void mk_providers_close(market *m)
{
	if (!m->providers)
		return;
	while (m->providers->first) {
		entry *next = m->providers->first->next;

		if (m->providers->first->provider.destroy)
			m->providers->first->provider.destroy(m->providers->first->provider.user_data);
		mk_release(&m->allocator, (void *)m->providers->first->provider.name);
		mk_release(&m->allocator, m->providers->first);
		m->providers->first = next;
	}
	mk_release(&m->allocator, m->providers);
	m->providers = NULL;
}

int market_provider_register(market *m, const market_payment_provider *provider, market_error *err)
{
	entry *new;

	if (!m || !provider || provider->size < sizeof(*provider) || !provider->name ||
	    !provider->send || !provider->query || !provider->verify)
		return mk_error_set(err, MARKET_EINVALID, "a provider has a name, send, query and verify");
	if (strlen(provider->name) > MK_MAX_CODE ||
	    !mk_utf8_valid(provider->name, strlen(provider->name)))
		return mk_error_set(err, MARKET_EINVALID, "a provider's name has 1 to %d characters",
		                    MK_MAX_CODE);
	if (mk_provider_find(m, provider->name))
		return mk_error_set(err, MARKET_EEXISTS, "provider %s is registered", provider->name);
	new = mk_allocate_zero(&m->allocator, sizeof(*new));
	if (!new)
		return mk_error_no_memory(err);
	new->provider = *provider;
	new->provider.name = mk_copy_text(&m->allocator, provider->name);
	if (!new->provider.name) {
		mk_release(&m->allocator, new);
		return mk_error_no_memory(err);
	}
	pthread_mutex_lock(&m->lock);
	new->next = m->providers->first;
	m->providers->first = new;
	pthread_mutex_unlock(&m->lock);
	return 0;
}

const market_payment_provider *mk_provider_find(market *m, const char *name)
{
	const market_payment_provider *found = NULL;

	pthread_mutex_lock(&m->lock);
	for (entry *at = m->providers ? m->providers->first : NULL; at && !found; at = at->next)
		if (mk_text_equal(at->provider.name, name))
			found = &at->provider;
	pthread_mutex_unlock(&m->lock);
	return found;
}

int mk_provider_absent(const char *name, market_error *err)
{
	int rc = mk_error_set(err, MARKET_EPROVIDER, "provider %s isn't registered", name);

	mk_error_detail(err, rc,
	                "The policy or the payment names a provider that this process hasn't.");
	return mk_error_hint(err, rc, "Call market_provider_register after market_open.");
}

/* Any version: what was paid under an older one is refunded by the same provider. A store whose
 * policies can't be read opens all the same; its operations say why. */
static int policy_names(market *m, const char *name, bool *out, market_error *err)
{
	mk_arena arena;
	mk_tries tries;
	int rc;

	mk_arena_init(&arena, &m->allocator);
	mk_tries_begin(&tries);
	do {
		rc = mk_policy_refresh(m, m->store, &arena, INT64_MAX, err);
	} while (mk_try_again(&tries, &rc, "the search for policies", err));
	mk_arena_close(&arena);
	for (const mk_policy_version *at = m->policies; at; at = at->older)
		*out = *out || mk_text_equal(at->policy->payments->provider, name);
	if (rc != MARKET_ECORRUPT && rc != MARKET_EPOLICY)
		return rc;
	mk_log(m, MARKET_LOG_WARNING, "the policies can't be read: %s", err ? err->message : "");
	mk_error_clear(err);
	return 0;
}
