#include "tests/power/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/fault.h"

#define MOST_FILES 16

typedef struct image {
	unsigned char *bytes;
	int64_t size, room;
} image;

typedef struct change {
	int64_t at, size;
	unsigned char *data; /* NULL: the size became `at` */
	bool lost;
} change;

typedef struct disk_file {
	char *name;
	bool present, named; /* named: the present file's name is safe */
	image live, safe;
	change *changes;
	size_t n_changes, room;
	bool may_return; /* `former` was removed, and its name may not have been */
	image former;
} disk_file;

struct disk {
	disk_file files[MOST_FILES];
	size_t n_files;
};

static disk_file *find(const disk *d, const char *name);
static disk_file *add(disk *d, const char *name);
static void write_to(image *i, int64_t at, const void *data, int64_t size);
static void resize(image *i, int64_t size);
static void copy(image *to, const image *from);
static void remember(disk_file *f, int64_t at, int64_t size, const unsigned char *data);
static void sync_file(disk_file *f);
static bool is_log(const disk_file *f);
static void sync_folder(disk *d);
static void forget_changes(disk_file *f);
static void remove_file(disk_file *f, bool synced);
static void lose_file(const disk_file *f, disk *out, disk_loss *loss);
static void lose_change(const disk_file *f, const change *c, image *out, disk_loss *loss,
                        unsigned keep, unsigned drop);
static void garble(image *out, int64_t from, int64_t size, const unsigned char *data,
                   uint64_t *random);

disk *disk_new(void)
{
	disk *d = calloc(1, sizeof(*d));
	if (!d)
		abort();
	return d;
}

void disk_free(disk *d)
{
	for (size_t i = 0; d && i < d->n_files; i++) {
		disk_file *f = &d->files[i];
		forget_changes(f);
		free(f->changes);
		free(f->live.bytes);
		free(f->safe.bytes);
		free(f->former.bytes);
		free(f->name);
	}
	free(d);
}

disk *disk_copy(const disk *d)
{
	disk *out = disk_new();
	for (size_t i = 0; i < d->n_files; i++) {
		const disk_file *f = &d->files[i];
		disk_file *c;
		if (!f->present)
			continue;
		c = add(out, f->name);
		c->present = c->named = true;
		copy(&c->live, &f->live);
		copy(&c->safe, &f->live);
	}
	return out;
}

disk *disk_clone(const disk *d)
{
	disk *out = disk_new();
	for (size_t i = 0; i < d->n_files; i++) {
		const disk_file *f = &d->files[i];
		disk_file *c = add(out, f->name);
		c->present = f->present;
		c->named = f->named;
		c->may_return = f->may_return;
		copy(&c->live, &f->live);
		copy(&c->safe, &f->safe);
		copy(&c->former, &f->former);
		for (size_t n = 0; n < f->n_changes; n++)
			remember(c, f->changes[n].at, f->changes[n].size, f->changes[n].data);
	}
	return out;
}

void disk_apply(disk *d, const disk_event *event)
{
	disk_file *f = find(d, event->name);
	if (!f)
		f = add(d, event->name);
	switch (event->kind) {
	case DISK_CREATE:
		f->present = true;
		break;
	case DISK_WRITE:
		write_to(&f->live, event->at, event->data, event->size);
		remember(f, event->at, event->size, event->data);
		break;
	case DISK_TRUNCATE:
		resize(&f->live, event->at);
		remember(f, event->at, 0, NULL);
		break;
	case DISK_SYNC:
		if (!f->named && is_log(f))
			sync_folder(d);
		sync_file(f);
		break;
	case DISK_FAILED_SYNC:
		for (size_t i = 0; i < f->n_changes; i++)
			f->changes[i].lost = true;
		break;
	case DISK_REMOVE:
	case DISK_REMOVE_SYNCED:
		remove_file(f, event->kind == DISK_REMOVE_SYNCED);
		break;
	}
}

