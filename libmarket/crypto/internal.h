/* What the files of this folder share: OpenSSL's failures as errors, and the inside of the keys. */
#ifndef MK_CRYPTO_INTERNAL_H
#define MK_CRYPTO_INTERNAL_H

#include <pthread.h>
#include <sys/types.h>

#include <openssl/evp.h>

#include "libmarket/crypto/crypto.h"

/*
 * The host may use OpenSSL on the same thread and read its error queue after calls of its own, so
 * ours is left as it was: every function that may fail in OpenSSL runs between these two.
 */
void mk_openssl_enter(void);
void mk_openssl_leave(void);
/*
 * The error of a call that can't fail on its input. OpenSSL often names another reason when memory
 * is exhausted, so that is what it was, unless it hasn't the algorithm.
 */
int mk_openssl_failed(market_error *err, const char *algorithm);
/* For calls that fail on bad input too: they are tried twice, and then asked this. */
bool mk_memory_left(void);

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
	struct mk_key_ring *before; /* the one that it replaced, which others may still read */
	char store_id[MK_STORE_ID_MAX + 1];
	mk_key_list lists[MK_KEY_KINDS];
} mk_key_ring;

/* Which file a path names: another one after each change. */
typedef struct mk_key_file_mark {
	dev_t device;
	ino_t file;
	struct timespec written;
} mk_key_file_mark;

/* The keys as they are now. A ring never changes once it is here; a newer one takes its place. */
typedef struct mk_key_state {
	mk_key_ring *_Atomic ring;
	pthread_mutex_t lock; /* of whoever puts a ring in place, and of `mark` */
	mk_key_file_mark mark;
} mk_key_state;

struct mk_keys {
	const market_allocator *allocator;
	bool (*random)(void *, size_t, void *);
	void *random_data;
	EVP_CIPHER *cipher; /* AES-256-GCM */
	char *path;         /* NULL: keys of the process */
	mk_key_state *state;
};

int mk_keys_random(const mk_keys *keys, void *bytes, size_t size, market_error *err);
/* The keys of this moment; they stay until the provider is closed. */
const mk_key_ring *mk_keys_ring(const mk_keys *keys);
const mk_key *mk_key_newest(const mk_keys *keys, mk_key_kind kind);
/* The file is read again when the number is new to this process. NULL: none. */
const mk_key *mk_key_numbered(const mk_keys *keys, mk_key_kind kind, uint32_t number);
/* Copies a valid store id; false for another text or NULL. */
bool mk_store_id_copy(const char *store_id, char out[MK_STORE_ID_MAX + 1]);

#define MK_KEY_FILE_MAX (48 * 1024) /* bytes; all lists full need less than 40 KiB */
extern const char mk_key_format_name[];
extern const char *const mk_key_kind_names[MK_KEY_KINDS];

/* Whether a file of this mode and owner may hold the keys of a process of `user`. */
int mk_key_file_judge(const char *path, mode_t mode, uid_t owner, uid_t user, market_error *err);
/* Reads a keys file after judging it. */
int mk_key_file_read(const char *path, const market_allocator *allocator, mk_key_ring *ring,
                     market_error *err);
/* All zero when there is no file. */
mk_key_file_mark mk_key_file_look(const char *path);
/* Makes a new file of mode 0600, on disk with its folder when this returns; EKEY when it exists. */
int mk_key_file_create(const char *path, const market_allocator *allocator, const mk_key_ring *ring,
                       market_error *err);
/* A change of the file. Its lock is the unfinished new file, `<path>.new`: begin makes it (EBUSY
 * while another process has it), finish writes it and puts it in place, abandon takes it away. */
typedef struct mk_key_file_change {
	int fd;
	char *name;
	bool fresh; /* there must be no file yet */
} mk_key_file_change;
int mk_key_file_begin(const char *path, const market_allocator *allocator,
                      mk_key_file_change *change, market_error *err);
int mk_key_file_finish(const char *path, const market_allocator *allocator,
                       mk_key_file_change *change, const mk_key_ring *ring, market_error *err);
void mk_key_file_abandon(const market_allocator *allocator, mk_key_file_change *change);
/* The error of a system call, from errno. */
int mk_key_file_failed(const char *what, const char *path, market_error *err);

#endif
