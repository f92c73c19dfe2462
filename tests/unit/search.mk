# sources of tests/unit for libmarket/search
unit_sources += \
	tests/unit/test_search.c \
	tests/unit/test_search_words.c
