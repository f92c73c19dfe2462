/* SEL-5: yearly fees. */
#include <string.h>

#include "libmarket/aftersale/refund.h"
#include "libmarket/base/clock.h"
#include "libmarket/engine/policy_service_fees.h"
#include "libmarket/rating/rating.h"
#include "libmarket/seller/category.h"
#include "libmarket/service_fee/sql.h"
#include "libmarket/settlement/settlement.h"

enum { PARTS = 12 };
#define YEAR (365 * MK_DAY)

static const mk_statement yearly_sales = {
	.name = "yearly_sales",
	.sql = "SELECT COALESCE(CAST(SUM(cash + promo - refunded_cash - refunded_promo) AS BIGINT), 0) "
		   "AS number FROM seller_order WHERE book_id = ?1 AND currency = ?2 AND finished_at >= ?3 "
		   "AND finished_at < ?4",
};

static int check_asked(mk_ctx *ctx, const mk_yearly_fee *entry, const mk_seller *seller,
                       market_error *err);
static int find_share(mk_ctx *ctx, const market_service_fee *fee, market_rate *share,
                      market_error *err);
static mk_transfer *transfer_of(mk_ctx *ctx, const market_service_fee *fee, const char *purpose);
static int settle(mk_ctx *ctx, mk_service_fee *row, market_error *err);
static int give_back(mk_ctx *ctx, const market_service_fee *fee, mk_transfer *transfer,
                     market_money amount, market_money tax, market_error *err);
static int save(mk_ctx *ctx, mk_service_fee *row);

int mk_service_fee_charge(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_service_fee_charge_params *in = params;
	const mk_seller *seller = ctx->subject;
	const mk_yearly_fee *entry = mk_policy_yearly_fee(ctx->policy, in->fee);
	mk_service_charge charge = {.seller = seller,
	                            .kind = MARKET_ID_SERVICE_FEE,
	                            .purpose = "service_fee_charged",
	                            .part = "1",
	                            .stem = "fee_deferred"};
	mk_service_fee *row = MK_NEW(ctx->arena, mk_service_fee);
	void *running = NULL;
	int rc;

	if (!entry)
		return mk_error_at(err, MARKET_EINVALID, "fee", "the policy has no yearly fee %s", in->fee);
	if (!row)
		return mk_error_no_memory(err);
	rc = mk_service_check_seller(seller, err);
	if (rc == 0)
		rc = check_asked(ctx, entry, seller, err);
	if (rc == 0)
		rc = mk_store_get(ctx->store, ctx->arena, &mk_service_fee_running, &mk_service_fee_record,
		                  MK_ARGS(mk_int(in->seller.id), mk_text_value(in->fee)), &running, err);
	if (rc == 0 && running)
		rc = mk_error_at(err, MARKET_EEXISTS, "fee", "the fee %s runs already", in->fee);
	if (rc != 0)
		return rc;
	row->fee = (market_service_fee){
		.id = mk_new_id(ctx, in->seller.id),
		.seller = in->seller,
		.fee = entry->key,
		.state = MARKET_SERVICE_FEE_RUNNING,
		.currency = seller->seller.currency,
		.amount = entry->amount,
		.tax = mk_service_tax(ctx, entry->amount),
		.earned = mk_money_zero(entry->amount),
		.refunded = mk_money_zero(entry->amount),
		.from_at = ctx->now,
		.to_at = ctx->now + YEAR,
		.version = 1,
	};
	charge.object = row->fee.id;
	charge.amount = row->fee.amount;
	charge.tax = row->fee.tax;
	rc = mk_service_draw(ctx, &charge, false, err);
	if (rc != 0)
		return rc;
	row->due_at = ctx->now + YEAR / PARTS;
	mk_insert(ctx, &mk_service_fee_insert, &mk_service_fee_record, row->fee.id, row);
	mk_deadline_set(ctx, row->fee.id, 0, row->due_at, "service_fee.earn");
	mk_event(ctx, "service_fee.charged", MARKET_ID_SERVICE_FEE, row->fee.id);
	mk_event_money(ctx, "amount", row->fee.amount);
	ctx->result = row->fee.id;
	return 0;
}

