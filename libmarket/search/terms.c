#include "libmarket/search/terms.h"

#include <utf8proc.h>

#include "libmarket/rule/fold.h"

#define MOST_LETTERS 256 /* of a run */
#define WORD_LETTERS 40  /* of a word: the rest isn't looked at */
#define LONGEST 65536
#define MOST_PARTS 32
#define LETTER_SIZE 4

/* A run of letters of one kind, without accents. */
typedef struct run {
	uint32_t letters[MOST_LETTERS];
	size_t n;
	bool han;
} run;

static bool next_run(const mk_folded *folded, size_t *at, run *out);
static void take(run *out, const mk_fold_char *letter);
static void push(run *out, uint32_t letter);
static void write(mk_text *text, const run *run, size_t from, size_t count);
static void ask_run(mk_text *ask, mk_store_kind kind, const run *run, bool prefix);
static void ask_group(mk_text *ask, mk_store_kind kind, const mk_search_group *group);
static void ask_any(mk_text *ask, mk_store_kind kind, const mk_search_any *any);
static bool ends_with_star(const char *text);

bool mk_search_add(mk_arena *arena, const char *text, mk_search_words *words)
{
	mk_folded folded;
	size_t at = 0;
	run run = {.n = 0};

	if (!text)
		return true;
	if (!mk_fold(text, strlen(text), arena, &folded))
		return false;
	while (next_run(&folded, &at, &run)) {
		const size_t steps = run.han ? run.n : 1;

		for (size_t i = 0; i < steps && words->count < MK_SEARCH_MAX_WORDS; i++) {
			write(&words->text, &run, run.han ? i : 0, run.han ? 2 : run.n);
			mk_text_add_char(&words->text, ' ');
			words->count++;
		}
	}
	return true;
}

char *mk_search_ask(mk_arena *arena, mk_store_kind kind, const char *text,
                    const char *const *facets, size_t n_facets, const mk_search_group *group,
                    bool *too_many)
{
	const char *and = kind == MK_STORE_SQLITE ? " AND " : " & ";
	const bool star = text && ends_with_star(text);
	mk_folded folded = {.n_chars = 0};
	size_t at = 0, asked = 0;
	mk_text ask;
	run run = {.n = 0}, next = {.n = 0};
	char *out;

	*too_many = false;
	if (text && !mk_fold(text, strlen(text), arena, &folded))
		return NULL;
	mk_text_init(&ask, arena->allocator, LONGEST);
	for (bool more = next_run(&folded, &at, &run); more; run = next) {
		more = next_run(&folded, &at, &next);
		mk_text_add(&ask, asked == 0 ? (kind == MK_STORE_SQLITE ? "{words} : (" : "") : and);
		ask_run(&ask, kind, &run, star && !more);
		*too_many = ++asked > MK_SEARCH_MAX_ASKED;
	}
	if (asked > 0 && kind == MK_STORE_SQLITE)
		mk_text_add_char(&ask, ')');
	for (size_t i = 0; i < n_facets; i++) {
		if (asked + i > 0)
			mk_text_add(&ask, and);
		mk_text_join(&ask, kind == MK_STORE_SQLITE ? MK_TEXTS("{facets} : \"", facets[i], "\"")
		                                           : MK_TEXTS("'=", facets[i], "'"));
	}
	if (group) {
		if (ask.size > 0)
			mk_text_add(&ask, and);
		ask_group(&ask, kind, group);
	}
	out = ask.failed ? NULL : mk_arena_text_n(arena, ask.data ? ask.data : "", ask.size);
	mk_text_close(&ask);
	return out;
}

/* Signs and blanks end a run, marks don't. */
static bool next_run(const mk_folded *folded, size_t *at, run *out)
{
	uint32_t kind = 0;

	*out = (run){.n = 0};
	for (; *at < folded->n_chars; ++*at) {
		const mk_fold_char *letter = &folded->chars[*at];

		if (letter->kind == MK_FOLD_MARK)
			continue;
		if (letter->kind != MK_FOLD_WORD && letter->kind != MK_FOLD_HAN) {
			if (out->n > 0)
				break;
			continue;
		}
		if (out->n > 0 && letter->kind != kind)
			break;
		kind = letter->kind;
		out->han = kind == MK_FOLD_HAN;
		take(out, letter);
	}
	return out->n > 0;
}

