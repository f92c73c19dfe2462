/*
 * Record descriptors: a const table of a struct's fields. JSON both ways, YAML policy, row mapping,
 * redaction, deep copies and printing all walk this table. It maps shapes only.
 *
 * Absent is NULL or zero; of a LIST it is NULL (a list of no items is present), of a MONEY an empty
 * currency. Zero is a value, not absent, in a required INT, RATE or duration whose bounds hold it,
 * in a required BOOL, and behind an optional member's pointer. Without bounds an amount is at most
 * MK_MONEY_MAX either way, a duration not negative, a list at most MK_MAX_LIST long. A text of a
 * LIST of texts has 1 to MK_MAX_TEXT bytes.
 */
#ifndef MK_RECORD_RECORD_H
#define MK_RECORD_RECORD_H

#include "libmarket/base/error.h"
#include "libmarket/base/text.h"

typedef enum mk_kind {
	MK_BOOL,   /* bool */
	MK_INT,    /* int64_t, or int32_t/uint32_t never: one integer type */
	MK_MONEY,  /* market_money */
	MK_RATE,   /* market_rate; text "5%" outside */
	MK_ID,     /* market_id */
	MK_TIME,   /* market_time; ISO 8601 outside; with MK_DURATION a duration ("48h") */
	MK_ENUM,   /* int32_t; 0 is absent */
	MK_TEXT,   /* const char * */
	MK_BLOB,   /* market_blob; base64 outside */
	MK_RECORD, /* const T * */
	MK_LIST    /* const T *const * and, in the field `n_<name>`, size_t; of records or of texts */
} mk_kind;

enum {
	MK_REQUIRED = 1 << 0,
	MK_SENSITIVE = 1 << 1, /* never printed in full, never logged; shown masked */
	MK_INTERNAL = 1 << 2,  /* a column of the row that isn't part of the public record */
	MK_OPTIONAL = 1 << 3,  /* a scalar's member is a `const T *`; NULL is absent */
	MK_DURATION = 1 << 4,  /* TIME: a span in milliseconds, not a point in time */
	MK_OWN_BOOK = 1 << 5,  /* ID: lies in the row's own book; column `<name>_id` only */
	MK_SELF_BOOK = 1 << 6, /* ID of a buyer or seller: book = id; column `<name>_id` only */
	MK_PAIRS = 1 << 7,     /* LIST of market_pair: a JSON object; column holds its JSON text */
	MK_MULTILINE = 1 << 8, /* TEXT: may contain line breaks */
	MK_NOT_ROW = 1 << 9,   /* not a column: filled by a loader */
	MK_IMMUTABLE = 1 << 10,
	MK_REF = 1 << 11 /* TEXT: a caller's reference */
};

typedef struct mk_enum_value {
	int32_t value;
	const char *name;
	const char *summary;
} mk_enum_value;

typedef struct mk_enum {
	const char *name;
	const mk_enum_value *values; /* ends with a NULL name */
} mk_enum;

typedef struct mk_record mk_record;

typedef struct mk_field {
	const char *name;
	const char *summary;
	const mk_enum *enumeration; /* ENUM */
	const mk_record *record;    /* RECORD, LIST of records; NULL in a LIST of texts */
	int64_t min, max;           /* INT, RATE, TIME, MONEY: bounds when min ≤ max and not both 0;
	                               TEXT, BLOB: bytes; LIST: items */
	uint32_t offset, count_offset;
	uint32_t flags;
	mk_kind kind;
	market_id_kind id_kind; /* ID */
} mk_field;

struct mk_record {
	const char *name; /* "order", "order_place_params" */
	const char *summary;
	const mk_field *fields;
	size_t n_fields;
	size_t size;
	bool params; /* begins with uint32_t size, const char *key */
	bool sized;  /* begins with uint32_t size only: a record nested in params */
};

#define MK_MAX_FIELDS 128 /* of one table */

