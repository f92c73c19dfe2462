/* Writing the keys file: whole or not at all, and by one process at a time. */
#include "libmarket/crypto/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_locked(mk_key_file_change *change, market_error *err);
static bool remove_stale(const char *name);
static bool still_named(int fd, const char *name);
static int put_in_place(const char *path, const mk_key_file_change *change, market_error *err);
static int write_ring(const char *path, const market_allocator *allocator, int fd,
                      const mk_key_ring *ring, market_error *err);
static void print_ring(const mk_key_ring *ring, char *out);
static char *print_number(char *out, uint32_t number);
static int write_all(const char *path, int fd, const char *data, size_t size, market_error *err);
static int sync_folder(const char *path, const market_allocator *allocator, market_error *err);

int mk_key_file_create(const char *path, const market_allocator *allocator, const mk_key_ring *ring,
                       market_error *err)
{
	mk_key_file_change change;
	int code;

	code = mk_key_file_begin(path, allocator, &change, err);
	if (code)
		return code;
	change.fresh = true;
	code = mk_key_file_finish(path, allocator, &change, ring, err);
	if (code)
		mk_key_file_abandon(allocator, &change);
	return code;
}

int mk_key_file_begin(const char *path, const market_allocator *allocator,
                      mk_key_file_change *change, market_error *err)
{
	size_t size = strlen(path);
	int code;

	*change = (mk_key_file_change){.fd = -1};
	change->name = mk_allocate(allocator, size + sizeof(".new"));
	if (!change->name)
		return mk_error_no_memory(err);
	memcpy(change->name, path, size);
	memcpy(change->name + size, ".new", sizeof(".new"));
	code = open_locked(change, err);
	if (code)
		mk_release(allocator, change->name);
	return code;
}

int mk_key_file_finish(const char *path, const market_allocator *allocator,
                       mk_key_file_change *change, const mk_key_ring *ring, market_error *err)
{
	int code = write_ring(change->name, allocator, change->fd, ring, err);

	if (!code)
		code = put_in_place(path, change, err);
	if (code)
		return code;
	/* A replaced file isn't taken back when this fails: its keys may be in use. */
	code = sync_folder(path, allocator, change->fresh ? err : NULL);
	if (code && change->fresh) {
		unlink(path);
		return code;
	}
	close(change->fd);
	mk_release(allocator, change->name);
	return 0;
}

void mk_key_file_abandon(const market_allocator *allocator, mk_key_file_change *change)
{
	unlink(change->name);
	close(change->fd);
	mk_release(allocator, change->name);
}

static int open_locked(mk_key_file_change *change, market_error *err)
{
	for (int tries = 0; tries < 3; tries++) {
		int fd = open(change->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);

		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && still_named(fd, change->name)) {
			change->fd = fd;
			return 0;
		}
		if (fd < 0 && errno != EEXIST)
			return mk_key_file_failed("created", change->name, err);
		if (fd >= 0)
			close(fd);
		else if (!remove_stale(change->name))
			break;
	}
	return mk_error_set(err, MARKET_EBUSY, "the keys file is being changed by another process: %s",
	                    change->name);
}

/* A process that died left its file, but not its lock. Whoever holds the lock of the file with that
 * name may take the name away. */
static bool remove_stale(const char *name)
{
	int fd = open(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	bool removed = false;

	if (fd < 0)
		return errno == ENOENT;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		removed = !still_named(fd, name) || unlink(name) == 0;
	close(fd);
	return removed;
}

static bool still_named(int fd, const char *name)
{
	struct stat ours, named;

	return fstat(fd, &ours) == 0 && lstat(name, &named) == 0 && ours.st_dev == named.st_dev &&
	       ours.st_ino == named.st_ino;
}

/* link() fails where a file exists, rename() replaces it: both leave a whole file at any moment. */
static int put_in_place(const char *path, const mk_key_file_change *change, market_error *err)
{
	struct stat status;
	int code = 0;

	if (!change->fresh && lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
		return mk_error_set(err, MARKET_EKEY,
		                    "the keys file is a symbolic link, replace its target: %s", path);
	if (!change->fresh)
		return rename(change->name, path) < 0 ? mk_key_file_failed("replaced", path, err) : 0;
	if (link(change->name, path) == 0) {
		unlink(change->name);
		return 0;
	}
	if (errno != EEXIST)
		return mk_key_file_failed("created", path, err);
	code = mk_error_set(err, MARKET_EKEY, "a keys file exists already: %s", path);
	return mk_error_hint(
		err, code, "Keys are made only with a new store: move the file away if its store is gone.");
}

static int write_ring(const char *path, const market_allocator *allocator, int fd,
                      const mk_key_ring *ring, market_error *err)
{
	char *data = mk_allocate(allocator, MK_KEY_FILE_MAX);
	int code = 0;

	if (!data)
		return mk_error_no_memory(err);
	print_ring(ring, data);
	/* The umask may have taken bits away. */
	if (fchmod(fd, 0600) < 0)
		code = mk_key_file_failed("closed to others", path, err);
	if (!code)
		code = write_all(path, fd, data, strlen(data), err);
	if (!code && fsync(fd) < 0)
		code = mk_key_file_failed("brought to disk", path, err);
	mk_wipe(data, MK_KEY_FILE_MAX);
	mk_release(allocator, data);
	return code;
}

/* By hand into one buffer that is wiped: a growing text or JSON tree would leave copies behind. */
static void print_ring(const mk_key_ring *ring, char *out)
{
	char hex[2 * MK_KEY_SIZE + 1];

	out = stpcpy(out, "{\n\t\"format\": \"");
	out = stpcpy(out, mk_key_format_name);
	out = stpcpy(out, "\",\n\t\"store\": \"");
	out = stpcpy(out, ring->store_id);
	out = stpcpy(out, "\"");
	for (int kind = 0; kind < MK_KEY_KINDS; kind++) {
		const mk_key_list *list = &ring->lists[kind];

		out = stpcpy(out, ",\n\t\"");
		out = stpcpy(out, mk_key_kind_names[kind]);
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
			return mk_key_file_failed("written", path, err);
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
		code = mk_key_file_failed("brought to disk", folder, err);
	if (fd >= 0)
		close(fd);
	mk_release(allocator, folder);
	return code;
}
