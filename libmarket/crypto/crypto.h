/* Digests, Merkle trees, MACs, signatures and sealed fields over OpenSSL, and the key provider. */
#ifndef MK_CRYPTO_CRYPTO_H
#define MK_CRYPTO_CRYPTO_H

#include "libmarket/base/base64.h"
#include "libmarket/base/error.h"
#include "libmarket/base/text.h"

#define MK_HASH_SIZE 32
typedef struct mk_hash {
	uint8_t bytes[MK_HASH_SIZE];
} mk_hash;

/* Fetched once per market; used by one thread at a time. */
typedef struct mk_digest mk_digest;
int mk_digest_open(const market_allocator *allocator, mk_digest **out, market_error *err);
void mk_digest_close(mk_digest *digest);
int mk_digest_sha256(mk_digest *digest, const void *data, size_t size, mk_hash *out,
                     market_error *err);
/* The digest of several pieces one after another. */
int mk_digest_parts(mk_digest *digest, const market_blob *parts, size_t n_parts, mk_hash *out,
                    market_error *err);
/* A stream. The calls above may come between these: they don't disturb it. */
int mk_digest_begin(mk_digest *digest, market_error *err);
int mk_digest_add(mk_digest *digest, const void *data, size_t size, market_error *err);
int mk_digest_end(mk_digest *digest, mk_hash *out, market_error *err);

bool mk_equal_secret(const void *a, const void *b, size_t size); /* constant time */
void mk_wipe(void *data, size_t size);

/* ---- RFC 6962 Merkle trees ---- */

/* The frontier: the roots of the complete subtrees, by level, of a tree with `size` leaves. */
typedef struct mk_frontier {
	uint64_t size;
	mk_hash nodes[64]; /* nodes[i] is meant when bit i of size is set */
} mk_frontier;
#define MK_FRONTIER_TEXT_MAX (8 + 64 * MK_HASH_SIZE)
int mk_merkle_leaf(mk_digest *digest, const void *data, size_t size, mk_hash *out,
                   market_error *err); /* 0x00 ‖ data */
int mk_merkle_append(mk_digest *digest, mk_frontier *frontier, const mk_hash *leaf,
                     market_error *err);
int mk_merkle_root(mk_digest *digest, const mk_frontier *frontier, mk_hash *out, market_error *err);
/* Only the nodes in use, highest first, without the size (it has its own column). */
size_t mk_frontier_write(const mk_frontier *frontier, uint8_t out[MK_FRONTIER_TEXT_MAX]);
bool mk_frontier_read(uint64_t size, const void *data, size_t n, mk_frontier *out);

/* ---- MACs and signatures ---- */

/* An empty key is refused (EINVALID): anyone can make its MACs. */
int mk_hmac_sha256(const void *key, size_t key_size, const void *data, size_t size, mk_hash *out,
                   market_error *err);
/* The same for one key that is used often: fetched and keyed once; one thread at a time. */
typedef struct mk_mac mk_mac;
int mk_mac_open(const market_allocator *allocator, const void *key, size_t key_size, mk_mac **out,
                market_error *err);
void mk_mac_close(mk_mac *mac);
int mk_mac_parts(mk_mac *mac, const market_blob *parts, size_t n_parts, mk_hash *out,
                 market_error *err);
#define MK_SIGNATURE_SIZE 64
int mk_ed25519_verify(const uint8_t public_key[32], const void *data, size_t size,
                      const uint8_t signature[MK_SIGNATURE_SIZE], bool *valid, market_error *err);
int mk_ed25519_sign(const uint8_t private_key[32], const void *data, size_t size,
                    uint8_t signature[MK_SIGNATURE_SIZE], market_error *err);
int mk_ed25519_public(const uint8_t private_key[32], uint8_t public_key[32], market_error *err);
/* PKCS #1 v1.5 under a PEM or DER SubjectPublicKeyInfo. A key that can't be read, isn't RSA or has
 * fewer than 2048 bits is EINVALID; a signature that doesn't match is 0 and `valid` false. */
int mk_rsa_sha256_verify(const void *public_key, size_t public_size, const void *data, size_t size,
                         const void *signature, size_t signature_size, bool *valid,
                         market_error *err);

/* ---- the key provider ---- */

/*
 * The keys of one store: a signing key for checkpoints, a key-encryption key for sealed fields and
 * an index key for blind indexes. The file provider keeps them as JSON in a file of mode 0600
 * (others may neither read nor write it, its owner is the user or root), made only with a new
 * store; each kind has a list of numbered keys of which the newest is used for new work.
 */
typedef struct mk_keys mk_keys;
typedef enum mk_key_kind { MK_KEY_SIGNING, MK_KEY_SEALING, MK_KEY_INDEX } mk_key_kind;
#define MK_KEY_KINDS 3
#define MK_KEY_SIZE 32
#define MK_KEYS_MAX 64     /* keys of one kind */
#define MK_STORE_ID_MAX 64 /* characters: letters, digits, '-', '_' */

/* `path` NULL: keys that live as long as the process (a store in memory). Fails with EKEY when the
 * file exists. `random` NULL: the system's; it also serves the sealing later. */
int mk_keys_create(const char *path, const char *store_id, const market_allocator *allocator,
                   bool (*random)(void *, size_t, void *), void *random_data, mk_keys **out,
                   market_error *err);
/* EKEY when the file is absent, isn't a regular file, isn't the user's or root's, is open to
 * others, is malformed, or belongs to another store. A symbolic link is followed and its target
 * judged. */
