/* Copies and the canonical form of records. */
#include "libmarket/record/record.h"

#include <stdlib.h>
#include <string.h>

#include "libmarket/base/money.h"
#include "tests/unit/record_sample.h"
#include "tests/unit/test.h"

void suite_record_copy(void);

static mk_arena arena;
static sample *s;
static market_error err;

static void set_up(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
	s = full_sample(&arena);
	memset(&err, 0, sizeof(err));
}

static void tear_down(void)
{
	mk_arena_close(&arena);
}

static char *text_of(char c, size_t size)
{
	char *text = mk_arena_get(&arena, size + 1);

	memset(text, c, size);
	text[size] = '\0';
	return text;
}

static void canonical(const mk_record *record, const void *value, mk_text *out)
{
	mk_text_init(out, &mk_allocator_default, SIZE_MAX / 8);
	mk_record_canonical(record, value, out);
	CU_ASSERT_FALSE(out->failed);
}

static bool same_canonical(const mk_record *one, const void *a, const mk_record *other,
                           const void *b)
{
	mk_text left, right;
	bool same;

	canonical(one, a, &left);
	canonical(other, b, &right);
	same = left.size == right.size && memcmp(left.data, right.data, left.size) == 0;
	mk_text_close(&left);
	mk_text_close(&right);
	return same;
}

static size_t allocations, allocations_left;

static void *failing_allocate(size_t size, void *user_data)
{
	(void)user_data;
	allocations++;
	if (allocations_left == 0)
		return NULL;
	allocations_left--;
	return malloc(size);
}

static void *failing_reallocate(void *block, size_t size, void *user_data)
{
	(void)user_data;
	allocations++;
	if (allocations_left == 0)
		return NULL;
	allocations_left--;
	return realloc(block, size);
}

static void failing_release(void *block, void *user_data)
{
	(void)user_data;
	free(block);
}

static const market_allocator failing = {failing_allocate, failing_reallocate, failing_release,
                                         NULL};

static void packed_is_deep(void)
{
	mk_arena other;
	void *packed = NULL;
	const sample *p;

	mk_arena_init(&other, &mk_allocator_default);
	CHECK_OK_FATAL(mk_record_pack(&sample_record, mk_record_clone(&sample_record, s, &other),
	                              &mk_allocator_default, &packed, &err));
	mk_arena_close(&other);
	p = packed;
	CU_ASSERT_TRUE(same_canonical(&sample_record, p, &sample_record, s));
	CU_ASSERT_PTR_NOT_EQUAL(p->key, s->key);
	CHECK_TEXT(p->key, "key-1");
	CU_ASSERT_PTR_NOT_EQUAL(p->name, s->name);
	CU_ASSERT_PTR_NOT_EQUAL(p->limit, s->limit);
	CU_ASSERT_PTR_NOT_EQUAL(p->blob.data, s->blob.data);
	CU_ASSERT_PTR_NOT_EQUAL(p->inner->inner, s->inner->inner);
	CU_ASSERT_PTR_NOT_EQUAL(p->lines[1]->note, s->lines[1]->note);
	CU_ASSERT_PTR_NOT_EQUAL(p->codes[1], s->codes[1]);
	CU_ASSERT_PTR_NOT_EQUAL(p->metadata[0]->name, s->metadata[0]->name);
	mk_record_free(packed);
	mk_record_free(NULL);
}

static void pack_is_one_allocation(void)
{
	market_allocator gone = failing;
	void *packed = NULL;

	allocations = 0;
	allocations_left = 1;
	CHECK_OK_FATAL(mk_record_pack(&sample_record, s, &gone, &packed, &err));
	CHECK_INT(allocations, 1);
	memset(&gone, 0, sizeof(gone)); /* the market was closed before */
	CHECK_TEXT(((const sample *)packed)->name, "Ana");
	mk_record_free(packed);
}

static void pack_without_memory(void)
{
	void *packed = s;

	allocations_left = 0;
	CHECK_ERROR(mk_record_pack(&sample_record, s, &failing, &packed, &err), MARKET_ENOMEM, "");
	CU_ASSERT_PTR_EQUAL(packed, s);
}

static void empty_lists_are_kept(void)
{
	void *packed = NULL;
	const sample *p;

	s = small_sample(&arena);
	s->codes = (const char *const *)s;
	CHECK_OK_FATAL(mk_record_pack(&sample_record, s, &mk_allocator_default, &packed, &err));
	p = packed;
	CU_ASSERT_PTR_NOT_NULL(p->codes);
	CU_ASSERT_PTR_NOT_EQUAL(p->codes, s->codes);
	CHECK_INT(p->n_codes, 0);
	CU_ASSERT_PTR_NULL(p->lines);
	mk_record_free(packed);
}

