# sources of libmarket/shipment
libmarket_sources += \
	libmarket/shipment/record.c \
	libmarket/shipment/shipment.h
