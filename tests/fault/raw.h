/* A store seen through its engine's own library. */
#ifndef TESTS_FAULT_RAW_H
#define TESTS_FAULT_RAW_H

#include "tests/fault/fault.h"

/* Called for each row of a query, with its values as bytes; NULL has the length −1. */
typedef void raw_row(int n_columns, const char *const *values, const int *lengths, void *data);
bool raw_query(const fault_store *store, const char *sql, raw_row *row, void *data);

/* On the private server in that folder. A database that is copied has no connections. */
bool raw_create_database(const char *server, const char *name, const char *copied);
bool raw_drop_database(const char *server, const char *name);

#endif
