#ifndef TESTS_POWER_CASES_H
#define TESTS_POWER_CASES_H

#include "tests/fault/fault.h"

void losses(const fault_store *store);
void losses_of_founding(const fault_store *store);
void unsynced_is_noticed(const fault_store *store);
void failing_calls(const fault_store *store);
void full_disk(const fault_store *store);
void short_reads(const fault_store *store);

#endif
