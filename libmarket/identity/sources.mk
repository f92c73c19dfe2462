# sources of libmarket/identity
libmarket_sources += \
	libmarket/identity/answer.c \
	libmarket/identity/check.c \
	libmarket/identity/provider.c \
	libmarket/identity/record.c \
	libmarket/identity/sandbox.c \
	libmarket/identity/shown.c
