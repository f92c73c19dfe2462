#include "libmarket/store/postgres.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

typedef struct item {
	mk_prepared *prepared;
	const mk_value *args;
	size_t n_args;
} item;

/* Statements that go to the server in one pipeline: queries or a plan's steps. */
typedef struct batch {
	mk_postgres *p;
	size_t n;
	mk_query *queries; /* NULL: steps */
	mk_arena *arena;
	mk_step *const *steps;
	size_t n_begin; /* results of BEGIN, which went first */
	bool lost;
} batch;

static int stream(mk_postgres *p, const mk_query *query, mk_row_callback row, void *user_data,
                  int64_t *n_rows, market_error *err);
static int run_batch(batch *b, market_error *err);
static int try_batch(batch *b, market_error *err);
static item item_at(const batch *b, size_t index);
static int type_parameters(mk_postgres *p, const item *it, market_error *err);
static bool send_batch(batch *b);
static bool send_item(mk_postgres *p, const item *it, size_t index);
static bool send_named(mk_postgres *p, const item *it);
static void fill_values(mk_postgres *p, const item *it);
static void name_statement(mk_postgres *p, const mk_prepared *prepared);
static int receive_batch(batch *b, market_error *err);
static int receive_item(batch *b, size_t index, int rc, market_error *err);
static PGresult *end_of_pipeline(mk_postgres *p);
static PGresult *next_result(mk_postgres *p);
static int judge_next(mk_postgres *p, const PGresult *result, const char *what, int rc,
                      market_error *err);
static int take_rows(batch *b, mk_query *query, mk_prepared *prepared, const PGresult *result,
                     market_error *err);
static void take_count(batch *b, mk_step *step, PGresult *result);
static int start_each(mk_postgres *p, const mk_query *query, mk_prepared **prepared,
                      market_error *err);
static int prepare_now(mk_postgres *p, const item *it, market_error *err);

int mk_postgres_prepare(mk_store *store, mk_prepared *prepared, market_error *err)
{
	size_t size = sizeof(mk_postgres_statement) + sizeof(Oid) * prepared->n_parameters;

	mk_postgres_statement *statement = mk_arena_zero(&store->arena, size);

	if (!statement)
		return mk_error_no_memory(err);
	statement->number = (uint32_t)store->n_prepared;
	prepared->handle = statement;
	return 0;
}

int mk_postgres_check(mk_store *store, mk_prepared *prepared, const mk_record *record,
                      market_error *err)
{
	mk_postgres *p = (mk_postgres *)store;
	const mk_mapping *binding;
	mk_mapping *reading;
	Oid types[MK_MAX_NAMED];
	PGresult *result;
	const char *state;
	int rc = store->in_transaction ? mk_postgres_begin_now(p, err) : mk_postgres_connect(p, err);

	if (rc == 0 && !p->connection)
		rc = mk_postgres_lost(p, prepared->statement->name, err);
	if (rc == 0 && record && prepared->names)
		rc = mk_row_binding(store, prepared, record, &binding, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; record && prepared->names && i < prepared->n_parameters; i++)
		types[i] = binding->columns[i].value == MK_VALUE_INT    ? MK_OID_INT8
		           : binding->columns[i].value == MK_VALUE_TEXT ? MK_OID_TEXT
		                                                        : MK_OID_BYTEA;
	result = PQprepare(p->connection, "", prepared->numbered,
	                   record && prepared->names ? (int)prepared->n_parameters : 0, types);
	state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	/* Types of values that only an execution gives. */
	if (state && (strcmp(state, "42804") == 0 || strcmp(state, "42P18") == 0)) {
		PQclear(result);
		return 0;
	}
	rc = mk_postgres_judge(p, result, prepared->statement->name, err);
	PQclear(result);
	if (rc != 0 || !record)
		return rc;
	result = PQdescribePrepared(p->connection, "");
	rc = mk_postgres_judge(p, result, prepared->statement->name, err);
	if (rc == 0)
		rc = mk_postgres_reading(p, prepared, record, result, &reading, err);
	PQclear(result);
	return rc;
}

int mk_postgres_read(mk_store *store, mk_arena *arena, mk_query *queries, size_t n_queries,
                     market_error *err)
{
	batch b = {.p = (mk_postgres *)store, .n = n_queries, .queries = queries, .arena = arena};
	mk_prepared *prepared;
	int rc = 0;

	for (size_t i = 0; i < n_queries && rc == 0; i++) {
		rc = mk_store_prepare(store, queries[i].statement, &prepared, err);
		if (rc == 0)
			rc = mk_store_check_args(prepared, queries[i].args, queries[i].n_args, err);
	}
	return rc == 0 ? run_batch(&b, err) : rc;
}

