/* The rows of the ledger. */
#include "libmarket/accounting/accounting.h"
#include "libmarket/op/op.h"

#define CLIENT_ID_MAX MK_MAX_KEY
#define ACCOUNT_NAME_MAX 100

#define T market_leg_params
static const mk_field leg_fields[] = {
	MK_F_TEXT(T, account, MK_REQUIRED, 1, ACCOUNT_NAME_MAX, "the account's name with its suffix"),
	MK_F_MONEY(T, debit, 0, 1, MK_MONEY_MAX, "the amount, when it is a debit"),
	MK_F_MONEY(T, credit, 0, 1, MK_MONEY_MAX, "the amount, when it is a credit"),
};
#undef T
static const mk_record leg_params =
	MK_SIZED_OF("leg_params", market_leg_params, leg_fields, "one leg to post");

#define TRANSFER_FIELDS \
	MK_F_ID(T, seller, SELLER, 0, "whose book; the platform's when neither is given"), \
		MK_F_ID(T, buyer, BUYER, 0, "whose book"), \
		MK_F_TEXT(T, client_id, MK_REQUIRED, 1, CLIENT_ID_MAX, \
	              "permanent and unique in its book: purpose:object"), \
		MK_F_ENUM(T, kind, mk_transfer_kind_enum, 0, "direct when absent"), \
		MK_F_LIST(T, legs, market_leg_params, leg_params, 0, 0, MK_MAX_LEGS, "its legs"), \
		MK_F_ID(T, pending, TRANSFER, 0, "the hold that ends, or the transfer that is reversed"), \
		MK_F_TIME(T, expires_at, 0, "when a hold ends by itself"), \
		MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "why"), \
		MK_F_INT(T, rate_numerator, 0, 0, MK_MONEY_MAX, "of an exchange"), \
		MK_F_INT(T, rate_denominator, 0, 0, MK_MONEY_MAX, "of an exchange")

#define T market_ledger_transfer_params
static const mk_field transfer_fields[] = {TRANSFER_FIELDS};
#undef T
static const mk_record transfer_params = MK_PARAMS_OF(
	"ledger_transfer_params", market_ledger_transfer_params, transfer_fields, "one transfer");

#define T market_transfer_params
static const mk_field batch_item_fields[] = {TRANSFER_FIELDS};
#undef T
static const mk_record batch_item = MK_SIZED_OF("transfer_params", market_transfer_params,
                                                batch_item_fields, "one transfer of a batch");
static const mk_field batch_fields[] = {
	MK_F_LIST(market_ledger_batch_params, transfers, market_transfer_params, batch_item,
              MK_REQUIRED, 1, MK_MAX_BATCH, "all or none"),
};
static const mk_record batch_params =
	MK_PARAMS_OF("ledger_batch_params", market_ledger_batch_params, batch_fields, "a linked batch");

#define T market_ledger_account_get_params
static const mk_field account_get_fields[] = {
	MK_F_ID(T, account, ACCOUNT, 0, "the account, or"),
	MK_F_ID(T, seller, SELLER, 0, "whose book; the platform's when neither is given"),
	MK_F_ID(T, buyer, BUYER, 0, "whose book"),
	MK_F_TEXT(T, name, 0, 1, ACCOUNT_NAME_MAX, "its name with its suffix"),
	MK_F_TEXT(T, currency, 0, 3, 3, "its currency"),
};
#undef T
static const mk_record account_get_params =
	MK_PARAMS_OF("ledger_account_get_params", market_ledger_account_get_params, account_get_fields,
                 "which account");

