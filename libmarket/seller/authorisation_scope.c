/* What an authorisation says: the chain to the owner, and what it is narrowed to (SEL-3). */
#include <string.h>

#include "libmarket/catalog/catalog.h"
#include "libmarket/engine/policy_brands.h"
#include "libmarket/seller/brand.h"

#define LONGEST_CHAIN 10

static bool same_name(mk_ctx *ctx, const char *a, const char *b)
{
	return a && b && mk_text_equal(mk_brand_fold(ctx, a), mk_brand_fold(ctx, b));
}

bool mk_authorisation_valid(const mk_ctx *ctx, const mk_authorisation *row)
{
	const market_authorisation *a = &row->authorisation;
	return a->state == MARKET_AUTHORISATION_ACCEPTED && a->valid_from <= ctx->now &&
	       (a->valid_to == 0 || ctx->now < a->valid_to);
}

/* ---- text ---- */

static const char *join(mk_ctx *ctx, const char *before, const char *line)
{
	return before ? mk_arena_join(ctx->arena, MK_TEXTS(before, "\n", line))
	              : mk_arena_text(ctx->arena, line);
}

/* The texts hold no control characters, so that lines and tabs part them. */
void mk_authorisation_encode(mk_ctx *ctx, mk_authorisation *row)
{
	const market_authorisation *a = &row->authorisation;
	char id[MARKET_ID_TEXT_SIZE];
	row->chain_text = row->products_text = row->models_text = row->channels_text = NULL;
	for (size_t i = 0; i < a->n_chain; i++) {
		const char *line;
		market_id_format(MARKET_ID_AUTHORISATION, a->chain[i]->authorisation, id);
		line =
			mk_arena_join(ctx->arena, MK_TEXTS(a->chain[i]->from, "\t", a->chain[i]->to, "\t", id));
		row->chain_text = line ? join(ctx, row->chain_text, line) : NULL;
	}
	for (size_t i = 0; i < a->n_products; i++) {
		market_id_format(MARKET_ID_PRODUCT, a->products[i]->product, id);
		row->products_text = join(ctx, row->products_text, id);
	}
	for (size_t i = 0; i < a->n_models; i++)
		row->models_text = join(ctx, row->models_text, a->models[i]);
	for (size_t i = 0; i < a->n_channels; i++)
		row->channels_text = join(ctx, row->channels_text, a->channels[i]);
}

/* The parts of a text, NULL and 0 of none. */
static int split(mk_ctx *ctx, const char *text, char separator, char ***out, size_t *count,
                 market_error *err)
{
	char *at = mk_arena_text(ctx->arena, text);
	size_t n = 1;
	*out = NULL;
	*count = 0;
	if (!text)
		return 0;
	for (const char *c = text; *c; c++)
		n += *c == separator;
	*out = MK_NEW_ARRAY(ctx->arena, char *, n);
	if (!at || !*out)
		return mk_error_no_memory(err);
	while (*count < n) {
		char *end = strchr(at, separator);
		(*out)[(*count)++] = at;
		if (end) {
			*end = '\0';
			at = end + 1;
		}
	}
	return 0;
}

static int decode_chain(mk_ctx *ctx, mk_authorisation *row, market_error *err)
{
	char **lines = NULL, **parts = NULL;
	size_t n = 0, n_parts = 0;
	int rc = split(ctx, row->chain_text, '\n', &lines, &n, err);
	market_brand_link *links = MK_NEW_ARRAY(ctx->arena, market_brand_link, n + 1);
	const market_brand_link **list = MK_NEW_ARRAY(ctx->arena, const market_brand_link *, n + 1);
	if (rc == 0 && (!links || !list))
		return mk_error_no_memory(err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = split(ctx, lines[i], '\t', &parts, &n_parts, err);
		if (rc == 0 && n_parts != 3)
			return mk_error_set(err, MARKET_ECORRUPT, "an authorisation's chain is damaged");
		if (rc != 0)
			return rc;
		links[i] = (market_brand_link){.size = sizeof(*links), .from = parts[0], .to = parts[1]};
		market_id_parse(MARKET_ID_AUTHORISATION, parts[2], &links[i].authorisation);
		list[i] = &links[i];
	}
	row->authorisation.chain = n > 0 ? list : NULL;
	row->authorisation.n_chain = n;
	return rc;
}

static int decode_products(mk_ctx *ctx, mk_authorisation *row, market_error *err)
{
	char **ids = NULL;
	size_t n = 0;
	int rc = split(ctx, row->products_text, '\n', &ids, &n, err);
	market_authorised_product *products =
		MK_NEW_ARRAY(ctx->arena, market_authorised_product, n + 1);
	const market_authorised_product **list =
		MK_NEW_ARRAY(ctx->arena, const market_authorised_product *, n + 1);
	if (rc == 0 && (!products || !list))
		return mk_error_no_memory(err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		products[i].size = sizeof(*products);
		market_id_parse(MARKET_ID_PRODUCT, ids[i], &products[i].product);
		list[i] = &products[i];
	}
	row->authorisation.products = n > 0 ? list : NULL;
	row->authorisation.n_products = n;
	return rc;
}

