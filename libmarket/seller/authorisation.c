/* Authorisations of sellers for brands (SEL-3). */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/party/requirement.h"
#include "libmarket/party/seller.h"
#include "libmarket/seller/brand.h"

static const mk_enum_value state_values[] = {
	{MARKET_AUTHORISATION_PENDING, "pending", "waits for an operator"},
	{MARKET_AUTHORISATION_ACCEPTED, "accepted", "lets the seller list the brand in its time"},
	{MARKET_AUTHORISATION_EXPIRED, "expired", "its time is over"},
	{MARKET_AUTHORISATION_REJECTED, "rejected", "wasn't accepted"},
	{MARKET_AUTHORISATION_REVOKED, "revoked", "was ended"},
	{0, NULL, NULL},
};
const mk_enum mk_authorisation_state_enum = {"authorisation_state", state_values};

static const mk_enum_value place_values[] = {
	{MARKET_BRAND_PLACE_HELD, "held", "kept for a seller in review"},
	{MARKET_BRAND_PLACE_TAKEN, "taken", "of an approved seller"},
	{0, NULL, NULL},
};
const mk_enum mk_brand_place_enum = {"brand_place", place_values};

#define T market_brand_link
static const mk_field link_fields[] = {
	MK_F_TEXT(T, from, MK_REQUIRED, 1, MK_MAX_NAME, "who authorises"),
	MK_F_TEXT(T, to, MK_REQUIRED, 1, MK_MAX_NAME, "whom"),
	MK_F_ID(T, authorisation, AUTHORISATION, 0, "another seller's, by which that one may"),
};
#undef T
const mk_record mk_brand_link_record =
	MK_SIZED_OF("brand_link", market_brand_link, link_fields, "a step from the owner to a seller");

static const mk_field product_fields[] = {
	MK_F_ID(market_authorised_product, product, PRODUCT, MK_REQUIRED, "the product"),
};
const mk_record mk_authorised_product_record =
	MK_SIZED_OF("authorised_product", market_authorised_product, product_fields, "a product");

