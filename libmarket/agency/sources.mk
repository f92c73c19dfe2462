# sources of libmarket/agency
libmarket_sources += \
	libmarket/agency/agency.c \
	libmarket/agency/delegation.c \
	libmarket/agency/record.c
