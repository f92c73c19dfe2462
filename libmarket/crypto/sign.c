/* HMAC-SHA256, Ed25519 and RSA-SHA256. */
#include "libmarket/crypto/internal.h"

#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum {
	rsa_bits_min = 2048,
	rsa_bits_max = 16384, /* beyond it a key only burns time */
	public_key_max = 16 * 1024
};

typedef struct claim {
	const void *key;
	size_t key_size;
	const char *digest; /* NULL: Ed25519, which has its own */
	const void *data;
	size_t size;
	const void *signature;
	size_t signature_size;
} claim;

struct mk_mac {
	const market_allocator *allocator;
	EVP_MAC_CTX *context; /* keyed */
};

static bool set_key(EVP_MAC_CTX *context, const void *key, size_t key_size);
static int verify(const claim *c, bool *valid, market_error *err);
static int verify_once(const claim *c, bool *valid, market_error *err);
static int read_rsa_key(const claim *c, EVP_PKEY **out, market_error *err);
static EVP_PKEY *read_public_key(const void *data, size_t size);
static bool is_pem(const uint8_t *data, size_t size);
static int no_password(char *buffer, int size, int writing, void *user_data);

int mk_hmac_sha256(const void *key, size_t key_size, const void *data, size_t size, mk_hash *out,
                   market_error *err)
{
	size_t written = 0;
	int code = 0;

	if (key_size == 0)
		return mk_error_set(err, MARKET_EINVALID, "the key of a MAC is empty");
	mk_openssl_enter();
	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, key_size, size ? data : "", size,
	               out->bytes, MK_HASH_SIZE, &written) ||
	    written != MK_HASH_SIZE)
		code = mk_openssl_failed(err, "HMAC");
	mk_openssl_leave();
	return code;
}

int mk_mac_open(const market_allocator *allocator, const void *key, size_t key_size, mk_mac **out,
                market_error *err)
{
	EVP_MAC *algorithm;
	mk_mac *mac;
	int code = 0;

	*out = NULL;
	if (key_size == 0)
		return mk_error_set(err, MARKET_EINVALID, "the key of a MAC is empty");
	mac = mk_allocate_zero(allocator, sizeof(*mac));
	if (!mac)
		return mk_error_no_memory(err);
	mac->allocator = allocator;
	mk_openssl_enter();
	algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
	mac->context = EVP_MAC_CTX_new(algorithm);
	EVP_MAC_free(algorithm);
	if (!mac->context || !set_key(mac->context, key, key_size)) {
		code = mk_openssl_failed(err, "HMAC");
		mk_mac_close(mac);
		mac = NULL;
	}
	mk_openssl_leave();
	*out = mac;
	return code;
}

void mk_mac_close(mk_mac *mac)
{
	if (!mac)
		return;
	EVP_MAC_CTX_free(mac->context);
	mk_release(mac->allocator, mac);
}

int mk_mac_parts(mk_mac *mac, const market_blob *parts, size_t n_parts, mk_hash *out,
                 market_error *err)
{
	size_t written = 0;
	int code = 0;
	bool ok;

	mk_openssl_enter();
	/* Without a key: again with the one it has. */
	ok = EVP_MAC_init(mac->context, NULL, 0, NULL) == 1;
	for (size_t i = 0; ok && i < n_parts; i++)
		ok = parts[i].size == 0 || EVP_MAC_update(mac->context, parts[i].data, parts[i].size) == 1;
	ok = ok && EVP_MAC_final(mac->context, out->bytes, &written, MK_HASH_SIZE) == 1;
	if (!ok || written != MK_HASH_SIZE)
		code = mk_openssl_failed(err, "HMAC");
	mk_openssl_leave();
	return code;
}

int mk_ed25519_verify(const uint8_t public_key[32], const void *data, size_t size,
                      const uint8_t signature[MK_SIGNATURE_SIZE], bool *valid, market_error *err)
{
	claim c = {public_key, 32, NULL, data, size, signature, MK_SIGNATURE_SIZE};

	return verify(&c, valid, err);
}

int mk_ed25519_sign(const uint8_t private_key[32], const void *data, size_t size,
                    uint8_t signature[MK_SIGNATURE_SIZE], market_error *err)
{
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *context = NULL;
	size_t written = MK_SIGNATURE_SIZE;
	int code = 0;

	mk_openssl_enter();
	key = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, private_key, 32);
	context = EVP_MD_CTX_new();
	if (!key || !context ||
	    EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) != 1 ||
	    EVP_DigestSign(context, signature, &written, size ? data : (const void *)"", size) != 1 ||
	    written != MK_SIGNATURE_SIZE)
		code = mk_openssl_failed(err, "ED25519");
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	mk_openssl_leave();
	return code;
}

