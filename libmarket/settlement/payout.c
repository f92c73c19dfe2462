/* SET-3: payouts. Claiming its lines and taking the money is one transaction. */
#include "libmarket/aftersale/refund.h"
#include "libmarket/party/payout_account.h"
#include "libmarket/party/requirement.h"
#include "libmarket/settlement/sql.h"

/* What a payout is made of. */
typedef struct claim {
	market_id seller;
	const char *currency;
	const market_payout_account *account;
	mk_payout *payout; /* one that failed; NULL: none */
	market_money sum;  /* of all open lots: available − receivable */
	int64_t lots;
	market_money available, receivable;
	bool closing; /* SEL-9: no minimum holds back what the seller leaves with */
} claim;

static const struct {
	int32_t from;
	mk_payout_step step;
	int32_t to;
} transitions[] = {
	{MARKET_PAYOUT_DRAFT, MK_PAYOUT_SUBMIT, MARKET_PAYOUT_SUBMITTED},
	{MARKET_PAYOUT_FAILED, MK_PAYOUT_SUBMIT, MARKET_PAYOUT_SUBMITTED},
	{MARKET_PAYOUT_SUBMITTED, MK_PAYOUT_PAY, MARKET_PAYOUT_PAID},
	{MARKET_PAYOUT_SUBMITTED, MK_PAYOUT_FAIL, MARKET_PAYOUT_FAILED},
	{MARKET_PAYOUT_PAID, MK_PAYOUT_RETURN, MARKET_PAYOUT_RETURNED},
};

static int refusal(const mk_payout_hindrance *hindrance, market_id seller, market_error *err);
static int look(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err);
static int look_at_seller(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err);
static int look_at_last(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err);
static int look_at_refunds(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance,
                           market_error *err);
static int look_at_money(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err);
static int read_money(mk_ctx *ctx, mk_ledger *ledger, claim *c, market_error *err);
static bool sums_up(const claim *c);
static int look_at_money_again(mk_ctx *ctx, claim *c, market_error *err);
static int submit(mk_ctx *ctx, const claim *c, mk_payout *payout, market_error *err);
static int post(mk_ctx *ctx, const claim *c, const mk_payout *payout, market_error *err);

int32_t mk_payout_next_state(int32_t state, mk_payout_step step)
{
	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++)
		if (transitions[i].from == state && transitions[i].step == step)
			return transitions[i].to;
	return 0;
}

int mk_payout_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_payout_create_params *in = params;
	const mk_seller *seller = ctx->subject;
	const char *currency = NULL;
	mk_payout_hindrance hindrance = {0};
	int rc = mk_settlement_currency(seller, in->currency, &currency, err);

	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_payout_entity, in->seller.id, in->ref, err);
	if (rc == 0)
		rc = mk_payout_make(ctx, in->seller, currency, in->ref, (market_id){0, 0}, &ctx->result,
		                    &hindrance, err);
	return rc == 0 && hindrance.code != 0 ? refusal(&hindrance, in->seller, err) : rc;
}

int mk_payout_retry(mk_ctx *ctx, const void *params, market_error *err)
{
	const mk_payout *payout = ctx->subject;
	mk_payout_hindrance hindrance = {0};
	int rc;

	(void)params;
	if (payout->payout.state != MARKET_PAYOUT_FAILED) {
		rc = mk_error_set(err, MARKET_ESTATE, "a payout in state %s can't be tried again",
		                  mk_enum_name(&mk_payout_state_enum, payout->payout.state));
		return mk_error_object(err, rc, MARKET_ID_PAYOUT, payout->payout.id);
	}
	rc = mk_payout_make(ctx, payout->payout.seller, payout->payout.currency, NULL,
	                    payout->payout.period, &ctx->result, &hindrance, err);
	return rc == 0 && hindrance.code != 0 ? refusal(&hindrance, payout->payout.seller, err) : rc;
}

int mk_payout_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return mk_payout_entity.fill(ctx, ctx->output, err);
}

int mk_payout_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_payout_list_params *in = params;
	mk_page *page;
	int rc = mk_page_read(ctx, &mk_payout_page, &mk_payout_record,
	                      offsetof(mk_payout, payout.created_at), MK_ARGS(mk_int(in->seller.id)),
	                      in->after, in->limit, err);

	if (rc != 0)
		return rc;
	page = ctx->output;
	for (size_t i = 0; rc == 0 && i < page->n_items; i++)
		rc = mk_payout_entity.fill(ctx, page->items[i], err);
	return rc;
}

