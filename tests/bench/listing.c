/* Texts of listings against 500 terms, normalised first, and the same terms as one flat alternation
 * of PCRE2 with JIT, which sees the texts as they are; and grouped behind their first characters.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/rule/set.h"
#include "tests/bench/bench.h"

#define TERMS 500
#define TEXTS 1000
#define BYTES 300

typedef struct corpus {
	char terms[TERMS][40];
	char texts[TEXTS][BYTES + 1];
	bench_random random;
} corpus;

typedef struct library {
	const corpus *corpus;
	mk_rule_set *set;
	mk_arena arena;
	int64_t at, hits;
} library;

typedef struct plain {
	const corpus *corpus;
	pcre2_code *code;
	pcre2_match_data *data;
	int64_t at, hits;
} plain;

static void listing(const bench_options *options);
static void make_corpus(corpus *c, uint64_t seed);
static size_t put_letter(char *out, corpus *c);
static void open_library(library *l, const corpus *c);
static void open_flat(plain *p, const corpus *c);
static void open_grouped(plain *p, const corpus *c);
static void open_plain(plain *p, const corpus *c, const char *pattern, size_t size);
static void close_plain(plain *p);
static void search_library(void *data, int64_t count, bench_side *side);
static void search_plain(void *data, int64_t count, bench_side *side);
static void report(const bench_side *value, const bench_side *ceiling, int64_t hits);
static int by_text(const void *left, const void *right);

const bench bench_listing = {
	.name = "listing.check",
	.summary = "texts against 500 terms, normalised, against one flat alternation with JIT",
	.run = listing,
};

static void listing(const bench_options *options)
{
	static corpus c;
	library l;
	plain flat, grouped;
	bench_side ours = {.name = "library", .run = search_library, .data = &l},
			   flat_side = {.name = "flat", .run = search_plain, .data = &flat},
			   grouped_side = {.name = "grouped", .run = search_plain, .data = &grouped};
	bench_side *const sides[] = {&ours, &flat_side, &grouped_side};
	const int64_t count = options->count ? options->count : 60000;

	make_corpus(&c, options->seed);
	open_library(&l, &c);
	open_flat(&flat, &c);
	open_grouped(&grouped, &c);
	bench_compare(sides, 3, count, options->slice ? options->slice : count / 20);
	report(&ours, &flat_side, flat.hits);
	bench_int("hits", l.hits);
	bench_line_end();
	report(&ours, &grouped_side, grouped.hits);
	bench_int("hits", l.hits);
	bench_line_end();
	bench_side_close(&ours);
	bench_side_close(&flat_side);
	bench_side_close(&grouped_side);
	close_plain(&flat);
	close_plain(&grouped);
	mk_rule_set_free(l.set);
	mk_arena_close(&l.arena);
}

/* Terms of 2 to 5 Chinese characters, every tenth a word of Latin. A text in four has one. */
static void make_corpus(corpus *c, uint64_t seed)
{
	c->random.state = seed;
	for (int i = 0; i < TERMS; i++) {
		size_t used = 0;
		const uint64_t letters = 2 + bench_next(&c->random, 4);

		for (uint64_t k = 0; k < letters; k++)
			used += i % 10 == 9 ? (size_t)sprintf(c->terms[i] + used, "%c%c",
			                                      (int)('a' + bench_next(&c->random, 26)),
			                                      (int)('a' + bench_next(&c->random, 26)))
			                    : put_letter(c->terms[i] + used, c);
	}
	for (int i = 0; i < TEXTS; i++) {
		size_t used = 0;
		const char *term = i % 4 == 0 ? c->terms[bench_next(&c->random, TERMS)] : "";

		while (used < BYTES - 50) {
			const uint64_t what = bench_next(&c->random, 20);

			if (what < 14)
				used += put_letter(c->texts[i] + used, c);
			else if (what < 18)
				used += (size_t)sprintf(c->texts[i] + used, " %c%c%c ",
				                        (int)('a' + bench_next(&c->random, 26)),
				                        (int)('a' + bench_next(&c->random, 26)),
				                        (int)('0' + bench_next(&c->random, 10)));
			else
				used += (size_t)sprintf(c->texts[i] + used, what == 18 ? "，" : "Ａ");
		}
		used += (size_t)sprintf(c->texts[i] + used, "，%s。", term);
		while (used + 3 <= BYTES)
			used += put_letter(c->texts[i] + used, c);
	}
}

/* One of the 2,000 first characters of the block of common Chinese ones. */
static size_t put_letter(char *out, corpus *c)
{
	const uint32_t code = 0x4E00 + (uint32_t)bench_next(&c->random, 2000);

	out[0] = (char)(0xE0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3F));
	out[2] = (char)(0x80 | (code & 0x3F));
	out[3] = '\0';
	return 3;
}

