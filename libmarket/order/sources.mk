# sources of libmarket/order
libmarket_sources += \
	libmarket/order/close.c \
	libmarket/order/confirm.c \
	libmarket/order/divide.c \
	libmarket/order/frozen.c \
	libmarket/order/list.c \
	libmarket/order/load.c \
	libmarket/order/order.h \
	libmarket/order/place.c \
	libmarket/order/place.h \
	libmarket/order/record.c \
	libmarket/order/ship.c \
	libmarket/order/sql.c \
	libmarket/order/state.c
