/* A backup's file: its place and its checksum. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmarket/op/store.h"

#define BLOCK (256 * 1024)

static int failed(const char *what, const char *path, market_error *err);
static int sync_path(const char *path, int flags, market_error *err);
static int sync_folder(const char *path, mk_arena *arena, market_error *err);
static int digest_file(const char *path, mk_digest *digest, mk_arena *arena, char *hex,
                       market_error *err);
static int write_whole(const char *path, const char *text, market_error *err);
static const char *name_of(const char *path);

bool mk_file_exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

void mk_file_remove(const char *path)
{
	unlink(path);
}

/* link() never replaces what is there. */
int mk_file_place(const char *from, const char *path, mk_arena *arena, market_error *err)
{
	int rc = sync_path(from, O_RDONLY, err);

	if (rc == 0 && link(from, path) != 0)
		rc = errno == EEXIST
		         ? mk_error_set(err, MARKET_EEXISTS, "there is a file \"%s\" already", path)
		         : failed("put in place", path, err);
	if (rc == 0)
		unlink(from);
	return rc != 0 ? rc : sync_folder(path, arena, err);
}

int mk_file_write_sum(const char *path, mk_digest *digest, mk_arena *arena, market_error *err)
{
	char hex[2 * MK_HASH_SIZE + 1];
	const char *sum = mk_arena_format(arena, "%s.sha256", path);
	const char *fresh = mk_arena_format(arena, "%s.sha256.new", path);
	const char *text;
	int rc = sum && fresh ? digest_file(path, digest, arena, hex, err) : mk_error_no_memory(err);

	if (rc != 0)
		return rc;
	text = mk_arena_format(arena, "%s  %s\n", hex, name_of(path));
	rc = text ? write_whole(fresh, text, err) : mk_error_no_memory(err);
	if (rc == 0 && rename(fresh, sum) != 0)
		rc = failed("put in place", sum, err);
	return rc != 0 ? rc : sync_folder(path, arena, err);
}

int mk_file_check_sum(const char *path, mk_digest *digest, mk_arena *arena, bool *found,
                      market_error *err)
{
	char hex[2 * MK_HASH_SIZE + 1], stored[2 * MK_HASH_SIZE];
	const char *sum = mk_arena_format(arena, "%s.sha256", path);
	ssize_t size;
	int fd, rc;

	*found = false;
	if (!sum)
		return mk_error_no_memory(err);
	fd = open(sum, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : failed("read", sum, err);
	size = read(fd, stored, sizeof(stored));
	close(fd);
	rc = digest_file(path, digest, arena, hex, err);
	if (rc == 0 && (size != (ssize_t)sizeof(stored) || memcmp(stored, hex, sizeof(stored)) != 0)) {
		rc = mk_error_set(err, MARKET_ECORRUPT, "the backup isn't what its checksum says");
		mk_error_detail(err, rc, "The file is \"%s\".", path);
	}
	*found = rc == 0;
	return rc;
}

static int failed(const char *what, const char *path, market_error *err)
{
	int code = errno == ENOSPC ? MARKET_EFULL : errno == ENOENT ? MARKET_EABSENT : MARKET_EIO;

	return mk_error_set(err, code, "the file can't be %s: %s", what, path);
}

static int sync_path(const char *path, int flags, market_error *err)
{
	int fd = open(path, flags | O_CLOEXEC);
	int rc = 0;

	/* Some file systems can't sync a folder, and need not. */
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
		rc = failed("brought to disk", path, err);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int sync_folder(const char *path, mk_arena *arena, market_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *folder = !slash          ? "."
	                     : slash == path ? "/"
	                                     : mk_arena_text_n(arena, path, (size_t)(slash - path));

	return folder ? sync_path(folder, O_RDONLY | O_DIRECTORY, err) : mk_error_no_memory(err);
}

static int digest_file(const char *path, mk_digest *digest, mk_arena *arena, char *hex,
                       market_error *err)
{
	char *block = mk_arena_get(arena, BLOCK);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = 0;
	mk_hash hash;
	int rc = 0;

	if (fd < 0)
		return failed("read", path, err);
	rc = block ? mk_digest_begin(digest, err) : mk_error_no_memory(err);
	while (rc == 0 && ((size = read(fd, block, BLOCK)) > 0 || (size < 0 && errno == EINTR)))
		if (size > 0)
			rc = mk_digest_add(digest, block, (size_t)size, err);
	if (rc == 0 && size < 0)
		rc = failed("read", path, err);
	if (rc == 0)
		rc = mk_digest_end(digest, &hash, err);
	if (rc == 0)
		mk_hex(hash.bytes, sizeof(hash.bytes), hex);
	close(fd);
	return rc;
}

static int write_whole(const char *path, const char *text, market_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	size_t size = strlen(text);
	int rc = 0;

	if (fd < 0 || write(fd, text, size) != (ssize_t)size || fsync(fd) != 0)
		rc = failed("written", path, err);
	if (fd >= 0)
		close(fd);
	return rc;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
