/* Every role × every operation × own and foreign objects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/party/party.h"
#include "tests/unit/intruder.h"
#include "tests/unit/market_fixture.h"

/* A row whose cells are as they should be is printed nowhere; another as the file would write it.
 */
static void check_row(intruder *t, const matrix_row *row)
{
	char actual[2500], expected[2500];
	int used = snprintf(actual, sizeof(actual), "| %s | %s", row->operation, row->params);
	int wanted = snprintf(expected, sizeof(expected), "| %s | %s", row->operation, row->params);

	for (size_t c = 0; c < N_COLUMNS; c++) {
		verdict verdicts[MAX_CALLERS] = {0};
		char cell[300];

		for (size_t i = 0; columns[c].callers[i].name; i++) {
			int code = intruder_call(t, row, &columns[c].callers[i], false);

			verdicts[i] = intruder_verdict(t, row, code);
			if (verdicts[i] == VERDICT_OK)
				continue;
			CHECK_INT(t->writes, 0);
			CU_ASSERT_FALSE(t->flushed);
		}
		cell_write(&columns[c], verdicts, cell);
		used += snprintf(actual + used, sizeof(actual) - (size_t)used, " | %s", cell);
		wanted +=
			snprintf(expected + wanted, sizeof(expected) - (size_t)wanted, " | %s", row->cells[c]);
	}
	CHECK_TEXT(actual, expected);
}

static void roles_are_as_the_matrix_says(void)
{
	intruder t;
	char before[65], after[65];
	test_market digest = {0};

	intruder_open(&t);
	digest.market = t.market.market;
	test_store_digest(&digest, before);
	for (size_t i = 0; i < t.n_rows; i++)
		check_row(&t, &t.rows[i]);
	CHECK_TEXT(test_store_digest(&digest, after), before);
	intruder_close(&t);
}

static void every_operation_stands_in_the_matrix(void)
{
	intruder t;
	const mk_op *op;

	intruder_open(&t);
	for (size_t i = 0; (op = mk_op_at(i)); i++) {
		matrix_row row = {.line = 0};
		bool found = false;

		for (size_t r = 0; r < t.n_rows; r++)
			found = found || strcmp(t.rows[r].operation, op->name) == 0;
		if (found)
			continue;
		snprintf(row.operation, sizeof(row.operation), "%s", op->name);
		check_row(&t, &row);
	}
	for (size_t r = 0; r < t.n_rows; r++)
		if (!mk_op_find(t.rows[r].operation))
			CHECK_TEXT(t.rows[r].operation, "an operation");
	intruder_close(&t);
}

/* Else the world lacks what the operation is about, and its row tells nothing. */
static void somebody_is_let_in_everywhere(void)
{
	intruder t;

	intruder_open(&t);
	for (size_t r = 0; r < t.n_rows; r++) {
		bool let_in = false;

		for (size_t c = 0; c < N_COLUMNS; c++)
			let_in = let_in || (strncmp(t.rows[r].cells[c], "denied", 6) != 0 &&
			                    strncmp(t.rows[r].cells[c], "not_found", 9) != 0);
		if (!let_in)
			CHECK_TEXT(t.rows[r].operation, "an operation that somebody may call");
	}
	CU_ASSERT(t.n_rows > 0);
	intruder_close(&t);
}

/* The error's texts with an identifier replaced. */
static void error_text(const market_error *err, const char *id, char out[1500])
{
	char all[1500];
	char *at;

	snprintf(all, sizeof(all), "%d %s|%s|%s|%s|%s", err->code, err->message, err->detail, err->hint,
	         err->field, err->object);
	out[0] = '\0';
	for (at = all; id[0] && strstr(at, id); at = strstr(at, id) + strlen(id))
		snprintf(out + strlen(out), 1500 - strlen(out), "%.*sID", (int)(strstr(at, id) - at), at);
	snprintf(out + strlen(out), 1500 - strlen(out), "%s", at);
}

static void compare_with_nothing(intruder *t, const matrix_row *row, const caller *who)
{
	char found[1500], missing[1500];
	int code = intruder_call(t, row, who, false);

	if (intruder_verdict(t, row, code) != VERDICT_NOT_FOUND)
		return;
	error_text(&t->err, intruder_subject(t, row, false), found);
	CHECK_INT(intruder_call(t, row, who, true), code);
	error_text(&t->err, intruder_subject(t, row, true), missing);
	CHECK_TEXT(found, missing);
}

