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

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	file_max = 48 * 1024, /* all lists full need less than 40 KiB */
	hex_size = 2 * MK_KEY_SIZE + 1
};

static const char format_name[] = "market-keys-1";
static const char *const kind_names[MK_KEY_KINDS] = {"signing", "sealing", "index"};

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
static int write_ring(const char *path, const market_allocator *allocator, int fd,
                      const mk_key_ring *ring, market_error *err);
static void print_ring(const mk_key_ring *ring, char *out);
static char *print_number(char *out, uint32_t number);
static int write_all(const char *path, int fd, const char *data, size_t size, market_error *err);
static int sync_folder(const char *path, const market_allocator *allocator, market_error *err);
static int failed_io(const char *what, const char *path, market_error *err);

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
		return failed_io("opened", path, err);

	code = judge_open(path, fd, err);
	if (code)
		goto out;
	data = mk_allocate(allocator, file_max + 1);
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
		mk_wipe(data, file_max + 1);
		mk_release(allocator, data);
	}
	close(fd);
	return code;
}

int mk_key_file_create(const char *path, const market_allocator *allocator, const mk_key_ring *ring,
                       market_error *err)
{
	int code = 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0 && errno == EEXIST) {
		code = mk_error_set(err, MARKET_EKEY, "a keys file exists already: %s", path);
		return mk_error_hint(
			err, code,
			"Keys are made only with a new store: move the file away if its store is gone.");
	}
	if (fd < 0)
		return failed_io("created", path, err);
	code = write_ring(path, allocator, fd, ring, err);
	if (close(fd) < 0 && !code)
		code = failed_io("written", path, err);
	if (!code)
		code = sync_folder(path, allocator, err);
	if (code)
		unlink(path);
	return code;
}

