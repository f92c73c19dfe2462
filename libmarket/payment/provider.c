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

int mk_providers_open(market *m, market_error *err)
{
	market_payment_provider sandbox = {.size = sizeof(sandbox)};
	int rc;

	m->providers = mk_allocate_zero(&m->allocator, sizeof(*m->providers));
	if (!m->providers)
		return mk_error_no_memory(err);
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
	new->next = m->providers->first;
	m->providers->first = new;
	return 0;
}

const market_payment_provider *mk_provider_find(market *m, const char *name)
{
	for (entry *at = m->providers ? m->providers->first : NULL; at; at = at->next)
		if (mk_text_equal(at->provider.name, name))
			return &at->provider;
	return NULL;
}