static void stranger_cant_tell_a_record_from_none(void)
{
	intruder t;

	intruder_open(&t);
	for (size_t i = 0; i < t.n_rows; i++)
		for (size_t c = 0; mk_op_find(t.rows[i].operation)->subject && c < N_COLUMNS; c++)
			for (size_t j = 0; columns[c].callers[j].name; j++)
				compare_with_nothing(&t, &t.rows[i], &columns[c].callers[j]);
	CU_ASSERT(t.n_rows > 0);
	intruder_close(&t);
}

/* ---- agencies ---- */

static bool names_payout_account(const mk_op *op)
{
	for (const mk_relation *r = op->relations; r->kind != MK_REL_END; r++)
		if (r->kind == MK_REL_MEMBER && (r->need & MK_CAN_PAYOUT_ACCOUNT))
			return true;
	return false;
}

static void delegates_are_let_in_as_members(void)
{
	static const char *const roles[] = {"finance", "catalogue", "fulfilment", "support", "viewer"};
	intruder t;
	int let_in = 0;

	intruder_open(&t);
	for (size_t i = 0; i < t.n_rows; i++)
		for (size_t r = 0; r < 5; r++) {
			const matrix_row *row = &t.rows[i];
			const mk_op *op = mk_op_find(row->operation);
			char member[40], agent[40], where[120];
			caller who = {roles[r], member, 0};
			verdict as_member, as_agent;

			snprintf(member, sizeof(member), "member:ref:lin-%s", roles[r]);
			snprintf(agent, sizeof(agent), "member:ref:%s-agent", roles[r]);
			as_member = intruder_verdict(&t, row, intruder_call(&t, row, &who, false));
			who.actor = agent;
			as_agent = intruder_verdict(&t, row, intruder_call(&t, row, &who, false));
			let_in += as_agent == VERDICT_OK;
			/* without a subject or a seller among the params nobody says for whom; of a seller that
			 * is another's nothing is told */
			if (names_payout_account(op) || !op->subject)
				as_member = as_agent == VERDICT_OK                          ? as_member
				            : !op->subject && as_agent == VERDICT_NOT_FOUND ? as_agent
				                                                            : VERDICT_DENIED;
			snprintf(where, sizeof(where), "%s by %s: %d", row->operation, agent, as_agent);
			if (as_agent != as_member)
				CHECK_TEXT(where, "as the member");
			if (names_payout_account(op))
				CHECK_INT(as_agent, VERDICT_DENIED);
		}
	CU_ASSERT(let_in > 50);
	intruder_close(&t);
}

static void ended_delegates_are_strangers(void)
{
	static const char *const agents[] = {"member:ref:revoked-agent", "member:ref:expired-agent"};
	intruder t;

	intruder_open(&t);
	for (size_t i = 0; i < t.n_rows; i++)
		for (size_t a = 0; a < 2; a++) {
			const matrix_row *row = &t.rows[i];
			const mk_op *op = mk_op_find(row->operation);
			const caller stranger = {"anonymous", "anonymous", 0}, who = {"agent", agents[a], 0};
			verdict as_stranger =
				intruder_verdict(&t, row, intruder_call(&t, row, &stranger, false));
			verdict as_agent = intruder_verdict(&t, row, intruder_call(&t, row, &who, false));
			char where[120];

			snprintf(where, sizeof(where), "%s by %s: %d", row->operation, agents[a], as_agent);
			if (as_agent != as_stranger && strncmp(row->operation, "agency.", 7) != 0)
				CHECK_TEXT(where, "as a stranger");
			if (op->subject)
				compare_with_nothing(&t, row, &who);
		}
	intruder_close(&t);
}

static void reference_is_as_good_as_an_identifier(void)
{
	static const char *const calls[][3] = {
		{"buyer.get", "buyer", "ana"},
		{"seller.get", "seller", "lin"},
		{"payout_account.get", "seller", "lin"},
		{"address.list", "buyer", "ana"},
	};
	static const char *const strangers[] = {"anonymous", "buyer:ref:bo", "member:ref:mia-owner"};
	intruder t;
	char params[200], found[1500], missing[1500];
	market_error err;

	intruder_open(&t);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (size_t j = 0; j < 3; j++) {
			CHECK_OK(market_session_act_as_text(t.market.session, strangers[j], &err));
			snprintf(params, sizeof(params), "{\"%s\":\"ref:%s\"}", calls[i][1], calls[i][2]);
			CHECK_ERROR(market_call(t.market.session, calls[i][0], params, NULL, &err),
			            MARKET_ENOTFOUND, calls[i][1]);
			error_text(&err, calls[i][2], found);
			snprintf(params, sizeof(params), "{\"%s\":\"ref:nobody\"}", calls[i][1]);
			CHECK_ERROR(market_call(t.market.session, calls[i][0], params, NULL, &err),
			            MARKET_ENOTFOUND, calls[i][1]);
			error_text(&err, "nobody", missing);
			CHECK_TEXT(found, missing);
		}
	intruder_close(&t);
}

