/*
 * The power goes, and the disk fails, under SQLite: with a file system of the tests' own below the
 * library's. SQLite stores only.
 *
 *   market-power [--seed N] [--list] [PATTERN...]
 *
 * MARKET_TEST_LONG=1 makes 20,000 losses of power. MARKET_POWER_SYNCHRONOUS=OFF (or NORMAL) makes
 * the library's commits unsafe, and the cases have to fail.
 */
#include <malloc.h>
#include <stdlib.h>

#include "tests/power/cases.h"
#include "tests/power/vfs.h"

int main(int argc, char **argv)
{
	fault_begin("power", argc, argv);
	/* images come and go */
	mallopt(M_MMAP_THRESHOLD, 1 << 28);
	mallopt(M_TRIM_THRESHOLD, 1 << 28);
	power.synchronous = getenv("MARKET_POWER_SYNCHRONOUS");
	fault_case("the power goes at every sync of 20 scenarios: the answered is there, the rest "
	           "absent or whole",
	           FAULT_SQLITE, losses);
	fault_case("the power goes while a store is made: the next opening finishes it", FAULT_SQLITE,
	           losses_of_founding);
	fault_case("commits that aren't synced are noticed", FAULT_SQLITE, unsynced_is_noticed);
	fault_case("the n-th call to the file system fails: a typed error, nothing half done",
	           FAULT_SQLITE, failing_calls);
	fault_case("the disk is full at the n-th write: a typed error, nothing half done", FAULT_SQLITE,
	           full_disk);
	fault_case("the n-th read is short: a typed error, nothing half done", FAULT_SQLITE,
	           short_reads);
	return fault_end();
}
