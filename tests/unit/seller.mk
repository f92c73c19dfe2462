# sources of tests/unit for libmarket/seller
unit_sources += \
	tests/unit/test_brand.c \
	tests/unit/test_deposit.c \
	tests/unit/test_identity.c \
	tests/unit/test_identity_notice.c
