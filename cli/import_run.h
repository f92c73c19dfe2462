/* One run of `market import`. */
#ifndef CLI_IMPORT_RUN_H
#define CLI_IMPORT_RUN_H

#include "cli/import.h"
#include "cli/progress.h"

typedef struct import_run {
	const import_kind *kind;
	const char *path, *as, *report_path;
	source_options options;
	source source;
	FILE *report;
	cli_market open;
	cli_progress progress;
	import_item items[IMPORT_CHUNK];
	size_t n_items;
	source_row next; /* read, and the first of the next chunk */
	bool has_next;
	bool in_doubt;                                       /* the row before couldn't be read */
	size_t n_rows, created, changed, unchanged, refused; /* rows */
	size_t told;                                         /* refusals on stderr */
} import_run;

source_format import_format_of(const char *name);
/* Imports the whole source. 0 or EXIT_USAGE, when it can't go on. */
int import_run_all(import_run *run);
/* import_report.c: one line for each row that was refused. */
bool import_report_open(import_run *run);
void import_report_row(import_run *run, size_t line, const source_problem *problem);
bool import_report_close(import_run *run);

#endif
