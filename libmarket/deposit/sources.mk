# sources of libmarket/deposit
libmarket_sources += \
	libmarket/deposit/deposit.c \
	libmarket/deposit/minimum.c \
	libmarket/deposit/record.c
