# sources of libmarket/record
libmarket_sources += \
	libmarket/base/base64.c \
	libmarket/base/base64.h \
	libmarket/record/canonical.c \
	libmarket/record/check.c \
	libmarket/record/field.h \
	libmarket/record/json_parse.c \
	libmarket/record/json_path.c \
	libmarket/record/json_read.c \
	libmarket/record/json_scan.c \
	libmarket/record/json_scan.h \
	libmarket/record/json_write.c \
	libmarket/record/mask.c \
	libmarket/record/pack.c \
	libmarket/record/record.c \
	libmarket/record/record.h \
	libmarket/record/schema.c \
	libmarket/record/value.c \
	libmarket/record/yaml.c \
	libmarket/record/yaml_tree.c \
	libmarket/record/yaml_tree.h
