/*
 * Errors: one list makes the codes, their names, classes and summaries.
 *
 * Since 0.1.
 */
#ifndef MARKET_ERROR_H
#define MARKET_ERROR_H

#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a caller should react.
 *   caller    the request is wrong and will stay wrong
 *   state     the request is right, but not now: the object's state, funds or rights forbid it
 *   conflict  the request contradicts an earlier one
 *   transient the same request may succeed when sent again
 *   fatal     the store or the library needs attention */
typedef enum market_error_class {
	MARKET_CLASS_CALLER = 1,
	MARKET_CLASS_STATE,
	MARKET_CLASS_CONFLICT,
	MARKET_CLASS_TRANSIENT,
	MARKET_CLASS_FATAL
} market_error_class;

/* X(name, number, class, text, summary): the code is the negative number. */
#define MARKET_ERROR_LIST(X) \
	X(ESYNTAX, 1, CALLER, "syntax", "the text isn't well-formed") \
	X(EUNKNOWNFIELD, 2, CALLER, "unknown_field", "a field of that name doesn't exist here") \
	X(EMISSING, 3, CALLER, "missing", "a required field is absent") \
	X(ETYPE, 4, CALLER, "wrong_type", "a field holds another type of value") \
	X(EUTF8, 5, CALLER, "invalid_utf8", "a text isn't valid UTF-8 or holds a control character") \
	X(ELIMIT, 6, CALLER, "limit", "a value is longer, larger or more than its limit") \
	X(EINVALID, 7, CALLER, "invalid", "a value is well-formed but can't be used here") \
	X(EUNKNOWNOP, 8, CALLER, "unknown_operation", "there is no operation of that name") \
	X(ESIZE, 9, CALLER, "params_size", "a params struct's size is wrong or its tail isn't zero") \
	X(ECURRENCY, 10, CALLER, "currency", "the currency is unknown or differs from the object's") \
	X(EOVERFLOW, 11, CALLER, "overflow", "an amount exceeds what can be represented") \
	X(EMISUSE, 12, CALLER, "misuse", "the call isn't allowed at this point") \
	X(EUNBALANCED, 13, CALLER, "unbalanced", "a transfer's debits and credits differ") \
	X(EPOLICY, 14, CALLER, "policy", "the policy has errors") \
	X(ESIGNATURE, 15, CALLER, "signature", "a signature or digest doesn't match") \
	X(EUNCONFIRMED, 16, CALLER, "unconfirmed", "the person must prove anew who they are") \
	X(ELISTING, 17, CALLER, "listing", "a listing rule forbids what the listing says or lacks") \
	X(ENOTFOUND, 20, STATE, "not_found", "the object doesn't exist or isn't visible to the actor") \
	X(EDENIED, 21, STATE, "denied", "the actor may not do this") \
	X(ESTATE, 22, STATE, "state", "the object's state doesn't allow this") \
	X(EEXISTS, 23, STATE, "exists", "an object with that reference or key exists") \
	X(EINCOMPLETE, 24, STATE, "incomplete", "a requirement isn't met yet") \
	X(ECHANGED, 25, STATE, "changed", "price, stock or seller changed since it was shown") \
	X(ESTOCK, 26, STATE, "out_of_stock", "there isn't enough stock") \
	X(EFUNDS, 27, STATE, "insufficient_funds", \
	  "an account or a refundable amount doesn't cover it") \
	X(EFROZEN, 28, STATE, "frozen", "the account or object is frozen") \
	X(ECLOSED, 29, STATE, "closed", "the account or object is closed") \
	X(EEXPIRED, 30, STATE, "expired", "the time for this has passed") \
	X(EQUOTA, 31, STATE, "quota", "a quota or limit of the policy is used up") \
	X(EPURCHASABLE, 32, STATE, "not_purchasable", "the item can't be bought now") \
	X(EINFLIGHT, 33, STATE, "in_flight", "an outcome at a provider is awaited") \
	X(ECHAIN, 34, STATE, "chain_broken", "another item of its chain failed: nothing was done") \
	X(EHOLDER, 35, STATE, "holder", "the account's holder isn't who was verified") \
	X(EOBSTACLE, 36, STATE, "obstacle", "something stands in the way; the detail lists all of it") \
	X(ELIMITED, 37, STATE, "limited", "violations limit what the seller or the buyer may do now") \
	X(EKEYREUSED, 40, CONFLICT, "key_reused", "the key was used with other content") \
	X(ECONFLICT, 41, CONFLICT, "conflict", "another change came between, again and again") \
	X(ETIMEORDER, 42, CONFLICT, "time_order", "the time lies before what is already recorded") \
	X(EBUSY, 50, TRANSIENT, "busy", "the store is locked by others") \
	X(EUNKNOWN, 51, TRANSIENT, "unknown_outcome", \
	  "whether the commit took effect isn't known: send the same key again") \
	X(EUNAVAILABLE, 52, TRANSIENT, "unavailable", "the database server can't be reached") \
	X(ENOMEM, 53, TRANSIENT, "no_memory", "memory is exhausted") \
	X(EFULL, 54, TRANSIENT, "disk_full", "the disk is full") \
	X(EIO, 60, FATAL, "io", "reading or writing the store failed") \
	X(EREADONLY, 61, FATAL, "read_only", "the store can't be written") \
	X(ECORRUPT, 62, FATAL, "corrupt", "stored data fails a check") \
	X(EFOREIGN, 63, FATAL, "foreign_file", "the file or database isn't a market store") \
	X(ESCHEMA, 64, FATAL, "schema", "the store's schema is of another version") \
	X(EABSENT, 65, FATAL, "absent", "the store doesn't exist") \
	X(EKEY, 66, FATAL, "signing_key", "a key of the store is absent, unreadable or unsafe") \
	X(EINTERNAL, 67, FATAL, "internal", "a defect of the library: the session is dead") \
	X(EPROVIDER, 68, FATAL, "provider", \
	  "a provider isn't configured or answers against its contract")

enum {
	MARKET_OK = 0,
#define X(name, number, klass, text, summary) MARKET_##name = -number,
	MARKET_ERROR_LIST(X)
#undef X
};

/* Filled by the function that fails; belongs to the caller. All texts end with a NUL and are cut at
 * their size. `field` is the path of the parameter (`items[2].quantity`), `object` the text of the
 * identifier concerned; both may be empty. */
typedef struct market_error {
	int32_t code;
	int32_t error_class;
	char message[200];
	char detail[600];
	char hint[200];
	char field[160];
	char object[64];
} market_error;

/* The name of a code (`insufficient_funds`), or "ok" for 0, or NULL for no code of ours. */
MARKET_API const char *market_error_name(int32_t code);

/* The class of a code, 0 for 0 and for no code of ours. */
MARKET_API int32_t market_error_class_of(int32_t code);

/* The name of a class (`caller`), or NULL. */
MARKET_API const char *market_error_class_name(int32_t error_class);

/* One sentence that says what a code means, or NULL. */
MARKET_API const char *market_error_summary(int32_t code);

#ifdef __cplusplus
}
#endif
#endif
