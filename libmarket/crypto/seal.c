/*
 * Sealed fields (SEL-10): each record has a data key, wrapped by the provider's sealing key.
 *
 *   wrapped key   version 1 | number 4 | nonce 12 | tag 16 | data key 32
 *   sealed text   version 1 | nonce 12 | tag 16 | text
 *
 * Both are AES-256-GCM. What a value belongs to is authenticated beside it: a wrapped key its
 * store, a sealed text its table, column, owner and row.
 */
#include "libmarket/crypto/internal.h"

#include <string.h>

enum {
	format_version = 1,
	nonce_size = 12,
	tag_size = 16,
	wrap_head = 1 + 4,
	seal_head = 1,
	sealed_min = seal_head + nonce_size + tag_size
};

_Static_assert(wrap_head + nonce_size + tag_size + MK_KEY_SIZE == MK_WRAPPED_KEY_SIZE,
               "wrapped key's size");

/* What is authenticated beside a value. */
typedef struct context {
	market_blob parts[4];
	uint8_t numbers[16];
} context;

static int add_key(const mk_keys *keys, mk_arena *arena, market_blob *out, market_error *err);
static int add_index(const mk_keys *keys, mk_arena *arena, const mk_seal_place *place,
                     const char *text, market_blob *out, market_error *err);
static void place_context(const mk_seal_place *place, context *out);
static void key_context(const mk_keys *keys, const uint8_t *head, context *out);
static int wrap(const mk_keys *keys, const uint8_t data_key[MK_KEY_SIZE], uint8_t *wrapped,
                market_error *err);
static int unwrap(const mk_keys *keys, const uint8_t *wrapped, uint8_t data_key[MK_KEY_SIZE],
                  market_error *err);
static int encrypt(const mk_keys *keys, const uint8_t *key, const context *beside, const void *text,
                   size_t size, uint8_t *out, market_error *err);
static int decrypt(const mk_keys *keys, const uint8_t *key, const context *beside,
                   const uint8_t *in, size_t size, uint8_t *text, bool *valid, market_error *err);
static bool run_cipher(EVP_CIPHER_CTX *cipher, const context *beside, const void *in, size_t size,
                       uint8_t *out);
static size_t canonical(const char *text, char *out);
static size_t ignored(const uint8_t *at);
static void put_big_endian(uint8_t *out, uint64_t value, int bytes);

int mk_seal_new_key(const mk_keys *keys, uint8_t wrapped[MK_WRAPPED_KEY_SIZE], market_error *err)
{
	uint8_t data_key[MK_KEY_SIZE];
	int code;

	mk_keys_refresh(keys);
	code = mk_keys_random(keys, data_key, sizeof(data_key), err);
	if (!code)
		code = wrap(keys, data_key, wrapped, err);
	mk_wipe(data_key, sizeof(data_key));
	return code;
}

int mk_seal_rewrap(const mk_keys *keys, const uint8_t before[MK_WRAPPED_KEY_SIZE],
                   uint8_t wrapped[MK_WRAPPED_KEY_SIZE], market_error *err)
{
	uint8_t data_key[MK_KEY_SIZE];
	int code = unwrap(keys, before, data_key, err);

	if (!code)
		code = wrap(keys, data_key, wrapped, err);
	mk_wipe(data_key, sizeof(data_key));
	return code;
}

uint32_t mk_seal_key_number(const uint8_t wrapped[MK_WRAPPED_KEY_SIZE])
{
	return (uint32_t)wrapped[1] << 24 | (uint32_t)wrapped[2] << 16 | (uint32_t)wrapped[3] << 8 |
	       wrapped[4];
}

