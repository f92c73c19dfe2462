#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/listing/listing.h"

typedef struct entry {
	market_listing_hook hook;
	struct entry *next;
} entry;

struct mk_listing_hooks {
	entry *first; /* in the order in which they run */
};

struct market_listing_findings {
	mk_findings *to;
	const mk_listing *listing;
	const char *hook;
};

static bool is_known(const struct mk_listing_hooks *hooks, const char *name);
static int append(market *m, entry *added, market_error *err);
static int failed(const entry *at, const market_error *why, mk_findings *findings,
                  market_error *err);
static const char *id_text(mk_ctx *ctx, market_id_kind kind, market_id id);
static const char *text_of(const mk_listing *listing, const char *field);

int market_listing_hook_register(market *m, const market_listing_hook *hook, market_error *err)
{
	entry *added;
	int rc;

	if (!m || !hook || hook->size < sizeof(*hook) || !hook->name || !hook->check)
		return mk_error_set(err, MARKET_EINVALID, "a hook has a name and a check");
	if (hook->name[0] == '\0' || strlen(hook->name) > MK_MAX_CODE ||
	    !mk_utf8_valid(hook->name, strlen(hook->name)))
		return mk_error_set(err, MARKET_EINVALID, "a hook's name has 1 to %d characters",
		                    MK_MAX_CODE);
	if (is_known(m->listing_hooks, hook->name))
		return mk_error_set(err, MARKET_EEXISTS, "hook %s is registered", hook->name);
	added = mk_allocate_zero(&m->allocator, sizeof(*added));
	if (!added)
		return mk_error_no_memory(err);
	added->hook = *hook;
	added->hook.name = mk_copy_text(&m->allocator, hook->name);
	rc = added->hook.name ? append(m, added, err) : mk_error_no_memory(err);
	if (rc != 0) {
		mk_release(&m->allocator, (void *)added->hook.name);
		mk_release(&m->allocator, added);
	}
	return rc;
}

int market_listing_findings_add(market_listing_findings *findings,
                                const market_listing_finding *finding, market_error *err)
{
	market_listing_finding own;
	const char *text;

	if (!findings || !finding || !finding->rule || finding->severity < MARKET_SEVERITY_NOTE ||
	    finding->severity > MARKET_SEVERITY_BLOCK)
		return mk_error_set(err, MARKET_EINVALID, "a finding has a rule and a severity");
	own = *finding;
	own.pack = findings->hook;
	own.stage = MARKET_STAGE_HOOK;
	own.field = own.field ? own.field : "";
	own.found = NULL;
	own.characters = 0;
	if (strlen(own.rule) > MK_MAX_CODE || !mk_utf8_valid(own.rule, strlen(own.rule)) ||
	    strlen(own.field) > MK_MAX_NAME || !mk_utf8_valid(own.field, strlen(own.field)) ||
	    (own.message &&
	     (strlen(own.message) > MK_MAX_TEXT || !mk_utf8_valid(own.message, strlen(own.message)))))
		return mk_error_set(err, MARKET_EINVALID, "a finding's texts are UTF-8 and have bounds");
	text = text_of(findings->listing, own.field);
	if (own.length != 0 || own.offset != 0) {
		const int64_t size = text ? (int64_t)strlen(text) : 0;

		if (own.offset < 0 || own.length < 0 || own.offset > size || own.length > size - own.offset)
			return mk_error_set(err, MARKET_EINVALID, "a finding lies outside of its text");
		own.found =
			mk_arena_text_n(findings->to->arena, text ? text + own.offset : "", (size_t)own.length);
		if (own.found && !mk_utf8_valid(own.found, (size_t)own.length))
			return mk_error_set(err, MARKET_EINVALID, "a finding cuts a character");
		for (int64_t i = 0; i < own.offset; i++)
			own.characters += (text[i] & 0xC0) != 0x80;
	}
	return mk_findings_add(findings->to, &own) ? 0 : mk_error_no_memory(err);
}

