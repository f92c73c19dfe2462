/* ACC-4: postings by hand keep a seller's lines and its available balance equal. */
#include "libmarket/accounting/accounting.h"
#include "libmarket/settlement/settlement.h"

#include <string.h>

static const char *const names[] = {"seller_available", "seller_receivable"};

static int add_amount(mk_by_hand *all, market_id seller, market_money amount, market_error *err);

bool mk_is_of_seller(const char *stem)
{
	return strcmp(stem, names[0]) == 0 || strcmp(stem, names[1]) == 0;
}

int mk_by_hand_collect(mk_by_hand *all, market_id seller, const mk_transfer *transfer,
                       market_error *err)
{
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0;; i++) {
			market_money effect = mk_transfer_effect(transfer, names[k], i);
			if (!effect.currency[0])
				break;
			if (mk_id_absent(seller))
				return mk_error_at(err, MARKET_EINVALID, "legs", "%s is of a seller's book",
				                   names[k]);
			int rc = add_amount(all, seller, k == 0 ? effect : mk_money_neg(effect), err);
			if (rc)
				return rc;
		}
	}
	return 0;
}

int mk_by_hand_add(mk_ctx *ctx, const mk_by_hand *all, market_error *err)
{
	for (size_t i = 0; i < all->count; i++) {
		market_money amount = all->lines[i].amount;
		market_id seller = all->lines[i].seller;
		if (mk_money_is_zero(amount))
			continue;
		mk_lot *lot = mk_lot_new(ctx, MARKET_LOT_ADJUSTMENT, seller, amount);
		if (!lot)
			return mk_error_no_memory(err);
		lot->lot.matured_at = ctx->now;
		mk_lot_add(ctx, lot);
		int rc = mk_period_open(ctx, seller, lot->lot.currency, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int add_amount(mk_by_hand *all, market_id seller, market_money amount, market_error *err)
{
	size_t i = 0;
	while (i < all->count && (!mk_id_equal(all->lines[i].seller, seller) ||
	                          !mk_money_same_currency(all->lines[i].amount, amount)))
		i++;
	if (i == MK_BY_HAND_MAX)
		return mk_error_at(err, MARKET_ELIMIT, "transfers",
		                   "at most %d sellers' balances change at once", MK_BY_HAND_MAX);
	if (i == all->count) {
		all->lines[all->count].seller = seller;
		all->lines[all->count++].amount = mk_money_zero(amount);
	}
	all->lines[i].amount = mk_money_add(all->lines[i].amount, amount);
	return 0;
}
