/* Memory that is given back as a whole, and texts found by hash. Without memory the program ends.
 */
#ifndef CLI_POOL_H
#define CLI_POOL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pool_block pool_block;

typedef struct pool {
	pool_block *first;
} pool;

void *pool_take(pool *pool, size_t size);
const char *pool_text(pool *pool, const char *text);
const char *pool_format(pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pool_free(pool *pool);

/* Makes room for one more item of an array in `*items`. */
void *pool_grow(void *items, size_t count, size_t *room, size_t item_size);
#define POOL_APPEND(items, count, room) \
	((items) = pool_grow((items), (count), &(room), sizeof(*(items))), &(items)[(count)++])

/* Numbers texts from 0 in the order in which they come. */
typedef struct text_index {
	const char **texts;
	size_t *slots; /* number + 1; 0 is free */
	size_t count;
	size_t n_slots;
} text_index;

/* The number of a text; `fresh` tells that it is new. The text must live as long as the index. */
size_t text_index_add(text_index *index, const char *text, bool *fresh);
/* Or (size_t)-1. */
size_t text_index_find(const text_index *index, const char *text);
void text_index_free(text_index *index);

#endif