#define T market_ledger_account_list_params
static const mk_field account_list_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "whose book; the platform's when neither is given"),
	MK_F_ID(T, buyer, BUYER, 0, "whose book"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
#undef T
static const mk_record account_list_params =
	MK_PARAMS_OF("ledger_account_list_params", market_ledger_account_list_params,
                 account_list_fields, "which accounts");
static const mk_field account_page_fields[] = {
	MK_F_LIST(market_account_page, items, market_account, mk_market_account_record, 0, 0, 0,
              "the accounts"),
	MK_F_TEXT(market_account_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record account_page =
	MK_RECORD_OF("account_page", market_account_page, account_page_fields, "a page of accounts");

#define T market_ledger_account_update_params
static const mk_field account_update_fields[] = {
	MK_F_ID(T, account, ACCOUNT, MK_REQUIRED, "the account"),
	MK_F_OPT_BOOL(T, frozen_in, 0, "nothing may raise the balance"),
	MK_F_OPT_BOOL(T, frozen_out, 0, "nothing may lower the balance"),
	MK_F_OPT_BOOL(T, closed, 0, "true only, and for ever"),
	MK_F_MONEY(T, overdraft, 0, 0, MK_MONEY_MAX, "how far below zero the balance may go"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
static const mk_record account_update_params =
	MK_PARAMS_OF("ledger_account_update_params", market_ledger_account_update_params,
                 account_update_fields, "what changes of an account");

#define T market_ledger_transfer_get_params
static const mk_field transfer_get_fields[] = {
	MK_F_ID(T, transfer, TRANSFER, 0, "the transfer, or"),
	MK_F_ID(T, seller, SELLER, 0, "whose book; the platform's when neither is given"),
	MK_F_ID(T, buyer, BUYER, 0, "whose book"),
	MK_F_TEXT(T, client_id, 0, 1, CLIENT_ID_MAX, "its client id"),
};
#undef T
static const mk_record transfer_get_params =
	MK_PARAMS_OF("ledger_transfer_get_params", market_ledger_transfer_get_params,
                 transfer_get_fields, "which transfer");

#define T market_ledger_transfer_list_params
static const mk_field transfer_list_fields[] = {
	MK_F_ID(T, account, ACCOUNT, MK_REQUIRED, "the account"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
#undef T
static const mk_record transfer_list_params =
	MK_PARAMS_OF("ledger_transfer_list_params", market_ledger_transfer_list_params,
                 transfer_list_fields, "which lines");
static const mk_field entry_page_fields[] = {
	MK_F_LIST(market_ledger_entry_page, items, market_ledger_entry, mk_ledger_entry_record, 0, 0, 0,
              "the lines"),
	MK_F_TEXT(market_ledger_entry_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record entry_page = MK_RECORD_OF("ledger_entry_page", market_ledger_entry_page,
                                                 entry_page_fields, "a page of an account's lines");

#define T market_ledger_trial_balance_params
static const mk_field trial_balance_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "whose book; the platform's when neither is given"),
	MK_F_ID(T, buyer, BUYER, 0, "whose book"),
	MK_F_BOOL(T, all, 0, "of the whole store"),
};
#undef T
static const mk_record trial_balance_params =
	MK_PARAMS_OF("ledger_trial_balance_params", market_ledger_trial_balance_params,
                 trial_balance_fields, "of what");

#define T market_ledger_move_params
static const mk_field move_fields[] = {
	MK_F_TEXT(T, client_id, MK_REQUIRED, 1, CLIENT_ID_MAX - 3, "of the first half"),
	MK_F_ID(T, from_seller, SELLER, 0, "from this book; the platform's when neither is given"),
	MK_F_ID(T, from_buyer, BUYER, 0, "from this book"),
	MK_F_TEXT(T, from_account, MK_REQUIRED, 1, ACCOUNT_NAME_MAX, "the account there"),
	MK_F_ID(T, to_seller, SELLER, 0, "to this book; the platform's when neither is given"),
	MK_F_ID(T, to_buyer, BUYER, 0, "to this book"),
	MK_F_TEXT(T, to_account, MK_REQUIRED, 1, ACCOUNT_NAME_MAX, "the account there"),
	MK_F_MONEY(T, amount, MK_REQUIRED, 1, MK_MONEY_MAX, "how much"),
	MK_F_ENUM(T, side, mk_side_enum, 0, "of the account it comes from; debit when absent"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT - 2 * ACCOUNT_NAME_MAX, "why"),
};
#undef T
static const mk_record move_params = MK_PARAMS_OF("ledger_move_params", market_ledger_move_params,
                                                  move_fields, "a move between two books");

static const mk_field move_finish_fields[] = {
	MK_F_ID(market_ledger_move_finish_params, transfer, TRANSFER, MK_REQUIRED, "the first half"),
};
static const mk_record move_finish_params =
	MK_PARAMS_OF("ledger_move_finish_params", market_ledger_move_finish_params, move_finish_fields,
                 "which move");

static const mk_field hold_expire_fields[] = {
	MK_F_ID(market_ledger_hold_expire_params, transfer, TRANSFER, MK_REQUIRED, "the hold"),
};
static const mk_record hold_expire_params =
	MK_PARAMS_OF("ledger_hold_expire_params", market_ledger_hold_expire_params, hold_expire_fields,
                 "which hold");

#define T market_ledger_adjust_params
static const mk_field adjust_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "whose book; the platform's when neither is given"),
	MK_F_ID(T, buyer, BUYER, 0, "whose book"),
	MK_F_TEXT(T, client_id, MK_REQUIRED, 1, CLIENT_ID_MAX - 20,
              "without its purpose, which is adjustment"),
	MK_F_LIST(T, legs, market_leg_params, leg_params, MK_REQUIRED, 2, MK_MAX_LEGS, "its legs"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT - MK_MAX_NAME - 20, "why"),
	MK_F_TEXT(T, approved_by, 0, 1, MK_MAX_NAME, "the second person"),
};
#undef T
static const mk_record adjust_params = MK_PARAMS_OF(
	"ledger_adjust_params", market_ledger_adjust_params, adjust_fields, "an adjustment by hand");

#define T market_ledger_write_off_params
static const mk_field write_off_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "who owes it"),
	MK_F_TEXT(T, client_id, MK_REQUIRED, 1, CLIENT_ID_MAX - 20,
              "without its purpose, which is write_off"),
	MK_F_MONEY(T, amount, MK_REQUIRED, 1, MK_MONEY_MAX, "how much"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT - MK_MAX_NAME - 20, "why"),
	MK_F_TEXT(T, approved_by, 0, 1, MK_MAX_NAME, "the second person"),
};
#undef T
static const mk_record write_off_params = MK_PARAMS_OF(
	"ledger_write_off_params", market_ledger_write_off_params, write_off_fields, "a write-off");

static const mk_record checkpoint_params = {
	.name = "ledger_checkpoint_params",
	.summary = "nothing",
	.size = sizeof(market_ledger_checkpoint_params),
	.params = true,
};

static const mk_field verify_fields[] = {
	MK_F_TEXTS(market_ledger_verify_params, anchors, MK_MULTILINE, 0, MK_MAX_LIST,
               "checkpoints kept outside, as JSON"),
};
static const mk_record verify_params = MK_PARAMS_OF(
	"ledger_verify_params", market_ledger_verify_params, verify_fields, "against what");

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_LEDGER})
#define BY_SYSTEM MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_LEDGER}, {MK_REL_SYSTEM, 0})
#define POST_ERRORS \
	MARKET_EDENIED, MARKET_EINVALID, MARKET_ELIMIT, MARKET_EOVERFLOW, MARKET_ECURRENCY, \
		MARKET_EUNBALANCED, MARKET_EKEYREUSED, MARKET_ENOTFOUND, MARKET_ESTATE, MARKET_EEXPIRED, \
		MARKET_ECLOSED, MARKET_EFROZEN, MARKET_EFUNDS

enum {
	TRANSFER,
	BATCH,
	TRANSFER_GET,
	TRANSFER_LIST,
	ACCOUNT_GET,
	ACCOUNT_LIST,
	ACCOUNT_UPDATE,
	TRIAL_BALANCE,
	MOVE,
	MOVE_FINISH,
	HOLD_EXPIRE,
	ADJUST,
	WRITE_OFF,
	CHECKPOINT,
	VERIFY,
	COUNT
};

static const mk_op ops[COUNT] = {
	[TRANSFER] =
		{
			.name = "ledger.transfer",
			.since = "0.1",
			.summary = "Posts one transfer.",
			.params = &transfer_params,
			.result = &mk_market_transfer_record,
			.gives = &mk_transfer_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(POST_ERRORS),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_ledger_transfer,
		},
	[BATCH] =
		{
			.name = "ledger.batch",
			.since = "0.1",
			.summary = "Posts transfers, all or none.",
			.params = &batch_params,
			.result = &mk_ledger_batch_record,
			.gives = &mk_batch_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(POST_ERRORS),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_ledger_batch,
		},
	[TRANSFER_GET] =
		{
			.name = "ledger.transfer.get",
			.since = "0.1",
			.summary = "One transfer with its legs.",
			.params = &transfer_get_params,
			.result = &mk_market_transfer_record,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EMISSING, MARKET_EINVALID, MARKET_ENOTFOUND),
			.handler = mk_ledger_transfer_get,
		},
	[TRANSFER_LIST] =
		{
			.name = "ledger.transfer.list",
			.since = "0.1",
			.summary = "The lines of an account by version.",
			.params = &transfer_list_params,
			.result = &entry_page,
			.subject = &mk_account_entity,
			.subject_param = "account",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_ledger_transfer_list,
		},
	[ACCOUNT_GET] =
		{
			.name = "ledger.account.get",
			.since = "0.1",
			.summary = "One account.",
			.params = &account_get_params,
			.result = &mk_market_account_record,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EMISSING, MARKET_EINVALID, MARKET_ENOTFOUND),
			.handler = mk_ledger_account_get,
		},
	[ACCOUNT_LIST] =
		{
			.name = "ledger.account.list",
			.since = "0.1",
			.summary = "The accounts of a book.",
			.params = &account_list_params,
			.result = &account_page,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_ledger_account_list,
		},
	[ACCOUNT_UPDATE] =
		{
			.name = "ledger.account.update",
			.since = "0.1",
			.summary = "Freezes, unfreezes or closes an account, or sets its overdraft.",
			.params = &account_update_params,
			.result = &mk_market_account_record,
			.subject = &mk_account_entity,
			.subject_param = "account",
			.gives = &mk_account_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ECURRENCY,
                                MARKET_ECLOSED, MARKET_ESTATE),
			.flags = MK_OP_WRITES,
			.handler = mk_ledger_account_update,
		},
	[TRIAL_BALANCE] =
		{
			.name = "ledger.trial_balance",
			.since = "0.1",
			.summary = "The trial balance of a book or of all.",
			.params = &trial_balance_params,
			.result = &mk_trial_balance_record,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID, MARKET_EOVERFLOW),
			.handler = mk_ledger_trial_balance,
		},
	[MOVE] =
		{
			.name = "ledger.move",
			.since = "0.1",
			.summary = "Moves money between two books.",
			.params = &move_params,
			.result = &mk_market_transfer_record,
			.gives = &mk_transfer_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(POST_ERRORS),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_ledger_move,
		},
	[MOVE_FINISH] =
		{
			.name = "ledger.move.finish",
			.since = "0.1",
			.summary = "Posts the second half of a move.",
			.params = &move_finish_params,
			.result = &mk_market_transfer_record,
			.subject = &mk_transfer_entity,
			.subject_param = "transfer",
			.gives = &mk_transfer_entity,
			.relations = BY_SYSTEM,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID,
                                MARKET_EKEYREUSED, MARKET_ECLOSED, MARKET_EFROZEN, MARKET_EFUNDS),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_TIMED,
			.handler = mk_ledger_move_finish,
		},
	[HOLD_EXPIRE] =
		{
			.name = "ledger.hold.expire",
			.since = "0.1",
			.summary = "Frees a hold whose time has passed.",
			.params = &hold_expire_params,
			.result = &mk_market_transfer_record,
			.subject = &mk_transfer_entity,
			.subject_param = "transfer",
			.gives = &mk_transfer_entity,
			.relations = BY_SYSTEM,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_TIMED,
			.handler = mk_ledger_hold_expire,
		},
	[ADJUST] =
		{
			.name = "ledger.adjust",
			.since = "0.1",
			.summary = "Posts an adjustment with its reason.",
			.params = &adjust_params,
			.result = &mk_market_transfer_record,
			.gives = &mk_transfer_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(POST_ERRORS, MARKET_EINCOMPLETE),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_ledger_adjust,
		},
	[WRITE_OFF] =
		{
			.name = "ledger.write_off",
			.since = "0.1",
			.summary = "Writes off what a seller owes.",
			.params = &write_off_params,
			.result = &mk_market_transfer_record,
			.gives = &mk_transfer_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(POST_ERRORS, MARKET_EINCOMPLETE),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_ledger_write_off,
		},
	[CHECKPOINT] =
		{
			.name = "ledger.checkpoint",
			.since = "0.1",
			.summary = "Makes a signed checkpoint over all books.",
			.params = &checkpoint_params,
			.result = &mk_market_checkpoint_record,
			.gives = &mk_checkpoint_entity,
			.relations = BY_SYSTEM,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_ECORRUPT, MARKET_EKEY),
			.flags = MK_OP_WRITES,
			.handler = mk_ledger_checkpoint_op,
		},
	[VERIFY] =
		{
			.name = "ledger.verify",
			.since = "0.1",
			.summary = "Recomputes the ledger from its rows.",
			.params = &verify_params,
			.result = &mk_ledger_report_record,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_ESYNTAX, MARKET_EINVALID, MARKET_ELIMIT,
                                MARKET_ESIGNATURE, MARKET_EKEY),
			.handler = mk_ledger_verify_op,
		},
};
extern const mk_op_group mk_op_ledger;
const mk_op_group mk_op_ledger = {ops, COUNT};