int mk_seal_text(const mk_keys *keys, const uint8_t wrapped[MK_WRAPPED_KEY_SIZE],
                 const mk_seal_place *place, const char *text, mk_arena *arena, market_blob *out,
                 market_error *err)
{
	uint8_t data_key[MK_KEY_SIZE];
	uint8_t *sealed = NULL;
	size_t size = strlen(text);
	context beside;
	int code;

	if (size > MK_SEALED_MAX)
		return mk_error_set(err, MARKET_ELIMIT,
		                    "a text of %zu bytes is too long to be sealed, the limit is %d", size,
		                    MK_SEALED_MAX);
	sealed = mk_arena_get(arena, sealed_min + size);
	if (!sealed)
		return mk_error_no_memory(err);
	code = unwrap(keys, wrapped, data_key, err);
	if (!code) {
		sealed[0] = format_version;
		place_context(place, &beside);
		code = encrypt(keys, data_key, &beside, text, size, sealed + seal_head, err);
	}
	mk_wipe(data_key, sizeof(data_key));
	if (code)
		return code;
	*out = (market_blob){.data = sealed, .size = sealed_min + size};
	return 0;
}

int mk_unseal_text(const mk_keys *keys, const uint8_t wrapped[MK_WRAPPED_KEY_SIZE],
                   const mk_seal_place *place, market_blob sealed, mk_arena *arena, char **out,
                   market_error *err)
{
	const uint8_t *in = sealed.data;
	uint8_t data_key[MK_KEY_SIZE];
	uint8_t *text = NULL;
	size_t size = 0;
	bool valid = false;
	context beside;
	int code;

	if (sealed.size >= sealed_min && sealed.size <= sealed_min + MK_SEALED_MAX &&
	    in[0] == format_version) {
		size = sealed.size - sealed_min;
		text = mk_arena_get(arena, size + 1);
		if (!text)
			return mk_error_no_memory(err);
		place_context(place, &beside);
		code = unwrap(keys, wrapped, data_key, err);
		if (!code)
			code = decrypt(keys, data_key, &beside, in + seal_head, size, text, &valid, err);
		mk_wipe(data_key, sizeof(data_key));
		if (code)
			return code;
	}
	if (!valid)
		return mk_error_set(err, MARKET_ECORRUPT,
		                    "the sealed %s of a %s isn't what was sealed there", place->column,
		                    place->table);
	text[size] = '\0';
	*out = (char *)text;
	return 0;
}

int mk_blind_index(const mk_keys *keys, const char *table, const char *column, const char *text,
                   mk_hash *out, market_error *err)
{
	const mk_key *key = mk_key_newest(keys, MK_KEY_INDEX);
	size_t table_size = strlen(table) + 1;
	size_t column_size = strlen(column) + 1;
	size_t capacity = table_size + column_size + strlen(text) + 1;
	size_t size = 0;
	char *data = NULL;
	int code = 0;

	data = mk_allocate(keys->allocator, capacity);
	if (!data)
		return mk_error_no_memory(err);
	/* Their NULs part the names: no two (table, column, value) give the same bytes. */
	memcpy(data, table, table_size);
	memcpy(data + table_size, column, column_size);
	size = canonical(text, data + table_size + column_size);
	if (size == 0)
		code = mk_error_at(err, MARKET_EINVALID, column, "there is nothing to index in %s of %s",
		                   column, table);
	else
		code = mk_hmac_sha256(key->secret, MK_KEY_SIZE, data, table_size + column_size + size, out,
		                      err);
	mk_wipe(data, capacity);
	mk_release(keys->allocator, data);
	return code;
}

int mk_keyed_digest(const mk_keys *keys, const char *purpose, mk_hash *digest, market_error *err)
{
	const size_t purpose_size = strlen(purpose) + 1;
	const mk_key *key = mk_key_newest(keys, MK_KEY_INDEX);
	char data[32 + MK_HASH_SIZE];

	/* the NUL parts it from a table's name, behind which two texts stand */
	memcpy(data, purpose, purpose_size);
	memcpy(data + purpose_size, digest->bytes, MK_HASH_SIZE);
	return mk_hmac_sha256(key->secret, MK_KEY_SIZE, data, purpose_size + MK_HASH_SIZE, digest, err);
}

int mk_seal_field(const mk_keys *keys, mk_arena *arena, const mk_seal_place *place,
                  const char *text, market_blob *key, market_blob *sealed, market_blob *index,
                  market_error *err)
{
	int code = key->size > 0 ? 0 : add_key(keys, arena, key, err);

	if (code || !text)
		return code;
	code = mk_seal_text(keys, key->data, place, text, arena, sealed, err);
	return code || !index ? code : add_index(keys, arena, place, text, index, err);
}

