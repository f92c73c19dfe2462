# sources of the program
market_sources += \
	cli/batch.c \
	cli/call.c \
	cli/cli.h \
	cli/command.c \
	cli/command.h \
	cli/common.c \
	cli/complete.c \
	cli/complete.h \
	cli/csv.c \
	cli/csv.h \
	cli/demo.c \
	cli/demo.h \
	cli/demo_steps.c \
	cli/export.c \
	cli/export_kind.c \
	cli/help.c \
	cli/import.c \
	cli/import.h \
	cli/import_kind.c \
	cli/import_offer.c \
	cli/import_party.c \
	cli/import_product.c \
	cli/import_report.c \
	cli/import_run.c \
	cli/import_run.h \
	cli/import_step.c \
	cli/keys.c \
	cli/ledger.c \
	cli/line.c \
	cli/line.h \
	cli/main.c \
	cli/manual.c \
	cli/nearest.c \
	cli/operation.c \
	cli/packs.c \
	cli/operation.h \
	cli/pool.c \
	cli/pool.h \
	cli/progress.c \
	cli/progress.h \
	cli/reader.c \
	cli/reader.h \
	cli/replay.c \
	cli/replay.h \
	cli/replay_event.c \
	cli/replay_plan.c \
	cli/replay_read.c \
	cli/replay_run.c \
	cli/replay_time.c \
	cli/reply.c \
	cli/totals.c \
	cli/totals.h \
	cli/rules.c \
	cli/shell.c \
	cli/shell.h \
	cli/shell_params.c \
	cli/source.c \
	cli/source.h \
	cli/source_cell.c \
	cli/source_open.c \
	cli/step.c \
	cli/store.c \
	cli/table.c \
	cli/table.h \
	cli/tools.c \
	cli/work.c

# what the shells ask for completions
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = cli/completion/market
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = cli/completion/_market
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = cli/completion/market.fish
dist_man_MANS = docs/man/market.1 docs/man/libmarket.3
