/* The key provider: numbered keys of three kinds, in memory or in a file. */
#include "libmarket/crypto/internal.h"

#include <string.h>

#include "libmarket/base/clock.h"

static int begin(const char *path, const market_allocator *allocator, mk_keys **out,
                 market_error *err);
static bool same_ring(const mk_key_ring *a, const mk_key_ring *b);
static int check_store_id(const char *store_id, market_error *err);
static int add_key(mk_keys *keys, mk_key_kind kind, market_error *err);
static int rotate_in_file(mk_keys *keys, mk_key_kind kind, mk_key_file_change *change,
                          market_error *err);
static void retire_signing_keys(mk_key_list *list);

int mk_keys_create(const char *path, const char *store_id, const market_allocator *allocator,
                   bool (*random)(void *, size_t, void *), void *random_data, mk_keys **out,
                   market_error *err)
{
	mk_keys *keys = NULL;
	int code;

	*out = NULL;
	code = check_store_id(store_id, err);
	if (code)
		return code;
	code = begin(path, allocator, &keys, err);
	if (code)
		return code;

	mk_keys_set_random(keys, random, random_data);
	mk_store_id_copy(store_id, keys->ring.store_id);
	for (int kind = 0; kind < MK_KEY_KINDS && !code; kind++)
		code = add_key(keys, (mk_key_kind)kind, err);
	if (!code && path)
		code = mk_key_file_create(path, allocator, &keys->ring, err);
	if (code) {
		mk_keys_close(keys);
		keys = NULL;
	}
	*out = keys;
	return code;
}

int mk_keys_open(const char *path, const char *store_id, const market_allocator *allocator,
                 mk_keys **out, market_error *err)
{
	mk_keys *keys = NULL;
	int code;

	*out = NULL;
	if (!path)
		return mk_error_set(err, MARKET_EKEY, "a store in memory has no keys file to open");
	code = check_store_id(store_id, err);
	if (code)
		return code;
	code = begin(path, allocator, &keys, err);
	if (code)
		return code;

	code = mk_key_file_read(path, allocator, &keys->ring, err);
	if (!code && strcmp(keys->ring.store_id, store_id) != 0) {
		code = mk_error_set(err, MARKET_EKEY, "the keys are of store %s, not of %s: %s",
		                    keys->ring.store_id, store_id, path);
		mk_error_hint(err, code, "Name the store's own keys file with ?keys=FILE in its URL.");
	}
	if (code) {
		mk_keys_close(keys);
		keys = NULL;
	}
	*out = keys;
	return code;
}

int mk_keys_write(const mk_keys *keys, const char *path, market_error *err)
{
	mk_key_ring *other;
	int code = mk_key_file_create(path, keys->allocator, &keys->ring, err);

	if (code != MARKET_EKEY)
		return code;
	other = mk_allocate_zero(keys->allocator, sizeof(*other));
	if (!other)
		return mk_error_no_memory(err);
	if (mk_key_file_read(path, keys->allocator, other, NULL) == 0 && same_ring(&keys->ring, other))
		code = 0;
	mk_wipe(other, sizeof(*other));
	mk_release(keys->allocator, other);
	return code;
}

void mk_keys_close(mk_keys *keys)
{
	const market_allocator *allocator;

	if (!keys)
		return;
	allocator = keys->allocator;
	EVP_CIPHER_free(keys->cipher);
	mk_release(allocator, keys->path);
	mk_wipe(keys, sizeof(*keys));
	mk_release(allocator, keys);
}

void mk_keys_set_random(mk_keys *keys, bool (*random)(void *, size_t, void *), void *random_data)
{
	keys->random = random ? random : mk_random_bytes;
	keys->random_data = random ? random_data : NULL;
}

int mk_keys_rotate(mk_keys *keys, mk_key_kind kind, market_error *err)
{
	mk_key_file_change change = {.fd = -1};
	int code;

	if (kind != MK_KEY_SIGNING && kind != MK_KEY_SEALING)
		return mk_error_set(err, MARKET_EINVALID, "the index key can't be changed");
	if (!keys->path) {
		code = add_key(keys, kind, err);
		if (!code && kind == MK_KEY_SIGNING)
			retire_signing_keys(&keys->ring.lists[kind]);
		return code;
	}
	code = mk_key_file_begin(keys->path, keys->allocator, &change, err);
	if (code)
		return code;
	code = rotate_in_file(keys, kind, &change, err);
	if (code)
		mk_key_file_abandon(keys->allocator, &change);
	return code;
}

uint32_t mk_keys_signing(const mk_keys *keys, uint8_t public_key[32])
{
	const mk_key *key = mk_key_newest(keys, MK_KEY_SIGNING);

	memcpy(public_key, key->public_key, MK_KEY_SIZE);
	return key->number;
}

bool mk_keys_public(const mk_keys *keys, uint32_t number, uint8_t public_key[32])
{
	const mk_key *key = mk_key_numbered(keys, MK_KEY_SIGNING, number);

	if (!key)
		return false;
	memcpy(public_key, key->public_key, MK_KEY_SIZE);
	return true;
}

int mk_keys_sign(const mk_keys *keys, const void *data, size_t size, uint32_t *number,
                 uint8_t signature[MK_SIGNATURE_SIZE], market_error *err)
{
	const mk_key *key = mk_key_newest(keys, MK_KEY_SIGNING);
	int code;

	code = mk_ed25519_sign(key->secret, data, size, signature, err);
	if (code)
		return code;
	*number = key->number;
	return 0;
}

