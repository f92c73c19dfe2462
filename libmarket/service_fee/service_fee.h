/* SEL-5: yearly fees and modules. */
#ifndef MK_SERVICE_FEE_SERVICE_FEE_H
#define MK_SERVICE_FEE_SERVICE_FEE_H

#include <market/service_fee.h>

#include "libmarket/party/party.h"

typedef struct mk_service_fee {
	market_service_fee fee;
	market_time due_at; /* of its deadline row */
} mk_service_fee;

typedef struct mk_subscription {
	market_subscription subscription;
	market_time due_at; /* of its deadline row */
} mk_subscription;

extern const mk_record mk_service_fee_record, mk_subscription_record;
extern const mk_entity mk_service_fee_entity, mk_subscription_entity;
extern const char *const mk_service_fee_ddl[];

/* What a seller is to pay now, from its own money. */
typedef struct mk_service_charge {
	const mk_seller *seller;
	market_id_kind kind; /* of the object it is for */
	market_id object;
	const char *purpose, *part; /* of the transfer, unique with the object */
	const char *stem, *suffix;  /* the account that gets the amount */
	market_money amount, tax;
} mk_service_charge;
/* EQUOTA when the seller would owe more than the advance limit; with `look` nothing is planned. */
int mk_service_draw(mk_ctx *ctx, const mk_service_charge *charge, bool look, market_error *err);
/* The tax that the policy adds. */
market_money mk_service_tax(const mk_ctx *ctx, market_money amount);
/* ESTATE unless the seller sells or is suspended. */
int mk_service_check_seller(const mk_seller *seller, market_error *err);

int mk_service_fee_charge(mk_ctx *ctx, const void *params, market_error *err);
int mk_service_fee_earn(mk_ctx *ctx, const void *params, market_error *err);
int mk_service_fee_refund(mk_ctx *ctx, const void *params, market_error *err);
int mk_service_fee_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_service_fee_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_module_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_module_subscribe(mk_ctx *ctx, const void *params, market_error *err);
int mk_module_cancel(mk_ctx *ctx, const void *params, market_error *err);
int mk_module_bill(mk_ctx *ctx, const void *params, market_error *err);
int mk_subscription_list(mk_ctx *ctx, const void *params, market_error *err);

#endif
