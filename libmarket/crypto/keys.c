/* The key provider: numbered keys of three kinds, in memory or in a file. */
#include "libmarket/crypto/internal.h"

#include <stdatomic.h>
#include <string.h>

#include "libmarket/base/clock.h"

static int begin(const char *path, const market_allocator *allocator, mk_keys **out,
                 market_error *err);
static int open_state(mk_keys *keys, market_error *err);
static void close_state(const market_allocator *allocator, mk_key_state *state);
static mk_key_ring *new_ring(const mk_keys *keys, market_error *err);
static void drop_ring(const market_allocator *allocator, mk_key_ring *ring);
static void put_ring(const mk_keys *keys, mk_key_ring *ring);
static int read_ring(const mk_keys *keys, mk_key_ring **out, market_error *err);
static bool same_ring(const mk_key_ring *a, const mk_key_ring *b);
static int check_store_id(const char *store_id, market_error *err);
static int make_ring(const mk_keys *keys, const char *store_id, mk_key_ring **out,
                     market_error *err);
static int add_key(const mk_keys *keys, mk_key_ring *ring, mk_key_kind kind, market_error *err);
static int drop_key(mk_key_ring *ring, uint32_t number, market_error *err);
static int change_ring(mk_keys *keys, mk_key_kind kind, uint32_t dropped, market_error *err);
static const mk_key *find_key(const mk_keys *keys, mk_key_kind kind, uint32_t number);
static void retire_signing_keys(mk_key_list *list);

int mk_keys_create(const char *path, const char *store_id, const market_allocator *allocator,
                   bool (*random)(void *, size_t, void *), void *random_data, mk_keys **out,
                   market_error *err)
{
	mk_keys *keys = NULL;
	mk_key_ring *ring = NULL;
	int code;

	*out = NULL;
	code = check_store_id(store_id, err);
	if (code)
		return code;
	code = begin(path, allocator, &keys, err);
	if (code)
		return code;

	mk_keys_set_random(keys, random, random_data);
	code = make_ring(keys, store_id, &ring, err);
	if (!code && path)
		code = mk_key_file_create(path, allocator, ring, err);
	if (code) {
		drop_ring(allocator, ring);
		mk_keys_close(keys);
		return code;
	}
	if (path)
		keys->state->mark = mk_key_file_look(path);
	put_ring(keys, ring);
	*out = keys;
	return 0;
}

int mk_keys_open(const char *path, const char *store_id, const market_allocator *allocator,
                 mk_keys **out, market_error *err)
{
	mk_keys *keys = NULL;
	mk_key_ring *ring = NULL;
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

	keys->state->mark = mk_key_file_look(path);
	code = read_ring(keys, &ring, err);
	if (!code && strcmp(ring->store_id, store_id) != 0) {
		code = mk_error_set(err, MARKET_EKEY, "the keys are of store %s, not of %s: %s",
		                    ring->store_id, store_id, path);
		mk_error_hint(err, code, "Name the store's own keys file with ?keys=FILE in its URL.");
	}
	if (code) {
		drop_ring(allocator, ring);
		mk_keys_close(keys);
		return code;
	}
	put_ring(keys, ring);
	*out = keys;
	return 0;
}

int mk_keys_write(const mk_keys *keys, const char *path, market_error *err)
{
	mk_key_ring *other;
	int code = mk_key_file_create(path, keys->allocator, mk_keys_ring(keys), err);

	if (code != MARKET_EKEY)
		return code;
	other = new_ring(keys, err);
	if (!other)
		return MARKET_ENOMEM;
	if (mk_key_file_read(path, keys->allocator, other, NULL) == 0 &&
	    same_ring(mk_keys_ring(keys), other))
		code = 0;
	drop_ring(keys->allocator, other);
	return code;
}

void mk_keys_close(mk_keys *keys)
{
	const market_allocator *allocator;

	if (!keys)
		return;
	allocator = keys->allocator;
	EVP_CIPHER_free(keys->cipher);
	close_state(allocator, keys->state);
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
	if (kind != MK_KEY_SIGNING && kind != MK_KEY_SEALING)
		return mk_error_set(err, MARKET_EINVALID, "the index key can't be changed");
	return change_ring(keys, kind, 0, err);
}

int mk_keys_drop(mk_keys *keys, uint32_t number, market_error *err)
{
	if (number == 0)
		return mk_error_set(err, MARKET_EINVALID, "there is no sealing key 0");
	return change_ring(keys, MK_KEY_SEALING, number, err);
}

const mk_key_ring *mk_keys_ring(const mk_keys *keys)
{
	return atomic_load_explicit(&keys->state->ring, memory_order_acquire);
}

