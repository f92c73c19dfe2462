/* What every market of a run begins with. */
#ifndef TESTS_SIM_SETUP_H
#define TESTS_SIM_SETUP_H

struct sim;
void sim_setup_party(struct sim *s);
void sim_setup_agencies(struct sim *s);
void sim_setup_fronts(struct sim *s);
void sim_setup_brands(struct sim *s);
void sim_setup_catalog(struct sim *s);

#endif