static void open_library(library *l, const corpus *c)
{
	static const char *terms[TERMS];
	static mk_text_rule rule = {
		.rule = {.id = "r", .severity = MARKET_SEVERITY_BLOCK}, .terms = terms, .n_terms = TERMS};
	static const mk_text_rule *const rules[] = {&rule};
	static const mk_rule_pack pack = {.name = "p", .rules = rules, .n_rules = 1};
	static const mk_rule_pack *const packs[] = {&pack};
	market_error err;

	for (int i = 0; i < TERMS; i++)
		terms[i] = c->terms[i];
	*l = (library){.corpus = c};
	mk_arena_init(&l->arena, &mk_allocator_default);
	bench_check(mk_rule_set_make(&mk_allocator_default, packs, 1, &l->set, &err), &err,
	            "the rule set");
}

static void open_flat(plain *p, const corpus *c)
{
	static char pattern[TERMS * 50];
	size_t used = 0;

	for (int i = 0; i < TERMS; i++)
		used += (size_t)sprintf(pattern + used, "%s%s", i > 0 ? "|" : "", c->terms[i]);
	open_plain(p, c, pattern, used);
}

/* "(?=[ab])(?:a(?:x|y)|b(?:z))": terms of one first character together, behind a look-ahead. */
static void open_grouped(plain *p, const corpus *c)
{
	static char pattern[TERMS * 60], firsts[TERMS * 4 + 1];
	const char *sorted[TERMS];
	size_t used = 0, last = 0;

	firsts[0] = '\0';
	for (int i = 0; i < TERMS; i++)
		sorted[i] = c->terms[i];
	qsort(sorted, TERMS, sizeof(*sorted), by_text);
	for (int i = 0; i < TERMS; i++)
		if (i == 0 || strncmp(sorted[i], sorted[i - 1], (sorted[i][0] & 0x80) ? 3 : 1) != 0)
			strncat(firsts, sorted[i], (sorted[i][0] & 0x80) ? 3 : 1);
	used += (size_t)sprintf(pattern, "(?=[%s])(?:", firsts);
	for (int i = 0; i < TERMS; i++) {
		const size_t size = (sorted[i][0] & 0x80) ? 3 : 1;

		if (i > 0 && size == last && strncmp(sorted[i], sorted[i - 1], size) == 0)
			used += (size_t)sprintf(pattern + used, "|%s", sorted[i] + size);
		else
			used += (size_t)sprintf(pattern + used, "%s%.*s(?:%s", i > 0 ? ")|" : "", (int)size,
			                        sorted[i], sorted[i] + size);
		last = size;
	}
	used += (size_t)sprintf(pattern + used, "))");
	open_plain(p, c, pattern, used);
}

static void open_plain(plain *p, const corpus *c, const char *pattern, size_t size)
{
	int code;
	PCRE2_SIZE at;

	*p = (plain){.corpus = c};
	p->code = pcre2_compile((PCRE2_SPTR)pattern, size, PCRE2_UTF, &code, &at, NULL);
	if (!p->code || pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) != 0)
		bench_die("the alternation doesn't compile");
	p->data = pcre2_match_data_create(1, NULL);
	if (!p->data)
		bench_die("no memory");
}

static void close_plain(plain *p)
{
	pcre2_match_data_free(p->data);
	pcre2_code_free(p->code);
}

static void search_library(void *data, int64_t count, bench_side *side)
{
	library *l = data;
	const int64_t wall = bench_now(), cpu = bench_cpu();
	market_error err;

	for (int64_t i = 0; i < count; i++) {
		const mk_rule_text text = {.field = "description",
		                           .text = l->corpus->texts[l->at++ % TEXTS]};
		mk_findings findings = {.arena = &l->arena};

		bench_check(mk_rule_set_search(l->set, &text, &findings, &err), &err, "a search");
		l->hits += (int64_t)findings.count;
		mk_arena_reset(&l->arena);
	}
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

static void search_plain(void *data, int64_t count, bench_side *side)
{
	plain *p = data;
	const int64_t wall = bench_now(), cpu = bench_cpu();

	for (int64_t i = 0; i < count; i++) {
		const char *text = p->corpus->texts[p->at++ % TEXTS];
		const size_t size = strlen(text);
		size_t from = 0;

		while (pcre2_match(p->code, (PCRE2_SPTR)text, size, from, PCRE2_NO_UTF_CHECK, p->data,
		                   NULL) > 0) {
			p->hits++;
			from = pcre2_get_ovector_pointer(p->data)[1];
		}
	}
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

static void report(const bench_side *value, const bench_side *ceiling, int64_t hits)
{
	bench_report("listing.check", "texts/s", value, ceiling);
	bench_int("terms", TERMS);
	bench_int("text_bytes", BYTES);
	bench_int("ceiling_hits", hits);
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}
