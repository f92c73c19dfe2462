#include "tests/unit/intruder.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"

const column columns[N_COLUMNS] = {
	{"anonymous", {{"anonymous", "anonymous", 0}}},
	{"its buyer", {{"buyer", "buyer:ref:ana", 0}}},
	{"another buyer", {{"buyer", "buyer:ref:bo", 0}}},
	{"members of its seller",
     {{"owner", "member:ref:lin-owner", 0},
      {"finance", "member:ref:lin-finance", 0},
      {"catalogue", "member:ref:lin-catalogue", 0},
      {"fulfilment", "member:ref:lin-fulfilment", 0},
      {"support", "member:ref:lin-support", 0},
      {"viewer", "member:ref:lin-viewer", 0}}},
	{"members of another seller",
     {{"owner", "member:ref:mia-owner", 0},
      {"finance", "member:ref:mia-finance", 0},
      {"catalogue", "member:ref:mia-catalogue", 0},
      {"fulfilment", "member:ref:mia-fulfilment", 0},
      {"support", "member:ref:mia-support", 0},
      {"viewer", "member:ref:mia-viewer", 0}}},
	{"operators by right",
     {{"none", NULL, 0},
#define X(name, bit, text, summary) {text, NULL, 1U << (bit)},
      MARKET_RIGHT_LIST(X)
#undef X
     }},
	{"system", {{"system", "system", 0}}},
};

static void read_matrix(intruder *t);
static json_t *make_params(intruder *t, const matrix_row *row, bool missing);

static void count_write(const mk_trace *trace, void *user_data)
{
	if (trace->write && trace->statement->table)
		((intruder *)user_data)->writes++;
}

/* Whoever comes so far was let in; what he wants is not done. */
static int stop(mk_store *store, void *user_data)
{
	(void)store;
	((intruder *)user_data)->flushed = true;
	return MARKET_EFULL;
}

void intruder_open(intruder *t)
{
	char path[4200], why[SCENARIO_WHY] = "";
	scenario_way way = scenario_by_library(&t->market);
	market_error err;
	bool good;

	memset(t, 0, sizeof(*t));
	snprintf(path, sizeof(path), "%s/tests/matrix/world.txt", test_source_dir());
	t->scenario = scenario_read(path, why);
	CHECK_TEXT(why, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->scenario);
	CHECK_OK_FATAL(scenario_market_open(&t->market, t->scenario, test_store_url(), NULL, &err));
	good = scenario_run(t->scenario, &way, &t->values, why);
	CHECK_TEXT(why, "");
	CU_ASSERT_TRUE_FATAL(good);
	read_matrix(t);
	mk_store_set_trace(t->market.market->store, count_write, t);
	mk_store_set_before_flush(t->market.market->store, stop, t);
}

void intruder_close(intruder *t)
{
	scenario_market_close(&t->market);
	scenario_values_free(&t->values);
	scenario_free(t->scenario);
	free(t->rows);
}

/* ---- calls ---- */

static const char *id_of_world(const mk_field *field, void *user_data)
{
	char name[64] = "";

	/* $order_group for an order group, $seller for a seller */
	snprintf(name, sizeof(name), "%s", field->id_kind == MARKET_ID_NONE ? "" : field->name);
	for (int pass = 0; pass < 2; pass++) {
		const char *value = name[0] ? scenario_value(user_data, name) : NULL;
		market_id id;

		if (value && market_id_parse(field->id_kind, value, &id))
			return value;
#define X(kind, prefix, word) \
	if (field->id_kind == MARKET_ID_##kind) \
		snprintf(name, sizeof(name), "%s", word);
		MARKET_ID_KIND_LIST(X)
#undef X
	}
	return NULL;
}

static void set_subject(const mk_op *op, json_t *params, bool missing, void *values)
{
	const mk_field *field = op->subject_param ? mk_record_field(op->params, op->subject_param,
	                                                            strlen(op->subject_param))
	                                          : NULL;

	if (!field)
		return;
	if (missing)
		json_object_set_new(params, field->name, call_sample_value(field, false, NULL, NULL));
	else if (!json_object_get(params, field->name))
		json_object_set_new(params, field->name,
		                    call_sample_value(field, false, id_of_world, values));
}

static json_t *make_params(intruder *t, const matrix_row *row, bool missing)
{
	const mk_op *op = mk_op_find(row->operation);
	char why[SCENARIO_WHY] = "";
	json_t *params = call_sample(op->params, false, id_of_world, &t->values);
	json_t *more = scenario_params(row->operation, row->params, &t->values, why);

	CHECK_TEXT(why, "");
	set_subject(op, params, false, &t->values);
	if (more)
		json_object_update(params, more);
	json_decref(more);
	if (missing)
		set_subject(op, params, true, &t->values);
	return params;
}

static void act_as(intruder *t, const caller *who)
{
	const market_actor staff = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "someone", .rights = who->right};
	market_error err;

	if (who->actor)
		CHECK_OK_FATAL(market_session_act_as_text(t->market.session, who->actor, &err));
	else
		CHECK_OK_FATAL(market_session_act_as(t->market.session, &staff, &err));
}

