# sources of tests/unit for libmarket/base
unit_sources += \
	tests/unit/test_base.c \
	tests/unit/test_clock.c \
	tests/unit/test_id.c \
	tests/unit/test_money.c \
	tests/unit/test_money_text.c \
	tests/unit/test_text.c \
	tests/unit/test_zone.c
