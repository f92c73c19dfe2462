/* Digests, MACs and signatures against published vectors, and what is refused. */
#include "libmarket/crypto/crypto.h"

#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "tests/unit/test.h"

void suite_crypto(void);

static bool hash_is(const mk_hash *hash, const char *hex)
{
	char text[2 * MK_HASH_SIZE + 1];

	mk_hex(hash->bytes, MK_HASH_SIZE, text);
	return strcmp(text, hex) == 0;
}

/* ---- digests ---- */

static void digest_known(void)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	mk_digest *digest = NULL;
	mk_hash hash;

	CU_ASSERT_EQUAL_FATAL(mk_digest_open(&mk_allocator_default, &digest, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CU_ASSERT_EQUAL(mk_digest_sha256(digest, cases[i].text, strlen(cases[i].text), &hash, NULL),
		                0);
		CU_ASSERT(hash_is(&hash, cases[i].hex));
	}
	mk_digest_close(digest);
	mk_digest_close(NULL);
}

static void digest_stream(void)
{
	mk_digest *digest = NULL;
	mk_hash hash, other;
	char block[1000];

	memset(block, 'a', sizeof(block));
	CU_ASSERT_EQUAL_FATAL(mk_digest_open(&mk_allocator_default, &digest, NULL), 0);
	CU_ASSERT_EQUAL(mk_digest_begin(digest, NULL), 0);
	for (int i = 0; i < 1000; i++) {
		CU_ASSERT_EQUAL(mk_digest_add(digest, block, sizeof(block), NULL), 0);
		if (i == 500)
			CU_ASSERT_EQUAL(mk_digest_sha256(digest, "between", 7, &other, NULL), 0);
	}
	CU_ASSERT_EQUAL(mk_digest_add(digest, NULL, 0, NULL), 0);
	CU_ASSERT_EQUAL(mk_digest_end(digest, &hash, NULL), 0);
	CU_ASSERT(hash_is(&hash, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
	mk_digest_close(digest);
}

static void digest_parts(void)
{
	market_blob parts[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
	mk_digest *digest = NULL;
	mk_hash hash;

	CU_ASSERT_EQUAL_FATAL(mk_digest_open(&mk_allocator_default, &digest, NULL), 0);
	CU_ASSERT_EQUAL(mk_digest_parts(digest, parts, 3, &hash, NULL), 0);
	CU_ASSERT(hash_is(&hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	mk_digest_close(digest);
}

static void digest_order(void)
{
	mk_digest *digest = NULL;
	mk_hash hash;

	CU_ASSERT_EQUAL_FATAL(mk_digest_open(&mk_allocator_default, &digest, NULL), 0);
	CU_ASSERT_EQUAL(mk_digest_add(digest, "a", 1, NULL), MARKET_EINTERNAL);
	CU_ASSERT_EQUAL(mk_digest_end(digest, &hash, NULL), MARKET_EINTERNAL);
	CU_ASSERT_EQUAL(mk_digest_begin(digest, NULL), 0);
	CU_ASSERT_EQUAL(mk_digest_end(digest, &hash, NULL), 0);
	CU_ASSERT_EQUAL(mk_digest_end(digest, &hash, NULL), MARKET_EINTERNAL);
	mk_digest_close(digest);
}

static void *no_block(size_t size, void *user_data)
{
	(void)size;
	(void)user_data;
	return NULL;
}

static void digest_no_memory(void)
{
	market_allocator empty = mk_allocator_default;
	mk_digest *digest = (mk_digest *)&empty;
	market_error err;

	empty.allocate = no_block;
	CU_ASSERT_EQUAL(mk_digest_open(&empty, &digest, &err), MARKET_ENOMEM);
	CU_ASSERT_PTR_NULL(digest);
	CU_ASSERT_EQUAL(err.error_class, MARKET_CLASS_TRANSIENT);
}

/* ---- comparison and wiping ---- */

static void secrets_compared(void)
{
	CU_ASSERT(mk_equal_secret("abcd", "abcd", 4));
	CU_ASSERT(!mk_equal_secret("abcd", "abce", 4));
	CU_ASSERT(!mk_equal_secret("abcd", "Abcd", 4));
	CU_ASSERT(mk_equal_secret("abcd", "abce", 3));
	CU_ASSERT(mk_equal_secret("", "", 0));
}

static void secrets_wiped(void)
{
	static const char zero[8];
	char secret[8] = "secret!";

	mk_wipe(secret, sizeof(secret));
	CU_ASSERT_EQUAL(memcmp(secret, zero, sizeof(zero)), 0);
	mk_wipe(NULL, 5);
}

/* ---- HMAC, RFC 4231 ---- */

static void hmac_check(const void *key, size_t key_size, const void *data, size_t size,
                       const char *hex)
{
	const char *bytes = data ? data : "";
	const market_blob parts[] = {{bytes, size / 2}, {bytes + size / 2, size - size / 2}};
	mk_hash hash;
	mk_mac *mac = NULL;

	CU_ASSERT_EQUAL(mk_hmac_sha256(key, key_size, data, size, &hash, NULL), 0);
	CU_ASSERT(hash_is(&hash, hex));
	CU_ASSERT_EQUAL_FATAL(mk_mac_open(&mk_allocator_default, key, key_size, &mac, NULL), 0);
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(mk_mac_parts(mac, parts, 2, &hash, NULL), 0);
		CU_ASSERT(hash_is(&hash, hex));
	}
	mk_mac_close(mac);
}

static void hmac_known(void)
{
	static const char long_key[] = "Test Using Larger Than Block-Size Key - Hash Key First";
	static const char long_both[] =
		"This is a test using a larger than block-size key and a larger than "
		"block-size data. The key needs to be hashed before being used by the "
		"HMAC algorithm.";
	uint8_t key[131], data[50];

	memset(key, 0x0b, 20);
	hmac_check(key, 20, "Hi There", 8,
	           "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_check("Jefe", 4, "what do ya want for nothing?", 28,
	           "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	hmac_check(key, 20, data, 50,
	           "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	for (int i = 0; i < 25; i++)
		key[i] = (uint8_t)(i + 1);
	memset(data, 0xcd, sizeof(data));
	hmac_check(key, 25, data, 50,
	           "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	memset(key, 0xaa, sizeof(key));
	hmac_check(key, 131, long_key, sizeof(long_key) - 1,
	           "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	hmac_check(key, 131, long_both, sizeof(long_both) - 1,
	           "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static void hmac_edges(void)
{
	mk_mac *mac = NULL;
	mk_hash hash;
	market_error err;

	CU_ASSERT_EQUAL(mk_hmac_sha256("", 0, "data", 4, &hash, &err), MARKET_EINVALID);
	CU_ASSERT_EQUAL(mk_hmac_sha256(NULL, 0, "data", 4, &hash, NULL), MARKET_EINVALID);
	CU_ASSERT_EQUAL(mk_mac_open(&mk_allocator_default, "", 0, &mac, NULL), MARKET_EINVALID);
	CU_ASSERT_PTR_NULL(mac);
	mk_mac_close(NULL);
	hmac_check("k", 1, NULL, 0, "8bb990c40a7d61cb97597a942125025be50ac8beb74436e3735b98893a7f6620");
}

/* ---- Ed25519, RFC 8032 7.1 ---- */

static void ed25519_check(const char *secret, const char *public_hex, const char *data_hex,
                          const char *signature_hex)
{
	uint8_t key[32], public_key[32], expected_public[32], data[64];
	uint8_t signature[MK_SIGNATURE_SIZE], expected[MK_SIGNATURE_SIZE];
	size_t size = strlen(data_hex) / 2;
	bool valid = false;

	CU_ASSERT_FATAL(mk_unhex(secret, key, 32) && mk_unhex(public_hex, expected_public, 32));
	CU_ASSERT_FATAL((!size || mk_unhex(data_hex, data, size)) &&
	                mk_unhex(signature_hex, expected, MK_SIGNATURE_SIZE));
	CU_ASSERT_EQUAL(mk_ed25519_public(key, public_key, NULL), 0);
	CU_ASSERT_EQUAL(memcmp(public_key, expected_public, 32), 0);
	CU_ASSERT_EQUAL(mk_ed25519_sign(key, data, size, signature, NULL), 0);
	CU_ASSERT_EQUAL(memcmp(signature, expected, MK_SIGNATURE_SIZE), 0);
	CU_ASSERT_EQUAL(mk_ed25519_verify(public_key, data, size, expected, &valid, NULL), 0);
	CU_ASSERT(valid);
}

static void ed25519_known(void)
{
	ed25519_check("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	              "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	              "5fb8821590a33bacc61e39701cf9b46b"
	              "d25bf5f0595bbe24655141438e7a100b");
	ed25519_check("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	              "085ac1e43e15996e458f3613d0f11d8c"
	              "387b2eaeb4302aeeb00d291612bb0c00");
	ed25519_check("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	              "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	              "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	              "18ff9b538d16f290ae67f760984dc659"
	              "4a7c15e9716ed28dc027beceea1ec40a");
	ed25519_check("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
	              "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
	              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	              "2192992a274fc1a836ba3c23a3feebbd"
	              "454d4423643ce80e2a9ac94fa54ca49f",
	              "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
	              "09351fc9ac90b3ecfdfbc7c66431e030"
	              "3dca179c138ac17ad9bef1177331a704");
}

static void ed25519_flipped(void)
{
	uint8_t key[32] = {1, 2, 3}, public_key[32], signature[MK_SIGNATURE_SIZE];
	char data[] = "checkpoint";
	bool valid = false;

	CU_ASSERT_EQUAL_FATAL(mk_ed25519_public(key, public_key, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(mk_ed25519_sign(key, data, sizeof(data), signature, NULL), 0);
	for (size_t bit = 0; bit < 8 * MK_SIGNATURE_SIZE; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		valid = true;
		CU_ASSERT_EQUAL(mk_ed25519_verify(public_key, data, sizeof(data), signature, &valid, NULL),
		                0);
		CU_ASSERT(!valid);
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	data[3] ^= 1;
	CU_ASSERT_EQUAL(mk_ed25519_verify(public_key, data, sizeof(data), signature, &valid, NULL), 0);
	CU_ASSERT(!valid);
	data[3] ^= 1;
	memset(public_key, 0xff, sizeof(public_key));
	CU_ASSERT_EQUAL(mk_ed25519_verify(public_key, data, sizeof(data), signature, &valid, NULL), 0);
	CU_ASSERT(!valid);
}

/* ---- RSA ---- */

typedef struct rsa_case {
	EVP_PKEY *key;
	uint8_t *der;
	size_t der_size;
	BIO *pem;
	const char *pem_text;
	size_t pem_size;
	uint8_t signature[1024];
	size_t signature_size;
} rsa_case;

static const char rsa_data[] = "{\"event\":\"captured\"}";

static void rsa_open(rsa_case *c, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	memset(c, 0, sizeof(*c));
	CU_ASSERT_PTR_NOT_NULL_FATAL(key);
	c->key = key;
	c->der_size = (size_t)i2d_PUBKEY(key, &c->der);
	c->pem = BIO_new(BIO_s_mem());
	CU_ASSERT_FATAL(PEM_write_bio_PUBKEY(c->pem, key) == 1);
	c->pem_size = (size_t)BIO_get_mem_data(c->pem, (char **)&c->pem_text);
	c->signature_size = sizeof(c->signature);
	CU_ASSERT_FATAL(EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1);
	CU_ASSERT_FATAL(EVP_DigestSign(context, c->signature, &c->signature_size,
	                               (const uint8_t *)rsa_data, sizeof(rsa_data)) == 1);
	EVP_MD_CTX_free(context);
}

static void rsa_close(rsa_case *c)
{
	OPENSSL_free(c->der);
	BIO_free(c->pem);
	EVP_PKEY_free(c->key);
}

static int rsa_verify(const rsa_case *c, const void *key, size_t key_size, bool *valid)
{
	return mk_rsa_sha256_verify(key, key_size, rsa_data, sizeof(rsa_data), c->signature,
	                            c->signature_size, valid, NULL);
}

static void rsa_verified(void)
{
	rsa_case c;
	bool valid = false;

	rsa_open(&c, EVP_RSA_gen(2048));
	CU_ASSERT_EQUAL(rsa_verify(&c, c.pem_text, c.pem_size, &valid), 0);
	CU_ASSERT(valid);
	valid = false;
	CU_ASSERT_EQUAL(rsa_verify(&c, c.der, c.der_size, &valid), 0);
	CU_ASSERT(valid);

	for (size_t i = 0; i < c.signature_size; i += 17) {
		c.signature[i] ^= 0x40;
		valid = true;
		CU_ASSERT_EQUAL(rsa_verify(&c, c.der, c.der_size, &valid), 0);
		CU_ASSERT(!valid);
		c.signature[i] ^= 0x40;
	}
	c.signature_size--;
	CU_ASSERT_EQUAL(rsa_verify(&c, c.der, c.der_size, &valid), 0);
	CU_ASSERT(!valid);
	c.signature_size = 0;
	CU_ASSERT_EQUAL(rsa_verify(&c, c.der, c.der_size, &valid), 0);
	CU_ASSERT(!valid);
	rsa_close(&c);
}

static void rsa_other_data(void)
{
	rsa_case c;
	bool valid = true;

	rsa_open(&c, EVP_RSA_gen(2048));
	CU_ASSERT_EQUAL(mk_rsa_sha256_verify(c.der, c.der_size, "{\"event\":\"refunded\"}", 20,
	                                     c.signature, c.signature_size, &valid, NULL),
	                0);
	CU_ASSERT(!valid);
	rsa_close(&c);
}

static void rsa_keys_refused(void)
{
	static const char locked[] = "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\n"
								 "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n"
								 "-----END PUBLIC KEY-----\n";
	static const char big[17 * 1024] = "-----BEGIN PUBLIC KEY-----\n";
	uint8_t longer[2048];
	rsa_case c;
	bool valid = true;

	rsa_open(&c, EVP_RSA_gen(1024));
	CU_ASSERT_EQUAL(rsa_verify(&c, c.der, c.der_size, &valid), MARKET_EINVALID);
	CU_ASSERT(!valid);
	rsa_close(&c);

	rsa_open(&c, EVP_EC_gen("P-256"));
	CU_ASSERT_EQUAL(rsa_verify(&c, c.der, c.der_size, &valid), MARKET_EINVALID);
	CU_ASSERT_EQUAL(rsa_verify(&c, c.pem_text, c.pem_size, &valid), MARKET_EINVALID);
	rsa_close(&c);

	rsa_open(&c, EVP_RSA_gen(2048));
	memcpy(longer, c.der, c.der_size);
	longer[c.der_size] = 0;
	CU_ASSERT_EQUAL(rsa_verify(&c, longer, c.der_size + 1, &valid), MARKET_EINVALID);
	CU_ASSERT_EQUAL(rsa_verify(&c, c.der, c.der_size - 1, &valid), MARKET_EINVALID);
	CU_ASSERT_EQUAL(rsa_verify(&c, c.der, 0, &valid), MARKET_EINVALID);
	CU_ASSERT_EQUAL(rsa_verify(&c, "no key", 6, &valid), MARKET_EINVALID);
	CU_ASSERT_EQUAL(rsa_verify(&c, locked, sizeof(locked) - 1, &valid), MARKET_EINVALID);
	CU_ASSERT_EQUAL(rsa_verify(&c, big, sizeof(big), &valid), MARKET_EINVALID);
	CU_ASSERT(!valid);
	rsa_close(&c);
}

/* ---- the host's own use of OpenSSL ---- */

static void error_queue_kept(void)
{
	unsigned long before;
	uint8_t key[32] = {9}, signature[MK_SIGNATURE_SIZE] = {0};
	bool valid;

	ERR_clear_error();
	mk_rsa_sha256_verify("no key", 6, "", 0, signature, sizeof(signature), &valid, NULL);
	CU_ASSERT_EQUAL(ERR_peek_error(), 0);

	ERR_raise(ERR_LIB_USER, 77);
	before = ERR_peek_last_error();
	mk_rsa_sha256_verify("no key", 6, "", 0, signature, sizeof(signature), &valid, NULL);
	mk_ed25519_verify(key, "data", 4, signature, &valid, NULL);
	CU_ASSERT_EQUAL(ERR_peek_last_error(), before);
	CU_ASSERT_EQUAL(ERR_get_error(), before);
	CU_ASSERT_EQUAL(ERR_get_error(), 0);
}

void suite_crypto(void)
{
	CU_pSuite s = test_suite("crypto");

	CU_add_test(s, "SHA-256 gives the published digests", digest_known);
	CU_add_test(s, "a streamed digest survives others made between its parts", digest_stream);
	CU_add_test(s, "pieces digest as their concatenation", digest_parts);
	CU_add_test(s, "a stream is added to and ended only after its begin", digest_order);
	CU_add_test(s, "a digest without memory is ENOMEM", digest_no_memory);
	CU_add_test(s, "secrets compare by all their bytes", secrets_compared);
	CU_add_test(s, "wiping leaves zeros", secrets_wiped);
	CU_add_test(s, "HMAC-SHA256 gives the vectors of RFC 4231", hmac_known);
	CU_add_test(s, "HMAC refuses an empty key and takes empty data", hmac_edges);
	CU_add_test(s, "Ed25519 gives the vectors of RFC 8032", ed25519_known);
	CU_add_test(s, "no flipped bit passes an Ed25519 signature", ed25519_flipped);
	CU_add_test(s, "RSA-SHA256 verifies under PEM and DER and fails on changed signatures",
	            rsa_verified);
	CU_add_test(s, "an RSA signature fails for other data", rsa_other_data);
	CU_add_test(s, "weak, foreign, cut, padded, locked and oversized RSA keys are refused",
	            rsa_keys_refused);
	CU_add_test(s, "OpenSSL's error queue is left as the host had it", error_queue_kept);
}
