/* The rows of the keys, and the change of keys: the file first, then the records. */
#include <stdio.h>

#include "libmarket/engine/market.h"
#include "libmarket/op/op.h"
#include "libmarket/party/sealed.h"

/* Whoever sealed by the key before has committed by then: no operation takes as long. */
#define SETTLED_MS (60 * 1000)

static const mk_record keys_get_params = {
	.name = "keys_get_params",
	.summary = "nothing",
	.size = sizeof(market_keys_get_params),
	.params = true,
};

static const mk_field sealing_key_fields[] = {
	MK_F_INT(market_sealing_key, number, 0, 1, UINT32_MAX, "its number, rising"),
	MK_F_BOOL(market_sealing_key, current, 0, "new records are sealed by it"),
	MK_F_INT(market_sealing_key, records, MK_REQUIRED, 0, INT64_MAX, "that it has wrapped"),
};
static const mk_record sealing_key_record =
	MK_RECORD_OF("sealing_key", market_sealing_key, sealing_key_fields, "one sealing key");

static const mk_field keys_fields[] = {
	MK_F_INT(market_keys, signing, 0, 1, UINT32_MAX, "the key that signs checkpoints"),
	MK_F_LIST(market_keys, sealing, market_sealing_key, sealing_key_record, 0, 0, 0,
              "the sealing keys, oldest first"),
	MK_F_INT(market_keys, missing, 0, 0, INT64_MAX, "records by keys that aren't in the keys file"),
};
static const mk_record keys_record =
	MK_RECORD_OF("keys", market_keys, keys_fields, "the store's keys, without their secrets");

#define T market_keys_rewrap_params
static const mk_field rewrap_fields[] = {
	MK_F_TEXT(T, record, MK_REQUIRED, 1, MK_MAX_CODE, "which kind of record"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the call before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record rewrap_params =
	MK_PARAMS_OF("keys_rewrap_params", T, rewrap_fields, "which records");
#undef T

static const mk_field rewrapped_fields[] = {
	MK_F_INT(market_rewrapped, looked, MK_REQUIRED, 0, MK_MAX_PAGE, "records that were read"),
	MK_F_INT(market_rewrapped, rewrapped, MK_REQUIRED, 0, MK_MAX_PAGE, "by the current key now"),
	MK_F_TEXT(market_rewrapped, next, 0, 0, 0, "where to go on"),
};
static const mk_record rewrapped_record =
	MK_RECORD_OF("rewrapped", market_rewrapped, rewrapped_fields, "what was wrapped anew");

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SEALED})

static const mk_op ops[] = {
	{
		.name = "keys.get",
		.since = "0.1",
		.summary = "The keys' numbers and what each has sealed.",
		.params = &keys_get_params,
		.result = &keys_record,
		.relations = BY_OPERATOR,
		.errors = MK_ERRORS(MARKET_EDENIED),
		.handler = mk_keys_get,
	},
	{
		.name = "keys.rewrap",
		.since = "0.1",
		.summary = "Wraps some records' keys by the current sealing key.",
		.params = &rewrap_params,
		.result = &rewrapped_record,
		.relations = BY_OPERATOR,
		.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
		.flags = MK_OP_WRITES,
		.handler = mk_keys_rewrap,
	},
};
extern const mk_op_group mk_op_keys;
const mk_op_group mk_op_keys = {ops, 2};

MK_TYPED(market_keys_get, &ops[0], market_keys_get_params, market_keys)
MK_TYPED_FREE(market_keys_free, market_keys)
MK_TYPED(market_keys_rewrap, &ops[1], market_keys_rewrap_params, market_rewrapped)
MK_TYPED_FREE(market_rewrapped_free, market_rewrapped)

/* ---- the change of keys ---- */

static int look(market_session *session, market_keys_report *report, int64_t *total, int64_t *older,
                market_error *err);
static int rewrap_all(market_session *session, const market_keys_options *options, int64_t total,
                      market_keys_report *report, market_error *err);
static int records_of(market_session *session, int64_t number, int64_t *records, market_error *err);

