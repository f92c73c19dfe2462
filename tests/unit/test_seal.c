/* SEL-10: sealed fields and blind indexes. */
#include "libmarket/crypto/crypto.h"

#include <string.h>

#include "tests/unit/test.h"

void suite_seal(void);

static const char store_id[] = "store-1";
static const mk_seal_place place = {"payout_account", "iban", 11, 22};

static mk_keys *keys;
static mk_arena arena;
static uint8_t wrapped[MK_WRAPPED_KEY_SIZE];

static void open_keys(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(NULL, store_id, &mk_allocator_default, NULL, NULL, &keys, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(mk_seal_new_key(keys, wrapped, NULL), 0);
}

static void close_keys(void)
{
	mk_keys_close(keys);
	keys = NULL;
	mk_arena_close(&arena);
}

static market_blob seal(const char *text)
{
	market_blob sealed = {0};

	CU_ASSERT_EQUAL_FATAL(mk_seal_text(keys, wrapped, &place, text, &arena, &sealed, NULL), 0);
	return sealed;
}

static int unseal_at(const mk_seal_place *at, market_blob sealed, char **out)
{
	return mk_unseal_text(keys, wrapped, at, sealed, &arena, out, NULL);
}

static void sealed_opens(void)
{
	static const char *const texts[] = {"DE89370400440532013000", "", "x",
	                                    "身份证 110101199003071234"};
	char *text = NULL;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		market_blob sealed = seal(texts[i]);

		text = NULL;
		CU_ASSERT_EQUAL(unseal_at(&place, sealed, &text), 0);
		CU_ASSERT_STRING_EQUAL_FATAL(text, texts[i]);
		CU_ASSERT_EQUAL(sealed.size, strlen(texts[i]) + 29);
	}
}

static void sealed_hides(void)
{
	static const char text[] = "DE89370400440532013000";
	market_blob sealed = seal(text);

	CU_ASSERT_PTR_NULL(memmem(sealed.data, sealed.size, text, strlen(text)));
	CU_ASSERT_PTR_NULL(memmem(sealed.data, sealed.size, "DE89", 4));
}

static void sealed_bound_to_place(void)
{
	static const mk_seal_place others[] = {
		{"payout_accounts", "iban", 11, 22}, {"submission", "iban", 11, 22},
		{"payout_account", "bic", 11, 22},   {"payout_account", "iban", 12, 22},
		{"payout_account", "iban", 11, 23},  {"payout_account", "iban", 22, 11},
		{"payout_accounti", "ban", 11, 22},  {"payout_account", "iban", -11, 22},
	};
	market_blob sealed = seal("DE89370400440532013000");
	char *text = NULL;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		CU_ASSERT_EQUAL(unseal_at(&others[i], sealed, &text), MARKET_ECORRUPT);
	CU_ASSERT_PTR_NULL(text);
	CU_ASSERT_EQUAL(unseal_at(&place, sealed, &text), 0);
}

static void sealed_bound_to_record(void)
{
	uint8_t other[MK_WRAPPED_KEY_SIZE];
	market_blob sealed = seal("DE89370400440532013000");
	char *text = NULL;

	CU_ASSERT_EQUAL_FATAL(mk_seal_new_key(keys, other, NULL), 0);
	CU_ASSERT_EQUAL(mk_unseal_text(keys, other, &place, sealed, &arena, &text, NULL),
	                MARKET_ECORRUPT);
	CU_ASSERT_PTR_NULL(text);
}

