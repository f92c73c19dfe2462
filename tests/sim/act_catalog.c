/* CAT: products, offers, prices and stock. */
#include <string.h>

#include "tests/sim/sim.h"

enum { MOST_PRODUCTS = 8, MOST_OFFERS = 12, MOST_STOCKS = 24 };

static size_t any(sim *s, size_t n)
{
	return n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)n);
}

static void create_product(sim *s)
{
	market_product_create_params in = MARKET_PRODUCT_CREATE_PARAMS_INIT;
	bool special = sim_chance(s, 40);
	void *out;
	size_t i;

	if (s->products.n == MOST_PRODUCTS)
		return;
	in.category = s->category[special];
	in.title = "thing";
	in.draft = sim_chance(s, 30);
	if (sim_run(s, "product.create", &in, &out, 0)) {
		i = SIM_ADD(s->products);
		s->products.at[i] = (sim_product){
			.id = ((market_product *)out)->id,
			.seller = SIM_NONE,
			.state = in.draft ? MARKET_PRODUCT_DRAFT : MARKET_PRODUCT_PROPOSED,
			.special = special,
		};
		sim_same(s, "state of a product", s->products.at[i].state, ((market_product *)out)->state);
	}
	sim_free(out);
}

static void product_step(sim *s, const char *operation, void *params, market_id *id, int32_t from,
                         int32_t from_too, int32_t to)
{
	size_t i = any(s, s->products.n);
	bool good;
	void *out;

	if (i == SIM_NONE)
		return;
	*id = s->products.at[i].id;
	good = s->products.at[i].state == from || s->products.at[i].state == from_too;
	if (good && to != 0)
		s->products.at[i].state = to;
	if (sim_run(s, operation, params, &out, good ? 0 : MARKET_ESTATE))
		sim_same(s, "state of a product", s->products.at[i].state, ((market_product *)out)->state);
	sim_free(out);
}

static void update_product(sim *s)
{
	market_product_update_params in = MARKET_PRODUCT_UPDATE_PARAMS_INIT;

	in.title = "other thing";
	product_step(s, "product.update", &in, &in.product, MARKET_PRODUCT_DRAFT,
	             MARKET_PRODUCT_PROPOSED, 0);
}

static void propose(sim *s)
{
	market_product_propose_params in = MARKET_PRODUCT_PROPOSE_PARAMS_INIT;

	product_step(s, "product.propose", &in, &in.product, MARKET_PRODUCT_DRAFT, 0,
	             MARKET_PRODUCT_PROPOSED);
}

static void publish(sim *s)
{
	market_product_publish_params in = MARKET_PRODUCT_PUBLISH_PARAMS_INIT;

	product_step(s, "product.publish", &in, &in.product, MARKET_PRODUCT_PROPOSED, 0,
	             MARKET_PRODUCT_PUBLISHED);
}

static void reject(sim *s)
{
	market_product_reject_params in = MARKET_PRODUCT_REJECT_PARAMS_INIT;

	in.reason = "banned";
	product_step(s, "product.reject", &in, &in.product, MARKET_PRODUCT_PROPOSED, 0,
	             MARKET_PRODUCT_REJECTED);
}

static void revise(sim *s)
{
	market_product_revise_params in = MARKET_PRODUCT_REVISE_PARAMS_INIT;

	in.reason = "blurred";
	product_step(s, "product.revise", &in, &in.product, MARKET_PRODUCT_PROPOSED, 0,
	             MARKET_PRODUCT_PROPOSED);
}

