#include "libmarket/store/driver.h"

#include <string.h>

#define FIRST_STEPS 32

struct mk_plan {
	mk_arena *arena;
	mk_step *steps;
	size_t n_steps, room;
	bool failed; /* an allocation */
	int (*seal)(mk_store *, void *, market_error *);
	void *seal_data;
};

static mk_step *new_step(mk_plan *plan);
static bool copy_optionals(mk_plan *plan, const mk_record *record, char *copy);
static int resolve(mk_plan *plan, mk_store *store, market_error *err);
static mk_step **sorted(mk_plan *plan);
static void merge(mk_step **from, mk_step **to, size_t begin, size_t middle, size_t end);
static int compare(const mk_step *a, const mk_step *b);
static int compare_targets(const mk_step *a, const mk_step *b);
static bool decided_by_misses(int code);
static int judge(const mk_plan *plan, market_error *err);

mk_plan *mk_plan_new(mk_arena *arena)
{
	mk_plan *plan = MK_NEW(arena, mk_plan);

	if (plan)
		plan->arena = arena;
	return plan;
}

bool mk_plan_empty(const mk_plan *plan)
{
	return plan->n_steps == 0;
}

void mk_plan_add(mk_plan *plan, mk_phase phase, const mk_statement *statement, market_id target,
                 const mk_value *args, size_t n_args, mk_miss miss)
{
	mk_step *step = new_step(plan);

	if (!step)
		return;
	*step = (mk_step){
		.statement = statement, .phase = phase, .target = target, .miss = miss, .rows = -1};
	step->n_args = n_args;
	step->args = mk_arena_copy(plan->arena, args, sizeof(*args) * n_args);
	plan->failed = plan->failed || !step->args;
}

void mk_plan_add_record(mk_plan *plan, mk_phase phase, const mk_statement *statement,
                        market_id target, const mk_record *record, const void *value, mk_miss miss)
{
	mk_step *step = new_step(plan);
	char *copy;

	if (!step)
		return;
	*step = (mk_step){
		.statement = statement, .phase = phase, .target = target, .miss = miss, .rows = -1};
	copy = mk_arena_copy(plan->arena, value, record->size);
	plan->failed = plan->failed || !copy || !copy_optionals(plan, record, copy);
	step->record = record;
	step->value = copy;
}

void mk_plan_set_seal(mk_plan *plan, int (*seal)(mk_store *, void *, market_error *),
                      void *user_data)
{
	plan->seal = seal;
	plan->seal_data = user_data;
}

int mk_plan_flush(mk_plan *plan, mk_store *store, market_error *err)
{
	mk_step **steps;
	int rc = resolve(plan, store, err), missed;

	if (rc != 0)
		return rc;
	steps = sorted(plan);
	if (!steps)
		return mk_error_no_memory(err);
	if (store->before_flush) {
		rc = store->before_flush(store, store->before_flush_data);
		if (rc != 0)
			return rc;
	}
	rc = plan->n_steps > 0 ? store->driver->run(store, steps, plan->n_steps, err) : 0;
	if (rc == 0 || decided_by_misses(rc)) {
		missed = judge(plan, err);
		rc = missed != 0 ? missed : rc;
	}
	if (rc == 0 && plan->seal)
		rc = plan->seal(store, plan->seal_data, err);
	if (rc != 0)
		return store->again ? MK_AGAIN : rc;
	if (!store->driver->intact(store))
		return mk_error_set(err, MARKET_EINTERNAL, "the transaction was undone while the plan ran");
	return 0;
}

static mk_step *new_step(mk_plan *plan)
{
	mk_step *steps;

	if (plan->n_steps == plan->room) {
		plan->room = plan->room ? plan->room * 2 : FIRST_STEPS;
		steps = mk_arena_get(plan->arena, sizeof(*steps) * plan->room);
		if (!steps) {
			plan->room = plan->n_steps;
			plan->failed = true;
			return NULL;
		}
		if (plan->n_steps > 0)
			memcpy(steps, plan->steps, sizeof(*steps) * plan->n_steps);
		plan->steps = steps;
	}
	return &plan->steps[plan->n_steps++];
}

/* The struct is copied now and bound at the flush; what its optional members point to may be gone
 * then. */
static bool copy_optionals(mk_plan *plan, const mk_record *record, char *copy)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];
		const void **at;

		if ((field->flags & (MK_OPTIONAL | MK_NOT_ROW)) != MK_OPTIONAL)
			continue;
		at = (const void **)(copy + field->offset);
		if (!*at)
			continue;
		*at = mk_arena_copy(plan->arena, *at,
		                    field->kind == MK_MONEY  ? sizeof(market_money)
		                    : field->kind == MK_BOOL ? sizeof(bool)
		                                             : sizeof(int64_t));
		if (!*at)
			return false;
	}
	return true;
}

