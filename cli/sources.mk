# sources of the program
market_sources += \
	cli/call.c \
	cli/cli.h \
	cli/common.c \
	cli/csv.c \
	cli/csv.h \
	cli/demo.c \
	cli/demo.h \
	cli/demo_steps.c \
	cli/ledger.c \
	cli/main.c \
	cli/pool.c \
	cli/pool.h \
	cli/replay.c \
	cli/replay.h \
	cli/replay_event.c \
	cli/replay_plan.c \
	cli/replay_read.c \
	cli/replay_run.c \
	cli/replay_time.c \
	cli/totals.c \
	cli/totals.h \
	cli/rules.c \
	cli/step.c \
	cli/store.c \
	cli/tools.c \
	cli/work.c
