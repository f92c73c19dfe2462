/* Patterns are tried together first: most texts have none of them, and one search says so. Only
 * where that finds something is each tried by itself, so that none hides another's hits. */
#include "libmarket/rule/internal.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#define MATCH_LIMIT 10000 /* backtracks from one place of the text */
#define DEPTH_LIMIT 1000
#define HEAP_LIMIT 1024 /* KiB */
#define TOGETHER 64     /* patterns in one */
#define OPTIONS \
	(PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY)

typedef struct one {
	pcre2_code *code;
	const char *text;
	uint32_t rule;
	bool joined;
	bool alone; /* can't be tried together with others */
} one;

typedef struct many {
	pcre2_code *code; /* NULL: none could be made, each is tried */
	size_t from, to;  /* in the list */
} many;

struct mk_patterns {
	mk_arena arena;
	pcre2_general_context *memory;
	pcre2_compile_context *compile;
	one *list; /* those of one view together, those alone behind */
	size_t count, room;
	many *groups;
	size_t n_groups;
};

static pcre2_code *compile(mk_patterns *patterns, const char *text, size_t size, market_error *err,
                           int *rc);
static int refused(const char *text, int code, size_t at, market_error *err);
static bool can_join(const char *pattern);
static int order(one *list, size_t count, mk_arena *arena);
static int together(mk_patterns *patterns, many *group);
static int search_group(const many *group, const mk_patterns *patterns,
                        const mk_pattern_search *search, pcre2_match_data *data,
                        pcre2_match_context *limits);
static int search_one(const one *pattern, const mk_pattern_search *search, pcre2_match_data *data,
                      pcre2_match_context *limits);
static int match(const pcre2_code *code, const mk_pattern_search *search, size_t from,
                 pcre2_match_data *data, pcre2_match_context *limits);
static pcre2_match_context *limits_of(pcre2_general_context *memory);
static void *get(PCRE2_SIZE size, void *data);
static void *get_from_arena(PCRE2_SIZE size, void *data);
static void release(void *block, void *data);
static void keep(void *block, void *data);

mk_patterns *mk_patterns_new(const market_allocator *allocator)
{
	mk_patterns *patterns = mk_allocate_zero(allocator, sizeof(*patterns));

	if (!patterns)
		return NULL;
	mk_arena_init(&patterns->arena, allocator);
	patterns->memory = pcre2_general_context_create(get, release, (void *)allocator);
	if (patterns->memory)
		patterns->compile = pcre2_compile_context_create(patterns->memory);
	if (!patterns->compile) {
		mk_patterns_free(patterns);
		return NULL;
	}
	return patterns;
}

void mk_patterns_free(mk_patterns *patterns)
{
	const market_allocator *allocator;

	if (!patterns)
		return;
	allocator = patterns->arena.allocator;
	for (size_t i = 0; i < patterns->count; i++)
		pcre2_code_free(patterns->list[i].code);
	for (size_t i = 0; i < patterns->n_groups; i++)
		pcre2_code_free(patterns->groups[i].code);
	pcre2_compile_context_free(patterns->compile);
	pcre2_general_context_free(patterns->memory);
	mk_arena_close(&patterns->arena);
	mk_release(allocator, patterns);
}

int mk_patterns_add(mk_patterns *patterns, const char *pattern, bool joined, uint32_t rule,
                    market_error *err)
{
	uint32_t backwards = 0;
	one *added;
	int rc = 0;

	if (patterns->count == patterns->room) {
		const size_t room = patterns->room > 0 ? 2 * patterns->room : 32;
		one *more = mk_arena_array(&patterns->arena, sizeof(*more), room);

		if (!more)
			return mk_error_no_memory(err);
		if (patterns->count > 0)
			memcpy(more, patterns->list, patterns->count * sizeof(*more));
		patterns->list = more;
		patterns->room = room;
	}
	added = &patterns->list[patterns->count];
	*added = (one){.rule = rule, .joined = joined};
	added->text = mk_arena_text(&patterns->arena, pattern);
	if (!added->text)
		return mk_error_no_memory(err);
	added->code = compile(patterns, pattern, strlen(pattern), err, &rc);
	if (!added->code)
		return rc;
	patterns->count++;
	pcre2_pattern_info(added->code, PCRE2_INFO_BACKREFMAX, &backwards);
	added->alone = backwards > 0 || !can_join(pattern);
	return 0;
}

