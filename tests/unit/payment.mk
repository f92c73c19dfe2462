# sources of tests/unit for libmarket/payment
unit_sources += \
	tests/unit/test_payment.c \
	tests/unit/test_provider.c
