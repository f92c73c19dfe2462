/* SEL-1: what a provider answers, directly or by a notification. The first final answer decides;
 * one that differs from it later only closes the gate until an operator has looked. */
#include <string.h>

#include "libmarket/identity/identity.h"
#include "libmarket/party/requirement.h"
#include "libmarket/party/review.h"
#include "libmarket/payment/payment.h"

static int apply(mk_ctx *ctx, mk_identity *row, mk_request *request,
                 const mk_identity_answer *answer, int32_t *result, market_error *err);
static int answer_index(mk_ctx *ctx, const mk_identity_answer *answer, market_blob *out,
                        market_error *err);
static bool same_blob(market_blob a, market_blob b);
static int keep_verified(mk_ctx *ctx, mk_identity *row, const mk_identity_answer *answer,
                         market_error *err);
static int decide(mk_ctx *ctx, mk_identity *row, const mk_identity_answer *answer,
                  market_error *err);
static int contradict(mk_ctx *ctx, mk_identity *row, const mk_identity_answer *answer,
                      market_error *err);
static void want(mk_ctx *ctx, mk_identity *row, const mk_identity_answer *answer);
static int verify(mk_ctx *ctx, const market_identity_notify_params *in, const char **provider,
                  market_identity_told *told, market_error *err);
static int find(mk_ctx *ctx, const char *provider, const char *key, mk_request **request,
                mk_identity **row, market_error *err);

/* An answer to a claim that isn't the last one any more, or after a notification told the outcome,
 * is late. */
int mk_identity_take_answer(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_identity_answer_params *in = params;
	mk_request *request = (mk_request *)ctx->subject;
	const mk_identity_answer answer = {
		.result = in->outcome,
		.reference = in->reference,
		.legal_name = in->legal_name,
		.country = in->country,
		.number = in->number,
		.address = in->address,
		.licences = in->licences,
		.codes = in->codes,
		.valid_to = in->valid_to,
	};
	mk_identity *row = NULL;
	int32_t result;
	int rc;

	ctx->result = request->request.id;
	if (request->request.kind != MARKET_REQUEST_IDENTITY || in->fence != request->request.fence ||
	    !mk_request_open(request))
		return 0;
	rc = mk_load(ctx, &mk_identity_entity, request->subject, NULL, (void **)&row, err);
	return rc == 0 ? apply(ctx, row, request, &answer, &result, err) : rc;
}

int mk_identity_notify(mk_ctx *ctx, const void *params, market_error *err)
{
	market_identity_told *told = MK_NEW(ctx->arena, market_identity_told);
	market_notification notification = {.result = MARKET_NOTIFICATION_UNMATCHED};
	mk_identity_answer answer;
	mk_identity *row = NULL;
	mk_request *request = NULL;
	market_id known = {0, 0};
	int64_t book;
	const char *provider = NULL;
	int rc = told ? verify(ctx, params, &provider, told, err) : mk_error_no_memory(err);

	if (rc == 0)
		rc = find(ctx, provider, told->key, &request, &row, err);
	if (rc != 0)
		return rc;
	book = row ? row->identity.id.book : 0;
	notification.provider = mk_arena_join(ctx->arena, MK_TEXTS("identity:", provider));
	if (!notification.provider)
		return mk_error_no_memory(err);
	rc = mk_notification_known(ctx, book, notification.provider, told->event, &known, err);
	if (rc != 0)
		return rc;
	if (!mk_id_absent(known)) {
		ctx->known = true;
		ctx->result = known;
		return 0;
	}
	answer = mk_identity_answer_of(told);
	if (row)
		rc = apply(ctx, row, request, &answer, &notification.result, err);
	if (rc != 0)
		return rc;
	notification.event = told->event;
	notification.type = mk_enum_name(&mk_identity_result_enum, told->result);
	notification.request = told->key[0] ? told->key : NULL;
	notification.reference = answer.reference;
	notification.occurred_at = told->occurred_at;
	ctx->result = mk_notification_keep(ctx, book, &notification);
	if (!row) {
		mk_event(ctx, "notification.unmatched", MARKET_ID_NOTIFICATION, ctx->result);
		mk_event_text(ctx, "event", told->event);
	}
	return 0;
}

