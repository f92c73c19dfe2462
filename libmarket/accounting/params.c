/* What postings by hand are asked with. A request for one keeps it as JSON. */
#include "libmarket/accounting/accounting.h"

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
const mk_record mk_ledger_transfer_params = MK_PARAMS_OF(
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
const mk_record mk_ledger_batch_params =
	MK_PARAMS_OF("ledger_batch_params", market_ledger_batch_params, batch_fields, "a linked batch");

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
const mk_record mk_ledger_move_params = MK_PARAMS_OF(
	"ledger_move_params", market_ledger_move_params, move_fields, "a move between two books");

#define T market_ledger_adjust_params
static const mk_field adjust_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "whose book; the platform's when neither is given"),
	MK_F_ID(T, buyer, BUYER, 0, "whose book"),
	MK_F_TEXT(T, client_id, MK_REQUIRED, 1, CLIENT_ID_MAX - 20,
              "without its purpose, which is adjustment"),
	MK_F_LIST(T, legs, market_leg_params, leg_params, MK_REQUIRED, 2, MK_MAX_LEGS, "its legs"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_ledger_adjust_params = MK_PARAMS_OF(
	"ledger_adjust_params", market_ledger_adjust_params, adjust_fields, "an adjustment by hand");

#define T market_ledger_write_off_params
static const mk_field write_off_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "who owes it"),
	MK_F_TEXT(T, client_id, MK_REQUIRED, 1, CLIENT_ID_MAX - 20,
              "without its purpose, which is write_off"),
	MK_F_MONEY(T, amount, MK_REQUIRED, 1, MK_MONEY_MAX, "how much"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_ledger_write_off_params = MK_PARAMS_OF(
	"ledger_write_off_params", market_ledger_write_off_params, write_off_fields, "a write-off");
