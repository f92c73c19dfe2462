# sources of tests/unit for libmarket/ledger
unit_sources += \
	tests/unit/ledger_fixture.c \
	tests/unit/test_ledger.c \
	tests/unit/test_verify.c
