/* malloc and its like, in place of the C library's for the whole process: the dependencies' calls
 * come here too. One of them can be made to fail. */
#ifndef TESTS_MEMORY_FAILING_H
#define TESTS_MEMORY_FAILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the calls can be taken over in this build; a sanitizer has its own. */
bool failing_possible(void);

/* From now on allocations are counted; number `n` (from 1; 0: none) fails, and with `for_good`
 * every later one. */
void failing_begin(int64_t n, bool for_good);
/* No longer. Gives how many were asked for. */
int64_t failing_end(void);
/* Whether one has failed since the beginning, and a number that stands for the place in the program
 * from which it was asked. */
bool failing_hit(void);
uint64_t failing_site(void);
/* The calls that led there, from the innermost; at most FAILING_FRAMES. */
#define FAILING_FRAMES 14
int failing_frames(void *frames[FAILING_FRAMES]);
/* Blocks that are in use now. */
int64_t failing_live(void);

#endif