void mk_listing_hooks_close(market *m)
{
	if (!m->listing_hooks)
		return;
	while (m->listing_hooks->first) {
		entry *at = m->listing_hooks->first;

		m->listing_hooks->first = at->next;
		if (at->hook.destroy)
			at->hook.destroy(at->hook.user_data);
		mk_release(&m->allocator, (void *)at->hook.name);
		mk_release(&m->allocator, at);
	}
	mk_release(&m->allocator, m->listing_hooks);
	m->listing_hooks = NULL;
}

int mk_listing_hooks_run(mk_ctx *ctx, const mk_listing *listing, mk_findings *findings,
                         market_error *err)
{
	const bool stored = !mk_id_absent(listing->product) || !mk_id_absent(listing->offer);
	const bool offer = !mk_id_absent(listing->offer);
	market_listing_view view = {
		.size = sizeof(view),
		.object = stored ? id_text(ctx, offer ? MARKET_ID_OFFER : MARKET_ID_PRODUCT,
	                               offer ? listing->offer : listing->product)
	                     : NULL,
		.seller =
			mk_id_absent(listing->seller) ? NULL : id_text(ctx, MARKET_ID_SELLER, listing->seller),
		.category = listing->category,
		.locale = listing->locale,
		.texts = listing->texts,
		.n_texts = listing->n_texts,
		.prices = listing->prices,
		.n_prices = listing->n_prices,
		.n_images = listing->n_images,
	};
	const entry *at = ctx->market->listing_hooks ? ctx->market->listing_hooks->first : NULL;
	int rc = ctx->arena->failed ? mk_error_no_memory(err) : 0;

	for (; rc == 0 && at; at = at->next) {
		market_listing_findings own = {findings, listing, at->hook.name};
		market_error why;

		mk_error_clear(&why);
		rc = at->hook.check(&view, &own, at->hook.user_data, &why);
		if (ctx->arena->failed)
			rc = mk_error_no_memory(err);
		else if (rc != 0)
			rc = failed(at, &why, findings, err);
	}
	return rc;
}

/* What a hook couldn't look at isn't passed. */
static int failed(const entry *at, const market_error *why, mk_findings *findings,
                  market_error *err)
{
	const bool said =
		why->message[0] != '\0' && mk_utf8_valid(why->message, strnlen(why->message, 199));
	const market_listing_finding finding = {
		.field = "",
		.pack = at->hook.name,
		.rule = "failed",
		.stage = MARKET_STAGE_HOOK,
		.severity = MARKET_SEVERITY_REVIEW,
		.message = said ? why->message : "the hook failed",
	};

	return mk_findings_add(findings, &finding) ? 0 : mk_error_no_memory(err);
}

static bool is_known(const struct mk_listing_hooks *hooks, const char *name)
{
	for (const entry *at = hooks ? hooks->first : NULL; at; at = at->next)
		if (strcmp(at->hook.name, name) == 0)
			return true;
	return false;
}

static int append(market *m, entry *added, market_error *err)
{
	entry **last;

	if (!m->listing_hooks)
		m->listing_hooks = mk_allocate_zero(&m->allocator, sizeof(*m->listing_hooks));
	if (!m->listing_hooks)
		return mk_error_no_memory(err);
	for (last = &m->listing_hooks->first; *last;)
		last = &(*last)->next;
	*last = added;
	return 0;
}

static const char *id_text(mk_ctx *ctx, market_id_kind kind, market_id id)
{
	char text[MARKET_ID_TEXT_SIZE];

	market_id_format(kind, id, text);
	return mk_arena_text(ctx->arena, text);
}

static const char *text_of(const mk_listing *listing, const char *field)
{
	for (size_t i = 0; i < listing->n_texts; i++)
		if (strcmp(listing->texts[i]->field, field) == 0)
			return listing->texts[i]->text;
	return NULL;
}