/* One or two SKUs, which tell themselves apart by their size. */
static void create_offer(sim *s)
{
	static const market_pair small = {"size", "S"}, large = {"size", "L"};
	static const market_pair *const sizes[2][1] = {{&small}, {&large}};
	market_offer_create_params in = MARKET_OFFER_CREATE_PARAMS_INIT;
	market_offer_sku skus[2] = {MARKET_OFFER_SKU_INIT, MARKET_OFFER_SKU_INIT};
	const market_offer_sku *const list[] = {&skus[0], &skus[1]};
	size_t seller = any(s, s->sellers.n), product = any(s, s->products.n), i;
	int expected = 0;
	void *out;

	if (s->offers.n == MOST_OFFERS || seller == SIM_NONE || product == SIM_NONE)
		return;
	in.seller = s->sellers.at[seller].id;
	in.product = s->products.at[product].id;
	in.skus = list;
	in.n_skus = (size_t)(1 + sim_below(s, 2));
	for (size_t k = 0; k < in.n_skus; k++) {
		skus[k].attributes = sizes[k];
		skus[k].n_attributes = 1;
		skus[k].price = sim_money(1 + sim_below(s, 12000));
	}
	if (sim_chance(s, 5)) {
		skus[0].price = mk_money(500, "USD");
		expected = MARKET_ECURRENCY;
	}
	if (!sim_may_sell(s, seller, product))
		expected = MARKET_EINCOMPLETE;
	if (sim_deposit_short(s, seller))
		expected = MARKET_EFUNDS;
	if (sim_seller_limited(s, seller, MARKET_ACTION_LISTING_BLOCK, s->now))
		expected = MARKET_ELIMITED;
	if (sim_run(s, "offer.create", &in, &out, expected)) {
		const market_offer *got = out;

		i = SIM_ADD(s->offers);
		s->offers.at[i] = (sim_offer){
			.id = got->id, .seller = seller, .product = product, .state = MARKET_OFFER_DRAFT};
		sim_same(s, "SKUs of an offer", (int64_t)in.n_skus, (int64_t)got->n_skus);
		for (size_t k = 0; k < got->n_skus; k++)
			*SIM_NEW(s->skus) =
				(sim_sku){.id = got->skus[k]->id, .offer = i, .price = got->skus[k]->price.amount};
	}
	sim_free(out);
}

/* Only what is on sale is looked at. */
static int reprice(sim *s, size_t sku, int64_t amount)
{
	const size_t i = s->skus.at[sku].offer;
	const int64_t before = s->skus.at[sku].price;
	bool waits = false;
	int expected;

	s->skus.at[sku].price = amount;
	if (s->offers.at[i].state != MARKET_OFFER_ACTIVE)
		return 0;
	expected = sim_listing_gate(s, i, &waits);
	if (expected != 0)
		s->skus.at[sku].price = before;
	if (waits)
		s->offers.at[i].state = MARKET_OFFER_PAUSED;
	return expected;
}

static void update_offer(sim *s)
{
	market_offer_update_params in = MARKET_OFFER_UPDATE_PARAMS_INIT;
	market_offer_price price = MARKET_OFFER_PRICE_INIT;
	const market_offer_price *const list[] = {&price};
	size_t sku = any(s, s->skus.n), other = any(s, s->skus.n);
	int expected = 0;
	sim_offer *offer;
	void *out;

	if (sku == SIM_NONE)
		return;
	offer = &s->offers.at[s->skus.at[sku].offer];
	if (!sim_chance(s, 5))
		other = sku;
	in.offer = offer->id;
	in.prices = list;
	in.n_prices = 1;
	price.sku = s->skus.at[other].id;
	price.price = sim_money(1 + sim_below(s, 12000));
	if (offer->state == MARKET_OFFER_ENDED || offer->state == MARKET_OFFER_BLOCKED)
		expected = MARKET_ESTATE;
	else if (s->skus.at[other].offer != s->skus.at[sku].offer)
		expected = MARKET_ENOTFOUND;
	else
		expected = reprice(s, other, price.price.amount);
	if (sim_run(s, "offer.update", &in, &out, expected))
		sim_same(s, "state of an offer", offer->state, ((market_offer *)out)->state);
	sim_free(out);
}

int sim_offer_may_activate(sim *s, size_t i)
{
	const sim_offer *offer = &s->offers.at[i];

	if (offer->state != MARKET_OFFER_DRAFT && offer->state != MARKET_OFFER_PAUSED)
		return MARKET_ESTATE;
	if (!offer->activated &&
	    sim_seller_limited(s, offer->seller, MARKET_ACTION_LISTING_BLOCK, s->now))
		return MARKET_ELIMITED;
	if (!offer->activated && sim_deposit_short(s, offer->seller))
		return MARKET_EFUNDS;
	if (s->products.at[offer->product].state != MARKET_PRODUCT_PUBLISHED ||
	    !sim_may_sell(s, offer->seller, offer->product))
		return MARKET_EINCOMPLETE;
	return 0;
}

