/* A pack of rules: read or refused with places; what is read searches a text. And a text: folded as
 * the Unicode library folds it, each character within the text. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "libmarket/rule/set.h"
#include "tests/fuzz/fuzz.h"

static void search(const mk_rule_pack *pack, mk_arena *arena);

void fuzz_rules(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	mk_yaml *yaml = calloc(1, sizeof(*yaml));
	const mk_rule_pack *pack = NULL;
	mk_arena arena;
	market_error err;
	int rc;

	mk_arena_init(&arena, &mk_allocator_default);
	fuzz_check(yaml != NULL, "no memory");
	yaml->arena = &arena;
	rc = mk_rule_pack_read(text, size, yaml, &pack, &err);
	fuzz_check(rc == 0 || (rc == MARKET_EPOLICY && err.message[0]), "%s: %s", market_error_name(rc),
	           err.message);
	for (size_t i = 0; i < yaml->n_errors; i++)
		fuzz_check(yaml->errors[i].line > 0 && yaml->errors[i].column > 0 &&
		               yaml->errors[i].message[0],
		           "error %zu has no place", i);
	if (rc == 0)
		search(pack, &arena);
	mk_arena_close(&arena);
	free(yaml);
	free(text);
}

/* In its own examples, and each finding lies in its text. */
static void search(const mk_rule_pack *pack, mk_arena *arena)
{
	mk_rule_set *set = NULL;
	market_error err;

	fuzz_check(mk_rule_set_make(&mk_allocator_default, &pack, 1, &set, &err) == 0, "%s",
	           err.message);
	for (size_t i = 0; i < pack->n_rules && i < 4; i++)
		for (size_t k = 0; k < pack->rules[i]->n_match && k < 4; k++) {
			const mk_rule_text text = {.field = "title", .text = pack->rules[i]->match[k]};
			mk_findings findings = {.arena = arena};

			fuzz_check(mk_rule_set_search(set, &text, &findings, &err) == 0, "%s", err.message);
			for (size_t f = 0; f < findings.count; f++)
				fuzz_check(
					findings.list[f]->offset >= 0 &&
						findings.list[f]->offset + findings.list[f]->length <=
							(int64_t)strlen(text.text) &&
						(!findings.list[f]->found ||
				         mk_utf8_valid(findings.list[f]->found, (size_t)findings.list[f]->length)),
					"a finding lies outside of its text");
		}
	mk_rule_set_free(set);
}

void fuzz_fold(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	utf8proc_uint8_t *whole;
	mk_arena arena;
	mk_folded folded;
	char *view;
	size_t length = 0;

	size = strlen(text);
	if (!mk_utf8_valid(text, size)) {
		free(text);
		return;
	}
	mk_arena_init(&arena, &mk_allocator_default);
	fuzz_check(mk_fold(text, size, &arena, &folded), "no memory");
	view = mk_fold_encode(&folded, false, &arena, &length);
	whole = utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)text);
	fuzz_check(folded.cut || (strlen((char *)whole) == length && memcmp(whole, view, length) == 0),
	           "another form than the library's");
	for (size_t i = 0; i < folded.n_chars; i++)
		fuzz_check(folded.chars[i].from < folded.chars[i].to && folded.chars[i].to <= size,
		           "character %zu lies outside", i);
	free(whole);
	mk_arena_close(&arena);
	free(text);
}
