/*
 * A disk in memory that knows what of its files would be left after the power goes.
 *
 * A file has what programs see, what is safe, and the changes between the two. A sync makes a
 * file's changes safe, and the file's name with it. A file removed without a sync of its folder may
 * be back.
 */
#ifndef TESTS_POWER_DISK_H
#define TESTS_POWER_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum disk_kind {
	DISK_CREATE,
	DISK_WRITE,
	DISK_TRUNCATE,
	DISK_SYNC,
	DISK_FAILED_SYNC, /* what it lost stays lost: a later sync doesn't bring it to the disk */
	DISK_REMOVE,
	DISK_REMOVE_SYNCED
} disk_kind;

typedef struct disk_event {
	disk_kind kind;
	const char *name; /* lives as long as the disks that hear of it */
	int64_t at;       /* WRITE: where; TRUNCATE: the size */
	int64_t size;
	unsigned char *data;
} disk_event;

typedef struct disk disk;

disk *disk_new(void);
void disk_free(disk *d);
/* What programs see of it, and all of that safe. */
disk *disk_copy(const disk *d);
/* The same, with what isn't safe yet. */
disk *disk_clone(const disk *d);
void disk_apply(disk *d, const disk_event *event);
bool disk_has(const disk *d, const char *name);
int64_t disk_size(const disk *d, const char *name);
/* Copies what is there and returns how much that was. */
int64_t disk_read(const disk *d, const char *name, int64_t at, int64_t size, void *out);
/* Writes the files into a folder, each as `prefix` and its name. */
bool disk_dump(const disk *d, const char *prefix);
/* Whether some change isn't safe yet. */
bool disk_pending(const disk *d);

typedef struct disk_loss {
	enum { DISK_MIXED, DISK_DROP_ALL } how;
	int sector;
	/* A write in danger hurts no byte beside those it writes. Otherwise the whole sector is. */
	bool powersafe;
	uint64_t *random;
	int64_t kept, dropped, garbled; /* sectors, added up */
} disk_loss;

/* The disk as it is when the power comes back. */
disk *disk_lose(const disk *d, disk_loss *loss);

#endif
