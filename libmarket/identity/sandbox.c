/* The identity provider "sandbox": what it answers follows from what it is asked, by the word
 * behind the last colon of the name; it remembers nothing. */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/engine/market.h"
#include "libmarket/identity/identity.h"
#include "libmarket/payment/sandbox.h"
#include "libmarket/payment/signature.h"

#define COPY(to, from) mk_sandbox_copy((to), sizeof(to), (from))

/* A notification's body. */
typedef struct message {
	const char *event, *key;
	int32_t result;
	const char *reference, *legal_name, *country, *number, *address, *licences, *codes;
	market_time valid_to, occurred_at;
} message;

#define LINE(member, summary) \
	MK_F_TEXT(message, member, 0, 1, MARKET_IDENTITY_TEXT_SIZE - 1, summary)
static const mk_field message_fields[] = {
	MK_F_TEXT(message, event, MK_REQUIRED, 1, 127, "its permanent name"),
	MK_F_TEXT(message, key, MK_REQUIRED, 1, 127, "of which request"),
	MK_F_ENUM(message, result, mk_identity_result_enum, MK_REQUIRED, "the outcome"),
	MK_F_TEXT(message, reference, 0, 1, 127, "the sandbox's"),
	LINE(legal_name, "as verified"),
	MK_F_TEXT(message, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(message, number, MK_SENSITIVE, 1, 127, "of registration"),
	LINE(address, "as verified"),
	LINE(licences, "their numbers"),
	LINE(codes, "reasons, or what is asked for"),
	MK_F_TIME(message, valid_to, 0, "until when"),
	MK_F_TIME(message, occurred_at, 0, "when"),
};
static const mk_record message_record =
	MK_RECORD_OF("identity_message", message, message_fields, "a notification's body");

static int start(const market_identity_request *request, market_identity_told *told,
                 void *user_data, market_error *err);
static int query(const market_identity_request *request, market_identity_told *told,
                 void *user_data, market_error *err);
static int verify(const char *body, size_t size, const char *signature, market_time now,
                  market_time tolerance, market_identity_told *told, void *user_data,
                  market_error *err);
static void answer(const market_identity_request *request, bool asked_again,
                   market_identity_told *told);
static void pass(const market_identity_request *request, size_t name_size, const char *more,
                 market_identity_told *told);
static int read_message(const char *body, size_t size, mk_arena *arena, market_identity_told *told,
                        market_error *err);
static int open_mac(market *m, mk_mac **out, market_error *err);

const market_identity_provider mk_identity_sandbox = {
	.size = sizeof(mk_identity_sandbox),
	.name = "sandbox",
	.start = start,
	.query = query,
	.verify = verify,
};

int market_identity_sandbox_sign(market *m, const char *body, market_time now, char **signature,
                                 market_error *err)
{
	mk_mac *mac = NULL;
	const char *text;
	mk_arena arena;
	int rc;

	if (!m || !body || !signature)
		return mk_error_set(err, MARKET_EMISUSE,
		                    "a market, a body and a place for the signature are needed");
	*signature = NULL;
	rc = open_mac(m, &mac, err);
	if (rc != 0)
		return rc;
	mk_arena_init(&arena, &m->allocator);
	text = mk_signature_make(mac, body, now, &arena, err);
	if (text)
		*signature = mk_record_pack_text(text, strlen(text), &m->allocator);
	rc = *signature ? 0 : mk_error_no_memory(err);
	mk_arena_close(&arena);
	mk_mac_close(mac);
	return rc;
}

static int start(const market_identity_request *request, market_identity_told *told,
                 void *user_data, market_error *err)
{
	(void)user_data;
	(void)err;
	answer(request, false, told);
	return 0;
}

static int query(const market_identity_request *request, market_identity_told *told,
                 void *user_data, market_error *err)
{
	(void)user_data;
	(void)err;
	answer(request, true, told);
	return 0;
}

static int verify(const char *body, size_t size, const char *signature, market_time now,
                  market_time tolerance, market_identity_told *told, void *user_data,
                  market_error *err)
{
	market *m = user_data;
	mk_mac *mac = NULL;
	mk_arena arena;
	int rc = open_mac(m, &mac, err);

	if (rc != 0)
		return rc;
	mk_arena_init(&arena, &m->allocator);
	rc = mk_signature_check(mac, body, size, signature, now, tolerance, err);
	if (rc == 0)
		rc = read_message(body, size, &arena, told, err);
	mk_arena_close(&arena);
	mk_mac_close(mac);
	return rc;
}

static void answer(const market_identity_request *request, bool asked_again,
                   market_identity_told *told)
{
	const char *colon = strrchr(request->legal_name, ':');
	const char *word = colon ? colon + 1 : "";
	const size_t size = colon ? (size_t)(colon - request->legal_name) : strlen(request->legal_name);
	const bool late = strcmp(word, "late") == 0 && request->now < request->asked_at + MK_HOUR;

	COPY(told->reference, request->check);
	told->result = MARKET_IDENTITY_PASSES;
	if (strcmp(word, "refused") == 0) {
		told->result = MARKET_IDENTITY_REFUSES;
		COPY(told->codes, "name_mismatch document_unreadable");
	} else if (strcmp(word, "more") == 0 && !request->items) {
		told->result = MARKET_IDENTITY_WANTS;
		COPY(told->codes, "proof_of_address");
	} else if (strcmp(word, "never") == 0 || late) {
		told->result = MARKET_IDENTITY_WAITS;
	} else if (strcmp(word, "unknown") == 0 && !asked_again) {
		told->result = MARKET_IDENTITY_UNKNOWN;
	} else {
		pass(request, size, strcmp(word, "renamed") == 0 ? " Holding" : "", told);
		if (strcmp(word, "short") == 0)
			told->valid_to = request->asked_at + 60 * MK_DAY;
	}
}

static void pass(const market_identity_request *request, size_t name_size, const char *more,
                 market_identity_told *told)
{
	char name[MARKET_IDENTITY_TEXT_SIZE] = "";

	if (name_size == 0)
		name_size = strlen(request->legal_name);
	if (name_size + strlen(more) >= sizeof(name))
		name_size = sizeof(name) - strlen(more) - 1;
	memcpy(name, request->legal_name, name_size);
	memcpy(name + name_size, more, strlen(more) + 1);
	COPY(told->legal_name, name);
	COPY(told->country, request->country);
	COPY(told->number, request->number);
	COPY(told->address, "1 Sandbox Street");
}

static int read_message(const char *body, size_t size, mk_arena *arena, market_identity_told *told,
                        market_error *err)
{
	const message *m = NULL;
	void *parsed = NULL;
	int rc = mk_json_read(&message_record, body, size, arena, &parsed, NULL, err);

	if (rc == 0)
		rc = mk_record_check(&message_record, parsed, arena, (const void **)&m, err);
	if (rc != 0) {
		mk_error_prefix(err, "body");
		return rc;
	}
	told->result = m->result;
	COPY(told->event, m->event);
	COPY(told->key, m->key);
	COPY(told->reference, m->reference);
	COPY(told->legal_name, m->legal_name);
	COPY(told->country, m->country);
	COPY(told->number, m->number);
	COPY(told->address, m->address);
	COPY(told->licences, m->licences);
	COPY(told->codes, m->codes);
	told->valid_to = m->valid_to;
	told->occurred_at = m->occurred_at;
	return 0;
}

/* Its secret follows from the market's index key, so that every process of the market has it. */
static int open_mac(market *m, mk_mac **out, market_error *err)
{
	mk_hash secret;
	int rc = mk_blind_index(m->keys, "identity", "sandbox", "secret", &secret, err);

	if (rc == 0)
		rc = mk_mac_open(&m->allocator, secret.bytes, sizeof(secret.bytes), out, err);
	mk_wipe(&secret, sizeof(secret));
	return rc;
}
