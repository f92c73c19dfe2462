/* The ledger's tables and the shapes of their rows. */
#include "libmarket/ledger/internal.h"

const char *const mk_ledger_ddl[] = {
	"CREATE TABLE IF NOT EXISTS account ({key}, name TEXT NOT NULL, currency TEXT NOT NULL, "
	"account_class {int} NOT NULL, flags {int} NOT NULL, overdraft {int} NOT NULL, debits_posted "
	"{int} NOT NULL, credits_posted {int} NOT NULL, debits_pending {int} NOT NULL, "
	"credits_pending {int} NOT NULL, version {int} NOT NULL, UNIQUE (book_id, name, "
	"currency)){strict}",

	/* The legs of a transfer are those with its id from first_leg_id to last_leg_id: their own key
     * finds them, so they need no index for it. */
	"CREATE TABLE IF NOT EXISTS transfer ({key}, client_id TEXT NOT NULL, purpose TEXT NOT NULL, "
	"kind {int} NOT NULL, digest {blob} NOT NULL, effective_at {int} NOT NULL, recorded_at {int} "
	"NOT NULL, journal_book_id {int} NOT NULL, journal_id {int} NOT NULL, pending_id {int} NOT "
	"NULL, expires_at {int} NOT NULL, reason TEXT NOT NULL, object_kind {int} NOT NULL, "
	"object_book {int} NOT NULL, object_number {int} NOT NULL, rate_numerator {int} NOT NULL, "
	"rate_denominator {int} NOT NULL, first_leg_id {int} NOT NULL, last_leg_id {int} NOT NULL, "
	"position {int}, UNIQUE (book_id, client_id), UNIQUE (book_id, position)){strict}",
	/* A hold ends once, a transfer is reversed once. */
	"CREATE UNIQUE INDEX IF NOT EXISTS transfer_pending ON transfer (book_id, pending_id) WHERE "
	"pending_id <> 0",
	"CREATE INDEX IF NOT EXISTS transfer_unsealed ON transfer (recorded_at, book_id, id) WHERE "
	"position IS NULL",

	"CREATE TABLE IF NOT EXISTS leg ({key}, transfer_id {int} NOT NULL, account_id {int} NOT "
	"NULL, version {int} NOT NULL, debit {int} NOT NULL, credit {int} NOT NULL, debit_held {int} "
	"NOT NULL, credit_held {int} NOT NULL, debits_posted {int} NOT NULL, credits_posted {int} NOT "
	"NULL, debits_pending {int} NOT NULL, credits_pending {int} NOT NULL, flags {int} NOT NULL, "
	"overdraft {int} NOT NULL, UNIQUE (book_id, account_id, version)){strict}",

	"CREATE TABLE IF NOT EXISTS book_head (book_id {int} PRIMARY KEY, size {int} NOT NULL, "
	"frontier {blob} NOT NULL){strict}",

	/* Checkpoints lie in book 0; their id is their number. */
	"CREATE TABLE IF NOT EXISTS checkpoint ({key}, recorded_at {int} NOT NULL, books {int} NOT "
	"NULL, transfers {int} NOT NULL, root {blob} NOT NULL, balances {blob} NOT NULL, previous "
	"{blob} NOT NULL, key_number {int} NOT NULL, signature {blob} NOT NULL){strict}",
	"CREATE TABLE IF NOT EXISTS checkpoint_book (book_id {int} NOT NULL, checkpoint_id {int} NOT "
	"NULL, size {int} NOT NULL, root {blob} NOT NULL, PRIMARY KEY (book_id, "
	"checkpoint_id)){strict}",
	"CREATE TABLE IF NOT EXISTS checkpoint_balance (book_id {int} NOT NULL, stem TEXT NOT NULL, "
	"currency TEXT NOT NULL, checkpoint_id {int} NOT NULL, debits_posted {int} NOT NULL, "
	"credits_posted {int} NOT NULL, debits_pending {int} NOT NULL, credits_pending {int} NOT "
	"NULL, PRIMARY KEY (book_id, stem, currency, checkpoint_id)){strict}",
	NULL,
};

static const mk_enum_value class_values[] = {
	{MK_ACCOUNT_ASSET, "asset", "what the platform has or is owed"},
	{MK_ACCOUNT_LIABILITY, "liability", "what it owes"},
	{MK_ACCOUNT_EQUITY, "equity", "what its owners put in"},
	{MK_ACCOUNT_REVENUE, "revenue", "what it earns"},
	{MK_ACCOUNT_EXPENSE, "expense", "what it spends"},
	{MK_ACCOUNT_CONTROL, "control", "between books, currencies or explanations"},
	{0, NULL, NULL},
};
const mk_enum mk_account_class_enum = {.name = "account_class", .values = class_values};

static const mk_enum_value kind_values[] = {
	{MK_TRANSFER_DIRECT, "direct", "posts its legs"},
	{MK_TRANSFER_PENDING, "pending", "a hold: its legs raise the pending sums"},
	{MK_TRANSFER_POST, "post", "posts a hold, whole or in part"},
	{MK_TRANSFER_VOID, "void", "ends a hold without posting"},
	{MK_TRANSFER_EXPIRE, "expire", "ends a hold whose time has passed"},
	{MK_TRANSFER_REVERSAL, "reversal", "undoes an earlier transfer"},
	{MK_TRANSFER_ACCOUNT, "account", "changes an account's flags or overdraft"},
	{0, NULL, NULL},
};
const mk_enum mk_transfer_kind_enum = {.name = "transfer_kind", .values = kind_values};

