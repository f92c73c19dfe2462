# sources of tests/retries
check_PROGRAMS += tests/retries/market-retries
tests_retries_market_retries_SOURCES = $(fault_sources) $(scenario_sources) \
	tests/retries/inject.c \
	tests/retries/inject.h \
	tests/retries/retries.c
tests_retries_market_retries_CFLAGS = $(fault_cflags)
tests_retries_market_retries_LDFLAGS = $(fault_ldflags)
tests_retries_market_retries_LDADD = libmarket_core.la
