/*
 * The keys file: one JSON object.
 *
 *   {
 *     "format": "market-keys-1",
 *     "store": "…",
 *     "signing": [{"number": 1, "public": "…"}, {"number": 2, "public": "…", "secret": "…"}],
 *     "sealing": [{"number": 1, "secret": "…"}],
 *     "index":   [{"number": 1, "secret": "…"}]
 *   }
 */
#include "libmarket/crypto/internal.h"
#include "libmarket/record/json_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char mk_key_format_name[] = "market-keys-1";
const char *const mk_key_kind_names[MK_KEY_KINDS] = {"signing", "sealing", "index"};

static int judge_open(const char *path, int fd, market_error *err);
static int read_all(const char *path, int fd, char *data, size_t *size, market_error *err);
static int parse(const char *path, const char *data, size_t size, mk_key_ring *ring,
                 market_error *err);
static int read_list(const char *path, const json_t *items, mk_key_kind kind, mk_key_list *list,
                     market_error *err);
static bool read_key(json_t *item, mk_key_kind kind, mk_key *key);
static int check_public(const char *path, const mk_key *key, market_error *err);
static bool read_bytes(const json_t *item, const char *name, uint8_t bytes[MK_KEY_SIZE]);
static bool has_only(json_t *object, const char *const *names, size_t n_names);
static void wipe_texts(json_t *value);
static int malformed(const char *path, const char *why, market_error *err);

int mk_key_file_judge(const char *path, mode_t mode, uid_t owner, uid_t user, market_error *err)
{
	int code = 0;

	if (!S_ISREG(mode))
		return mk_error_set(err, MARKET_EKEY, "the keys file isn't a regular file: %s", path);
	if (owner != user && owner != 0) {
		code = mk_error_set(err, MARKET_EKEY, "the keys file belongs to user %lu: %s",
		                    (unsigned long)owner, path);
		return mk_error_hint(err, code,
		                     "Give it to the user that opens the store, or to root, with chown.");
	}
	if (mode & (S_IRWXG | S_IRWXO)) {
		code = mk_error_set(err, MARKET_EKEY, "the keys file is open to others (mode %04o): %s",
		                    (unsigned)(mode & 07777), path);
		return mk_error_hint(err, code, "Close it with: chmod 600 %s", path);
	}
	return 0;
}

mk_key_file_mark mk_key_file_look(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return (mk_key_file_mark){.device = 0};
	return (mk_key_file_mark){status.st_dev, status.st_ino, status.st_mtim};
}

int mk_key_file_read(const char *path, const market_allocator *allocator, mk_key_ring *ring,
                     market_error *err)
{
	char *data = NULL;
	size_t size = 0;
	int fd = -1;
	int code = 0;

	/* O_NONBLOCK: a FIFO in its place must not hold us up. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		code = mk_error_set(err, MARKET_EKEY, "the keys file is absent: %s", path);
		return mk_error_hint(
			err, code,
			"Restore it from its backup, or name it with ?keys=FILE in the store's URL.");
	}
	if (fd < 0)
		return mk_key_file_failed("opened", path, err);

	code = judge_open(path, fd, err);
	if (code)
		goto out;
	data = mk_allocate(allocator, MK_KEY_FILE_MAX + 1);
	if (!data) {
		code = mk_error_no_memory(err);
		goto out;
	}
	code = read_all(path, fd, data, &size, err);
	if (code)
		goto out;
	/* jansson doesn't always tell a lack of memory from a malformed text. */
	if (parse(path, data, size, ring, NULL))
		code = parse(path, data, size, ring, err);
	if (code && !mk_memory_left())
		code = mk_error_no_memory(err);
out:
	if (data) {
		mk_wipe(data, MK_KEY_FILE_MAX + 1);
		mk_release(allocator, data);
	}
	close(fd);
	return code;
}

int mk_key_file_failed(const char *what, const char *path, market_error *err)
{
	int code = errno == ENOSPC || errno == EDQUOT ? MARKET_EFULL
	           : errno == ENOMEM                  ? MARKET_ENOMEM
	                                              : MARKET_EKEY;

	return mk_error_set(err, code, "the keys can't be %s (%m): %s", what, path);
}

static int judge_open(const char *path, int fd, market_error *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return mk_key_file_failed("examined", path, err);
	return mk_key_file_judge(path, status.st_mode, status.st_uid, geteuid(), err);
}