bool disk_has(const disk *d, const char *name)
{
	const disk_file *f = find(d, name);
	return f && f->present;
}

int64_t disk_size(const disk *d, const char *name)
{
	return disk_has(d, name) ? find(d, name)->live.size : 0;
}

int64_t disk_read(const disk *d, const char *name, int64_t at, int64_t size, void *out)
{
	int64_t there = disk_size(d, name) - at;
	if (there < size)
		size = there < 0 ? 0 : there;
	if (size > 0)
		memcpy(out, find(d, name)->live.bytes + at, (size_t)size);
	return size;
}

bool disk_dump(const disk *d, const char *prefix)
{
	bool good = true;
	for (size_t i = 0; i < d->n_files && good; i++) {
		const disk_file *f = &d->files[i];
		char path[1200];
		FILE *out;
		if (!f->present)
			continue;
		snprintf(path, sizeof(path), "%.1000s%.100s", prefix, f->name);
		out = fopen(path, "wb");
		good = out && fwrite(f->live.bytes, 1, (size_t)f->live.size, out) == (size_t)f->live.size;
		good = out && fclose(out) == 0 && good;
	}
	return good;
}

bool disk_pending(const disk *d)
{
	for (size_t i = 0; i < d->n_files; i++)
		if (d->files[i].n_changes > 0)
			return true;
	return false;
}

disk *disk_lose(const disk *d, disk_loss *loss)
{
	disk *out = disk_new();
	for (size_t i = 0; i < d->n_files; i++)
		lose_file(&d->files[i], out, loss);
	return out;
}

static disk_file *find(const disk *d, const char *name)
{
	for (size_t i = 0; i < d->n_files; i++)
		if (strcmp(d->files[i].name, name) == 0)
			return (disk_file *)&d->files[i];
	return NULL;
}

static disk_file *add(disk *d, const char *name)
{
	disk_file *f = &d->files[d->n_files++];
	if (d->n_files > MOST_FILES)
		abort();
	f->name = strdup(name);
	return f;
}

static void write_to(image *i, int64_t at, const void *data, int64_t size)
{
	if (at + size > i->size)
		resize(i, at + size);
	memcpy(i->bytes + at, data, (size_t)size);
}

static void resize(image *i, int64_t size)
{
	if (size > i->room) {
		i->room = size * 2 + 4096;
		i->bytes = realloc(i->bytes, (size_t)i->room);
		if (!i->bytes)
			abort();
	}
	if (size > i->size)
		memset(i->bytes + i->size, 0, (size_t)(size - i->size));
	i->size = size;
}

static void copy(image *to, const image *from)
{
	resize(to, from->size);
	if (from->size > 0)
		memcpy(to->bytes, from->bytes, (size_t)from->size);
}

static void remember(disk_file *f, int64_t at, int64_t size, const unsigned char *data)
{
	change *c;
	if (f->n_changes == f->room) {
		f->room = f->room * 2 + 16;
		f->changes = realloc(f->changes, f->room * sizeof(*f->changes));
		if (!f->changes)
			abort();
	}
	c = &f->changes[f->n_changes++];
	*c = (change){.at = at, .size = size};
	if (data) {
		c->data = malloc((size_t)size + 1);
		if (!c->data)
			abort();
		memcpy(c->data, data, (size_t)size);
	}
}

static void sync_file(disk_file *f)
{
	for (size_t i = 0; i < f->n_changes; i++) {
		const change *c = &f->changes[i];
		if (!c->lost && c->data)
			write_to(&f->safe, c->at, c->data, c->size);
		else if (!c->lost)
			resize(&f->safe, c->at);
	}
	forget_changes(f);
	f->named = true;
	f->may_return = false;
}

static bool is_log(const disk_file *f)
{
	const char *end = strrchr(f->name, '-');
	return end && (strcmp(end, "-wal") == 0 || strcmp(end, "-journal") == 0);
}

