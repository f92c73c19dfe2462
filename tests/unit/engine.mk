# sources of tests/unit for libmarket/engine
unit_sources += \
	tests/unit/test_pool.c
