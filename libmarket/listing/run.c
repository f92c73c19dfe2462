/* CAT-4: the stages in their order; each lists all that it finds. */
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/listing/listing.h"
#include "libmarket/party/submission.h"

/* One check. */
typedef struct run {
	mk_ctx *ctx;
	const mk_listing *listing;
	mk_findings findings;
	mk_submission **shown; /* by the seller; read when a rule asks for it */
	size_t n_shown;
	bool read;
} run;

static int check_pack_structure(run *r, const mk_rule_pack *pack, market_error *err);
static int check_structure(run *r, const mk_rule_pack *pack, const mk_structure_rule *rule,
                           market_error *err);
static int check_texts(run *r, market_error *err);
static int check_licences(run *r, const mk_rule_pack *pack, market_error *err);
static int check_requirement(run *r, const mk_rule_pack *pack, const mk_licence_rule *rule,
                             market_error *err);
static int check_attribute(run *r, const mk_rule_pack *pack, const mk_licence_rule *rule,
                           market_error *err);
static int check_prices(run *r, const mk_rule_pack *pack, market_error *err);
static int check_price(run *r, const mk_rule_pack *pack, const mk_price_rule *rule, size_t at,
                       market_error *err);
static bool is_reduced_more(const market_listing_price *asked, market_rate most);
static int64_t length_of(const run *r, const char *field, bool *there);
static const char *text_of(const run *r, const char *field);
static int note(run *r, const mk_rule_pack *pack, const mk_rule *rule, int32_t stage,
                const char *field, const char *message, market_error *err);

bool mk_listing_say(mk_ctx *ctx, mk_listing *listing, const char *field, const char *text)
{
	market_listing_text *said;

	if (!text)
		return true;
	if (!listing->texts)
		listing->texts = MK_NEW_ARRAY(ctx->arena, const market_listing_text *, 8);
	else if (listing->n_texts >= 8 && (listing->n_texts & (listing->n_texts - 1)) == 0) {
		const market_listing_text **more =
			MK_NEW_ARRAY(ctx->arena, const market_listing_text *, 2 * listing->n_texts);

		if (more)
			memcpy(more, listing->texts, listing->n_texts * sizeof(*more));
		listing->texts = more;
	}
	said = MK_NEW(ctx->arena, market_listing_text);
	if (!listing->texts || !said || !field)
		return false;
	*said = (market_listing_text){.size = sizeof(*said), .field = field, .text = text};
	listing->texts[listing->n_texts++] = said;
	return true;
}

bool mk_listing_ask(mk_ctx *ctx, mk_listing *listing, market_money price, market_money list_price)
{
	market_listing_price *asked = MK_NEW(ctx->arena, market_listing_price);

	if (!listing->prices)
		listing->prices =
			MK_NEW_ARRAY(ctx->arena, const market_listing_price *, MK_MAX_LISTING_PRICES);
	if (!asked || !listing->prices)
		return false;
	*asked = (market_listing_price){sizeof(*asked), price, list_price};
	if (listing->n_prices < MK_MAX_LISTING_PRICES)
		listing->prices[listing->n_prices++] = asked;
	return true;
}

bool mk_listing_is_checked(const mk_ctx *ctx)
{
	return ctx->market->listing_hooks ||
	       (ctx->policy->listing && ctx->policy->listing->n_packs > 0);
}