static void offer_step(sim *s, const char *operation, void *params, market_id *id, uint32_t from,
                       int32_t to)
{
	size_t i = any(s, s->offers.n);
	int expected = 0;
	bool waits = false;
	sim_offer *offer;
	void *out;

	if (i == SIM_NONE)
		return;
	offer = &s->offers.at[i];
	*id = offer->id;
	if (to == MARKET_OFFER_ACTIVE)
		expected = sim_offer_may_activate(s, i);
	else if (!(from & (1u << offer->state)))
		expected = MARKET_ESTATE;
	if (expected == 0 && to == MARKET_OFFER_ACTIVE)
		expected = sim_listing_gate(s, i, &waits);
	if (expected == 0 && to == MARKET_OFFER_ENDED)
		sim_listing_over(s, i);
	if (expected == 0 && !waits)
		offer->state = to;
	offer->activated = offer->activated || offer->state == MARKET_OFFER_ACTIVE;
	if (sim_run(s, operation, params, &out, expected))
		sim_same(s, "state of an offer", offer->state, ((market_offer *)out)->state);
	sim_free(out);
}

#define FROM(state) (1u << MARKET_OFFER_##state)

static void activate(sim *s)
{
	market_offer_activate_params in = MARKET_OFFER_ACTIVATE_PARAMS_INIT;

	offer_step(s, "offer.activate", &in, &in.offer, 0, MARKET_OFFER_ACTIVE);
}

static void pause_offer(sim *s)
{
	market_offer_pause_params in = MARKET_OFFER_PAUSE_PARAMS_INIT;

	offer_step(s, "offer.pause", &in, &in.offer, FROM(ACTIVE), MARKET_OFFER_PAUSED);
}

static void end_offer(sim *s)
{
	market_offer_end_params in = MARKET_OFFER_END_PARAMS_INIT;

	if (sim_chance(s, 80)) /* else soon nothing would be on sale */
		return;
	offer_step(s, "offer.end", &in, &in.offer, FROM(DRAFT) | FROM(ACTIVE) | FROM(PAUSED),
	           MARKET_OFFER_ENDED);
}

static void block(sim *s)
{
	market_offer_block_params in = MARKET_OFFER_BLOCK_PARAMS_INIT;

	in.reason = "banned";
	offer_step(s, "offer.block", &in, &in.offer, FROM(DRAFT) | FROM(ACTIVE) | FROM(PAUSED),
	           MARKET_OFFER_BLOCKED);
}

static void unblock(sim *s)
{
	market_offer_unblock_params in = MARKET_OFFER_UNBLOCK_PARAMS_INIT;

	offer_step(s, "offer.unblock", &in, &in.offer, FROM(BLOCKED), MARKET_OFFER_PAUSED);
}

static void create_warehouse(sim *s)
{
	market_warehouse_create_params in = MARKET_WAREHOUSE_CREATE_PARAMS_INIT;
	size_t i = any(s, s->sellers.n);
	sim_seller *sel;
	void *out;

	if (i == SIM_NONE || s->sellers.at[i].n_warehouses == 2)
		return;
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	in.name = "shed";
	in.country = sim_chance(s, 10) ? "bR" : "BR";
	if (sim_run(s, "warehouse.create", &in, &out, in.country[0] == 'b' ? MARKET_EINVALID : 0))
		sel->warehouse[sel->n_warehouses++] = ((market_warehouse *)out)->id;
	sim_free(out);
}

static size_t stock_in(const sim *s, size_t sku, market_id warehouse)
{
	for (size_t i = 0; i < s->stocks.n; i++)
		if (s->stocks.at[i].sku == sku && s->stocks.at[i].warehouse.id == warehouse.id)
			return i;
	return SIM_NONE;
}

