/* The keys file: who may read it, and what is refused. */
#include "libmarket/crypto/internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

void suite_key_file(void);

static const char store_id[] = "store-1";
static char path[4096], new_path[4096], other_path[4096];

static void name_files(void)
{
	snprintf(path, sizeof(path), "%.3000s/a.keys", test_temp_dir());
	snprintf(new_path, sizeof(new_path), "%.3000s/a.keys.new", test_temp_dir());
	snprintf(other_path, sizeof(other_path), "%.3000s/b.keys", test_temp_dir());
}

static void clean(void)
{
	unlink(path);
	rmdir(path);
	unlink(new_path);
	unlink(other_path);
}

static mk_keys *create(void)
{
	mk_keys *keys = NULL;

	clean();
	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(path, store_id, &mk_allocator_default, NULL, NULL, &keys, NULL), 0);
	return keys;
}

static int reopen(mk_keys **out, market_error *err)
{
	return mk_keys_open(path, store_id, &mk_allocator_default, out, err);
}

/* Opens and closes; what is refused leaves nothing. */
static int open_code(market_error *err)
{
	mk_keys *keys = NULL;
	int code = reopen(&keys, err);

	CU_ASSERT_EQUAL(code == 0, keys != NULL);
	mk_keys_close(keys);
	return code;
}

static size_t read_file(char *data, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	n = fread(data, 1, size - 1, f);
	fclose(f);
	data[n] = '\0';
	return n;
}

static void write_file(const char *data, size_t size)
{
	int fd;

	clean();
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, data, size), (ssize_t)size);
	close(fd);
}

static void file_mode(void)
{
	mode_t old = umask(0);
	struct stat status;

	mk_keys_close(create());
	CU_ASSERT_EQUAL(stat(path, &status), 0);
	CU_ASSERT_EQUAL(status.st_mode, S_IFREG | 0600);
	CU_ASSERT_EQUAL(status.st_uid, geteuid());
	umask(0777);
	mk_keys_close(create());
	CU_ASSERT_EQUAL(stat(path, &status), 0);
	CU_ASSERT_EQUAL(status.st_mode, S_IFREG | 0600);
	umask(old);
}

