#include "libmarket/base/arena.h"

#include <stdlib.h>
#include <string.h>

#include "libmarket/base/text.h"
#include "tests/unit/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void suite_base(void);

/* Counts what lives and fails when told. Its blocks are aligned to 8 bytes only. */
typedef struct counter {
	int live;
	int calls;
	int fail_at; /* the call that fails, 0 for none */
} counter;

static void *count_allocate(size_t size, void *user_data)
{
	counter *c = user_data;
	char *block;

	if (++c->calls == c->fail_at)
		return NULL;
	block = malloc(size + 8);
	if (!block)
		return NULL;
	c->live++;
	memset(block, 0xA5, size + 8);
	return block + 8;
}

static void count_release(void *block, void *user_data)
{
	counter *c = user_data;

	c->live--;
	free((char *)block - 8);
}

static void *count_reallocate(void *block, size_t size, void *user_data)
{
	counter *c = user_data;
	char *grown;

	if (++c->calls == c->fail_at)
		return NULL;
	grown = realloc((char *)block - 8, size + 8);
	return grown ? grown + 8 : NULL;
}

static market_allocator counting(counter *c)
{
	market_allocator allocator = {count_allocate, count_reallocate, count_release, c};

	memset(c, 0, sizeof(*c));
	return allocator;
}

static void arena_aligns_and_keeps_contents(void)
{
	counter c;
	market_allocator allocator = counting(&c);
	unsigned char *blocks[300];
	unsigned wrong = 0;
	mk_arena arena;
	size_t i;
	size_t k;

	mk_arena_init(&arena, &allocator);
	CU_ASSERT_EQUAL(c.calls, 0);
	for (i = 0; i < COUNT(blocks); i++) {
		blocks[i] = mk_arena_get(&arena, i * 7);
		CU_ASSERT_PTR_NOT_NULL_FATAL(blocks[i]);
		wrong += (uintptr_t)blocks[i] % 16 != 0;
		memset(blocks[i], (int)(i & 0xFF), i * 7);
	}
	for (i = 0; i < COUNT(blocks); i++)
		for (k = 0; k < i * 7; k++)
			wrong += blocks[i][k] != (i & 0xFF);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_FALSE(arena.failed);
	mk_arena_close(&arena);
	CU_ASSERT_EQUAL(c.live, 0);
}

static void arena_keeps_its_first_block(void)
{
	counter c;
	market_allocator allocator = counting(&c);
	mk_arena arena;
	void *first;
	int i;

	mk_arena_init(&arena, &allocator);
	first = mk_arena_get(&arena, 100);
	CU_ASSERT_PTR_NOT_NULL(mk_arena_get(&arena, 1000000));
	for (i = 0; i < 100; i++)
		CU_ASSERT_PTR_NOT_NULL(mk_arena_get(&arena, 1000));
	CU_ASSERT(c.live > 2);
	mk_arena_reset(&arena);
	CU_ASSERT_EQUAL(c.live, 1);
	c.calls = 0;
	CU_ASSERT_PTR_EQUAL(mk_arena_get(&arena, 100), first);
	CU_ASSERT_PTR_NOT_NULL(mk_arena_get(&arena, 10000));
	CU_ASSERT_EQUAL(c.calls, 0);
	mk_arena_reset(&arena);
	CU_ASSERT_EQUAL(c.calls, 0);
	mk_arena_close(&arena);
	CU_ASSERT_EQUAL(c.live, 0);
}

static void arena_gives_large_requests_their_own_block(void)
{
	counter c;
	market_allocator allocator = counting(&c);
	mk_arena arena;
	char *before;
	char *after;

	mk_arena_init(&arena, &allocator);
	before = mk_arena_get(&arena, 16);
	CU_ASSERT_PTR_NOT_NULL(mk_arena_get(&arena, 64 * 1024));
	after = mk_arena_get(&arena, 16);
	CU_ASSERT(after > before && after <= before + 32);
	CU_ASSERT_EQUAL(c.live, 2);
	mk_arena_close(&arena);
}