int mk_unseal_field(const mk_keys *keys, mk_arena *arena, const mk_seal_place *place,
                    market_blob key, market_blob sealed, const char **out, market_error *err)
{
	char *text = NULL;
	int code = 0;

	if (sealed.size > 0 && key.size != MK_WRAPPED_KEY_SIZE)
		return mk_error_set(err, MARKET_ECORRUPT, "the sealed %s of a %s has no data key",
		                    place->column, place->table);
	if (sealed.size > 0)
		code = mk_unseal_text(keys, key.data, place, sealed, arena, &text, err);
	*out = text;
	return code;
}

static int add_key(const mk_keys *keys, mk_arena *arena, market_blob *out, market_error *err)
{
	uint8_t *wrapped = mk_arena_get(arena, MK_WRAPPED_KEY_SIZE);

	if (!wrapped)
		return mk_error_no_memory(err);
	*out = (market_blob){wrapped, MK_WRAPPED_KEY_SIZE};
	return mk_seal_new_key(keys, wrapped, err);
}

static int add_index(const mk_keys *keys, mk_arena *arena, const mk_seal_place *place,
                     const char *text, market_blob *out, market_error *err)
{
	mk_hash *index = MK_NEW(arena, mk_hash);

	if (!index)
		return mk_error_no_memory(err);
	*out = (market_blob){index->bytes, MK_HASH_SIZE};
	return mk_blind_index(keys, place->table, place->column, text, index, err);
}

static void place_context(const mk_seal_place *place, context *out)
{
	put_big_endian(out->numbers, (uint64_t)place->owner, 8);
	put_big_endian(out->numbers + 8, (uint64_t)place->row, 8);
	out->parts[0] = (market_blob){"market field 1", sizeof("market field 1")};
	out->parts[1] = (market_blob){place->table, strlen(place->table) + 1};
	out->parts[2] = (market_blob){place->column, strlen(place->column) + 1};
	out->parts[3] = (market_blob){out->numbers, sizeof(out->numbers)};
}

static void key_context(const mk_keys *keys, const uint8_t *head, context *out)
{
	const char *store_id = mk_keys_ring(keys)->store_id;

	out->parts[0] = (market_blob){"market data key 1", sizeof("market data key 1")};
	out->parts[1] = (market_blob){store_id, strlen(store_id) + 1};
	out->parts[2] = (market_blob){head, wrap_head};
	out->parts[3] = (market_blob){NULL, 0};
}

static int wrap(const mk_keys *keys, const uint8_t data_key[MK_KEY_SIZE], uint8_t *wrapped,
                market_error *err)
{
	const mk_key *key = mk_key_newest(keys, MK_KEY_SEALING);
	context beside;

	wrapped[0] = format_version;
	put_big_endian(wrapped + 1, key->number, 4);
	key_context(keys, wrapped, &beside);
	return encrypt(keys, key->secret, &beside, data_key, MK_KEY_SIZE, wrapped + wrap_head, err);
}

static int unwrap(const mk_keys *keys, const uint8_t *wrapped, uint8_t data_key[MK_KEY_SIZE],
                  market_error *err)
{
	uint32_t number = mk_seal_key_number(wrapped);
	const mk_key *key = mk_key_numbered(keys, MK_KEY_SEALING, number);
	bool valid = false;
	context beside;
	int code = 0;

	if (wrapped[0] == format_version && !key) {
		code = mk_error_set(err, MARKET_EKEY, "sealing key %lu is absent", (unsigned long)number);
		return mk_error_hint(
			err, code,
			"Put the newest keys file here if another machine changed it, or restore it.");
	}
	if (wrapped[0] == format_version) {
		key_context(keys, wrapped, &beside);
		code = decrypt(keys, key->secret, &beside, wrapped + wrap_head, MK_KEY_SIZE, data_key,
		               &valid, err);
	}
	if (!code && !valid)
		code = mk_error_set(err, MARKET_ECORRUPT, "a record's wrapped key isn't what was stored");
	return code;
}

