/* SET-2: lots, and how they become available. */
#include "libmarket/party/party.h"
#include "libmarket/settlement/sql.h"
#include "libmarket/standing/standing.h"

typedef struct open_sum {
	int64_t count, sum;
} open_sum;
static const mk_field open_fields[] = {
	MK_F_INT(open_sum, count, 0, 0, 0, "how many are open"),
	MK_F_INT(open_sum, sum, 0, 0, 0, "of what remains of them"),
};
static const mk_record open_record =
	MK_RECORD_OF("open_lots", open_sum, open_fields, "the open lots of a seller");

static int mature_lot(mk_ctx *ctx, const mk_order *order, const mk_seller *seller, mk_lot *lot,
                      market_error *err);
static market_money reserve_of(mk_ctx *ctx, const mk_order *order, const mk_seller *seller,
                               market_money amount, market_time *until);
static const mk_reserve_rule *reserve_rule(const mk_policy *policy, const mk_order *order);
static int make_available(mk_ctx *ctx, mk_transfer *transfer, mk_lot *lot, market_money moved,
                          const char *event, market_error *err);

mk_lot *mk_lot_new(mk_ctx *ctx, int32_t kind, market_id seller, market_money amount)
{
	mk_lot *lot = MK_NEW(ctx->arena, mk_lot);

	if (!lot)
		return NULL;
	lot->lot = (market_lot){
		.id = mk_new_id(ctx, seller.id),
		.seller = seller,
		.kind = kind,
		.amount = amount,
		.remaining = amount,
		.currency = mk_arena_text(ctx->arena, amount.currency),
		.created_at = ctx->now,
		.version = 1,
	};
	return lot;
}

void mk_lot_add(mk_ctx *ctx, mk_lot *lot)
{
	if (!lot)
		return; /* the arena remembers it */
	if (lot->lot.kind == MARKET_LOT_RESERVE)
		lot->due_at = lot->lot.matures_at;
	mk_insert(ctx, &mk_lot_insert, &mk_lot_record, lot->lot.id, lot);
	mk_deadline_set(ctx, lot->lot.id, 0, lot->due_at, "settlement.release_reserve");
}

void mk_lot_save(mk_ctx *ctx, mk_lot *lot)
{
	bool waits = lot->lot.kind == MARKET_LOT_RESERVE && lot->lot.matured_at == 0;
	market_time due = waits ? lot->lot.matures_at : 0;

	if (due != lot->due_at)
		mk_deadline_set(ctx, lot->lot.id, lot->due_at, due, "settlement.release_reserve");
	lot->due_at = due;
	mk_update(ctx, &mk_lot_update, &mk_lot_record, lot->lot.id, lot);
}

int mk_lot_list_order(mk_ctx *ctx, market_id order, mk_lot ***out, size_t *count, market_error *err)
{
	return mk_store_list(ctx->store, ctx->arena, &mk_lot_of_order, &mk_lot_record,
	                     MK_ARGS(mk_int(order.book), mk_int(order.id)), (void ***)out, count, err);
}

int mk_lot_open_sum(mk_ctx *ctx, market_id seller, const char *currency, market_money *sum,
                    int64_t *count, market_error *err)
{
	const open_sum *open = NULL;
	int rc = mk_store_get(ctx->store, ctx->arena, &mk_lot_open, &open_record,
	                      MK_ARGS(mk_int(seller.id), mk_text_value(currency)), (void **)&open, err);

	*sum = mk_money(open ? open->sum : 0, currency);
	*count = open ? open->count : 0;
	if (rc != MARKET_EOVERFLOW && (rc != 0 || !mk_money_broken(*sum)))
		return rc;
	rc = mk_error_set(err, MARKET_ECORRUPT, "the sum of the seller's open lots overflows");
	return mk_error_object(err, rc, MARKET_ID_SELLER, seller);
}

int mk_settlement_mature(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_order *order = (mk_order *)ctx->subject;
	mk_seller *seller = NULL;
	mk_lot **lots = NULL;
	size_t count = 0;
	int rc;

	(void)params;
	if (order->order.mature_at == 0 || order->order.mature_at > ctx->now) {
		rc = mk_error_set(err, MARKET_ESTATE, "the earning of the order isn't due");
		return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
	}
	/* ESC-7: a refund under way counts on the earning that it will take first */
	if (order->order.freezes > 0) {
		rc = mk_error_set(err, MARKET_EFROZEN, "the order has an open refund or dispute");
		return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
	}
	rc = mk_lot_list_order(ctx, order->order.id, &lots, &count, err);
	if (rc == 0)
		rc = mk_seller_load(ctx, order->order.seller, NULL, &seller, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (lots[i]->lot.kind == MARKET_LOT_EARNING && lots[i]->lot.matured_at == 0)
			rc = mature_lot(ctx, order, seller, lots[i], err);
	if (rc != 0)
		return rc;
	order->order.mature_at = 0;
	mk_order_save(ctx, order);
	ctx->result = order->order.id;
	return 0;
}

int mk_settlement_release_reserve(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_lot *lot = (mk_lot *)ctx->subject;
	char text[MARKET_ID_TEXT_SIZE];
	mk_transfer *transfer;
	int rc;

	(void)params;
	if (lot->lot.kind != MARKET_LOT_RESERVE || lot->lot.matured_at != 0 ||
	    lot->lot.matures_at > ctx->now) {
		rc = mk_error_set(err, MARKET_ESTATE, "the lot isn't a reserve whose time is over");
		return mk_error_object(err, rc, MARKET_ID_LOT, lot->lot.id);
	}
	market_id_format(MARKET_ID_LOT, lot->lot.id, text);
	transfer =
		mk_transfer_new(ctx->ledger, lot->lot.id.book, MK_TRANSFER_DIRECT, "reserve:%s", text);
	mk_transfer_set_object(transfer, MARKET_ID_LOT, lot->lot.id);
	mk_debit(transfer, "seller_reserved", NULL, lot->lot.remaining);
	rc = make_available(ctx, transfer, lot, lot->lot.remaining, "lot.released", err);
	if (rc != 0)
		return rc;
	mk_lot_save(ctx, lot);
	ctx->result = lot->lot.id;
	return 0;
}

int mk_lot_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_lot_list_params *in = params;
	const mk_seller *seller = ctx->subject;
	size_t offset = offsetof(mk_lot, lot.created_at);

	if (mk_id_absent(in->payout))
		return mk_page_read(ctx, &mk_lot_page_open, &mk_lot_record, offset,
		                    MK_ARGS(mk_int(in->seller.id), mk_text_value(seller->seller.currency)),
		                    in->after, in->limit, err);
	return mk_page_read(ctx, &mk_lot_page_payout, &mk_lot_record, offset,
	                    MK_ARGS(mk_int(in->seller.id), mk_int(in->payout.id)), in->after, in->limit,
	                    err);
}

