# programs that test faults, each run by its suite
fault_sources = \
	tests/fault/fault.c \
	tests/fault/fault.h \
	tests/fault/ledger.c \
	tests/fault/raw.c \
	tests/fault/raw.h \
	tests/fault/shop.c \
	tests/fault/shop.h \
	tests/fault/state.c
fault_cflags = $(AM_CFLAGS) $(PIE_CFLAGS)
fault_ldflags = $(AM_LDFLAGS) $(PIE_LDFLAGS)

check_PROGRAMS += tests/races/market-races
tests_races_market_races_SOURCES = $(fault_sources) \
	tests/races/cases.h \
	tests/races/races.c \
	tests/races/groups.c \
	tests/races/refunds.c \
	tests/races/stock.c \
	tests/races/sealing.c \
	tests/races/transactions.c
tests_races_market_races_CFLAGS = $(fault_cflags)
tests_races_market_races_LDFLAGS = $(fault_ldflags)
tests_races_market_races_LDADD = libmarket_core.la

check_PROGRAMS += tests/chaos/market-chaos
tests_chaos_market_chaos_SOURCES = $(fault_sources) \
	tests/chaos/after.c \
	tests/chaos/batch.c \
	tests/chaos/chaos.c \
	tests/chaos/chaos.h \
	tests/chaos/provider.c \
	tests/chaos/worker.c
tests_chaos_market_chaos_CFLAGS = $(fault_cflags)
tests_chaos_market_chaos_LDFLAGS = $(fault_ldflags)
tests_chaos_market_chaos_LDADD = libmarket_core.la

check_PROGRAMS += tests/tamper/market-tamper
tests_tamper_market_tamper_SOURCES = $(fault_sources) tests/tamper/tamper.c
tests_tamper_market_tamper_CFLAGS = $(fault_cflags)
tests_tamper_market_tamper_LDFLAGS = $(fault_ldflags)
tests_tamper_market_tamper_LDADD = libmarket_core.la

check_PROGRAMS += tests/kill/market-kill
tests_kill_market_kill_SOURCES = $(fault_sources) tests/kill/kill.c
tests_kill_market_kill_CFLAGS = $(fault_cflags)
tests_kill_market_kill_LDFLAGS = $(fault_ldflags)
tests_kill_market_kill_LDADD = libmarket_core.la

check_PROGRAMS += tests/allocation/market-allocation
tests_allocation_market_allocation_SOURCES = $(fault_sources) $(scenario_sources) \
	tests/allocation/allocation.c \
	tests/allocation/batch.c \
	tests/allocation/batch_stored.c \
	tests/allocation/cases.h \
	tests/allocation/trial.c \
	tests/allocation/trial.h \
	tests/memory/failing.c \
	tests/memory/failing.h
tests_allocation_market_allocation_CFLAGS = $(fault_cflags)
tests_allocation_market_allocation_LDFLAGS = $(fault_ldflags)
tests_allocation_market_allocation_LDADD = libmarket_core.la