int mk_postgres_run(mk_store *store, mk_step *const *steps, size_t n_steps, market_error *err)
{
	batch b = {.p = (mk_postgres *)store, .n = n_steps, .steps = steps};

	return run_batch(&b, err);
}

/* Outside a transaction it runs once more, when no row was given yet, over a new connection or with
 * its statement prepared anew. */
int mk_postgres_each(mk_store *store, const mk_query *query, mk_row_callback row, void *user_data,
                     market_error *err)
{
	mk_postgres *p = (mk_postgres *)store;
	int64_t n_rows = 0;
	int rc = stream(p, query, row, user_data, &n_rows, err);

	if (!store->in_transaction && n_rows == 0 && (rc == MK_AGAIN || (rc != 0 && !p->connection)))
		rc = stream(p, query, row, user_data, &n_rows, err);
	return rc;
}

static int stream(mk_postgres *p, const mk_query *query, mk_row_callback row, void *user_data,
                  int64_t *n_rows, market_error *err)
{
	mk_store *store = &p->base;
	mk_prepared *prepared;
	mk_mapping *reading = NULL;
	PGresult *result;
	void *made;
	int rc = start_each(p, query, &prepared, err);

	store->batch++;
	if (rc != 0)
		return rc;
	/* The rows that are left after a failure are read too: a cancelled query would end the
	 * transaction. */
	while ((result = PQgetResult(p->connection)) != NULL) {
		if (rc == 0)
			rc = mk_postgres_judge(p, result, query->statement->name, err);
		if (rc == 0 && !reading)
			rc = mk_postgres_reading(p, prepared, query->record, result, &reading, err);
		for (int i = 0; rc == 0 && i < PQntuples(result); i++) {
			mk_arena_reset(&store->scratch);
			mk_postgres_fetch(result, i, reading);
			rc = mk_row_make(reading, &store->scratch, &made, err);
			++*n_rows;
			if (rc == 0)
				rc = row(made, user_data, err);
		}
		PQclear(result);
		if (!p->connection)
			return rc;
	}
	mk_store_traced(store, query->statement, query->args, query->n_args, false, *n_rows);
	return rc;
}

/* A connection that broke while it was idle shows at the first batch: nothing was done yet, so it
 * is sent once more on a new one. */
static int run_batch(batch *b, market_error *err)
{
	mk_postgres *p = b->p;
	bool began = p->begin_pending;
	bool again = began || (!p->base.in_transaction && b->queries);
	int rc;

	if (!p->base.in_transaction) {
		rc = mk_postgres_connect(p, err);
		if (rc != 0)
			return rc;
	}
	rc = try_batch(b, err);
	if (rc == MK_AGAIN && !p->base.in_transaction)
		return try_batch(b, err);
	/* A write by itself: its commit was sent with it. */
	if (b->lost && !p->base.in_transaction && b->steps)
		return mk_postgres_commit_lost(p, NULL, err);
	if (!b->lost || !again)
		return rc;
	rc = mk_postgres_connect(p, err);
	if (rc != 0)
		return rc;
	p->begin_pending = began;
	return try_batch(b, err);
}

static int try_batch(batch *b, market_error *err)
{
	mk_postgres *p = b->p;
	int rc = 0;

	b->lost = false;
	for (size_t i = 0; i < b->n && rc == 0; i++) {
		item it = item_at(b, i);

		((mk_postgres_statement *)it.prepared->handle)->preparing = false;
		rc = type_parameters(p, &it, err);
	}
	if (rc != 0)
		return rc;
	if (p->connection && PQenterPipelineMode(p->connection) && send_batch(b))
		rc = receive_batch(b, err);
	else
		rc = mk_postgres_lost(p, item_at(b, 0).prepared->statement->name, err);
	b->lost = !p->connection;
	if (!b->lost && !PQexitPipelineMode(p->connection))
		rc = mk_postgres_lost(p, "pipeline", err);
	return rc;
}

static item item_at(const batch *b, size_t index)
{
	item it = {0};

	if (b->queries) {
		/* Prepared before the batch, so that this only looks it up. */
		mk_store_prepare(&b->p->base, b->queries[index].statement, &it.prepared, NULL);
		it.args = b->queries[index].args;
		it.n_args = b->queries[index].n_args;
	} else {
		it.prepared = b->steps[index]->prepared;
		it.args = b->steps[index]->args;
		it.n_args = b->steps[index]->n_args;
	}
	return it;
}