static void arena_failure_is_sticky(void)
{
	counter c;
	market_allocator allocator = counting(&c);
	mk_arena arena;

	mk_arena_init(&arena, &allocator);
	c.fail_at = 1;
	CU_ASSERT_PTR_NULL(mk_arena_get(&arena, 10));
	CU_ASSERT_TRUE(arena.failed);
	CU_ASSERT_PTR_NOT_NULL(mk_arena_get(&arena, 10));
	CU_ASSERT_TRUE(arena.failed);
	mk_arena_reset(&arena);
	CU_ASSERT_FALSE(arena.failed);
	c.fail_at = c.calls + 1;
	CU_ASSERT_PTR_NULL(mk_arena_text_n(&arena, "", SIZE_MAX));
	CU_ASSERT_PTR_NULL(mk_arena_get(&arena, SIZE_MAX));
	CU_ASSERT_PTR_NULL(mk_arena_array(&arena, SIZE_MAX / 2, 3));
	CU_ASSERT_PTR_NULL(mk_arena_format(&arena, "%020000d", 1));
	CU_ASSERT_PTR_NULL(mk_arena_zero(&arena, SIZE_MAX - 20));
	CU_ASSERT_TRUE(arena.failed);
	mk_arena_close(&arena);
	mk_arena_close(&arena);
	CU_ASSERT_EQUAL(c.live, 0);
}

static void arena_copies_and_formats(void)
{
	mk_arena arena;
	int64_t *numbers;
	char *text;

	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_TEXT(mk_arena_text(&arena, "abc"), "abc");
	CU_ASSERT_PTR_NULL(mk_arena_text(&arena, NULL));
	CU_ASSERT_FALSE(arena.failed);
	CHECK_TEXT(mk_arena_text_n(&arena, "abcdef", 3), "abc");
	CHECK_TEXT(mk_arena_text_n(&arena, NULL, 0), "");
	CHECK_TEXT(mk_arena_format(&arena, "%s:%d", "refund", 12), "refund:12");
	CHECK_TEXT(mk_arena_format(&arena, "%s", ""), "");
	text = mk_arena_format(&arena, "%0*d", 50000, 7);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CHECK_INT(strlen(text), 50000);
	CU_ASSERT_EQUAL(memcmp(mk_arena_copy(&arena, "a\0b", 3), "a\0b", 3), 0);
	CU_ASSERT_PTR_NOT_NULL(mk_arena_copy(&arena, NULL, 0));
	mk_arena_reset(&arena);
	numbers = MK_NEW_ARRAY(&arena, int64_t, 3);
	CU_ASSERT(numbers[0] == 0 && numbers[1] == 0 && numbers[2] == 0);
	mk_arena_close(&arena);
}

static void allocator_answers_as_promised(void)
{
	counter c;
	market_allocator allocator = counting(&c);
	char *text = mk_copy_text(&allocator, "one");
	char *cleared = mk_allocate_zero(&allocator, 100);
	char *empty = mk_allocate(&allocator, 0);
	char *grown = mk_reallocate(&allocator, NULL, 4);
	unsigned wrong = 0;
	int i;

	CHECK_TEXT(text, "one");
	for (i = 0; i < 100; i++)
		wrong += cleared[i] != 0;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_PTR_NOT_NULL(empty);
	memcpy(grown, "abc", 4);
	grown = mk_reallocate(&allocator, grown, 40);
	CHECK_TEXT(grown, "abc");
	CU_ASSERT_PTR_NULL(mk_copy_text(&allocator, NULL));
	CU_ASSERT_EQUAL(c.live, 4);
	mk_release(&allocator, text);
	mk_release(&allocator, cleared);
	mk_release(&allocator, empty);
	mk_release(&allocator, grown);
	mk_release(&allocator, NULL);
	CU_ASSERT_EQUAL(c.live, 0);
	text = mk_copy_text(&mk_allocator_default, "two");
	text = mk_reallocate(&mk_allocator_default, text, 100);
	CHECK_TEXT(text, "two");
	mk_release(&mk_allocator_default, text);
}

