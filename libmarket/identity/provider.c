/* Identity providers by name, and calls of them. What they tell is checked like params. */
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/identity/identity.h"

typedef struct entry {
	market_identity_provider provider;
	struct entry *next;
} entry;

struct mk_identities {
	entry *first;
};

/* A provider's texts as params would be. */
typedef struct checked {
	const char *reference, *legal_name, *country, *number, *address, *licences, *codes, *event,
		*key;
	market_time valid_to, occurred_at;
} checked;

#define TOLD(member, most, summary) MK_F_TEXT(checked, member, 0, 1, most, summary)
static const mk_field checked_fields[] = {
	TOLD(reference, 127, "the provider's"),
	TOLD(legal_name, MARKET_IDENTITY_TEXT_SIZE - 1, "as verified"),
	TOLD(country, 2, "ISO 3166-1 alpha-2"),
	TOLD(number, 127, "of registration"),
	TOLD(address, MARKET_IDENTITY_TEXT_SIZE - 1, "as verified"),
	TOLD(licences, MARKET_IDENTITY_TEXT_SIZE - 1, "their numbers"),
	TOLD(codes, MARKET_IDENTITY_TEXT_SIZE - 1, "reasons, or what is asked for"),
	TOLD(event, 127, "the event's permanent name"),
	TOLD(key, 127, "of which request"),
	MK_F_TIME(checked, valid_to, 0, "until when"),
	MK_F_TIME(checked, occurred_at, 0, "when"),
};
static const mk_record checked_record =
	MK_RECORD_OF("identity_told", checked, checked_fields, "what a provider says");

static int check(const market_identity_told *told, mk_arena *arena, market_error *err);
static int fault(const char *name, int rc, market_error *err);

int mk_identities_open(market *m, market_error *err)
{
	market_identity_provider sandbox = mk_identity_sandbox;

	m->identities = mk_allocate_zero(&m->allocator, sizeof(*m->identities));
	if (!m->identities)
		return mk_error_no_memory(err);
	sandbox.user_data = m;
	return market_identity_register(m, &sandbox, err);
}

void mk_identities_close(market *m)
{
	while (m->identities && m->identities->first) {
		entry *next = m->identities->first->next;

		if (m->identities->first->provider.destroy)
			m->identities->first->provider.destroy(m->identities->first->provider.user_data);
		mk_release(&m->allocator, (void *)m->identities->first->provider.name);
		mk_release(&m->allocator, m->identities->first);
		m->identities->first = next;
	}
	mk_release(&m->allocator, m->identities);
	m->identities = NULL;
}

int market_identity_register(market *m, const market_identity_provider *provider, market_error *err)
{
	entry *new;

	if (!m || !provider || provider->size < sizeof(*provider) || !provider->name ||
	    !provider->start || !provider->query || !provider->verify)
		return mk_error_set(err, MARKET_EINVALID,
		                    "an identity provider has a name, start, query and verify");
	if (strlen(provider->name) > 50 || !mk_utf8_valid(provider->name, strlen(provider->name)))
		return mk_error_set(err, MARKET_EINVALID, "a provider's name has 1 to 50 characters");
	if (mk_identity_find(m, provider->name))
		return mk_error_set(err, MARKET_EEXISTS, "identity provider %s is registered",
		                    provider->name);
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
	new->next = m->identities->first;
	m->identities->first = new;
	pthread_mutex_unlock(&m->lock);
	return 0;
}

const market_identity_provider *mk_identity_find(market *m, const char *name)
{
	const market_identity_provider *found = NULL;

	pthread_mutex_lock(&m->lock);
	for (entry *at = m->identities ? m->identities->first : NULL; name && at && !found;
	     at = at->next)
		if (mk_text_equal(at->provider.name, name))
			found = &at->provider;
	pthread_mutex_unlock(&m->lock);
	return found;
}

int mk_identity_absent(const char *name, market_error *err)
{
	int rc = mk_error_set(err, MARKET_EPROVIDER, "identity provider %s isn't registered",
	                      name ? name : "(none)");

	return mk_error_hint(err, rc, "Call market_identity_register after market_open.");
}

