# sources of libmarket/standing
libmarket_sources += \
	libmarket/standing/decide.c \
	libmarket/standing/points.c \
	libmarket/standing/record.c \
	libmarket/standing/violation.c
