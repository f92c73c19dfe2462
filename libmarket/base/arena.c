#include "libmarket/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT ((size_t)16)
#define FIRST_BLOCK ((size_t)16 * 1024)
#define SHORT_FORMAT 256 /* longer ones are formatted twice */
#define LARGEST_BLOCK ((size_t)256 * 1024)

/* The address sanitizer sees what touches memory that wasn't given, or between two pieces of it. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP ALIGNMENT
#define FORBID(at, size) __asan_poison_memory_region(at, size)
#define ALLOW(at, size) __asan_unpoison_memory_region(at, size)
#else
#define GAP ((size_t)0)
#define FORBID(at, size) ((void)(at), (void)(size))
#define ALLOW(at, size) ((void)(at), (void)(size))
#endif

struct mk_arena_block {
	mk_arena_block *older;
	char *data;
	size_t capacity;
	size_t used;
	bool kept;
};

static void *default_allocate(size_t size, void *user_data);
static void *default_reallocate(void *block, size_t size, void *user_data);
static void default_release(void *block, void *user_data);
static void *take(mk_arena_block *block, size_t size);
static mk_arena_block *block_new(mk_arena *arena, size_t capacity);
static void block_release(const mk_arena *arena, mk_arena_block *block);
static size_t next_capacity(const mk_arena *arena);

const market_allocator mk_allocator_default = {default_allocate, default_reallocate,
                                               default_release, NULL};

void *mk_allocate(const market_allocator *allocator, size_t size)
{
	return allocator->allocate(size > 0 ? size : 1, allocator->user_data);
}

void *mk_allocate_zero(const market_allocator *allocator, size_t size)
{
	void *block = mk_allocate(allocator, size);

	if (block)
		memset(block, 0, size);
	return block;
}

void *mk_reallocate(const market_allocator *allocator, void *block, size_t size)
{
	if (!block)
		return mk_allocate(allocator, size);
	return allocator->reallocate(block, size > 0 ? size : 1, allocator->user_data);
}

void mk_release(const market_allocator *allocator, void *block)
{
	if (block)
		allocator->release(block, allocator->user_data);
}

char *mk_copy_text(const market_allocator *allocator, const char *text)
{
	size_t size;
	char *copy;

	if (!text)
		return NULL;
	size = strlen(text) + 1;
	copy = mk_allocate(allocator, size);
	if (copy)
		memcpy(copy, text, size);
	return copy;
}

void mk_arena_init(mk_arena *arena, const market_allocator *allocator)
{
	arena->allocator = allocator;
	arena->block = NULL;
	arena->failed = false;
}

void mk_arena_reset(mk_arena *arena)
{
	mk_arena_block *block = arena->block;
	mk_arena_block *kept = NULL;

	while (block) {
		mk_arena_block *older = block->older;

		if (block->kept)
			kept = block;
		else
			block_release(arena, block);
		block = older;
	}
	if (kept) {
		kept->older = NULL;
		kept->used = 0;
		FORBID(kept->data, kept->capacity);
	}
	arena->block = kept;
	arena->failed = false;
}

void mk_arena_close(mk_arena *arena)
{
	mk_arena_reset(arena);
	block_release(arena, arena->block);
	arena->block = NULL;
}

void *mk_arena_get(mk_arena *arena, size_t size)
{
	mk_arena_block *block;
	void *memory;

	if (size > SIZE_MAX / 2)
		goto failed;
	if (!arena->block) {
		arena->block = block_new(arena, FIRST_BLOCK);
		if (!arena->block)
			goto failed;
		arena->block->kept = true;
	}
	memory = take(arena->block, size);
	if (memory)
		return memory;

	/* A large request goes behind the current block, whose rest stays in use. */
	if (size > FIRST_BLOCK / 4) {
		block = block_new(arena, size);
		if (!block)
			goto failed;
		block->older = arena->block->older;
		arena->block->older = block;
	} else {
		block = block_new(arena, next_capacity(arena));
		if (!block)
			goto failed;
		block->older = arena->block;
		arena->block = block;
	}
	return take(block, size);

