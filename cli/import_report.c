/* What became of the rows that didn't go in. */
#include "cli/import_run.h"

#define MOST_TOLD 20

bool import_report_open(import_run *run)
{
	run->report = fopen(run->report_path, "w");
	return run->report && fputs("line,column,reason,code\r\n", run->report) >= 0;
}

/* Reasons may quote the file. */
void import_report_row(import_run *run, size_t line, const source_problem *problem)
{
	if (run->report) {
		fprintf(run->report, "%zu,", line);
		source_write_cell(run->report, problem->column);
		putc(',', run->report);
		source_write_cell(run->report, problem->reason);
		fprintf(run->report, ",%s\r\n", market_error_name(problem->code));
		return;
	}
	if (++run->told > MOST_TOLD)
		return;
	cli_progress_end(&run->progress);
	fprintf(stderr, "%s:%zu: %s%s%s (%s)\n", run->source.name, line, problem->column,
	        problem->column[0] ? ": " : "", problem->reason, market_error_name(problem->code));
	if (run->told == MOST_TOLD)
		fputs("further refusals aren't shown; --report FILE keeps them all\n", stderr);
}

bool import_report_close(import_run *run)
{
	bool bad = run->report && (ferror(run->report) || fflush(run->report) != 0);

	if (run->report && fclose(run->report) != 0)
		bad = true;
	run->report = NULL;
	return !bad;
}
