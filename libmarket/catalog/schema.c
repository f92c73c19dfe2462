/* The tables of what describes and arranges the catalogue. */
#include "libmarket/catalog/sql.h"

const char *const mk_catalogue_ddl[] = {
	"CREATE TABLE IF NOT EXISTS attribute ({key}, {fk:category_id:category} NOT NULL, name TEXT "
	"NOT NULL, type {int} NOT NULL, required {int} NOT NULL, loosens {int} NOT NULL, variant "
	"{int} NOT NULL, retired {int} NOT NULL, unit TEXT, minimum TEXT, maximum TEXT, options TEXT, "
	"created_at "
	"{int} NOT NULL, version {int} NOT NULL, UNIQUE (book_id, category_id, name)){strict}",
	"CREATE INDEX IF NOT EXISTS attribute_category ON attribute (book_id, category_id, id)",

	"CREATE TABLE IF NOT EXISTS change_request ({key}, {fk:product_id:product} NOT NULL, seller_id "
	"{int}, state {int} NOT NULL, product_revision {int} NOT NULL, "
	"{fk:category_id:category}, title TEXT, description TEXT, brand TEXT, attributes TEXT, images "
	"TEXT, automatic {int} NOT NULL, "
	"reason TEXT, created_at {int} NOT NULL, decided_at {int}, version {int} NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS change_state ON change_request (book_id, state, id)",
	"CREATE INDEX IF NOT EXISTS change_product ON change_request (book_id, product_id, state, id)",
	"CREATE INDEX IF NOT EXISTS change_seller ON change_request (book_id, seller_id, state, id)",
	NULL,
};
