# sources of tests/unit for libmarket/listing
unit_sources += \
	tests/unit/test_listing.c