static void file_round_trip(void)
{
	uint8_t before[32], after[32], signature[MK_SIGNATURE_SIZE], wrapped[MK_WRAPPED_KEY_SIZE];
	mk_seal_place place = {"t", "c", 1, 2};
	mk_keys *keys = create();
	mk_hash index_before, index_after;
	mk_arena arena;
	market_blob sealed;
	char *text = NULL;
	bool valid = false;

	mk_arena_init(&arena, &mk_allocator_default);
	CU_ASSERT_EQUAL(mk_keys_signing(keys, before), 1);
	CU_ASSERT_EQUAL(mk_seal_new_key(keys, wrapped, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_text(keys, wrapped, &place, "secret", &arena, &sealed, NULL), 0);
	CU_ASSERT_EQUAL(mk_blind_index(keys, "t", "c", "secret", &index_before, NULL), 0);
	mk_keys_close(keys);

	CU_ASSERT_EQUAL_FATAL(reopen(&keys, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_signing(keys, after), 1);
	CU_ASSERT_EQUAL(memcmp(before, after, 32), 0);
	CU_ASSERT_EQUAL(mk_keys_sign(keys, 1, "data", 4, signature, NULL), 0);
	CU_ASSERT_EQUAL(mk_ed25519_verify(before, "data", 4, signature, &valid, NULL), 0);
	CU_ASSERT(valid);
	CU_ASSERT_EQUAL(mk_unseal_text(keys, wrapped, &place, sealed, &arena, &text, NULL), 0);
	CU_ASSERT_STRING_EQUAL(text, "secret");
	CU_ASSERT_EQUAL(mk_blind_index(keys, "t", "c", "secret", &index_after, NULL), 0);
	CU_ASSERT_EQUAL(memcmp(&index_before, &index_after, sizeof(mk_hash)), 0);
	mk_keys_close(keys);
	mk_arena_close(&arena);
}

static void file_never_overwritten(void)
{
	char before[4096], after[4096];
	mk_keys *keys = NULL;
	market_error err;

	mk_keys_close(create());
	read_file(before, sizeof(before));
	CU_ASSERT_EQUAL(mk_keys_create(path, store_id, &mk_allocator_default, NULL, NULL, &keys, &err),
	                MARKET_EKEY);
	CU_ASSERT_PTR_NULL(keys);
	CU_ASSERT_NOT_EQUAL(err.hint[0], '\0');
	read_file(after, sizeof(after));
	CU_ASSERT_STRING_EQUAL(before, after);
}

static void file_not_through_link(void)
{
	mk_keys *keys = NULL;

	clean();
	CU_ASSERT_EQUAL(symlink(other_path, path), 0);
	CU_ASSERT_EQUAL(mk_keys_create(path, store_id, &mk_allocator_default, NULL, NULL, &keys, NULL),
	                MARKET_EKEY);
	CU_ASSERT_EQUAL(access(other_path, F_OK), -1);
}

static void file_absent(void)
{
	market_error err;

	clean();
	CU_ASSERT_EQUAL(open_code(&err), MARKET_EKEY);
	CU_ASSERT_EQUAL(err.error_class, MARKET_CLASS_FATAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "absent"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.hint, "?keys="));
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
}

/* Judged by the mode's bits: root could open any of them. */
static void file_open_to_others(void)
{
	static const mode_t refused[] = {0640, 0620, 0610, 0604, 0602, 0601,
	                                 0644, 0666, 0777, 0440, 0404};
	static const mode_t accepted[] = {0600, 0400, 0700};
	market_error err;

	mk_keys_close(create());
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		CU_ASSERT_EQUAL(chmod(path, refused[i]), 0);
		CU_ASSERT_EQUAL(open_code(&err), MARKET_EKEY);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.hint, "chmod 600"));
	}
	for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
		CU_ASSERT_EQUAL(chmod(path, accepted[i]), 0);
		CU_ASSERT_EQUAL(open_code(&err), 0);
	}
}

static void file_of_another_user(void)
{
	market_error err;

	CU_ASSERT_EQUAL(mk_key_file_judge("k", S_IFREG | 0600, 1000, 1000, &err), 0);
	CU_ASSERT_EQUAL(mk_key_file_judge("k", S_IFREG | 0600, 0, 1000, &err), 0);
	CU_ASSERT_EQUAL(mk_key_file_judge("k", S_IFREG | 0600, 1000, 0, &err), MARKET_EKEY);
	CU_ASSERT_EQUAL(mk_key_file_judge("k", S_IFREG | 0600, 1001, 1000, &err), MARKET_EKEY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "1001"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.hint, "chown"));
	mk_keys_close(create());
	/* Only root can give a file away. */
	CU_ASSERT_EQUAL(chown(path, geteuid() == 0 ? 65534 : geteuid(), (gid_t)-1), 0);
	CU_ASSERT_EQUAL(open_code(&err), geteuid() == 0 ? MARKET_EKEY : 0);
}

static void file_irregular(void)
{
	market_error err;

	clean();
	CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
	CU_ASSERT_EQUAL(open_code(&err), MARKET_EKEY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "regular file"));
	clean();
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	CU_ASSERT_EQUAL(open_code(&err), MARKET_EKEY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "regular file"));
}

static void file_behind_link(void)
{
	market_error err;

	mk_keys_close(create());
	CU_ASSERT_EQUAL(rename(path, other_path), 0);
	CU_ASSERT_EQUAL(symlink(other_path, path), 0);
	CU_ASSERT_EQUAL(open_code(&err), 0);
	CU_ASSERT_EQUAL(chmod(other_path, 0644), 0);
	CU_ASSERT_EQUAL(open_code(&err), MARKET_EKEY);
}

