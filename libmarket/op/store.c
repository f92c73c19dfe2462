/* Copies, backups and restores of whole stores. */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/op/store.h"

static int make_file(mk_store_job *job, const char *part, market_error *err);
static int copy_file(mk_store_job *job, const char *part, market_error *err);
static int place(mk_store_job *job, const char *part, const char *path, market_error *err);
static int check_backup(mk_store_job *job, market_error *err);

int market_store_copy(const char *from, const char *to, const market_store_options *options,
                      market_store_report *out, market_error *err)
{
	mk_store_job job;
	int rc;

	if (!from || !to)
		return mk_error_set(err, MARKET_EMISUSE, "two store URLs are needed");
	rc = mk_store_job_begin(&job, options, err);
	if (rc == 0)
		rc = mk_store_url_parse(from, &job.arena, &job.from_url, err);
	if (rc == 0)
		rc = mk_store_url_parse(to, &job.arena, &job.to_url, err);
	if (rc == 0)
		rc = mk_store_job_source(&job, err);
	if (rc == 0)
		rc = mk_store_job_copy(&job, err);
	return mk_store_job_end(&job, rc, out);
}

int market_store_backup(const char *from, const char *path, const market_store_options *options,
                        market_store_report *out, market_error *err)
{
	mk_store_job job;
	uint8_t random[8];
	char name[2 * sizeof(random) + 1];
	const char *part = NULL;
	int rc;

	if (!from || !path || !path[0])
		return mk_error_set(err, MARKET_EMISUSE, "a store URL and a path are needed");
	rc = mk_store_job_begin(&job, options, err);
	if (rc == 0)
		rc = mk_store_url_parse(from, &job.arena, &job.from_url, err);
	if (rc == 0 && mk_file_exists(path))
		rc = mk_error_set(err, MARKET_EEXISTS, "there is a file \"%s\" already", path);
	if (rc == 0)
		rc = mk_store_check_folder(path, err);
	if (rc == 0)
		rc = mk_store_job_source(&job, err);
	if (rc == 0 && !mk_random_bytes(random, sizeof(random), NULL))
		rc = mk_error_set(err, MARKET_EIO, "the system gives no random numbers");
	if (rc == 0) {
		mk_hex(random, sizeof(random), name);
		part = mk_arena_format(&job.arena, "%s.%s.part", path, name);
		rc = part ? make_file(&job, part, err) : mk_error_no_memory(err);
	}
	if (rc == 0)
		rc = place(&job, part, path, err);
	if (part)
		mk_file_remove(part);
	return mk_store_job_end(&job, rc, out);
}

int market_store_restore(const char *path, const char *to, const market_store_options *options,
                         market_store_report *out, market_error *err)
{
	mk_store_job job;
	int rc;

	if (!path || !to)
		return mk_error_set(err, MARKET_EMISUSE, "a path and a store URL are needed");
	rc = mk_store_job_begin(&job, options, err);
	if (rc == 0)
		rc = mk_store_url_parse(to, &job.arena, &job.to_url, err);
	job.from_url = (mk_store_url){.kind = MK_STORE_SQLITE, .target = path};
	if (rc == 0) {
		job.from_url.keys = mk_arena_format(&job.arena, "%s.keys", path);
		rc = job.from_url.keys ? 0 : mk_error_no_memory(err);
	}
	if (rc == 0)
		rc = mk_file_check_sum(path, job.digest, &job.arena, &job.report.checksum, err);
	if (rc == 0)
		rc = mk_store_job_source(&job, err);
	if (rc == 0)
		rc = check_backup(&job, err);
	if (rc == 0)
		rc = mk_store_job_copy(&job, err);
	return mk_store_job_end(&job, rc, out);
}

static int make_file(mk_store_job *job, const char *part, market_error *err)
{
	int rc;

	if (mk_store_kind_of(job->from) == MK_STORE_SQLITE)
		return copy_file(job, part, err);
	job->to_url = (mk_store_url){.kind = MK_STORE_SQLITE, .target = part};
	rc = mk_store_job_copy(job, err);
	return rc != 0 ? rc : mk_sqlite_close_log(job->to, err);
}

static int copy_file(mk_store_job *job, const char *part, market_error *err)
{
	const mk_store_url url = {.kind = MK_STORE_SQLITE, .target = part};
	const mk_store_options options = {.allocator = job->arena.allocator, .read_only = true};
	int rc;

	mk_store_job_tell(job, MARKET_STORE_WRITING);
	rc = mk_sqlite_write_file(job->from, part, err);

	if (rc == 0)
		rc = mk_store_open(&url, &options, &job->to, err);
	if (rc == 0)
		rc = mk_sqlite_check_file(job->to, err);
	return rc != 0 ? rc : mk_store_job_verify(job, job->to, err);
}

static int place(mk_store_job *job, const char *part, const char *path, market_error *err)
{
	const char *keys = mk_arena_format(&job->arena, "%s.keys", path);
	int rc = keys ? mk_store_job_keys(job, keys, err) : mk_error_no_memory(err);

	mk_store_close(job->to);
	job->to = NULL;
	if (rc == 0)
		rc = mk_file_place(part, path, &job->arena, err);
	return rc != 0 ? rc : mk_file_write_sum(path, job->digest, &job->arena, err);
}

static int check_backup(mk_store_job *job, market_error *err)
{
	return mk_sqlite_check_file(job->from, err);
}
