# sources of libmarket/ledger
libmarket_sources += \
	libmarket/ledger/account.c \
	libmarket/ledger/anchor.c \
	libmarket/ledger/chart.c \
	libmarket/ledger/checkpoint.c \
	libmarket/ledger/content.c \
	libmarket/ledger/debt.c \
	libmarket/ledger/freeze.c \
	libmarket/ledger/hold.c \
	libmarket/ledger/plan.c \
	libmarket/ledger/post.c \
	libmarket/ledger/schema.c \
	libmarket/ledger/seal.c \
	libmarket/ledger/tally.c \
	libmarket/ledger/transfer.c \
	libmarket/ledger/verify.c \
	libmarket/ledger/verify_account.c \
	libmarket/ledger/verify_chain.c \
	libmarket/ledger/verify_checkpoint.c \
	libmarket/ledger/verify_legs.c \
	libmarket/ledger/verify_move.c \
	libmarket/ledger/verify_point.c \
	libmarket/ledger/verify_transfer.c \
	libmarket/ledger/verify_tree.c