static void canonical_without_table_order(void)
{
	CU_ASSERT_TRUE(same_canonical(&sample_record, s, &sample_backwards_record, s));
	s = small_sample(&arena);
	CU_ASSERT_TRUE(same_canonical(&sample_record, s, &sample_backwards_record, s));
}

static void canonical_without_absent_fields(void)
{
	static mk_field few[2];
	mk_record older = sample_record;

	s = small_sample(&arena);
	few[0] = *mk_record_field(&sample_record, "name", 4);
	few[1] = *mk_record_field(&sample_record, "count", 5);
	older.fields = few;
	older.n_fields = 2;
	CU_ASSERT_TRUE(same_canonical(&sample_record, s, &older, s));
	s->flag = true;
	CU_ASSERT_FALSE(same_canonical(&sample_record, s, &older, s));
}

static void canonical_without_key_and_order_of_pairs(void)
{
	const market_pair *turned[] = {s->metadata[1], s->metadata[0]};
	sample other = *s;

	other.key = "another";
	other.metadata = turned;
	CU_ASSERT_TRUE(same_canonical(&sample_record, s, &sample_record, &other));
}

static void canonical_changes_with_each_field(void)
{
	for (size_t i = 0; i < sample_record.n_fields; i++) {
		const mk_field *field = &sample_record.fields[i];
		sample other = *s;
		char *member = (char *)&other + field->offset;

		if (field->flags & MK_INTERNAL)
			other.internal = 5;
		else if (field->flags & MK_OPTIONAL)
			*(void **)member = NULL;
		else if (field->kind == MK_BOOL)
			other.flag = false;
		else if (field->kind == MK_ENUM)
			other.state = 0;
		else
			memset(member, 0, 8); /* a pointer or a number */
		if (field->kind == MK_MONEY && !(field->flags & MK_OPTIONAL))
			other.price = mk_money(1235, "BRL");
		if (field->kind == MK_ID)
			((market_id *)member)->book = 6;
		CHECK_TEXT(same_canonical(&sample_record, s, &sample_record, &other) ? field->name : "",
		           "");
	}
	CU_ASSERT(sample_record.n_fields > 20);
}

static void canonical_keeps_neighbours_apart(void)
{
	const char *one[] = {"ab", "c"};
	const char *other[] = {"a", "bc"};
	sample copy = *s;

	s->codes = one;
	copy.codes = other;
	CU_ASSERT_FALSE(same_canonical(&sample_record, s, &sample_record, &copy));
	copy = *s;
	copy.name = NULL;
	copy.secret = s->name;
	s->secret = NULL;
	CU_ASSERT_FALSE(same_canonical(&sample_record, s, &sample_record, &copy));
}

static void canonical_bytes(void)
{
	static const char expected[] = "\005count\001\0\0\0\0\0\0\0\003\004name\007\0\0\0\003Ana";
	mk_text out;

	s = small_sample(&arena);
	canonical(&sample_record, s, &out);
	CHECK_INT(out.size, sizeof(expected));
	CU_ASSERT_EQUAL(memcmp(out.data, expected, sizeof(expected)), 0);
	mk_text_close(&out);
}

static void canonical_of_long_texts(void)
{
	mk_text out;

	s->note = text_of('n', 100000);
	canonical(&sample_record, s, &out);
	CU_ASSERT(out.size > 100000);
	mk_text_close(&out);
	mk_text_init(&out, &mk_allocator_default, 1000);
	mk_record_canonical(&sample_record, s, &out);
	CU_ASSERT_TRUE(out.failed);
	mk_text_close(&out);
}

void suite_record_copy(void)
{
	CU_pSuite suite = test_suite_with("record copy", set_up, tear_down);

	CU_add_test(suite, "a packed record shares nothing with its source", packed_is_deep);
	CU_add_test(suite, "packing allocates once and outlives its market", pack_is_one_allocation);
	CU_add_test(suite, "packing without memory says so", pack_without_memory);
	CU_add_test(suite, "an empty list isn't an absent one in a copy", empty_lists_are_kept);
	CU_add_test(suite, "the canonical form doesn't depend on table order",
	            canonical_without_table_order);
	CU_add_test(suite, "the canonical form doesn't depend on fields that are absent",
	            canonical_without_absent_fields);
	CU_add_test(suite, "the canonical form has no key and no order of pairs",
	            canonical_without_key_and_order_of_pairs);
	CU_add_test(suite, "the canonical form changes with each field",
	            canonical_changes_with_each_field);
	CU_add_test(suite, "the canonical form keeps neighbouring texts apart",
	            canonical_keeps_neighbours_apart);
	CU_add_test(suite, "the canonical form's bytes are as documented", canonical_bytes);
	CU_add_test(suite, "the canonical form of long texts, within its limit",
	            canonical_of_long_texts);
}
