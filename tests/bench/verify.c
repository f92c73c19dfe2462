/* Everything again from the stored rows (LED-8), against the least that it could be: one scan of
 * the sealed rows and SHA-256 over what the seals cover. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/shop.h"

#define BUFFER 65536

/* The ceiling: raw SQLite in the order of the tables, one digest for all. */
typedef struct scan {
	sqlite3 *db;
	sqlite3_stmt *transfers, *legs;
	EVP_MD_CTX *digest;
	uint8_t buffer[BUFFER];
	size_t used;
	int64_t bytes, rows;
} scan;

static void verify(const bench_options *options);
static void verify_library(void *data, int64_t count, bench_side *side);
static void verify_raw(void *data, int64_t count, bench_side *side);
static void open_scan(scan *s, const char *path);
static void close_scan(scan *s);
static void digest_rows(scan *s, sqlite3_stmt *statement);
static void digest_bytes(scan *s, const void *data, size_t size);
static void flush(scan *s);
static int64_t transfers_of(scan *s);

const bench bench_verify = {
	.name = "verify",
	.summary = "ledger verify against a scan of the rows and SHA-256 over them",
	.run = verify,
};

static void verify(const bench_options *options)
{
	static bench_seller sellers[BENCH_SELLERS];
	static scan s;
	int64_t orders = options->count ? options->count : options->full ? 50000 : 10000, transfers;
	bench_shop shop;
	bench_side library = {.name = "library", .run = verify_library, .data = &shop},
			   raw = {.name = "sha256+scan", .run = verify_raw, .data = &s}, none = {0};
	bench_side *const sides[] = {&library, &raw};
	char path[1100];

	bench_shop_make_in_folder(&shop, "verify", path, sellers);
	shop.random.state = options->seed;
	bench_shop_sql(&shop, "PRAGMA synchronous=OFF");
	bench_shop_run(&shop, orders, &none);
	bench_shop_anchor(&shop);
	open_scan(&s, path);
	transfers = transfers_of(&s);
	verify_library(&shop, transfers, &none);
	verify_raw(&s, transfers, &none);
	bench_compare(sides, 2, 5 * transfers, transfers);
	bench_report("verify", "transfers/s", &library, &raw);
	bench_int("orders", orders);
	bench_int("bytes", s.bytes);
	bench_int("rows", s.rows);
	bench_text("verify", "ok");
	bench_line_end();
	bench_side_close(&library);
	bench_side_close(&raw);
	close_scan(&s);
	bench_shop_close(&shop);
}

static void verify_library(void *data, int64_t count, bench_side *side)
{
	int64_t wall = bench_now(), cpu = bench_cpu();

	(void)count;
	bench_shop_verify(data);
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

static void verify_raw(void *data, int64_t count, bench_side *side)
{
	scan *s = data;
	uint8_t out[EVP_MAX_MD_SIZE];
	int64_t wall = bench_now(), cpu = bench_cpu();

	(void)count;
	s->bytes = s->rows = 0;
	if (EVP_DigestInit_ex(s->digest, EVP_sha256(), NULL) != 1)
		bench_die("there is no SHA-256");
	digest_rows(s, s->transfers);
	digest_rows(s, s->legs);
	flush(s);
	EVP_DigestFinal_ex(s->digest, out, NULL);
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

/* The columns that the sealed form has, a leg with its account's. */
static void open_scan(scan *s, const char *path)
{
	s->db = bench_database(path);
	s->digest = EVP_MD_CTX_new();
	if (!s->digest)
		bench_die("no memory");
	s->transfers = bench_prepare(
		s->db,
		"SELECT book_id, id, client_id, purpose, kind, digest, effective_at, recorded_at, "
		"journal_book_id, journal_id, pending_id, expires_at, reason, object_kind, object_book, "
		"object_number, rate_numerator, rate_denominator FROM transfer ORDER BY id");
	s->legs = bench_prepare(
		s->db, "SELECT l.id, l.account_id, l.version, l.debit, l.credit, l.debit_held, "
			   "l.credit_held, l.debits_posted, l.credits_posted, l.debits_pending, "
			   "l.credits_pending, l.flags, l.overdraft, a.name, a.currency, a.account_class FROM "
			   "leg l JOIN account a ON a.id = l.account_id ORDER BY l.id");
}

static void close_scan(scan *s)
{
	sqlite3_finalize(s->transfers);
	sqlite3_finalize(s->legs);
	sqlite3_close(s->db);
	EVP_MD_CTX_free(s->digest);
}

static void digest_rows(scan *s, sqlite3_stmt *statement)
{
	int columns = sqlite3_column_count(statement), rc;

	while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
		s->rows++;
		for (int i = 0; i < columns; i++) {
			const void *bytes = NULL;
			int64_t number;

			if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
				number = sqlite3_column_int64(statement, i);
				digest_bytes(s, &number, sizeof(number));
				continue;
			}
			bytes = sqlite3_column_blob(statement, i);
			number = sqlite3_column_bytes(statement, i);
			digest_bytes(s, &number, sizeof(uint32_t));
			digest_bytes(s, bytes, (size_t)number);
		}
	}
	if (rc != SQLITE_DONE)
		bench_die("%s", sqlite3_errmsg(s->db));
	sqlite3_reset(statement);
}

static void digest_bytes(scan *s, const void *data, size_t size)
{
	if (size > BUFFER - s->used)
		flush(s);
	if (size > 0)
		memcpy(s->buffer + s->used, data, size);
	s->used += size;
	s->bytes += (int64_t)size;
}

static void flush(scan *s)
{
	EVP_DigestUpdate(s->digest, s->buffer, s->used);
	s->used = 0;
}

static int64_t transfers_of(scan *s)
{
	sqlite3_stmt *statement = bench_prepare(s->db, "SELECT COUNT(*) FROM transfer");
	int64_t count = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;

	sqlite3_finalize(statement);
	return count;
}
