# sources of tests/power
check_PROGRAMS += tests/power/market-power
tests_power_market_power_SOURCES = $(fault_sources) $(scenario_sources) \
	tests/power/cases.h \
	tests/power/day.c \
	tests/power/day.h \
	tests/power/disk.c \
	tests/power/disk.h \
	tests/power/errors.c \
	tests/power/loss.c \
	tests/power/power.c \
	tests/power/vfs.c \
	tests/power/vfs.h
tests_power_market_power_CFLAGS = $(fault_cflags)
tests_power_market_power_LDFLAGS = $(fault_ldflags)
tests_power_market_power_LDADD = libmarket_core.la
