# sources of libmarket/rule
libmarket_sources += \
	libmarket/rule/check.c \
	libmarket/rule/fold.c \
	libmarket/rule/fold.h \
	libmarket/rule/internal.h \
	libmarket/rule/pack.c \
	libmarket/rule/pack.h \
	libmarket/rule/pattern.c \
	libmarket/rule/set.c \
	libmarket/rule/set.h \
	libmarket/rule/term.c
