/* A store's URL, taken apart and not opened. */
#include <stdlib.h>

#include "libmarket/store/store.h"
#include "tests/fuzz/fuzz.h"

void fuzz_url(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	mk_store_url url;
	mk_arena arena;
	market_error err = {.code = 0};
	int rc;

	mk_arena_init(&arena, &mk_allocator_default);
	rc = mk_store_url_parse(text, &arena, &url, &err);
	if (rc == 0)
		fuzz_check(url.target && (url.memory || url.keys), "%s lacks a part", text);
	else
		fuzz_check(rc == MARKET_EINVALID && err.message[0], "%s: %s", market_error_name(rc),
		           err.message);
	mk_arena_close(&arena);
	free(text);
}
