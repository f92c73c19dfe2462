# sources of tests/lost
check_PROGRAMS += tests/lost/market-lost
tests_lost_market_lost_SOURCES = $(fault_sources) \
	tests/lost/lost.c \
	tests/lost/proxy.c \
	tests/lost/proxy.h
tests_lost_market_lost_CFLAGS = $(fault_cflags)
tests_lost_market_lost_LDFLAGS = $(fault_ldflags)
tests_lost_market_lost_LDADD = libmarket_core.la
