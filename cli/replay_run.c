/* Runs the events in their order, each at its time, what is due before it first.
 *
 * A run that was stopped goes on. What was written last has an effective time; every event before
 * that time is done, because events are run one after the other in order of time. Those at that
 * time are run again, and their keys give what they gave. */
#include "cli/replay.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/progress.h"

/* A request that the killed process was sending is sent again when its claim is older than the
 * policy's claim_age, one second here. */
#define CLAIM_MICROSECONDS 1050000

static int run_out(replay *r, cli_market *open, market_error *err);
static int find_start(replay *r, cli_market *open, size_t *start, market_error *err);
static int check_plan(replay *r, cli_market *open, market_error *err);
static int run_one(replay *r, cli_market *open, const replay_event *event, replay_run *run,
                   market_error *err);
static int checkpoint(cli_market *open, size_t number, replay_run *run, market_error *err);
static void show_progress(const replay *r, size_t at, bool last);

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int replay_run_events(replay *r, cli_market *open, replay_run *run, market_error *err)
{
	size_t start = 0;
	double began;
	int rc;
	if (run->anchors)
		mkdir(run->anchors, 0777);
	rc = find_start(r, open, &start, err);
	if (rc == 0 && start > 0)
		usleep(CLAIM_MICROSECONDS);
	began = seconds_now();
	open->at = 0; /* what became due since the last row comes at its own time */
	for (size_t i = start; rc == 0 && i < r->n_events; i++) {
		show_progress(r, i, false);
		rc = cli_work_until(open, r->events[i].at, err);
		if (rc == 0)
			rc = run_one(r, open, &r->events[i], run, err);
	}
	if (rc == 0)
		rc = run_out(r, open, err);
	show_progress(r, r->n_events, true);
	run->seconds = seconds_now() - began;
	return rc;
}

void replay_read_anchors(replay_run *run)
{
	for (size_t i = 0; run->anchors && i < REPLAY_CHECKPOINTS; i++) {
		char path[4096];
		size_t size;
		snprintf(path, sizeof(path), "%s/%zu.json", run->anchors, i + 1);
		if (!run->texts[i] && access(path, R_OK) == 0)
			run->texts[i] = cli_read_file(path, 1024 * 1024, &size);
	}
}

void replay_run_free(replay_run *run)
{
	for (size_t i = 0; i < REPLAY_CHECKPOINTS; i++)
		free(run->texts[i]);
}

/* A store that was worked on since is done with these orders. */
static int run_out(replay *r, cli_market *open, market_error *err)
{
	market_time end = replay_end(r);
	int rc = cli_set_time(open, end, err);
	if (rc == MARKET_ETIMEORDER)
		return 0;
	return rc == 0 ? cli_catch_up(open, end, err) : rc;
}

static int find_start(replay *r, cli_market *open, size_t *start, market_error *err)
{
	size_t low = 0, high = r->n_events; /* done below `low`, not below `high` */
	int rc = cli_set_time(open, r->events[0].at, err);
	if (rc != MARKET_ETIMEORDER)
		return rc;
	rc = check_plan(r, open, err);
	while (rc == 0 && low < high) {
		size_t middle = low + (high - low) / 2;
		rc = cli_set_time(open, r->events[middle].at, err);
		if (rc == 0)
			high = middle;
		else
			low = middle + 1;
		if (rc == MARKET_ETIMEORDER)
			rc = 0;
	}
	*start = low;
	return rc;
}

static int other_replay(market_error *err)
{
	cli_fail(err, MARKET_EEXISTS, "the store holds something else than this replay", "");
	snprintf(err->hint, sizeof(err->hint),
	         "Use a fresh store, or go on with the same folder and limit.");
	return MARKET_EEXISTS;
}

static int check_plan(replay *r, cli_market *open, market_error *err)
{
	json_t *out = NULL;
	int rc = cli_do(open, "operator:replay", NULL, "category.get",
	                json_pack("{s:s}", "category", "ref:replay_unknown"), &out, err);
	if (rc == MARKET_ENOTFOUND)
		return other_replay(err);
	if (rc == 0 && strcmp(cli_text(json_object_get(out, "metadata"), "plan"), r->digest) != 0)
		rc = other_replay(err);
	json_decref(out);
	return rc;
}

static int run_one(replay *r, cli_market *open, const replay_event *event, replay_run *run,
                   market_error *err)
{
	bool refused = false;
	int rc;
	if (event->kind == REPLAY_CHECKPOINT)
		return checkpoint(open, event->subject, run, err);
	rc = replay_do(r, open, event, &refused, err);
	if (rc == MARKET_EKEYREUSED && event->kind == REPLAY_PLAN)
		return other_replay(err);
	run->done++;
	run->refused += refused;
	run->placed += event->kind == REPLAY_PLACE && !market_session_replayed(open->session);
	return rc;
}

/* Exported only when it is made: a copy made later would prove nothing about the time between. */
static int checkpoint(cli_market *open, size_t number, replay_run *run, market_error *err)
{
	char key[64], path[4096];
	json_t *out = NULL;
	const char *anchor;
	int rc;
	snprintf(key, sizeof(key), "replay:checkpoint:%zu", number);
	rc = cli_do(open, "operator:replay", key, "ledger.checkpoint", json_object(), &out, err);
	anchor = cli_text(out, "anchor");
	if (rc == 0 && !market_session_replayed(open->session) && number <= REPLAY_CHECKPOINTS) {
		free(run->texts[number - 1]);
		run->texts[number - 1] = strdup(anchor);
		snprintf(path, sizeof(path), "%s/%zu.json", run->anchors ? run->anchors : "", number);
		if (run->anchors && !cli_write_file(path, anchor))
			rc = cli_fail(err, MARKET_EIO, "a checkpoint can't be exported", path);
	}
	json_decref(out);
	return rc;
}

static void show_progress(const replay *r, size_t at, bool last)
{
	static cli_progress progress;
	char time[MARKET_TIME_TEXT_SIZE] = "";
	progress.wanted = r->progress;
	if (at < r->n_events)
		market_time_format(r->events[at].at, time);
	time[time[0] ? 10 : 0] = '\0'; /* the day */
	cli_progress_show(&progress, at, r->n_events, time);
	if (last)
		cli_progress_end(&progress);
}