int mk_patterns_ready(mk_patterns *patterns, market_error *err)
{
	size_t from = 0;

	patterns->groups = mk_arena_array(&patterns->arena, sizeof(many), patterns->count + 1);
	if (!patterns->groups || order(patterns->list, patterns->count, &patterns->arena) != 0)
		return mk_error_no_memory(err);
	while (from < patterns->count) {
		const one *first = &patterns->list[from];
		many *group = &patterns->groups[patterns->n_groups++];
		size_t to = from + 1;

		while (to < patterns->count && to - from < TOGETHER && !first->alone &&
		       !patterns->list[to].alone && patterns->list[to].joined == first->joined)
			to++;
		*group = (many){.from = from, .to = to};
		if (to - from > 1 && together(patterns, group) != 0)
			return mk_error_no_memory(err);
		from = to;
	}
	return 0;
}

bool mk_patterns_any(const mk_patterns *patterns, bool joined)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (patterns->list[i].joined == joined)
			return true;
	return false;
}

int mk_patterns_search(const mk_patterns *patterns, const mk_pattern_search *search,
                       market_error *err)
{
	pcre2_general_context *memory =
		pcre2_general_context_create(get_from_arena, keep, search->arena);
	pcre2_match_data *data = memory ? pcre2_match_data_create(1, memory) : NULL;
	pcre2_match_context *limits = memory ? limits_of(memory) : NULL;
	int rc = data && limits ? 0 : MARKET_ENOMEM;

	for (size_t i = 0; rc == 0 && i < patterns->n_groups; i++)
		if (patterns->list[patterns->groups[i].from].joined == search->joined)
			rc = search_group(&patterns->groups[i], patterns, search, data, limits);
	/* what the interpreter took is the arena's too: nothing is left to free */
	return rc == 0 ? 0 : mk_error_no_memory(err);
}

static pcre2_code *compile(mk_patterns *patterns, const char *text, size_t size, market_error *err,
                           int *rc)
{
	PCRE2_SIZE at = 0;
	int code = 0;
	pcre2_code *made =
		pcre2_compile((PCRE2_SPTR)text, size, OPTIONS, &code, &at, patterns->compile);

	if (!made) {
		*rc = code == PCRE2_ERROR_HEAP_FAILED ? mk_error_no_memory(err)
		                                      : refused(text, code, at, err);
		return NULL;
	}
	/* where there is no JIT, or no memory that may be executed, the interpreter does the same */
	(void)pcre2_jit_compile(made, PCRE2_JIT_COMPLETE);
	return made;
}

static int refused(const char *text, int code, size_t at, market_error *err)
{
	PCRE2_UCHAR message[120] = "";

	pcre2_get_error_message(code, message, sizeof(message));
	mk_error_set(err, MARKET_EPOLICY, "the pattern can't be used: %s", (const char *)message);
	return mk_error_detail(err, MARKET_EPOLICY, "It fails behind \"%.*s\".", at < 60 ? (int)at : 60,
	                       text);
}

/* Only what surely means the same in an alternative of a larger pattern. */
static bool can_join(const char *pattern)
{
	static const char *const groups[] = {":", "=", "!", "<=", "<!"};

	if (strstr(pattern, "(*") || strstr(pattern, "\\Q") || strstr(pattern, "\\g") ||
	    strstr(pattern, "\\k") || strstr(pattern, "\\K") || strstr(pattern, "\\G"))
		return false;
	for (const char *at = pattern; (at = strstr(at, "(?")) != NULL; at += 2) {
		bool known = false;

		for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
			known = known || strncmp(at + 2, groups[i], strlen(groups[i])) == 0;
		if (!known)
			return false;
	}
	return true;
}