/* SQLite does so with the first sync of a log or journal that it made. */
static void sync_folder(disk *d)
{
	for (size_t i = 0; i < d->n_files; i++) {
		d->files[i].named = d->files[i].present;
		d->files[i].may_return = false;
	}
}

static void forget_changes(disk_file *f)
{
	for (size_t i = 0; i < f->n_changes; i++)
		free(f->changes[i].data);
	f->n_changes = 0;
}

static void remove_file(disk_file *f, bool synced)
{
	if (synced) {
		f->may_return = false;
	} else if (f->named) {
		resize(&f->former, 0);
		copy(&f->former, &f->safe);
		f->may_return = true;
	}
	forget_changes(f);
	f->present = f->named = false;
	resize(&f->live, 0);
	resize(&f->safe, 0);
}

/* A file that is there has its safe bytes, and of each change what the disk had got to. */
static void lose_file(const disk_file *f, disk *out, disk_loss *loss)
{
	disk_file *left;
	unsigned keep = (unsigned)fault_below(loss->random, 101);
	unsigned drop = (unsigned)fault_below(loss->random, 101 - keep);
	bool other = fault_below(loss->random, 2) == 0;
	if (loss->how == DISK_DROP_ALL) {
		keep = 0;
		drop = 100;
		other = true;
	}
	if (!f->present && (!f->may_return || !other))
		return;
	if (f->present && !f->named && !f->may_return && other)
		return;
	left = add(out, f->name);
	left->present = left->named = true;
	if (f->may_return && other) {
		copy(&left->live, &f->former);
	} else {
		copy(&left->live, &f->safe);
		for (size_t i = 0; i < f->n_changes; i++)
			lose_change(f, &f->changes[i], &left->live, loss, keep, drop);
		/* The file's size is a change of its own. */
		if (left->live.size > f->safe.size && loss->how == DISK_MIXED &&
		    fault_below(loss->random, 4) == 0)
			resize(&left->live,
			       f->safe.size + (int64_t)fault_below(loss->random,
			                                           (uint64_t)(left->live.size - f->safe.size)));
		else if (left->live.size < f->live.size && loss->how == DISK_MIXED && other)
			resize(&left->live, f->live.size);
	}
	copy(&left->safe, &left->live);
}

static void lose_change(const disk_file *f, const change *c, image *out, disk_loss *loss,
                        unsigned keep, unsigned drop)
{
	int64_t sector = loss->sector, done = 0;
	if (!c->data) {
		if (fault_below(loss->random, 100) < keep)
			resize(out, c->at);
		return;
	}
	while (done < c->size) {
		int64_t at = c->at + done, first = at / sector * sector, size = first + sector - at;
		unsigned fate = (unsigned)fault_below(loss->random, 100);
		if (size > c->size - done)
			size = c->size - done;
		/* What a failed sync lost is never kept. */
		if (fate < keep && !c->lost) {
			write_to(out, at, c->data + done, size);
			loss->kept++;
		} else if (fate < keep + drop) {
			loss->dropped++;
		} else {
			loss->garbled++;
			if (loss->powersafe)
				garble(out, at, size, c->data + done, loss->random);
			else
				garble(out, first, first + sector > f->live.size ? f->live.size - first : sector,
				       NULL, loss->random);
		}
		done += size;
	}
}

/* Random bytes, zeros, or the first half of what was to be written. */
static void garble(image *out, int64_t from, int64_t size, const unsigned char *data,
                   uint64_t *random)
{
	uint64_t kind = fault_below(random, 3);
	if (size <= 0)
		return;
	if (from + size > out->size)
		resize(out, from + size);
	if (kind == 0 && data)
		memcpy(out->bytes + from, data, (size_t)size / 2);
	else if (kind == 1)
		memset(out->bytes + from, 0, (size_t)size);
	else
		for (int64_t i = 0; i < size; i++)
			out->bytes[from + i] = (unsigned char)fault_random(random);
}
