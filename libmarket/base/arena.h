/* Memory: the market's allocator, and an arena whose blocks are freed together. */
#ifndef MK_BASE_ARENA_H
#define MK_BASE_ARENA_H

#include <market/types.h>

/* The only callers of malloc, realloc and free in the library. */
extern const market_allocator mk_allocator_default;

void *mk_allocate(const market_allocator *allocator, size_t size);
void *mk_allocate_zero(const market_allocator *allocator, size_t size);
void *mk_reallocate(const market_allocator *allocator, void *block, size_t size);
void mk_release(const market_allocator *allocator, void *block);
char *mk_copy_text(const market_allocator *allocator, const char *text);

typedef struct mk_arena_block mk_arena_block;

typedef struct mk_arena {
	const market_allocator *allocator;
	mk_arena_block *block;
	bool failed; /* an allocation has failed since the last reset; sticky */
} mk_arena;

void mk_arena_init(mk_arena *arena, const market_allocator *allocator);
/* Frees all but the first block, so that the next operation allocates nothing. */
void mk_arena_reset(mk_arena *arena);
void mk_arena_close(mk_arena *arena);

/* 16-byte aligned, not cleared (`_zero`: cleared). NULL when memory is exhausted. */
void *mk_arena_get(mk_arena *arena, size_t size);
void *mk_arena_zero(mk_arena *arena, size_t size);
void *mk_arena_copy(mk_arena *arena, const void *data, size_t size);
/* Cleared; NULL also when size × count overflows. */
void *mk_arena_array(mk_arena *arena, size_t size, size_t count);
char *mk_arena_text(mk_arena *arena, const char *text); /* NULL gives NULL */
char *mk_arena_text_n(mk_arena *arena, const char *text, size_t size);
/* Texts in a row: mk_arena_join(arena, MK_TEXTS("account ", name)). None may be NULL. */
#define MK_TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})
char *mk_arena_join(mk_arena *arena, const char *const *parts);
char *mk_arena_format(mk_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define MK_NEW(arena, type) ((type *)mk_arena_zero((arena), sizeof(type)))
#define MK_NEW_ARRAY(arena, type, count) ((type *)mk_arena_array((arena), sizeof(type), (count)))

#endif
