/* The key provider: its secrets in memory, and the change of keys. */
#include "libmarket/crypto/crypto.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

void suite_keys(void);

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

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		n++;
	return n;
}

/* ---- memory ---- */

static void memory_keys(void)
{
	mk_keys *keys = NULL, *other = NULL;
	uint8_t a[32], b[32];

	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(NULL, store_id, &mk_allocator_default, NULL, NULL, &keys, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(NULL, store_id, &mk_allocator_default, NULL, NULL, &other, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_signing(keys, a), 1);
	CU_ASSERT_EQUAL(mk_keys_signing(other, b), 1);
	CU_ASSERT_NOT_EQUAL(memcmp(a, b, 32), 0);
	mk_keys_close(keys);
	mk_keys_close(other);
	mk_keys_close(NULL);
	CU_ASSERT_EQUAL(mk_keys_open(NULL, store_id, &mk_allocator_default, &keys, NULL), MARKET_EKEY);
}

static bool counting_random(void *bytes, size_t size, void *user_data)
{
	uint8_t *next = user_data;

	memset(bytes, *next, size);
	return *next ? ((*next)++, true) : false;
}

static void random_source_used(void)
{
	uint8_t next = 0xA1, key[32], expected[32], secret[32];
	mk_keys *keys = NULL;

	clean();
	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(path, store_id, &mk_allocator_default, counting_random, &next, &keys, NULL),
		0);
	memset(secret, 0xA1, sizeof(secret));
	CU_ASSERT_EQUAL(mk_ed25519_public(secret, expected, NULL), 0);
	mk_keys_signing(keys, key);
	CU_ASSERT_EQUAL(memcmp(key, expected, sizeof(key)), 0);
	mk_keys_close(keys);

	clean();
	next = 0;
	CU_ASSERT_EQUAL(
		mk_keys_create(path, store_id, &mk_allocator_default, counting_random, &next, &keys, NULL),
		MARKET_EPROVIDER);
	CU_ASSERT_PTR_NULL(keys);
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
}

/* An allocator that fails once at the n-th block, counts blocks, and looks for secrets in what is
 * given back. */
typedef struct watch {
	long fail_at, calls, open, leaks;
} watch;

static void *watch_allocate(size_t size, void *user_data)
{
	watch *w = user_data;
	size_t *block = ++w->calls == w->fail_at ? NULL : malloc(size + 16);

	if (!block)
		return NULL;
	*block = size;
	w->open++;
	return (char *)block + 16;
}

static void watch_release(void *block, void *user_data)
{
	static const char hex[] = "a2a2a2a2a2a2a2a2";
	watch *w = user_data;
	char *start;
	size_t size;

	if (!block)
		return;
	start = (char *)block - 16;
	size = *(size_t *)(void *)start;
	if (memmem(block, size, "\xA1\xA1\xA1\xA1\xA1\xA1\xA1\xA1", 8) ||
	    memmem(block, size, hex, 16) || memmem(block, size, "\xA2\xA2\xA2\xA2\xA2\xA2\xA2\xA2", 8))
		w->leaks++;
	w->open--;
	free(start);
}

static void *watch_reallocate(void *block, size_t size, void *user_data)
{
	void *larger = watch_allocate(size, user_data);

	if (larger && block) {
		size_t old = *(size_t *)(void *)((char *)block - 16);

		memcpy(larger, block, old < size ? old : size);
		watch_release(block, user_data);
	}
	return larger;
}

static void secrets_wiped(void)
{
	watch w = {0};
	market_allocator allocator = {watch_allocate, watch_reallocate, watch_release, &w};
	uint8_t next = 0xA1;
	mk_keys *keys = NULL;

	clean();
	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(path, store_id, &allocator, counting_random, &next, &keys, NULL), 0);
	mk_keys_close(keys);
	CU_ASSERT_EQUAL_FATAL(mk_keys_open(path, store_id, &allocator, &keys, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SEALING, NULL), 0);
	mk_keys_close(keys);
	CU_ASSERT_EQUAL(w.leaks, 0);
	CU_ASSERT_EQUAL(w.open, 0);
}

