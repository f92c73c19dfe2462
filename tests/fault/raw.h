/* A store seen through its engine's own library. */
#ifndef TESTS_FAULT_RAW_H
#define TESTS_FAULT_RAW_H

#include <stdbool.h>

/* On the private server in that folder. */
bool raw_create_database(const char *server, const char *name);

#endif
