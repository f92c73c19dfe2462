# sources of tests/unit for libmarket/store
unit_sources += \
	tests/unit/store_sample.c \
	tests/unit/store_sample.h \
	tests/unit/test_copy.c \
	tests/unit/test_plan.c \
	tests/unit/test_schema.c \
	tests/unit/test_sqlite_wal.c \
	tests/unit/test_store.c \
	tests/unit/test_store_postgres.c \
	tests/unit/test_store_sqlite.c \
	tests/unit/test_store_transaction.c \
	tests/unit/test_writers.c
