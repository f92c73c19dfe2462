#include "libmarket/op/schema.h"

#include <string.h>

#include "libmarket/accounting/accounting.h"
#include "libmarket/aftersale/refund.h"
#include "libmarket/agency/agency.h"
#include "libmarket/catalog/catalog.h"
#include "libmarket/catalog/front.h"
#include "libmarket/deposit/deposit.h"
#include "libmarket/identity/identity.h"
#include "libmarket/ledger/ledger.h"
#include "libmarket/listing/listing.h"
#include "libmarket/order/order.h"
#include "libmarket/party/party.h"
#include "libmarket/payment/payment.h"
#include "libmarket/rating/rating.h"
#include "libmarket/search/search.h"
#include "libmarket/seller/brand.h"
#include "libmarket/service_fee/service_fee.h"
#include "libmarket/settlement/settlement.h"
#include "libmarket/shipment/shipment.h"
#include "libmarket/standing/standing.h"

const mk_migration mk_schema_list[] = {
	{1, "engine", mk_engine_ddl},
	{2, "ledger", mk_ledger_ddl},
	{3, "party", mk_party_ddl},
	{4, "catalog", mk_catalog_ddl},
	{5, "order", mk_order_ddl},
	{6, "payment", mk_payment_ddl},
	{7, "request", mk_request_ddl},
	{8, "shipment", mk_shipment_ddl},
	{9, "rating", mk_rating_ddl},
	{10, "refund", mk_refund_ddl},
	{11, "settlement", mk_settlement_ddl},
	{12, "accounting", mk_accounting_ddl},
	{13, "identity", mk_identity_ddl},
	{14, "brand", mk_brand_ddl},
	{15, "deposit", mk_deposit_ddl},
	{16, "agency", mk_agency_ddl},
	{17, "catalogue", mk_catalogue_ddl},
	{18, "listing", mk_listing_ddl},
	{19, "search", mk_search_ddl},
	{21, "service_fee", mk_service_fee_ddl},
	{22, "standing", mk_standing_ddl},
	{23, "front", mk_front_ddl},
};
const size_t mk_schema_count = sizeof(mk_schema_list) / sizeof(mk_schema_list[0]);

int mk_schema_last(void)
{
	return mk_schema_list[mk_schema_count - 1].number;
}

typedef struct store_row {
	market_id id;
	const char *name;
	market_time created_at;
	market_time keys_at;
} store_row;

static const mk_field store_fields[] = {
	MK_F_ID(store_row, id, NONE, 0, "always book 0, id 1"),
	MK_F_TEXT(store_row, name, 0, 0, 0, "random, made with the store"),
	MK_F_TIME(store_row, created_at, 0, "when it was made"),
	MK_F_TIME(store_row, keys_at, 0, "when its keys were made"),
};
static const mk_record store_record =
	MK_RECORD_OF("store", store_row, store_fields, "the store's identity");

static const mk_statement store_get = {
	.name = "store_get",
	.sql = "SELECT book_id, id, name, created_at, keys_at FROM store WHERE book_id = 0 AND id = 1",
};
static const mk_statement store_insert = {
	.name = "store_insert",
	.table = "store",
	.sql = "INSERT INTO store (book_id, id, name, created_at) VALUES (0, 1, ?1, ?2) ON CONFLICT DO "
		   "NOTHING",
};

static const mk_statement store_keys_made = {
	.name = "store_keys_made",
	.table = "store",
	.sql = "UPDATE store SET keys_at = ?1 WHERE book_id = 0 AND id = 1",
};

static int found_once(mk_ctx *ctx, const char *name, const char *policy, market_error *err);
static int note_keys(market *market, market_error *err);

static int read_row(market *market, mk_arena *arena, const store_row **out, market_error *err)
{
	void *row = NULL;
	mk_tries tries;
	int rc;
	mk_tries_begin(&tries);
	do {
		rc = mk_store_get(market->store, arena, &store_get, &store_record, MK_NO_ARGS, &row, err);
	} while (mk_try_again(&tries, &rc, store_get.name, err));
	*out = row;
	return rc;
}

int mk_store_is_empty(market *market, bool *empty, market_error *err)
{
	const store_row *row = NULL;
	int rc = read_row(market, &market->arena, &row, err);
	*empty = rc == 0 && !row;
	return rc;
}