/* Its deadline: after each twelfth of the year. Twelfths are rounded cumulatively, so that they sum
 * to the fee. */
int mk_service_fee_earn(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_service_fee *row = (mk_service_fee *)ctx->subject;
	market_service_fee *fee = &row->fee;
	mk_transfer *transfer;
	market_money earned, part;
	int rc;

	(void)params;
	if (row->due_at == 0 || row->due_at > ctx->now)
		return mk_error_at(err, MARKET_ESTATE, "fee", "no part of the fee is due");
	fee->parts++;
	if (fee->parts == PARTS)
		return settle(ctx, row, err);
	earned = mk_money_scale(fee->amount, fee->parts, PARTS, MK_HALF_UP);
	part = mk_money_sub(earned, fee->earned);
	if (mk_money_positive(part)) { /* a twelfth of very little is nothing */
		transfer = transfer_of(ctx, fee, "service_fee_earned");
		mk_debit(transfer, "fee_deferred", NULL, part);
		mk_credit(transfer, "fee_revenue", "service", part);
		rc = mk_transfer_post(ctx->ledger, transfer, err);
		if (rc != 0)
			return rc;
	}
	fee->earned = earned;
	mk_event(ctx, "service_fee.earned", MARKET_ID_SERVICE_FEE, fee->id);
	mk_event_int(ctx, "parts", fee->parts);
	return save(ctx, row);
}

int mk_service_fee_refund(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_service_fee_refund_params *in = params;
	mk_service_fee *row = (mk_service_fee *)ctx->subject;
	market_service_fee *fee = &row->fee;
	const market_money rest = mk_money_sub(fee->amount, fee->earned);
	mk_transfer *transfer;
	int rc;

	if (fee->state != MARKET_SERVICE_FEE_RUNNING)
		return mk_error_at(err, MARKET_ESTATE, "fee", "the fee doesn't run any more");
	fee->state = MARKET_SERVICE_FEE_REFUNDED;
	fee->refunded = rest;
	fee->reason = in->reason;
	transfer = transfer_of(ctx, fee, "service_fee_refunded");
	mk_debit(transfer, "fee_deferred", NULL, rest);
	/* the tax of the parts that weren't earned */
	rc = give_back(ctx, fee, transfer, rest,
	               mk_money_scale(fee->tax, PARTS - fee->parts, PARTS, MK_HALF_UP), err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "service_fee.refunded", MARKET_ID_SERVICE_FEE, fee->id);
	mk_event_text(ctx, "reason", in->reason);
	return save(ctx, row);
}

int mk_service_fee_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	(void)err;
	ctx->output = (void *)ctx->subject;
	return 0;
}

int mk_service_fee_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_service_fee_list_params *in = params;

	return mk_page_read(ctx, &mk_service_fee_page, &mk_service_fee_record,
	                    offsetof(market_service_fee, from_at), MK_ARGS(mk_int(in->seller.id)),
	                    in->after, in->limit, err);
}

int mk_service_check_seller(const mk_seller *seller, market_error *err)
{
	if (seller->seller.state == MARKET_SELLER_APPROVED ||
	    seller->seller.state == MARKET_SELLER_SUSPENDED)
		return 0;
	return mk_error_at(err, MARKET_ESTATE, "seller", "the seller is %s",
	                   mk_enum_name(&mk_seller_state_enum, seller->seller.state));
}

market_money mk_service_tax(const mk_ctx *ctx, market_money amount)
{
	return mk_money_rate(amount, ctx->policy->service_fees->tax, MK_HALF_UP);
}

