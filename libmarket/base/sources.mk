# sources of libmarket/base
libmarket_sources += \
	libmarket/base/arena.c \
	libmarket/base/arena.h \
	libmarket/base/clock.c \
	libmarket/base/clock.h \
	libmarket/base/currency.c \
	libmarket/base/error.c \
	libmarket/base/error.h \
	libmarket/base/id.c \
	libmarket/base/limits.h \
	libmarket/base/money.c \
	libmarket/base/money.h \
	libmarket/base/text.c \
	libmarket/base/text.h \
	libmarket/base/values.c \
	libmarket/base/zone.c \
	libmarket/base/zone.h \
	libmarket/base/zone_rule.c \
	libmarket/base/zone_rule.h
