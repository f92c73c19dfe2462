# sources of libmarket/escrow
libmarket_sources += \
	libmarket/escrow/escrow.c \
	libmarket/escrow/escrow.h \
	libmarket/escrow/release.c