int mk_payout_make(mk_ctx *ctx, market_id seller, const char *currency, const char *ref,
                   market_id period, market_id *out, mk_payout_hindrance *hindrance,
                   market_error *err)
{
	claim c = {.seller = seller, .currency = currency};
	mk_payout *payout;
	int rc = look(ctx, &c, hindrance, err);

	if (rc != 0 || hindrance->code != 0)
		return rc;
	payout = c.payout ? c.payout : MK_NEW(ctx->arena, mk_payout);
	if (!payout)
		return mk_error_no_memory(err);
	if (!c.payout)
		payout->payout = (market_payout){
			.id = mk_new_id(ctx, seller.id),
			.ref = ref,
			.seller = seller,
			.currency = currency,
			.state = MARKET_PAYOUT_DRAFT,
			.created_at = ctx->now,
			.version = 1,
		};
	payout->payout.state = mk_payout_next_state(payout->payout.state, MK_PAYOUT_SUBMIT);
	payout->payout.attempt++;
	payout->payout.amount = c.sum;
	payout->payout.receivable = c.receivable;
	payout->payout.lines = c.lots;
	payout->payout.period = period;
	/* SEL-8: each attempt keeps the account that it was sent to. Another is made only when this one
	 * was refused for good (PAY-3), so that it goes to the one that is named then. */
	payout->payout.account = c.account->id;
	payout->payout.bank = c.account->bank;
	payout->payout.holder = c.account->holder;
	payout->payout.reason = NULL;
	*out = payout->payout.id;
	rc = submit(ctx, &c, payout, err);
	if (rc != 0)
		return rc;
	if (c.payout)
		mk_update(ctx, &mk_payout_update, &mk_payout_record, payout->payout.id, payout);
	else
		mk_insert(ctx, &mk_payout_insert, &mk_payout_record, payout->payout.id, payout);
	return 0;
}

static int refusal(const mk_payout_hindrance *hindrance, market_id seller, market_error *err)
{
	int rc = mk_error_set(err, hindrance->code, "%s", hindrance->text);

	return mk_error_object(err, rc, MARKET_ID_SELLER, seller);
}

static int look(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err)
{
	int rc = look_at_seller(ctx, c, hindrance, err);

	if (rc == 0 && hindrance->code == 0)
		rc = look_at_last(ctx, c, hindrance, err);
	if (rc == 0 && hindrance->code == 0)
		rc = look_at_refunds(ctx, c, hindrance, err);
	if (rc == 0 && hindrance->code == 0)
		rc = look_at_money(ctx, c, hindrance, err);
	return rc;
}

static int look_at_seller(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err)
{
	market_payout_account *account = NULL;
	mk_seller *seller = NULL;
	bool complete = false;
	int rc = mk_seller_load(ctx, c->seller, "seller", &seller, err);

	if (rc == 0)
		rc = mk_seller_complete(ctx, seller, MK_GATE_PAYOUT, &complete, err);
	if (rc == 0)
		rc = mk_payout_account_find(ctx, c->seller, &account, err);
	if (rc != 0)
		return rc;
	c->account = account;
	c->closing = mk_seller_is_leaving(seller);
	if (seller->seller.state == MARKET_SELLER_SUSPENDED) /* SEL-12 */
		*hindrance = (mk_payout_hindrance){MARKET_ESTATE,
		                                   "the seller is suspended: its payouts are held", 0};
	else if (!account)
		*hindrance =
			(mk_payout_hindrance){MARKET_EINCOMPLETE, "the seller has no payout account", 0};
	else if (!complete)
		*hindrance =
			(mk_payout_hindrance){MARKET_EINCOMPLETE, "requirements for payouts are open", 0};
	else if (account->ready_at > ctx->now) /* SEL-8 */
		*hindrance = (mk_payout_hindrance){MARKET_EFROZEN,
		                                   "the payout account has changed and isn't ready yet",
		                                   account->ready_at};
	return 0;
}

/* PAY-3: never a second payout beside one whose outcome isn't definite. */
static int look_at_last(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err)
{
	int rc = mk_store_get(ctx->store, ctx->arena, &mk_payout_unfinished, &mk_payout_record,
	                      MK_ARGS(mk_int(c->seller.id), mk_text_value(c->currency)),
	                      (void **)&c->payout, err);

	if (rc == 0 && c->payout && c->payout->payout.state == MARKET_PAYOUT_SUBMITTED)
		*hindrance =
			(mk_payout_hindrance){MARKET_EINFLIGHT, "the outcome of the last payout is awaited", 0};
	return rc;
}

/* ESC-7: what is paid out is no source any more. */
static int look_at_refunds(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err)
{
	bool allowed = true;
	int rc = mk_exposure_allows_payout(ctx, c->seller, c->currency, &allowed, err);

	if (rc == 0 && !allowed)
		*hindrance = (mk_payout_hindrance){
			MARKET_EINFLIGHT, "refunds under way need what is available: it carries over", 0};
	return rc;
}