/*
 * MK_FIELDS_OF(T) names the struct for the field macros that follow it, e.g.
 *
 *   #define T market_seller
 *   static const mk_field seller_fields[] = {
 *       MK_F_ID(T, id, SELLER, MK_SELF_BOOK, "the seller"),
 *       MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "the shop's name"),
 *       MK_F_ENUM(T, state, mk_seller_state_enum, 0, "where the application stands"),
 *       MK_F_LIST(T, members, market_member, mk_member_record, MK_NOT_ROW, 0, 100, "the members"),
 *   };
 *   const mk_record mk_seller_record = MK_RECORD_OF("seller", T, seller_fields, "a seller");
 *
 * Each checks the member's C type at compile time.
 */
#define MK_SAME_TYPE(T, member, C) \
	(0 * sizeof(struct { \
		 _Static_assert(_Generic(((T *)0)->member, C : 1, default : 0), \
		                #T "." #member " isn't " #C); \
		 int unused; \
	 }))
#define MK_AT(T, member, C) (uint32_t)(offsetof(T, member) + MK_SAME_TYPE(T, member, C))

#define MK_F_BOOL(T, m, fl, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_BOOL, .flags = (fl), .offset = MK_AT(T, m, bool) \
	}
#define MK_F_OPT_BOOL(T, m, fl, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_BOOL, .flags = (fl) | MK_OPTIONAL, \
		.offset = MK_AT(T, m, const bool *) \
	}
#define MK_F_INT(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_INT, .flags = (fl), .min = (lo), .max = (hi), \
		.offset = MK_AT(T, m, int64_t) \
	}
#define MK_F_OPT_INT(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_INT, .flags = (fl) | MK_OPTIONAL, .min = (lo), \
		.max = (hi), .offset = MK_AT(T, m, const int64_t *) \
	}
#define MK_F_MONEY(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_MONEY, .flags = (fl), .min = (lo), .max = (hi), \
		.offset = MK_AT(T, m, market_money) \
	}
#define MK_F_OPT_MONEY(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_MONEY, .flags = (fl) | MK_OPTIONAL, .min = (lo), \
		.max = (hi), .offset = MK_AT(T, m, const market_money *) \
	}
#define MK_F_RATE(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_RATE, .flags = (fl), .min = (lo), .max = (hi), \
		.offset = MK_AT(T, m, market_rate) \
	}
#define MK_F_OPT_RATE(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_RATE, .flags = (fl) | MK_OPTIONAL, .min = (lo), \
		.max = (hi), .offset = MK_AT(T, m, const market_rate *) \
	}
#define MK_F_ID(T, m, k, fl, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_ID, .flags = (fl), .id_kind = MARKET_ID_##k, \
		.offset = MK_AT(T, m, market_id) \
	}
#define MK_F_TIME(T, m, fl, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_TIME, .flags = (fl), \
		.offset = MK_AT(T, m, market_time) \
	}
#define MK_F_SPAN(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_TIME, .flags = (fl) | MK_DURATION, .min = (lo), \
		.max = (hi), .offset = MK_AT(T, m, market_time) \
	}
#define MK_F_OPT_TIME(T, m, fl, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_TIME, .flags = (fl) | MK_OPTIONAL, \
		.offset = MK_AT(T, m, const market_time *) \
	}
#define MK_F_OPT_SPAN(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_TIME, .flags = (fl) | MK_DURATION | MK_OPTIONAL, \
		.min = (lo), .max = (hi), .offset = MK_AT(T, m, const market_time *) \
	}
#define MK_F_ENUM(T, m, en, fl, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_ENUM, .flags = (fl), .enumeration = &(en), \
		.offset = MK_AT(T, m, int32_t) \
	}
#define MK_F_TEXT(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_TEXT, .flags = (fl), .min = (lo), .max = (hi), \
		.offset = MK_AT(T, m, const char *) \
	}
