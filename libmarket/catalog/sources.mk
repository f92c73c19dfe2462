# sources of libmarket/catalog
libmarket_sources += \
	libmarket/catalog/activation.c \
	libmarket/catalog/attribute.c \
	libmarket/catalog/attribute_check.c \
	libmarket/catalog/catalog.h \
	libmarket/catalog/check.c \
	libmarket/catalog/category.c \
	libmarket/catalog/change.c \
	libmarket/catalog/front.h \
	libmarket/catalog/front_category.c \
	libmarket/catalog/front_link.c \
	libmarket/catalog/front_record.c \
	libmarket/catalog/front_walk.c \
	libmarket/catalog/item.c \
	libmarket/catalog/licence.c \
	libmarket/catalog/offer.c \
	libmarket/catalog/page.c \
	libmarket/catalog/params.c \
	libmarket/catalog/params.h \
	libmarket/catalog/product.c \
	libmarket/catalog/record.c \
	libmarket/catalog/schema.c \
	libmarket/catalog/sql.c \
	libmarket/catalog/sql.h \
	libmarket/catalog/stock.c \
	libmarket/catalog/stocktake.c \
	libmarket/catalog/warehouse_choice.c \
	libmarket/catalog/warehouse_hook.c \
	libmarket/op/catalog.c \
	libmarket/op/catalogue.c \
	libmarket/op/change.c \
	libmarket/op/front.c \
	libmarket/op/stock.c