static int look_at_money(mk_ctx *ctx, claim *c, mk_payout_hindrance *hindrance, market_error *err)
{
	market_money minimum = ctx->policy->settlement->minimum;
	int rc = read_money(ctx, ctx->ledger, c, err);

	if (rc == 0 && !sums_up(c))
		rc = look_at_money_again(ctx, c, err);
	if (rc != 0)
		return rc;
	if (!mk_money_positive(c->sum))
		*hindrance = (mk_payout_hindrance){MARKET_EFUNDS, "nothing is available", 0};
	else if (!c->closing && mk_money_same_currency(minimum, c->sum) &&
	         mk_money_less(c->sum, minimum))
		*hindrance = (mk_payout_hindrance){
			MARKET_EFUNDS, "less than the minimum is available: it carries over", 0};
	return 0;
}

static int read_money(mk_ctx *ctx, mk_ledger *ledger, claim *c, market_error *err)
{
	int rc = mk_lot_open_sum(ctx, c->seller, c->currency, &c->sum, &c->lots, err);

	if (rc == 0)
		rc = mk_ledger_balance(ledger, c->seller.id, "seller_available", NULL, c->currency,
		                       &c->available, err);
	if (rc == 0)
		rc = mk_ledger_balance(ledger, c->seller.id, "seller_receivable", NULL, c->currency,
		                       &c->receivable, err);
	return rc;
}

/* ACC-4 */
static bool sums_up(const claim *c)
{
	return mk_money_equal(c->available, mk_money_add(c->sum, c->receivable));
}

/* On PostgreSQL another operation may have come between the reads: then the balances, read anew,
 * have moved, or the lots now fit them, and everything is looked at again. */
static int look_at_money_again(mk_ctx *ctx, claim *c, market_error *err)
{
	mk_ledger *anew = mk_ledger_trial(ctx->ledger, mk_plan_new(ctx->arena));
	claim now = *c;
	int rc = anew ? read_money(ctx, anew, &now, err) : mk_error_no_memory(err);

	if (rc != 0)
		return rc;
	if (sums_up(&now) || !mk_money_equal(now.available, c->available) ||
	    !mk_money_equal(now.receivable, c->receivable))
		return MK_AGAIN;
	rc = mk_error_set(err, MARKET_ECORRUPT, "the seller's lots don't sum up to its account");
	return mk_error_object(err, rc, MARKET_ID_SELLER, c->seller);
}

static int submit(mk_ctx *ctx, const claim *c, mk_payout *payout, market_error *err)
{
	char account[MARKET_ID_TEXT_SIZE];
	const char *target;
	market_id request;
	int rc = post(ctx, c, payout, err);

	if (rc != 0)
		return rc;
	/* SEL-10: the account by its identifier; its number stays sealed */
	market_id_format(MARKET_ID_PAYOUT_ACCOUNT, c->account->id, account);
	target = mk_arena_format(ctx->arena, "%s %s", account, c->account->bank);
	if (!target)
		return mk_error_no_memory(err);
	mk_plan_add(
		ctx->plan, MK_PHASE_UPDATE, &mk_lot_claim, payout->payout.id,
		MK_ARGS(mk_int(c->seller.id), mk_text_value(c->currency), mk_int(payout->payout.id.id)),
		(mk_miss){.code = MK_AGAIN, .rows = c->lots});
	mk_event(ctx, "payout.submitted", MARKET_ID_PAYOUT, payout->payout.id);
	mk_event_money(ctx, "amount", c->sum);
	mk_event_int(ctx, "attempt", payout->payout.attempt);
	return mk_request_queue(ctx, MARKET_REQUEST_PAYOUT, MARKET_ID_PAYOUT, payout->payout.id, c->sum,
	                        target, &request, err);
}

/* Dr seller_available / Cr payout_in_transit; what is owed is paid first. The amounts are chosen
 * from both accounts and all lots, of which none changes without one of the accounts. */
static int post(mk_ctx *ctx, const claim *c, const mk_payout *payout, market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];
	mk_transfer *transfer;
	int rc =
		mk_ledger_guard_name(ctx->ledger, c->seller.id, "seller_available", NULL, c->currency, err);

	if (rc == 0)
		rc = mk_ledger_guard_name(ctx->ledger, c->seller.id, "seller_receivable", NULL, c->currency,
		                          err);
	if (rc != 0)
		return rc;
	market_id_format(MARKET_ID_PAYOUT, payout->payout.id, text);
	transfer = mk_transfer_new(ctx->ledger, c->seller.id, MK_TRANSFER_DIRECT, "payout:%s:%lld",
	                           text, (long long)payout->payout.attempt);
	mk_transfer_set_object(transfer, MARKET_ID_PAYOUT, payout->payout.id);
	mk_debit(transfer, "seller_available", NULL, c->available);
	mk_credit(transfer, "seller_receivable", NULL, c->receivable);
	mk_credit(transfer, "payout_in_transit", NULL, c->sum);
	return mk_transfer_post(ctx->ledger, transfer, err);
}