int mk_listing_run(mk_ctx *ctx, const mk_listing *listing, market_listing_report **out,
                   market_error *err)
{
	const mk_policy_listing *rules = ctx->policy->listing;
	const size_t count = rules ? rules->n_packs : 0;
	market_listing_report *report = MK_NEW(ctx->arena, market_listing_report);
	run r = {.ctx = ctx, .listing = listing, .findings = {.arena = ctx->arena}};
	int rc = report ? 0 : mk_error_no_memory(err);

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = check_pack_structure(&r, rules->packs[i], err);
	if (rc == 0 && count > 0)
		rc = check_texts(&r, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = check_licences(&r, rules->packs[i], err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = check_prices(&r, rules->packs[i], err);
	if (rc == 0)
		rc = mk_listing_hooks_run(ctx, listing, &r.findings, err);
	if (rc != 0)
		return rc;
	report->severity = r.findings.severity;
	report->cut = r.findings.cut;
	report->findings = r.findings.list;
	report->n_findings = r.findings.count;
	*out = report;
	return 0;
}

static int check_pack_structure(run *r, const mk_rule_pack *pack, market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && r->listing->is_product && i < pack->n_structure; i++)
		if (mk_rule_concerns(&pack->structure[i]->rule, r->listing->category))
			rc = check_structure(r, pack, pack->structure[i], err);
	return rc;
}

static int check_structure(run *r, const mk_rule_pack *pack, const mk_structure_rule *rule,
                           market_error *err)
{
	const char *unit = "characters";
	int64_t length;
	bool there;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < rule->n_require; i++) {
		(void)length_of(r, rule->require[i], &there);
		if (!there)
			rc = note(r, pack, &rule->rule, MARKET_STAGE_STRUCTURE, rule->require[i],
			          mk_arena_format(r->ctx->arena, "%s is missing", rule->require[i]), err);
	}
	if (rc != 0 || !rule->field)
		return rc;
	if (strcmp(rule->field, "images") == 0)
		unit = "images";
	length = length_of(r, rule->field, &there);
	if (rule->minimum && length < *rule->minimum)
		rc = note(r, pack, &rule->rule, MARKET_STAGE_STRUCTURE, rule->field,
		          mk_arena_format(r->ctx->arena, "%lld %s, and %lld are the least",
		                          (long long)length, unit, (long long)*rule->minimum),
		          err);
	if (rc == 0 && rule->maximum && length > *rule->maximum)
		rc = note(r, pack, &rule->rule, MARKET_STAGE_STRUCTURE, rule->field,
		          mk_arena_format(r->ctx->arena, "%lld %s, and %lld are the most",
		                          (long long)length, unit, (long long)*rule->maximum),
		          err);
	return rc;
}

static int check_texts(run *r, market_error *err)
{
	const mk_rule_set *set = NULL;
	int rc = mk_policy_rules(r->ctx->market, r->ctx->policy, &set, err);

	for (size_t i = 0; rc == 0 && i < r->listing->n_texts; i++) {
		const mk_rule_text text = {.field = r->listing->texts[i]->field,
		                           .text = r->listing->texts[i]->text,
		                           .category = r->listing->category,
		                           .locale = r->listing->locale};

		rc = mk_rule_set_search(set, &text, &r->findings, err);
	}
	return rc;
}

static int check_licences(run *r, const mk_rule_pack *pack, market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pack->n_licences; i++) {
		const mk_licence_rule *rule = pack->licences[i];

		if (!mk_rule_concerns(&rule->rule, r->listing->category))
			continue;
		if (rule->requirement && !mk_id_absent(r->listing->seller))
			rc = check_requirement(r, pack, rule, err);
		if (rc == 0 && rule->attribute && r->listing->is_product)
			rc = check_attribute(r, pack, rule, err);
	}
	return rc;
}

static int check_requirement(run *r, const mk_rule_pack *pack, const mk_licence_rule *rule,
                             market_error *err)
{
	int rc = 0;

	if (!r->read)
		rc = mk_submission_list(r->ctx, r->listing->seller, &r->shown, &r->n_shown, err);
	if (rc != 0)
		return rc;
	r->read = true;
	for (size_t i = 0; i < r->n_shown; i++) {
		const market_submission *s = &r->shown[i]->submission;

		if (mk_text_equal(s->requirement, rule->requirement) &&
		    mk_submission_counts(s, r->ctx->now))
			return 0;
	}
	return note(
		r, pack, &rule->rule, MARKET_STAGE_LICENCE, "seller",
		mk_arena_format(r->ctx->arena, "the seller hasn't met requirement %s", rule->requirement),
		err);
}

