/* What a provider sends. The signature is right, unless the input brings its own: "t=…" on a line
 * before the body. */
#include <stdlib.h>
#include <string.h>

#include <market/plugin.h>

#include "tests/fuzz/fuzz.h"

static void notify(fuzz_world *w, const char *body, const char *signature);

void fuzz_notification(const uint8_t *data, size_t size)
{
	fuzz_world *w = fuzz_world_get();
	char *plain = fuzz_text(data, size), *text = fuzz_world_fill(w, plain);
	char *end = strncmp(text, "t=", 2) == 0 ? strchr(text, '\n') : NULL;
	char *signature = NULL;
	market_error err;

	if (end) {
		*end = '\0';
		notify(w, end + 1, text);
	} else {
		fuzz_check(market_sandbox_sign(w->market, text, w->now, &signature, &err) == 0, "%s",
		           err.message);
		notify(w, text, signature);
		market_text_free(signature);
	}
	free(text);
	free(plain);
}

/* Twice: what is sent again is known. */
static void notify(fuzz_world *w, const char *body, const char *signature)
{
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	market_notification *first = NULL, *second = NULL;
	market_error err = {.code = 0};
	int rc = market_session_act_as_text(w->session, "anonymous", &err);

	fuzz_check(rc == 0, "%s", err.message);
	in.body = body;
	in.signature = signature;
	rc = market_payment_notify(w->session, &in, &first, &err);
	fuzz_check(rc == 0 || err.message[0], "an error without its message");
	fuzz_check(rc == 0 || market_error_class_of(rc) == MARKET_CLASS_CALLER || rc == MARKET_EEXPIRED,
	           "%s: %s: %s; %s", body, market_error_name(rc), err.message, err.detail);
	if (rc == 0) {
		fuzz_check(market_payment_notify(w->session, &in, &second, &err) == 0 &&
		               market_session_replayed(w->session) && second->id.id == first->id.id,
		           "%s was taken twice", body);
		fuzz_check(market_work(w->session, 10, NULL, &err) >= 0, "%s", err.message);
	}
	market_notification_free(first);
	market_notification_free(second);
}