static void file_of_another_store(void)
{
	mk_keys *keys = NULL;
	market_error err;

	mk_keys_close(create());
	CU_ASSERT_EQUAL(mk_keys_open(path, "store-2", &mk_allocator_default, &keys, &err), MARKET_EKEY);
	CU_ASSERT_PTR_NULL(keys);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "store-1"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "store-2"));
}

static void store_ids(void)
{
	static const char *const bad[] = {
		"",    "a b", "a\"b",
		"a/b", "ä",   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	mk_keys *keys = NULL;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CU_ASSERT_EQUAL(
			mk_keys_create(NULL, bad[i], &mk_allocator_default, NULL, NULL, &keys, NULL),
			MARKET_EINVALID);
	CU_ASSERT_EQUAL(mk_keys_create(NULL, NULL, &mk_allocator_default, NULL, NULL, &keys, NULL),
	                MARKET_EINVALID);
	CU_ASSERT_EQUAL(
		mk_keys_create(NULL, bad[5] + 1, &mk_allocator_default, NULL, NULL, &keys, NULL), 0);
	mk_keys_close(keys);
}

#define H "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define P "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define S "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define FILE_OF(sign, seal) \
	"{\"format\":\"market-keys-1\",\"store\":\"store-1\",\"signing\":[" sign \
	"],\"sealing\":[" seal "]," \
	"\"index\":[{\"number\":1,\"secret\":\"" H "\"}]}"
#define NO_KEYS "\"signing\":[],\"sealing\":[],\"index\":[]"
#define SIGN "{\"number\":1,\"public\":\"" P "\",\"secret\":\"" S "\"}"
#define SEAL "{\"number\":1,\"secret\":\"" H "\"}"

static void file_by_hand(void)
{
	static const char *const good[] = {
		FILE_OF(SIGN, SEAL),
		FILE_OF("{\"number\":1,\"public\":\"" H "\"},{\"number\":7,\"public\":\"" P
	            "\",\"secret\":\"" S "\"}",
	            SEAL ",{\"number\":4294967295,\"secret\":\"" H "\"}"),
	};
	uint8_t key[32];
	mk_keys *keys = NULL;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		write_file(good[i], strlen(good[i]));
		CU_ASSERT_EQUAL(open_code(NULL), 0);
	}
	CU_ASSERT_EQUAL_FATAL(reopen(&keys, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_signing(keys, key), 7);
	CU_ASSERT(mk_keys_public(keys, 1, key) && key[1] == 0x11);
	CU_ASSERT(!mk_keys_public(keys, 2, key));
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SEALING, NULL), MARKET_ELIMIT);
	CU_ASSERT_EQUAL(access(new_path, F_OK), -1);
	mk_keys_close(keys);
}

static void file_malformed(void)
{
	static const char *const bad[] = {
		"",
		"null",
		"[]",
		"{",
		"{}",
		FILE_OF(SIGN, SEAL) "x",
		FILE_OF(SIGN, ""),
		FILE_OF("", SEAL),
		FILE_OF(SIGN, SEAL "," SEAL),
		FILE_OF(SIGN, "{\"number\":2,\"secret\":\"" H "\"}," SEAL),
		FILE_OF(SIGN, "{\"number\":0,\"secret\":\"" H "\"}"),
		FILE_OF(SIGN, "{\"number\":4294967296,\"secret\":\"" H "\"}"),
		FILE_OF(SIGN, "{\"number\":1.0,\"secret\":\"" H "\"}"),
		FILE_OF(SIGN, "{\"number\":1,\"secret\":\"" H "00\"}"),
		FILE_OF(SIGN, "{\"number\":1,\"secret\":\"g" H "\"}"),
		FILE_OF(SIGN, "{\"number\":1,\"secret\":7}"),
		FILE_OF(SIGN, "{\"number\":1}"),
		FILE_OF(SIGN, "{\"number\":1,\"secret\":\"" H "\",\"public\":\"" P "\"}"),
		FILE_OF(SIGN, "{\"number\":1,\"secret\":\"" H "\",\"note\":\"\"}"),
		FILE_OF(SIGN, "{\"number\":1,\"number\":1,\"secret\":\"" H "\"}"),
		FILE_OF(SIGN, "7"),
		FILE_OF("{\"number\":1,\"public\":\"" P "\"}", SEAL),
		FILE_OF("{\"number\":1,\"public\":\"" H "\",\"secret\":\"" S "\"}", SEAL),
		FILE_OF("{\"number\":1,\"secret\":\"" S "\"}", SEAL),
		"{\"format\":\"market-keys-2\",\"store\":\"store-1\"," NO_KEYS "}",
		"{\"format\":\"market-keys-1\",\"store\":\"a b\"," NO_KEYS "}",
		"{\"format\":\"market-keys-1\"," NO_KEYS "}",
		"{\"format\":\"market-keys-1\",\"store\":\"store-1\",\"more\":1}",
	};
	market_error err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		write_file(bad[i], strlen(bad[i]));
		CU_ASSERT_EQUAL(open_code(&err), MARKET_EKEY);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "malformed"));
	}
}

