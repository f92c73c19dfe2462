/* From a text file to steps. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "tests/scenarios/scenario.h"

#define MAX_CELLS 4

typedef struct reader {
	scenario *scenario;
	char *text;
	int line;
	char *changes; /* of the policy */
	char *why;
	bool in_policy;
} reader;

static bool read_line(reader *r, char *line);
static bool read_header(reader *r, char *line);
static bool read_command(reader *r, char *line);
static bool read_row(reader *r, char *line);
static bool finish(reader *r);

static bool refuse(reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(reader *r, const char *format, ...)
{
	va_list args;
	int used = snprintf(r->why, SCENARIO_WHY, "%.500s:%d: ", r->scenario->path, r->line);

	va_start(args, format);
	vsnprintf(r->why + used, (size_t)(SCENARIO_WHY - used), format, args);
	va_end(args);
	return false;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	long size;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 &&
	    fseek(file, 0, SEEK_SET) == 0 && (text = calloc(1, (size_t)size + 1)) &&
	    fread(text, 1, (size_t)size, file) != (size_t)size) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

static char *trim(char *text)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return text;
}

/* Adds a line to a text that grows. */
static void append(char **text, const char *line, const char *between)
{
	size_t used = *text ? strlen(*text) : 0;
	size_t size = used + strlen(between) + strlen(line) + 1;
	char *grown = realloc(*text, size);

	if (!grown)
		abort();
	snprintf(grown + used, size - used, "%s%s", used > 0 ? between : "", line);
	*text = grown;
}

scenario *scenario_read(const char *path, char why[SCENARIO_WHY])
{
	scenario *s = calloc(1, sizeof(*s));
	reader r = {.scenario = s, .why = why};
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	bool good = true;
	char *next;

	why[0] = '\0';
	s->path = strdup(path);
	s->covers = strdup("");
	s->start = INT64_C(1767571200000); /* 2026-01-05, a Monday */
	snprintf(s->name, sizeof(s->name), "%.*s", (int)strcspn(base, "."), base);
	r.text = read_file(path);
	if (!r.text)
		good = refuse(&r, "it can't be read");
	for (char *line = r.text; good && line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		r.line++;
		good = read_line(&r, line);
	}
	good = good && finish(&r);
	free(r.text);
	free(r.changes);
	if (good)
		return s;
	scenario_free(s);
	return NULL;
}

void scenario_free(scenario *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_steps; i++) {
		free(s->steps[i].file);
		free(s->steps[i].who);
		free(s->steps[i].operation);
		free(s->steps[i].params);
		free(s->steps[i].outcome);
	}
	free(s->steps);
	free(s->path);
	free(s->title);
	free(s->covers);
	free(s->policy);
	free(s);
}

static bool read_line(reader *r, char *line)
{
	if (r->in_policy && (line[0] == ' ' || line[0] == '\t' || line[0] == '\0')) {
		append(&r->changes, line, "\n");
		return true;
	}
	r->in_policy = false;
	line = trim(line);
	if (r->line == 1) {
		if (line[0] != '#' || line[1] != ' ')
			return refuse(r, "the first line says what the scenario shows: \"# ...\"");
		r->scenario->title = strdup(line + 2);
		return true;
	}
	if (line[0] == '\0' || line[0] == '#')
		return true;
	if (line[0] == '|')
		return read_row(r, line);
	return r->scenario->n_steps == r->scenario->n_own && read_header(r, line)
	           ? r->why[0] == '\0'
	           : read_command(r, line);
}

static char *after_word(char *line, const char *word)
{
	size_t size = strlen(word);

	return strncmp(line, word, size) == 0 ? trim(line + size) : NULL;
}

static bool read_time(const char *text, market_time *out)
{
	char iso[64];

	if (market_time_parse(text, out))
		return true;
	/* "2026-01-05 10:00" */
	snprintf(iso, sizeof(iso), "%.10sT%.8s%sZ", text, strlen(text) > 11 ? text + 11 : "00:00",
	         strlen(text) > 16 ? "" : ":00");
	return strlen(text) >= 16 && text[10] == ' ' && market_time_parse(iso, out);
}

/* The steps of parts/NAME.txt, or of a path from here, come before the scenario's own. */
static void take_part(reader *r, const char *name)
{
	scenario *s = r->scenario, *part;
	const char *slash = strrchr(s->path, '/');
	char path[1000], why[SCENARIO_WHY];

	snprintf(path, sizeof(path), "%.*s%s%.100s%s", slash ? (int)(slash - s->path) + 1 : 0, s->path,
	         strchr(name, '/') ? "" : "parts/", name, strchr(name, '/') ? "" : ".txt");
	part = scenario_read(path, why);
	if (!part) {
		refuse(r, "%.700s", why);
		return;
	}
	for (size_t i = 0; i < part->n_steps; i++)
		if (!part->steps[i].file)
			part->steps[i].file = strdup(path);
	s->steps = part->steps;
	s->n_steps = s->n_own = part->n_steps;
	part->steps = NULL;
	part->n_steps = 0;
	scenario_free(part);
}

/* Whether it is a line of the header; a reason is left when it is a wrong one. */
static bool read_header(reader *r, char *line)
{
	scenario *s = r->scenario;
	char *value;

	if ((value = after_word(line, "covers:"))) {
		free(s->covers);
		s->covers = strdup(value);
	} else if ((value = after_word(line, "start:"))) {
		if (!read_time(value, &s->start))
			refuse(r, "\"%s\" isn't a time", value);
	} else if ((value = after_word(line, "only:"))) {
		s->library_only = strcmp(value, "library") == 0;
		if (!s->library_only)
			refuse(r, "\"only: library\" is meant");
	} else if ((value = after_word(line, "after:"))) {
		take_part(r, value);
	} else if ((value = after_word(line, "policy:"))) {
		r->in_policy = true;
		if (value[0] != '\0')
			refuse(r, "what changes in the policy follows on lines of its own, indented");
	} else {
		return false;
	}
	return true;
}

