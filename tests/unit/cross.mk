# tests over all operations
unit_sources += \
	tests/unit/bad_input.c \
	tests/unit/bad_input.h \
	tests/unit/beside.c \
	tests/unit/beside.h \
	tests/unit/call_sample.c \
	tests/unit/call_sample.h \
	tests/unit/twin.c \
	tests/unit/test_beside.c \
	tests/unit/test_bad_call.c \
	tests/unit/test_bad_input.c \
	tests/unit/test_bad_params.c \
	tests/unit/conflict.c \
	tests/unit/conflict.h \
	tests/unit/intruder.c \
	tests/unit/intruder.h \
	tests/unit/test_conflict.c \
	tests/unit/test_file_condition.c \
	tests/unit/test_intruder.c \
	tests/unit/test_scenario.c \
	tests/unit/test_store_condition.c