/* A SKU and one of its seller's warehouses. */
static bool pick_stock(sim *s, size_t *sku, market_id *warehouse)
{
	const sim_seller *sel;

	*sku = any(s, s->skus.n);
	if (*sku == SIM_NONE)
		return false;
	sel = &s->sellers.at[s->offers.at[s->skus.at[*sku].offer].seller];
	if (sel->n_warehouses == 0)
		return false;
	*warehouse = sel->warehouse[sim_below(s, (int64_t)sel->n_warehouses)];
	return true;
}

static size_t new_stock(sim *s, size_t sku, market_id warehouse, market_id id)
{
	size_t i = SIM_ADD(s->stocks);

	s->stocks.at[i] = (sim_stock){.id = id, .sku = sku, .warehouse = warehouse};
	return i;
}

static void adjust(sim *s)
{
	market_stock_adjust_params in = MARKET_STOCK_ADJUST_PARAMS_INIT;
	size_t sku, i;
	int expected = 0;
	void *out;

	if (!pick_stock(s, &sku, &in.warehouse))
		return;
	i = stock_in(s, sku, in.warehouse);
	if (i == SIM_NONE && s->stocks.n == MOST_STOCKS)
		return;
	in.sku = s->skus.at[sku].id;
	in.delta = sim_below(s, 40) - 6;
	in.reason = "counted";
	if (in.delta == 0)
		expected = MARKET_EINVALID;
	else if (in.delta < 0 &&
	         (i == SIM_NONE || s->stocks.at[i].on_hand - s->stocks.at[i].reserved < -in.delta))
		expected = MARKET_ESTOCK;
	if (sim_run(s, "stock.adjust", &in, &out, expected)) {
		if (i == SIM_NONE)
			i = new_stock(s, sku, in.warehouse, ((market_stock *)out)->id);
		s->stocks.at[i].on_hand += in.delta;
		sim_same_stock(s, i, out);
	}
	sim_free(out);
}

static void set_stock(sim *s)
{
	market_stock_set_params in = MARKET_STOCK_SET_PARAMS_INIT;
	int64_t on_hand = sim_below(s, 40), low_at = sim_below(s, 5);
	size_t sku, i;
	int expected = 0;
	void *out;

	if (!pick_stock(s, &sku, &in.warehouse))
		return;
	i = stock_in(s, sku, in.warehouse);
	if (i == SIM_NONE && s->stocks.n == MOST_STOCKS)
		return;
	in.sku = s->skus.at[sku].id;
	in.on_hand = sim_chance(s, 80) ? &on_hand : NULL;
	in.low_at = sim_chance(s, 50) ? &low_at : NULL;
	if (!in.on_hand && (!in.low_at || i == SIM_NONE))
		expected = MARKET_EMISSING;
	else if (i != SIM_NONE && in.on_hand && on_hand < s->stocks.at[i].reserved)
		expected = MARKET_ESTOCK;
	if (sim_run(s, "stock.set", &in, &out, expected)) {
		if (i == SIM_NONE)
			i = new_stock(s, sku, in.warehouse, ((market_stock *)out)->id);
		if (in.on_hand)
			s->stocks.at[i].on_hand = on_hand;
		if (in.low_at)
			s->stocks.at[i].low_at = low_at;
		sim_same_stock(s, i, out);
	}
	sim_free(out);
}

/* Both warehouses may be the same one, and the first may have none of it. */
static void transfer_stock(sim *s)
{
	market_stock_transfer_params in = MARKET_STOCK_TRANSFER_PARAMS_INIT;
	size_t sku, from, to;
	int expected = 0;
	void *out;

	if (!pick_stock(s, &sku, &in.from))
		return;
	in.to = s->sellers.at[s->offers.at[s->skus.at[sku].offer].seller].warehouse[0];
	from = stock_in(s, sku, in.from);
	to = stock_in(s, sku, in.to);
	if (to == SIM_NONE && s->stocks.n == MOST_STOCKS)
		return;
	in.sku = s->skus.at[sku].id;
	in.quantity = 1 + sim_below(s, 12);
	if (in.from.id == in.to.id)
		expected = MARKET_EINVALID;
	else if (from == SIM_NONE ||
	         s->stocks.at[from].on_hand - s->stocks.at[from].reserved < in.quantity)
		expected = MARKET_ESTOCK;
	if (sim_run(s, "stock.transfer", &in, &out, expected)) {
		if (to == SIM_NONE)
			to = new_stock(s, sku, in.to, ((market_stock *)out)->id);
		s->stocks.at[from].on_hand -= in.quantity;
		s->stocks.at[to].on_hand += in.quantity;
		s->stocks.at[from].dirty = true;
		sim_same_stock(s, to, out);
	}
	sim_free(out);
}

