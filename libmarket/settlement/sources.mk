# sources of libmarket/settlement
libmarket_sources += \
	libmarket/settlement/fee.c \
	libmarket/settlement/fee.h