int mk_key_file_begin(const char *path, const market_allocator *allocator,
                      mk_key_file_change *change, market_error *err)
{
	struct stat status;
	size_t size = strlen(path);
	int code = 0;

	if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
		return mk_error_set(err, MARKET_EKEY,
		                    "the keys file is a symbolic link, replace its target: %s", path);
	change->name = mk_allocate(allocator, size + sizeof(".new"));
	if (!change->name)
		return mk_error_no_memory(err);
	memcpy(change->name, path, size);
	memcpy(change->name + size, ".new", sizeof(".new"));

	change->fd = open(change->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	if (change->fd >= 0)
		return 0;
	if (errno == EEXIST) {
		code = mk_error_set(err, MARKET_EBUSY, "the keys file is being replaced: %s", change->name);
		mk_error_hint(err, code, "Remove %s if no other process is changing the keys.",
		              change->name);
	} else {
		code = failed_io("created", change->name, err);
	}
	mk_release(allocator, change->name);
	return code;
}

int mk_key_file_finish(const char *path, const market_allocator *allocator,
                       mk_key_file_change *change, const mk_key_ring *ring, market_error *err)
{
	int code = write_ring(change->name, allocator, change->fd, ring, err);

	if (!code && rename(change->name, path) < 0)
		code = failed_io("replaced", path, err);
	if (code)
		return code;
	close(change->fd);
	mk_release(allocator, change->name);
	/* The new file is in place: a failed sync of the folder must not take its keys back. */
	sync_folder(path, allocator, NULL);
	return 0;
}

void mk_key_file_abandon(const market_allocator *allocator, mk_key_file_change *change)
{
	unlink(change->name);
	close(change->fd);
	mk_release(allocator, change->name);
}

static int judge_open(const char *path, int fd, market_error *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return failed_io("examined", path, err);
	return mk_key_file_judge(path, status.st_mode, status.st_uid, geteuid(), err);
}

static int read_all(const char *path, int fd, char *data, size_t *size, market_error *err)
{
	size_t have = 0;

	while (have <= file_max) {
		ssize_t n = read(fd, data + have, file_max + 1 - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed_io("read", path, err);
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
	json_error_t where;
	json_t *root = NULL;
	const char *store = NULL;
	int code = 0;

	memset(ring, 0, sizeof(*ring));
	root = json_loadb(data, size, JSON_REJECT_DUPLICATES, &where);
	if (!root) {
		/* jansson's own text would quote what stands there, which may be a secret. */
		code = malformed(path, "it isn't JSON", err);
		return mk_error_detail(err, code, "The JSON ends being valid at line %d, column %d.",
		                       where.line, where.column);
	}
	store = json_string_value(json_object_get(root, "store"));
	if (!has_only(root, names, sizeof(names) / sizeof(*names))) {
		code = malformed(path, "it has an unknown field", err);
	} else if (!mk_text_equal(json_string_value(json_object_get(root, "format")), format_name)) {
		code = malformed(path, "its format isn't market-keys-1", err);
	} else if (!mk_store_id_copy(store, ring->store_id)) {
		code = malformed(path, "it names no store", err);
	} else {
		for (int kind = 0; kind < MK_KEY_KINDS && !code; kind++)
			code = read_list(path, json_object_get(root, kind_names[kind]), (mk_key_kind)kind,
			                 &ring->lists[kind], err);
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

	return json_string_length(text) == hex_size - 1 &&
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

static int write_ring(const char *path, const market_allocator *allocator, int fd,
                      const mk_key_ring *ring, market_error *err)
{
	char *data = mk_allocate(allocator, file_max);
	int code = 0;

	if (!data)
		return mk_error_no_memory(err);
	print_ring(ring, data);
	/* The umask may have taken bits away. */
	if (fchmod(fd, 0600) < 0)
		code = failed_io("closed to others", path, err);
	if (!code)
		code = write_all(path, fd, data, strlen(data), err);
	if (!code && fsync(fd) < 0)
		code = failed_io("brought to disk", path, err);
	mk_wipe(data, file_max);
	mk_release(allocator, data);
	return code;
}

/* By hand into one buffer that is wiped: a growing text or JSON tree would leave copies behind. */
static void print_ring(const mk_key_ring *ring, char *out)
{
	char hex[hex_size];

	out = stpcpy(out, "{\n\t\"format\": \"");
	out = stpcpy(out, format_name);
	out = stpcpy(out, "\",\n\t\"store\": \"");
	out = stpcpy(out, ring->store_id);
	out = stpcpy(out, "\"");
	for (int kind = 0; kind < MK_KEY_KINDS; kind++) {
		const mk_key_list *list = &ring->lists[kind];

		out = stpcpy(out, ",\n\t\"");
		out = stpcpy(out, kind_names[kind]);
		out = stpcpy(out, "\": [");
		for (size_t i = 0; i < list->count; i++) {
			out = stpcpy(out, i ? ",\n\t\t{\"number\": " : "\n\t\t{\"number\": ");
			out = print_number(out, list->keys[i].number);
			if (kind == MK_KEY_SIGNING) {
				mk_hex(list->keys[i].public_key, MK_KEY_SIZE, hex);
				out = stpcpy(stpcpy(stpcpy(out, ", \"public\": \""), hex), "\"");
			}
			if (!list->keys[i].retired) {
				mk_hex(list->keys[i].secret, MK_KEY_SIZE, hex);
				out = stpcpy(stpcpy(stpcpy(out, ", \"secret\": \""), hex), "\"");
			}
			out = stpcpy(out, "}");
		}
		out = stpcpy(out, "\n\t]");
	}
	stpcpy(out, "\n}\n");
	mk_wipe(hex, sizeof(hex));
}

static char *print_number(char *out, uint32_t number)
{
	char digits[10];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (n)
		*out++ = digits[--n];
	*out = '\0';
	return out;
}

static int write_all(const char *path, int fd, const char *data, size_t size, market_error *err)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed_io("written", path, err);
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

static int sync_folder(const char *path, const market_allocator *allocator, market_error *err)
{
	const char *slash = strrchr(path, '/');
	char *folder = NULL;
	int code = 0;
	int fd;

	folder = mk_copy_text(allocator, slash ? path : ".");
	if (!folder)
		return mk_error_no_memory(err);
	if (slash)
		folder[slash == path ? 1 : slash - path] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems can't sync a folder, and need not. */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		code = failed_io("brought to disk", folder, err);
	if (fd >= 0)
		close(fd);
	mk_release(allocator, folder);
	return code;
}

static int failed_io(const char *what, const char *path, market_error *err)
{
	int code = errno == ENOSPC || errno == EDQUOT ? MARKET_EFULL
	           : errno == ENOMEM                  ? MARKET_ENOMEM
	                                              : MARKET_EKEY;

	return mk_error_set(err, code, "the keys can't be %s (%m): %s", what, path);
}
