/* The steps that copies, backups and restores are made of. */
#include <stdio.h>
#include <string.h>

#include "libmarket/ledger/ledger.h"
#include "libmarket/op/schema.h"
#include "libmarket/op/store.h"
#include "libmarket/settlement/settlement.h"

static const mk_statement newest_checkpoint = {
	.name = "store_newest_checkpoint",
	.sql = "SELECT id AS number FROM checkpoint WHERE book_id = 0 AND id > 0 ORDER BY id DESC "
		   "LIMIT 1",
};

static int check_target_keys(mk_store_job *job, market_error *err);
static int check_schema(mk_store_job *job, market_error *err);
static int read_identity(mk_store_job *job, market_error *err);
static int check_anchors(mk_store_job *job, market_error *err);
static int open_keys(mk_store_job *job, market_error *err);
static void tell(mk_copy_phase phase, const char *table, int64_t done, int64_t total,
                 void *user_data);
static int check_copy(mk_store *store, void *user_data, market_error *err);

int mk_store_job_begin(mk_store_job *job, const market_store_options *options, market_error *err)
{
	int rc;

	memset(job, 0, sizeof(*job));
	job->options = (market_store_options)MARKET_STORE_OPTIONS_INIT;
	job->report = (market_store_report)MARKET_STORE_REPORT_INIT;
	mk_error_clear(err);
	mk_arena_init(&job->arena, &mk_allocator_default);
	rc = options ? mk_options_take(options, &job->options, sizeof(job->options), err) : 0;
	if (rc != 0)
		return rc;
	if (job->options.allocator)
		mk_arena_init(&job->arena, job->options.allocator);
	return mk_digest_open(job->arena.allocator, &job->digest, err);
}

int mk_store_job_end(mk_store_job *job, int rc, market_store_report *out)
{
	mk_store_close(job->from);
	mk_store_close(job->to);
	mk_keys_close(job->keys);
	mk_digest_close(job->digest);
	mk_arena_close(&job->arena);
	if (rc == 0 && out)
		mk_report_give(&job->report, sizeof(job->report), out);
	return rc;
}

int mk_store_job_source(mk_store_job *job, market_error *err)
{
	const mk_store_options options = {.allocator = job->arena.allocator, .read_only = true};
	int rc = mk_store_open(&job->from_url, &options, &job->from, err);

	if (rc == 0)
		rc = check_schema(job, err);
	if (rc == 0)
		rc = mk_store_begin(job->from, false, err);
	if (rc != 0)
		return rc;
	rc = read_identity(job, err);
	mk_store_rollback(job->from);
	if (rc == 0)
		rc = check_anchors(job, err);
	return rc != 0 ? rc : open_keys(job, err);
}

int mk_store_job_copy(mk_store_job *job, market_error *err)
{
	const mk_store_options options = {.allocator = job->arena.allocator, .create = true};
	mk_copy copy = {
		.from = job->from,
		.list = mk_schema_list,
		.count = mk_schema_count,
		.now = mk_clock_now(NULL),
		.arena = &job->arena,
		.progress = tell,
		.check = check_copy,
		.user_data = job,
	};
	int rc;

	if (job->to_url.memory)
		return mk_error_at(err, MARKET_EINVALID, "store", "a store in memory can't be a target");
	rc = mk_store_open(&job->to_url, &options, &job->to, err);
	copy.to = job->to;
	if (rc == 0)
		rc = check_target_keys(job, err);
	if (rc == 0)
		rc = mk_copy_run(&copy, err);
	job->report.tables = (int64_t)copy.n_tables;
	job->report.rows = copy.rows;
	return rc;
}

void mk_store_job_tell(const mk_store_job *job, market_store_phase phase)
{
	const market_store_progress progress = {.phase = (int32_t)phase, .table = ""};

	if (job->options.progress)
		job->options.progress(&progress, job->options.user_data);
}

int mk_store_job_verify(mk_store_job *job, mk_store *store, market_error *err)
{
	mk_verify_report *report = MK_NEW(&job->arena, mk_verify_report);
	mk_verify_setup setup = {
		.store = store,
		.allocator = job->arena.allocator,
		.digest = job->digest,
		.keys = job->keys,
		.store_id = job->store_id,
		.anchors = job->options.anchors,
		.n_anchors = job->options.n_anchors,
		.check_book = mk_settlement_check_book,
	};
	int rc;

	if (!report)
		return mk_error_no_memory(err);
	if (!job->keys && setup.n_anchors == 0)
		return 0;
	mk_store_job_tell(job, MARKET_STORE_VERIFYING);
	rc = mk_store_begin(store, false, err);
	if (rc != 0)
		return rc;
	rc = mk_ledger_verify(&setup, report, err);
	mk_store_rollback(store);
	if (rc == 0 && report->result == MK_VERIFY_BROKEN) {
		rc = mk_error_set(err, MARKET_ECORRUPT, "the ledger is broken at %s", report->place);
		mk_error_detail(err, rc, "It finds: %s.", report->problem);
	}
	job->report.verified = rc == 0;
	job->report.books = report->books;
	job->report.transfers = report->transfers;
	return rc;
}