static void take_stock(sim *s)
{
	market_stocktake_create_params in = MARKET_STOCKTAKE_CREATE_PARAMS_INIT;
	market_stocktake_count count = MARKET_STOCKTAKE_COUNT_INIT;
	const market_stocktake_count *counts[] = {&count};
	int64_t counted = sim_below(s, 40), before;
	size_t sku, i;
	int expected = 0;
	void *out;

	if (!pick_stock(s, &sku, &in.warehouse))
		return;
	i = stock_in(s, sku, in.warehouse);
	if (i == SIM_NONE && s->stocks.n == MOST_STOCKS)
		return;
	before = i == SIM_NONE ? 0 : s->stocks.at[i].on_hand;
	in.seller = s->sellers.at[s->offers.at[s->skus.at[sku].offer].seller].id;
	in.counts = counts;
	in.n_counts = 1;
	count.sku = s->skus.at[sku].id;
	count.counted = &counted;
	count.reason = sim_chance(s, 80) ? "counted" : NULL;
	if (counted != before && !count.reason)
		expected = MARKET_EMISSING;
	else if (i != SIM_NONE && counted < s->stocks.at[i].reserved)
		expected = MARKET_ESTOCK;
	if (sim_run(s, "stocktake.create", &in, &out, expected)) {
		const market_stocktake_line *line = ((market_stocktake *)out)->lines[0];

		if (i == SIM_NONE)
			i = new_stock(s, sku, in.warehouse, line->stock);
		s->stocks.at[i].on_hand = counted;
		s->stocks.at[i].dirty = true;
		sim_same(s, "difference of a stocktake", counted - before, line->difference);
	}
	sim_free(out);
}

const sim_action sim_catalog_actions[] = {
	{"product.create", create_product, 1},
	{"product.update", update_product, 1},
	{"product.propose", propose, 2},
	{"product.publish", publish, 3},
	{"product.reject", reject, 1},
	{"product.revise", revise, 1},
	{"offer.create", create_offer, 2},
	{"offer.update", update_offer, 4},
	{"offer.activate", activate, 12},
	{"offer.pause", pause_offer, 1},
	{"offer.end", end_offer, 1},
	{"offer.block", block, 1},
	{"offer.unblock", unblock, 3},
	{"warehouse.create", create_warehouse, 1},
	{"stock.adjust", adjust, 14},
	{"stock.set", set_stock, 3},
	{"stock.transfer", transfer_stock, 4},
	{"stocktake.create", take_stock, 3},
	{NULL, NULL, 0},
};

void sim_setup_catalog(sim *s)
{
	static const char *const codes[] = {"plain", "special"};
	void *out;

	for (size_t i = 0; i < 2; i++) {
		market_category_create_params in = MARKET_CATEGORY_CREATE_PARAMS_INIT;

		in.code = in.name = codes[i];
		if (sim_run(s, "category.create", &in, &out, 0))
			s->category[i] = ((market_category *)out)->id;
		sim_free(out);
	}
	for (int i = 0; i < 5; i++)
		create_product(s);
	for (int i = 0; i < 8; i++)
		create_warehouse(s);
	for (int i = 0; i < 8; i++)
		propose(s);
	for (int i = 0; i < 20; i++)
		publish(s);
	for (int i = 0; i < 8; i++)
		create_offer(s);
	for (int i = 0; i < 40; i++)
		activate(s);
	for (int i = 0; i < 60; i++)
		adjust(s);
}
