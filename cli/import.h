/* What the files of `market import` and `market export` share. docs/guides/import.md states the
 * rules. */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include "cli/cli.h"
#include "cli/source.h"

enum {
	IMPORT_MAX_STEPS = 4,   /* writes of one item */
	IMPORT_MAX_ASKS = 3,    /* reads of one item */
	IMPORT_MAX_GROUP = 200, /* rows of one item */
	IMPORT_CHUNK = 64       /* items that are sent together */
};

typedef enum import_outcome {
	IMPORT_UNCHANGED,
	IMPORT_CREATED,
	IMPORT_CHANGED,
	IMPORT_REFUSED
} import_outcome;

typedef struct import_step {
	const char *operation;
	json_t *in;
	bool linked; /* with the next one */
	int code;    /* of its result */
	json_t *out;
} import_step;

/* What becomes one object: one row, or of an offer all rows of it that stand together. */
typedef struct import_item {
	source_row *rows;
	size_t n_rows, room;
	char identity[600];
	import_step asks[IMPORT_MAX_ASKS];
	size_t n_asks;
	import_step writes[IMPORT_MAX_STEPS];
	size_t n_writes;
	import_outcome outcome;
	source_problem problem; /* of a refused item */
	size_t bad_row;         /* whose problem it is */
} import_item;

/* One kind of rows: what `market import KIND` takes. */
typedef struct import_kind {
	const char *name;
	const char *const *fields;   /* in the order in which they are exported; ends with NULL */
	const char *const *required; /* of them; ends with NULL */
	const char *const *identity; /* of them: what tells one object from another */
	const char *joined;          /* the field that tells rows of one object apart; NULL: one row */
	void (*ask)(import_item *item);
	void (*plan)(import_item *item);
	int (*export)(cli_market *open, void (*put)(void *to, json_t *row), void *to,
	              market_error *err);
} import_kind;

/* import_kind.c */
extern const import_kind import_kinds[]; /* ends with a NULL name */
const import_kind *import_kind_named(const char *name);

/* import_party.c, import_product.c, import_offer.c: the kinds' own steps. */
void import_seller_ask(import_item *item);
void import_seller_plan(import_item *item);
void import_warehouse_ask(import_item *item);
void import_warehouse_plan(import_item *item);
void import_stock_ask(import_item *item);
void import_stock_plan(import_item *item);
void import_category_ask(import_item *item);
void import_category_plan(import_item *item);
void import_product_ask(import_item *item);
void import_product_plan(import_item *item);
void import_offer_ask(import_item *item);
void import_offer_plan(import_item *item);

/* export_kind.c */
int export_sellers(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                   market_error *err);
int export_categories(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                      market_error *err);
int export_products(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                    market_error *err);
int export_warehouses(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                      market_error *err);
int export_offers(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                  market_error *err);
int export_stock(cli_market *open, void (*put)(void *to, json_t *row), void *to, market_error *err);

/* import_step.c: what a kind's steps are made of. */
/* A field of the item's first row; NULL: the cell is empty. */
const char *import_text(const import_item *item, const char *field);
/* An id as it is, anything else as a reference, of `owner` where it isn't NULL. */
json_t *import_address(market_id_kind kind, const char *owner, const char *text);
/* Copies the fields that the row has. */
void import_copy(json_t *in, const source_row *row, const char *const *fields);
import_step *import_ask(import_item *item, const char *operation, json_t *in);
import_step *import_write(import_item *item, import_outcome outcome, const char *operation,
                          json_t *in);
void import_refuse(import_item *item, size_t row, int code, const char *field, const char *format,
                   ...) __attribute__((format(printf, 5, 6)));
/* The object that was asked for; NULL: there is none. A read that failed refuses the item. */
json_t *import_found(import_item *item, size_t ask);
/* Whether the row states another value than what was found. */
bool import_differs(const source_row *row, json_t *found, const char *field);
/* Refuses the item when one of these differs, which no operation changes. */
bool import_fixed(import_item *item, json_t *found, const char *const *fields);
/* Whether one of these differs. */
bool import_any_differs(const source_row *row, json_t *found, const char *const *fields);
/* A whole number of a row; false when it is none, which refuses the item. */
bool import_number(import_item *item, const char *field, json_int_t *out);

#endif