int mk_store_job_keys(mk_store_job *job, const char *path, market_error *err)
{
	int rc = 0;

	if (!path)
		return 0;
	snprintf(job->report.keys, sizeof(job->report.keys), "%s", path);
	if (job->options.flags & MARKET_STORE_KEYS)
		rc = mk_keys_write(job->keys, path, err);
	job->report.keys_copied = rc == 0 && (job->options.flags & MARKET_STORE_KEYS);
	return rc;
}

/* Not at the end of a long copy, where they would be written. */
static int check_target_keys(mk_store_job *job, market_error *err)
{
	const char *path = job->to_url.keys;
	mk_keys *keys = NULL;
	int version = 0, rc;

	if (!(job->options.flags & MARKET_STORE_KEYS) || !path || !mk_file_exists(path))
		return 0;
	rc = mk_schema_version(job->to, mk_schema_list, mk_schema_count, &version, err);
	if (rc == 0 && version == 0)
		rc = mk_keys_open(path, job->store_id, job->arena.allocator, &keys, err);
	mk_keys_close(keys);
	return rc;
}

static int check_schema(mk_store_job *job, market_error *err)
{
	int version = 0;
	int rc = mk_schema_check_mark(job->from, err);

	if (rc == 0)
		rc = mk_schema_version(job->from, mk_schema_list, mk_schema_count, &version, err);
	if (rc == 0 && version == 0)
		rc = mk_error_set(err, MARKET_EABSENT, "the source holds no market store");
	if (rc == 0 && version != mk_schema_last()) {
		rc = mk_error_set(err, MARKET_ESCHEMA, "the source's schema is %d, this library's %d",
		                  version, mk_schema_last());
		mk_error_hint(err, rc, "Open it with MARKET_OPEN_MIGRATE to bring it up to date.");
	}
	return rc;
}

static int read_identity(mk_store_job *job, market_error *err)
{
	void *row = NULL;
	int rc = mk_store_name(job->from, &job->arena, &job->store_id, err);

	if (rc == 0)
		rc = mk_store_get(job->from, &job->arena, &newest_checkpoint, &mk_number_record, MK_NO_ARGS,
		                  &row, err);
	if (rc == 0 && row)
		job->report.checkpoint = ((const mk_number *)row)->number;
	return rc;
}

/* LED-7: a store that lacks a checkpoint kept outside is older than it. */
static int check_anchors(mk_store_job *job, market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < job->options.n_anchors; i++) {
		const char *text = job->options.anchors[i];
		const mk_anchor *anchor = NULL;

		rc = mk_anchor_read(text, strlen(text), &job->arena, &anchor, err);
		if (rc == 0 && strcmp(anchor->store, job->store_id) != 0)
			rc = mk_error_set(err, MARKET_EINVALID, "the anchor is of store %s, not %s",
			                  anchor->store, job->store_id);
		else if (rc == 0 && anchor->number > job->report.checkpoint) {
			rc = mk_error_set(err, MARKET_ETIMEORDER,
			                  "the store ends at checkpoint %lld, the anchor is checkpoint %lld",
			                  (long long)job->report.checkpoint, (long long)anchor->number);
			mk_error_hint(err, rc, "It is older than the anchor: what came after it is missing.");
		}
		if (rc != 0)
			mk_error_prefix(err, "anchors[%zu]", i);
	}
	return rc;
}

/* Without its keys a store is copied all the same, but nobody can say that its ledger is whole. */
static int open_keys(mk_store_job *job, market_error *err)
{
	bool wanted = (job->options.flags & MARKET_STORE_KEYS) != 0;
	int rc = mk_keys_open(job->from_url.keys, job->store_id, job->arena.allocator, &job->keys,
	                      wanted ? err : NULL);

	if (rc == MARKET_EKEY && !wanted && job->to_url.keys)
		rc = mk_keys_open(job->to_url.keys, job->store_id, job->arena.allocator, &job->keys, NULL);
	return rc == MARKET_EKEY && !wanted ? 0 : rc;
}

static void tell(mk_copy_phase phase, const char *table, int64_t done, int64_t total,
                 void *user_data)
{
	static const int32_t phases[] = {
		[MK_COPY_COUNT] = MARKET_STORE_COUNTING,
		[MK_COPY_WRITE] = MARKET_STORE_WRITING,
		[MK_COPY_COMPARE] = MARKET_STORE_COMPARING,
	};
	const mk_store_job *job = user_data;
	const market_store_progress progress = {
		.phase = phases[phase], .table = table, .done = done, .total = total};

	if (job->options.progress)
		job->options.progress(&progress, job->options.user_data);
}

static int check_copy(mk_store *store, void *user_data, market_error *err)
{
	mk_store_job *job = user_data;
	int rc = mk_store_job_verify(job, store, err);

	return rc != 0 ? rc : mk_store_job_keys(job, job->to_url.keys, err);
}
