# sources of tests/unit for libmarket/record
unit_sources += \
	tests/unit/record_sample.c \
	tests/unit/record_sample.h \
	tests/unit/test_base64.c \
	tests/unit/test_json.c \
	tests/unit/test_json_path.c \
	tests/unit/test_json_schema.c \
	tests/unit/test_record.c \
	tests/unit/test_record_copy.c \
	tests/unit/test_yaml.c