static void key_of_another_replays_nothing(void)
{
	static const char create[] = "{\"name\":\"Zed\",\"key\":\"shared\"}";
	static const char address[] =
		"{\"buyer\":\"ref:%s\",\"name\":\"N\",\"country\":\"BR\",\"city\":\"C\","
		"\"street\":\"S\",\"key\":\"shared\"}";
	intruder t;
	char params[300];
	market_error err;

	intruder_open(&t);
	mk_store_set_before_flush(t.market.market->store, NULL, NULL);
	CHECK_OK(market_session_act_as_text(t.market.session, "operator:one", &err));
	CHECK_OK(market_call(t.market.session, "buyer.create", create, NULL, &err));
	CHECK_OK(market_session_act_as_text(t.market.session, "operator:two", &err));
	CHECK_OK(market_call(t.market.session, "buyer.create", create, NULL, &err));
	CU_ASSERT_FALSE(market_session_replayed(t.market.session));
	CHECK_OK(market_session_act_as_text(t.market.session, "buyer:ref:ana", &err));
	snprintf(params, sizeof(params), address, "ana");
	CHECK_OK(market_call(t.market.session, "address.create", params, NULL, &err));
	CHECK_OK(market_session_act_as_text(t.market.session, "buyer:ref:bo", &err));
	CHECK_ERROR(market_call(t.market.session, "address.create", params, NULL, &err),
	            MARKET_ENOTFOUND, "buyer");
	snprintf(params, sizeof(params), address, "bo");
	CHECK_OK(market_call(t.market.session, "address.create", params, NULL, &err));
	CU_ASSERT_FALSE(market_session_replayed(t.market.session));
	intruder_close(&t);
}

/* ---- from inside an operation ---- */

typedef struct inside {
	market_session *session;
	int call, typed, work;
} inside;

static int call_again(mk_store *store, void *user_data)
{
	inside *i = user_data;
	market_buyer_create_params in = MARKET_BUYER_CREATE_PARAMS_INIT;

	(void)store;
	in.name = "Inside";
	i->call = market_call(i->session, "buyer.get", "{\"buyer\":\"ref:ana\"}", NULL, NULL);
	i->typed = market_buyer_create(i->session, &in, NULL, NULL);
	i->work = market_work(i->session, 1, NULL, NULL);
	return 0;
}

static void call_from_inside_is_refused(void)
{
	intruder t;
	inside inner = {0};
	market_error err;

	intruder_open(&t);
	inner.session = t.market.session;
	mk_store_set_before_flush(t.market.market->store, call_again, &inner);
	CHECK_OK(market_session_act_as_text(t.market.session, "operator:one", &err));
	CHECK_OK(market_call(t.market.session, "buyer.create", "{\"name\":\"Out\"}", NULL, &err));
	CHECK_INT(inner.call, MARKET_EMISUSE);
	CHECK_INT(inner.typed, MARKET_EMISUSE);
	CHECK_INT(inner.work, MARKET_EMISUSE);
	intruder_close(&t);
}

void suite_intruder(void);
void suite_intruder(void)
{
	CU_pSuite suite = test_suite_on_store("intruder");

	CU_add_test(suite, "SEL-6: every role may do to every operation what the matrix says",
	            roles_are_as_the_matrix_says);
	CU_add_test(suite, "SEL-6: an agency's people are let in where the member of that right is",
	            delegates_are_let_in_as_members);
	CU_add_test(suite, "SEL-6: after a revocation or its end an agency's people are strangers",
	            ended_delegates_are_strangers);
	CU_add_test(suite, "every operation stands in the matrix",
	            every_operation_stands_in_the_matrix);
	CU_add_test(suite, "somebody is let in to every operation", somebody_is_let_in_everywhere);
	CU_add_test(suite, "a stranger can't tell any record from none",
	            stranger_cant_tell_a_record_from_none);
	CU_add_test(suite, "a stranger can't tell a reference from none",
	            reference_is_as_good_as_an_identifier);
	CU_add_test(suite, "another's key replays nothing", key_of_another_replays_nothing);
	CU_add_test(suite, "a call from inside an operation is refused", call_from_inside_is_refused);
}
