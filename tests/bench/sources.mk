# sources of tests/bench
bench_sources += tests/bench/main.c tests/bench/bench.c tests/bench/output.c \
	tests/bench/table.c tests/bench/compare.c \
	tests/bench/minimal.c tests/bench/shop.c tests/bench/lifecycle.c tests/bench/replay.c \
	tests/bench/measure.c tests/bench/postgres.c tests/bench/postgres_server.c \
	tests/bench/postgres_minimal.c tests/bench/postgres_replay.c \
	tests/bench/rows.c tests/bench/call.c tests/bench/verify.c tests/bench/settle.c \
	tests/bench/grow.c tests/bench/growth.c
bench_sources += tests/bench/threads.c tests/bench/batch.c
bench_sources += tests/bench/listing.c tests/bench/search.c