int mk_service_draw(mk_ctx *ctx, const mk_service_charge *charge, bool look, market_error *err)
{
	mk_draw draw = {.seller = charge->seller->seller.id,
	                .kind = MARKET_LOT_FEE,
	                .amount = mk_money_add(charge->amount, charge->tax)};
	char text[MARKET_ID_TEXT_SIZE];
	mk_transfer *transfer = NULL;
	int rc;

	if (!mk_money_same_currency(charge->amount, mk_money(0, charge->seller->seller.currency)))
		return mk_error_set(err, MARKET_ECURRENCY, "the seller's currency is %s",
		                    charge->seller->seller.currency);
	if (!look) {
		market_id_format(charge->kind, charge->object, text);
		transfer = mk_transfer_new(ctx->ledger, charge->seller->seller.id.id, MK_TRANSFER_DIRECT,
		                           "%s:%s:%s", charge->purpose, text, charge->part);
		mk_transfer_set_object(transfer, charge->kind, charge->object);
	}
	rc = mk_draw_from(ctx, transfer, &draw, err);
	if (rc == 0)
		rc = mk_exposure_allows_fee(ctx, draw.seller, draw.amount, look, err);
	if (rc != 0 || look)
		return rc;
	mk_credit(transfer, charge->stem, charge->suffix, charge->amount);
	mk_credit(transfer, "tax_payable", NULL, charge->tax);
	return mk_transfer_post(ctx->ledger, transfer, err);
}

static bool asks_type(const mk_yearly_fee *entry, const mk_seller *seller)
{
	const char *type = mk_enum_name(&mk_store_type_enum, seller->seller.store_type);

	if (seller->seller.store_type == MARKET_STORE_PLATFORM) /* SEL-3: it pays no fees */
		return false;
	for (size_t i = 0; i < entry->n_store_types; i++)
		if (mk_text_equal(entry->store_types[i], type))
			return true;
	return entry->n_store_types == 0;
}

static int check_asked(mk_ctx *ctx, const mk_yearly_fee *entry, const mk_seller *seller,
                       market_error *err)
{
	mk_seller copy = *seller;
	mk_query *queries = NULL;
	bool asked = asks_type(entry, seller) && !entry->fee_class;
	int rc = mk_seller_categories_fill(ctx, &copy, err);

	if (rc == 0 && copy.seller.n_categories > 0)
		rc = mk_categories_read(ctx, copy.seller.categories, copy.seller.n_categories, &queries,
		                        err);
	for (size_t i = 0; rc == 0 && i < copy.seller.n_categories; i++) {
		const market_category *category = queries[i].n_rows > 0 ? queries[i].rows[0] : NULL;

		asked = asked || (category && entry->fee_class && asks_type(entry, seller) &&
		                  mk_text_equal(category->fee_class, entry->fee_class));
	}
	if (rc == 0 && !asked)
		rc = mk_error_at(err, MARKET_EINVALID, "fee", "the fee %s isn't asked of the seller",
		                 entry->key);
	return rc;
}

/* The largest share whose sales and rating the year has reached. A fee that the policy has no
 * longer gives nothing back. */
static int find_share(mk_ctx *ctx, const market_service_fee *fee, market_rate *share,
                      market_error *err)
{
	const mk_yearly_fee *entry = mk_policy_yearly_fee(ctx->policy, fee->fee);
	const mk_number *sales = NULL;
	int64_t rating = 0;
	int rc = 0;

	*share = 0;
	if (!entry || entry->n_refunds == 0)
		return 0;
	rc = mk_store_get(ctx->store, ctx->arena, &yearly_sales, &mk_number_record,
	                  MK_ARGS(mk_int(fee->seller.id), mk_text_value(fee->currency),
	                          mk_int(fee->from_at), mk_int(fee->to_at)),
	                  (void **)&sales, err);
	if (rc == 0)
		rc = mk_rating_mean(ctx, fee->seller, &rating, err);
	for (size_t i = 0; rc == 0 && i < entry->n_refunds; i++) {
		const mk_fee_refund *row = entry->refunds[i];

		if (mk_money_same_currency(row->sales_from, mk_money(0, fee->currency)) &&
		    !mk_money_less(mk_money(sales->number, fee->currency), row->sales_from) &&
		    rating >= row->rating_from && row->share > *share)
			*share = row->share;
	}
	return rc;
}

