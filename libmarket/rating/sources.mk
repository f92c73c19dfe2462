# sources of libmarket/rating
libmarket_sources += \
	libmarket/rating/count.c \
	libmarket/rating/create.c \
	libmarket/rating/list.c \
	libmarket/rating/record.c \
	libmarket/rating/score.c \
	libmarket/rating/sql.c \
	libmarket/rating/state.c
