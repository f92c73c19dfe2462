#include "cli/pool.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)64 * 1024)

struct pool_block {
	pool_block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) char data[];
};

static void *need(void *memory)
{
	if (!memory) {
		fputs("market: memory is exhausted\n", stderr);
		exit(2);
	}
	return memory;
}

void *pool_take(pool *pool, size_t size)
{
	const size_t unit = _Alignof(max_align_t);
	pool_block *block = pool->first;
	void *taken;
	size = (size + unit - 1) / unit * unit;
	if (!block || block->size - block->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		block = need(malloc(sizeof(*block) + room));
		block->next = pool->first;
		block->used = 0;
		block->size = room;
		pool->first = block;
	}
	taken = block->data + block->used;
	block->used += size;
	memset(taken, 0, size);
	return taken;
}

const char *pool_text(pool *pool, const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(pool_take(pool, size), text, size);
}

const char *pool_format(pool *pool, const char *format, ...)
{
	va_list args;
	int size;
	char *text;
	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = pool_take(pool, (size_t)size + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)size + 1, format, args);
	va_end(args);
	return text;
}

void pool_free(pool *pool)
{
	while (pool->first) {
		pool_block *next = pool->first->next;
		free(pool->first);
		pool->first = next;
	}
}

void *pool_grow(void *items, size_t count, size_t *room, size_t item_size)
{
	if (count == *room) {
		*room = *room ? *room * 2 : 64;
		items = need(realloc(items, *room * item_size));
	}
	memset((char *)items + count * item_size, 0, item_size);
	return items;
}

/* FNV-1a */
static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(14695981039346656037);
	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return value;
}

static size_t slot_of(const text_index *index, const char *text)
{
	size_t slot = (size_t)hash(text) & (index->n_slots - 1);
	while (index->slots[slot] != 0 && strcmp(index->texts[index->slots[slot] - 1], text) != 0)
		slot = (slot + 1) & (index->n_slots - 1);
	return slot;
}

static void widen(text_index *index)
{
	index->n_slots = index->n_slots ? index->n_slots * 2 : 256;
	free(index->slots);
	index->slots = need(calloc(index->n_slots, sizeof(*index->slots)));
	index->texts = need(realloc(index->texts, index->n_slots / 2 * sizeof(*index->texts)));
	for (size_t i = 0; i < index->count; i++)
		index->slots[slot_of(index, index->texts[i])] = i + 1;
}

size_t text_index_add(text_index *index, const char *text, bool *fresh)
{
	size_t slot;
	if (index->count == index->n_slots / 2)
		widen(index);
	slot = slot_of(index, text);
	*fresh = index->slots[slot] == 0;
	if (*fresh) {
		index->texts[index->count++] = text;
		index->slots[slot] = index->count;
	}
	return index->slots[slot] - 1;
}

size_t text_index_find(const text_index *index, const char *text)
{
	return index->n_slots == 0 ? (size_t)-1 : index->slots[slot_of(index, text)] - 1;
}

void text_index_free(text_index *index)
{
	free(index->texts);
	free(index->slots);
	memset(index, 0, sizeof(*index));
}
