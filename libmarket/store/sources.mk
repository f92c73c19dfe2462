# sources of libmarket/store
libmarket_sources += \
	libmarket/store/column.c \
	libmarket/store/driver.h \
	libmarket/store/plan.c \
	libmarket/store/postgres.c \
	libmarket/store/postgres.h \
	libmarket/store/postgres_batch.c \
	libmarket/store/row.c \
	libmarket/store/schema.c \
	libmarket/store/sqlite.c \
	libmarket/store/sqlite_wal.c \
	libmarket/store/sqlite_wal.h \
	libmarket/store/statement.c \
	libmarket/store/store.c \
	libmarket/store/store.h \
	libmarket/store/url.c