int mk_authorisation_decode(mk_ctx *ctx, mk_authorisation *row, market_error *err)
{
	market_authorisation *a = &row->authorisation;
	int rc = decode_chain(ctx, row, err);
	if (rc == 0)
		rc = decode_products(ctx, row, err);
	if (rc == 0)
		rc = split(ctx, row->models_text, '\n', (char ***)&a->models, &a->n_models, err);
	if (rc == 0)
		rc = split(ctx, row->channels_text, '\n', (char ***)&a->channels, &a->n_channels, err);
	return rc;
}

/* ---- checks of a new one ---- */

/* Another seller's authorisation carries what hangs on it as long as it is valid itself and that
 * seller is there. */
static int load_upper(mk_ctx *ctx, market_id id, market_id brand, mk_seller **seller,
                      market_error *err)
{
	void *row = NULL;
	int rc = mk_load(ctx, &mk_authorisation_entity, id, "authorisation", &row, err);
	const mk_authorisation *upper = row;
	if (rc == 0)
		rc = mk_seller_load(ctx, upper->authorisation.seller, "authorisation", seller, err);
	if (rc != 0)
		return rc;
	if (mk_authorisation_valid(ctx, upper) && !mk_seller_is_gone(*seller) &&
	    mk_id_equal(upper->authorisation.brand, brand))
		return 0;
	return mk_not_found(&mk_authorisation_entity, id, "authorisation", err);
}

static const char *legal_name(const mk_seller *seller)
{
	return seller->seller.legal_name ? seller->seller.legal_name : seller->seller.name;
}

static int check_upper(mk_ctx *ctx, const mk_brand *brand, const market_brand_link *link,
                       market_error *err)
{
	mk_seller *seller = NULL;
	int rc = load_upper(ctx, link->authorisation, brand->brand.id, &seller, err);
	if (rc == 0 && !same_name(ctx, legal_name(seller), link->from))
		rc = mk_error_at(err, MARKET_EINVALID, "from", "the authorisation isn't one of %s",
		                 link->from);
	return rc;
}

static int check_link(mk_ctx *ctx, const mk_brand *brand,
                      const market_authorisation_create_params *in, size_t at, market_error *err)
{
	const market_brand_link *link = in->chain[at];
	const bool hangs = !mk_id_absent(link->authorisation);
	if (at == 0 && !hangs && brand->brand.owner && !same_name(ctx, link->from, brand->brand.owner))
		return mk_error_at(err, MARKET_EINVALID, "from", "the chain begins with %s, not with %s",
		                   link->from, brand->brand.owner);
	if (at > 0 && !same_name(ctx, link->from, in->chain[at - 1]->to))
		return mk_error_at(err, MARKET_EINVALID, "from", "the chain breaks between %s and %s",
		                   in->chain[at - 1]->to, link->from);
	return hangs ? check_upper(ctx, brand, link, err) : 0;
}

static int check_chain(mk_ctx *ctx, const mk_seller *seller, const mk_brand *brand,
                       const market_authorisation_create_params *in, market_error *err)
{
	int rc = 0;
	if (in->owner)
		return in->n_chain == 0
		           ? 0
		           : mk_error_at(err, MARKET_EINVALID, "chain", "an owner has no chain");
	if (in->n_chain == 0)
		return mk_error_at(err, MARKET_EINVALID, "chain",
		                   "an authorisation needs the chain to the brand's owner");
	for (size_t i = 0; rc == 0 && i < in->n_chain; i++) {
		rc = check_link(ctx, brand, in, i, err);
		if (rc != 0)
			mk_error_prefix(err, "chain[%zu]", i);
	}
	if (rc == 0 && !same_name(ctx, in->chain[in->n_chain - 1]->to, legal_name(seller)))
		rc = mk_error_at(err, MARKET_EINVALID, "chain", "the chain ends with %s, not with %s",
		                 in->chain[in->n_chain - 1]->to, legal_name(seller));
	return rc;
}

/* What is over and keeps no place binds a store no more. */
static bool binds(const market_authorisation *a)
{
	return a->state != MARKET_AUTHORISATION_EXPIRED || a->place != 0;
}

/* A flagship is the owner's; flagship and exclusive stores are of one brand. */
static int check_type(mk_ctx *ctx, const mk_seller *seller, const mk_brand *brand, bool owner,
                      market_error *err)
{
	const int32_t type = seller->seller.store_type;
	if (owner != (type == MARKET_STORE_FLAGSHIP))
		return mk_error_at(err, MARKET_EINVALID, "owner",
		                   owner ? "only a flagship store is the owner's"
		                         : "a flagship store is the owner's");
	if (owner && brand->brand.owner && !same_name(ctx, legal_name(seller), brand->brand.owner))
		return mk_error_at(err, MARKET_EINVALID, "owner", "the brand's owner is %s",
		                   brand->brand.owner);
	if (type != MARKET_STORE_FLAGSHIP && type != MARKET_STORE_EXCLUSIVE)
		return 0;
	for (size_t i = 0; i < seller->brands->n_rows; i++)
		if (binds(&seller->brands->rows[i]->authorisation) &&
		    !mk_id_equal(seller->brands->rows[i]->authorisation.brand, brand->brand.id))
			return mk_error_at(err, MARKET_EINVALID, "brand",
			                   "the seller's store is of another brand");
	return 0;
}