static void take(run *out, const mk_fold_char *letter)
{
	utf8proc_int32_t parts[MOST_PARTS];
	utf8proc_ssize_t count;
	int unused = 0;

	if (out->han || letter->code < 0x80) {
		push(out, letter->code);
		return;
	}
	count = utf8proc_decompose_char((utf8proc_int32_t)letter->code, parts, MOST_PARTS,
	                                UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, &unused);
	for (utf8proc_ssize_t i = 0; i < count && i < MOST_PARTS; i++)
		push(out, (uint32_t)parts[i]);
}

/* Of ASCII letters and digits alone: nothing that a query could be written with. */
static void push(run *out, uint32_t letter)
{
	const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');

	if ((letter < 0x80 && !plain) || out->n == (out->han ? MOST_LETTERS : WORD_LETTERS))
		return;
	out->letters[out->n++] = letter;
}

static void write(mk_text *text, const run *run, size_t from, size_t count)
{
	for (size_t i = from; i < from + count && i < run->n; i++) {
		utf8proc_uint8_t bytes[LETTER_SIZE];
		const utf8proc_ssize_t size =
			utf8proc_encode_char((utf8proc_int32_t)run->letters[i], bytes);

		mk_text_add_n(text, bytes, (size_t)size);
	}
}

static void ask_run(mk_text *ask, mk_store_kind kind, const run *run, bool prefix)
{
	const bool sqlite = kind == MK_STORE_SQLITE;
	const size_t steps = run->han && run->n > 1 ? run->n - 1 : 1;

	/* the last letter of a run is a word, too: it is only asked for when it may begin one */
	prefix = prefix || (run->han && run->n == 1);
	if (sqlite)
		mk_text_add_char(ask, '"');
	for (size_t i = 0; i < steps; i++) {
		if (i > 0)
			mk_text_add(ask, sqlite ? " " : " <-> ");
		if (!sqlite)
			mk_text_add_char(ask, '\'');
		write(ask, run, i, run->han ? 2 : run->n);
		if (!sqlite)
			mk_text_add_char(ask, '\'');
	}
	mk_text_add(ask, sqlite ? "\"" : "");
	if (prefix)
		mk_text_add(ask, sqlite ? " *" : ":*");
}

/* No facet is called so: an index knows no way to ask for nothing. */
static const char *const nothing[] = {"nothing"};
static const mk_search_any no_word = {nothing, 1};
static const mk_search_case no_case = {&no_word, 1};

static void ask_group(mk_text *ask, mk_store_kind kind, const mk_search_group *group)
{
	const bool sqlite = kind == MK_STORE_SQLITE;
	const mk_search_case *cases = group->n > 0 ? group->cases : &no_case;
	const size_t n = group->n > 0 ? group->n : 1;

	mk_text_add(ask, sqlite ? "{facets} : (" : "(");
	for (size_t i = 0; i < n; i++) {
		mk_text_add(ask, i == 0 ? "(" : sqlite ? " OR (" : " | (");
		for (size_t k = 0; k < cases[i].n; k++) {
			mk_text_add(ask, k == 0 ? "(" : sqlite ? " AND (" : " & (");
			ask_any(ask, kind, &cases[i].all[k]);
			mk_text_add_char(ask, ')');
		}
		mk_text_add_char(ask, ')');
	}
	mk_text_add_char(ask, ')');
}

static void ask_any(mk_text *ask, mk_store_kind kind, const mk_search_any *any)
{
	const bool sqlite = kind == MK_STORE_SQLITE;

	for (size_t i = 0; i < any->n; i++) {
		if (i > 0)
			mk_text_add(ask, sqlite ? " OR " : " | ");
		mk_text_join(ask, sqlite ? MK_TEXTS("\"", any->words[i], "\"")
		                         : MK_TEXTS("'=", any->words[i], "'"));
	}
}

static bool ends_with_star(const char *text)
{
	size_t size = strlen(text);

	while (size > 0 && text[size - 1] == ' ')
		size--;
	return size > 1 && text[size - 1] == '*';
}