static mk_transfer *transfer_of(mk_ctx *ctx, const market_service_fee *fee, const char *purpose)
{
	char text[MARKET_ID_TEXT_SIZE];
	mk_transfer *transfer;

	market_id_format(MARKET_ID_SERVICE_FEE, fee->id, text);
	transfer = mk_transfer_new(ctx->ledger, fee->seller.id, MK_TRANSFER_DIRECT, "%s:%s:%lld",
	                           purpose, text, (long long)fee->parts);
	mk_transfer_set_object(transfer, MARKET_ID_SERVICE_FEE, fee->id);
	return transfer;
}

/* The last part: what comes back draws the rest that is deferred first, then what was earned. */
static int settle(mk_ctx *ctx, mk_service_fee *row, market_error *err)
{
	market_service_fee *fee = &row->fee;
	const market_money rest = mk_money_sub(fee->amount, fee->earned);
	mk_transfer *transfer = transfer_of(ctx, fee, "service_fee_settled");
	market_rate share = 0;
	int rc = find_share(ctx, fee, &share, err);

	if (rc != 0)
		return rc;
	fee->state = MARKET_SERVICE_FEE_SETTLED;
	fee->refunded = mk_money_rate(fee->amount, share, MK_HALF_UP);
	mk_debit(transfer, "fee_deferred", NULL, rest);
	if (mk_money_less(rest, fee->refunded))
		mk_debit(transfer, "fee_revenue", "service", mk_money_sub(fee->refunded, rest));
	else
		mk_credit(transfer, "fee_revenue", "service", mk_money_sub(rest, fee->refunded));
	rc = give_back(ctx, fee, transfer, fee->refunded, mk_money_rate(fee->tax, share, MK_HALF_UP),
	               err);
	if (rc != 0)
		return rc;
	fee->earned = mk_money_sub(fee->amount, fee->refunded);
	mk_event(ctx, "service_fee.settled", MARKET_ID_SERVICE_FEE, fee->id);
	mk_event_money(ctx, "refunded", fee->refunded);
	return save(ctx, row);
}

/* ACC-4: a line of the next payout. Of a very small fee nothing may be left to post. */
static int give_back(mk_ctx *ctx, const market_service_fee *fee, mk_transfer *transfer,
                     market_money amount, market_money tax, market_error *err)
{
	const market_money all = mk_money_add(amount, tax),
					   rest = mk_money_sub(fee->amount, fee->earned);
	mk_lot *lot;
	int rc;

	if (mk_money_positive(all)) {
		lot = mk_lot_new(ctx, MARKET_LOT_FEE, fee->seller, all);
		if (!lot)
			return mk_error_no_memory(err);
		lot->lot.matured_at = ctx->now;
		mk_lot_add(ctx, lot);
		rc = mk_period_open(ctx, fee->seller, lot->lot.currency, err);
		if (rc != 0)
			return rc;
	}
	mk_debit(transfer, "tax_payable", NULL, tax);
	mk_credit(transfer, "seller_available", NULL, all);
	return mk_money_is_zero(all) && mk_money_is_zero(rest)
	           ? 0
	           : mk_transfer_post(ctx->ledger, transfer, err);
}

static int save(mk_ctx *ctx, mk_service_fee *row)
{
	const bool runs = row->fee.state == MARKET_SERVICE_FEE_RUNNING;
	const market_time due = runs ? row->fee.from_at + (row->fee.parts + 1) * (YEAR / PARTS) : 0;

	if (due != row->due_at)
		mk_deadline_set(ctx, row->fee.id, row->due_at, due, "service_fee.earn");
	row->due_at = due;
	mk_update(ctx, &mk_service_fee_update, &mk_service_fee_record, row->fee.id, row);
	ctx->result = row->fee.id;
	return 0;
}