static int read_all(const char *path, int fd, char *data, size_t *size, market_error *err)
{
	size_t have = 0;

	while (have <= MK_KEY_FILE_MAX) {
		ssize_t n = read(fd, data + have, MK_KEY_FILE_MAX + 1 - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return mk_key_file_failed("read", path, err);
		if (n == 0) {
			*size = have;
			return 0;
		}
		have += (size_t)n;
	}
	return malformed(path, "it is too long", err);
}

static int parse(const char *path, const char *data, size_t size, mk_key_ring *ring,
                 market_error *err)
{
	static const char *const names[] = {"format", "store", "signing", "sealing", "index"};
	market_error problem;
	json_t *root = NULL;
	const char *store = NULL;
	int code = 0;

	memset(ring, 0, sizeof(*ring));
	code = mk_json_parse(data, size, &root, &problem);
	if (code == MARKET_ENOMEM)
		return mk_error_no_memory(err);
	if (code != 0) {
		/* What the parser says would quote what stands there, which may be a secret. */
		code = malformed(path, "it isn't JSON", err);
		return mk_error_detail(err, code, "%s", problem.detail);
	}
	store = json_string_value(json_object_get(root, "store"));
	if (!has_only(root, names, sizeof(names) / sizeof(*names))) {
		code = malformed(path, "it has an unknown field", err);
	} else if (!mk_text_equal(json_string_value(json_object_get(root, "format")),
	                          mk_key_format_name)) {
		code = malformed(path, "its format isn't market-keys-1", err);
	} else if (!mk_store_id_copy(store, ring->store_id)) {
		code = malformed(path, "it names no store", err);
	} else {
		for (int kind = 0; kind < MK_KEY_KINDS && !code; kind++)
			code = read_list(path, json_object_get(root, mk_key_kind_names[kind]),
			                 (mk_key_kind)kind, &ring->lists[kind], err);
	}
	wipe_texts(root);
	json_decref(root);
	return code;
}

static int read_list(const char *path, const json_t *items, mk_key_kind kind, mk_key_list *list,
                     market_error *err)
{
	size_t count = json_array_size(items);
	uint32_t last = 0;
	int code = 0;

	if (count == 0 || count > MK_KEYS_MAX)
		return malformed(path, "it lacks a list of keys or has too many", err);
	for (size_t i = 0; i < count; i++) {
		mk_key *key = &list->keys[i];

		if (!read_key(json_array_get(items, i), kind, key) || key->number <= last)
			return malformed(path, "a key has a wrong field", err);
		if (key->retired && i + 1 == count)
			return malformed(path, "its newest signing key has no secret", err);
		if (kind == MK_KEY_SIGNING && !key->retired) {
			code = check_public(path, key, err);
			if (code)
				return code;
		}
		last = key->number;
	}
	list->count = count;
	return 0;
}

static bool read_key(json_t *item, mk_key_kind kind, mk_key *key)
{
	static const char *const names[] = {"number", "secret", "public"};
	const json_t *number = json_object_get(item, "number");
	bool signing = kind == MK_KEY_SIGNING;

	if (!json_is_integer(number) || json_integer_value(number) < 1 ||
	    json_integer_value(number) > UINT32_MAX)
		return false;
	key->number = (uint32_t)json_integer_value(number);
	key->retired = signing && !json_object_get(item, "secret");
	return has_only(item, names, signing ? 3 : 2) &&
	       (key->retired || read_bytes(item, "secret", key->secret)) &&
	       (!signing || read_bytes(item, "public", key->public_key));
}

static bool read_bytes(const json_t *item, const char *name, uint8_t bytes[MK_KEY_SIZE])
{
	const json_t *text = json_object_get(item, name);

	return json_string_length(text) == 2 * MK_KEY_SIZE &&
	       mk_unhex(json_string_value(text), bytes, MK_KEY_SIZE);
}

static int check_public(const char *path, const mk_key *key, market_error *err)
{
	uint8_t public_key[MK_KEY_SIZE];
	int code = mk_ed25519_public(key->secret, public_key, err);

	if (code)
		return code;
	if (!mk_equal_secret(public_key, key->public_key, MK_KEY_SIZE))
		return malformed(path, "the two halves of a signing key don't match", err);
	return 0;
}

static bool has_only(json_t *object, const char *const *names, size_t n_names)
{
	size_t i;

	if (!json_is_object(object))
		return false;
	for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
		for (i = 0; i < n_names && strcmp(names[i], json_object_iter_key(at)) != 0; i++)
			;
		if (i == n_names)
			return false;
	}
	return true;
}

static void wipe_texts(json_t *value)
{
	if (json_is_string(value))
		mk_wipe((char *)json_string_value(value), json_string_length(value));
	for (size_t i = 0; i < json_array_size(value); i++)
		wipe_texts(json_array_get(value, i));
	for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at))
		wipe_texts(json_object_iter_value(at));
}

static int malformed(const char *path, const char *why, market_error *err)
{
	int code = mk_error_set(err, MARKET_EKEY, "the keys file is malformed, %s: %s", why, path);

	return mk_error_hint(err, code, "Restore it from its backup.");
}