/* Writes nonce, tag and ciphertext. */
static int encrypt(const mk_keys *keys, const uint8_t *key, const context *beside, const void *text,
                   size_t size, uint8_t *out, market_error *err)
{
	EVP_CIPHER_CTX *cipher = NULL;
	int code;

	code = mk_keys_random(keys, out, nonce_size, err);
	if (code)
		return code;
	mk_openssl_enter();
	cipher = EVP_CIPHER_CTX_new();
	if (!cipher || EVP_EncryptInit_ex2(cipher, keys->cipher, key, out, NULL) != 1 ||
	    !run_cipher(cipher, beside, text, size, out + nonce_size + tag_size) ||
	    EVP_EncryptFinal_ex(cipher, out + nonce_size + tag_size + size, &(int){0}) != 1 ||
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, tag_size, out + nonce_size) != 1)
		code = mk_openssl_failed(err, "AES-256-GCM");
	EVP_CIPHER_CTX_free(cipher);
	mk_openssl_leave();
	return code;
}

/* `valid` is false, and the text wiped, when the tag doesn't match. */
static int decrypt(const mk_keys *keys, const uint8_t *key, const context *beside,
                   const uint8_t *in, size_t size, uint8_t *text, bool *valid, market_error *err)
{
	EVP_CIPHER_CTX *cipher = NULL;
	uint8_t tag[tag_size];
	int code = 0;

	*valid = false;
	memcpy(tag, in + nonce_size, tag_size);
	mk_openssl_enter();
	cipher = EVP_CIPHER_CTX_new();
	if (!cipher || EVP_DecryptInit_ex2(cipher, keys->cipher, key, in, NULL) != 1 ||
	    !run_cipher(cipher, beside, in + nonce_size + tag_size, size, text) ||
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, tag_size, tag) != 1)
		code = mk_openssl_failed(err, "AES-256-GCM");
	else
		*valid = EVP_DecryptFinal_ex(cipher, text + size, &(int){0}) == 1;
	if (!*valid)
		mk_wipe(text, size);
	EVP_CIPHER_CTX_free(cipher);
	mk_openssl_leave();
	return code;
}

static bool run_cipher(EVP_CIPHER_CTX *cipher, const context *beside, const void *in, size_t size,
                       uint8_t *out)
{
	int written = 0;

	for (size_t i = 0; i < sizeof(beside->parts) / sizeof(*beside->parts); i++) {
		const market_blob *part = &beside->parts[i];

		if (part->size &&
		    EVP_CipherUpdate(cipher, NULL, &written, part->data, (int)part->size) != 1)
			return false;
	}
	return size == 0 ||
	       (EVP_CipherUpdate(cipher, out, &written, in, (int)size) == 1 && written == (int)size);
}

/* Spaces and dashes are left out, ASCII letters made upper case. Never longer than the text. */
static size_t canonical(const char *text, char *out)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t size = 0;

	while (*at) {
		size_t skip = ignored(at);

		if (skip) {
			at += skip;
			continue;
		}
		out[size++] = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
		at++;
	}
	return size;
}

/* The bytes of a space or dash: ASCII, or those that word processors put in their place. */
static size_t ignored(const uint8_t *at)
{
	if (*at == ' ' || (*at >= '\t' && *at <= '\r') || *at == '-')
		return 1;
	if (at[0] == 0xC2 && at[1] == 0xA0) /* U+00A0 */
		return 2;
	if (at[0] == 0xE2 && at[1] == 0x80 &&
	    ((at[2] >= 0x80 && at[2] <= 0x8A) || /* U+2000 to U+200A */
	     (at[2] >= 0x90 && at[2] <= 0x95) || /* U+2010 to U+2015 */
	     at[2] == 0xAF))                     /* U+202F */
		return 3;
	if (at[0] == 0xE2 && at[1] == 0x88 && at[2] == 0x92) /* U+2212 */
		return 3;
	if (at[0] == 0xE3 && at[1] == 0x80 && at[2] == 0x80) /* U+3000 */
		return 3;
	return 0;
}

static void put_big_endian(uint8_t *out, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--) {
		out[i] = (uint8_t)value;
		value >>= 8;
	}
}