static void sealed_flipped(void)
{
	market_blob sealed = seal("123456");
	uint8_t *bytes = mk_arena_copy(&arena, sealed.data, sealed.size);
	market_blob changed = {bytes, sealed.size};
	char *text = NULL;

	for (size_t bit = 0; bit < 8 * sealed.size; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_EQUAL(unseal_at(&place, changed, &text), MARKET_ECORRUPT);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CU_ASSERT_PTR_NULL(text);
	CU_ASSERT_EQUAL(unseal_at(&place, changed, &text), 0);
}

static struct {
	void *block;
	size_t size;
} seen;

static void *remember_block(size_t size, void *user_data)
{
	(void)user_data;
	seen.block = mk_allocator_default.allocate(size, NULL);
	seen.size = size;
	memset(seen.block, 0, size);
	return seen.block;
}

/* Looks at memory, too, that the arena hasn't given. */
__attribute__((no_sanitize("address"))) static bool lies_there(const char *text, size_t size)
{
	const volatile char *block = seen.block;

	for (size_t i = 0; i + size <= seen.size; i++) {
		size_t same = 0;

		while (same < size && block[i + same] == text[same])
			same++;
		if (same == size)
			return true;
	}
	return false;
}

static void refused_not_left_behind(void)
{
	static const char secret[] = "nobody may read this";
	market_allocator allocator = mk_allocator_default;
	market_blob sealed = seal(secret);
	uint8_t *bytes = mk_arena_copy(&arena, sealed.data, sealed.size);
	char *text = NULL;
	mk_arena own;

	allocator.allocate = remember_block;
	mk_arena_init(&own, &allocator);
	CU_ASSERT_EQUAL(mk_unseal_text(keys, wrapped, &place, sealed, &own, &text, NULL), 0);
	CU_ASSERT(lies_there(secret, 8));
	mk_arena_close(&own);

	bytes[sealed.size - 1] ^= 1;
	mk_arena_init(&own, &allocator);
	CU_ASSERT_EQUAL(
		mk_unseal_text(keys, wrapped, &place, (market_blob){bytes, sealed.size}, &own, &text, NULL),
		MARKET_ECORRUPT);
	CU_ASSERT(!lies_there(secret, 8));
	mk_arena_close(&own);
}

static void sealed_cut(void)
{
	market_blob sealed = seal("123456");
	char *text = NULL;

	for (size_t size = 0; size < sealed.size; size++)
		CU_ASSERT_EQUAL(unseal_at(&place, (market_blob){sealed.data, size}, &text),
		                MARKET_ECORRUPT);
	CU_ASSERT_EQUAL(unseal_at(&place, (market_blob){NULL, 0}, &text), MARKET_ECORRUPT);
	CU_ASSERT_PTR_NULL(text);
}

static void wrapped_flipped(void)
{
	market_blob sealed = seal("123456");
	char *text = NULL;
	int code;

	for (size_t bit = 0; bit < 8 * sizeof(wrapped); bit++) {
		bool in_number = bit / 8 >= 1 && bit / 8 <= 4;

		wrapped[bit / 8] ^= (uint8_t)(1 << bit % 8);
		code = unseal_at(&place, sealed, &text);
		CU_ASSERT_EQUAL(code, in_number ? MARKET_EKEY : MARKET_ECORRUPT);
		wrapped[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CU_ASSERT_PTR_NULL(text);
}

static bool always_ones(void *bytes, size_t size, void *user_data)
{
	(void)user_data;
	memset(bytes, 1, size);
	return true;
}

/* The same secret under two numbers. */
static void wrapped_bound_to_number(void)
{
	uint8_t key[MK_WRAPPED_KEY_SIZE];
	mk_keys *ones = NULL;
	market_blob sealed;
	char *text = NULL;

	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(NULL, store_id, &mk_allocator_default, always_ones, NULL, &ones, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(ones, key, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_text(ones, key, &place, "123456", &arena, &sealed, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(ones, MK_KEY_SEALING, NULL), 0);
	CU_ASSERT_EQUAL(mk_unseal_text(ones, key, &place, sealed, &arena, &text, NULL), 0);
	key[4] = 2;
	CU_ASSERT_EQUAL(mk_unseal_text(ones, key, &place, sealed, &arena, &text, NULL),
	                MARKET_ECORRUPT);
	mk_keys_close(ones);
}

/* The same secrets in a store of another id. */
static void wrapped_bound_to_store(void)
{
	static const char *const ids[] = {"store-2", "store-1"};
	uint8_t key[MK_WRAPPED_KEY_SIZE];
	mk_keys *first = NULL, *other = NULL;
	market_blob sealed;
	char *text = NULL;

	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(NULL, store_id, &mk_allocator_default, always_ones, NULL, &first, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(first, key, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_text(first, key, &place, "123456", &arena, &sealed, NULL), 0);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(
			mk_keys_create(NULL, ids[i], &mk_allocator_default, always_ones, NULL, &other, NULL),
			0);
		CU_ASSERT_EQUAL(mk_unseal_text(other, key, &place, sealed, &arena, &text, NULL),
		                i == 0 ? MARKET_ECORRUPT : 0);
		mk_keys_close(other);
	}
	mk_keys_close(first);
}

static void equal_texts_differ(void)
{
	enum { many = 200 };
	market_blob sealed[many];

	for (size_t i = 0; i < many; i++)
		sealed[i] = seal("the same");
	for (size_t i = 0; i < many; i++)
		for (size_t j = i + 1; j < many; j++)
			CU_ASSERT_NOT_EQUAL(memcmp(sealed[i].data, sealed[j].data, sealed[i].size), 0);
}

static void old_key_opens(void)
{
	uint8_t newer[MK_WRAPPED_KEY_SIZE];
	market_blob sealed = seal("123456"), again;
	char *text = NULL;

	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SEALING, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(keys, newer, NULL), 0);
	CU_ASSERT_EQUAL(newer[4], wrapped[4] + 1);
	CU_ASSERT_EQUAL(unseal_at(&place, sealed, &text), 0);
	CU_ASSERT_STRING_EQUAL_FATAL(text, "123456");
	CU_ASSERT_EQUAL(mk_seal_text(keys, newer, &place, "newer", &arena, &again, NULL), 0);
	CU_ASSERT_EQUAL(mk_unseal_text(keys, newer, &place, again, &arena, &text, NULL), 0);
	CU_ASSERT_STRING_EQUAL(text, "newer");
}

static void unknown_key_named(void)
{
	mk_keys *other = NULL;
	uint8_t newer[MK_WRAPPED_KEY_SIZE];
	market_blob sealed;
	market_error err;

	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(NULL, store_id, &mk_allocator_default, NULL, NULL, &other, NULL), 0);
	CU_ASSERT_EQUAL(mk_keys_rotate(keys, MK_KEY_SEALING, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_new_key(keys, newer, NULL), 0);
	CU_ASSERT_EQUAL(mk_seal_text(other, newer, &place, "x", &arena, &sealed, &err), MARKET_EKEY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "sealing key"));
	CU_ASSERT_NOT_EQUAL(err.hint[0], '\0');
	mk_keys_close(other);
}

static void sealed_limit(void)
{
	char *text = mk_arena_get(&arena, MK_SEALED_MAX + 2), *opened = NULL;
	market_blob sealed;

	memset(text, 'a', MK_SEALED_MAX + 1);
	text[MK_SEALED_MAX] = '\0';
	CU_ASSERT_EQUAL(mk_seal_text(keys, wrapped, &place, text, &arena, &sealed, NULL), 0);
	CU_ASSERT_EQUAL(unseal_at(&place, sealed, &opened), 0);
	CU_ASSERT_STRING_EQUAL(opened, text);
	text[MK_SEALED_MAX] = 'a';
	text[MK_SEALED_MAX + 1] = '\0';
	CU_ASSERT_EQUAL(mk_seal_text(keys, wrapped, &place, text, &arena, &sealed, NULL),
	                MARKET_ELIMIT);
	CU_ASSERT_EQUAL(unseal_at(&place, (market_blob){text, MK_SEALED_MAX + 30}, &opened),
	                MARKET_ECORRUPT);
}

/* ---- blind indexes ---- */

static mk_hash indexed(const char *table, const char *column, const char *text)
{
	mk_hash hash = {{0}};

	CU_ASSERT_EQUAL(mk_blind_index(keys, table, column, text, &hash, NULL), 0);
	return hash;
}

static bool same_index(const char *a, const char *b)
{
	mk_hash one = indexed("payout_account", "iban", a), two = indexed("payout_account", "iban", b);

	return memcmp(&one, &two, sizeof(one)) == 0;
}

static void index_canonical(void)
{
	static const char *const same[] = {
		"DE89 3704 0044 0532 0130 00",
		"de89370400440532013000",
		"  DE89-3704-0044-0532-0130-00\t\r\n",
		"DE89\xC2\xA0"
		"3704\xE2\x80\x93"
		"0044\xE2\x80\x89"
		"0532\xE2\x88\x92"
		"0130\xE3\x80\x80"
		"00\xE2\x80\xAF\xE2\x80\x90",
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		CU_ASSERT(same_index("DE89370400440532013000", same[i]));
	CU_ASSERT(same_index("AZ09", "az09"));
	CU_ASSERT(!same_index("@[", "`{"));
}

static void index_distinguishes(void)
{
	mk_hash a = indexed("payout_account", "iban", "1234"),
			b = indexed("payout_account", "bic", "1234");
	mk_hash c = indexed("submission", "iban", "1234"),
			d = indexed("payout_accounti", "ban", "1234");

	CU_ASSERT(!same_index("1234", "1235"));
	CU_ASSERT(!same_index("1234", "12345"));
	CU_ASSERT(!same_index("12.34", "1234"));
	CU_ASSERT(!same_index("\xE2\x80\x8B"
	                      "1234",
	                      "1234"));
	CU_ASSERT(!same_index("\xC3\xA4", "\xC3\x84"));
	CU_ASSERT(!same_index("\xE2", "\xE2\x80"));
	CU_ASSERT_NOT_EQUAL(memcmp(&a, &b, sizeof(a)), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(&a, &c, sizeof(a)), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(&a, &d, sizeof(a)), 0);
}

static void index_of_nothing(void)
{
	mk_hash hash;

	CU_ASSERT_EQUAL(mk_blind_index(keys, "t", "c", "", &hash, NULL), MARKET_EINVALID);
	CU_ASSERT_EQUAL(mk_blind_index(keys, "t", "c", " - \t\xC2\xA0", &hash, NULL), MARKET_EINVALID);
	CU_ASSERT_EQUAL(mk_blind_index(keys, "t", "c", "0", &hash, NULL), 0);
}

static void index_needs_the_key(void)
{
	mk_keys *other = NULL;
	mk_hash ours = indexed("t", "c", "1234"), theirs;

	CU_ASSERT_EQUAL_FATAL(
		mk_keys_create(NULL, store_id, &mk_allocator_default, NULL, NULL, &other, NULL), 0);
	CU_ASSERT_EQUAL(mk_blind_index(other, "t", "c", "1234", &theirs, NULL), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(&ours, &theirs, sizeof(ours)), 0);
	mk_keys_close(other);
}

static bool no_bytes(void *bytes, size_t size, void *user_data)
{
	(void)bytes;
	(void)size;
	(void)user_data;
	return false;
}

static void sealing_needs_random(void)
{
	uint8_t other[MK_WRAPPED_KEY_SIZE];
	market_blob sealed = {0};

	mk_keys_set_random(keys, no_bytes, NULL);
	CU_ASSERT_EQUAL(mk_seal_new_key(keys, other, NULL), MARKET_EPROVIDER);
	CU_ASSERT_EQUAL(mk_seal_text(keys, wrapped, &place, "x", &arena, &sealed, NULL),
	                MARKET_EPROVIDER);
	CU_ASSERT_PTR_NULL(sealed.data);
	mk_keys_set_random(keys, NULL, NULL);
	CU_ASSERT_EQUAL(mk_seal_new_key(keys, other, NULL), 0);
}

void suite_seal(void)
{
	CU_pSuite s = test_suite_with("seal", open_keys, close_keys);

	CU_add_test(s, "SEL-10: a sealed text opens where it was sealed", sealed_opens);
	CU_add_test(s, "SEL-10: a sealed text doesn't show what it holds", sealed_hides);
	CU_add_test(s, "SEL-10: moved to another table, column, owner or row it fails",
	            sealed_bound_to_place);
	CU_add_test(s, "SEL-10: under another record's data key it fails", sealed_bound_to_record);
	CU_add_test(s, "SEL-10: any flipped bit of a sealed text fails", sealed_flipped);
	CU_add_test(s, "SEL-10: what fails to open leaves no plain text in memory",
	            refused_not_left_behind);
	CU_add_test(s, "SEL-10: a sealed text cut anywhere fails", sealed_cut);
	CU_add_test(s, "SEL-10: any flipped bit of a wrapped key fails", wrapped_flipped);
	CU_add_test(s, "SEL-10: a wrapped key fails under another number", wrapped_bound_to_number);
	CU_add_test(s, "SEL-10: a wrapped key fails under another store's keys",
	            wrapped_bound_to_store);
	CU_add_test(s, "SEL-10: equal texts give different ciphertexts", equal_texts_differ);
	CU_add_test(s, "SEL-10: what an older sealing key wrapped still opens", old_key_opens);
	CU_add_test(s, "SEL-10: a sealing key that isn't there is named", unknown_key_named);
	CU_add_test(s, "a text at the limit is sealed, one over it refused", sealed_limit);
	CU_add_test(s, "SEL-10: a blind index ignores spaces, dashes and ASCII case", index_canonical);
	CU_add_test(s, "SEL-10: a blind index tells values, columns and tables apart",
	            index_distinguishes);
	CU_add_test(s, "SEL-10: nothing has no blind index", index_of_nothing);
	CU_add_test(s, "SEL-10: a blind index needs the index key", index_needs_the_key);
	CU_add_test(s, "sealing without random bytes fails", sealing_needs_random);
}
