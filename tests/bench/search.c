/* A search of two words with filters, first page, among 1,000,000 SKUs, against the bare query of
 * the same index: the same words, no filters, its row numbers alone, in their order. `passes` is
 * the share of the listings that the filters let pass: the library has to walk through so many
 * more. The listings are rows put in at once; the text index is made as the library makes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/search/search.h"
#include "libmarket/search/terms.h"
#include "tests/bench/shop.h"

enum { SELLERS = 100, VOCABULARY = 3000, ASKED = 200, CATEGORIES = 2, PAGE = 20, TITLE_WORDS = 6 };
#define LISTINGS 1000000
#define DEAREST 100000 /* minor units */
#define WIDE 90000
#define NARROW 20000

typedef struct words {
	char at[VOCABULARY][3 * 3 + 1];
	bench_random random;
} words;

typedef struct ours {
	words *words;
	market *market;
	market_session *session;
	market_id sellers[SELLERS], categories[CATEGORIES];
	market_error err;
	int64_t hits, listings, dearest;
} ours;

typedef struct bare {
	words *words;
	sqlite3 *db;
	sqlite3_stmt *query;
	int64_t hits;
} bare;

static void search(const bench_options *options);
static void compare(ours *o, bare *b, const bench_options *options, const char *name,
                    int64_t dearest);
static void make_words(words *w, uint64_t seed);
static const char *frequent(words *w);
static void open_market(ours *o, const char *path);
static void fill(ours *o, const char *path, int64_t count);
static void put_listing(ours *o, sqlite3_stmt *const statements[3], int64_t i, mk_arena *arena,
                        const char *const *facets);
static void bind(sqlite3_stmt *statement, const int64_t *numbers, int count);
static void step(sqlite3_stmt *statement);
static void ask_library(void *data, int64_t count, bench_side *side);
static void ask_bare(void *data, int64_t count, bench_side *side);

const bench bench_search = {
	.name = "search",
	.summary = "two words with filters among 1,000,000 SKUs, against the bare text index",
	.run = search,
};

/* `count` is of listings; 2,000 questions in turn. */
static void search(const bench_options *options)
{
	static words w, w2;
	const int64_t count = options->count ? options->count : LISTINGS;
	ours o = {.words = &w, .listings = count};
	bare b = {.words = &w2};
	char path[1100];

	snprintf(path, sizeof(path), "%s/search.db", bench_folder());
	make_words(&w, options->seed);
	open_market(&o, path);
	fill(&o, path, count);
	w2 = w; /* the same questions */
	b.db = bench_database(path);
	b.query = bench_prepare(b.db, "SELECT rowid FROM search_text WHERE search_text MATCH ?1 ORDER "
	                              "BY rowid DESC LIMIT 20");
	compare(&o, &b, options, "search", WIDE);
	compare(&o, &b, options, "search.narrow", NARROW);
	sqlite3_finalize(b.query);
	sqlite3_close(b.db);
	market_session_close(o.session);
	market_close(o.market);
}

static void compare(ours *o, bare *b, const bench_options *options, const char *name,
                    int64_t dearest)
{
	bench_side ours_side = {.name = "library", .run = ask_library, .data = o},
			   bare_side = {.name = "bare", .run = ask_bare, .data = b};
	bench_side *const sides[] = {&ours_side, &bare_side};

	o->dearest = dearest;
	o->hits = b->hits = 0;
	bench_compare(sides, 2, 2000, options->slice ? options->slice : 100);
	bench_report(name, "searches/s", &ours_side, &bare_side);
	bench_int("listings", o->listings);
	bench_number("passes", (double)dearest / DEAREST / CATEGORIES, 3);
	bench_int("hits", o->hits);
	bench_int("ceiling_hits", b->hits);
	bench_line_end();
	bench_side_close(&ours_side);
	bench_side_close(&bare_side);
}

/* Of two or three letters. */
static void make_words(words *w, uint64_t seed)
{
	w->random.state = seed;
	for (int i = 0; i < VOCABULARY; i++) {
		const uint64_t letters = 2 + bench_next(&w->random, 2);
		size_t used = 0;

		for (uint64_t k = 0; k < letters; k++) {
			const uint32_t code = 0x4E00 + (uint32_t)bench_next(&w->random, 3000);

			w->at[i][used++] = (char)(0xE0 | code >> 12);
			w->at[i][used++] = (char)(0x80 | (code >> 6 & 0x3F));
			w->at[i][used++] = (char)(0x80 | (code & 0x3F));
		}
		w->at[i][used] = '\0';
	}
}