static int check_digest(const char *digest, market_error *err)
{
	uint8_t bytes[MK_HASH_SIZE];
	if (!digest || (strlen(digest) == 2 * sizeof(bytes) && mk_unhex(digest, bytes, sizeof(bytes))))
		return 0;
	return mk_error_at(err, MARKET_EINVALID, "document_digest",
	                   "the digest isn't 64 hexadecimal digits");
}

int mk_authorisation_check(mk_ctx *ctx, const mk_seller *seller, const mk_brand *brand,
                           const market_authorisation_create_params *in, market_error *err)
{
	void *product = NULL;
	int rc = check_type(ctx, seller, brand, in->owner, err);
	if (rc == 0)
		rc = check_digest(in->document_digest, err);
	if (rc == 0)
		rc = check_chain(ctx, seller, brand, in, err);
	for (size_t i = 0; rc == 0 && i < in->n_products; i++) {
		rc = mk_load(ctx, &mk_product_entity, in->products[i]->product, "product", &product, err);
		if (rc != 0)
			mk_error_prefix(err, "products[%zu]", i);
	}
	if (rc == 0 && in->valid_to != 0 &&
	    in->valid_to <= (in->valid_from > ctx->now ? in->valid_from : ctx->now))
		rc = mk_error_at(err, MARKET_EINVALID, "valid_to", "the end isn't after now and the begin");
	return rc;
}

/* ---- what it covers ---- */

static bool names(const char *const *list, size_t count, const char *text)
{
	for (size_t i = 0; text && i < count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return count == 0;
}

static const char *model_of(const market_product *product)
{
	for (size_t i = 0; i < product->n_attributes; i++)
		if (strcmp(product->attributes[i]->name, "model") == 0)
			return product->attributes[i]->value;
	return NULL;
}

/* Narrowed to products, models and channels, each of which must hold. */
static bool in_scope(const mk_ctx *ctx, const market_authorisation *a,
                     const market_product *product)
{
	bool found = a->n_products == 0;
	for (size_t i = 0; i < a->n_products; i++)
		found = found || mk_id_equal(a->products[i]->product, product->id);
	return found && names(a->models, a->n_models, model_of(product)) &&
	       names(a->channels, a->n_channels, ctx->policy->brands->channel);
}

/* What hangs on another's authorisation reaches as far as that one, and no longer. */
static int covers(mk_ctx *ctx, mk_authorisation *row, const market_product *product, int depth,
                  bool *out, market_error *err)
{
	int rc = mk_authorisation_decode(ctx, row, err);
	const market_authorisation *a = &row->authorisation;
	*out = rc == 0 && mk_authorisation_valid(ctx, row) && in_scope(ctx, a, product) &&
	       depth < LONGEST_CHAIN;
	for (size_t i = 0; rc == 0 && *out && i < a->n_chain; i++) {
		void *upper = NULL;
		mk_seller *seller = NULL;
		if (mk_id_absent(a->chain[i]->authorisation))
			continue;
		rc = mk_load(ctx, &mk_authorisation_entity, a->chain[i]->authorisation, "", &upper, err);
		if (rc == 0)
			rc = mk_seller_load(ctx, ((market_authorisation *)upper)->seller, "", &seller, err);
		if (rc == 0 && mk_seller_is_gone(seller))
			*out = false;
		else if (rc == 0)
			rc = covers(ctx, upper, product, depth + 1, out, err);
	}
	return rc;
}

/* The owner's own store needs no paper in date. */
static bool is_flagship(const mk_seller *seller, const mk_authorisation *row)
{
	return seller->seller.store_type == MARKET_STORE_FLAGSHIP && row->authorisation.owner &&
	       row->authorisation.place == MARKET_BRAND_PLACE_TAKEN;
}

int mk_brand_check_listing(mk_ctx *ctx, const mk_seller *seller, const market_product *product,
                           market_error *err)
{
	mk_seller own = *seller;
	mk_brand *brand = NULL;
	bool covered = false;
	int rc = mk_brand_named(ctx, product->brand, &brand, err);
	if (rc != 0 || !brand ||
	    mk_policy_brand_open(ctx->policy, brand->brand.code, brand->brand.tier))
		return rc;
	rc = mk_seller_brands_read(ctx, &own, err);
	for (size_t i = 0; rc == 0 && !covered && i < own.brands->n_rows; i++) {
		mk_authorisation *row = own.brands->rows[i];
		if (!mk_id_equal(row->authorisation.brand, brand->brand.id))
			continue;
		covered = is_flagship(seller, row);
		if (!covered)
			rc = covers(ctx, row, product, 0, &covered, err);
	}
	if (rc != 0 || covered)
		return rc;
	rc = mk_error_at(err, MARKET_EINCOMPLETE, "",
	                 "the seller has no valid authorisation for this product of the brand %s",
	                 brand->brand.code);
	return mk_error_hint(err, rc, "Hand one in with authorisation.create.");
}
