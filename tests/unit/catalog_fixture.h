/* A small marketplace with one seller's goods, for the tests of the catalogue. */
#ifndef TESTS_UNIT_CATALOG_FIXTURE_H
#define TESTS_UNIT_CATALOG_FIXTURE_H

#include "libmarket/catalog/catalog.h"
#include "libmarket/engine/market.h"
#include "tests/unit/test.h"

typedef struct shop {
	const char *url;
	market *market;
	market_session *staff;    /* an operator with all rights */
	market_session *owner;    /* of the seller */
	market_session *stranger; /* a buyer */
	market_session *rival;    /* the owner of another seller */
	market_id seller, rival_seller;
	market_id category; /* "media" */
	market_id product;  /* published */
	market_id offer;    /* active, of two SKUs: "red" at 10.00 BRL and "blue" at 12.00 BRL */
	market_id red, blue;
	market_id warehouse, second;
} shop;

/* Opens a market in a new store. `goods`: with category, product, offer and warehouses. */
void shop_open(shop *s, bool goods);
void shop_close(shop *s);
/* The market is closed and opened again, so that it can be used by other processes meanwhile. */
void shop_leave(shop *s);
void shop_return(shop *s);

market_id shop_seller(shop *s, const char *name, market_session **owner);
market_session *shop_session(shop *s, int32_t kind, market_id id);
market_session *shop_member(shop *s, int32_t role);
market_id shop_category(shop *s, const char *code, market_id parent);
market_id shop_product(shop *s, const char *title, bool published);
market_id shop_offer(shop *s, market_id product);
/* Gives the step's result, without its output. */
int shop_activate(shop *s, market_id offer, market_error *err);
int shop_adjust(shop *s, market_id sku, market_id warehouse, int64_t delta, market_error *err);
int shop_threshold(shop *s, market_id sku, market_id warehouse, int64_t low_at, market_error *err);
/* An operation on one product or offer ("offer.pause"), through JSON. */
int shop_step(market_session *session, const char *operation, market_id object, const char *reason,
              market_error *err);
/* As the session sees it; 0: not at all. */
int32_t shop_product_state(market_session *session, market_id id);
int32_t shop_offer_state(market_session *session, market_id id);
market_stock shop_stock(shop *s, market_id sku, market_id warehouse);
int shop_events(shop *s, const char *type);

#endif
