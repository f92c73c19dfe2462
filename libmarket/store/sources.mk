# sources of libmarket/store
libmarket_sources += \
	libmarket/store/column.c \
	libmarket/store/copy.c \
	libmarket/store/copy.h \
	libmarket/store/copy_page.c \
	libmarket/store/driver.h \
	libmarket/store/plan.c \
	libmarket/store/postgres.c \
	libmarket/store/postgres.h \
	libmarket/store/postgres_batch.c \
	libmarket/store/postgres_row.c \
	libmarket/store/row.c \
	libmarket/store/schema.c \
	libmarket/store/schema_mark.c \
	libmarket/store/schema_table.c \
	libmarket/store/sqlite.c \
	libmarket/store/sqlite.h \
	libmarket/store/sqlite_file.c \
	libmarket/store/sqlite_log.c \
	libmarket/store/sqlite_open.c \
	libmarket/store/sqlite_wal.c \
	libmarket/store/sqlite_wal.h \
	libmarket/store/statement.c \
	libmarket/store/store.c \
	libmarket/store/store.h \
	libmarket/store/text_index.c \
	libmarket/store/tries.c \
	libmarket/store/url.c \
	libmarket/store/writers.c \
	libmarket/store/writers.h