int market_keys_rotate(market_session *session, const market_keys_options *given,
                       market_keys_report *out, market_error *err)
{
	market_keys_options options = MARKET_KEYS_OPTIONS_INIT;
	market_keys_report report = MARKET_KEYS_REPORT_INIT;
	int64_t total = 0, older = 0;
	int rc;
	if (!session)
		return mk_error_set(err, MARKET_EMISUSE, "a session is needed");
	rc = given ? mk_options_take(given, &options, sizeof(options), err) : 0;
	/* asked before anything is changed: it authorises */
	if (rc == 0)
		rc = look(session, &report, &total, &older, err);
	if (rc == 0 && (options.signing || older == 0)) {
		rc = mk_keys_rotate(session->market->keys,
		                    options.signing ? MK_KEY_SIGNING : MK_KEY_SEALING, err);
		report.added = rc == 0;
	}
	if (rc == 0 && !options.signing)
		rc = rewrap_all(session, &options, total, &report, err);
	if (rc == 0) {
		report.number = mk_keys_current(session->market->keys,
		                                options.signing ? MK_KEY_SIGNING : MK_KEY_SEALING);
		report.records = options.signing ? 0 : total;
	}
	if (rc == 0 && out)
		mk_report_give(&report, sizeof(report), out);
	return rc;
}

int market_keys_drop(market_session *session, int64_t number, market_error *err)
{
	int64_t records = 0;
	int rc;
	if (!session)
		return mk_error_set(err, MARKET_EMISUSE, "a session is needed");
	rc = records_of(session, number, &records, err);
	if (rc != 0)
		return rc;
	if (records > 0) {
		rc = mk_error_set(err, MARKET_ESTATE, "sealing key %lld has wrapped %lld records",
		                  (long long)number, (long long)records);
		return mk_error_hint(err, rc, "Change the key first: market keys rotate.");
	}
	if (mk_keys_age(session->market->keys) < SETTLED_MS) {
		rc = mk_error_set(err, MARKET_ESTATE, "the keys were changed less than a minute ago");
		return mk_error_hint(err, rc, "Somebody may still be writing by the key before: wait.");
	}
	return mk_keys_drop(session->market->keys, (uint32_t)number, err);
}

/* All sealed records, and those that an older key has wrapped. */
static int look(market_session *session, market_keys_report *report, int64_t *total, int64_t *older,
                market_error *err)
{
	const market_keys_get_params in = MARKET_KEYS_GET_PARAMS_INIT;
	market_keys *keys = NULL;
	int rc = market_keys_get(session, &in, &keys, err);
	for (size_t i = 0; rc == 0 && i < keys->n_sealing; i++) {
		*total += keys->sealing[i]->records;
		if (!keys->sealing[i]->current)
			*older += keys->sealing[i]->records;
		report->number = keys->sealing[i]->number;
	}
	if (rc == 0 && keys->missing > 0) {
		rc = mk_error_set(err, MARKET_EKEY, "%lld records are by keys that the keys file hasn't",
		                  (long long)keys->missing);
		mk_error_hint(err, rc, "Copy the newest keys file here first.");
	}
	market_keys_free(keys);
	return rc;
}

static int rewrap_all(market_session *session, const market_keys_options *options, int64_t total,
                      market_keys_report *report, market_error *err)
{
	const int64_t limit = 200; /* records in one transaction */
	int64_t done = 0;
	for (size_t i = 0; mk_sealed_tables[i]; i++) {
		char after[64] = "";
		do {
			market_keys_rewrap_params in = MARKET_KEYS_REWRAP_PARAMS_INIT;
			market_rewrapped *part = NULL;
			int rc;
			in.record = mk_sealed_tables[i]->name;
			in.after = after[0] ? after : NULL;
			in.limit = &limit;
			rc = market_keys_rewrap(session, &in, &part, err);
			if (rc != 0)
				return rc;
			done += part->looked;
			report->rewrapped += part->rewrapped;
			snprintf(after, sizeof(after), "%s", part->next ? part->next : "");
			market_rewrapped_free(part);
			if (options->progress)
				options->progress(done < total ? done : total, total, options->user_data);
		} while (after[0]);
	}
	return 0;
}

static int records_of(market_session *session, int64_t number, int64_t *records, market_error *err)
{
	const market_keys_get_params in = MARKET_KEYS_GET_PARAMS_INIT;
	market_keys *keys = NULL;
	int rc = market_keys_get(session, &in, &keys, err);
	bool found = false;
	for (size_t i = 0; rc == 0 && i < keys->n_sealing; i++)
		if (keys->sealing[i]->number == number) {
			found = true;
			*records = keys->sealing[i]->records;
			if (keys->sealing[i]->current)
				rc = mk_error_set(err, MARKET_EINVALID, "sealing key %lld is in use",
				                  (long long)number);
		}
	if (rc == 0 && !found)
		rc = mk_error_set(err, MARKET_EINVALID, "there is no sealing key %lld", (long long)number);
	market_keys_free(keys);
	return rc;
}
