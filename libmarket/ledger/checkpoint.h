/* What checkpoints and their verification share. */
#ifndef MK_LEDGER_CHECKPOINT_H
#define MK_LEDGER_CHECKPOINT_H

#include "libmarket/ledger/tally.h"

/* A book as a checkpoint saw it. */
typedef struct mk_checkpoint_book {
	int64_t book_id, checkpoint_id, size;
	market_blob root;
} mk_checkpoint_book;
extern const mk_record mk_checkpoint_book_record;

/* The bytes that are signed; their digest is what the next checkpoint calls `previous`. */
void mk_checkpoint_body(const mk_checkpoint *checkpoint, const char *store_id, mk_text *out);
int mk_checkpoint_digest(const mk_checkpoint *checkpoint, const char *store_id, mk_digest *digest,
                         const market_allocator *allocator, mk_hash *out, market_error *err);
/* Appends (book, size, root) to the tree over all books. */
int mk_checkpoint_append(mk_digest *digest, mk_frontier *tree, int64_t book, int64_t size,
                         const mk_hash *root, market_error *err);
/* The legs of the sealed transfers of a book by position: ?1 book, ?2 behind this position, ?3
 * before that one. */
extern const mk_statement mk_legs_by_position;

#endif
