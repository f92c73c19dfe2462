# sources of tests/unit for libmarket/catalog
unit_sources += \
	tests/unit/catalog_fixture.c \
	tests/unit/catalog_fixture.h \
	tests/unit/test_attribute.c \
	tests/unit/test_catalog.c \
	tests/unit/test_change.c \
	tests/unit/test_front.c \
	tests/unit/test_offer.c \
	tests/unit/test_stock.c \
	tests/unit/test_warehouse_hook.c \
	tests/unit/test_warehouses.c
