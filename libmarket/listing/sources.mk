# sources of libmarket/listing
libmarket_sources += \
	libmarket/listing/hook.c \
	libmarket/listing/listing.h \
	libmarket/listing/pack.c \
	libmarket/listing/record.c \
	libmarket/listing/review.c \
	libmarket/listing/run.c \
	libmarket/op/listing.c
