# sources of tests/memory
check_PROGRAMS += tests/memory/market-memory
tests_memory_market_memory_SOURCES = \
	tests/memory/failing.c \
	tests/memory/failing.h \
	tests/memory/main.c \
	tests/memory/store.c \
	tests/memory/store.h \
	$(scenario_sources)
tests_memory_market_memory_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS)
tests_memory_market_memory_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
tests_memory_market_memory_LDADD = libmarket_core.la
