# sources of libmarket/settlement
libmarket_sources += \
	libmarket/settlement/balance.c \
	libmarket/settlement/component.c \
	libmarket/settlement/fee.c \
	libmarket/settlement/fee.h \
	libmarket/settlement/lot.c \
	libmarket/settlement/payout.c \
	libmarket/settlement/payout.h \
	libmarket/settlement/payout_outcome.c \
	libmarket/settlement/period.c \
	libmarket/settlement/record.c \
	libmarket/settlement/reversal.c \
	libmarket/settlement/reversal.h \
	libmarket/settlement/settlement.h \
	libmarket/settlement/source.c \
	libmarket/settlement/sql.c \
	libmarket/settlement/sql.h \
	libmarket/settlement/statement.c \
	libmarket/settlement/trial.c
