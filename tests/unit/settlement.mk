# sources of tests/unit for libmarket/settlement
unit_sources += \
	tests/unit/settlement_fixture.c \
	tests/unit/settlement_fixture.h \
	tests/unit/test_examples.c \
	tests/unit/test_fee.c \
	tests/unit/test_payout.c \
	tests/unit/test_payout_day.c \
	tests/unit/test_settlement.c