static int check_attribute(run *r, const mk_rule_pack *pack, const mk_licence_rule *rule,
                           market_error *err)
{
	const char *field = mk_arena_join(r->ctx->arena, MK_TEXTS("attributes.", rule->attribute));
	const char *stated = field ? text_of(r, field) : NULL;
	bool good = stated != NULL;
	int rc = 0;

	if (!field)
		return mk_error_no_memory(err);
	if (stated && rule->pattern)
		rc = mk_rule_has_form(rule->pattern, stated, r->ctx->arena, &good, err);
	if (rc != 0 || good)
		return rc;
	return note(r, pack, &rule->rule, MARKET_STAGE_LICENCE, field,
	            stated ? "the attribute hasn't the form of such a licence"
	                   : "the attribute is missing",
	            err);
}

static int check_prices(run *r, const mk_rule_pack *pack, market_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < pack->n_prices; i++)
		if (mk_rule_concerns(&pack->prices[i]->rule, r->listing->category))
			for (size_t k = 0; rc == 0 && k < r->listing->n_prices; k++)
				rc = check_price(r, pack, pack->prices[i], k, err);
	return rc;
}

/* A bound says nothing of prices in other currencies. */
static int check_price(run *r, const mk_rule_pack *pack, const mk_price_rule *rule, size_t at,
                       market_error *err)
{
	const market_listing_price *asked = r->listing->prices[at];
	const char *field = mk_arena_format(r->ctx->arena, "skus[%zu].price", at);
	int rc = 0;

	if (!field)
		return mk_error_no_memory(err);
	if (strcmp(rule->minimum.currency, asked->price.currency) == 0 &&
	    mk_money_less(asked->price, rule->minimum))
		rc = note(r, pack, &rule->rule, MARKET_STAGE_PRICE, field, "the price is too low", err);
	if (rc == 0 && strcmp(rule->maximum.currency, asked->price.currency) == 0 &&
	    mk_money_less(rule->maximum, asked->price))
		rc = note(r, pack, &rule->rule, MARKET_STAGE_PRICE, field, "the price is too high", err);
	if (rc == 0 && rule->reduction && is_reduced_more(asked, *rule->reduction))
		rc = note(r, pack, &rule->rule, MARKET_STAGE_PRICE, field,
		          "the reduction from the list price is too large", err);
	return rc;
}

static bool is_reduced_more(const market_listing_price *asked, market_rate most)
{
	return mk_money_same_currency(asked->list_price, asked->price) &&
	       mk_money_less(asked->price,
	                     mk_money_rate(asked->list_price, 1000000 - most, MK_HALF_UP));
}

static int64_t length_of(const run *r, const char *field, bool *there)
{
	const char *text;

	if (strcmp(field, "images") == 0) {
		*there = r->listing->n_images > 0;
		return r->listing->n_images;
	}
	text = text_of(r, field);
	*there = text != NULL;
	return text ? (int64_t)mk_utf8_length(text) : 0;
}

static const char *text_of(const run *r, const char *field)
{
	for (size_t i = 0; i < r->listing->n_texts; i++)
		if (strcmp(r->listing->texts[i]->field, field) == 0)
			return r->listing->texts[i]->text;
	return NULL;
}

static int note(run *r, const mk_rule_pack *pack, const mk_rule *rule, int32_t stage,
                const char *field, const char *message, market_error *err)
{
	const char *own = mk_rule_message(rule->texts, rule->n_texts, pack->locale, r->listing->locale);
	const market_listing_finding finding = {.field = field,
	                                        .pack = pack->name,
	                                        .rule = rule->id,
	                                        .stage = stage,
	                                        .severity = rule->severity,
	                                        .message = own ? own : message};

	if (!message || !mk_findings_add(&r->findings, &finding))
		return mk_error_no_memory(err);
	return 0;
}
