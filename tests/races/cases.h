/* The files of market-races. */
#ifndef TESTS_RACES_CASES_H
#define TESTS_RACES_CASES_H

/* Deadlocks, and transactions that the engine sends back (transactions.c). */
void races_of_transactions(void);
/* Commit groups (groups.c). */
void races_of_groups(void);
/* Refunds of one seller at once (refunds.c). */
void races_of_refunds(void);
/* The last units of a SKU (stock.c). */
void races_of_stock(void);
/* Sealing by several processes (sealing.c). */
void races_of_sealing(void);

#endif