/* Dr seller_pending / Cr seller_reserved, seller_available, of which the receivable is paid first.
 */
static int mature_lot(mk_ctx *ctx, const mk_order *order, const mk_seller *seller, mk_lot *lot,
                      market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];
	market_money whole = lot->lot.remaining;
	market_time until = 0;
	market_money reserve = reserve_of(ctx, order, seller, whole, &until);
	mk_transfer *transfer;
	mk_lot *kept;
	int rc;

	market_id_format(MARKET_ID_LOT, lot->lot.id, text);
	transfer =
		mk_transfer_new(ctx->ledger, lot->lot.id.book, MK_TRANSFER_DIRECT, "mature:%s", text);
	mk_transfer_set_object(transfer, MARKET_ID_ORDER, order->order.id);
	mk_debit(transfer, "seller_pending", NULL, whole);
	mk_credit(transfer, "seller_reserved", NULL, reserve);
	lot->lot.remaining = mk_money_sub(whole, reserve);
	rc = make_available(ctx, transfer, lot, whole, "lot.matured", err);
	if (rc != 0)
		return rc;
	mk_lot_save(ctx, lot);
	if (!mk_money_positive(reserve))
		return 0;
	mk_event_money(ctx, "reserve", reserve);
	kept = mk_lot_new(ctx, MARKET_LOT_RESERVE, lot->lot.seller, reserve);
	if (!kept)
		return mk_error_no_memory(err);
	kept->lot.order = lot->lot.order;
	kept->lot.matures_at = until;
	mk_lot_add(ctx, kept);
	return 0;
}

/* The first rule that matches the type of store at placement, of the policy frozen for the order;
 * SEL-7: not less, and not for a shorter time, than the seller's points ask for. */
static market_money reserve_of(mk_ctx *ctx, const mk_order *order, const mk_seller *seller,
                               market_money amount, market_time *until)
{
	const mk_policy *policy = mk_order_policy(ctx, order);
	const mk_reserve_rule *rule = reserve_rule(policy, order);
	market_rate rate = rule ? rule->rate : 0;
	mk_action penalty;

	*until = rule ? ctx->now + rule->period : 0;
	if (mk_standing_has(ctx, seller->standing, MARKET_ACTION_PAYOUT_RESERVE, &penalty)) {
		rate = penalty.rate > rate ? penalty.rate : rate;
		*until = penalty.until > *until ? penalty.until : *until;
	}
	return rate > 0 ? mk_money_rate(amount, rate, mk_policy_rounding(policy))
	                : mk_money_zero(amount);
}

static const mk_reserve_rule *reserve_rule(const mk_policy *policy, const mk_order *order)
{
	const char *type = mk_enum_name(&mk_store_type_enum, order->store_type);

	for (size_t i = 0; i < policy->settlement->n_reserves; i++) {
		const mk_reserve_rule *rule = policy->settlement->reserves[i];
		bool match = rule->n_store_types == 0;

		for (size_t k = 0; k < rule->n_store_types; k++)
			match = match || mk_text_equal(rule->store_types[k], type);
		if (match)
			return rule;
	}
	return NULL;
}

/* `moved`: what the transfer moves, of which a reserve may leave nothing available. */
static int make_available(mk_ctx *ctx, mk_transfer *transfer, mk_lot *lot, market_money moved,
                          const char *event, market_error *err)
{
	market_money amount = lot->lot.remaining;
	int rc = 0;

	lot->lot.matured_at = ctx->now;
	mk_event(ctx, event, MARKET_ID_LOT, lot->lot.id);
	mk_event_money(ctx, "available", amount);
	mk_credit(transfer, "seller_available", NULL, amount);
	if (mk_money_positive(amount))
		rc = mk_period_open(ctx, lot->lot.seller, lot->lot.currency, err);
	/* a lot that refunds have used up moves nothing */
	return rc == 0 && mk_money_positive(moved) ? mk_transfer_post(ctx->ledger, transfer, err) : rc;
}