static int apply(mk_ctx *ctx, mk_identity *row, mk_request *request,
                 const mk_identity_answer *answer, int32_t *result, market_error *err)
{
	const bool final =
		answer->result == MARKET_IDENTITY_PASSES || answer->result == MARKET_IDENTITY_REFUSES;
	const bool asked = mk_request_open(request);
	const bool passes = answer->result == MARKET_IDENTITY_PASSES;
	market_blob index = {NULL, 0};
	int rc = 0;

	*result = MARKET_NOTIFICATION_KNOWN;
	if (!final && answer->result != MARKET_IDENTITY_WANTS)
		return mk_request_resolve(ctx, request,
		                          answer->result == MARKET_IDENTITY_WAITS ? MARKET_PROVIDER_PENDING
		                                                                  : MARKET_PROVIDER_UNKNOWN,
		                          answer->reference, NULL, 0, err);
	mk_request_close(ctx, request, passes ? MARKET_REQUEST_OK : MARKET_REQUEST_DECLINED,
	                 answer->reference,
	                 passes  ? NULL
	                 : final ? "refused"
	                         : "more is asked for");
	if (!final) {
		if (asked && row->identity.state == MARKET_IDENTITY_PENDING) {
			want(ctx, row, answer);
			*result = MARKET_NOTIFICATION_APPLIED;
		}
		return 0;
	}
	rc = answer_index(ctx, answer, &index, err);
	if (rc != 0)
		return rc;
	if (mk_identity_open(row)) {
		row->answer_index = index;
		*result = MARKET_NOTIFICATION_APPLIED;
		return decide(ctx, row, answer, err);
	}
	if (row->answer_index.size == 0 || same_blob(row->answer_index, index) ||
	    row->identity.state == MARKET_IDENTITY_CONTRADICTED)
		return 0;
	*result = MARKET_NOTIFICATION_MISMATCHED;
	return contradict(ctx, row, answer, err);
}

/* Of what makes two final answers different; the number is in it, so it is blind. */
static int answer_index(mk_ctx *ctx, const mk_identity_answer *answer, market_blob *out,
                        market_error *err)
{
	const bool passes = answer->result == MARKET_IDENTITY_PASSES;
	const char *text =
		passes ? mk_arena_join(ctx->arena, MK_TEXTS("passes\n", answer->legal_name, "\n",
	                                                answer->country ? answer->country : "", "\n",
	                                                answer->number ? answer->number : ""))
			   : "refuses";
	mk_hash *index = MK_NEW(ctx->arena, mk_hash);

	if (!text || !index)
		return mk_error_no_memory(err);
	*out = (market_blob){index->bytes, MK_HASH_SIZE};
	return mk_blind_index(ctx->keys, "identity_check", "answer", text, index, err);
}