int intruder_call(intruder *t, const matrix_row *row, const caller *who, bool missing)
{
	json_t *params = make_params(t, row, missing);
	char *text = json_dumps(params, JSON_COMPACT);
	char *reply = NULL;
	int rc;

	act_as(t, who);
	t->writes = 0;
	t->flushed = false;
	rc = market_call(t->market.session, row->operation, text, &reply, &t->err);
	market_text_free(reply);
	free(text);
	json_decref(params);
	return rc;
}

const char *intruder_subject(intruder *t, const matrix_row *row, bool missing)
{
	static char text[64];
	const mk_op *op = mk_op_find(row->operation);
	json_t *params = make_params(t, row, missing);
	const char *value =
		op->subject_param ? json_string_value(json_object_get(params, op->subject_param)) : NULL;

	snprintf(text, sizeof(text), "%s", value ? value : "");
	json_decref(params);
	return text;
}

/* An object named beside the subject may be missing for whoever may call. */
verdict intruder_verdict(const intruder *t, const matrix_row *row, int code)
{
	const mk_op *op = mk_op_find(row->operation);

	if (code == MARKET_EDENIED)
		return VERDICT_DENIED;
	if (code == MARKET_ENOTFOUND && !t->flushed &&
	    (!op->subject_param || strcmp(t->err.field, op->subject_param) == 0))
		return VERDICT_NOT_FOUND;
	return VERDICT_OK;
}

/* ---- the file ---- */

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

static void read_row(intruder *t, char *line, int number)
{
	matrix_row row = {.line = number};
	char *cells[N_COLUMNS + 2];
	size_t n = 0;

	for (char *cell = strtok(line, "|"); cell && n < N_COLUMNS + 2; cell = strtok(NULL, "|"))
		cells[n++] = trim(cell);
	if (n != N_COLUMNS + 2 || strcmp(cells[0], "operation") == 0 || cells[0][0] == '-')
		return;
	snprintf(row.operation, sizeof(row.operation), "%s", cells[0]);
	snprintf(row.params, sizeof(row.params), "%s", cells[1]);
	for (size_t i = 0; i < N_COLUMNS; i++)
		snprintf(row.cells[i], sizeof(row.cells[i]), "%s", cells[i + 2]);
	t->rows = realloc(t->rows, (t->n_rows + 1) * sizeof(row));
	t->rows[t->n_rows++] = row;
}

static void read_matrix(intruder *t)
{
	char path[4200], line[4000];
	FILE *file;
	int number = 0;

	snprintf(path, sizeof(path), "%s/tests/matrix/permissions.txt", test_source_dir());
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while (fgets(line, sizeof(line), file)) {
		number++;
		if (line[0] == '|')
			read_row(t, line, number);
	}
	fclose(file);
}

static const char *word_of(verdict verdict)
{
	static const char *const words[] = {"ok", "denied", "not_found"};

	return words[verdict];
}

/* "owner, finance else denied": those named may, the others not; one word is for all. */
void cell_write(const column *column, const verdict verdicts[MAX_CALLERS], char cell[300])
{
	size_t n = 0, may = 0, used = 0;
	verdict rest = VERDICT_OK;

	cell[0] = '\0';
	for (; column->callers[n].name; n++) {
		if (verdicts[n] == VERDICT_OK)
			may++;
		else
			rest = verdicts[n];
	}
	if (may == n || may == 0) {
		snprintf(cell, 300, "%s", word_of(may == n ? VERDICT_OK : rest));
		for (size_t i = 0; may == 0 && i < n; i++)
			if (verdicts[i] != rest)
				snprintf(cell, 300, "mixed");
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (verdicts[i] == VERDICT_OK)
			used += (size_t)snprintf(cell + used, 300 - used, "%s%s", used > 0 ? ", " : "",
			                         column->callers[i].name);
		else if (verdicts[i] != rest)
			used += (size_t)snprintf(cell + used, 300 - used, " (mixed)");
	snprintf(cell + used, 300 - used, " else %s", word_of(rest));
}
