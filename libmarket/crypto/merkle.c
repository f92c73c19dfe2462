/* RFC 6962 Merkle trees, kept as their frontier. */
#include "libmarket/crypto/crypto.h"

#include <string.h>

static int join(mk_digest *digest, const mk_hash *left, const mk_hash *right, mk_hash *out,
                market_error *err);

/* RFC 6962, 2.1: leaves and nodes are hashed under different first bytes. */
static const uint8_t leaf_mark = 0x00;
static const uint8_t node_mark = 0x01;

int mk_merkle_leaf(mk_digest *digest, const void *data, size_t size, mk_hash *out,
                   market_error *err)
{
	market_blob parts[] = {{&leaf_mark, 1}, {data, size}};

	return mk_digest_parts(digest, parts, 2, out, err);
}

int mk_merkle_append(mk_digest *digest, mk_frontier *frontier, const mk_hash *leaf,
                     market_error *err)
{
	mk_hash node = *leaf;
	int level = 0;
	int code;

	if (frontier->size == UINT64_MAX)
		return mk_error_set(err, MARKET_ELIMIT, "a tree of %llu leaves is full",
		                    (unsigned long long)UINT64_MAX);

	/* Like adding one to a binary number: each full level is carried into the next. The nodes below
	 * may stay, they no longer count; so a failure leaves the frontier as it was. */
	for (; (frontier->size >> level) & 1; level++) {
		code = join(digest, &frontier->nodes[level], &node, &node, err);
		if (code)
			return code;
	}
	frontier->nodes[level] = node;
	frontier->size++;
	return 0;
}

int mk_merkle_root(mk_digest *digest, const mk_frontier *frontier, mk_hash *out, market_error *err)
{
	mk_hash root;
	int level = 0;
	int code;

	if (frontier->size == 0)
		return mk_digest_sha256(digest, NULL, 0, out, err);
	while (!((frontier->size >> level) & 1))
		level++;
	root = frontier->nodes[level];
	for (level++; level < 64; level++) {
		if (!((frontier->size >> level) & 1))
			continue;
		code = join(digest, &frontier->nodes[level], &root, &root, err);
		if (code)
			return code;
	}
	*out = root;
	return 0;
}

size_t mk_frontier_write(const mk_frontier *frontier, uint8_t out[MK_FRONTIER_TEXT_MAX])
{
	size_t n = 0;

	for (int level = 63; level >= 0; level--) {
		if (!((frontier->size >> level) & 1))
			continue;
		memcpy(out + n, frontier->nodes[level].bytes, MK_HASH_SIZE);
		n += MK_HASH_SIZE;
	}
	return n;
}

bool mk_frontier_read(uint64_t size, const void *data, size_t n, mk_frontier *out)
{
	const uint8_t *next = data;

	if (n != (size_t)__builtin_popcountll(size) * MK_HASH_SIZE)
		return false;
	memset(out, 0, sizeof(*out));
	out->size = size;
	for (int level = 63; level >= 0; level--) {
		if (!((size >> level) & 1))
			continue;
		memcpy(out->nodes[level].bytes, next, MK_HASH_SIZE);
		next += MK_HASH_SIZE;
	}
	return true;
}

static int join(mk_digest *digest, const mk_hash *left, const mk_hash *right, mk_hash *out,
                market_error *err)
{
	uint8_t node[1 + 2 * MK_HASH_SIZE] = {node_mark};

	memcpy(node + 1, left->bytes, MK_HASH_SIZE);
	memcpy(node + 1 + MK_HASH_SIZE, right->bytes, MK_HASH_SIZE);
	return mk_digest_sha256(digest, node, sizeof(node), out, err);
}