/* A statement keeps the types of its first values: a NULL says nothing by itself. */
static int type_parameters(mk_postgres *p, const item *it, market_error *err)
{
	static const Oid types[] = {[MK_VALUE_INT] = MK_OID_INT8,
	                            [MK_VALUE_TEXT] = MK_OID_TEXT,
	                            [MK_VALUE_BLOB] = MK_OID_BYTEA};
	mk_postgres_statement *statement = it->prepared->handle;

	(void)p;
	for (size_t i = 0; i < it->n_args; i++) {
		Oid type = types[it->args[i].kind];

		if (!statement->typed)
			statement->types[i] = type;
		else if (statement->types[i] != type && !it->args[i].null)
			return mk_error_set(err, MARKET_EINTERNAL,
			                    "statement %s binds parameter %zu with two types",
			                    it->prepared->statement->name, i + 1);
	}
	statement->typed = true;
	return 0;
}

static bool send_batch(batch *b)
{
	mk_postgres *p = b->p;
	char texts[2][80];
	bool good = true;

	b->n_begin = p->begin_pending ? mk_postgres_begin_texts(p, texts) : 0;
	p->base.batch += !p->begin_pending;
	p->begin_pending = false;
	for (size_t i = 0; i < b->n_begin && good; i++)
		good = PQsendQueryParams(p->connection, texts[i], 0, NULL, NULL, NULL, NULL, 1);
	for (size_t i = 0; i < b->n && good; i++) {
		item it = item_at(b, i);

		good = send_item(p, &it, i);
	}
	return good && PQpipelineSync(p->connection);
}

static bool send_item(mk_postgres *p, const item *it, size_t index)
{
	mk_postgres_statement *statement = it->prepared->handle;

	if (!p->prepare_off && statement->generation != p->generation && !statement->preparing) {
		name_statement(p, it->prepared);
		if (!PQsendPrepare(p->connection, statement->name, it->prepared->numbered, (int)it->n_args,
		                   statement->types))
			return false;
		statement->preparing = true;
		statement->item = index;
	}
	return send_named(p, it);
}

static bool send_named(mk_postgres *p, const item *it)
{
	const mk_postgres_statement *statement = it->prepared->handle;
	int n = (int)it->n_args;

	fill_values(p, it);
	if (p->prepare_off)
		return PQsendQueryParams(p->connection, it->prepared->numbered, n, statement->types,
		                         p->values, p->lengths, p->formats, 1);
	return PQsendQueryPrepared(p->connection, statement->name, n, p->values, p->lengths, p->formats,
	                           1);
}

static void fill_values(mk_postgres *p, const item *it)
{
	for (size_t i = 0; i < it->n_args; i++) {
		const mk_value *value = &it->args[i];

		if (value->null) {
			p->values[i] = NULL;
			p->lengths[i] = 0;
		} else if (value->kind == MK_VALUE_INT) {
			uint64_t number = (uint64_t)value->number;
			uint8_t *bytes = (uint8_t *)&p->numbers[i];

			for (int k = 0; k < 8; k++)
				bytes[k] = (uint8_t)(number >> (56 - 8 * k));
			p->values[i] = (const char *)bytes;
			p->lengths[i] = 8;
		} else {
			p->values[i] = value->data ? value->data : "";
			p->lengths[i] = (int)value->size;
		}
	}
}

/* The name is made of the text: behind a pooler a name may have been prepared by somebody else, and
 * then it must mean the same. */
static void name_statement(mk_postgres *p, const mk_prepared *prepared)
{
	mk_postgres_statement *statement = prepared->handle;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *at = prepared->numbered; *at; at++)
		hash = (hash ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < prepared->n_parameters; i++)
		hash = (hash ^ statement->types[i]) * UINT64_C(0x100000001b3);
	snprintf(statement->name, sizeof(statement->name), "mk_%016llx_%u_%u", (unsigned long long)hash,
	         p->generation, statement->number);
}

static int receive_batch(batch *b, market_error *err)
{
	mk_postgres *p = b->p;
	PGresult *result;
	int rc = 0;

	for (size_t i = 0; i < b->n_begin && p->connection; i++) {
		result = next_result(p);
		rc = judge_next(p, result, "begin", rc, err);
		PQclear(result);
	}
	for (size_t i = 0; i < b->n && p->connection; i++)
		rc = receive_item(b, i, rc, err);
	if (!p->connection)
		return rc;
	result = end_of_pipeline(p);
	if (PQresultStatus(result) != PGRES_PIPELINE_SYNC)
		rc = mk_postgres_lost(p, "pipeline", err);
	PQclear(result);
	return rc;
}

/* It follows the last result at once. Without memory libpq may lose it, and would wait for ever. */
static PGresult *end_of_pipeline(mk_postgres *p)
{
	while (PQisBusy(p->connection)) {
		struct pollfd readable = {.fd = PQsocket(p->connection), .events = POLLIN};
		int n = poll(&readable, 1, (int)p->base.busy_ms);

		if (n == 0 || (n < 0 && errno != EINTR) || !PQconsumeInput(p->connection))
			return NULL;
	}
	return PQgetResult(p->connection);
}