/* The first of the vocabulary are in most titles. */
static const char *any_word(words *w)
{
	return w->at[bench_next(&w->random, 1 + bench_next(&w->random, VOCABULARY))];
}

static const char *frequent(words *w)
{
	return w->at[bench_next(&w->random, ASKED)];
}

static void open_market(ours *o, const char *path)
{
	market_options options = MARKET_OPTIONS_INIT;
	const market_actor staff = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "bench", .rights = MARKET_RIGHT_ALL};
	char url[1200];

	snprintf(url, sizeof(url), "sqlite:%s", path);
	options.flags = MARKET_OPEN_CREATE;
	bench_check(market_open(url, &options, &o->market, &o->err), &o->err, "open");
	bench_check(market_session_open(o->market, &staff, &o->session, &o->err), &o->err, "session");
	for (int i = 0; i < CATEGORIES; i++) {
		market_category_create_params in = MARKET_CATEGORY_CREATE_PARAMS_INIT;
		const char *const codes[CATEGORIES] = {"one", "two"};
		market_category *out;

		in.code = in.name = codes[i];
		bench_check(market_category_create(o->session, &in, &out, &o->err), &o->err, "category");
		o->categories[i] = out->id;
		market_category_free(out);
	}
	for (int i = 0; i < SELLERS; i++) {
		market_seller_apply_params in = MARKET_SELLER_APPLY_PARAMS_INIT;
		market_seller_approve_params yes = MARKET_SELLER_APPROVE_PARAMS_INIT;
		market_seller *out;

		in.name = in.owner_name = "seller";
		in.country = "CN";
		in.currency = "CNY";
		in.store_type = MARKET_STORE_INDIVIDUAL;
		bench_check(market_seller_apply(o->session, &in, &out, &o->err), &o->err, "apply");
		o->sellers[i] = yes.seller = out->id;
		market_seller_free(out);
		yes.waiver = "bench";
		bench_check(market_seller_approve(o->session, &yes, &out, &o->err), &o->err, "approve");
		market_seller_free(out);
	}
}

/* The word by which the library finds a category: asked of a question that it writes. */
static const char *category_word(mk_ctx *ctx, const char *code, market_error *err)
{
	return mk_search_facet_word(ctx, MARKET_FACET_CATEGORY, NULL, code, err);
}

static void fill(ours *o, const char *path, int64_t count)
{
	static const char *const codes[CATEGORIES] = {"one", "two"};
	static const char *const sql[3] = {
		"INSERT INTO sku (book_id, id, offer_id, currency, price, created_at, version) VALUES (?1, "
		"?2, ?3, 'CNY', ?4, 1, 1)",
		"INSERT INTO stock (book_id, id, sku_id, warehouse_id, on_hand, reserved, sold, low_at, "
		"created_at, version) VALUES (?1, ?2, ?3, 1, 5, 0, 0, 0, 1, 1)",
		"INSERT INTO search_entry (book_id, id, offer_id, product_book_id, product_id, currency, "
		"price, sales, rating, activated_at, category_path, refreshed_at, version, title, words, "
		"facets) VALUES (?1, ?2, ?3, 0, ?3, 'CNY', ?4, 0, 0, 1, '/one/', 1, 1, ?5, ?6, ?7)",
	};
	sqlite3 *db = bench_database(path);
	sqlite3_stmt *statements[3];
	const char *facets[CATEGORIES];
	mk_arena arena, words_arena;
	mk_ctx ctx = {.arena = &words_arena};

	mk_arena_init(&arena, &mk_allocator_default);
	mk_arena_init(&words_arena, &mk_allocator_default);
	bench_check(mk_digest_open(&mk_allocator_default, &ctx.digest, &o->err), &o->err, "digest");
	for (int i = 0; i < CATEGORIES; i++)
		facets[i] = category_word(&ctx, codes[i], &o->err);
	bench_sql(db, "PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF; BEGIN");
	for (int i = 0; i < 3; i++)
		statements[i] = bench_prepare(db, sql[i]);
	for (int64_t i = 0; i < count; i++) {
		put_listing(o, statements, i, &arena, facets);
		mk_arena_reset(&arena);
	}
	for (int i = 0; i < 3; i++)
		sqlite3_finalize(statements[i]);
	bench_sql(db, "INSERT INTO search_text (search_text) VALUES ('rebuild'); COMMIT");
	sqlite3_close(db);
	mk_digest_close(ctx.digest);
	mk_arena_close(&words_arena);
	mk_arena_close(&arena);
}

