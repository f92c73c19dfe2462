/* Operations one after the other: who acts, when, with which key. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

int cli_act_as(cli_market *open, const char *actor, market_error *err)
{
	int rc;
	bool confirmed = strncmp(actor, "confirmed ", 10) == 0; /* holds for the time of the call */
	if (strcmp(open->actor, actor) == 0)
		return 0;
	rc = market_session_act_as_text(open->session, actor, err);
	open->actor[0] = '\0';
	if (rc == 0 && !confirmed && strlen(actor) < sizeof(open->actor))
		memcpy(open->actor, actor, strlen(actor) + 1);
	return rc;
}

/* Who can run the program has the store: it vouches for everybody, members' fresh confirmations
 * included (SEL-8). */
bool cli_vouched(const char *actor, char *out, size_t size)
{
	if (strncmp(actor, "member:", 7) != 0 || strlen(actor) + 11 > size)
		return false;
	snprintf(out, size, "confirmed %s", actor);
	return true;
}

int cli_act_for(cli_market *open, const char *actor, market_error *err)
{
	char confirmed[400];
	bool more = cli_vouched(actor, confirmed, sizeof(confirmed));
	return cli_act_as(open, more ? confirmed : actor, err);
}

int cli_set_time(cli_market *open, market_time at, market_error *err)
{
	int rc;
	if (open->at == at)
		return 0;
	rc = market_session_set_time(open->session, at, err);
	if (rc == 0)
		open->at = at;
	return rc;
}

int cli_do(cli_market *open, const char *actor, const char *key, const char *operation, json_t *in,
           json_t **out, market_error *err)
{
	char *params, *reply = NULL;
	int rc;
	if (out)
		*out = NULL;
	if (key)
		json_object_set_new(in, "key", json_string(key));
	params = json_dumps(in, JSON_COMPACT);
	json_decref(in);
	if (!params)
		return cli_fail(err, MARKET_EUTF8, "the params can't be written as JSON", "");
	rc = cli_act_as(open, actor, err);
	if (rc == 0)
		rc = market_call(open->session, operation, params, out ? &reply : NULL, err);
	free(params);
	if (rc == 0 && out) {
		*out = json_loads(reply, JSON_DECODE_ANY, NULL);
		if (!*out)
			rc = cli_fail(err, MARKET_ENOMEM, "the reply can't be read", "");
	}
	market_text_free(reply);
	return rc;
}

int cli_fail(market_error *err, int code, const char *message, const char *field)
{
	memset(err, 0, sizeof(*err));
	err->code = code;
	err->error_class = market_error_class_of(code);
	snprintf(err->message, sizeof(err->message), "%s", message);
	snprintf(err->field, sizeof(err->field), "%s", field);
	return code;
}

const char *cli_text(json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}
