/* A checkpoint as a file outside the store. */
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/checkpoint.h"

#define FORMAT "libmarket-checkpoint-1"
#define ANCHOR_MAX (16 * 1024)

#define T mk_anchor
#define HEX(bytes) (2 * (bytes))
static const mk_field anchor_fields[] = {
	MK_F_TEXT(T, format, MK_REQUIRED, 1, 64, "libmarket-checkpoint-1"),
	MK_F_TEXT(T, store, MK_REQUIRED, 1, MK_STORE_ID_MAX, "the store's own id"),
	MK_F_INT(T, number, MK_REQUIRED, 1, INT64_MAX, "the checkpoint's number"),
	MK_F_TIME(T, recorded_at, MK_REQUIRED, "when it was made"),
	MK_F_INT(T, books, 0, 0, INT64_MAX, "books covered"),
	MK_F_INT(T, transfers, 0, 0, INT64_MAX, "transfers covered"),
	MK_F_TEXT(T, root, MK_REQUIRED, HEX(MK_HASH_SIZE), HEX(MK_HASH_SIZE), "root over all books"),
	MK_F_TEXT(T, balances, MK_REQUIRED, HEX(MK_HASH_SIZE), HEX(MK_HASH_SIZE),
              "digest of the trial balance"),
	MK_F_TEXT(T, previous, MK_REQUIRED, HEX(MK_HASH_SIZE), HEX(MK_HASH_SIZE),
              "digest of the checkpoint before"),
	MK_F_INT(T, key_number, MK_REQUIRED, 1, UINT32_MAX, "number of the signing key"),
	MK_F_TEXT(T, public_key, MK_REQUIRED, HEX(MK_KEY_SIZE), HEX(MK_KEY_SIZE), "the public key"),
	MK_F_TEXT(T, signature, MK_REQUIRED, HEX(MK_SIGNATURE_SIZE), HEX(MK_SIGNATURE_SIZE),
              "the signature"),
};
#undef T
const mk_record mk_anchor_record =
	MK_RECORD_OF("anchor", mk_anchor, anchor_fields, "a checkpoint outside the store");

static int check_shape(const mk_anchor *anchor, market_error *err);
static int check_signature(const mk_anchor *anchor, mk_arena *arena, market_error *err);

int mk_anchor_write(const mk_checkpoint *checkpoint, const mk_keys *keys, const char *store_id,
                    mk_text *out, market_error *err)
{
	uint8_t key[MK_KEY_SIZE];
	char root[HEX(MK_HASH_SIZE) + 1], balances[HEX(MK_HASH_SIZE) + 1],
		previous[HEX(MK_HASH_SIZE) + 1];
	char public_key[HEX(MK_KEY_SIZE) + 1], signature[HEX(MK_SIGNATURE_SIZE) + 1];
	if (checkpoint->root.size != MK_HASH_SIZE || checkpoint->balances.size != MK_HASH_SIZE ||
	    checkpoint->previous.size != MK_HASH_SIZE ||
	    checkpoint->signature.size != MK_SIGNATURE_SIZE)
		return mk_error_set(err, MARKET_ECORRUPT, "checkpoint %lld is broken",
		                    (long long)checkpoint->id.id);
	if (!mk_keys_public(keys, (uint32_t)checkpoint->key_number, key))
		return mk_error_set(err, MARKET_EKEY, "signing key %lld is absent",
		                    (long long)checkpoint->key_number);
	mk_hex(checkpoint->root.data, MK_HASH_SIZE, root);
	mk_hex(checkpoint->balances.data, MK_HASH_SIZE, balances);
	mk_hex(checkpoint->previous.data, MK_HASH_SIZE, previous);
	mk_hex(key, MK_KEY_SIZE, public_key);
	mk_hex(checkpoint->signature.data, MK_SIGNATURE_SIZE, signature);
	const mk_anchor anchor = {
		.format = FORMAT,
		.store = store_id,
		.number = checkpoint->id.id,
		.recorded_at = checkpoint->recorded_at,
		.books = checkpoint->books,
		.transfers = checkpoint->transfers,
		.root = root,
		.balances = balances,
		.previous = previous,
		.key_number = checkpoint->key_number,
		.public_key = public_key,
		.signature = signature,
	};
	mk_json_write(&mk_anchor_record, &anchor, MK_JSON_FULL, out);
	return out->failed ? mk_error_no_memory(err) : 0;
}

