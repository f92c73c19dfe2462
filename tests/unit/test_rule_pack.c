/* Rule packs from YAML: what is wrong is pointed at. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/rule/set.h"
#include "tests/unit/test.h"

void suite_rule_pack(void);

static mk_arena arena;
static mk_yaml *yaml;

static void before(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
	yaml = MK_NEW(&arena, mk_yaml);
	yaml->arena = &arena;
}

static void after(void)
{
	mk_arena_close(&arena);
}

static void refused(const char *text, int line, int column, const char *message)
{
	const mk_rule_pack *pack = NULL;
	market_error err;

	CHECK_ERROR(mk_rule_pack_read(text, strlen(text), yaml, &pack, &err), MARKET_EPOLICY, NULL);
	CHECK_INT(yaml->n_errors, 1);
	CHECK_INT(yaml->errors[0].line, line);
	CHECK_INT(yaml->errors[0].column, column);
	if (!strstr(yaml->errors[0].message, message)) {
		CU_FAIL("another message");
		printf("%s instead of %s\n", yaml->errors[0].message, message);
	}
}

static void errors_have_their_place(void)
{
	refused("name: p\nrules:\n- {id: a, severity: block, terms: [ok, '100%']}\n", 3, 40,
	        "a sign begins or ends the term");
	refused("name: p\nrules:\n- {id: a, severity: block, terms: ['!!!']}\n", 3, 36,
	        "is a letter or digit");
	refused("name: p\nrules:\n- id: a\n  severity: block\n  patterns:\n  - 'a('\n", 6, 5,
	        "the pattern can't be used: missing closing parenthesis");
	refused("name: p\nrules:\n- {id: a, severity: block}\n", 3, 3, "looks for nothing");
	refused("name: p\nrules:\n- {id: a, severity: blok, terms: [x]}\n", 3, 21, "severity");
	refused("name: p\nrules:\n- {id: a, severity: note, terms: [x]}\n"
	        "- {id: a, severity: note, terms: [y]}\n",
	        4, 8, "rule a stands twice");
	refused("name: p\nprices:\n- {id: a, severity: note, minimum: 2.00 EUR, maximum: 1.00 EUR}\n",
	        3, 36, "above the maximum");
	refused("name: p\nprices:\n- {id: a, severity: note, minimum: 2.00 EUR, maximum: 1.00 USD}\n",
	        3, 55, "two currencies");
	refused("name: p\nlicences:\n- {id: a, severity: note, categories: [x]}\n", 3, 3,
	        "asks for nothing");
	refused("name: p\nlicences:\n- {id: a, severity: note, attribute: x, pattern: '['}\n", 3, 50,
	        "the pattern can't be used");
	refused("name: p\nstructure:\n- {id: a, severity: note}\n", 3, 3, "asks for nothing");
	refused("name: p\nstructure:\n- {id: a, severity: note, field: title}\n", 3, 34,
	        "has no bound");
	refused("name: p\nstructure:\n- {id: a, severity: note, field: title, minimum: 5, "
	        "maximum: 4}\n",
	        3, 50, "the minimum is above the maximum");
}

static void lengths_are_bounded(void)
{
	char text[2 * MK_MAX_PATTERN],
		*end = text + sprintf(text, "name: p\nrules:\n- {id: a, severity: "
	                                "note, patterns: [");
	const mk_rule_pack *pack = NULL;
	market_error err;

	memset(end, 'a', MK_MAX_PATTERN);
	strcpy(end + MK_MAX_PATTERN, "]}\n");
	CHECK_OK(mk_rule_pack_read(text, strlen(text), yaml, &pack, &err));
	strcpy(end + MK_MAX_PATTERN, "a]}\n");
	refused(text, 3, 38, "longer than 1000 bytes");
}

static void examples_are_tried(void)
{
	static const char text[] = "name: p\nrules:\n- id: a\n  severity: block\n  terms: [best]\n"
							   "  match: [the best, the worst]\n  pass: [the best, fine]\n";
	const mk_rule_pack *pack = NULL;
	market_error err;

	CHECK_OK_FATAL(mk_rule_pack_read(text, strlen(text), yaml, &pack, &err));
	CHECK_ERROR(mk_rule_pack_try(pack, yaml, &err), MARKET_EPOLICY, NULL);
	CHECK_INT(yaml->n_errors, 2);
	CHECK_INT(yaml->errors[0].line, 6);
	CHECK_INT(yaml->errors[0].column, 21);
	CHECK_INT(yaml->errors[1].line, 7);
	CHECK_INT(yaml->errors[1].column, 10);
}

/* The packs that are delivered: each rule has examples of both sorts, and they hold. */
static void delivered_packs_hold(void)
{
	char path[1200], *text = malloc(262144);
	DIR *folder;
	int packs = 0;

	snprintf(path, sizeof(path), "%s/examples/rules", test_source_dir());
	folder = opendir(path);
	CU_ASSERT_FATAL(folder != NULL && text != NULL);
	for (struct dirent *file; (file = readdir(folder)) != NULL;) {
		const mk_rule_pack *pack = NULL;
		market_error err;
		FILE *in;
		size_t size;

		if (!strstr(file->d_name, ".yaml"))
			continue;
		snprintf(path, sizeof(path), "%s/examples/rules/%s", test_source_dir(), file->d_name);
		in = fopen(path, "r");
		CU_ASSERT_FATAL(in != NULL);
		size = fread(text, 1, 262144, in);
		fclose(in);
		CHECK_OK(mk_rule_pack_read(text, size, yaml, &pack, &err));
		if (!pack)
			continue;
		CHECK_OK(mk_rule_pack_try(pack, yaml, &err));
		for (size_t i = 0; i < pack->n_rules; i++)
			CU_ASSERT(pack->rules[i]->n_match > 0 && pack->rules[i]->n_pass > 0);
		packs++;
	}
	closedir(folder);
	free(text);
	CU_ASSERT(packs >= 4);
}

void suite_rule_pack(void)
{
	CU_pSuite s = test_suite_with("rule_pack", before, after);

	CU_add_test(s, "CAT-4: what is wrong in a pack is told with its line and column",
	            errors_have_their_place);
	CU_add_test(s, "CAT-4: a pattern's length is bounded", lengths_are_bounded);
	CU_add_test(s, "CAT-4: a rule's examples are tried", examples_are_tried);
	CU_add_test(s, "CAT-4: the delivered packs find what they must and nothing else",
	            delivered_packs_hold);
}
