# sources of tests/unit for libmarket/op
unit_sources += \
	tests/unit/batch_fixture.c \
	tests/unit/batch_fixture.h \
	tests/unit/market_fixture.c \
	tests/unit/market_fixture.h \
	tests/unit/test_batch.c \
	tests/unit/test_batch_chain.c \
	tests/unit/test_door.c \
	tests/unit/test_doubt.c