static void error_names_and_classes(void)
{
	int code;
	int known = 0;

	CHECK_TEXT(market_error_name(MARKET_OK), "ok");
	CHECK_TEXT(market_error_name(MARKET_EFUNDS), "insufficient_funds");
	CHECK_TEXT(market_error_name(MARKET_EUNKNOWN), "unknown_outcome");
	CU_ASSERT_PTR_NULL(market_error_name(1));
	CU_ASSERT_PTR_NULL(market_error_name(-1000));
	CU_ASSERT_PTR_NULL(market_error_name(INT32_MIN));
	CU_ASSERT_PTR_NULL(market_error_summary(MARKET_OK));
	CHECK_TEXT(market_error_summary(MARKET_ENOMEM), "memory is exhausted");
	CHECK_INT(market_error_class_of(MARKET_OK), 0);
	CHECK_INT(market_error_class_of(5), 0);
	CHECK_INT(market_error_class_of(MARKET_ESYNTAX), MARKET_CLASS_CALLER);
	CHECK_INT(market_error_class_of(MARKET_ESTATE), MARKET_CLASS_STATE);
	CHECK_INT(market_error_class_of(MARKET_EKEYREUSED), MARKET_CLASS_CONFLICT);
	CHECK_INT(market_error_class_of(MARKET_EBUSY), MARKET_CLASS_TRANSIENT);
	CHECK_INT(market_error_class_of(MARKET_EINTERNAL), MARKET_CLASS_FATAL);
	CHECK_TEXT(market_error_class_name(MARKET_CLASS_CALLER), "caller");
	CHECK_TEXT(market_error_class_name(MARKET_CLASS_STATE), "state");
	CHECK_TEXT(market_error_class_name(MARKET_CLASS_CONFLICT), "conflict");
	CHECK_TEXT(market_error_class_name(MARKET_CLASS_TRANSIENT), "transient");
	CHECK_TEXT(market_error_class_name(MARKET_CLASS_FATAL), "fatal");
	CU_ASSERT_PTR_NULL(market_error_class_name(0));
	CU_ASSERT_PTR_NULL(market_error_class_name(6));
	for (code = -100; code < 0; code++) {
		int other;

		if (!market_error_name(code))
			continue;
		known++;
		CU_ASSERT(market_error_class_of(code) >= 1 && market_error_class_of(code) <= 5);
		CU_ASSERT_PTR_NOT_NULL(market_error_summary(code));
		for (other = -100; other < code; other++)
			CU_ASSERT_FALSE(mk_text_equal(market_error_name(code), market_error_name(other)));
	}
#define X(name, number, klass, text, summary) known--;
	MARKET_ERROR_LIST(X)
#undef X
	CHECK_INT(known, 0);
}

static void error_is_filled_and_cleared(void)
{
	market_error err;

	memset(&err, 0x55, sizeof(err));
	CHECK_INT(mk_error_set(&err, MARKET_ESTATE, "order %s is %s", "ord_1", "closed"),
	          MARKET_ESTATE);
	CHECK_INT(err.code, MARKET_ESTATE);
	CHECK_INT(err.error_class, MARKET_CLASS_STATE);
	CHECK_TEXT(err.message, "order ord_1 is closed");
	CHECK_TEXT(err.detail, "");
	CHECK_TEXT(err.hint, "");
	CHECK_TEXT(err.field, "");
	CHECK_TEXT(err.object, "");
	CHECK_INT(mk_error_detail(&err, MARKET_ESTATE, "It was closed on day %d.", 3), MARKET_ESTATE);
	CHECK_INT(mk_error_hint(&err, MARKET_ESTATE, "Place it again."), MARKET_ESTATE);
	CHECK_INT(mk_error_field(&err, MARKET_ESTATE, "items[%d]", 2), MARKET_ESTATE);
	CHECK_INT(mk_error_object(&err, MARKET_ESTATE, MARKET_ID_ORDER, (market_id){33, 33}),
	          MARKET_ESTATE);
	CHECK_TEXT(err.message, "order ord_1 is closed");
	CHECK_TEXT(err.detail, "It was closed on day 3.");
	CHECK_TEXT(err.hint, "Place it again.");
	CHECK_TEXT(err.field, "items[2]");
	CHECK_TEXT(err.object, "ord_11");
	CHECK_INT(mk_error_set(&err, MARKET_EIO, "%s again", err.message), MARKET_EIO);
	CHECK_TEXT(err.message, "order ord_1 is closed again");
	CHECK_TEXT(err.detail, "");
	CHECK_INT(mk_error_no_memory(&err), MARKET_ENOMEM);
	CHECK_INT(err.error_class, MARKET_CLASS_TRANSIENT);
	mk_error_clear(&err);
	CHECK_INT(err.code, 0);
	CHECK_TEXT(err.message, "");
	/* what isn't an error, but runs the transaction again, is no success */
	CHECK_INT(mk_error_field(&err, 1, "buyer"), 1);
}

static void error_lists_what_fits(void)
{
	static const char *const few[] = {"order: 2", "hold: escrow 1.00 BRL"};
	const char *many[50];
	market_error err;

	for (size_t i = 0; i < 50; i++)
		many[i] = "a text of twenty char";
	mk_error_set(&err, MARKET_EOBSTACLE, "x");
	CHECK_INT(mk_error_detail_list(&err, MARKET_EOBSTACLE, few, 2), MARKET_EOBSTACLE);
	CHECK_TEXT(err.detail, "order: 2; hold: escrow 1.00 BRL.");
	mk_error_detail_list(&err, MARKET_EOBSTACLE, many, 50);
	CU_ASSERT(strlen(err.detail) < sizeof(err.detail));
	CHECK_TEXT(strrchr(err.detail, ';'), "; and 26 more.");
	CHECK_INT(mk_error_detail_list(NULL, MARKET_EOBSTACLE, few, 2), MARKET_EOBSTACLE);
}

