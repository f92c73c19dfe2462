# sources of tests/fuzz; FUZZER_LIBS is libFuzzer, given by the suite's own build
check_PROGRAMS += tests/fuzz/market-fuzz
tests_fuzz_market_fuzz_SOURCES = \
	cli/csv.c \
	tests/fuzz/checkpoint.c \
	tests/fuzz/csv.c \
	tests/fuzz/fuzz.h \
	tests/fuzz/main.c \
	tests/fuzz/notification.c \
	tests/fuzz/params.c \
	tests/fuzz/policy.c \
	tests/fuzz/rules.c \
	tests/fuzz/url.c \
	tests/fuzz/values.c \
	tests/fuzz/world.c
tests_fuzz_market_fuzz_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS)
tests_fuzz_market_fuzz_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
tests_fuzz_market_fuzz_LDADD = libmarket_core.la $(UTF8PROC_LIBS) $(FUZZER_LIBS)
