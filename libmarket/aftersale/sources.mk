# sources of libmarket/aftersale
libmarket_sources += \
	libmarket/aftersale/amount.c \
	libmarket/aftersale/apply.c \
	libmarket/aftersale/exposure.c \
	libmarket/aftersale/internal.h \
	libmarket/aftersale/record.c \
	libmarket/aftersale/refund.c \
	libmarket/aftersale/refund.h \
	libmarket/aftersale/retry.c
