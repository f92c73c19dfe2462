#include "libmarket/agency/agency.h"

const char *const mk_agency_ddl[] = {
	"CREATE TABLE IF NOT EXISTS agency ({key}, ref TEXT, name TEXT NOT NULL, country TEXT NOT "
	"NULL, created_at {int} NOT NULL, version {int} NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS agency_created ON agency (created_at, id)",
	"CREATE TABLE IF NOT EXISTS agency_member ({key}, ref TEXT, {fk:agency_id:agency} NOT NULL, "
	"name TEXT NOT NULL, manager {int} NOT NULL, created_at {int} NOT NULL, removed_at {int}, "
	"version {int} NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS agency_member_agency ON agency_member (book_id, created_at, id)",
	"CREATE TABLE IF NOT EXISTS delegation ({key}, {fk:seller_id:seller} NOT NULL, agency_id {int} "
	"NOT NULL, finance {int} NOT NULL, catalogue {int} NOT NULL, fulfilment {int} NOT NULL, "
	"support {int} NOT NULL, valid_to {int} NOT NULL, created_at {int} NOT NULL, ended_at {int}, "
	"ended_by TEXT, version {int} NOT NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS delegation_current ON delegation (book_id, agency_id) WHERE "
	"ended_at IS NULL",
	"CREATE INDEX IF NOT EXISTS delegation_seller ON delegation (book_id, created_at, id)",
	"CREATE INDEX IF NOT EXISTS delegation_agency ON delegation (agency_id, created_at, id)",
	NULL,
};

#define T market_agency
static const mk_field agency_fields[] = {
	MK_F_ID(T, id, AGENCY, 0, "the agency"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "the firm's name"),
	MK_F_TEXT(T, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TIME(T, created_at, 0, "added"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
};
const mk_record mk_agency_record =
	MK_RECORD_OF("agency", T, agency_fields, "a firm that acts for several sellers");
#undef T

#define T market_agency_member
static const mk_field member_fields[] = {
	MK_F_ID(T, id, MEMBER, 0, "the person"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, agency, AGENCY, MK_SELF_BOOK, "whose"),
	MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "the name"),
	MK_F_BOOL(T, manager, 0, "adds and removes people, gives up delegations"),
	MK_F_TIME(T, created_at, 0, "added"),
	MK_F_TIME(T, removed_at, 0, "acts no more since then"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
};
const mk_record mk_agency_member_record =
	MK_RECORD_OF("agency_member", T, member_fields, "somebody of an agency");
#undef T

#define T market_delegation
static const mk_field delegation_fields[] = {
	MK_F_ID(T, id, DELEGATION, 0, "the delegation"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "by whom"),
	MK_F_ID(T, agency, AGENCY, MK_SELF_BOOK, "to whom"),
	MK_F_BOOL(T, finance, 0, "payouts and statements"),
	MK_F_BOOL(T, catalogue, 0, "products, offers and stock"),
	MK_F_BOOL(T, fulfilment, 0, "orders and shipments"),
	MK_F_BOOL(T, support, 0, "buyers' requests and ratings"),
	MK_F_TIME(T, valid_to, 0, "nothing by it from then on"),
	MK_F_TIME(T, created_at, 0, "granted"),
	MK_F_TIME(T, ended_at, 0, "ended before its time"),
	MK_F_TEXT(T, ended_by, 0, 1, MK_MAX_CODE, "member, agency, operator, or grant: a newer one"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
};
const mk_record mk_delegation_record =
	MK_RECORD_OF("delegation", T, delegation_fields, "what an agency may do for a seller");
#undef T

static const mk_statement agency_by_id = {
	.name = "agency_by_id",
	.sql = "SELECT book_id, id, ref, name, country, created_at, version FROM agency "
		   "WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement agency_member_by_id = {
	.name = "agency_member_by_id",
	.sql = "SELECT book_id, id, ref, agency_id, name, manager, created_at, removed_at, version "
		   "FROM agency_member WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement delegation_by_id = {
	.name = "delegation_by_id",
	.sql = "SELECT book_id, id, seller_id, agency_id, finance, catalogue, fulfilment, support, "
		   "valid_to, created_at, ended_at, ended_by, version FROM delegation "
		   "WHERE book_id = ?1 AND id = ?2",
};

static market_id own_id(const void *row)
{
	return ((const market_agency *)row)->id;
}

static market_id agency_of_member(const void *row)
{
	return ((const market_agency_member *)row)->agency;
}

static market_id seller_of_delegation(const void *row)
{
	return ((const market_delegation *)row)->seller;
}

static market_id agency_of_delegation(const void *row)
{
	return ((const market_delegation *)row)->agency;
}

const mk_entity mk_agency_entity = {
	.kind = MARKET_ID_AGENCY,
	.name = "agency",
	.record = &mk_agency_record,
	.by_id = &agency_by_id,
	.registered = true,
	.agency = own_id,
};
const mk_entity mk_agency_member_entity = {
	.kind = MARKET_ID_MEMBER,
	.name = "member",
	.record = &mk_agency_member_record,
	.by_id = &agency_member_by_id,
	.registered = true,
	.agency = agency_of_member,
};
const mk_entity mk_delegation_entity = {
	.kind = MARKET_ID_DELEGATION,
	.name = "delegation",
	.record = &mk_delegation_record,
	.by_id = &delegation_by_id,
	.seller = seller_of_delegation,
	.agency = agency_of_delegation,
};
