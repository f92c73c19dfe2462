/* The places of stores among those that a brand may have (SEL-3). A place hangs on one of the
 * seller's authorisations for the brand; a counter of each brand and type guards their number. */
#include <string.h>

#include "libmarket/engine/policy_brands.h"
#include "libmarket/seller/brand.h"

static const mk_field quota_fields[] = {
	MK_F_ID(mk_quota, id, NONE, 0, "the counter"),
	MK_F_ID(mk_quota, brand, BRAND, MK_OWN_BOOK, "whose"),
	MK_F_ENUM(mk_quota, store_type, mk_store_type_enum, 0, "of which stores"),
	MK_F_INT(mk_quota, taken, 0, 0, 0, "places taken"),
	MK_F_INT(mk_quota, version, 0, 0, 0, "of the record"),
	MK_F_TEXT(mk_quota, tier, MK_INTERNAL, 0, 0, "the brand's"),
	MK_F_TEXT(mk_quota, code, MK_INTERNAL, 0, 0, "the brand's"),
};
const mk_record mk_quota_record =
	MK_RECORD_OF("quota", mk_quota, quota_fields, "the stores of a brand");

static const mk_statement quota_insert = {
	.name = "brand_quota_insert",
	.table = "brand_quota",
	.sql = "INSERT INTO brand_quota (book_id, id, brand_id, store_type, taken, version) VALUES "
		   "(:book_id, :id, :brand_id, :store_type, :taken, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement quota_of_brand = {
	.name = "brand_quota_of_brand",
	.sql = "SELECT q.book_id AS book_id, q.id AS id, q.brand_id AS brand_id, q.store_type AS "
		   "store_type, q.taken AS taken, q.version AS version, b.tier AS tier, b.code AS code "
		   "FROM brand_quota q JOIN brand b ON b.book_id = q.book_id AND b.id = q.brand_id "
		   "WHERE q.book_id = ?1 AND q.brand_id = ?2 AND q.store_type = ?3",
};
static const mk_statement quota_move = {
	.name = "brand_quota_move",
	.table = "brand_quota",
	.sql = "UPDATE brand_quota SET taken = taken + ?3, version = version + 1 "
		   "WHERE book_id = ?1 AND id = ?2 AND taken + ?3 BETWEEN 0 AND ?4",
};

void mk_quota_insert(mk_ctx *ctx, market_id brand)
{
	for (int32_t type = MK_STORE_FLAGSHIP; type <= MK_STORE_INDIVIDUAL; type++) {
		mk_quota row = {
			.id = mk_new_id(ctx, brand.book), .brand = brand, .store_type = type, .version = 1};
		mk_insert(ctx, &quota_insert, &mk_quota_record, row.id, &row);
	}
}

static int quota_read(mk_ctx *ctx, market_id brand, int32_t store_type, mk_quota **out,
                      market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &quota_of_brand, &mk_quota_record,
	                    MK_ARGS(mk_int(brand.book), mk_int(brand.id), mk_int(store_type)),
	                    (void **)out, err);
}

static bool is_live(const mk_authorisation *row)
{
	return row->authorisation.state == MARKET_AUTHORISATION_PENDING ||
	       row->authorisation.state == MARKET_AUTHORISATION_ACCEPTED;
}

/* What a seller has of one brand. */
typedef struct brand_rows {
	mk_authorisation *holder; /* of the place; NULL: none */
	mk_authorisation *best;   /* that should hold it */
	bool live, accepted;
	bool given_up; /* one that was held until its time was over: not again */
} brand_rows;

static brand_rows rows_of(const mk_seller_brands *all, market_id brand)
{
	brand_rows found = {.holder = NULL};
	for (size_t i = 0; i < all->n_rows; i++) {
		mk_authorisation *row = all->rows[i];
		bool accepted = row->authorisation.state == MARKET_AUTHORISATION_ACCEPTED;
		if (!mk_id_equal(row->authorisation.brand, brand))
			continue;
		if (row->authorisation.place != 0)
			found.holder = row;
		else if (row->authorisation.place_until != 0)
			found.given_up = true;
		if (accepted ? !found.accepted : is_live(row) && !found.best)
			found.best = row;
		found.live = found.live || is_live(row);
		found.accepted = found.accepted || accepted;
	}
	/* an approved store's place moves to what is accepted only */
	if (!found.best || (found.holder && !found.accepted &&
	                    found.holder->authorisation.place == MARKET_BRAND_PLACE_TAKEN))
		found.best = found.holder;
	return found;
}

/* What it should have. An expired authorisation keeps the place of an approved store: its offers
 * run on and it may be renewed. */
static int32_t wanted_place(const mk_seller *seller, const brand_rows *found, bool hold)
{
	int32_t has = found->holder ? found->holder->authorisation.place : 0;
	switch (seller->seller.state) {
	case MARKET_SELLER_APPROVED:
	case MARKET_SELLER_SUSPENDED:
	case MARKET_SELLER_CLOSING:
		if (found->accepted)
			return MARKET_BRAND_PLACE_TAKEN;
		if (has == MARKET_BRAND_PLACE_TAKEN)
			return found->holder->authorisation.state == MARKET_AUTHORISATION_REVOKED ? 0 : has;
		return found->live ? has : 0;
	case MARKET_SELLER_IN_REVIEW:
		if (!found->live)
			return 0;
		return hold && !found->given_up ? MARKET_BRAND_PLACE_HELD : has;
	default:
		return 0;
	}
}

