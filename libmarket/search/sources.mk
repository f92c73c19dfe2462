# sources of libmarket/search
libmarket_sources += \
	libmarket/op/search.c \
	libmarket/search/facet.c \
	libmarket/search/front.c \
	libmarket/search/index.c \
	libmarket/search/query.c \
	libmarket/search/record.c \
	libmarket/search/search.h \
	libmarket/search/sql.c \
	libmarket/search/terms.c \
	libmarket/search/terms.h
