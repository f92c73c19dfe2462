/* The rows of settlement: lots, balances, payouts, statements, trials of fees. */
#include "libmarket/op/op.h"
#include "libmarket/party/party.h"
#include "libmarket/settlement/payout.h"

static const mk_field lot_list_fields[] = {
	MK_F_ID(market_lot_list_params, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_ID(market_lot_list_params, payout, PAYOUT, 0, "claimed by this payout; absent: open"),
	MK_F_TEXT(market_lot_list_params, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(market_lot_list_params, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record lot_list_params =
	MK_PARAMS_OF("lot_list_params", market_lot_list_params, lot_list_fields, "which lots");
static const mk_field lot_page_fields[] = {
	MK_F_LIST(market_lot_page, items, market_lot, mk_lot_record, 0, 0, 0, "the lots"),
	MK_F_TEXT(market_lot_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record lot_page_record =
	MK_RECORD_OF("lot_page", market_lot_page, lot_page_fields, "a page of lots");

static const mk_field mature_fields[] = {
	MK_F_ID(market_settlement_mature_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record mature_params = MK_PARAMS_OF(
	"settlement_mature_params", market_settlement_mature_params, mature_fields, "an order");

static const mk_field reserve_fields[] = {
	MK_F_ID(market_settlement_release_reserve_params, lot, LOT, MK_REQUIRED, "which reserve"),
};
static const mk_record reserve_params =
	MK_PARAMS_OF("settlement_release_reserve_params", market_settlement_release_reserve_params,
                 reserve_fields, "a reserve");

static const mk_field balance_fields[] = {
	MK_F_ID(market_balance_get_params, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_TEXT(market_balance_get_params, currency, 0, 3, 3, "absent: the seller's"),
};
static const mk_record balance_params = MK_PARAMS_OF(
	"balance_get_params", market_balance_get_params, balance_fields, "a seller and a currency");
#define T market_balance
static const mk_field balance_out_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of all amounts"),
	MK_F_MONEY(T, pending, 0, 0, 0, "earned and not matured"),
	MK_F_MONEY(T, reserved, 0, 0, 0, "held back"),
	MK_F_MONEY(T, available, 0, 0, 0, "ready to be paid out"),
	MK_F_MONEY(T, deposit, 0, 0, 0, "stands apart"),
	MK_F_MONEY(T, receivable, 0, 0, 0, "what the seller owes"),
	MK_F_MONEY(T, in_payout, 0, 0, 0, "on its way to the seller"),
	MK_F_MONEY(T, net, 0, 0, 0, "pending + reserved + available + in payout − receivable"),
};
#undef T
static const mk_record balance_record =
	MK_RECORD_OF("balance", market_balance, balance_out_fields, "a seller's balances (SET-1)");

static const mk_field payout_create_fields[] = {
	MK_F_ID(market_payout_create_params, seller, SELLER, MK_REQUIRED, "who is paid"),
	MK_F_TEXT(market_payout_create_params, currency, 0, 3, 3, "absent: the seller's"),
	MK_F_TEXT(market_payout_create_params, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
};
static const mk_record payout_create_params = MK_PARAMS_OF(
	"payout_create_params", market_payout_create_params, payout_create_fields, "a new payout");
static const mk_field payout_retry_fields[] = {
	MK_F_ID(market_payout_retry_params, payout, PAYOUT, MK_REQUIRED, "which payout"),
};
static const mk_record payout_retry_params = MK_PARAMS_OF(
	"payout_retry_params", market_payout_retry_params, payout_retry_fields, "a failed payout");
static const mk_field payout_get_fields[] = {
	MK_F_ID(market_payout_get_params, payout, PAYOUT, MK_REQUIRED, "which payout"),
};
static const mk_record payout_get_params =
	MK_PARAMS_OF("payout_get_params", market_payout_get_params, payout_get_fields, "a payout");
static const mk_field payout_list_fields[] = {
	MK_F_ID(market_payout_list_params, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_TEXT(market_payout_list_params, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(market_payout_list_params, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record payout_list_params = MK_PARAMS_OF(
	"payout_list_params", market_payout_list_params, payout_list_fields, "which payouts");
static const mk_field payout_page_fields[] = {
	MK_F_LIST(market_payout_page, items, market_payout, mk_payout_record, 0, 0, 0, "the payouts"),
	MK_F_TEXT(market_payout_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record payout_page_record =
	MK_RECORD_OF("payout_page", market_payout_page, payout_page_fields, "a page of payouts");

static const mk_field run_fields[] = {
	MK_F_ID(market_settlement_run_params, period, STATEMENT, MK_REQUIRED, "which period"),
};
static const mk_record run_params = MK_PARAMS_OF(
	"settlement_run_params", market_settlement_run_params, run_fields, "a settlement period");

#define T market_statement_get_params
static const mk_field statement_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_TEXT(T, currency, 0, 3, 3, "absent: the seller's"),
	MK_F_TIME(T, at, 0, "within a period of the policy's schedule"),
	MK_F_TIME(T, from, 0, "the first moment"),
	MK_F_TIME(T, to, 0, "the end, which isn't part of it"),
};
#undef T
static const mk_record statement_params = MK_PARAMS_OF(
	"statement_get_params", market_statement_get_params, statement_fields, "a seller and a period");
#define T market_statement_line
static const mk_field line_fields[] = {
	MK_F_TIME(T, at, 0, "when it counts"),
	MK_F_TEXT(T, purpose, 0, 0, 0, "what it is for"),
	MK_F_TEXT(T, object, 0, 0, 0, "the order, refund, lot or payout"),
	MK_F_TEXT(T, transfer, 0, 0, 0, "the transfer"),
	MK_F_MONEY(T, pending, 0, 0, 0, "change of what is pending"),
	MK_F_MONEY(T, reserved, 0, 0, 0, "change of what is held back"),
	MK_F_MONEY(T, available, 0, 0, 0, "change of what is available"),
	MK_F_MONEY(T, in_payout, 0, 0, 0, "change of what is on its way"),
	MK_F_MONEY(T, receivable, 0, 0, 0, "change of what is owed"),
	MK_F_MONEY(T, amount, 0, 0, 0, "change of the net position"),
	MK_F_MONEY(T, deposit, 0, 0, 0, "change of the deposit, apart from it"),
};
#undef T
static const mk_record line_record = MK_RECORD_OF("statement_line", market_statement_line,
                                                  line_fields, "one transfer of a statement");
#define T market_statement
static const mk_field statement_out_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of all amounts"),
	MK_F_TIME(T, from, 0, "the first moment"),
	MK_F_TIME(T, to, 0, "the end, which isn't part of it"),
	MK_F_MONEY(T, opening, 0, 0, 0, "the net position before"),
	MK_F_MONEY(T, closing, 0, 0, 0, "the net position after"),
	MK_F_INT(T, checkpoint, 0, 0, 0, "the first that covers it; 0: none yet"),
	MK_F_TEXT(T, checkpoint_root, 0, 0, 0, "its root, hexadecimal"),
	MK_F_LIST(T, lines, market_statement_line, line_record, 0, 0, 0, "the transfers in between"),
};
#undef T
static const mk_record statement_record = MK_RECORD_OF(
	"statement", market_statement, statement_out_fields, "a seller's statement (SET-4)");

#define T market_fee_dry_run_params
static const mk_field dry_run_fields[] = {
	MK_F_TEXT(T, policy, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_POLICY,
              "the text of a whole policy"),
	MK_F_ID(T, seller, SELLER, 0, "whose orders; absent: all"),
	MK_F_TIME(T, from, 0, "placed from then on"),
	MK_F_TIME(T, to, MK_REQUIRED, "placed before"),
};
#undef T
static const mk_record dry_run_params =
	MK_PARAMS_OF("fee_dry_run_params", market_fee_dry_run_params, dry_run_fields,
                 "other fee rules and past orders");
extern const mk_record mk_fee_trial_record;

#define OF_FINANCE \
	MK_RELATIONS({MK_REL_MEMBER, MK_CAN_FINANCE}, {MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT})
#define PAYERS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT}, {MK_REL_SYSTEM, 0})
#define BY_TIME MK_RELATIONS({MK_REL_SYSTEM, 0})
#define READ_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID)
#define STATE_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE)
#define TIMED_FLAGS (MK_OP_WRITES | MK_OP_MONEY | MK_OP_STATE | MK_OP_TIMED)

enum {
	LOT_LIST,
	MATURE,
	RELEASE_RESERVE,
	BALANCE_GET,
	PAYOUT_CREATE,
	PAYOUT_RETRY,
	PAYOUT_GET,
	PAYOUT_LIST,
	RUN,
	STATEMENT_GET,
	DRY_RUN,
	COUNT
};

static const mk_op ops[] = {
	[LOT_LIST] =
		{
			.name = "lot.list",
			.since = "0.1",
			.summary = "The lines of a payout, or of the next one.",
			.params = &lot_list_params,
			.result = &lot_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = READ_ERRORS,
			.flags = MK_OP_PAGED,
			.handler = mk_lot_list,
		},
	[MATURE] =
		{
			.name = "settlement.mature",
			.since = "0.1",
			.summary = "The earning of an order becomes available.",
			.params = &mature_params,
			.result = &mk_order_record,
			.gives = &mk_order_entity,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = BY_TIME,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EFROZEN),
			.flags = TIMED_FLAGS,
			.handler = mk_settlement_mature,
		},
	[RELEASE_RESERVE] =
		{
			.name = "settlement.release_reserve",
			.since = "0.1",
			.summary = "A reserve's time is over.",
			.params = &reserve_params,
			.result = &mk_lot_record,
			.gives = &mk_lot_entity,
			.subject = &mk_lot_entity,
			.subject_param = "lot",
			.relations = BY_TIME,
			.errors = STATE_ERRORS,
			.flags = TIMED_FLAGS,
			.handler = mk_settlement_release_reserve,
		},
	[BALANCE_GET] =
		{
			.name = "balance.get",
			.since = "0.1",
			.summary = "A seller's balances in one currency.",
			.params = &balance_params,
			.result = &balance_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ECURRENCY),
			.handler = mk_balance_get,
		},
	[PAYOUT_CREATE] =
		{
			.name = "payout.create",
			.since = "0.1",
			.summary = "Pays a seller all that is available.",
			.params = &payout_create_params,
			.result = &mk_payout_record,
			.gives = &mk_payout_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = PAYERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ECURRENCY, MARKET_EEXISTS,
                                MARKET_ESTATE, MARKET_EINCOMPLETE, MARKET_EFROZEN, MARKET_EINFLIGHT,
                                MARKET_EFUNDS),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STATE,
			.handler = mk_payout_create,
		},
	[PAYOUT_RETRY] =
		{
			.name = "payout.retry",
			.since = "0.1",
			.summary = "Tries a failed payout again.",
			.params = &payout_retry_params,
			.result = &mk_payout_record,
			.gives = &mk_payout_entity,
			.subject = &mk_payout_entity,
			.subject_param = "payout",
			.relations = PAYERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EINCOMPLETE,
                                MARKET_EFROZEN, MARKET_EINFLIGHT, MARKET_EFUNDS),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STATE,
			.handler = mk_payout_retry,
		},
	[PAYOUT_GET] =
		{
			.name = "payout.get",
			.since = "0.1",
			.summary = "One payout.",
			.params = &payout_get_params,
			.result = &mk_payout_record,
			.subject = &mk_payout_entity,
			.subject_param = "payout",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_payout_get,
		},
	[PAYOUT_LIST] =
		{
			.name = "payout.list",
			.since = "0.1",
			.summary = "A seller's payouts, oldest first.",
			.params = &payout_list_params,
			.result = &payout_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = READ_ERRORS,
			.flags = MK_OP_PAGED,
			.handler = mk_payout_list,
		},
	[RUN] =
		{
			.name = "settlement.run",
			.since = "0.1",
			.summary = "The payout day of one seller.",
			.params = &run_params,
			.result = &mk_period_record,
			.gives = &mk_period_entity,
			.subject = &mk_period_entity,
			.subject_param = "period",
			.relations = BY_TIME,
			.errors = STATE_ERRORS,
			.flags = TIMED_FLAGS,
			.handler = mk_settlement_run,
		},
	[STATEMENT_GET] =
		{
			.name = "statement.get",
			.since = "0.1",
			.summary = "A seller's statement of a period that is over.",
			.params = &statement_params,
			.result = &statement_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ECURRENCY, MARKET_EMISSING,
                                MARKET_EINVALID, MARKET_ESTATE),
			.handler = mk_statement_get,
		},
	[DRY_RUN] =
		{
			.name = "fee.dry_run",
			.since = "0.1",
			.summary = "What other fee rules would have taken of past orders.",
			.params = &dry_run_params,
			.result = &mk_fee_trial_record,
			.relations = MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_POLICY}),
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID, MARKET_EPOLICY),
			.handler = mk_fee_dry_run,
		},
};
extern const mk_op_group mk_op_settlement;
const mk_op_group mk_op_settlement = {ops, COUNT};

MK_TYPED(market_lot_list, &ops[LOT_LIST], market_lot_list_params, market_lot_page)
MK_TYPED_FREE(market_lot_page_free, market_lot_page)
MK_TYPED(market_settlement_mature, &ops[MATURE], market_settlement_mature_params, market_order)
MK_TYPED(market_settlement_release_reserve, &ops[RELEASE_RESERVE],
         market_settlement_release_reserve_params, market_lot)
MK_TYPED_FREE(market_lot_free, market_lot)
MK_TYPED(market_balance_get, &ops[BALANCE_GET], market_balance_get_params, market_balance)
MK_TYPED_FREE(market_balance_free, market_balance)
MK_TYPED(market_payout_create, &ops[PAYOUT_CREATE], market_payout_create_params, market_payout)
MK_TYPED(market_payout_retry, &ops[PAYOUT_RETRY], market_payout_retry_params, market_payout)
MK_TYPED(market_payout_get, &ops[PAYOUT_GET], market_payout_get_params, market_payout)
MK_TYPED_FREE(market_payout_free, market_payout)
MK_TYPED(market_payout_list, &ops[PAYOUT_LIST], market_payout_list_params, market_payout_page)
MK_TYPED_FREE(market_payout_page_free, market_payout_page)
MK_TYPED(market_settlement_run, &ops[RUN], market_settlement_run_params, market_settlement_period)
MK_TYPED_FREE(market_settlement_period_free, market_settlement_period)
MK_TYPED(market_statement_get, &ops[STATEMENT_GET], market_statement_get_params, market_statement)
MK_TYPED_FREE(market_statement_free, market_statement)
MK_TYPED(market_fee_dry_run, &ops[DRY_RUN], market_fee_dry_run_params, market_fee_trial)
MK_TYPED_FREE(market_fee_trial_free, market_fee_trial)
