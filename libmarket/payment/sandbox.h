/*
 * The sandbox: what it answers (payment/sandbox.c), its notifications and the calls that hand them
 * out (payment/sandbox_notice.c), its memory (payment/sandbox_memory.c). Private to
 * libmarket/payment.
 */
#ifndef MK_PAYMENT_SANDBOX_H
#define MK_PAYMENT_SANDBOX_H

#include <pthread.h>

#include "libmarket/crypto/crypto.h"
#include "libmarket/payment/provider.h"
#include "libmarket/store/store.h"

typedef struct mk_sandbox {
	market *market;
	pthread_mutex_t lock; /* of the store */
	mk_store *store;      /* a file beside the market's; NULL until it is first used */
	mk_arena arena;       /* of one call */
	uint8_t secret[MK_HASH_SIZE];
	mk_mac *mac; /* keyed with the secret */
} mk_sandbox;

/* What it was asked once, and what will have become of it. */
typedef struct mk_sandbox_request {
	market_id id;
	const char *request_key;
	int64_t kind;
	const char *object;
	const char *method; /* of the charge, also on its captures and refunds */
	const char *currency;
	market_money amount;
	int64_t first;  /* the market_provider_result that the call was answered with */
	int64_t result; /* what is true from `known_at` on */
	market_time known_at;
	market_time expires;
	const char *reference;
	const char *reason;
} mk_sandbox_request;

typedef struct mk_sandbox_notice {
	market_id id;
	market_time due_at;
	const char *body;
} mk_sandbox_notice;

/* At the market's close. */
void mk_sandbox_close(void *user_data);
/* Opens the memory at its first use. With the lock held, like all below. */
int mk_sandbox_open(mk_sandbox *s, market_error *err);
int mk_sandbox_find(mk_sandbox *s, const char *request_key, mk_sandbox_request **out,
                    market_error *err);
int mk_sandbox_find_reference(mk_sandbox *s, const char *reference, mk_sandbox_request **out,
                              market_error *err);
/* One transaction: the request and the notifications that will tell of it. */
int mk_sandbox_keep(mk_sandbox *s, const mk_sandbox_request *request,
                    const mk_sandbox_notice *notices, size_t count, market_error *err);
/* The first notification due by `now`; NULL when there is none. It stays until it is acknowledged.
 */
int mk_sandbox_next(mk_sandbox *s, market_time now, mk_sandbox_notice **out, market_error *err);
int mk_sandbox_acknowledge(mk_sandbox *s, int64_t number, market_error *err);
int mk_sandbox_due(mk_sandbox *s, market_time *due, market_error *err);

/* The body of a notification (payment/sandbox_notice.c). */
extern const mk_enum mk_sandbox_event_enum;
const char *mk_sandbox_body(mk_sandbox *s, const mk_sandbox_request *request, int32_t type,
                            market_time at, market_money fee);
int mk_sandbox_verify(const char *body, size_t size, const char *signature, market_time now,
                      market_time tolerance, market_provider_event *event, void *user_data,
                      market_error *err);
/* Copies a text, cut to the size. NULL gives an empty one. */
void mk_sandbox_copy(char *to, size_t size, const char *from);

#endif
