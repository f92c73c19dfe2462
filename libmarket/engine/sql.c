#include "libmarket/engine/journal.h"
#include "libmarket/engine/market.h"

const char *const mk_engine_ddl[] = {
	"CREATE TABLE IF NOT EXISTS store ({key}, name TEXT NOT NULL, created_at {int} NOT NULL, "
	"keys_at {int}){strict}",
	"CREATE TABLE IF NOT EXISTS policy ({key}, number {int} NOT NULL, effective_at {int} NOT NULL, "
	"recorded_at {int} NOT NULL, text TEXT NOT NULL, UNIQUE (book_id, number)){strict}",
	"CREATE TABLE IF NOT EXISTS journal ({key}, operation TEXT NOT NULL, actor TEXT NOT NULL, "
	"key TEXT, "
	"digest {blob}, recorded_at {int} NOT NULL, effective_at {int} NOT NULL, policy {int} NOT "
	"NULL, "
	"outcome {int} NOT NULL, refusal TEXT, result_book_id {int}, result_id {int}, events "
	"TEXT, delegation_book_id {int}, delegation_id {int}){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS journal_key ON journal (book_id, actor, key) WHERE key IS "
	"NOT NULL",
	"{id_index:journal}",
	"CREATE TABLE IF NOT EXISTS deadline ({key}, due_at {int} NOT NULL, operation TEXT NOT NULL, "
	"refusals {int} NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS deadline_due ON deadline (due_at, id)",
	"CREATE TABLE IF NOT EXISTS registry ({key}, kind {int} NOT NULL, ref TEXT NOT NULL, "
	"target_book_id {int} NOT NULL, target_id {int} NOT NULL, UNIQUE (book_id, kind, ref)){strict}",
	NULL,
};

static const mk_field journal_fields[] = {
	MK_F_ID(mk_journal, id, JOURNAL, 0, "the journal row"),
	MK_F_TEXT(mk_journal, operation, 0, 0, 0, "the operation's name"),
	MK_F_TEXT(mk_journal, actor, 0, 0, 0, "who acted"),
	MK_F_TEXT(mk_journal, key, 0, 0, 0, "the idempotency key"),
	MK_F_BLOB(mk_journal, digest, MK_INTERNAL, 0, "of operation and params"),
	MK_F_TIME(mk_journal, recorded_at, 0, "when it was written"),
	MK_F_TIME(mk_journal, effective_at, 0, "when it counts"),
	MK_F_INT(mk_journal, policy, 0, 0, 0, "the number of the policy version"),
	MK_F_INT(mk_journal, outcome, 0, 0, 0, "0, or the code of the refusal that was kept"),
	MK_F_TEXT(mk_journal, refusal, MK_INTERNAL, 0, 0, "the refusal's texts"),
	MK_F_ID(mk_journal, result, NONE, MK_INTERNAL, "what it made or changed"),
	MK_F_TEXT(mk_journal, events, 0, 0, 0, "the events, a JSON array"),
	MK_F_ID(mk_journal, delegation, DELEGATION, MK_INTERNAL, "by which the actor acted"),
};
const mk_record mk_journal_record =
	MK_RECORD_OF("journal", mk_journal, journal_fields, "a journal row");

static const mk_field deadline_fields[] = {
	MK_F_ID(mk_deadline, id, NONE, 0, "the object"),
	MK_F_TIME(mk_deadline, due_at, 0, "the earliest of its timers"),
	MK_F_TEXT(mk_deadline, operation, 0, 0, 0, "what is then run on it"),
	MK_F_INT(mk_deadline, refusals, 0, 0, 0, "how often that was refused"),
};
const mk_record mk_deadline_record =
	MK_RECORD_OF("deadline", mk_deadline, deadline_fields, "a deadline");

static const mk_field registered_fields[] = {
	MK_F_ID(mk_registered, id, NONE, 0, "the registry row"),
	MK_F_INT(mk_registered, kind, 0, 0, 0, "what is registered"),
	MK_F_TEXT(mk_registered, ref, 0, 0, 0, "the caller's reference"),
	MK_F_ID(mk_registered, target, NONE, 0, "the record"),
};
const mk_record mk_registered_record =
	MK_RECORD_OF("registry", mk_registered, registered_fields, "a reference unique in the store");

static const mk_field key_fields[] = {MK_F_ID(mk_key, id, NONE, 0, "an identifier")};
const mk_record mk_key_record = MK_RECORD_OF("key", mk_key, key_fields, "one identifier");

const mk_statement mk_policy_newest = {
	.name = "policy_newest",
	.sql = "SELECT number FROM policy WHERE book_id = 0 ORDER BY number DESC LIMIT 1",
};

const mk_statement mk_journal_insert = {
	.name = "journal_insert",
	.table = "journal",
	.sql = "INSERT INTO journal (book_id, id, operation, actor, key, digest, recorded_at, "
		   "effective_at, "
		   "policy, outcome, refusal, result_book_id, result_id, events, delegation_book_id, "
		   "delegation_id) VALUES (:book_id, :id, :operation, "
		   ":actor, :key, :digest, :recorded_at, :effective_at, :policy, :outcome, :refusal, "
		   ":result_book_id, :result_id, :events, :delegation_book_id, :delegation_id) "
		   "ON CONFLICT DO NOTHING",
};
const mk_statement mk_journal_by_key = {
	.name = "journal_by_key",
	.sql = "SELECT book_id, id, operation, digest, outcome, refusal, result_book_id, result_id "
		   "FROM journal WHERE book_id = ?1 AND actor = ?2 AND key = ?3",
};
const mk_statement mk_journal_last = {
	.name = "journal_last",
	.sql = "SELECT book_id, id, effective_at FROM journal WHERE id > 0 ORDER BY id DESC LIMIT 1",
};

const mk_statement mk_deadline_get = {
	.name = "deadline_get",
	.sql =
		"SELECT book_id, id, due_at, operation, refusals FROM deadline WHERE book_id = ?1 AND id "
		"= ?2",
};
const mk_statement mk_deadline_due = {
	.name = "deadline_due",
	.sql = "SELECT book_id, id, due_at, operation, refusals FROM deadline WHERE due_at <= ?1 "
		   "ORDER BY due_at, id LIMIT 1",
};
const mk_statement mk_deadline_next = {
	.name = "deadline_next",
	.sql = "SELECT due_at AS number FROM deadline ORDER BY due_at LIMIT 1",
};
/* What follows at the same time is another operation's. */
const mk_statement mk_deadline_postpone = {
	.name = "deadline_postpone",
	.table = "deadline",
	.sql =
		"UPDATE deadline SET due_at = ?3, refusals = refusals + 1 WHERE book_id = ?1 AND id = ?2 "
		"AND due_at = ?4 AND operation = ?5",
};
const mk_statement mk_registry_get = {
	.name = "registry_get",
	.sql = "SELECT book_id, id, kind, ref, target_book_id, target_id FROM registry "
		   "WHERE book_id = 0 AND kind = ?1 AND ref = ?2",
};
