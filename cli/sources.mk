# sources of the program
market_sources += \
	cli/call.c \
	cli/cli.h \
	cli/common.c \
	cli/main.c \
	cli/ledger.c \
	cli/demo.c \
	cli/replay.c \
	cli/tools.c \
	cli/work.c
