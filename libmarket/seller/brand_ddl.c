#include "libmarket/seller/brand.h"

const char *const mk_brand_ddl[] = {
	"CREATE TABLE IF NOT EXISTS brand ({key}, ref TEXT, code TEXT NOT NULL, name TEXT NOT NULL, "
	"owner TEXT, tier TEXT NOT NULL, created_at {int} NOT NULL, version {int} NOT NULL, metadata "
	"TEXT, UNIQUE (book_id, code)){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS brand_ref ON brand (book_id, ref) WHERE ref IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS brand_created ON brand (book_id, created_at, id)",

	/* all that it was ever called, folded: products are found by what they say */
	"CREATE TABLE IF NOT EXISTS brand_name ({key}, {fk:brand_id:brand} NOT NULL, name_key TEXT NOT "
	"NULL, UNIQUE (book_id, name_key)){strict}",

	"CREATE TABLE IF NOT EXISTS brand_quota ({key}, {fk:brand_id:brand} NOT NULL, store_type {int} "
	"NOT NULL, taken {int} NOT NULL, version {int} NOT NULL, "
	"UNIQUE (book_id, brand_id, store_type)){strict}",

	"CREATE TABLE IF NOT EXISTS authorisation ({key}, ref TEXT, {fk:seller_id:seller} NOT NULL, "
	"brand_book_id {int} NOT NULL, brand_id {int} NOT NULL, state {int} NOT NULL, owner {int} NOT "
	"NULL, document_digest TEXT, valid_from {int} NOT NULL, valid_to {int}, reason TEXT, place "
	"{int}, place_until {int}, created_at {int} NOT NULL, decided_at {int}, version {int} NOT "
	"NULL, document_sealed {blob}, document_key {blob}, document_index {blob}, chain_text TEXT, "
	"products_text TEXT, models_text TEXT, channels_text TEXT, due_at {int}){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS authorisation_ref ON authorisation (book_id, ref) WHERE ref "
	"IS NOT NULL",
	"CREATE INDEX IF NOT EXISTS authorisation_seller ON authorisation (book_id, id)",
	"CREATE INDEX IF NOT EXISTS authorisation_created ON authorisation (book_id, created_at, id)",

	"CREATE TABLE IF NOT EXISTS price_rule ({key}, {fk:brand_id:brand} NOT NULL, "
	"{fk:product_id:product} NOT NULL, currency TEXT NOT NULL, price {int}, floor {int}, breach "
	"{int}, created_at {int} NOT NULL, changed_at {int} NOT NULL, version {int} NOT NULL, "
	"UNIQUE (book_id, product_id, currency)){strict}",
	"CREATE INDEX IF NOT EXISTS price_rule_brand ON price_rule (book_id, brand_id, created_at, id)",
	NULL,
};
