#include "libmarket/party/seller.h"

static const mk_statement buyer_insert = {
	.name = "buyer_insert",
	.table = "buyer",
	.sql =
		"INSERT INTO buyer (book_id, id, ref, name, email, locale, created_at, version, metadata) "
		"VALUES (:book_id, :id, :ref, :name, :email, :locale, :created_at, :version, :metadata) "
		"ON CONFLICT DO NOTHING",
};
static const mk_statement buyer_update = {
	.name = "buyer_update",
	.table = "buyer",
	.sql = "UPDATE buyer SET standing = :standing, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement address_insert = {
	.name = "address_insert",
	.table = "address",
	.sql = "INSERT INTO address (book_id, id, ref, name, phone, country, region, city, postcode, "
		   "street, "
		   "created_at, version) VALUES (:book_id, :id, :ref, :name, :phone, :country, :region, "
		   ":city, "
		   ":postcode, :street, :created_at, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement address_page = {
	.name = "address_page",
	.sql = "SELECT book_id, id, ref, name, phone, country, region, city, postcode, street, "
		   "created_at, version "
		   "FROM address WHERE book_id = ?1 AND (created_at > ?2 OR (created_at = ?2 AND id > ?3)) "
		   "ORDER BY created_at, id LIMIT ?4",
};

int mk_address_load(mk_ctx *ctx, market_id id, const char *field, market_address **out,
                    market_error *err)
{
	return mk_load(ctx, &mk_address_entity, id, field, (void **)out, err);
}

int mk_buyer_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_buyer_create_params *in = params;
	mk_buyer row = {.buyer = {
						.ref = in->ref,
						.name = in->name,
						.email = in->email,
						.locale = in->locale,
						.created_at = ctx->now,
						.version = 1,
						.metadata = in->metadata,
						.n_metadata = in->n_metadata,
					}};
	market_buyer *buyer = &row.buyer;
	int rc = mk_ref_check_free(ctx, MARKET_ID_BUYER, in->ref, err);
	if (rc != 0)
		return rc;
	buyer->id = mk_new_own_id(ctx);
	mk_insert(ctx, &buyer_insert, &mk_buyer_record, buyer->id, &row);
	mk_ref_register(ctx, MARKET_ID_BUYER, buyer->id, in->ref);
	mk_event(ctx, "buyer.created", MARKET_ID_BUYER, buyer->id);
	ctx->result = buyer->id;
	return 0;
}

void mk_buyer_save(mk_ctx *ctx, mk_buyer *buyer)
{
	mk_update(ctx, &buyer_update, &mk_buyer_record, buyer->buyer.id, buyer);
}

int mk_buyer_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	(void)err;
	ctx->output = (void *)ctx->subject;
	return 0;
}

int mk_address_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_address_create_params *in = params;
	market_address address = {
		.ref = in->ref,
		.name = in->name,
		.phone = in->phone,
		.country = in->country,
		.region = in->region,
		.city = in->city,
		.postcode = in->postcode,
		.street = in->street,
		.created_at = ctx->now,
		.version = 1,
	};
	int rc = mk_ref_check_free_in(ctx, &mk_address_entity, in->buyer.book, in->ref, err);
	if (rc != 0)
		return rc;
	address.id = mk_new_id(ctx, in->buyer.book);
	mk_insert(ctx, &address_insert, &mk_address_record, address.id, &address);
	mk_event(ctx, "address.created", MARKET_ID_ADDRESS, address.id);
	ctx->result = address.id;
	return 0;
}

int mk_address_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_address_list_params *in = params;
	return mk_page_read(ctx, &address_page, &mk_address_record,
	                    offsetof(market_address, created_at), MK_ARGS(mk_int(in->buyer.book)),
	                    in->after, in->limit, err);
}
