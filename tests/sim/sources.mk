# sources of tests/sim
check_PROGRAMS += tests/sim/market-sim
tests_sim_market_sim_SOURCES = \
	tests/sim/act_agency.c \
	tests/sim/act_brand.c \
	tests/sim/act_catalog.c \
	tests/sim/act_change.c \
	tests/sim/act_deposit.c \
	tests/sim/act_front.c \
	tests/sim/act_identity.c \
	tests/sim/act_ledger.c \
	tests/sim/act_listing.c \
	tests/sim/act_member.c \
	tests/sim/act_onboarding.c \
	tests/sim/act_order.c \
	tests/sim/act_party.c \
	tests/sim/act_payment.c \
	tests/sim/act_place.c \
	tests/sim/act_rating.c \
	tests/sim/act_read.c \
	tests/sim/act_service_fee.c \
	tests/sim/act_settle.c \
	tests/sim/act_standing.c \
	tests/sim/brands.c \
	tests/sim/brands.h \
	tests/sim/check.c \
	tests/sim/deposit.h \
	tests/sim/fees.c \
	tests/sim/front.h \
	tests/sim/identity.h \
	tests/sim/ledger.c \
	tests/sim/listing.h \
	tests/sim/main.c \
	tests/sim/members.h \
	tests/sim/onboarding.h \
	tests/sim/orders.c \
	tests/sim/payments.c \
	tests/sim/random.c \
	tests/sim/refunds.c \
	tests/sim/service_fee.h \
	tests/sim/settle.c \
	tests/sim/setup.h \
	tests/sim/sim.h \
	tests/sim/standing.h \
	tests/sim/work.c \
	tests/sim/world.c
tests_sim_market_sim_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS)
tests_sim_market_sim_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
tests_sim_market_sim_LDADD = libmarket_core.la