static void error_may_be_absent(void)
{
	CHECK_INT(mk_error_set(NULL, MARKET_EIO, "x"), MARKET_EIO);
	CHECK_INT(mk_error_detail(NULL, MARKET_EIO, "x"), MARKET_EIO);
	CHECK_INT(mk_error_hint(NULL, MARKET_EIO, "x"), MARKET_EIO);
	CHECK_INT(mk_error_field(NULL, MARKET_EIO, "x"), MARKET_EIO);
	CHECK_INT(mk_error_object(NULL, MARKET_EIO, MARKET_ID_ORDER, (market_id){1, 1}), MARKET_EIO);
	CHECK_INT(mk_error_at(NULL, MARKET_EMISSING, "a", "x"), MARKET_EMISSING);
	CHECK_INT(mk_error_no_memory(NULL), MARKET_ENOMEM);
	mk_error_prefix(NULL, "a");
	mk_error_clear(NULL);
}

static void error_field_paths_grow_outward(void)
{
	market_error err;
	int i;

	CHECK_INT(mk_error_at(&err, MARKET_ETYPE, "quantity", "%s isn't a number", "x"), MARKET_ETYPE);
	CHECK_TEXT(err.message, "x isn't a number");
	CHECK_TEXT(err.field, "quantity");
	mk_error_prefix(&err, "items[%d]", 3);
	CHECK_TEXT(err.field, "items[3].quantity");
	mk_error_prefix(&err, "order");
	CHECK_TEXT(err.field, "order.items[3].quantity");
	CHECK_INT(mk_error_at(&err, MARKET_ETYPE, "[4]", "x"), MARKET_ETYPE);
	mk_error_prefix(&err, "items");
	CHECK_TEXT(err.field, "items[4]");
	CHECK_INT(mk_error_at(&err, MARKET_ETYPE, NULL, "x"), MARKET_ETYPE);
	mk_error_prefix(&err, "items");
	CHECK_TEXT(err.field, "items");
	for (i = 0; i < 100; i++)
		mk_error_prefix(&err, "outer");
	CHECK_INT(strlen(err.field), sizeof(err.field) - 1);
	CHECK_INT(err.code, MARKET_ETYPE);
}

static void error_texts_are_cut_between_characters(void)
{
	market_error err;
	char word[700];
	size_t i;

	/* 198 letters and one of two, three or four bytes, of which one fits. */
	for (i = 2; i <= 4; i++) {
		static const char *const characters[] = {"", "", "\xC3\xA9", "\xE4\xB8\xAD",
		                                         "\xF0\x9F\x98\x80"};

		memset(word, 'a', 198);
		strcpy(word + 198, characters[i]);
		(void)mk_error_set(&err, MARKET_EIO, "%s", word);
		CHECK_INT(strlen(err.message), 198);
	}
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	(void)mk_error_set(&err, MARKET_EIO, "%s", word);
	CHECK_INT(strlen(err.message), sizeof(err.message) - 1);
	(void)mk_error_detail(&err, MARKET_EIO, "%s", word);
	CHECK_INT(strlen(err.detail), sizeof(err.detail) - 1);
	word[sizeof(err.message) - 3] = '\xC3';
	word[sizeof(err.message) - 2] = '\xA9';
	(void)mk_error_set(&err, MARKET_EIO, "%s", word);
	CHECK_INT(strlen(err.message), sizeof(err.message) - 1);
}

void suite_base(void)
{
	CU_pSuite s = test_suite("base");

	CU_add_test(s, "an arena aligns to 16 bytes and keeps contents",
	            arena_aligns_and_keeps_contents);
	CU_add_test(s, "an arena keeps its first block over resets", arena_keeps_its_first_block);
	CU_add_test(s, "an arena gives large requests their own block",
	            arena_gives_large_requests_their_own_block);
	CU_add_test(s, "an arena remembers a failure until its reset", arena_failure_is_sticky);
	CU_add_test(s, "an arena copies and formats", arena_copies_and_formats);
	CU_add_test(s, "the allocator's functions are used as promised", allocator_answers_as_promised);
	CU_add_test(s, "each error has a name, a class and a summary", error_names_and_classes);
	CU_add_test(s, "an error is filled and cleared", error_is_filled_and_cleared);
	CU_add_test(s, "an error lists what fits", error_lists_what_fits);
	CU_add_test(s, "an error may be absent", error_may_be_absent);
	CU_add_test(s, "an error's field path grows outward", error_field_paths_grow_outward);
	CU_add_test(s, "an error's texts are cut between characters",
	            error_texts_are_cut_between_characters);
}
