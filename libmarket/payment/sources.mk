# sources of libmarket/payment
libmarket_sources += \
	libmarket/payment/ask.c \
	libmarket/payment/capture.c \
	libmarket/payment/compare.c \
	libmarket/payment/effect.h \
	libmarket/payment/notify.c \
	libmarket/payment/payment.c \
	libmarket/payment/payment.h \
	libmarket/payment/provider.c \
	libmarket/payment/provider.h \
	libmarket/payment/record.c \
	libmarket/payment/request.c \
	libmarket/payment/request.h \
	libmarket/payment/return.c \
	libmarket/payment/sandbox.c \
	libmarket/payment/sandbox.h \
	libmarket/payment/sandbox_memory.c \
	libmarket/payment/sandbox_notice.c \
	libmarket/payment/notification.c \
	libmarket/payment/settle.c \
	libmarket/payment/signature.c \
	libmarket/payment/sql.c \
	libmarket/payment/sql.h \
	libmarket/payment/start.c \
	libmarket/payment/unwanted.c
