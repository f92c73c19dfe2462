/*
 * A scenario's day on the disk in memory: what was called, what was answered, and how far the disk
 * had got by then. And what a store must be like afterwards.
 */
#ifndef TESTS_POWER_DAY_H
#define TESTS_POWER_DAY_H

#include "tests/power/vfs.h"
#include "tests/scenarios/ways.h"

typedef struct day_call {
	char *who, *operation, *params; /* with a key */
	char *id;                       /* of what it made, or "" */
	int code;
	bool writes, kept;    /* kept: sent again it's a replay */
	size_t begun, events; /* that had happened when it began, and when it was answered */
	market_time now;
	bool asleep;  /* what was due hadn't been done */
	char *anchor; /* of a checkpoint */
} day_call;

typedef struct day {
	scenario_market m;
	scenario_way inner;
	char url[1200], keys[600];
	power_log log;
	day_call *calls;
	size_t n_calls, room;
	size_t *answers; /* the events at each moment when something was answered */
	size_t n_answers, answers_room;
	/* Called before each call, and with NULL before what is due is done; both follow. */
	void (*before)(struct day *d, const day_call *call);
	void *data;
} day;

/* Runs a scenario, from the making of the store to its closing, with a checkpoint after every
 * sixth call. */
bool day_run(day *d, const char *scenario);
void day_free(day *d);

/* Opens the store of that URL as it was left after so many calls, at that time of the day. */
int day_open(const day *d, scenario_market *m, size_t n_calls, const char *url, bool create,
             market_error *err);
/* Makes a call; `reply` may be NULL. */
int day_send(scenario_market *m, const char *who, const char *operation, const char *params,
             char **reply, market_error *err);
/* The last anchor among the first `n_calls`, or NULL. */
const char *day_anchor(const day *d, size_t n_calls);

/* What SQL sees on a disk, which is kept as it is: a digest of all rows of all tables. False when
 * it can't be read or the integrity check finds something. */
bool day_look(const disk *d, uint64_t *digest, char why[400]);

/* Checks an open market: of the first `n_calls` those from `from` on give what they gave,
 * verification is clean with the last anchor, a new operation works. The call after them can be
 * sent; if it had `begun`, with its own answer, else what is due before it may have to wait. */
bool day_check(const day *d, scenario_market *m, size_t from, size_t n_calls, bool begun,
               const char *what);

#endif
