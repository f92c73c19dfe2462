# the program of tests/server
check_PROGRAMS += tests/server/market-callers
tests_server_market_callers_SOURCES = tests/server/callers.c
tests_server_market_callers_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS)
tests_server_market_callers_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
tests_server_market_callers_LDADD = libmarket_core.la
