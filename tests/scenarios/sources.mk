# sources of tests/scenarios
check_PROGRAMS += tests/scenarios/market-scenarios
scenario_sources = \
	tests/scenarios/by_library.c \
	tests/scenarios/deadlines.c \
	tests/scenarios/outcome.c \
	tests/scenarios/params.c \
	tests/scenarios/policy.c \
	tests/scenarios/read.c \
	tests/scenarios/steps.c \
	tests/scenarios/scenario.h \
	tests/scenarios/ways.h
tests_scenarios_market_scenarios_SOURCES = tests/scenarios/main.c tests/scenarios/by_batch.c \
	$(scenario_sources) $(given_sources)
tests_scenarios_market_scenarios_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS)
tests_scenarios_market_scenarios_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) $(given_ldflags)
tests_scenarios_market_scenarios_LDADD = libmarket_core.la
unit_sources += $(scenario_sources)