int mk_ed25519_public(const uint8_t private_key[32], uint8_t public_key[32], market_error *err)
{
	EVP_PKEY *key = NULL;
	size_t written = 32;
	int code = 0;

	mk_openssl_enter();
	key = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, private_key, 32);
	if (!key || EVP_PKEY_get_raw_public_key(key, public_key, &written) != 1 || written != 32)
		code = mk_openssl_failed(err, "ED25519");
	EVP_PKEY_free(key);
	mk_openssl_leave();
	return code;
}

int mk_rsa_sha256_verify(const void *public_key, size_t public_size, const void *data, size_t size,
                         const void *signature, size_t signature_size, bool *valid,
                         market_error *err)
{
	claim c = {public_key, public_size, "SHA256", data, size, signature, signature_size};

	*valid = false;
	if (public_size == 0 || public_size > public_key_max)
		return mk_error_set(err, MARKET_EINVALID, "a public key of %zu bytes isn't an RSA key",
		                    public_size);
	return verify(&c, valid, err);
}

/* OpenSSL doesn't always tell a lack of memory from a bad key or signature, and a good one must not
 * be refused as forged. */
static bool set_key(EVP_MAC_CTX *context, const void *key, size_t key_size)
{
	char name[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_init(context, key, key_size, params) == 1;
}

static int verify(const claim *c, bool *valid, market_error *err)
{
	int code;

	mk_openssl_enter();
	code = verify_once(c, valid, NULL);
	if (code || !*valid)
		code = verify_once(c, valid, err);
	if ((code || !*valid) && !mk_memory_left())
		code = mk_error_no_memory(err);
	mk_openssl_leave();
	return code;
}

static int verify_once(const claim *c, bool *valid, market_error *err)
{
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *context = NULL;
	const char *name = c->digest ? "RSA" : "ED25519";
	int code = 0;

	*valid = false;
	if (c->digest)
		code = read_rsa_key(c, &key, err);
	else
		key = EVP_PKEY_new_raw_public_key_ex(NULL, name, NULL, c->key, c->key_size);
	context = EVP_MD_CTX_new();
	if (code)
		goto out;
	if (!key || !context ||
	    EVP_DigestVerifyInit_ex(context, NULL, c->digest, NULL, NULL, key, NULL) != 1) {
		code = mk_openssl_failed(err, name);
		goto out;
	}
	/* A signature that is no signature at all gives a negative result: no less a mismatch. */
	*valid = EVP_DigestVerify(context, c->signature, c->signature_size,
	                          c->size ? c->data : (const void *)"", c->size) == 1;
out:
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return code;
}

static int read_rsa_key(const claim *c, EVP_PKEY **out, market_error *err)
{
	EVP_PKEY *key = read_public_key(c->key, c->key_size);
	int bits = key ? EVP_PKEY_get_bits(key) : 0;
	int code = 0;

	if (!key || !EVP_PKEY_is_a(key, "RSA"))
		code = mk_error_set(err, MARKET_EINVALID, "the public key isn't an RSA key in PEM or DER");
	else if (bits < rsa_bits_min || bits > rsa_bits_max)
		code = mk_error_set(err, MARKET_EINVALID, "an RSA key of %d bits is outside %d to %d", bits,
		                    rsa_bits_min, rsa_bits_max);
	if (code) {
		EVP_PKEY_free(key);
		return code;
	}
	*out = key;
	return 0;
}

static EVP_PKEY *read_public_key(const void *data, size_t size)
{
	const uint8_t *at = data;
	EVP_PKEY *key = NULL;
	BIO *bio = NULL;

	if (!is_pem(data, size)) {
		key = d2i_PUBKEY_ex(NULL, &at, (long)size, NULL, NULL);
		if (key && at != (const uint8_t *)data + size) {
			EVP_PKEY_free(key);
			key = NULL;
		}
		return key;
	}
	bio = BIO_new_mem_buf(data, (int)size);
	if (bio)
		key = PEM_read_bio_PUBKEY_ex(bio, NULL, no_password, NULL, NULL, NULL);
	BIO_free(bio);
	return key;
}

static bool is_pem(const uint8_t *data, size_t size)
{
	static const char mark[] = "-----BEGIN ";

	while (size > 0 && (*data == ' ' || *data == '\t' || *data == '\r' || *data == '\n')) {
		data++;
		size--;
	}
	return size >= sizeof(mark) - 1 && memcmp(data, mark, sizeof(mark) - 1) == 0;
}

/* OpenSSL's own callback would ask on the terminal. */
static int no_password(char *buffer, int size, int writing, void *user_data)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)user_data;
	return -1;
}
