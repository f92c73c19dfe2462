/*
 * SQLite's file system on a disk in memory. It tells the disk of every change, keeps them for
 * later, and lets the n-th call fail. It has locks, for the connections of one thread.
 */
#ifndef TESTS_POWER_VFS_H
#define TESTS_POWER_VFS_H

#include "tests/power/disk.h"

/* The name of a store on it, for sqlite3_open_v2. No file has this path. */
#define POWER_STORE "/power-loss.db"
/* The sandbox provider's own, beside it. It's on the disk, but never the one that fails. */
#define POWER_SANDBOX "/power-loss.db.sandbox"

#define POWER_REGIONS 64

typedef enum power_fault {
	POWER_NONE,
	POWER_ERROR,     /* the call fails, whatever it is */
	POWER_FULL,      /* a write does half its work: no more room */
	POWER_SHORT_READ /* a read of a log gives half of what was asked, as at its end */
} power_fault;

typedef struct power_log {
	disk_event *events;
	size_t n, room;
	const char *watched; /* a file of the system's; `seen`: the events that it follows, 0: none */
	size_t seen;
} power_log;

/* Its locks, and its shared memory. */
typedef struct power_database {
	int shared;
	const void *reserved, *exclusive;
	int log_shared[8];
	const void *log_exclusive[8];
	void *regions[POWER_REGIONS];
	int mapped;
} power_database;

extern struct power_state {
	disk *disk;     /* power_insert */
	power_log *log; /* NULL: events aren't kept */
	int sector;
	bool powersafe;
	int checkpoint_pages;    /* the library's wal_autocheckpoint becomes this; 0: stays */
	const char *synchronous; /* the same, no longer than FULL; NULL: stays */
	power_fault fault;
	int64_t fails_at; /* which of the calls that the fault can hit */
	bool for_good;    /* and all after it */
	int64_t calls;    /* since power_arm */
	int64_t hits;
	char hit[40];            /* the first call that failed */
	int started;             /* so many times; files opened before hold no locks */
	power_database bases[2]; /* the store and the sandbox */
} power;

/* Makes it the process's default, or the one that was before. */
void power_register(void);
void power_unregister(void);

/* Goes on with this disk, as after a start of the machine. */
void power_insert(disk *d);

/* From now on the n-th call fails; POWER_NONE ends it. */
void power_arm(power_fault fault, int64_t n, bool for_good);

void power_log_clear(power_log *log);

#endif
