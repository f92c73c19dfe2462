/* The rows of the ledger. */
#include "libmarket/accounting/accounting.h"
#include "libmarket/op/op.h"

#define CLIENT_ID_MAX MK_MAX_KEY
#define ACCOUNT_NAME_MAX 100

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

static const mk_field request_fields[] = {
	MK_F_ID(market_ledger_request_get_params, request, LEDGER_REQUEST, MK_REQUIRED, "the request"),
};
static const mk_record request_get_params = MK_PARAMS_OF(
	"ledger_request_get_params", market_ledger_request_get_params, request_fields, "which request");
static const mk_field request_expire_fields[] = {
	MK_F_ID(market_ledger_request_expire_params, request, LEDGER_REQUEST, MK_REQUIRED,
            "the request"),
};
static const mk_record request_expire_params =
	MK_PARAMS_OF("ledger_request_expire_params", market_ledger_request_expire_params,
                 request_expire_fields, "which request");
static const mk_field request_approve_fields[] = {
	MK_F_ID(market_ledger_request_approve_params, request, LEDGER_REQUEST, MK_REQUIRED,
            "the request"),
	MK_F_TEXT(market_ledger_request_approve_params, note, MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
static const mk_record request_approve_params =
	MK_PARAMS_OF("ledger_request_approve_params", market_ledger_request_approve_params,
                 request_approve_fields, "which request");
static const mk_field request_reject_fields[] = {
	MK_F_ID(market_ledger_request_reject_params, request, LEDGER_REQUEST, MK_REQUIRED,
            "the request"),
	MK_F_TEXT(market_ledger_request_reject_params, note, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT,
              "why"),
};
static const mk_record request_reject_params =
	MK_PARAMS_OF("ledger_request_reject_params", market_ledger_request_reject_params,
                 request_reject_fields, "which request");

#define T market_ledger_request_list_params
static const mk_field request_list_fields[] = {
	MK_F_ENUM(T, state, mk_ledger_request_state_enum, 0, "waiting when absent"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
#undef T
static const mk_record request_list_params =
	MK_PARAMS_OF("ledger_request_list_params", market_ledger_request_list_params,
                 request_list_fields, "which requests");
static const mk_field request_page_fields[] = {
	MK_F_LIST(market_ledger_request_page, items, market_ledger_request, mk_ledger_request_record, 0,
              0, 0, "the requests"),
	MK_F_TEXT(market_ledger_request_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record request_page = MK_RECORD_OF(
	"ledger_request_page", market_ledger_request_page, request_page_fields, "a page of requests");

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
/* Direct transfers, which refer to no hold. */
#define MOVE_ERRORS \
	MARKET_EDENIED, MARKET_EINVALID, MARKET_ELIMIT, MARKET_EOVERFLOW, MARKET_ECURRENCY, \
		MARKET_EKEYREUSED, MARKET_ENOTFOUND, MARKET_ECLOSED, MARKET_EFROZEN, MARKET_EFUNDS
#define ADJUST_ERRORS \
	MARKET_EDENIED, MARKET_EINVALID, MARKET_ELIMIT, MARKET_EOVERFLOW, MARKET_ECURRENCY, \
		MARKET_EUNBALANCED, MARKET_EKEYREUSED, MARKET_ENOTFOUND, MARKET_ECLOSED, MARKET_EFROZEN, \
		MARKET_EFUNDS
#define WRITE_OFF_ERRORS \
	MARKET_EDENIED, MARKET_EINVALID, MARKET_ELIMIT, MARKET_EOVERFLOW, MARKET_ECURRENCY, \
		MARKET_EKEYREUSED, MARKET_ENOTFOUND, MARKET_ESTATE, MARKET_EFROZEN, MARKET_EFUNDS
/* What was asked for was balanced and of one currency then. */
#define APPROVE_ERRORS \
	MARKET_EDENIED, MARKET_EINVALID, MARKET_ELIMIT, MARKET_EOVERFLOW, MARKET_EKEYREUSED, \
		MARKET_ENOTFOUND, MARKET_ESTATE, MARKET_EEXPIRED, MARKET_ECLOSED, MARKET_EFROZEN, \
		MARKET_EFUNDS

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
	REQUEST_GET,
	REQUEST_LIST,
	REQUEST_APPROVE,
	REQUEST_REJECT,
	REQUEST_EXPIRE,
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
			.params = &mk_ledger_transfer_params,
			.result = &mk_market_transfer_record,
			.gives = &mk_posting_entity,
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
			.params = &mk_ledger_batch_params,
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
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID, MARKET_ENOTFOUND),
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
			.errors =
				MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID, MARKET_ENOTFOUND, MARKET_EOVERFLOW),
			.handler = mk_ledger_trial_balance,
		},
	[MOVE] =
		{
			.name = "ledger.move",
			.since = "0.1",
			.summary = "Moves money between two books.",
			.params = &mk_ledger_move_params,
			.result = &mk_market_transfer_record,
			.gives = &mk_posting_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MOVE_ERRORS),
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
			.params = &mk_ledger_adjust_params,
			.result = &mk_market_transfer_record,
			.gives = &mk_posting_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(ADJUST_ERRORS),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_ledger_adjust,
		},
	[WRITE_OFF] =
		{
			.name = "ledger.write_off",
			.since = "0.1",
			.summary = "Writes off what a seller owes.",
			.params = &mk_ledger_write_off_params,
			.result = &mk_market_transfer_record,
			.gives = &mk_posting_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(WRITE_OFF_ERRORS),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_ledger_write_off,
		},
	[REQUEST_GET] =
		{
			.name = "ledger.request.get",
			.since = "0.1",
			.summary = "One request for a posting.",
			.params = &request_get_params,
			.result = &mk_ledger_request_record,
			.subject = &mk_ledger_request_entity,
			.subject_param = "request",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_ledger_request_get,
		},
	[REQUEST_LIST] =
		{
			.name = "ledger.request.list",
			.since = "0.1",
			.summary = "The requests for postings in a state.",
			.params = &request_list_params,
			.result = &request_page,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_ledger_request_list,
		},
	[REQUEST_APPROVE] =
		{
			.name = "ledger.request.approve",
			.since = "0.1",
			.summary = "Posts what another operator asked for.",
			.params = &request_approve_params,
			.result = &mk_ledger_request_record,
			.subject = &mk_ledger_request_entity,
			.subject_param = "request",
			.gives = &mk_ledger_request_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(APPROVE_ERRORS),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_ledger_request_approve,
		},
	[REQUEST_REJECT] =
		{
			.name = "ledger.request.reject",
			.since = "0.1",
			.summary = "Rejects what was asked for.",
			.params = &request_reject_params,
			.result = &mk_ledger_request_record,
			.subject = &mk_ledger_request_entity,
			.subject_param = "request",
			.gives = &mk_ledger_request_entity,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES,
			.handler = mk_ledger_request_reject,
		},
	[REQUEST_EXPIRE] =
		{
			.name = "ledger.request.expire",
			.since = "0.1",
			.summary = "Ends a request that nobody decided in time.",
			.params = &request_expire_params,
			.result = &mk_ledger_request_record,
			.subject = &mk_ledger_request_entity,
			.subject_param = "request",
			.gives = &mk_ledger_request_entity,
			.relations = BY_SYSTEM,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_TIMED,
			.handler = mk_ledger_request_expire,
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
			.flags = MK_OP_WRITES | MK_OP_ALONE,
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
MK_TYPED(market_ledger_request_get, &ops[REQUEST_GET], market_ledger_request_get_params,
         market_ledger_request)
MK_TYPED(market_ledger_request_list, &ops[REQUEST_LIST], market_ledger_request_list_params,
         market_ledger_request_page)
MK_TYPED(market_ledger_request_approve, &ops[REQUEST_APPROVE], market_ledger_request_approve_params,
         market_ledger_request)
MK_TYPED(market_ledger_request_reject, &ops[REQUEST_REJECT], market_ledger_request_reject_params,
         market_ledger_request)
MK_TYPED(market_ledger_request_expire, &ops[REQUEST_EXPIRE], market_ledger_request_expire_params,
         market_ledger_request)
MK_TYPED(market_ledger_checkpoint, &ops[CHECKPOINT], market_ledger_checkpoint_params,
         market_checkpoint)
MK_TYPED(market_ledger_verify, &ops[VERIFY], market_ledger_verify_params, market_ledger_report)
MK_TYPED_FREE(market_transfer_free, market_transfer)
MK_TYPED_FREE(market_account_free, market_account)
MK_TYPED_FREE(market_account_page_free, market_account_page)
MK_TYPED_FREE(market_ledger_batch_result_free, market_ledger_batch_result)
MK_TYPED_FREE(market_ledger_entry_page_free, market_ledger_entry_page)
MK_TYPED_FREE(market_trial_balance_free, market_trial_balance)
MK_TYPED_FREE(market_ledger_request_free, market_ledger_request)
MK_TYPED_FREE(market_ledger_request_page_free, market_ledger_request_page)
MK_TYPED_FREE(market_checkpoint_free, market_checkpoint)
MK_TYPED_FREE(market_ledger_report_free, market_ledger_report)
