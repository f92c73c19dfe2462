/* What the files of this folder share: OpenSSL's failures as errors, and the inside of the keys. */
#ifndef MK_CRYPTO_INTERNAL_H
#define MK_CRYPTO_INTERNAL_H

#include <openssl/evp.h>

#include "libmarket/crypto/crypto.h"

/*
 * The host may use OpenSSL on the same thread and read its error queue after calls of its own, so ours
 * is left as it was: every function that may fail in OpenSSL runs between these two.
 */
void mk_openssl_enter(void);
void mk_openssl_leave(void);
/* The error of a call that can't fail on its input: no memory, or an OpenSSL without the algorithm. */
int mk_openssl_failed(market_error *err, const char *what);

typedef struct mk_key {
	uint32_t number;
	bool retired; /* a signing key without its secret */
	uint8_t secret[MK_KEY_SIZE];
	uint8_t public_key[MK_KEY_SIZE]; /* of signing keys */
} mk_key;

/* In rising order of number, never empty in a provider that is open. */
typedef struct mk_key_list {
	size_t count;
	mk_key keys[MK_KEYS_MAX];
} mk_key_list;

typedef struct mk_key_ring {
	char store_id[MK_STORE_ID_MAX + 1];
	mk_key_list lists[MK_KEY_KINDS];
} mk_key_ring;

struct mk_keys {
	const market_allocator *allocator;
	bool (*random)(void *, size_t, void *);
	void *random_data;
	EVP_CIPHER *cipher; /* AES-256-GCM */
	char *path;         /* NULL: keys of the process */
	mk_key_ring ring;
};

int mk_keys_random(const mk_keys *keys, void *bytes, size_t size, market_error *err);
const mk_key *mk_key_newest(const mk_keys *keys, mk_key_kind kind);
const mk_key *mk_key_numbered(const mk_keys *keys, mk_key_kind kind, uint32_t number); /* NULL: none */
bool mk_store_id_valid(const char *store_id);

/* Reads a keys file after judging its owner, mode and type. */
int mk_key_file_read(const char *path, const market_allocator *allocator, mk_key_ring *ring, market_error *err);
/* Makes a new file of mode 0600, on disk with its folder when this returns; EKEY when it exists. */
int mk_key_file_create(const char *path, const market_allocator *allocator, const mk_key_ring *ring,
                       market_error *err);
/* The lock of a replacement is its unfinished file, `<path>.new`: begin makes it, finish writes it and
 * puts it in the place of the old one, abandon takes it away. */
int mk_key_file_begin(const char *path, const market_allocator *allocator, int *fd, market_error *err);
int mk_key_file_finish(const char *path, const market_allocator *allocator, int fd, const mk_key_ring *ring,
                       market_error *err);
void mk_key_file_abandon(const char *path, const market_allocator *allocator, int fd);

#endif
