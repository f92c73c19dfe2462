# sources of tests/clock
check_PROGRAMS += tests/clock/market-clock
tests_clock_market_clock_SOURCES = $(fault_sources) tests/clock/clock.c
tests_clock_market_clock_CFLAGS = $(fault_cflags)
tests_clock_market_clock_LDFLAGS = $(fault_ldflags)
tests_clock_market_clock_LDADD = libmarket_core.la
