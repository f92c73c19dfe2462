/* Statements of lots, payouts and periods; private to libmarket/settlement. */
#ifndef MK_SETTLEMENT_SQL_H
#define MK_SETTLEMENT_SQL_H

#include "libmarket/settlement/payout.h"

extern const mk_statement mk_lot_by_id, mk_lot_of_order, mk_lot_reserves, mk_lot_open,
	mk_lot_page_open, mk_lot_page_payout, mk_lot_insert, mk_lot_update, mk_lot_claim,
	mk_lot_unclaim;
extern const mk_statement mk_payout_by_id, mk_payout_by_ref, mk_payout_unfinished, mk_payout_page,
	mk_payout_insert, mk_payout_update;
extern const mk_statement mk_period_by_id, mk_period_of_seller, mk_period_insert, mk_period_update,
	mk_period_stay_open;

#endif
