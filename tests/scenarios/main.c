/*
 * market-scenarios --program PATH --folder DIR [--database COMMAND] [--log FILE] [--show yes]
 *                  FILE...
 *
 * Runs each scenario by the library and once more by `market batch`, each on a store of its own: an
 * SQLite file in the folder, or what COMMAND prints, which makes an empty PostgreSQL database of
 * the name it is given. One passed is one file. --log: the titles of those that passed, added to
 * FILE. --show: prints each answer of the library's run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/ways.h"

typedef struct options {
	const char *program;
	const char *folder;
	const char *database; /* a command that makes an empty database of a name and prints its URL */
	FILE *log;
	bool show;
} options;

#define STORE_URL 1000

static int made;

static bool store_url(const options *o, char url[STORE_URL]);
static bool run_library(const options *o, const scenario *s, char why[SCENARIO_WHY]);
static bool run_batch(const options *o, const scenario *s, char why[SCENARIO_WHY]);
static bool run_file(const options *o, const char *path);

int main(int argc, char **argv)
{
	options o = {0};
	int passed = 0, failed = 0, i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 1; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (strcmp(argv[i], "--program") == 0)
			o.program = argv[i + 1];
		else if (strcmp(argv[i], "--folder") == 0)
			o.folder = argv[i + 1];
		else if (strcmp(argv[i], "--database") == 0)
			o.database = argv[i + 1];
		else if (strcmp(argv[i], "--show") == 0)
			o.show = true;
		else if (strcmp(argv[i], "--log") == 0)
			o.log = fopen(argv[i + 1], "a");
		else
			break;
	}
	if (!o.program || !o.folder || i >= argc) {
		fprintf(stderr,
		        "usage: %s --program PATH --folder DIR [--database COMMAND] [--log FILE] "
		        "FILE...\n",
		        argv[0]);
		return 2;
	}
	for (; i < argc; i++) {
		if (run_file(&o, argv[i]))
			passed++;
		else
			failed++;
	}
	if (o.log)
		fclose(o.log);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed > 0;
}

static bool run_file(const options *o, const char *path)
{
	char why[SCENARIO_WHY] = "";
	scenario *s = scenario_read(path, why);
	bool good = s && run_library(o, s, why) && (s->library_only || run_batch(o, s, why));

	if (!good)
		printf("FAIL %s\n", why);
	else if (o->log)
		fprintf(o->log, "scenarios/%s: %s (%s)\n", s->name, s->title, s->covers);
	scenario_free(s);
	return good;
}

static void show(const scenario_step *step, int code, const json_t *reply, const market_error *err)
{
	char *text = code == 0 ? json_dumps(reply, JSON_INDENT(2)) : NULL;

	printf("%d: %s: %s %s %s\n%s\n", step->line, step->operation,
	       code == 0 ? "ok" : market_error_name(code), code == 0 ? "" : err->field,
	       code == 0 ? "" : err->message, text ? text : "");
	free(text);
}

static bool run_library(const options *o, const scenario *s, char why[SCENARIO_WHY])
{
	scenario_values values = {0};
	scenario_market m = {0};
	scenario_way way = scenario_by_library(&m);
	market_error err;
	char url[STORE_URL], reason[SCENARIO_WHY] = "";
	bool good;

	if (!store_url(o, url) || scenario_market_open(&m, s, url, NULL, &err) != 0) {
		scenario_say(why, "%s: the store %s can't be opened: %s", s->path, url, err.message);
		scenario_market_close(&m);
		return false;
	}
	if (o->show)
		way.answered = show;
	good = scenario_run(s, &way, &values, why);
	if (good && !scenario_deadlines(m.market, reason)) {
		scenario_say(why, "%s: at the end: %.900s", s->path, reason);
		good = false;
	}
	scenario_values_free(&values);
	scenario_market_close(&m);
	return good;
}

/* The library makes the store with the scenario's policy; the program finds it. */
static bool run_batch(const options *o, const scenario *s, char why[SCENARIO_WHY])
{
	scenario_values values = {0};
	scenario_market m;
	scenario_batch b;
	scenario_way way = scenario_by_batch(&b);
	market_error err;
	char url[STORE_URL], reason[SCENARIO_WHY] = "";
	bool good, ended;

	if (!store_url(o, url) || scenario_market_open(&m, s, url, NULL, &err) != 0) {
		scenario_say(why, "%s: the store %s can't be opened", s->path, url);
		return false;
	}
	scenario_market_close(&m);
	if (!scenario_batch_open(&b, o->program, url, why))
		return false;
	good = scenario_run(s, &way, &values, reason);
	ended = scenario_batch_close(&b);
	scenario_values_free(&values);
	if (!good)
		scenario_say(why, "%.900s (by market batch)", reason);
	else if (!ended)
		scenario_say(why, "%s: market batch ended with the wrong status", s->path);
	return good && ended;
}

static bool store_url(const options *o, char url[STORE_URL])
{
	char command[STORE_URL + 100];
	FILE *out;
	bool good;

	made++;
	if (!o->database) {
		snprintf(url, STORE_URL, "sqlite:%.900s/%d.db", o->folder, made);
		return true;
	}
	snprintf(command, sizeof(command), "%s scenario_%d_%d", o->database, (int)getpid(), made);
	out = popen(command, "r");
	good = out && fgets(url, 900, out);
	if (out && pclose(out) != 0)
		good = false;
	if (!good)
		return false;
	url[strcspn(url, "\n")] = '\0';
	snprintf(url + strlen(url), STORE_URL - strlen(url), "%ckeys=%.500s/%d.keys",
	         strchr(url, '?') ? '&' : '?', o->folder, made);
	return true;
}
