/* Merkle trees against the vectors of Certificate Transparency and a root computed by definition.
 */
#include "libmarket/crypto/crypto.h"

#include <string.h>

#include "tests/unit/test.h"

void suite_merkle(void);

static mk_digest *digest;

static void open_digest(void)
{
	CU_ASSERT_EQUAL_FATAL(mk_digest_open(&mk_allocator_default, &digest, NULL), 0);
}

static void close_digest(void)
{
	mk_digest_close(digest);
	digest = NULL;
}

static bool hash_is(const mk_hash *hash, const char *hex)
{
	char text[2 * MK_HASH_SIZE + 1];

	mk_hex(hash->bytes, MK_HASH_SIZE, text);
	return strcmp(text, hex) == 0;
}

/* RFC 9162, 2.1.1: by the largest power of two below n. */
static void root_by_definition(const mk_hash *leaves, size_t n, mk_hash *out)
{
	static const uint8_t mark = 1;
	mk_hash left, right;
	size_t k = 1;

	if (n == 0) {
		CU_ASSERT_EQUAL(mk_digest_sha256(digest, "", 0, out, NULL), 0);
		return;
	}
	if (n == 1) {
		*out = leaves[0];
		return;
	}
	while (k * 2 < n)
		k *= 2;
	root_by_definition(leaves, k, &left);
	root_by_definition(leaves + k, n - k, &right);
	CU_ASSERT_EQUAL(
		mk_digest_parts(
			digest,
			(market_blob[]){{&mark, 1}, {left.bytes, MK_HASH_SIZE}, {right.bytes, MK_HASH_SIZE}}, 3,
			out, NULL),
		0);
}

static void make_leaf(uint64_t number, mk_hash *out)
{
	CU_ASSERT_EQUAL(mk_merkle_leaf(digest, &number, sizeof(number), out, NULL), 0);
}