int mk_keys_open(const char *path, const char *store_id, const market_allocator *allocator,
                 mk_keys **out, market_error *err);
/* Writes the keys to a new file of mode 0600. One that holds the same keys is left as it is; for
 * any other EKEY. */
int mk_keys_write(const mk_keys *keys, const char *path, market_error *err);
void mk_keys_close(mk_keys *keys);
/* Another random source for data keys and nonces; it must never repeat itself. NULL: the system's.
 */
void mk_keys_set_random(mk_keys *keys, bool (*random)(void *, size_t, void *), void *random_data);
/* Adds a key of the kind, used from now on, and replaces the file in one step; the file is read
 * again first, so that nobody's key is lost. Older sealing keys stay for reading; an older signing
 * key keeps its public half only. The index key can't be changed (EINVALID): indexes would no
 * longer match. Other threads may use `keys` meanwhile; other processes take the new key when they
 * next seal, sign, or meet its number. EBUSY while another process does the same. */
int mk_keys_rotate(mk_keys *keys, mk_key_kind kind, market_error *err);
/* Takes an older sealing key away for good, in the same way. EINVALID: it is the newest, or there
 * is none of that number. */
int mk_keys_drop(mk_keys *keys, uint32_t number, market_error *err);
/* Takes what another process has put into the file since. A file that can't be read changes
 * nothing. */
void mk_keys_refresh(const mk_keys *keys);
/* Milliseconds since the file was last changed, by the system's clock; of keys of the process the
 * longest time. */
market_time mk_keys_age(const mk_keys *keys);
/* The number of the key in use, and of each key of the kind, oldest first, at most MK_KEYS_MAX. */
uint32_t mk_keys_current(const mk_keys *keys, mk_key_kind kind);
size_t mk_keys_numbers(const mk_keys *keys, mk_key_kind kind, uint32_t numbers[MK_KEYS_MAX]);
/* The number and public key of the current signing key; and the public key of a given number. */
uint32_t mk_keys_signing(const mk_keys *keys, uint8_t public_key[32]);
bool mk_keys_public(const mk_keys *keys, uint32_t number, uint8_t public_key[32]);
/* By the signing key of that number, which was the current one a moment ago. EKEY: its secret is
 * gone. */
int mk_keys_sign(const mk_keys *keys, uint32_t number, const void *data, size_t size,
                 uint8_t signature[MK_SIGNATURE_SIZE], market_error *err);

/* ---- sealed fields (SEL-10) ---- */

/* Where a sealed value lives; part of the additional data, so that a value copied elsewhere fails.
 */
typedef struct mk_seal_place {
	const char *table;
	const char *column;
	int64_t owner;
	int64_t row;
} mk_seal_place;

/* A data key for one record, wrapped by the current key-encryption key: version, key number, nonce,
 * tag, wrapped key. Stored with the record. */
#define MK_WRAPPED_KEY_SIZE 65
#define MK_SEALED_MAX (64 * 1024) /* bytes of a text; more is ELIMIT */
int mk_seal_new_key(const mk_keys *keys, uint8_t wrapped[MK_WRAPPED_KEY_SIZE], market_error *err);
/* The same data key wrapped by the current key-encryption key; what it sealed stays as it is. */
int mk_seal_rewrap(const mk_keys *keys, const uint8_t before[MK_WRAPPED_KEY_SIZE],
                   uint8_t wrapped[MK_WRAPPED_KEY_SIZE], market_error *err);
/* The number of the key-encryption key that wrapped it. */
uint32_t mk_seal_key_number(const uint8_t wrapped[MK_WRAPPED_KEY_SIZE]);
/* AES-256-GCM under the record's data key: version, nonce, tag, ciphertext; in the arena. EKEY when
 * the provider lacks the key that wrapped the data key, ECORRUPT when the wrapped key was changed.
 */
int mk_seal_text(const mk_keys *keys, const uint8_t wrapped[MK_WRAPPED_KEY_SIZE],
                 const mk_seal_place *place, const char *text, mk_arena *arena, market_blob *out,
                 market_error *err);
/* ECORRUPT when the value isn't what was sealed there. */
int mk_unseal_text(const mk_keys *keys, const uint8_t wrapped[MK_WRAPPED_KEY_SIZE],
                   const mk_seal_place *place, market_blob sealed, mk_arena *arena, char **out,
                   market_error *err);
/* HMAC under the index key of table, column and the value in canonical form (no spaces or dashes of
 * any kind, ASCII letters in upper case): equal values find each other. EINVALID when nothing is
 * left. */
int mk_blind_index(const mk_keys *keys, const char *table, const char *column, const char *text,
                   mk_hash *out, market_error *err);
/* HMAC of a digest under the index key, in its place: who has the store alone can't try texts out.
 */
int mk_keyed_digest(const mk_keys *keys, const char *purpose, mk_hash *digest, market_error *err);
/* Seals a field as its record stores it: in the arena, with the record's data key, which is made
 * when `key` is empty, and with a blind index unless `index` is NULL. `text` NULL: only the key.
 * Errors: those of mk_seal_text and mk_blind_index. */
int mk_seal_field(const mk_keys *keys, mk_arena *arena, const mk_seal_place *place,
                  const char *text, market_blob *key, market_blob *sealed, market_blob *index,
                  market_error *err);
/* What it sealed; NULL of an empty one. ECORRUPT when it isn't that, or has no data key. */
int mk_unseal_field(const mk_keys *keys, mk_arena *arena, const mk_seal_place *place,
                    market_blob key, market_blob sealed, const char **out, market_error *err);

#endif
