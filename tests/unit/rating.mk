# sources of tests/unit for libmarket/rating
unit_sources += \
	tests/unit/rating_fixture.c \
	tests/unit/rating_fixture.h \
	tests/unit/test_rating.c \
	tests/unit/test_rating_count.c \
	tests/unit/test_rating_score.c