failed:
	arena->failed = true;
	return NULL;
}

void *mk_arena_zero(mk_arena *arena, size_t size)
{
	void *memory = mk_arena_get(arena, size);

	if (memory)
		memset(memory, 0, size);
	return memory;
}

void *mk_arena_array(mk_arena *arena, size_t size, size_t count)
{
	if (size > 0 && count > SIZE_MAX / size) {
		arena->failed = true;
		return NULL;
	}
	return mk_arena_zero(arena, size * count);
}

void *mk_arena_copy(mk_arena *arena, const void *data, size_t size)
{
	void *memory = mk_arena_get(arena, size);

	if (memory && size > 0)
		memcpy(memory, data, size);
	return memory;
}

char *mk_arena_text(mk_arena *arena, const char *text)
{
	return text ? mk_arena_copy(arena, text, strlen(text) + 1) : NULL;
}

char *mk_arena_text_n(mk_arena *arena, const char *text, size_t size)
{
	char *copy;

	if (size == SIZE_MAX) {
		arena->failed = true;
		return NULL;
	}
	copy = mk_arena_get(arena, size + 1);
	if (!copy)
		return NULL;
	if (size > 0)
		memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

char *mk_arena_join(mk_arena *arena, const char *const *parts)
{
	size_t size = 1;
	char *text, *to;

	for (size_t i = 0; parts[i]; i++)
		size += strlen(parts[i]);
	text = to = mk_arena_get(arena, size);
	if (!text)
		return NULL;
	*to = '\0';
	for (size_t i = 0; parts[i]; i++)
		to = stpcpy(to, parts[i]);
	return text;
}

char *mk_arena_format(mk_arena *arena, const char *format, ...)
{
	char small[SHORT_FORMAT];
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(small, sizeof(small), format, arguments);
	va_end(arguments);
	if (length < 0) {
		arena->failed = true;
		return NULL;
	}
	if (length < (int)sizeof(small))
		return mk_arena_copy(arena, small, (size_t)length + 1);
	text = mk_arena_get(arena, (size_t)length + 1);
	if (!text)
		return NULL;
	va_start(arguments, format);
	(void)vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

static void *default_allocate(size_t size, void *user_data)
{
	(void)user_data;
	return malloc(size);
}

static void *default_reallocate(void *block, size_t size, void *user_data)
{
	(void)user_data;
	return realloc(block, size);
}

static void default_release(void *block, void *user_data)
{
	(void)user_data;
	free(block);
}

static void *take(mk_arena_block *block, size_t size)
{
	size_t room = ((size + ALIGNMENT - 1) & ~(ALIGNMENT - 1)) + GAP;
	void *memory;

	if (size == 0)
		room = ALIGNMENT;
	if (room > block->capacity - block->used)
		return NULL;
	memory = block->data + block->used;
	block->used += room;
	ALLOW(memory, size);
	return memory;
}

static mk_arena_block *block_new(mk_arena *arena, size_t capacity)
{
	mk_arena_block *block;
	uintptr_t data;

	capacity = ((capacity + ALIGNMENT - 1) & ~(ALIGNMENT - 1)) + GAP;
	/* The application's allocator may align to less than we promise. */
	block = mk_allocate(arena->allocator, sizeof(*block) + ALIGNMENT + capacity);
	if (!block)
		return NULL;
	data = (uintptr_t)(block + 1);
	block->data = (char *)(block + 1) + (ALIGNMENT - data % ALIGNMENT) % ALIGNMENT;
	block->older = NULL;
	block->capacity = capacity;
	block->used = 0;
	block->kept = false;
	FORBID(block->data, capacity);
	return block;
}

static void block_release(const mk_arena *arena, mk_arena_block *block)
{
	if (block)
		ALLOW(block->data, block->capacity);
	mk_release(arena->allocator, block);
}

static size_t next_capacity(const mk_arena *arena)
{
	size_t capacity = arena->block->capacity * 2;

	return capacity < LARGEST_BLOCK ? capacity : LARGEST_BLOCK;
}