static void file_cut_anywhere(void)
{
	char data[4096];
	market_error err;
	size_t size;

	mk_keys_close(create());
	size = read_file(data, sizeof(data));
	for (size_t n = 0; n + 1 < size; n++) {
		write_file(data, n);
		CU_ASSERT_EQUAL(open_code(&err), MARKET_EKEY);
	}
	write_file(data, size);
	CU_ASSERT_EQUAL(open_code(&err), 0);
}

static void file_too_long(void)
{
	enum { limit = 48 * 1024 };
	static char data[limit + 1];
	size_t size;

	mk_keys_close(create());
	memset(data, ' ', sizeof(data));
	size = read_file(data, sizeof(data));
	data[size] = ' ';
	write_file(data, limit);
	CU_ASSERT_EQUAL(open_code(NULL), 0);
	write_file(data, limit + 1);
	CU_ASSERT_EQUAL(open_code(NULL), MARKET_EKEY);
}

static void errors_keep_secrets(void)
{
	static const char text[] = "{\"format\":\"market-keys-1\",\"sealing\":[{\"secret\":" H "}]}";
	market_error err;

	write_file(text, sizeof(text) - 1);
	CU_ASSERT_EQUAL(open_code(&err), MARKET_EKEY);
	CU_ASSERT_PTR_NULL(memmem(&err, sizeof(err), "00112233", 8));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.detail, "Line 1"));
}

void suite_key_file(void)
{
	CU_pSuite s = test_suite_with("key_file", name_files, NULL);

	CU_add_test(s, "a keys file has mode 0600 under any umask", file_mode);
	CU_add_test(s, "keys from the file sign, open and index as before", file_round_trip);
	CU_add_test(s, "an existing keys file is never overwritten", file_never_overwritten);
	CU_add_test(s, "a keys file isn't made through a symbolic link", file_not_through_link);
	CU_add_test(s, "an absent keys file is EKEY and isn't made", file_absent);
	CU_add_test(s, "any access of group or others is EKEY with chmod 600", file_open_to_others);
	CU_add_test(s, "another user's keys file is EKEY", file_of_another_user);
	CU_add_test(s, "a folder or FIFO in place of the keys file is EKEY", file_irregular);
	CU_add_test(s, "a link's target is judged as the keys file", file_behind_link);
	CU_add_test(s, "another store's keys file is EKEY and both are named", file_of_another_store);
	CU_add_test(s, "store ids are checked at their limit", store_ids);
	CU_add_test(s, "numbers may have gaps and the newest key is used", file_by_hand);
	CU_add_test(s, "a malformed keys file is EKEY", file_malformed);
	CU_add_test(s, "a keys file cut anywhere is EKEY", file_cut_anywhere);
	CU_add_test(s, "a keys file at its size limit opens, one over it doesn't", file_too_long);
	CU_add_test(s, "an error about the keys file quotes no secret", errors_keep_secrets);
}
