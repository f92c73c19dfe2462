# sources of tests/unit for libmarket/payment
unit_sources += \
	tests/unit/test_payment.c \
	tests/unit/test_payment_compare.c \
	tests/unit/test_provider.c \
	tests/unit/test_provider_sandbox.c