int mk_keys_random(const mk_keys *keys, void *bytes, size_t size, market_error *err)
{
	if (keys->random(bytes, size, keys->random_data))
		return 0;
	return mk_error_set(err, MARKET_EPROVIDER, "the random source gave no bytes");
}

const mk_key *mk_key_newest(const mk_keys *keys, mk_key_kind kind)
{
	const mk_key_list *list = &keys->ring.lists[kind];

	return &list->keys[list->count - 1];
}

const mk_key *mk_key_numbered(const mk_keys *keys, mk_key_kind kind, uint32_t number)
{
	const mk_key_list *list = &keys->ring.lists[kind];

	for (size_t i = 0; i < list->count; i++)
		if (list->keys[i].number == number)
			return &list->keys[i];
	return NULL;
}

bool mk_store_id_copy(const char *store_id, char out[MK_STORE_ID_MAX + 1])
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t size = store_id ? strspn(store_id, allowed) : 0;

	if (size == 0 || size > MK_STORE_ID_MAX || store_id[size] != '\0')
		return false;
	memcpy(out, store_id, size + 1);
	return true;
}

static int begin(const char *path, const market_allocator *allocator, mk_keys **out,
                 market_error *err)
{
	mk_keys *keys = mk_allocate_zero(allocator, sizeof(*keys));
	int code = 0;

	if (!keys)
		return mk_error_no_memory(err);
	keys->allocator = allocator;
	mk_keys_set_random(keys, NULL, NULL);
	if (path) {
		keys->path = mk_copy_text(allocator, path);
		if (!keys->path)
			code = mk_error_no_memory(err);
	}
	if (!code) {
		mk_openssl_enter();
		keys->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
		if (!keys->cipher)
			code = mk_openssl_failed(err, "AES-256-GCM");
		mk_openssl_leave();
	}
	if (code) {
		mk_keys_close(keys);
		return code;
	}
	*out = keys;
	return 0;
}

static bool same_ring(const mk_key_ring *a, const mk_key_ring *b)
{
	bool same = strcmp(a->store_id, b->store_id) == 0;

	for (int kind = 0; kind < MK_KEY_KINDS && same; kind++) {
		const mk_key_list *one = &a->lists[kind], *two = &b->lists[kind];

		same = one->count == two->count;
		for (size_t i = 0; i < one->count && same; i++)
			same = one->keys[i].number == two->keys[i].number &&
			       one->keys[i].retired == two->keys[i].retired &&
			       mk_equal_secret(one->keys[i].secret, two->keys[i].secret, MK_KEY_SIZE);
	}
	return same;
}

static int check_store_id(const char *store_id, market_error *err)
{
	char copy[MK_STORE_ID_MAX + 1];

	if (mk_store_id_copy(store_id, copy))
		return 0;
	return mk_error_set(err, MARKET_EINVALID,
	                    "a store id of letters, digits, '-' and '_' is needed, not '%s'",
	                    store_id ? store_id : "");
}

/* Makes the next key of a kind; the list is as before when it fails. */
static int add_key(mk_keys *keys, mk_key_kind kind, market_error *err)
{
	mk_key_list *list = &keys->ring.lists[kind];
	mk_key *key = &list->keys[list->count];
	uint32_t last = list->count ? list->keys[list->count - 1].number : 0;
	int code;

	if (list->count == MK_KEYS_MAX || last == UINT32_MAX)
		return mk_error_set(err, MARKET_ELIMIT, "the keys file holds %d keys of a kind already",
		                    MK_KEYS_MAX);
	key->number = last + 1;
	key->retired = false;
	code = mk_keys_random(keys, key->secret, MK_KEY_SIZE, err);
	if (!code && kind == MK_KEY_SIGNING)
		code = mk_ed25519_public(key->secret, key->public_key, err);
	if (code) {
		mk_wipe(key, sizeof(*key));
		return code;
	}
	list->count++;
	return 0;
}

static int rotate_in_file(mk_keys *keys, mk_key_kind kind, mk_key_file_change *change,
                          market_error *err)
{
	mk_key_ring *old = mk_allocate(keys->allocator, sizeof(*old));
	int code = 0;

	if (!old)
		return mk_error_no_memory(err);
	*old = keys->ring;
	code = mk_key_file_read(keys->path, keys->allocator, &keys->ring, err);
	if (!code && strcmp(keys->ring.store_id, old->store_id) != 0)
		code = mk_error_set(err, MARKET_EKEY, "the keys are of another store now: %s", keys->path);
	if (!code)
		code = add_key(keys, kind, err);
	if (!code) {
		if (kind == MK_KEY_SIGNING)
			retire_signing_keys(&keys->ring.lists[kind]);
		code = mk_key_file_finish(keys->path, keys->allocator, change, &keys->ring, err);
	}
	if (code)
		keys->ring = *old;
	mk_wipe(old, sizeof(*old));
	mk_release(keys->allocator, old);
	return code;
}

/* Nothing is signed by an older key again, so whoever steals the file later can't do it either. */
static void retire_signing_keys(mk_key_list *list)
{
	for (size_t i = 0; i + 1 < list->count; i++) {
		mk_wipe(list->keys[i].secret, MK_KEY_SIZE);
		list->keys[i].retired = true;
	}
}
