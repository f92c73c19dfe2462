# sources of tests/unit for libmarket/order
unit_sources += \
	tests/unit/order_fixture.c \
	tests/unit/order_fixture.h \
	tests/unit/test_order.c \
	tests/unit/test_order_life.c
