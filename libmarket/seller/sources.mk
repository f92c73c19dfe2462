# sources of libmarket/seller
libmarket_sources += \
	libmarket/seller/authorisation.c \
	libmarket/seller/authorisation_scope.c \
	libmarket/seller/brand.c \
	libmarket/seller/brand_ddl.c \
	libmarket/seller/category.c \
	libmarket/seller/closing.c \
	libmarket/seller/price_rule.c \
	libmarket/seller/quota.c