#define T market_authorisation
static const mk_field authorisation_fields[] = {
	MK_F_ID(T, id, AUTHORISATION, 0, "the authorisation"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose it is"),
	MK_F_ID(T, brand, BRAND, 0, "for which brand"),
	MK_F_ENUM(T, state, mk_authorisation_state_enum, 0, "where it stands"),
	MK_F_BOOL(T, owner, 0, "the seller owns the brand"),
	MK_F_TEXT(T, document, MK_SENSITIVE | MK_NOT_ROW, 1, MK_MAX_CODE, "the document's number"),
	MK_F_TEXT(T, document_digest, 0, 1, MK_MAX_CODE, "SHA-256 of the document"),
	MK_F_LIST(T, chain, market_brand_link, mk_brand_link_record, MK_NOT_ROW, 0, 10,
              "from the owner to the seller"),
	MK_F_LIST(T, products, market_authorised_product, mk_authorised_product_record, MK_NOT_ROW, 0,
              100, "narrowed to these"),
	MK_F_TEXTS(T, models, MK_NOT_ROW, 0, 100, "narrowed to these"),
	MK_F_TEXTS(T, channels, MK_NOT_ROW, 0, 20, "narrowed to these"),
	MK_F_TIME(T, valid_from, 0, "valid from"),
	MK_F_TIME(T, valid_to, 0, "valid to"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "of a rejection or revocation"),
	MK_F_ENUM(T, place, mk_brand_place_enum, 0, "among the brand's stores"),
	MK_F_TIME(T, place_until, 0, "held until"),
	MK_F_TIME(T, created_at, 0, "handed in"),
	MK_F_TIME(T, decided_at, 0, "accepted, rejected or revoked"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_BLOB(mk_authorisation, document_sealed, MK_INTERNAL, 0, "the number, sealed"),
	MK_F_BLOB(mk_authorisation, document_key, MK_INTERNAL, 0, "its data key, wrapped"),
	MK_F_BLOB(mk_authorisation, document_index, MK_INTERNAL, 0, "its blind index"),
	MK_F_TEXT(mk_authorisation, chain_text, MK_INTERNAL, 0, 0, "the chain as lines"),
	MK_F_TEXT(mk_authorisation, products_text, MK_INTERNAL, 0, 0, "the products as lines"),
	MK_F_TEXT(mk_authorisation, models_text, MK_INTERNAL, 0, 0, "the models as lines"),
	MK_F_TEXT(mk_authorisation, channels_text, MK_INTERNAL, 0, 0, "the channels as lines"),
	{.name = "due_at",
     .summary = "of its deadline row",
     .kind = MK_TIME,
     .flags = MK_INTERNAL,
     .offset = MK_AT(mk_authorisation, due_at, market_time)},
};
#undef T
const mk_record mk_authorisation_record = MK_RECORD_OF(
	"authorisation", mk_authorisation, authorisation_fields, "that a seller may sell a brand");

#define PLAIN \
	"book_id, id, ref, seller_id, brand_book_id, brand_id, state, owner, document_digest, " \
	"valid_from, valid_to, reason, place, place_until, created_at, decided_at, version"
#define COLUMNS \
	PLAIN ", document_sealed, document_key, document_index, chain_text, products_text, " \
		  "models_text, channels_text, due_at"

static const mk_statement authorisation_insert = {
	.name = "authorisation_insert",
	.table = "authorisation",
	.sql = "INSERT INTO authorisation (" COLUMNS
		   ") VALUES (:book_id, :id, :ref, :seller_id, :brand_book_id, :brand_id, :state, :owner, "
		   ":document_digest, :valid_from, :valid_to, :reason, :place, :place_until, :created_at, "
		   ":decided_at, :version, :document_sealed, :document_key, :document_index, :chain_text, "
		   ":products_text, :models_text, :channels_text, :due_at) ON CONFLICT DO NOTHING",
};
static const mk_statement authorisation_update = {
	.name = "authorisation_update",
	.table = "authorisation",
	.sql = "UPDATE authorisation SET state = :state, reason = :reason, place = :place, "
		   "place_until = :place_until, decided_at = :decided_at, due_at = :due_at, "
		   "version = version + 1 WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement authorisation_by_id = {
	.name = "authorisation_by_id",
	.sql = "SELECT " COLUMNS " FROM authorisation WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement authorisation_by_ref = {
	.name = "authorisation_by_ref",
	.sql = "SELECT book_id, id FROM authorisation WHERE book_id = ?1 AND ref = ?2",
};
static const mk_statement authorisation_live = {
	.name = "authorisation_live",
	.sql = "SELECT " COLUMNS " FROM authorisation WHERE book_id = ?1 AND state <= 3 ORDER BY id",
};
static const mk_statement authorisation_page = {
	.name = "authorisation_page",
	.sql = "SELECT " PLAIN " FROM authorisation WHERE book_id = ?1 AND "
		   "(created_at > ?2 OR (created_at = ?2 AND id > ?3)) ORDER BY created_at, id LIMIT ?4",
};

static market_id seller_of(const void *row)
{
	return ((const market_authorisation *)row)->seller;
}

static mk_seal_place document_place(const mk_authorisation *row)
{
	return (mk_seal_place){.table = "authorisation",
	                       .column = "document",
	                       .owner = row->authorisation.id.book,
	                       .row = row->authorisation.id.id};
}

static int authorisation_fill(mk_ctx *ctx, void *value, market_error *err)
{
	mk_authorisation *row = value;
	mk_seal_place place = document_place(row);
	int rc = mk_authorisation_decode(ctx, row, err);
	if (rc != 0)
		return rc;
	return mk_unseal_field(ctx->keys, ctx->arena, &place, row->document_key, row->document_sealed,
	                       &row->authorisation.document, err);
}

const mk_entity mk_authorisation_entity = {
	.kind = MARKET_ID_AUTHORISATION,
	.name = "authorisation",
	.record = &mk_authorisation_record,
	.by_id = &authorisation_by_id,
	.by_ref = &authorisation_by_ref,
	.seller = seller_of,
	.fill = authorisation_fill,
};

/* SEL-10 */
static int seal_document(mk_ctx *ctx, mk_authorisation *row, const char *document,
                         market_error *err)
{
	mk_seal_place place = document_place(row);
	return document ? mk_seal_field(ctx->keys, ctx->arena, &place, document, &row->document_key,
	                                &row->document_sealed, &row->document_index, err)
	                : 0;
}

/* ---- a seller's ---- */

int mk_seller_brands_read(mk_ctx *ctx, mk_seller *seller, market_error *err)
{
	mk_seller_brands *brands = seller->brands;
	int rc;
	if (brands)
		return 0;
	brands = MK_NEW(ctx->arena, mk_seller_brands);
	if (!brands)
		return mk_error_no_memory(err);
	rc = mk_store_list(ctx->store, ctx->arena, &authorisation_live, &mk_authorisation_record,
	                   MK_ARGS(mk_int(seller->seller.id.book)), (void ***)&brands->rows,
	                   &brands->n_rows, err);
	for (size_t i = 0; rc == 0 && i < brands->n_rows; i++)
		brands->rows[i]->due_before = brands->rows[i]->due_at;
	if (rc == 0)
		seller->brands = brands;
	return rc;
}

int mk_brands_shown(mk_ctx *ctx, mk_seller *seller, bool *shown, market_error *err)
{
	const bool several = seller->seller.store_type == MARKET_STORE_SPECIALTY;
	const int64_t wanted = several ? ctx->policy->brands->specialty_brands : 1;
	int64_t found = 0;
	int rc = mk_seller_brands_read(ctx, seller, err);
	for (size_t i = 0; rc == 0 && i < seller->brands->n_rows; i++) {
		mk_authorisation *const *rows = seller->brands->rows;
		bool first = mk_authorisation_valid(ctx, rows[i]);
		for (size_t k = 0; k < i; k++)
			if (mk_authorisation_valid(ctx, rows[k]) &&
			    mk_id_equal(rows[k]->authorisation.brand, rows[i]->authorisation.brand))
				first = false;
		found += first;
	}
	*shown = found >= wanted;
	return rc;
}

static market_time earlier(market_time a, market_time b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* The earliest of its timers. */
static market_time next_due(const mk_ctx *ctx, const mk_authorisation *row)
{
	const market_authorisation *a = &row->authorisation;
	market_time due = a->place == MARKET_BRAND_PLACE_HELD ? a->place_until : 0;
	int64_t span;
	if (a->state == MARKET_AUTHORISATION_ACCEPTED && a->valid_from > ctx->now)
		due = earlier(due, a->valid_from);
	if (a->valid_to == 0 || a->state > MARKET_AUTHORISATION_ACCEPTED)
		return due;
	due = earlier(due, a->valid_to);
	for (size_t i = 0; i < ctx->policy->brands->n_warnings; i++)
		if (a->state == MARKET_AUTHORISATION_ACCEPTED &&
		    mk_duration_parse(ctx->policy->brands->warnings[i], &span) &&
		    a->valid_to - span > ctx->now)
			due = earlier(due, a->valid_to - span);
	return due;
}

void mk_authorisation_write(mk_ctx *ctx, mk_authorisation *row)
{
	market_id id = row->authorisation.id;
	row->due_at = next_due(ctx, row);
	if (row->due_at != row->due_before)
		mk_deadline_set(ctx, id, row->due_before, row->due_at, "authorisation.expire");
	if (row->fresh)
		mk_insert(ctx, &authorisation_insert, &mk_authorisation_record, id, row);
	else
		mk_update(ctx, &authorisation_update, &mk_authorisation_record, id, row);
	row->changed = false;
}

/* The subject among its seller's authorisations. */
static int read_subject(mk_ctx *ctx, mk_seller **seller, mk_authorisation **row, market_error *err)
{
	mk_authorisation *subject = (mk_authorisation *)ctx->subject;
	int rc = mk_seller_load(ctx, subject->authorisation.seller, "authorisation", seller, err);
	if (rc == 0)
		rc = mk_seller_brands_read(ctx, *seller, err);
	if (rc != 0)
		return rc;
	*row = NULL;
	for (size_t i = 0; i < (*seller)->brands->n_rows; i++)
		if (mk_id_equal((*seller)->brands->rows[i]->authorisation.id, subject->authorisation.id))
			*row = (*seller)->brands->rows[i];
	if (*row)
		return 0;
	return mk_error_at(err, MARKET_ESTATE, "authorisation", "the authorisation is %s",
	                   mk_enum_name(&mk_authorisation_state_enum, subject->authorisation.state));
}

/* The seller is saved whatever changes: two decisions about its places at the same time must meet.
 */
static int finish(mk_ctx *ctx, mk_seller *seller, mk_authorisation *row, bool hold,
                  market_error *err)
{
	int rc;
	row->changed = true;
	rc = mk_places_follow(ctx, seller, hold, err);
	if (rc != 0)
		return rc;
	mk_seller_save(ctx, seller);
	ctx->result = row->authorisation.id;
	return 0;
}

/* ---- operations ---- */

static mk_authorisation *new_row(mk_ctx *ctx, const market_authorisation_create_params *in)
{
	mk_authorisation *row = MK_NEW(ctx->arena, mk_authorisation);
	if (!row)
		return NULL;
	row->fresh = true;
	row->authorisation = (market_authorisation){
		.id = mk_new_id(ctx, in->seller.id),
		.ref = in->ref,
		.seller = in->seller,
		.brand = in->brand,
		.state = MARKET_AUTHORISATION_PENDING,
		.owner = in->owner,
		.document_digest = in->document_digest,
		.chain = in->chain,
		.n_chain = in->n_chain,
		.products = in->products,
		.n_products = in->n_products,
		.models = in->models,
		.n_models = in->n_models,
		.channels = in->channels,
		.n_channels = in->n_channels,
		.valid_from = in->valid_from ? in->valid_from : ctx->now,
		.valid_to = in->valid_to,
		.created_at = ctx->now,
		.version = 1,
	};
	return row;
}

static int add_row(mk_ctx *ctx, mk_seller_brands *brands, mk_authorisation *row, market_error *err)
{
	mk_authorisation **rows = MK_NEW_ARRAY(ctx->arena, mk_authorisation *, brands->n_rows + 1);
	if (!rows)
		return mk_error_no_memory(err);
	if (brands->n_rows > 0)
		memcpy(rows, brands->rows, brands->n_rows * sizeof(*rows));
	rows[brands->n_rows++] = row;
	brands->rows = rows;
	return 0;
}

int mk_authorisation_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_authorisation_create_params *in = params;
	mk_seller *seller = (mk_seller *)ctx->subject;
	mk_authorisation *row;
	void *brand = NULL;
	int rc = mk_seller_check_there(seller, err);
	if (rc == 0)
		rc = mk_load(ctx, &mk_brand_entity, in->brand, "brand", &brand, err);
	if (rc == 0)
		rc = mk_seller_brands_read(ctx, seller, err);
	if (rc == 0)
		rc = mk_authorisation_check(ctx, seller, brand, in, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_authorisation_entity, in->seller.book, in->ref, err);
	if (rc != 0)
		return rc;
	row = new_row(ctx, in);
	if (!row)
		return mk_error_no_memory(err);
	mk_authorisation_encode(ctx, row);
	rc = seal_document(ctx, row, in->document, err);
	if (rc == 0)
		rc = add_row(ctx, seller->brands, row, err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "authorisation.created", MARKET_ID_AUTHORISATION, row->authorisation.id);
	mk_event_id(ctx, "brand", MARKET_ID_BRAND, in->brand);
	return finish(ctx, seller, row, true, err);
}

static bool leads(int32_t from, int32_t to)
{
	switch (from) {
	case MARKET_AUTHORISATION_PENDING:
		return to == MARKET_AUTHORISATION_ACCEPTED || to == MARKET_AUTHORISATION_REJECTED;
	case MARKET_AUTHORISATION_ACCEPTED:
	case MARKET_AUTHORISATION_EXPIRED: /* it may keep a place */
		return to == MARKET_AUTHORISATION_REVOKED;
	default:
		return false;
	}
}

static int check_state(const mk_authorisation *row, int32_t to, market_error *err)
{
	if (leads(row->authorisation.state, to))
		return 0;
	return mk_error_at(err, MARKET_ESTATE, "authorisation", "the authorisation is %s",
	                   mk_enum_name(&mk_authorisation_state_enum, row->authorisation.state));
}

static int decide(mk_ctx *ctx, int32_t to, const char *event, const char *reason, market_error *err)
{
	mk_seller *seller = NULL;
	mk_authorisation *row = NULL;
	int rc = read_subject(ctx, &seller, &row, err);
	if (rc == 0)
		rc = check_state(row, to, err);
	if (rc != 0)
		return rc;
	row->authorisation.state = to;
	row->authorisation.reason = reason;
	row->authorisation.decided_at = ctx->now;
	row->changed = true;
	mk_event(ctx, event, MARKET_ID_AUTHORISATION, row->authorisation.id);
	mk_event_id(ctx, "brand", MARKET_ID_BRAND, row->authorisation.brand);
	mk_event_text(ctx, "reason", reason);
	if (to == MARKET_AUTHORISATION_ACCEPTED) {
		rc = mk_error_field(err, mk_seller_check_there(seller, err), "authorisation");
		if (rc == 0)
			rc = mk_seller_advance(ctx, seller, NULL, err);
		if (rc != 0)
			return rc;
	}
	return finish(ctx, seller, row, to == MARKET_AUTHORISATION_ACCEPTED, err);
}

int mk_authorisation_accept(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	return decide(ctx, MARKET_AUTHORISATION_ACCEPTED, "authorisation.accepted", NULL, err);
}

int mk_authorisation_reject(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_authorisation_reason_params *in = params;
	return decide(ctx, MARKET_AUTHORISATION_REJECTED, "authorisation.rejected", in->reason, err);
}

int mk_authorisation_revoke(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_authorisation_reason_params *in = params;
	return decide(ctx, MARKET_AUTHORISATION_REVOKED, "authorisation.revoked", in->reason, err);
}

/* Its deadline: the end of a held place, its begin, a warning, or its own end. */
int mk_authorisation_expire(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_seller *seller = NULL;
	mk_authorisation *row = NULL;
	market_authorisation *a;
	const char *event = "authorisation.expiring";
	bool begins = false;
	int rc = read_subject(ctx, &seller, &row, err);
	(void)params;
	if (rc != 0)
		return rc;
	a = &row->authorisation;
	if (row->due_at == 0 || row->due_at > ctx->now)
		return mk_error_at(err, MARKET_ESTATE, "authorisation", "nothing is due");
	if (a->place == MARKET_BRAND_PLACE_HELD && a->place_until <= ctx->now) {
		event = "authorisation.place_given_up";
		rc = mk_place_give_up(ctx, seller, row, err);
	}
	if (rc != 0)
		return rc;
	if (a->valid_to != 0 && a->valid_to <= ctx->now) {
		event = "authorisation.expired";
		a->state = MARKET_AUTHORISATION_EXPIRED;
	} else if (row->due_at == a->valid_from) {
		event = "authorisation.begun";
		begins = true;
		rc = mk_seller_advance(ctx, seller, NULL, err);
	}
	if (rc != 0)
		return rc;
	mk_event(ctx, event, MARKET_ID_AUTHORISATION, a->id);
	mk_event_id(ctx, "brand", MARKET_ID_BRAND, a->brand);
	if (a->valid_to != 0)
		mk_event_int(ctx, "valid_to", a->valid_to);
	return finish(ctx, seller, row, begins, err);
}

int mk_authorisation_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return authorisation_fill(ctx, ctx->output, err);
}

int mk_authorisation_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_authorisation_list_params *in = params;
	return mk_page_read(ctx, &authorisation_page, &mk_authorisation_record,
	                    offsetof(market_authorisation, created_at), MK_ARGS(mk_int(in->seller.id)),
	                    in->after, in->limit, err);
}
