/* The tables of what describes and arranges the catalogue. */
#include "libmarket/catalog/sql.h"

const char *const mk_catalogue_ddl[] = {
	"CREATE TABLE IF NOT EXISTS attribute ({key}, {fk:category_id:category} NOT NULL, name TEXT "
	"NOT NULL, type {int} NOT NULL, required {int} NOT NULL, loosens {int} NOT NULL, variant {int} NOT "
	"NULL, retired {int} NOT NULL, unit TEXT, minimum TEXT, maximum TEXT, options TEXT, created_at "
	"{int} NOT NULL, version {int} NOT NULL, UNIQUE (book_id, category_id, name)){strict}",
	"CREATE INDEX IF NOT EXISTS attribute_category ON attribute (book_id, category_id, id)",
	NULL,
};
