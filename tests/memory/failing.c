#include "tests/memory/failing.h"

#include <errno.h>
#include <execinfo.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define TAKEN_OVER 0
#else
#define TAKEN_OVER 1
#endif

static struct {
	bool counting, for_good, hit, inside;
	int64_t count, fails_at;
	uint64_t site;
	void *frames[FAILING_FRAMES];
	int n_frames;
	int64_t live;
} now;

bool failing_possible(void)
{
	return TAKEN_OVER;
}

void failing_begin(int64_t n, bool for_good)
{
	void *frames[FAILING_FRAMES];

	/* it allocates when it is first called */
	backtrace(frames, FAILING_FRAMES);
	now.count = 0;
	now.fails_at = n;
	now.for_good = for_good;
	now.hit = false;
	now.site = 0;
	now.counting = true;
}

int64_t failing_end(void)
{
	now.counting = false;
	return now.count;
}

bool failing_hit(void)
{
	return now.hit;
}

uint64_t failing_site(void)
{
	return now.site;
}

int failing_frames(void *frames[FAILING_FRAMES])
{
	memcpy(frames, now.frames, sizeof(now.frames));
	return now.n_frames;
}

int64_t failing_live(void)
{
	return now.live;
}

#if TAKEN_OVER

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);
void *__libc_memalign(size_t alignment, size_t size);

/* Seen by the shared libraries. */
#pragma GCC visibility push(default)
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
void *memalign(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);
#pragma GCC visibility pop

static bool refused(void)
{
	if (!now.counting || now.inside)
		return false;
	now.count++;
	if (now.fails_at == 0 || now.count < now.fails_at ||
	    (now.count > now.fails_at && !now.for_good))
		return false;
	if (!now.hit) {
		now.inside = true;
		now.n_frames = backtrace(now.frames, FAILING_FRAMES);
		now.inside = false;
		for (int i = 2; i < now.n_frames && i < 9; i++)
			now.site = (now.site ^ (uint64_t)(uintptr_t)now.frames[i]) * UINT64_C(0x100000001b3);
		now.hit = true;
	}
	errno = ENOMEM;
	return true;
}

static void *given(void *block)
{
	if (block)
		now.live++;
	return block;
}

void *malloc(size_t size)
{
	return refused() ? NULL : given(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return refused() ? NULL : given(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
	void *moved;

	if (refused())
		return NULL;
	moved = __libc_realloc(block, size);
	if (moved && !block)
		now.live++;
	if (!moved && block && size == 0)
		now.live--;
	return moved;
}

void free(void *block)
{
	if (block)
		now.live--;
	__libc_free(block);
}

void *memalign(size_t alignment, size_t size)
{
	return refused() ? NULL : given(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	*out = memalign(alignment, size);
	return *out ? 0 : ENOMEM;
}

#endif