int mk_store_identity(market *market, const char **out, market_error *err)
{
	const store_row *row = NULL;
	int rc = read_row(market, &market->arena, &row, err);
	if (rc == 0 && !row)
		rc = mk_error_set(err, MARKET_ECORRUPT, "the store has no identity");
	if (rc == 0)
		*out = row->name;
	return rc;
}

int mk_store_name(mk_store *store, mk_arena *arena, const char **out, market_error *err)
{
	void *row = NULL;
	int rc = mk_store_get(store, arena, &store_get, &store_record, MK_NO_ARGS, &row, err);
	if (rc == 0 && !row)
		rc = mk_error_set(err, MARKET_ECORRUPT, "the store has no identity");
	if (rc == 0)
		*out = ((const store_row *)row)->name;
	return rc;
}

static int check_policy(market *market, const char *policy, size_t size, market_error *err)
{
	mk_yaml *yaml = MK_NEW(&market->arena, mk_yaml);
	const mk_policy *compiled = NULL;
	if (!yaml)
		return mk_error_no_memory(err);
	yaml->arena = &market->arena;
	return mk_policy_compile(policy, size, yaml, &compiled, err);
}

static int plan_founding(mk_ctx *ctx, const char *name, const char *policy, market_error *err)
{
	mk_plan_add(ctx->plan, MK_PHASE_INSERT, &store_insert, mk_id_in(0, 1),
	            MK_ARGS(mk_text_value(name), mk_int(ctx->recorded)), MK_RETRY);
	mk_policy_insert(ctx, mk_new_id(ctx, 0), 1, 1, policy); /* in effect since ever */
	return mk_plan_flush(ctx->plan, ctx->store, err);
}

/* Whose row was in the way has committed, or failed and left the store without a founder. */
static int found_by_another(market *market, market_error *err)
{
	bool empty = true;
	int rc = mk_store_is_empty(market, &empty, err);
	return rc == 0 && empty ? mk_error_set(err, MARKET_EBUSY, "another process founds the store")
	                        : rc;
}

int mk_store_found(market *market, const char *policy, size_t policy_size, market_error *err)
{
	mk_ctx ctx = {.market = market, .store = market->store, .arena = &market->arena};
	uint8_t random[16];
	char name[33];
	const char *text;
	mk_tries tries;
	int rc;
	if (!policy) {
		policy = mk_policy_default;
		policy_size = mk_policy_default_size;
	}
	rc = check_policy(market, policy, policy_size, err);
	if (rc != 0)
		return rc;
	text = mk_arena_text_n(&market->arena, policy, policy_size);
	ctx.recorded = market->clock(market->user_data);
	if (!text)
		return mk_error_no_memory(err);
	if (!market->random(random, sizeof(random), market->user_data))
		return mk_error_set(err, MARKET_EIO, "the random source failed");
	mk_hex(random, sizeof(random), name);
	mk_tries_begin(&tries);
	do {
		rc = found_once(&ctx, name, text, err);
	} while (mk_try_again(&tries, &rc, "the store's founding", err));
	return rc;
}

static int found_once(mk_ctx *ctx, const char *name, const char *policy, market_error *err)
{
	mk_store *store = ctx->store;
	int rc;
	ctx->plan = mk_plan_new(ctx->arena);
	if (!ctx->plan)
		return mk_error_no_memory(err);
	rc = mk_store_begin(store, true, err);
	if (rc != 0)
		return rc;
	rc = plan_founding(ctx, name, policy, err);
	if (rc == 0)
		rc = mk_store_commit(store, err);
	if (rc != 0)
		mk_store_rollback(store);
	return rc > 0 ? found_by_another(ctx->market, err) : rc;
}

int mk_store_keys_due(market *market, bool *due, market_error *err)
{
	const store_row *row = NULL;
	int rc = read_row(market, &market->arena, &row, err);
	*due = rc == 0 && row && row->keys_at == 0;
	return rc;
}

int mk_store_keys_made(market *market, market_error *err)
{
	mk_tries tries;
	int rc;
	mk_tries_begin(&tries);
	do {
		rc = note_keys(market, err);
	} while (mk_try_again(&tries, &rc, store_keys_made.name, err));
	return rc;
}

static int note_keys(market *market, market_error *err)
{
	int64_t rows;
	int rc = mk_store_begin(market->store, true, err);
	if (rc != 0)
		return rc;
	rows = mk_store_write(market->store, &store_keys_made,
	                      MK_ARGS(mk_int(market->clock(market->user_data))), err);
	return mk_store_finish(market->store, rows, err);
}
