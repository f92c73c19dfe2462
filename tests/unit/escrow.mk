# sources of tests/unit for libmarket/escrow
unit_sources += \
	tests/unit/test_escrow.c