static const mk_field account_fields[] = {
	MK_F_ID(mk_account, id, ACCOUNT, 0, "the account"),
	MK_F_TEXT(mk_account, name, 0, 0, 0, "its name in the chart, with its suffix"),
	MK_F_TEXT(mk_account, currency, 0, 0, 0, "its currency"),
	MK_F_ENUM(mk_account, account_class, mk_account_class_enum, 0, "its class"),
	MK_F_INT(mk_account, flags, 0, 0, 0, "limit, frozen and closed flags"),
	MK_F_MONEY(mk_account, overdraft, 0, 0, 0, "how far below zero it may go"),
	MK_F_MONEY(mk_account, debits_posted, 0, 0, 0, "sum of all posted debits"),
	MK_F_MONEY(mk_account, credits_posted, 0, 0, 0, "sum of all posted credits"),
	MK_F_MONEY(mk_account, debits_pending, 0, 0, 0, "debits held"),
	MK_F_MONEY(mk_account, credits_pending, 0, 0, 0, "credits held"),
	MK_F_INT(mk_account, version, 0, 0, 0, "number of its last leg"),
};
const mk_record mk_account_record =
	MK_RECORD_OF("account", mk_account, account_fields, "an account of the ledger");

#define R mk_transfer_row
static const mk_field transfer_fields[] = {
	MK_F_ID(R, id, TRANSFER, 0, "the transfer"),
	MK_F_TEXT(R, client_id, 0, 0, 0, "the permanent id given by the caller"),
	MK_F_TEXT(R, purpose, 0, 0, 0, "the part of it before the colon"),
	MK_F_INT(R, kind, 0, 0, 0, "its kind"),
	MK_F_BLOB(R, digest, 0, 0, "of its content"),
	MK_F_INT(R, effective_at, 0, 0, 0, "when it counts"),
	MK_F_INT(R, recorded_at, 0, 0, 0, "when it was written"),
	MK_F_ID(R, journal, JOURNAL, 0, "the journal row"),
	MK_F_INT(R, pending_id, 0, 0, 0, "the hold or the transfer reversed"),
	MK_F_INT(R, expires_at, 0, 0, 0, "when a hold ends"),
	MK_F_TEXT(R, reason, 0, 0, 0, "why"),
	MK_F_INT(R, object_kind, 0, 0, 0, "kind of its document"),
	MK_F_INT(R, object_book, 0, 0, 0, "book of its document"),
	MK_F_INT(R, object_number, 0, 0, 0, "id of its document"),
	MK_F_INT(R, rate_numerator, 0, 0, 0, "of an exchange"),
	MK_F_INT(R, rate_denominator, 0, 0, 0, "of an exchange"),
	MK_F_INT(R, first_leg_id, 0, 0, 0, "smallest id of its legs"),
	MK_F_INT(R, last_leg_id, 0, 0, 0, "largest id of its legs"),
	MK_F_INT(R, position, 0, 0, 0, "its place in the sealed tree of its book"),
};
#undef R
const mk_record mk_transfer_row_record =
	MK_RECORD_OF("transfer_row", mk_transfer_row, transfer_fields, "a transfer as stored");

#define R mk_leg_row
static const mk_field leg_fields[] = {
	MK_F_ID(R, id, LEG, 0, "the leg"),
	MK_F_INT(R, transfer_id, 0, 0, 0, "its transfer"),
	MK_F_INT(R, account_id, 0, 0, 0, "its account"),
	MK_F_INT(R, version, 0, 0, 0, "of the account after it"),
	MK_F_INT(R, debit, 0, 0, 0, "posted debit"),
	MK_F_INT(R, credit, 0, 0, 0, "posted credit"),
	MK_F_INT(R, debit_held, 0, 0, 0, "change of the pending debits"),
	MK_F_INT(R, credit_held, 0, 0, 0, "change of the pending credits"),
	MK_F_INT(R, debits_posted, 0, 0, 0, "of the account after it"),
	MK_F_INT(R, credits_posted, 0, 0, 0, "of the account after it"),
	MK_F_INT(R, debits_pending, 0, 0, 0, "of the account after it"),
	MK_F_INT(R, credits_pending, 0, 0, 0, "of the account after it"),
	MK_F_INT(R, flags, 0, 0, 0, "of the account after it"),
	MK_F_INT(R, overdraft, 0, 0, 0, "of the account after it"),
	MK_F_TEXT(R, account_name, 0, 0, 0, "name of the account"),
	MK_F_TEXT(R, account_currency, 0, 0, 0, "currency of the account"),
	MK_F_INT(R, account_class, 0, 0, 0, "class of the account"),
};
#undef R
const mk_record mk_leg_row_record =
	MK_RECORD_OF("leg_row", mk_leg_row, leg_fields, "a leg as stored");

static const mk_field head_fields[] = {
	MK_F_INT(mk_head_row, book_id, 0, 0, 0, "the book"),
	MK_F_INT(mk_head_row, size, 0, 0, 0, "transfers sealed"),
	MK_F_BLOB(mk_head_row, frontier, 0, 0, "roots of the complete subtrees"),
};
const mk_record mk_head_row_record =
	MK_RECORD_OF("head_row", mk_head_row, head_fields, "the head of a book");