MK_TYPED(market_ledger_transfer, &ops[TRANSFER], market_ledger_transfer_params, market_transfer)
MK_TYPED(market_ledger_batch, &ops[BATCH], market_ledger_batch_params, market_ledger_batch_result)
MK_TYPED(market_ledger_transfer_get, &ops[TRANSFER_GET], market_ledger_transfer_get_params,
         market_transfer)
MK_TYPED(market_ledger_transfer_list, &ops[TRANSFER_LIST], market_ledger_transfer_list_params,
         market_ledger_entry_page)
MK_TYPED(market_ledger_account_get, &ops[ACCOUNT_GET], market_ledger_account_get_params,
         market_account)
MK_TYPED(market_ledger_account_list, &ops[ACCOUNT_LIST], market_ledger_account_list_params,
         market_account_page)
MK_TYPED(market_ledger_account_update, &ops[ACCOUNT_UPDATE], market_ledger_account_update_params,
         market_account)
MK_TYPED(market_ledger_trial_balance, &ops[TRIAL_BALANCE], market_ledger_trial_balance_params,
         market_trial_balance)
MK_TYPED(market_ledger_move, &ops[MOVE], market_ledger_move_params, market_transfer)
MK_TYPED(market_ledger_move_finish, &ops[MOVE_FINISH], market_ledger_move_finish_params,
         market_transfer)
MK_TYPED(market_ledger_hold_expire, &ops[HOLD_EXPIRE], market_ledger_hold_expire_params,
         market_transfer)
MK_TYPED(market_ledger_adjust, &ops[ADJUST], market_ledger_adjust_params, market_transfer)
MK_TYPED(market_ledger_write_off, &ops[WRITE_OFF], market_ledger_write_off_params, market_transfer)
MK_TYPED(market_ledger_checkpoint, &ops[CHECKPOINT], market_ledger_checkpoint_params,
         market_checkpoint)
MK_TYPED(market_ledger_verify, &ops[VERIFY], market_ledger_verify_params, market_ledger_report)
MK_TYPED_FREE(market_transfer_free, market_transfer)
MK_TYPED_FREE(market_account_free, market_account)
MK_TYPED_FREE(market_account_page_free, market_account_page)
MK_TYPED_FREE(market_ledger_batch_result_free, market_ledger_batch_result)
MK_TYPED_FREE(market_ledger_entry_page_free, market_ledger_entry_page)
MK_TYPED_FREE(market_trial_balance_free, market_trial_balance)
MK_TYPED_FREE(market_checkpoint_free, market_checkpoint)
MK_TYPED_FREE(market_ledger_report_free, market_ledger_report)
