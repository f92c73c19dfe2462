# sources of libmarket/crypto
libmarket_sources += \
	libmarket/crypto/crypto.h \
	libmarket/crypto/digest.c \
	libmarket/crypto/internal.h \
	libmarket/crypto/key_file.c \
	libmarket/crypto/key_file_write.c \
	libmarket/crypto/keys.c \
	libmarket/crypto/merkle.c \
	libmarket/crypto/seal.c \
	libmarket/crypto/sign.c
