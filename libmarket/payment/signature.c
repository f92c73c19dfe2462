#include "libmarket/payment/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/error.h"
#include "libmarket/base/text.h"

#define TIME_MARK "t="
#define SIGNATURE_MARK ",v1="

static int sign(mk_mac *mac, const char *body, size_t size, int64_t time,
                char hex[2 * MK_HASH_SIZE + 1], market_error *err);

const char *mk_signature_make(mk_mac *mac, const char *body, market_time now, mk_arena *arena,
                              market_error *err)
{
	char hex[2 * MK_HASH_SIZE + 1];
	const char *text;

	if (sign(mac, body, strlen(body), now, hex, err) != 0)
		return NULL;
	text = mk_arena_format(arena, TIME_MARK "%lld" SIGNATURE_MARK "%s", (long long)now, hex);
	if (!text)
		mk_error_no_memory(err);
	return text;
}

int mk_signature_check(mk_mac *mac, const char *body, size_t size, const char *signature,
                       market_time now, market_time tolerance, market_error *err)
{
	char hex[2 * MK_HASH_SIZE + 1];
	char *end = NULL;
	long long stated = 0;
	int rc;

	if (strncmp(signature, TIME_MARK, strlen(TIME_MARK)) == 0)
		stated = strtoll(signature + strlen(TIME_MARK), &end, 10);
	if (!end || strncmp(end, SIGNATURE_MARK, strlen(SIGNATURE_MARK)) != 0 ||
	    strlen(end + strlen(SIGNATURE_MARK)) != 2 * MK_HASH_SIZE)
		return mk_error_at(err, MARKET_ESIGNATURE, "signature",
		                   "the signature isn't of the form t=…,v1=…");
	rc = sign(mac, body, size, stated, hex, err);
	if (rc == 0 && !mk_equal_secret(hex, end + strlen(SIGNATURE_MARK), 2 * MK_HASH_SIZE))
		rc = mk_error_at(err, MARKET_ESIGNATURE, "signature",
		                 "the signature doesn't match the body");
	if (rc == 0 && (stated > now + tolerance || stated < now - tolerance))
		rc = mk_error_at(err, MARKET_EEXPIRED, "signature",
		                 "the notification's time is outside the tolerance");
	return rc;
}

static int sign(mk_mac *mac, const char *body, size_t size, int64_t time,
                char hex[2 * MK_HASH_SIZE + 1], market_error *err)
{
	char prefix[24];
	int length = snprintf(prefix, sizeof(prefix), "%lld.", (long long)time);
	const market_blob parts[] = {{prefix, (size_t)length}, {body, size}};
	mk_hash hash;
	int rc = mk_mac_parts(mac, parts, 2, &hash, err);

	if (rc == 0)
		mk_hex(hash.bytes, sizeof(hash.bytes), hex);
	return rc;
}