void mk_keys_refresh(const mk_keys *keys)
{
	mk_key_state *state = keys->state;
	mk_key_ring *ring = NULL;
	mk_key_file_mark mark;

	if (!keys->path)
		return;
	pthread_mutex_lock(&state->lock);
	mark = mk_key_file_look(keys->path);
	if (mark.file != 0 && (mark.device != state->mark.device || mark.file != state->mark.file ||
	                       mark.written.tv_sec != state->mark.written.tv_sec ||
	                       mark.written.tv_nsec != state->mark.written.tv_nsec)) {
		if (read_ring(keys, &ring, NULL) == 0 &&
		    strcmp(ring->store_id, mk_keys_ring(keys)->store_id) == 0) {
			state->mark = mark;
			put_ring(keys, ring);
		} else {
			drop_ring(keys->allocator, ring);
		}
	}
	pthread_mutex_unlock(&state->lock);
}

market_time mk_keys_age(const mk_keys *keys)
{
	mk_key_file_mark mark;
	market_time written, now = mk_clock_now(NULL);

	if (!keys->path)
		return INT64_MAX;
	mark = mk_key_file_look(keys->path);
	written = (market_time)mark.written.tv_sec * 1000 + mark.written.tv_nsec / 1000000;
	return now > written ? now - written : 0;
}

uint32_t mk_keys_current(const mk_keys *keys, mk_key_kind kind)
{
	return mk_key_newest(keys, kind)->number;
}

size_t mk_keys_numbers(const mk_keys *keys, mk_key_kind kind, uint32_t numbers[MK_KEYS_MAX])
{
	const mk_key_list *list = &mk_keys_ring(keys)->lists[kind];

	for (size_t i = 0; i < list->count; i++)
		numbers[i] = list->keys[i].number;
	return list->count;
}