int mk_identity_verify(mk_ctx *ctx, const market_identity_provider *provider,
                       const market_identity_notify_params *in, market_identity_told *told,
                       market_error *err)
{
	market_error own;
	int rc;

	mk_error_clear(&own);
	*told = (market_identity_told){.size = sizeof(*told)};
	rc = provider->verify(in->body, strlen(in->body), in->signature, ctx->now,
	                      ctx->policy->identity->tolerance, told, provider->user_data, &own);
	if (rc != 0) {
		rc = fault(provider->name, rc, &own);
	} else {
		rc = check(told, ctx->arena, &own);
		if (rc == 0 && (!told->event[0] || told->result > MARKET_IDENTITY_WANTS))
			rc = mk_error_set(&own, MARKET_EINVALID, "event has no name or no known result");
		if (rc != 0 && rc != MARKET_ENOMEM)
			rc = mk_error_at(&own, MARKET_EINVALID, "body", "the notification's %s", own.message);
	}
	if (rc != 0 && err)
		*err = own;
	return rc;
}

/* The row's texts live in the arena. */
int mk_identity_prepare(market *m, mk_arena *arena, mk_identity *row, const mk_request *request,
                        market_time now, market_identity_request *out, market_error *err)
{
	int rc = mk_identity_unseal(m->keys, row, arena, err);

	*out = (market_identity_request){
		.size = sizeof(*out),
		.key = request->request.request_key,
		.check = request->request.object,
		.requirement = row->identity.requirement,
		.legal_name = row->identity.given_name,
		.country = row->identity.country,
		.number = row->identity.number,
		.items = row->items,
		.asked_at = request->request.created_at,
		.now = now,
	};
	return rc;
}

int mk_identity_ask(market *m, const mk_request *request, const market_identity_request *asked,
                    bool query, market_identity_told *told, market_error *err)
{
	const market_identity_provider *provider = mk_identity_find(m, request->request.provider);
	mk_arena arena;
	int rc;

	mk_error_clear(err);
	*told = (market_identity_told){.size = sizeof(*told), .result = MARKET_IDENTITY_UNKNOWN};
	if (!provider)
		return mk_identity_absent(request->request.provider, err);
	told->result = 0;
	rc = (query ? provider->query : provider->start)(asked, told, provider->user_data, err);
	if (rc != 0) {
		rc = fault(provider->name, rc, err);
	} else {
		mk_arena_init(&arena, &m->allocator);
		rc = check(told, &arena, err);
		mk_arena_close(&arena);
		if (rc != 0 && rc != MARKET_ENOMEM)
			rc = mk_error_set(err, MARKET_EPROVIDER, "identity provider %s answers: %s",
			                  provider->name, err->message);
	}
	if (rc != 0)
		*told = (market_identity_told){.size = sizeof(*told), .result = MARKET_IDENTITY_UNKNOWN};
	return rc;
}

static int check(const market_identity_told *told, mk_arena *arena, market_error *err)
{
#define ENDED(member) \
	(memchr(told->member, '\0', sizeof(told->member)) ? (told->member[0] ? told->member : NULL) \
	                                                  : "\xff")
	const checked texts = {
		.reference = ENDED(reference),
		.legal_name = ENDED(legal_name),
		.country = ENDED(country),
		.number = ENDED(number),
		.address = ENDED(address),
		.licences = ENDED(licences),
		.codes = ENDED(codes),
		.event = ENDED(event),
		.key = ENDED(key),
		.valid_to = told->valid_to,
		.occurred_at = told->occurred_at,
	};
#undef ENDED
	const void *good;
	int rc = mk_record_check(&checked_record, &texts, arena, &good, err);

	if (rc != 0)
		return rc;
	if (told->result < MARKET_IDENTITY_PASSES || told->result > MARKET_IDENTITY_UNKNOWN)
		return mk_error_set(err, MARKET_EINVALID, "result %d isn't known", told->result);
	if (told->result == MARKET_IDENTITY_PASSES && !texts.legal_name)
		return mk_error_set(err, MARKET_EINVALID, "answer that it passes names nobody");
	if ((told->result == MARKET_IDENTITY_REFUSES || told->result == MARKET_IDENTITY_WANTS) &&
	    !texts.codes)
		return mk_error_set(err, MARKET_EINVALID, "answer has no codes");
	return 0;
}

/* A provider need fill no more than the code that it returns. */
static int fault(const char *name, int rc, market_error *err)
{
	if (rc > 0 || !market_error_name(rc))
		return mk_error_set(err, MARKET_EPROVIDER, "identity provider %s answers with %d", name,
		                    rc);
	if (!memchr(err->message, '\0', sizeof(err->message)) || !err->message[0] ||
	    !mk_utf8_valid(err->message, strlen(err->message)))
		return mk_error_set(err, rc, "identity provider %s: %s", name, market_error_summary(rc));
	err->code = rc;
	err->error_class = market_error_class_of(rc);
	return rc;
}
