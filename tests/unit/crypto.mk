# sources of tests/unit for libmarket/crypto
unit_sources += \
	tests/unit/test_crypto.c \
	tests/unit/test_key_file.c \
	tests/unit/test_keys.c \
	tests/unit/test_merkle.c \
	tests/unit/test_seal.c