uint32_t mk_keys_signing(const mk_keys *keys, uint8_t public_key[32])
{
	const mk_key *key;

	mk_keys_refresh(keys);
	key = mk_key_newest(keys, MK_KEY_SIGNING);
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

int mk_keys_sign(const mk_keys *keys, uint32_t number, const void *data, size_t size,
                 uint8_t signature[MK_SIGNATURE_SIZE], market_error *err)
{
	/* Somebody may have put another key in its place since: its secret is in the ring before. */
	for (const mk_key_ring *ring = mk_keys_ring(keys); ring; ring = ring->before) {
		const mk_key_list *list = &ring->lists[MK_KEY_SIGNING];

		for (size_t i = 0; i < list->count; i++)
			if (list->keys[i].number == number && !list->keys[i].retired)
				return mk_ed25519_sign(list->keys[i].secret, data, size, signature, err);
	}
	return mk_error_set(err, MARKET_EKEY, "the secret of signing key %lu is gone",
	                    (unsigned long)number);
}

int mk_keys_random(const mk_keys *keys, void *bytes, size_t size, market_error *err)
{
	if (keys->random(bytes, size, keys->random_data))
		return 0;
	return mk_error_set(err, MARKET_EPROVIDER, "the random source gave no bytes");
}

const mk_key *mk_key_newest(const mk_keys *keys, mk_key_kind kind)
{
	const mk_key_list *list = &mk_keys_ring(keys)->lists[kind];

	return &list->keys[list->count - 1];
}

const mk_key *mk_key_numbered(const mk_keys *keys, mk_key_kind kind, uint32_t number)
{
	const mk_key *key = find_key(keys, kind, number);

	if (key)
		return key;
	mk_keys_refresh(keys);
	return find_key(keys, kind, number);
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
	if (!code)
		code = open_state(keys, err);
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

static int open_state(mk_keys *keys, market_error *err)
{
	keys->state = mk_allocate_zero(keys->allocator, sizeof(*keys->state));
	if (!keys->state)
		return mk_error_no_memory(err);
	pthread_mutex_init(&keys->state->lock, NULL);
	return 0;
}

static void close_state(const market_allocator *allocator, mk_key_state *state)
{
	mk_key_ring *ring, *before;

	if (!state)
		return;
	for (ring = state->ring; ring; ring = before) {
		before = ring->before;
		drop_ring(allocator, ring);
	}
	pthread_mutex_destroy(&state->lock);
	mk_release(allocator, state);
}

static mk_key_ring *new_ring(const mk_keys *keys, market_error *err)
{
	mk_key_ring *ring = mk_allocate_zero(keys->allocator, sizeof(*ring));

	if (!ring)
		mk_error_no_memory(err);
	return ring;
}

static void drop_ring(const market_allocator *allocator, mk_key_ring *ring)
{
	if (!ring)
		return;
	mk_wipe(ring, sizeof(*ring));
	mk_release(allocator, ring);
}

/* The one before stays, for those who read it now. */
static void put_ring(const mk_keys *keys, mk_key_ring *ring)
{
	ring->before = keys->state->ring;
	atomic_store_explicit(&keys->state->ring, ring, memory_order_release);
}

static int read_ring(const mk_keys *keys, mk_key_ring **out, market_error *err)
{
	mk_key_ring *ring = new_ring(keys, err);
	int code;

	*out = NULL;
	if (!ring)
		return MARKET_ENOMEM;
	code = mk_key_file_read(keys->path, keys->allocator, ring, err);
	if (code) {
		drop_ring(keys->allocator, ring);
		return code;
	}
	*out = ring;
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

static int make_ring(const mk_keys *keys, const char *store_id, mk_key_ring **out,
                     market_error *err)
{
	mk_key_ring *ring = new_ring(keys, err);
	int code = 0;

	*out = ring;
	if (!ring)
		return MARKET_ENOMEM;
	mk_store_id_copy(store_id, ring->store_id);
	for (int kind = 0; kind < MK_KEY_KINDS && !code; kind++)
		code = add_key(keys, ring, (mk_key_kind)kind, err);
	return code;
}

/* Makes the next key of a kind; the list is as before when it fails. */
static int add_key(const mk_keys *keys, mk_key_ring *ring, mk_key_kind kind, market_error *err)
{
	mk_key_list *list = &ring->lists[kind];
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
	if (kind == MK_KEY_SIGNING)
		retire_signing_keys(list);
	return 0;
}

static int drop_key(mk_key_ring *ring, uint32_t number, market_error *err)
{
	mk_key_list *list = &ring->lists[MK_KEY_SEALING];
	size_t at = 0;

	while (at < list->count && list->keys[at].number != number)
		at++;
	if (at == list->count)
		return mk_error_set(err, MARKET_EINVALID, "there is no sealing key %lu",
		                    (unsigned long)number);
	if (at + 1 == list->count)
		return mk_error_set(err, MARKET_EINVALID, "sealing key %lu is in use",
		                    (unsigned long)number);
	memmove(&list->keys[at], &list->keys[at + 1], (list->count - at - 1) * sizeof(mk_key));
	list->count--;
	mk_wipe(&list->keys[list->count], sizeof(mk_key));
	return 0;
}

/* Takes the key of that number away or, of 0, adds one: to what the file holds now, in one step. */
static int change_ring(mk_keys *keys, mk_key_kind kind, uint32_t dropped, market_error *err)
{
	mk_key_file_change change = {.fd = -1};
	mk_key_ring *ring = NULL;
	int code = 0;

	pthread_mutex_lock(&keys->state->lock);
	if (keys->path) {
		code = mk_key_file_begin(keys->path, keys->allocator, &change, err);
		if (!code)
			code = read_ring(keys, &ring, err);
		if (!code && strcmp(ring->store_id, mk_keys_ring(keys)->store_id) != 0)
			code =
				mk_error_set(err, MARKET_EKEY, "the keys are of another store now: %s", keys->path);
	} else {
		ring = new_ring(keys, err);
		if (ring)
			*ring = *mk_keys_ring(keys);
		else
			code = MARKET_ENOMEM;
	}
	if (!code)
		code = dropped ? drop_key(ring, dropped, err) : add_key(keys, ring, kind, err);
	if (!code && keys->path)
		code = mk_key_file_finish(keys->path, keys->allocator, &change, ring, err);
	if (code) {
		if (change.fd >= 0)
			mk_key_file_abandon(keys->allocator, &change);
		drop_ring(keys->allocator, ring);
	} else {
		if (keys->path)
			keys->state->mark = mk_key_file_look(keys->path);
		put_ring(keys, ring);
	}
	pthread_mutex_unlock(&keys->state->lock);
	return code;
}

static const mk_key *find_key(const mk_keys *keys, mk_key_kind kind, uint32_t number)
{
	const mk_key_list *list = &mk_keys_ring(keys)->lists[kind];

	for (size_t i = 0; i < list->count; i++)
		if (list->keys[i].number == number)
			return &list->keys[i];
	return NULL;
}

/* Nothing is signed by an older key again, so whoever steals the file later can't do it either. */
static void retire_signing_keys(mk_key_list *list)
{
	for (size_t i = 0; i + 1 < list->count; i++) {
		mk_wipe(list->keys[i].secret, MK_KEY_SIZE);
		list->keys[i].retired = true;
	}
}
