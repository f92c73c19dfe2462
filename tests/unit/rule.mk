# sources of tests/unit for libmarket/rule
unit_sources += \
	tests/unit/test_fold.c \
	tests/unit/test_rule.c \
	tests/unit/test_rule_pack.c