int mk_anchor_read(const char *text, size_t size, mk_arena *arena, const mk_anchor **out,
                   market_error *err)
{
	void *read = NULL;
	if (size > ANCHOR_MAX)
		return mk_error_set(err, MARKET_ELIMIT, "an anchor has at most %d bytes", ANCHOR_MAX);
	int rc = mk_json_read(&mk_anchor_record, text, size, arena, &read, NULL, err);
	if (rc == 0)
		rc = check_shape(read, err);
	if (rc == 0)
		rc = check_signature(read, arena, err);
	if (rc == 0)
		*out = read;
	return rc;
}

static int check_shape(const mk_anchor *anchor, market_error *err)
{
	for (size_t i = 0; i < sizeof(anchor_fields) / sizeof(anchor_fields[0]); i++) {
		const mk_field *field = &anchor_fields[i];
		const void *at = (const char *)anchor + field->offset;
		if (field->kind == MK_TEXT) {
			const char *text = *(const char *const *)at;
			size_t length = text ? strlen(text) : 0;
			if (length < (size_t)field->min || length > (size_t)field->max)
				return mk_error_at(err, MARKET_EINVALID, field->name,
				                   "the anchor's %s is absent or malformed", field->name);
		} else if (field->kind == MK_INT && *(const int64_t *)at < field->min) {
			return mk_error_at(err, MARKET_EINVALID, field->name,
			                   "the anchor's %s is absent or malformed", field->name);
		}
	}
	if (strcmp(anchor->format, FORMAT) != 0)
		return mk_error_at(err, MARKET_EINVALID, "format", "an anchor of format \"%s\" isn't known",
		                   anchor->format);
	return 0;
}

static int check_signature(const mk_anchor *anchor, mk_arena *arena, market_error *err)
{
	uint8_t key[MK_KEY_SIZE], signature[MK_SIGNATURE_SIZE];
	mk_hash root, balances, previous;
	bool valid = false;
	mk_text body;
	if (!mk_unhex(anchor->root, root.bytes, MK_HASH_SIZE) ||
	    !mk_unhex(anchor->balances, balances.bytes, MK_HASH_SIZE) ||
	    !mk_unhex(anchor->previous, previous.bytes, MK_HASH_SIZE) ||
	    !mk_unhex(anchor->public_key, key, MK_KEY_SIZE) ||
	    !mk_unhex(anchor->signature, signature, MK_SIGNATURE_SIZE))
		return mk_error_set(err, MARKET_EINVALID, "the anchor's digests aren't hexadecimal");
	const mk_checkpoint as_stored = {
		.id = {0, anchor->number},
		.recorded_at = anchor->recorded_at,
		.books = anchor->books,
		.transfers = anchor->transfers,
		.root = {root.bytes, MK_HASH_SIZE},
		.balances = {balances.bytes, MK_HASH_SIZE},
		.previous = {previous.bytes, MK_HASH_SIZE},
		.key_number = anchor->key_number,
	};
	mk_text_init(&body, arena->allocator, 4096);
	mk_checkpoint_body(&as_stored, anchor->store, &body);
	int rc = body.failed ? mk_error_no_memory(err)
	                     : mk_ed25519_verify(key, body.data, body.size, signature, &valid, err);
	mk_text_close(&body);
	if (rc == 0 && !valid)
		rc = mk_error_set(err, MARKET_ESIGNATURE,
		                  "the anchor's signature doesn't match what it says");
	return rc;
}
