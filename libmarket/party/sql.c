#include "libmarket/party/party.h"

const char *const mk_party_ddl[] = {
	"CREATE TABLE IF NOT EXISTS buyer ({key}, ref TEXT, name TEXT NOT NULL, email TEXT, locale "
	"TEXT, "
	"created_at {int} NOT NULL, version {int} NOT NULL, metadata TEXT, standing TEXT){strict}",
	"CREATE TABLE IF NOT EXISTS address ({key}, ref TEXT, name TEXT NOT NULL, phone TEXT, "
	"country TEXT NOT NULL, region TEXT, city TEXT NOT NULL, postcode TEXT, street TEXT NOT NULL, "
	"created_at {int} NOT NULL, version {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS address_ref ON address (book_id, ref) WHERE ref IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS address_created ON address (book_id, created_at, id)",
	"CREATE TABLE IF NOT EXISTS seller ({key}, ref TEXT, name TEXT NOT NULL, legal_name TEXT, "
	"store_type {int} NOT NULL, country TEXT NOT NULL, currency TEXT NOT NULL, state {int} NOT "
	"NULL, "
	"reason TEXT, owner_id {int} NOT NULL, created_at {int} NOT NULL, approved_at {int}, "
	"holiday_from {int}, holiday_to {int}, "
	"answer_by {int}, "
	"due_at {int}, version {int} NOT NULL, metadata TEXT, category_paths TEXT, "
	"standing TEXT, closing_at {int}, gate_closed_at {int}, review_since {int}, claimed_by TEXT, "
	"claimed_until {int}){strict}",
	"CREATE INDEX IF NOT EXISTS seller_created ON seller (created_at, id)",
	"CREATE INDEX IF NOT EXISTS seller_state ON seller (state, created_at, id)",
	"CREATE INDEX IF NOT EXISTS seller_review ON seller (review_since, id) WHERE review_since IS "
	"NOT NULL",
	"CREATE TABLE IF NOT EXISTS member ({key}, ref TEXT, {fk:seller_id:seller}, name TEXT NOT "
	"NULL, "
	"role {int} NOT NULL, created_at {int} NOT NULL, version {int} NOT NULL, removed_at {int})"
	"{strict}",
	"CREATE INDEX IF NOT EXISTS member_seller ON member (book_id, created_at, id)",
	"CREATE TABLE IF NOT EXISTS submission ({key}, ref TEXT, {fk:seller_id:seller}, requirement "
	"TEXT NOT NULL, "
	"state {int} NOT NULL, statement TEXT, valid_from {int}, valid_to {int}, reason TEXT, "
	"created_at {int} NOT NULL, decided_at {int}, version {int} NOT NULL, document_sealed {blob}, "
	"document_key {blob}, document_index {blob}, due_at {int}, recheck_at {int}, lapsed_at {int})"
	"{strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS submission_ref ON submission (book_id, ref) WHERE ref IS "
	"NOT NULL",
	"CREATE INDEX IF NOT EXISTS submission_seller ON submission (book_id, id)",
	"CREATE INDEX IF NOT EXISTS submission_created ON submission (book_id, created_at, id)",
	"CREATE TABLE IF NOT EXISTS payout_account ({key}, {fk:seller_id:seller}, holder TEXT NOT "
	"NULL, "
	"bank TEXT NOT NULL, country TEXT NOT NULL, created_at {int} NOT NULL, ready_at {int} NOT "
	"NULL, "
	"version {int} NOT NULL, account_sealed {blob} NOT NULL, account_key {blob} NOT NULL, "
	"replaced_at {int}, account_index {blob} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS payout_account_current ON payout_account (book_id, "
	"seller_id) WHERE replaced_at IS NULL",
	"CREATE INDEX IF NOT EXISTS payout_account_seller ON payout_account (book_id, id)",
	NULL,
};