/* Everything that can be wrong with the plan itself is found before its first step runs. */
static int resolve(mk_plan *plan, mk_store *store, market_error *err)
{
	int rc = 0;

	if (plan->failed)
		return mk_error_no_memory(err);
	if (!store->in_transaction || !store->writing || store->streaming)
		return mk_error_set(err, MARKET_EINTERNAL,
		                    "a plan is flushed outside a writer's transaction");
	for (size_t i = 0; i < plan->n_steps && rc == 0; i++) {
		mk_step *step = &plan->steps[i];
		const mk_mapping *binding;
		mk_value *values;

		rc = mk_store_prepare(store, step->statement, &step->prepared, err);
		if (rc == 0 && !step->record)
			rc = mk_store_check_args(step->prepared, step->args, step->n_args, err);
		if (rc != 0 || !step->record)
			continue;
		rc = mk_row_binding(store, step->prepared, step->record, &binding, err);
		if (rc != 0)
			return rc;
		values = mk_arena_get(plan->arena, sizeof(*values) * binding->n_columns);
		if (!values)
			return mk_error_no_memory(err);
		rc = mk_row_bind(binding, step->value, plan->arena, values, err);
		step->args = values;
		step->n_args = binding->n_columns;
	}
	return rc;
}

/* A merge sort from the bottom up: stable, and the steps come nearly sorted. */
static mk_step **sorted(mk_plan *plan)
{
	size_t n = plan->n_steps;
	mk_step **from = mk_arena_get(plan->arena, sizeof(*from) * (2 * n + 1)), **to, **swap;

	if (!from)
		return NULL;
	to = from + n;
	for (size_t i = 0; i < n; i++)
		from[i] = &plan->steps[i];
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t begin = 0; begin < n; begin += 2 * width) {
			size_t middle = begin + width < n ? begin + width : n;
			size_t end = middle + width < n ? middle + width : n;

			merge(from, to, begin, middle, end);
		}
		swap = from;
		from = to;
		to = swap;
	}
	return from;
}

static void merge(mk_step **from, mk_step **to, size_t begin, size_t middle, size_t end)
{
	size_t left = begin, right = middle;

	for (size_t i = begin; i < end; i++) {
		if (left < middle && (right == end || compare(from[left], from[right]) <= 0))
			to[i] = from[left++];
		else
			to[i] = from[right++];
	}
}

/* Rows are taken in one order by all, so that transactions wait for each other in no circle. */
static int compare(const mk_step *a, const mk_step *b)
{
	const char *table_a = a->statement->table, *table_b = b->statement->table;
	int tables;

	if (a->phase != b->phase)
		return a->phase < b->phase ? -1 : 1;
	if (a->phase == MK_PHASE_LEDGER)
		return compare_targets(a, b);
	if (a->phase != MK_PHASE_UPDATE)
		return 0;
	tables = table_a == table_b ? 0 : strcmp(table_a ? table_a : "", table_b ? table_b : "");
	return tables != 0 ? tables : compare_targets(a, b);
}

static int compare_targets(const mk_step *a, const mk_step *b)
{
	if (a->target.book != b->target.book)
		return a->target.book < b->target.book ? -1 : 1;
	return a->target.id < b->target.id ? -1 : a->target.id > b->target.id;
}

/* A row that a missed step didn't make may break a constraint or a sum of a later one. */
static bool decided_by_misses(int code)
{
	return code == MARKET_EINTERNAL || code == MARKET_EOVERFLOW;
}

static int judge(const mk_plan *plan, market_error *err)
{
	const mk_step *worst = NULL;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const mk_step *step = &plan->steps[i];
		int64_t expected = step->miss.rows != 0 ? step->miss.rows : 1;

		if (step->rows < 0 || step->rows == expected || step->miss.code == 0)
			continue;
		if (step->miss.code == MK_AGAIN)
			return MK_AGAIN;
		if (!worst || step->miss.rank < worst->miss.rank)
			worst = step;
	}
	if (!worst)
		return 0;
	mk_error_set(err, worst->miss.code, "%s",
	             worst->miss.message ? worst->miss.message
	                                 : market_error_summary(worst->miss.code));
	return worst->miss.field ? mk_error_field(err, worst->miss.code, "%s", worst->miss.field)
	                         : worst->miss.code;
}