static bool same_blob(market_blob a, market_blob b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static int keep_verified(mk_ctx *ctx, mk_identity *row, const mk_identity_answer *answer,
                         market_error *err)
{
	market_identity *i = &row->identity;

	i->legal_name = answer->legal_name;
	if (answer->country)
		i->country = answer->country;
	i->address = answer->address;
	i->licences = answer->licences;
	i->valid_to = answer->valid_to;
	return answer->number ? mk_identity_seal_number(ctx, row, answer->number, err) : 0;
}

/* A submission that an operator has decided over meanwhile stays as it is. */
static int decide(mk_ctx *ctx, mk_identity *row, const mk_identity_answer *answer,
                  market_error *err)
{
	const bool passes = answer->result == MARKET_IDENTITY_PASSES;
	mk_seller_news news = {.verified_name = passes ? answer->legal_name : NULL};
	mk_submission *submission = NULL;
	mk_seller *seller = NULL;
	int rc = mk_seller_load(ctx, row->identity.seller, NULL, &seller, err);

	if (rc == 0)
		rc = mk_load(ctx, &mk_submission_entity, row->identity.submission, NULL,
		             (void **)&submission, err);
	if (rc == 0 && passes)
		rc = keep_verified(ctx, row, answer, err);
	if (rc != 0)
		return rc;
	row->identity.state = passes ? MARKET_IDENTITY_PASSED : MARKET_IDENTITY_REFUSED;
	row->identity.codes = passes ? NULL : answer->codes;
	row->identity.wanted = NULL;
	row->identity.reference = answer->reference;
	row->identity.answered_at = ctx->now;
	row->identity.expires_at = 0;
	mk_identity_save(ctx, row);
	mk_event(ctx, passes ? "identity.passed" : "identity.refused", MARKET_ID_IDENTITY,
	         row->identity.id);
	mk_event_text(ctx, "codes", row->identity.codes);
	if (submission->submission.state != MARKET_SUBMISSION_PENDING)
		return 0;
	submission->submission.state = passes ? MARKET_SUBMISSION_ACCEPTED : MARKET_SUBMISSION_REJECTED;
	submission->submission.reason = row->identity.codes;
	submission->submission.valid_to = row->identity.valid_to;
	mk_submission_settle(ctx, submission);
	news.decided = submission;
	return mk_seller_met(ctx, seller, &news, err);
}

static int contradict(mk_ctx *ctx, mk_identity *row, const mk_identity_answer *answer,
                      market_error *err)
{
	const char *said = mk_enum_name(&mk_identity_result_enum, answer->result);
	const char *what =
		answer->result == MARKET_IDENTITY_PASSES ? answer->legal_name : answer->codes;
	mk_submission *submission = NULL;
	mk_seller *seller = NULL;
	mk_seller_news news = {.decided = NULL};
	int rc = mk_load(ctx, &mk_submission_entity, row->identity.submission, NULL,
	                 (void **)&submission, err);

	/* what an operator would accept; what was verified first stays */
	if (rc == 0 && !row->identity.legal_name && answer->result == MARKET_IDENTITY_PASSES)
		rc = keep_verified(ctx, row, answer, err);
	if (rc != 0)
		return rc;
	row->identity.contradiction =
		what ? mk_arena_join(ctx->arena, MK_TEXTS(said, " ", what)) : said;
	row->identity.state = MARKET_IDENTITY_CONTRADICTED;
	mk_identity_save(ctx, row);
	mk_event(ctx, "identity.contradicted", MARKET_ID_IDENTITY, row->identity.id);
	mk_event_text(ctx, "said", said);
	if (submission->submission.state == MARKET_SUBMISSION_PENDING)
		return 0;
	rc = mk_seller_load(ctx, row->identity.seller, NULL, &seller, err);
	if (rc != 0)
		return rc;
	submission->submission.state = MARKET_SUBMISSION_PENDING;
	submission->submission.reason = "contradicted";
	submission->submission.valid_to = row->identity.valid_to;
	submission->submission.lapsed_at = ctx->now;
	news.decided = submission;
	mk_submission_settle(ctx, submission);
	rc = mk_seller_lapse(ctx, seller, submission, err);
	if (rc == 0)
		rc = mk_review_follow(ctx, seller, &news, err);
	if (rc == 0)
		mk_seller_save(ctx, seller);
	return rc;
}

static void want(mk_ctx *ctx, mk_identity *row, const mk_identity_answer *answer)
{
	row->identity.state = MARKET_IDENTITY_WANTING;
	row->identity.wanted = answer->codes;
	row->identity.reference = answer->reference;
	mk_identity_save(ctx, row);
	mk_event(ctx, "identity.wanted", MARKET_ID_IDENTITY, row->identity.id);
	mk_event_text(ctx, "codes", answer->codes);
}

static int verify(mk_ctx *ctx, const market_identity_notify_params *in, const char **provider,
                  market_identity_told *told, market_error *err)
{
	const market_identity_provider *found;

	*provider = in->provider ? in->provider : ctx->policy->identity->provider;
	found = mk_identity_find(ctx->market, *provider);
	if (!found)
		return mk_error_field(err, mk_identity_absent(*provider, err), "provider");
	return mk_identity_verify(ctx, found, in, told, err);
}

/* A provider's secret vouches for what was asked of that provider alone. */
static int find(mk_ctx *ctx, const char *provider, const char *key, mk_request **request,
                mk_identity **row, market_error *err)
{
	int rc = mk_request_find(ctx, key, request, err);

	if (rc != 0 || !*request || (*request)->request.kind != MARKET_REQUEST_IDENTITY ||
	    !mk_text_equal((*request)->request.provider, provider))
		return rc;
	return mk_load(ctx, &mk_identity_entity, (*request)->subject, NULL, (void **)row, err);
}

mk_identity_answer mk_identity_answer_of(const market_identity_told *told)
{
#define GIVEN(member) (told->member[0] ? told->member : NULL)
	return (mk_identity_answer){
		.result = told->result,
		.reference = GIVEN(reference),
		.legal_name = GIVEN(legal_name),
		.country = GIVEN(country),
		.number = GIVEN(number),
		.address = GIVEN(address),
		.licences = GIVEN(licences),
		.codes = GIVEN(codes),
		.valid_to = told->valid_to,
	};
#undef GIVEN
}