/* After an error the server skips the rest of the pipeline, whose results are taken all the same.
 */
static int receive_item(batch *b, size_t index, int rc, market_error *err)
{
	mk_postgres *p = b->p;
	item it = item_at(b, index);
	mk_postgres_statement *statement = it.prepared->handle;
	const char *name = it.prepared->statement->name;
	PGresult *result;

	if (statement->preparing && statement->item == index) {
		result = next_result(p);
		statement->preparing = false;
		if (PQresultStatus(result) == PGRES_COMMAND_OK)
			statement->generation = p->generation;
		rc = judge_next(p, result, name, rc, err);
		PQclear(result);
		if (!p->connection)
			return rc;
	}
	result = next_result(p);
	rc = judge_next(p, result, name, rc, err);
	if (rc == 0 && b->queries)
		rc = take_rows(b, &b->queries[index], it.prepared, result, err);
	else if (rc == 0)
		take_count(b, b->steps[index], result);
	PQclear(result);
	return rc;
}

/* One statement's result; a NULL follows it. NULL when the pipeline's end comes first: without
 * memory libpq loses results, and then nobody knows which one belongs to what. */
static PGresult *next_result(mk_postgres *p)
{
	PGresult *result = PQgetResult(p->connection), *rest;
	bool ended = PQresultStatus(result) == PGRES_PIPELINE_SYNC;

	while (result && !ended && (rest = PQgetResult(p->connection)) != NULL) {
		ended = PQresultStatus(rest) == PGRES_PIPELINE_SYNC;
		PQclear(rest);
	}
	if (!ended)
		return result;
	PQclear(result);
	return NULL;
}

static int judge_next(mk_postgres *p, const PGresult *result, const char *what, int rc,
                      market_error *err)
{
	if (PQstatus(p->connection) == CONNECTION_BAD || !result)
		return mk_postgres_lost(p, what, err);
	if (rc == 0)
		return mk_postgres_judge(p, result, what, err);
	/* The first error is what is told, unless the connection is lost by another. */
	mk_postgres_judge(p, result, what, NULL);
	return rc;
}

static int take_rows(batch *b, mk_query *query, mk_prepared *prepared, const PGresult *result,
                     market_error *err)
{
	mk_mapping *reading;
	size_t room = 0;
	void *row;
	int rc = mk_postgres_reading(b->p, prepared, query->record, result, &reading, err);

	query->rows = NULL;
	query->n_rows = 0;
	for (int i = 0; rc == 0 && i < PQntuples(result); i++) {
		mk_postgres_fetch(result, i, reading);
		rc = mk_row_make(reading, b->arena, &row, err);
		if (rc == 0)
			rc = mk_store_add_row(query, &room, row, b->arena, err);
	}
	mk_store_traced(&b->p->base, query->statement, query->args, query->n_args, false,
	                (int64_t)query->n_rows);
	return rc;
}

static void take_count(batch *b, mk_step *step, PGresult *result)
{
	const char *count = PQcmdTuples(result);

	step->rows = 0;
	for (; *count >= '0' && *count <= '9'; count++)
		step->rows = step->rows * 10 + (*count - '0');
	mk_store_traced(&b->p->base, step->statement, step->args, step->n_args, true, step->rows);
}

static int start_each(mk_postgres *p, const mk_query *query, mk_prepared **prepared,
                      market_error *err)
{
	item it = {.args = query->args, .n_args = query->n_args};
	int rc = mk_store_prepare(&p->base, query->statement, &it.prepared, err);

	*prepared = it.prepared;
	if (rc == 0)
		rc = mk_store_check_args(it.prepared, it.args, it.n_args, err);
	if (rc == 0)
		rc = type_parameters(p, &it, err);
	if (rc == 0)
		rc = p->base.in_transaction ? mk_postgres_begin_now(p, err) : mk_postgres_connect(p, err);
	if (rc == 0)
		rc = prepare_now(p, &it, err);
	if (rc != 0)
		return rc;
	if (!send_named(p, &it) || !PQsetSingleRowMode(p->connection))
		return mk_postgres_lost(p, query->statement->name, err);
	return 0;
}

static int prepare_now(mk_postgres *p, const item *it, market_error *err)
{
	mk_postgres_statement *statement = it->prepared->handle;
	PGresult *result;
	int rc;

	if (!p->connection)
		return mk_postgres_lost(p, it->prepared->statement->name, err);
	if (p->prepare_off || statement->generation == p->generation)
		return 0;
	name_statement(p, it->prepared);
	result = PQprepare(p->connection, statement->name, it->prepared->numbered, (int)it->n_args,
	                   statement->types);
	rc = mk_postgres_judge(p, result, it->prepared->statement->name, err);
	if (rc == 0)
		statement->generation = p->generation;
	PQclear(result);
	return rc;
}
