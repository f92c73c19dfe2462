# sources of tests/sim
check_PROGRAMS += tests/sim/market-sim
tests_sim_market_sim_SOURCES = \
	tests/sim/act_agency.c \
	tests/sim/act_brand.c \
	tests/sim/act_catalog.c \
	tests/sim/act_change.c \
	tests/sim/act_identity.c \
	tests/sim/act_ledger.c \
	tests/sim/act_member.c \
	tests/sim/act_order.c \
	tests/sim/act_party.c \
	tests/sim/act_payment.c \
	tests/sim/act_place.c \
	tests/sim/act_rating.c \
	tests/sim/act_read.c \
	tests/sim/act_settle.c \
	tests/sim/brands.c \
	tests/sim/check.c \
	tests/sim/fees.c \
	tests/sim/identity.h \
	tests/sim/ledger.c \
	tests/sim/main.c \
	tests/sim/members.h \
	tests/sim/orders.c \
	tests/sim/payments.c \
	tests/sim/random.c \
	tests/sim/refunds.c \
	tests/sim/settle.c \
	tests/sim/sim.h \
	tests/sim/work.c \
	tests/sim/world.c
tests_sim_market_sim_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS)
tests_sim_market_sim_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
tests_sim_market_sim_LDADD = libmarket_core.la