/* By view, those alone last; else as they were. */
static int order(one *list, size_t count, mk_arena *arena)
{
	one *sorted = mk_arena_array(arena, sizeof(*sorted), count + 1);
	size_t used = 0;

	if (!sorted)
		return MARKET_ENOMEM;
	for (int pass = 0; pass < 4; pass++)
		for (size_t i = 0; i < count; i++)
			if (list[i].joined == (pass & 1) && list[i].alone == (pass >> 1))
				sorted[used++] = list[i];
	if (count > 0)
		memcpy(list, sorted, count * sizeof(*list));
	return 0;
}

static int together(mk_patterns *patterns, many *group)
{
	mk_text text;
	int rc = 0;

	mk_text_init(&text, patterns->arena.allocator, TOGETHER * (MK_MAX_PATTERN + 8));
	for (size_t i = group->from; i < group->to; i++)
		mk_text_join(&text,
		             MK_TEXTS(i > group->from ? "|(?:" : "(?:", patterns->list[i].text, ")"));
	if (text.failed)
		rc = MARKET_ENOMEM;
	else
		group->code = compile(patterns, text.data, text.size, NULL, &rc);
	mk_text_close(&text);
	return rc == MARKET_ENOMEM ? rc : 0;
}

static int search_group(const many *group, const mk_patterns *patterns,
                        const mk_pattern_search *search, pcre2_match_data *data,
                        pcre2_match_context *limits)
{
	int rc = 0;

	if (group->code && match(group->code, search, 0, data, limits) == PCRE2_ERROR_NOMATCH)
		return 0;
	for (size_t i = group->from; rc == 0 && i < group->to; i++)
		if (search->wanted(patterns->list[i].rule, search->data))
			rc = search_one(&patterns->list[i], search, data, limits);
	return rc;
}

static int search_one(const one *pattern, const mk_pattern_search *search, pcre2_match_data *data,
                      pcre2_match_context *limits)
{
	size_t from = 0;

	for (int hits = 0; hits <= MK_MAX_FINDINGS; hits++) {
		const int rc = match(pattern->code, search, from, data, limits);
		const PCRE2_SIZE *place = pcre2_get_ovector_pointer(data);
		mk_pattern_hit hit = {.rule = pattern->rule};

		if (rc == PCRE2_ERROR_NOMATCH)
			return 0;
		if (rc == PCRE2_ERROR_NOMEMORY)
			return MARKET_ENOMEM;
		/* \K may put the beginning behind the end */
		hit.bounded = rc < 0 || place[0] > place[1];
		if (!hit.bounded) {
			hit.from = place[0];
			hit.to = place[1];
		}
		if (!search->hit(&hit, search->data))
			return MARKET_ENOMEM;
		if (hit.bounded || place[1] <= from)
			return 0;
		from = place[1];
	}
	return 0;
}

static int match(const pcre2_code *code, const mk_pattern_search *search, size_t from,
                 pcre2_match_data *data, pcre2_match_context *limits)
{
	return pcre2_match(code, (PCRE2_SPTR)search->text, search->size, from,
	                   PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK, data, limits);
}

static pcre2_match_context *limits_of(pcre2_general_context *memory)
{
	pcre2_match_context *limits = pcre2_match_context_create(memory);

	if (!limits)
		return NULL;
	pcre2_set_match_limit(limits, MATCH_LIMIT);
	pcre2_set_depth_limit(limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(limits, HEAP_LIMIT);
	return limits;
}

static void *get(PCRE2_SIZE size, void *data)
{
	return mk_allocate(data, size);
}

static void *get_from_arena(PCRE2_SIZE size, void *data)
{
	return mk_arena_get(data, size);
}

static void release(void *block, void *data)
{
	mk_release(data, block);
}

static void keep(void *block, void *data)
{
	(void)block;
	(void)data;
}
