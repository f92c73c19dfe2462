/* The rows of payout accounts. */
#include "libmarket/party/payout_account.h"
#include "libmarket/op/op.h"

#define T market_payout_account_set_params
static const mk_field payout_account_set_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose it is"),
	MK_F_TEXT(T, holder, MK_REQUIRED, 1, MK_MAX_NAME, "who holds it"),
	MK_F_TEXT(T, bank, MK_REQUIRED, 1, MK_MAX_NAME, "the bank's code or name"),
	MK_F_TEXT(T, country, MK_REQUIRED, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, account, MK_REQUIRED | MK_SENSITIVE, 1, MK_MAX_CODE, "the account's number"),
};
static const mk_record payout_account_set_params =
	MK_PARAMS_OF("payout_account_set_params", T, payout_account_set_fields, "a payout account");
#undef T

#define T market_payout_account_get_params
static const mk_field payout_account_get_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose it is"),
	MK_F_ID(T, account, PAYOUT_ACCOUNT, 0, "which; absent: the current one"),
};
static const mk_record payout_account_get_params =
	MK_PARAMS_OF("payout_account_get_params", T, payout_account_get_fields, "which account");
#undef T

enum { ACCOUNT_SET, ACCOUNT_GET, ACCOUNT_REVEAL, COUNT };

static const mk_op ops[COUNT] = {
	[ACCOUNT_SET] =
		{
			.name = "payout_account.set",
			.since = "0.1",
			.summary = "Names the account that payouts go to.",
			.params = &payout_account_set_params,
			.result = &mk_payout_account_record,
			.gives = &mk_payout_account_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_PAYOUT_ACCOUNT}),
			.errors =
				MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EUNCONFIRMED, MARKET_EHOLDER),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_payout_account_set,
		},
	[ACCOUNT_GET] =
		{
			.name = "payout_account.get",
			.since = "0.1",
			.summary = "A payout account, its number masked.",
			.params = &payout_account_get_params,
			.result = &mk_payout_account_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_FINANCE},
                                      {MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_payout_account_get,
		},
	[ACCOUNT_REVEAL] =
		{
			.name = "payout_account.reveal",
			.since = "0.1",
			.summary = "A payout account in full; recorded.",
			.params = &payout_account_get_params,
			.result = &mk_payout_account_record,
			.gives = &mk_payout_account_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SEALED}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.flags = MK_OP_WRITES | MK_OP_AUDITED,
			.handler = mk_payout_account_reveal,
		},
};
extern const mk_op_group mk_op_payout_account;
const mk_op_group mk_op_payout_account = {ops, COUNT};

MK_TYPED(market_payout_account_set, &ops[ACCOUNT_SET], market_payout_account_set_params,
         market_payout_account)
MK_TYPED(market_payout_account_get, &ops[ACCOUNT_GET], market_payout_account_get_params,
         market_payout_account)
MK_TYPED(market_payout_account_reveal, &ops[ACCOUNT_REVEAL], market_payout_account_get_params,
         market_payout_account)
MK_TYPED_FREE(market_payout_account_free, market_payout_account)