static void put_listing(ours *o, sqlite3_stmt *const statements[3], int64_t i, mk_arena *arena,
                        const char *const *facets)
{
	const int64_t book = o->sellers[i % SELLERS].book, base = INT64_C(1) << 50;
	const int64_t price = 1 + (int64_t)bench_next(&o->words->random, DEAREST);
	const uint64_t category = bench_next(&o->words->random, CATEGORIES);
	mk_search_words found = {.count = 0};
	char title[TITLE_WORDS * 12 + 40];
	size_t used = 0;

	for (int k = 0; k < TITLE_WORDS; k++)
		used += (size_t)sprintf(title + used, "%s%s", any_word(o->words), k % 3 == 2 ? " " : "");
	sprintf(title + used, "X%d", (int)bench_next(&o->words->random, 5000));
	mk_text_init(&found.text, arena->allocator, 65536);
	if (!mk_search_add(arena, title, &found))
		bench_die("no memory");
	bind(statements[0], (int64_t[]){book, base + i, base + i, price}, 4);
	step(statements[0]);
	bind(statements[1], (int64_t[]){book, base + i, base + i}, 3);
	step(statements[1]);
	bind(statements[2], (int64_t[]){book, base + i, base + i, price}, 4);
	sqlite3_bind_text(statements[2], 5, title, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(statements[2], 6, found.text.data, (int)found.text.size - 1,
	                  SQLITE_TRANSIENT);
	sqlite3_bind_text(statements[2], 7, facets[category], -1, SQLITE_TRANSIENT);
	step(statements[2]);
	mk_text_close(&found.text);
}

static void bind(sqlite3_stmt *statement, const int64_t *numbers, int count)
{
	for (int i = 0; i < count; i++)
		sqlite3_bind_int64(statement, i + 1, numbers[i]);
}

static void step(sqlite3_stmt *statement)
{
	if (sqlite3_step(statement) != SQLITE_DONE)
		bench_die("a listing can't be put in: %s", sqlite3_errmsg(sqlite3_db_handle(statement)));
	sqlite3_reset(statement);
}

/* One of two categories, and no dearer than so much. */
static void ask_library(void *data, int64_t count, bench_side *side)
{
	ours *o = data;
	const int64_t wall = bench_now(), cpu = bench_cpu(), limit = PAGE;

	for (int64_t i = 0; i < count; i++) {
		market_offer_search_params in = MARKET_OFFER_SEARCH_PARAMS_INIT;
		market_search_page *page;
		char text[40];

		const char *first = frequent(o->words), *second = frequent(o->words);

		snprintf(text, sizeof(text), "%s %s", first, second);
		in.text = text;
		in.category = o->categories[i % CATEGORIES];
		in.price_from = mk_money(1, "CNY");
		in.price_to = mk_money(o->dearest, "CNY");
		in.limit = &limit;
		bench_check(market_offer_search(o->session, &in, &page, &o->err), &o->err, "search");
		o->hits += (int64_t)page->n_items;
		market_search_page_free(page);
	}
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

static void ask_bare(void *data, int64_t count, bench_side *side)
{
	bare *b = data;
	const int64_t wall = bench_now(), cpu = bench_cpu();
	mk_arena arena;

	mk_arena_init(&arena, &mk_allocator_default);
	for (int64_t i = 0; i < count; i++) {
		char text[40];
		bool too_many;
		const char *first = frequent(b->words), *second = frequent(b->words);
		const char *match;

		snprintf(text, sizeof(text), "%s %s", first, second);
		match = mk_search_ask(&arena, MK_STORE_SQLITE, text, NULL, 0, NULL, &too_many);
		sqlite3_bind_text(b->query, 1, match, -1, SQLITE_STATIC);
		while (sqlite3_step(b->query) == SQLITE_ROW)
			b->hits++;
		sqlite3_reset(b->query);
		mk_arena_reset(&arena);
	}
	mk_arena_close(&arena);
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}
