/* SHA-256, constant-time comparison, wiping, and OpenSSL's failures as errors. */
#include "libmarket/crypto/internal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

struct mk_digest {
	const market_allocator *allocator;
	EVP_MD *md;
	EVP_MD_CTX *once;
	EVP_MD_CTX *stream;
	bool streaming;
};

static bool is_available(const char *algorithm);

int mk_digest_open(const market_allocator *allocator, mk_digest **out, market_error *err)
{
	mk_digest *digest = NULL;
	int code = 0;

	*out = NULL;
	digest = mk_allocate_zero(allocator, sizeof(*digest));
	if (!digest)
		return mk_error_no_memory(err);
	digest->allocator = allocator;

	mk_openssl_enter();
	digest->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	digest->once = EVP_MD_CTX_new();
	digest->stream = EVP_MD_CTX_new();
	if (!digest->md || !digest->once || !digest->stream) {
		code = mk_openssl_failed(err, "SHA256");
		mk_digest_close(digest);
		digest = NULL;
	}
	mk_openssl_leave();
	*out = digest;
	return code;
}

void mk_digest_close(mk_digest *digest)
{
	if (!digest)
		return;
	EVP_MD_CTX_free(digest->stream);
	EVP_MD_CTX_free(digest->once);
	EVP_MD_free(digest->md);
	mk_release(digest->allocator, digest);
}

int mk_digest_sha256(mk_digest *digest, const void *data, size_t size, mk_hash *out,
                     market_error *err)
{
	market_blob part = {.data = data, .size = size};

	return mk_digest_parts(digest, &part, 1, out, err);
}

int mk_digest_parts(mk_digest *digest, const market_blob *parts, size_t n_parts, mk_hash *out,
                    market_error *err)
{
	bool ok;
	int code = 0;

	mk_openssl_enter();
	ok = EVP_DigestInit_ex2(digest->once, digest->md, NULL) == 1;
	for (size_t i = 0; ok && i < n_parts; i++)
		ok =
			parts[i].size == 0 || EVP_DigestUpdate(digest->once, parts[i].data, parts[i].size) == 1;
	ok = ok && EVP_DigestFinal_ex(digest->once, out->bytes, NULL) == 1;
	if (!ok)
		code = mk_openssl_failed(err, "SHA256");
	mk_openssl_leave();
	return code;
}

int mk_digest_begin(mk_digest *digest, market_error *err)
{
	int code = 0;

	mk_openssl_enter();
	digest->streaming = EVP_DigestInit_ex2(digest->stream, digest->md, NULL) == 1;
	if (!digest->streaming)
		code = mk_openssl_failed(err, "SHA256");
	mk_openssl_leave();
	return code;
}

int mk_digest_add(mk_digest *digest, const void *data, size_t size, market_error *err)
{
	int code = 0;

	if (!digest->streaming)
		return mk_error_set(err, MARKET_EINTERNAL, "a digest is continued that wasn't begun");
	if (size == 0)
		return 0;
	mk_openssl_enter();
	if (EVP_DigestUpdate(digest->stream, data, size) != 1) {
		digest->streaming = false;
		code = mk_openssl_failed(err, "SHA256");
	}
	mk_openssl_leave();
	return code;
}

int mk_digest_end(mk_digest *digest, mk_hash *out, market_error *err)
{
	int code = 0;

	if (!digest->streaming)
		return mk_error_set(err, MARKET_EINTERNAL, "a digest is ended that wasn't begun");
	digest->streaming = false;
	mk_openssl_enter();
	if (EVP_DigestFinal_ex(digest->stream, out->bytes, NULL) != 1)
		code = mk_openssl_failed(err, "SHA256");
	mk_openssl_leave();
	return code;
}

bool mk_equal_secret(const void *a, const void *b, size_t size)
{
	return CRYPTO_memcmp(a, b, size) == 0;
}

void mk_wipe(void *data, size_t size)
{
	if (data)
		OPENSSL_cleanse(data, size);
}

void mk_openssl_enter(void)
{
	ERR_set_mark();
}

void mk_openssl_leave(void)
{
	ERR_pop_to_mark();
}

int mk_openssl_failed(market_error *err, const char *algorithm)
{
	unsigned long last = ERR_peek_last_error();
	const char *reason = last ? ERR_reason_error_string(last) : NULL;

	if (!mk_memory_left() || is_available(algorithm))
		return mk_error_no_memory(err);
	mk_error_set(err, MARKET_EPROVIDER, "OpenSSL has no %s", algorithm);
	return mk_error_detail(err, MARKET_EPROVIDER, "OpenSSL says: %s.", reason ? reason : "nothing");
}

bool mk_memory_left(void)
{
	void *block = OPENSSL_malloc(4096);

	OPENSSL_free(block);
	return block != NULL;
}

static bool is_available(const char *algorithm)
{
	EVP_MD *md = EVP_MD_fetch(NULL, algorithm, NULL);
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, algorithm, NULL);
	EVP_MAC *mac = EVP_MAC_fetch(NULL, algorithm, NULL);
	EVP_SIGNATURE *signature = EVP_SIGNATURE_fetch(NULL, algorithm, NULL);
	bool found = md || cipher || mac || signature;

	EVP_MD_free(md);
	EVP_CIPHER_free(cipher);
	EVP_MAC_free(mac);
	EVP_SIGNATURE_free(signature);
	return found;
}