static scenario_step *add_step(reader *r, scenario_verb verb)
{
	scenario *s = r->scenario;
	scenario_step *grown = realloc(s->steps, (s->n_steps + 1) * sizeof(*grown));

	if (!grown)
		abort();
	s->steps = grown;
	grown += s->n_steps++;
	*grown = (scenario_step){.line = r->line, .verb = verb};
	return grown;
}

static bool read_balance(reader *r, char *line)
{
	char *equals = strstr(line, " = ");
	char *account = strchr(line, ' ');
	scenario_step *step;

	if (!equals || !account || account >= equals)
		return refuse(r, "a balance is \"balance seller:lin seller_available = 1.00 BRL\"");
	*equals = '\0';
	*account = '\0';
	step = add_step(r, SCENARIO_BALANCE);
	step->who = strdup(trim(line));
	step->operation = strdup(trim(account + 1));
	step->outcome = strdup(trim(equals + 3));
	return true;
}

static bool read_command(reader *r, char *line)
{
	static const struct {
		const char *word;
		scenario_verb verb;
	} words[] = {{"at ", SCENARIO_AT}, {"after ", SCENARIO_AFTER}, {"later ", SCENARIO_LATER}};
	char *value;

	if (strcmp(line, "work") == 0) {
		add_step(r, SCENARIO_WORK);
		return true;
	}
	if ((value = after_word(line, "balance ")))
		return read_balance(r, value);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		scenario_step *step;
		bool good;

		if (!(value = after_word(line, words[i].word)))
			continue;
		step = add_step(r, words[i].verb);
		good = step->verb == SCENARIO_AT ? read_time(value, &step->time)
		                                 : mk_duration_parse(value, &step->time);
		return good || refuse(r, "\"%s\" isn't a time", value);
	}
	return refuse(r, "\"%s\" isn't a line of a scenario", line);
}

/* "buyer ana" is buyer:ref:ana. */
static char *actor_of(const char *cell)
{
	static const char *const kinds[] = {"buyer ", "member ", "operator "};
	const char *confirmed = strncmp(cell, "confirmed ", 10) == 0 ? "confirmed " : "";
	const char *name = cell + strlen(confirmed);
	char text[300];

	for (size_t i = 0; i < 3; i++)
		if (strncmp(name, kinds[i], strlen(kinds[i])) == 0) {
			snprintf(text, sizeof(text), "%s%.*s:%s%s", confirmed, (int)strlen(kinds[i]) - 1,
			         kinds[i], i < 2 && name[strlen(kinds[i])] != '$' ? "ref:" : "",
			         name + strlen(kinds[i]));
			return strdup(text);
		}
	return strdup(cell);
}

static bool is_rule(const char *cell)
{
	return cell[0] != '\0' && strspn(cell, "-: ") == strlen(cell);
}

static int split(char *line, char *cells[MAX_CELLS])
{
	int n = 0;
	char *to;

	line++;
	while (n < MAX_CELLS && *line) {
		cells[n++] = to = line;
		while (*line && *line != '|') {
			if (line[0] == '\\' && line[1] == '|')
				line++;
			*to++ = *line++;
		}
		if (*line == '|')
			line++;
		else
			return -1;
		*to = '\0';
	}
	for (int i = 0; i < n; i++)
		cells[i] = trim(cells[i]);
	return *line == '\0' ? n : -1;
}

static bool read_row(reader *r, char *line)
{
	scenario *s = r->scenario;
	scenario_step *last = s->n_steps > 0 ? &s->steps[s->n_steps - 1] : NULL;
	const char *who = NULL;
	char *cells[MAX_CELLS];
	scenario_step *step;

	if (split(line, cells) != MAX_CELLS)
		return refuse(r, "a row has four cells: who, operation, params, outcome");
	if (strcmp(cells[0], "who") == 0 || is_rule(cells[0]))
		return true;
	if (cells[1][0] == '\0') {
		if (!last || last->verb != SCENARIO_CALL || cells[0][0] != '\0')
			return refuse(r, "the operation is missing");
		append(&last->params, cells[2], " ");
		append(&last->outcome, cells[3], cells[3][0] ? " " : "");
		return true;
	}
	for (size_t i = s->n_steps; i > s->n_own && !who; i--)
		if (s->steps[i - 1].verb == SCENARIO_CALL)
			who = s->steps[i - 1].who;
	if (cells[0][0] == '\0' && !who)
		return refuse(r, "the first row names who acts");
	who = cells[0][0] ? cells[0] : who;
	{
		char *actor = actor_of(who);

		step = add_step(r, SCENARIO_CALL);
		step->who = actor;
	}
	step->operation = strdup(cells[1]);
	step->params = strdup(cells[2]);
	step->outcome = strdup(cells[3]);
	return true;
}

static bool finish(reader *r)
{
	char why[SCENARIO_WHY];
	scenario *s = r->scenario;

	if (s->n_steps == s->n_own)
		return refuse(r, "it has no steps");
	for (size_t i = 0; i < s->n_steps; i++) {
		r->line = s->steps[i].line;
		if (s->steps[i].verb == SCENARIO_CALL && s->steps[i].outcome[0] == '\0')
			return refuse(r, "the outcome is missing");
		if (s->steps[i].verb == SCENARIO_LATER)
			s->library_only = true; /* the command line does what is due before each line */
	}
	if (!r->changes)
		return true;
	s->policy = scenario_policy(r->changes, why);
	return s->policy ? true : refuse(r, "policy: %s", why);
}
