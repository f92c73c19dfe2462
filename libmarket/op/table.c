#include <string.h>

#include "libmarket/op/entity.h"
#include "libmarket/op/op.h"

extern const mk_op_group mk_op_party, mk_op_member, mk_op_agency, mk_op_payout_account, mk_op_event,
	mk_op_policy;
extern const mk_op_group mk_op_catalog, mk_op_ledger, mk_op_order, mk_op_payment, mk_op_shipment;
extern const mk_op_group mk_op_catalogue, mk_op_change, mk_op_front;
extern const mk_op_group mk_op_rating, mk_op_escrow, mk_op_refund, mk_op_settlement;
extern const mk_op_group mk_op_service_fee, mk_op_deposit, mk_op_closing, mk_op_review,
	mk_op_submission, mk_op_standing;
extern const mk_op_group mk_op_keys, mk_op_stock, mk_op_listing, mk_op_holiday, mk_op_brand;
extern const mk_op_group mk_op_identity;
extern const mk_op_group mk_op_search;

/* clang-format off */
const mk_op_group *const mk_op_groups[] = {
	&mk_op_party,
	&mk_op_submission,
	&mk_op_review,
	&mk_op_payout_account,
	&mk_op_event,
	&mk_op_policy,
	&mk_op_catalog,
	&mk_op_ledger,
	&mk_op_order,
	&mk_op_payment,
	&mk_op_shipment,
	&mk_op_rating,
	&mk_op_escrow,
	&mk_op_refund,
	&mk_op_settlement,
	&mk_op_keys,
	&mk_op_catalogue,
	&mk_op_change,
	&mk_op_front,
	&mk_op_stock,
	&mk_op_listing,
	&mk_op_holiday,
	&mk_op_closing,
	&mk_op_deposit,
	&mk_op_service_fee,
	&mk_op_brand,
	&mk_op_member,
	&mk_op_identity,
	&mk_op_search,
	&mk_op_agency,
	&mk_op_standing,
	NULL,
};
/* clang-format on */

const mk_op *mk_op_find(const char *name)
{
	const mk_op *op;
	for (size_t i = 0; (op = mk_op_at(i)); i++)
		if (strcmp(op->name, name) == 0)
			return op;
	return NULL;
}

const mk_op *mk_op_at(size_t index)
{
	for (const mk_op_group *const *group = mk_op_groups; *group; group++) {
		if (index < (*group)->count)
			return &(*group)->ops[index];
		index -= (*group)->count;
	}
	return NULL;
}

const mk_entity *mk_entity_of(market_id_kind kind)
{
	const mk_op *op;
	for (size_t i = 0; (op = mk_op_at(i)); i++) {
		if (op->subject && op->subject->kind == kind)
			return op->subject;
		if (op->gives && op->gives->kind == kind)
			return op->gives;
	}
	return NULL;
}

bool market_operation_at(size_t index, market_operation *out)
{
	const mk_op *op = mk_op_at(index);
	if (!op)
		return false;
	*out = (market_operation){
		.name = op->name,
		.summary = op->summary,
		.since = op->since,
		.writes = (op->flags & MK_OP_WRITES) != 0,
		.money = (op->flags & MK_OP_MONEY) != 0,
		.paged = (op->flags & MK_OP_PAGED) != 0,
	};
	return true;
}
