# sources of tests/unit for libmarket/aftersale
unit_sources += \
	tests/unit/test_refund.c \
	tests/unit/test_refund_outcome.c