#define MK_F_BLOB(T, m, fl, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_BLOB, .flags = (fl), .max = (hi), \
		.offset = MK_AT(T, m, market_blob) \
	}
#define MK_F_RECORD(T, m, C, rec, fl, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_RECORD, .flags = (fl), .record = &(rec), \
		.offset = MK_AT(T, m, const C *) \
	}
#define MK_F_LIST(T, m, C, rec, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_LIST, .flags = (fl), .record = &(rec), .min = (lo), \
		.max = (hi), .offset = MK_AT(T, m, const C *const *), \
		.count_offset = MK_AT(T, n_##m, size_t) \
	}
#define MK_F_TEXTS(T, m, fl, lo, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_LIST, .flags = (fl), .min = (lo), .max = (hi), \
		.offset = MK_AT(T, m, const char *const *), .count_offset = MK_AT(T, n_##m, size_t) \
	}
#define MK_F_METADATA(T) \
	{ \
		.name = "metadata", .summary = "texts of the caller, returned as they were given", \
		.kind = MK_LIST, .flags = MK_PAIRS, .record = &mk_pair_record, .max = 20, \
		.offset = MK_AT(T, metadata, const market_pair *const *), \
		.count_offset = MK_AT(T, n_metadata, size_t) \
	}

#define MK_RECORD_OF(nm, T, list, sum) \
	{ \
		.name = nm, .summary = sum, .fields = list, .n_fields = sizeof(list) / sizeof((list)[0]), \
		.size = sizeof(T) \
	}
#define MK_PARAMS_OF(nm, T, list, sum) \
	{ \
		.name = nm, .summary = sum, .fields = list, .n_fields = sizeof(list) / sizeof((list)[0]), \
		.size = sizeof(T), .params = true \
	}
#define MK_SIZED_OF(nm, T, list, sum) \
	{ \
		.name = nm, .summary = sum, .fields = list, .n_fields = sizeof(list) / sizeof((list)[0]), \
		.size = sizeof(T), .sized = true \
	}

extern const mk_record mk_pair_record;

const mk_field *mk_record_field(const mk_record *record, const char *name, size_t size);
const char *mk_enum_name(const mk_enum *enumeration, int32_t value); /* NULL when unknown */
bool mk_enum_value_of(const mk_enum *enumeration, const char *name, size_t size, int32_t *out);

/* Checks a params struct against its descriptor: size and tail, key, required fields, UTF-8,
 * lengths, bounds, enum values, currencies, nested records and lists. Fields are checked in table
 * order; `err->field` is the path. On success `out` is a copy of the full struct in the arena (a
 * smaller caller's struct is completed with zeros); nested records are not copied, unless they are
 * of a smaller size and must be completed too. References are resolved before: their ids are
 * absent. */
int mk_record_check(const mk_record *record, const void *params, mk_arena *arena, const void **out,
                    market_error *err);

/* Takes a caller's options, a struct that begins with its size, over those in `out`, which are of
 * `size` bytes. ESIZE when the caller's is no such size, or is larger and its tail isn't zero. */
int mk_options_take(const void *given, void *out, size_t size, market_error *err);
/* Gives a report of `size` bytes out, up to the size that the caller has set in `out`. */
void mk_report_give(const void *report, size_t size, void *out);

/* A deep copy in one allocation, freed by mk_record_free. `record->size` bytes of `value` are the
 * root. Never returns rows' internal texts by reference. */
int mk_record_pack(const mk_record *record, const void *value, const market_allocator *allocator,
                   void **out, market_error *err);
void mk_record_free(void *packed); /* NULL-safe; the allocator is kept before the block */
/* The value with every sensitive text masked: the value itself when its record has none, else a
 * deep copy in the arena. NULL when memory is exhausted. */
