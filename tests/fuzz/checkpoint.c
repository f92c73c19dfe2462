/* Checkpoints outside the store, and the frontiers that the stored ones keep. */
#include <string.h>

#include "libmarket/ledger/ledger.h"
#include "tests/fuzz/fuzz.h"

static void frontier(const uint8_t *data, size_t size);
static void anchor(const char *text, size_t size);

void fuzz_checkpoint(const uint8_t *data, size_t size)
{
	if (size > 9 && data[0] == 'F')
		frontier(data + 1, size - 1);
	else
		anchor((const char *)data, size);
}

/* Eight bytes of size, then the hashes. */
static void frontier(const uint8_t *data, size_t size)
{
	uint8_t again[MK_FRONTIER_TEXT_MAX];
	uint64_t leaves = 0;
	mk_frontier read;

	for (int i = 0; i < 8; i++)
		leaves = leaves << 8 | data[i];
	if (mk_frontier_read(leaves, data + 8, size - 8, &read))
		fuzz_check(mk_frontier_write(&read, again) == size - 8 &&
		               memcmp(again, data + 8, size - 8) == 0,
		           "a frontier of %llu leaves was written otherwise", (unsigned long long)leaves);
}

static void anchor(const char *text, size_t size)
{
	const mk_anchor *read = NULL;
	mk_arena arena;
	market_error err = {.code = 0};
	int rc;

	mk_arena_init(&arena, &mk_allocator_default);
	rc = mk_anchor_read(text, size, &arena, &read, &err);
	fuzz_check(rc == 0 ? read != NULL : err.message[0] != '\0', "an anchor without an anchor");
	fuzz_check(rc == 0 || market_error_class_of(rc) == MARKET_CLASS_CALLER, "%s: %s",
	           market_error_name(rc), err.message);
	fuzz_round_trip(&mk_anchor_record, text, size);
	mk_arena_close(&arena);
}