static bool has_room(const mk_ctx *ctx, const mk_quota *quota)
{
	return quota->taken + quota->delta <
	       mk_policy_brand_quota(ctx->policy, quota->tier, quota->store_type);
}

static int refuse(const mk_seller *seller, const mk_quota *quota, market_error *err)
{
	int rc = mk_error_at(
		err, MARKET_EQUOTA, "", "the brand %s has %lld %s stores and no place more", quota->code,
		(long long)quota->taken, mk_enum_name(&mk_store_type_enum, seller->seller.store_type));
	return mk_error_object(err, rc, MARKET_ID_BRAND, quota->brand);
}

static void put(mk_ctx *ctx, mk_authorisation *row, int32_t place)
{
	market_authorisation *to = &row->authorisation;
	if (to->place == place)
		return;
	to->place = place;
	to->place_until =
		place == MARKET_BRAND_PLACE_HELD ? ctx->now + ctx->policy->brands->review_hold : 0;
	row->changed = true;
}

/* To another of the seller's authorisations, with the time it is held. */
static void move(mk_authorisation *from, mk_authorisation *to)
{
	to->authorisation.place = from->authorisation.place;
	to->authorisation.place_until = from->authorisation.place_until;
	from->authorisation.place = from->authorisation.place_until = 0;
	from->changed = to->changed = true;
}

static int follow_brand(mk_ctx *ctx, const mk_seller *seller, brand_rows *found, bool hold,
                        market_error *err)
{
	int32_t want = wanted_place(seller, found, hold);
	mk_quota *quota = found->best ? found->best->quota : NULL;
	if (!quota || (want == 0 && !found->holder))
		return 0;
	if (want == 0) {
		quota->delta--;
		put(ctx, found->holder, 0);
		return 0;
	}
	if (!found->holder) {
		if (!has_room(ctx, quota))
			return want == MARKET_BRAND_PLACE_TAKEN ? refuse(seller, quota, err) : 0;
		quota->delta++;
	} else if (found->holder != found->best) {
		move(found->holder, found->best);
	}
	put(ctx, found->best, want);
	return 0;
}

/* Rows of one brand share its counter. */
static int read_quotas(mk_ctx *ctx, const mk_seller *seller, mk_seller_brands *all,
                       market_error *err)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < all->n_rows; i++) {
		mk_authorisation *row = all->rows[i];
		for (size_t k = 0; k < i && !row->quota; k++)
			if (mk_id_equal(all->rows[k]->authorisation.brand, row->authorisation.brand))
				row->quota = all->rows[k]->quota;
		if (!row->quota)
			rc = quota_read(ctx, row->authorisation.brand, seller->seller.store_type, &row->quota,
			                err);
	}
	return rc;
}

int mk_places_follow(mk_ctx *ctx, mk_seller *seller, bool hold, market_error *err)
{
	int rc = mk_seller_brands_read(ctx, seller, err);
	mk_seller_brands *all = seller->brands;
	if (rc == 0)
		rc = read_quotas(ctx, seller, all, err);
	for (size_t i = 0; rc == 0 && i < all->n_rows; i++) {
		market_id brand = all->rows[i]->authorisation.brand;
		bool first = true;
		for (size_t k = 0; k < i; k++)
			first = first && !mk_id_equal(all->rows[k]->authorisation.brand, brand);
		if (first) {
			brand_rows found = rows_of(all, brand);
			rc = follow_brand(ctx, seller, &found, hold, err);
		}
	}
	return rc;
}

int mk_place_give_up(mk_ctx *ctx, mk_seller *seller, mk_authorisation *row, market_error *err)
{
	int rc = read_quotas(ctx, seller, seller->brands, err);
	if (rc != 0)
		return rc;
	if (row->quota)
		row->quota->delta--;
	row->authorisation.place = 0; /* place_until tells that it was held */
	row->changed = true;
	return 0;
}

int mk_places_suffice(mk_ctx *ctx, mk_seller *seller, bool *suffice, market_error *err)
{
	int rc = mk_seller_brands_read(ctx, seller, err);
	*suffice = true;
	if (rc == 0)
		rc = read_quotas(ctx, seller, seller->brands, err);
	for (size_t i = 0; rc == 0 && i < seller->brands->n_rows; i++) {
		const mk_authorisation *row = seller->brands->rows[i];
		brand_rows found = rows_of(seller->brands, row->authorisation.brand);
		if (found.accepted && !found.holder && row->quota && !has_room(ctx, row->quota))
			*suffice = false;
	}
	return rc;
}

void mk_places_save(mk_ctx *ctx, mk_seller *seller)
{
	mk_seller_brands *all = seller->brands;
	for (size_t i = 0; all && i < all->n_rows; i++) {
		mk_quota *quota = all->rows[i]->quota;
		int64_t limit = INT64_MAX;
		if (all->rows[i]->changed)
			mk_authorisation_write(ctx, all->rows[i]);
		if (!quota || quota->delta == 0)
			continue;
		if (quota->delta > 0)
			limit = mk_policy_brand_quota(ctx->policy, quota->tier, quota->store_type);
		/* a miss runs the operation again, whose reads then find the quota used up */
		mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &quota_move, quota->id,
		            MK_ARGS(mk_int(quota->id.book), mk_int(quota->id.id), mk_int(quota->delta),
		                    mk_int(limit)),
		            MK_RETRY);
		quota->delta = 0;
	}
}