const void *mk_record_masked(const mk_record *record, const void *value, mk_arena *arena);
/* Whether it, or a record in it, has a sensitive text. */
bool mk_record_is_sensitive(const mk_record *record);
/* A text that mk_record_free releases; NULL when memory is exhausted. */
char *mk_record_pack_text(const char *text, size_t size, const market_allocator *allocator);
/* A deep copy into an arena. */
void *mk_record_clone(const mk_record *record, const void *value, mk_arena *arena);

/* SHA-256 input: a canonical encoding of every present field by name, independent of table order
 * and of absent fields, so that a newer library gives old params the same bytes. `key` isn't part.
 */
void mk_record_canonical(const mk_record *record, const void *value, mk_text *out);

/* ---- JSON ---- */

/* A reference `"ref:…"` met where an id is expected: resolved later by the door. */
typedef struct mk_pending_ref {
	market_id *target;
	market_id_kind kind;
	const char *text; /* without "ref:" */
	const char *path;
	struct mk_pending_ref *next;
} mk_pending_ref;

/* Parses strict JSON (one object) into a new struct in the arena. Length (MK_MAX_JSON) and depth
 * are bounded first; syntax errors and duplicate keys give "line L, column C" in detail, all else a
 * field path. Of params the `key` is read too. Unknown fields are refused with the nearest name as
 * hint. Checks shapes and types only; mk_record_check does the limits. `refs` may be NULL: then
 * references are refused. */
int mk_json_read(const mk_record *record, const char *json, size_t size, mk_arena *arena,
                 void **out, mk_pending_ref **refs, market_error *err);

enum {
	MK_JSON_INTERNAL = 1 << 0, /* internal fields too */
	MK_JSON_FULL = 1 << 1      /* sensitive fields in full */
};
/* Writes a record as one JSON object, fields in table order, absent ones left out (a required
 * number or bool never is); no spaces. */
void mk_json_write(const mk_record *record, const void *value, uint32_t flags, mk_text *out);
/* The JSON Schema (draft 2020-12) of a record, as an object; nested records are written in place.
 * For input it closes the object to unknown fields. */
void mk_json_schema(const mk_record *record, bool input, mk_text *out);
/* An error as {"code","class","message",…}; empty fields are left out. */
void mk_json_error(const market_error *err, mk_text *out);
/* Masks all but the last four characters, of less than eight all but half, of up to four all. */
void mk_mask(const char *text, mk_text *out);
/* The same as a copy; NULL when memory is exhausted. */
const char *mk_mask_copy(const char *text, mk_arena *arena);

/* ---- YAML ---- */

typedef struct mk_yaml_error {
	int line, column; /* from 1 */
	char message[240];
	char hint[120];
} mk_yaml_error;

/* Where a value of a parsed document came from, so that later checks can point at it. */
typedef struct mk_yaml_place {
	const void *value; /* the struct or list item */
	const char *field; /* static name, or NULL for the record itself */
	int line, column;
	struct mk_yaml_place *next;
} mk_yaml_place;

typedef struct mk_yaml {
	mk_arena *arena;
	mk_yaml_error errors[100]; /* MK_MAX_POLICY_ERRORS, in order of line */
	size_t n_errors;
	mk_yaml_place *places;
} mk_yaml;

/* Parses one YAML document by descriptor into a new struct in `state->arena` and reports all
 * errors, not just the first; limits and required fields are checked too. The rest of `state` is
 * reset. Duplicate keys, more than MK_MAX_POLICY_DEPTH levels, aliases that would expand beyond
 * bounds (anchors are refused altogether), several documents and wrong types are errors. Returns 0
 * or MARKET_EPOLICY (err names the first). */
int mk_yaml_read(const mk_record *record, const char *yaml, size_t size, mk_yaml *state, void **out,
                 market_error *err);
/* Adds an error at the place of `field` of `value` (found in `places`), keeping the order. */
void mk_yaml_report(mk_yaml *state, const void *value, const char *field, const char *hint,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
