# sources of libmarket/ledger
libmarket_sources += \
	libmarket/ledger/account.c \
	libmarket/ledger/chart.c \
	libmarket/ledger/content.c \
	libmarket/ledger/freeze.c \
	libmarket/ledger/hold.c \
	libmarket/ledger/plan.c \
	libmarket/ledger/post.c \
	libmarket/ledger/schema.c \
	libmarket/ledger/seal.c \
	libmarket/ledger/transfer.c