static void transparency_vectors(void)
{
	static const struct {
		const char *leaf_hex, *root;
	} cases[] = {
		{"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
		{"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
		{"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
		{"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
		{"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
		{"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
		{"606162636465666768696a6b6c6d6e6f",
	     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	mk_frontier frontier = {0};
	mk_hash leaf, root;
	uint8_t data[16];

	CU_ASSERT_EQUAL(mk_merkle_root(digest, &frontier, &root, NULL), 0);
	CU_ASSERT(hash_is(&root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t size = strlen(cases[i].leaf_hex) / 2;

		CU_ASSERT_FATAL(size == 0 || mk_unhex(cases[i].leaf_hex, data, size));
		CU_ASSERT_EQUAL(mk_merkle_leaf(digest, data, size, &leaf, NULL), 0);
		CU_ASSERT_EQUAL(mk_merkle_append(digest, &frontier, &leaf, NULL), 0);
		CU_ASSERT_EQUAL(frontier.size, i + 1);
		CU_ASSERT_EQUAL(mk_merkle_root(digest, &frontier, &root, NULL), 0);
		CU_ASSERT(hash_is(&root, cases[i].root));
	}
}

static void root_of_every_size(void)
{
	enum { most = 300 };
	static mk_hash leaves[most];
	mk_frontier frontier = {0};
	mk_hash expected, root;

	for (size_t n = 0; n <= most; n++) {
		root_by_definition(leaves, n, &expected);
		CU_ASSERT_EQUAL(mk_merkle_root(digest, &frontier, &root, NULL), 0);
		CU_ASSERT_EQUAL(memcmp(&root, &expected, sizeof(root)), 0);
		if (n < most) {
			make_leaf(n, &leaves[n]);
			CU_ASSERT_EQUAL(mk_merkle_append(digest, &frontier, &leaves[n], NULL), 0);
		}
	}
}

static bool is_near_power(size_t n)
{
	for (size_t power = 1; power <= 4096; power *= 2)
		if (n + 1 == power || n == power || n == power + 1)
			return true;
	return n == 0;
}

/* Written and read at every size around a power of two, the tree grows on as if it hadn't been. */
static void frontier_round_trip(void)
{
	uint8_t bytes[MK_FRONTIER_TEXT_MAX];
	mk_frontier straight = {0}, stored = {0};
	mk_hash leaf, expected, root;
	size_t size;

	for (size_t n = 0; n <= 4097; n++) {
		if (is_near_power(n) || n == 7 || n == 9) {
			size = mk_frontier_write(&stored, bytes);
			memset(&stored, 0xee, sizeof(stored));
			CU_ASSERT_FATAL(mk_frontier_read(n, bytes, size, &stored));
			CU_ASSERT_EQUAL(mk_merkle_root(digest, &straight, &expected, NULL), 0);
			CU_ASSERT_EQUAL(mk_merkle_root(digest, &stored, &root, NULL), 0);
			CU_ASSERT_EQUAL(memcmp(&root, &expected, sizeof(root)), 0);
			CU_ASSERT_EQUAL(size, (size_t)__builtin_popcountll(n) * MK_HASH_SIZE);
		}
		make_leaf(n, &leaf);
		CU_ASSERT_EQUAL(mk_merkle_append(digest, &straight, &leaf, NULL), 0);
		CU_ASSERT_EQUAL(mk_merkle_append(digest, &stored, &leaf, NULL), 0);
	}
}

static void frontier_sizes_refused(void)
{
	uint8_t bytes[MK_FRONTIER_TEXT_MAX] = {0};
	mk_frontier frontier = {.size = 77};

	CU_ASSERT(!mk_frontier_read(0, bytes, 32, &frontier));
	CU_ASSERT(!mk_frontier_read(3, bytes, 32, &frontier));
	CU_ASSERT(!mk_frontier_read(3, bytes, 63, &frontier));
	CU_ASSERT(!mk_frontier_read(3, bytes, 65, &frontier));
	CU_ASSERT(!mk_frontier_read(3, bytes, 96, &frontier));
	CU_ASSERT_EQUAL(frontier.size, 77);
	CU_ASSERT(mk_frontier_read(3, bytes, 64, &frontier));
	CU_ASSERT(mk_frontier_read(0, NULL, 0, &frontier));
	CU_ASSERT_EQUAL(frontier.size, 0);
	CU_ASSERT(mk_frontier_read(UINT64_MAX, bytes, 64 * MK_HASH_SIZE, &frontier));
}

static void full_tree_refused(void)
{
	mk_frontier frontier = {.size = UINT64_MAX};
	mk_hash leaf;

	make_leaf(1, &leaf);
	CU_ASSERT_EQUAL(mk_merkle_append(digest, &frontier, &leaf, NULL), MARKET_ELIMIT);
	CU_ASSERT_EQUAL(frontier.size, UINT64_MAX);
	frontier.size = UINT64_MAX - 1;
	CU_ASSERT_EQUAL(mk_merkle_append(digest, &frontier, &leaf, NULL), 0);
	CU_ASSERT_EQUAL(frontier.size, UINT64_MAX);
}

/* A leaf made of two nodes must not pass for their parent. */
static void leaves_are_not_nodes(void)
{
	mk_frontier frontier = {0};
	mk_hash leaves[2], root, forged;

	for (size_t i = 0; i < 2; i++) {
		make_leaf(i, &leaves[i]);
		CU_ASSERT_EQUAL(mk_merkle_append(digest, &frontier, &leaves[i], NULL), 0);
	}
	CU_ASSERT_EQUAL(mk_merkle_root(digest, &frontier, &root, NULL), 0);
	CU_ASSERT_EQUAL(mk_merkle_leaf(digest, leaves, sizeof(leaves), &forged, NULL), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(&root, &forged, sizeof(root)), 0);
}

static void order_counts(void)
{
	mk_frontier one = {0}, two = {0};
	mk_hash a, b, root_one, root_two;

	make_leaf(1, &a);
	make_leaf(2, &b);
	CU_ASSERT_EQUAL(mk_merkle_append(digest, &one, &a, NULL), 0);
	CU_ASSERT_EQUAL(mk_merkle_append(digest, &one, &b, NULL), 0);
	CU_ASSERT_EQUAL(mk_merkle_append(digest, &two, &b, NULL), 0);
	CU_ASSERT_EQUAL(mk_merkle_append(digest, &two, &a, NULL), 0);
	CU_ASSERT_EQUAL(mk_merkle_root(digest, &one, &root_one, NULL), 0);
	CU_ASSERT_EQUAL(mk_merkle_root(digest, &two, &root_two, NULL), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(&root_one, &root_two, sizeof(mk_hash)), 0);
}

void suite_merkle(void)
{
	CU_pSuite s = test_suite_with("merkle", open_digest, close_digest);

	CU_add_test(s, "LED-7: roots equal the Certificate Transparency vectors", transparency_vectors);
	CU_add_test(s, "LED-7: roots of 0 to 300 leaves equal the recursive definition",
	            root_of_every_size);
	CU_add_test(s, "LED-7: a stored frontier grows on at every size around a power of two",
	            frontier_round_trip);
	CU_add_test(s, "a frontier of another size than its tree's is refused", frontier_sizes_refused);
	CU_add_test(s, "a full tree is refused, the last leaf taken", full_tree_refused);
	CU_add_test(s, "LED-7: two nodes as a leaf don't make their parent", leaves_are_not_nodes);
	CU_add_test(s, "LED-7: exchanged leaves give another root", order_counts);
}