static void every_allocation_fails(void)
{
	watch w = {0};
	market_allocator allocator = {watch_allocate, watch_reallocate, watch_release, &w};
	uint8_t next = 0xA1;
	mk_keys *keys = NULL;
	int code = MARKET_ENOMEM;

	for (long n = 1; code == MARKET_ENOMEM && n < 50; n++) {
		clean();
		w.calls = 0;
		w.fail_at = n;
		next = 0xA1;
		code = mk_keys_create(path, store_id, &allocator, counting_random, &next, &keys, NULL);
		if (!code)
			code = mk_keys_rotate(keys, MK_KEY_SIGNING, NULL);
		CU_ASSERT(code == 0 || code == MARKET_ENOMEM);
		CU_ASSERT_EQUAL(access(new_path, F_OK), -1);
		CU_ASSERT(keys || access(path, F_OK) == -1);
		mk_keys_close(keys);
		keys = NULL;
		CU_ASSERT_EQUAL(w.open, 0);
	}
	CU_ASSERT_EQUAL(code, 0);
	CU_ASSERT_EQUAL(w.leaks, 0);
}

/* ---- the change of keys ---- */

static void signing_key_changed(void)
{
	uint8_t first[32], second[32], known[32], signature[MK_SIGNATURE_SIZE];
	mk_keys *keys = create();
	char data[8192], *sealing;
	struct stat status;
	bool valid = false;

	CU_ASSERT_EQUAL(mk_keys_signing(keys, first), 1);
	CU_ASSERT_EQUAL(mk_keys_sign(keys, 1, "old", 3, signature, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SIGNING, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_signing(keys, second), 2);
	CU_ASSERT_NOT_EQUAL(memcmp(first, second, 32), 0);
	mk_keys_close(keys);

	CU_ASSERT_EQUAL_FATAL(reopen(&keys, NULL), 0);
	CU_ASSERT(mk_keys_public(keys, 1, known) && memcmp(known, first, 32) == 0);
	CU_ASSERT_EQUAL(mk_ed25519_verify(known, "old", 3, signature, &valid, NULL), 0);
	CU_ASSERT(valid);
	CU_ASSERT_EQUAL(mk_keys_sign(keys, 2, "new", 3, signature, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_sign(keys, 1, "old", 3, signature, NULL), MARKET_EKEY);
	mk_keys_close(keys);

	read_file(data, sizeof(data));
	sealing = strstr(data, "\"sealing\"");
	CU_ASSERT_PTR_NOT_NULL_FATAL(sealing);
	*sealing = '\0';
	CU_ASSERT_EQUAL(count_of(data, "\"public\""), 2);
	CU_ASSERT_EQUAL(count_of(data, "\"secret\""), 1);
	CU_ASSERT_EQUAL(stat(path, &status), 0);
	CU_ASSERT_EQUAL(status.st_mode, S_IFREG | 0600);
	CU_ASSERT_EQUAL(access(new_path, F_OK), -1);
}

static void no_key_lost_between_two(void)
{
	mk_keys *a = create(), *b = NULL;
	uint8_t by_a[MK_WRAPPED_KEY_SIZE], by_b[MK_WRAPPED_KEY_SIZE];
	mk_seal_place place = {"t", "c", 1, 2};
	market_blob from_a, from_b;
	mk_arena arena;
	char *text;

	mk_arena_init(&arena, &mk_allocator_default);
	CU_ASSERT_EQUAL_FATAL(reopen(&b, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(a, MK_KEY_SEALING, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(a, by_a, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_text(a, by_a, &place, "a", &arena, &from_a, NULL), 0);
	CU_ASSERT_EQUAL(mk_unseal_text(b, by_a, &place, from_a, &arena, &text, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(b, MK_KEY_SEALING, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(b, by_b, NULL), 0);
	CU_ASSERT_EQUAL(by_a[4], 2);
	CU_ASSERT_EQUAL(by_b[4], 3);
	CU_ASSERT_EQUAL(mk_seal_text(b, by_b, &place, "b", &arena, &from_b, NULL), 0);
	CU_ASSERT_EQUAL(mk_unseal_text(b, by_a, &place, from_a, &arena, &text, NULL), 0);
	mk_keys_close(a);
	CU_ASSERT_EQUAL_FATAL(reopen(&a, NULL), 0);
	CU_ASSERT_EQUAL(mk_unseal_text(a, by_a, &place, from_a, &arena, &text, NULL), 0);
	CU_ASSERT_EQUAL(mk_unseal_text(a, by_b, &place, from_b, &arena, &text, NULL), 0);
	mk_keys_close(a);
	mk_keys_close(b);
	mk_arena_close(&arena);
}

/* Who has the file open seals by the new key from then on, and signs by it. */
static void new_key_taken_by_others(void)
{
	mk_keys *a = create(), *b = NULL;
	uint8_t wrapped[MK_WRAPPED_KEY_SIZE], key[32], signature[MK_SIGNATURE_SIZE];

	CU_ASSERT_EQUAL_FATAL(reopen(&b, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(a, MK_KEY_SEALING, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(b, wrapped, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_key_number(wrapped), 2);
	CU_ASSERT_EQUAL(mk_keys_rotate(a, MK_KEY_SIGNING, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_sign(b, 1, "x", 1, signature, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_signing(b, key), 2);
	/* what was begun with the key before is still signed by it */
	CU_ASSERT_EQUAL(mk_keys_sign(b, 1, "x", 1, signature, NULL), 0);
	/* a file that isn't there or can't be read changes nothing */
	CU_ASSERT_EQUAL(rename(path, other_path), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(b, wrapped, NULL), 0);
	CU_ASSERT_EQUAL(rename(other_path, path), 0);
	CU_ASSERT_EQUAL(chmod(path, 0644), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(b, wrapped, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_key_number(wrapped), 2);
	mk_keys_close(a);
	mk_keys_close(b);
}

static void rewrapped_and_dropped(void)
{
	mk_keys *keys = create();
	uint8_t before[MK_WRAPPED_KEY_SIZE], wrapped[MK_WRAPPED_KEY_SIZE];
	uint32_t numbers[MK_KEYS_MAX];
	mk_seal_place place = {"t", "c", 1, 2};
	market_blob sealed;
	mk_arena arena;
	char *text = NULL;

	mk_arena_init(&arena, &mk_allocator_default);
	CU_ASSERT_EQUAL(mk_seal_new_key(keys, before, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_text(keys, before, &place, "a", &arena, &sealed, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_drop(keys, 1, NULL), MARKET_EINVALID);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SEALING, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_rewrap(keys, before, wrapped, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_key_number(wrapped), 2);
	CU_ASSERT_EQUAL(mk_keys_drop(keys, 3, NULL), MARKET_EINVALID);
	CU_ASSERT_EQUAL(mk_keys_drop(keys, 0, NULL), MARKET_EINVALID);
	CU_ASSERT_EQUAL(mk_keys_drop(keys, 1, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_numbers(keys, MK_KEY_SEALING, numbers), 1);
	CU_ASSERT_EQUAL(numbers[0], 2);
	CU_ASSERT_EQUAL(mk_keys_current(keys, MK_KEY_SEALING), 2);
	mk_keys_close(keys);
	CU_ASSERT_EQUAL_FATAL(reopen(&keys, NULL), 0);
	CU_ASSERT_EQUAL(mk_unseal_text(keys, wrapped, &place, sealed, &arena, &text, NULL), 0);
	CU_ASSERT_STRING_EQUAL(text, "a");
	CU_ASSERT_EQUAL(mk_unseal_text(keys, before, &place, sealed, &arena, &text, NULL), MARKET_EKEY);
	CU_ASSERT_EQUAL(mk_seal_rewrap(keys, before, wrapped, NULL), MARKET_EKEY);
	mk_keys_close(keys);
	mk_arena_close(&arena);
}

static void change_refused(void)
{
	mk_keys *keys = create();
	uint8_t key[32];
	market_error err;
	int fd;

	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_INDEX, &err), MARKET_EINVALID);
	fd = open(new_path, O_CREAT | O_WRONLY, 0600);
	CU_ASSERT_EQUAL(flock(fd, LOCK_EX), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SIGNING, &err), MARKET_EBUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, ".new"));
	CU_ASSERT_EQUAL(access(new_path, F_OK), 0);
	CU_ASSERT_EQUAL(close(fd), 0);
	unlink(new_path);
	CU_ASSERT_EQUAL(chmod(path, 0644), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SIGNING, &err), MARKET_EKEY);
	CU_ASSERT_EQUAL(access(new_path, F_OK), -1);
	CU_ASSERT_EQUAL(chmod(path, 0600), 0);
	CU_ASSERT_EQUAL(rename(path, other_path), 0);
	CU_ASSERT_EQUAL(symlink(other_path, path), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SIGNING, &err), MARKET_EKEY);
	CU_ASSERT_EQUAL(mk_keys_signing(keys, key), 1);
	mk_keys_close(keys);
}

static void leave_unfinished(void)
{
	int fd = open(new_path, O_CREAT | O_WRONLY, 0600);

	CU_ASSERT_EQUAL(write(fd, "{", 1), 1);
	CU_ASSERT_EQUAL(close(fd), 0);
}

static void unfinished_taken_over(void)
{
	mk_keys *keys = NULL;
	uint8_t key[32];

	leave_unfinished();
	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(path, store_id, &mk_allocator_default, NULL, NULL, &keys, NULL), 0);
	CU_ASSERT_EQUAL(access(new_path, F_OK), -1);
	leave_unfinished();
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SIGNING, NULL), 0);
	CU_ASSERT_EQUAL(access(new_path, F_OK), -1);

	/* Died between giving the new file its name and taking the old name away. */
	CU_ASSERT_EQUAL(link(path, new_path), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SIGNING, NULL), 0);
	mk_keys_close(keys);
	CU_ASSERT_EQUAL_FATAL(reopen(&keys, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_signing(keys, key), 3);
	mk_keys_close(keys);
}

static void keys_limit(void)
{
	mk_keys *keys = create();

	for (int i = 1; i < MK_KEYS_MAX; i++) {
		CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SIGNING, NULL), 0);
		CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SEALING, NULL), 0);
	}
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SIGNING, NULL), MARKET_ELIMIT);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SEALING, NULL), MARKET_ELIMIT);
	mk_keys_close(keys);
	CU_ASSERT_EQUAL_FATAL(reopen(&keys, NULL), 0);
	mk_keys_close(keys);
}

void suite_keys(void)
{
	CU_pSuite s = test_suite_with("keys", name_files, NULL);

	CU_add_test(s, "keys of a store in memory live with the process", memory_keys);
	CU_add_test(s, "keys come from the given random source", random_source_used);
	CU_add_test(s, "no block is given back with a secret in it", secrets_wiped);
	CU_add_test(s, "keys survive the failure of each allocation", every_allocation_fails);
	CU_add_test(s, "a changed signing key leaves the older public half alone", signing_key_changed);
	CU_add_test(s, "two processes that change keys lose none", no_key_lost_between_two);
	CU_add_test(s, "SEL-10: who has the file open takes the new key", new_key_taken_by_others);
	CU_add_test(s, "SEL-10: a data key is wrapped anew, and the key before may go",
	            rewrapped_and_dropped);
	CU_add_test(s, "a change of keys is refused when unsafe, and nothing stays behind",
	            change_refused);
	CU_add_test(s, "what a process that died left unfinished is taken away", unfinished_taken_over);
	CU_add_test(s, "a kind takes its limit of keys and no more", keys_limit);
}
