# sources of libmarket/service_fee
libmarket_sources += \
	libmarket/service_fee/fee.c \
	libmarket/service_fee/module.c \
	libmarket/service_fee/record.c
