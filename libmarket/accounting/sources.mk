# sources of libmarket/accounting
libmarket_sources += \
	libmarket/accounting/account.c \
	libmarket/accounting/adjust.c \
	libmarket/accounting/balance.c \
	libmarket/accounting/by_hand.c \
	libmarket/accounting/checkpoint.c \
	libmarket/accounting/move.c \
	libmarket/accounting/params.c \
	libmarket/accounting/record.c \
	libmarket/accounting/request.c \
	libmarket/accounting/transfer.c
