# sources of tests/bench
bench_sources += tests/bench/main.c
