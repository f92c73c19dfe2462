/* ORD: checkouts. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

/* A checkout as it is asked for. */
typedef struct cart {
	market_place_item items[SIM_LINES];
	const market_place_item *item_list[SIM_LINES];
	market_place_discount discounts[3];
	const market_place_discount *discount_list[3];
	market_place_freight freight[2];
	const market_place_freight *freight_list[2];
	size_t skus[SIM_LINES], sellers[2], discount_sellers[3];
	size_t order_of[SIM_LINES]; /* of the items */
	market_order_place_params in;
} cart;

static bool on_sale(const sim *s, size_t sku)
{
	const sim_offer *offer = &s->offers.at[s->skus.at[sku].offer];

	const sim_seller *sel = &s->sellers.at[offer->seller];
	const bool away = sel->holiday_from != 0 && sel->holiday_from <= s->now &&
	                  (sel->holiday_to == 0 || sel->holiday_to > s->now);

	return sel->state == MARKET_SELLER_APPROVED && sel->gate_closed_at == 0 && !away &&
	       s->products.at[offer->product].state == MARKET_PRODUCT_PUBLISHED &&
	       offer->state == MARKET_OFFER_ACTIVE;
}

/* Mostly one that can be bought. */
static size_t choose_sku(sim *s)
{
	size_t sku = (size_t)sim_below(s, (int64_t)s->skus.n);

	for (int tries = 0; tries < 5 && !on_sale(s, sku); tries++)
		sku = (size_t)sim_below(s, (int64_t)s->skus.n);
	return sku;
}

static void fill_cart(sim *s, cart *c, bool rich)
{
	market_order_place_params *in = &c->in;

	in->n_items = (size_t)(1 + sim_below(s, 3));
	for (size_t i = 0; i < in->n_items; i++) {
		c->items[i] = (market_place_item)MARKET_PLACE_ITEM_INIT;
		c->skus[i] = choose_sku(s);
		c->items[i].sku = s->skus.at[c->skus[i]].id;
		c->items[i].quantity = 1 + sim_below(s, 4);
		if (sim_chance(s, 30))
			c->items[i].price = sim_money(s->skus.at[c->skus[i]].price + sim_chance(s, 10));
		if (rich && sim_chance(s, 30))
			c->items[i].affiliate = "bo";
		c->item_list[i] = &c->items[i];
	}
	in->items = c->item_list;
	in->n_discounts = rich && sim_chance(s, 50) ? (size_t)(1 + sim_below(s, 3)) : 0;
	for (size_t i = 0; i < in->n_discounts; i++) {
		static const char *const funders[] = {"seller", "platform", "platform", "acme"};

		c->discounts[i] = (market_place_discount)MARKET_PLACE_DISCOUNT_INIT;
		c->discounts[i].funder = funders[sim_below(s, 4)];
		c->discounts[i].amount = sim_money(1 + sim_below(s, sim_chance(s, 10) ? 20000 : 900));
		c->discount_sellers[i] = SIM_NONE;
		if (sim_chance(s, 40)) {
			c->discount_sellers[i] = s->offers.at[s->skus.at[c->skus[0]].offer].seller;
			c->discounts[i].seller = s->sellers.at[c->discount_sellers[i]].id;
		}
		c->discount_list[i] = &c->discounts[i];
	}
	in->discounts = c->discount_list;
	in->n_freight = rich && sim_chance(s, 50) ? 1 : 0;
	c->freight[0] = (market_place_freight)MARKET_PLACE_FREIGHT_INIT;
	c->sellers[0] = sim_chance(s, 95) ? s->offers.at[s->skus.at[c->skus[0]].offer].seller
	                                  : (size_t)sim_below(s, (int64_t)s->sellers.n);
	c->freight[0].seller = s->sellers.at[c->sellers[0]].id;
	c->freight[0].amount = sim_money(sim_below(s, 2500));
	c->freight_list[0] = &c->freight[0];
	in->freight = c->freight_list;
}

/* CAT-6, ORD-5, CAT-7: may it be bought, at that price, and is there enough? */
static int check_items(const sim *s, const cart *c, size_t *stocks)
{
	for (size_t i = 0; i < c->in.n_items; i++)
		if (!on_sale(s, c->skus[i]))
			return MARKET_EPURCHASABLE;
	for (size_t i = 0; i < c->in.n_items; i++)
		if (c->items[i].price.currency[0] &&
		    c->items[i].price.amount != s->skus.at[c->skus[i]].price)
			return MARKET_ECHANGED;
	for (size_t i = 0; i < c->in.n_items; i++) {
		stocks[i] = SIM_NONE; /* the oldest warehouse that has enough */
		for (size_t k = 0; k < s->stocks.n; k++) {
			int64_t left = s->stocks.at[k].on_hand - s->stocks.at[k].reserved;

			for (size_t j = 0; j < i; j++)
				left -= stocks[j] == k ? c->items[j].quantity : 0;
			if (s->stocks.at[k].sku == c->skus[i] && left >= c->items[i].quantity &&
			    (stocks[i] == SIM_NONE ||
			     s->stocks.at[k].warehouse.id < s->stocks.at[stocks[i]].warehouse.id))
				stocks[i] = k;
		}
		if (stocks[i] == SIM_NONE)
			return MARKET_ESTOCK;
	}
	return 0;
}

/* ORD-1: one order for each seller, or its warehouses, in the order in which they come. */
static size_t make_orders(sim *s, cart *c, const size_t *stocks, size_t buyer, sim_order *orders)
{
	size_t n = 0;

	for (size_t i = 0; i < c->in.n_items; i++) {
		const sim_sku *sku = &s->skus.at[c->skus[i]];
		size_t seller = s->offers.at[sku->offer].seller, k = 0;
		sim_order *o;

		while (k < n &&
		       (orders[k].seller != seller ||
		        (s->policy.by_warehouse && s->stocks.at[orders[k].lines[0].stock].warehouse.id !=
		                                       s->stocks.at[stocks[i]].warehouse.id)))
			k++;
		c->order_of[i] = k;
		if (k == n)
			orders[n++] = (sim_order){.buyer = buyer,
			                          .seller = seller,
			                          .state = MARKET_ORDER_WAIT_PAY,
			                          .escrow = MARKET_ESCROW_NONE,
			                          .created_at = s->now,
			                          .pay_by = s->now + 30 * SIM_MINUTE,
			                          .dirty = true};
		o = &orders[k];
		o->lines[o->n_lines++] = (sim_line){.sku = c->skus[i],
		                                    .stock = stocks[i],
		                                    .product = s->offers.at[sku->offer].product,
		                                    .quantity = c->items[i].quantity,
		                                    .price = sku->price,
		                                    .cash = sku->price * c->items[i].quantity,
		                                    .affiliate = c->items[i].affiliate != NULL};
	}
	return n;
}

/* The lines that a discount concerns, in the order of the cart. */
static size_t concerned(const cart *c, size_t discount, sim_order *orders, sim_line **lines)
{
	size_t used[SIM_LINES] = {0}, count = 0;

	for (size_t i = 0; i < c->in.n_items; i++) {
		size_t k = c->order_of[i];

		if (c->discount_sellers[discount] == SIM_NONE ||
		    c->discount_sellers[discount] == orders[k].seller)
			lines[count++] = &orders[k].lines[used[k]];
		used[k]++;
	}
	return count;
}

static int seller_discount(const cart *c, size_t d, sim_order *orders)
{
	sim_line *lines[SIM_LINES];
	int64_t weights[SIM_LINES], parts[SIM_LINES], sum = 0;
	size_t count = concerned(c, d, orders, lines);

	for (size_t i = 0; i < count; i++)
		sum += weights[i] = lines[i]->cash;
	if (sum < c->discounts[d].amount.amount)
		return MARKET_EINVALID;
	sim_divide(c->discounts[d].amount.amount, weights, count, parts);
	for (size_t i = 0; i < count; i++) {
		lines[i]->seller_discount += parts[i];
		lines[i]->cash -= parts[i];
	}
	return 0;
}

/* PRO-1: over the sellers, then over the lines of each. */
static int third_discount(const cart *c, size_t d, sim_order *orders, size_t n)
{
	int64_t weights[SIM_LINES] = {0}, shares[SIM_LINES], parts[SIM_LINES], sum = 0;
	const char *funder = c->discounts[d].funder;

	for (size_t k = 0; k < n; k++) {
		if (c->discount_sellers[d] != SIM_NONE && c->discount_sellers[d] != orders[k].seller)
			continue;
		for (size_t i = 0; i < orders[k].n_lines; i++)
			weights[k] += orders[k].lines[i].cash;
		sum += weights[k];
	}
	if (sum < c->discounts[d].amount.amount)
		return MARKET_EINVALID;
	sim_divide(c->discounts[d].amount.amount, weights, n, shares);
	for (size_t k = 0; k < n; k++) {
		int64_t of_lines[SIM_LINES];

		for (size_t i = 0; i < orders[k].n_lines; i++)
			of_lines[i] = orders[k].lines[i].cash;
		sim_divide(shares[k], of_lines, orders[k].n_lines, parts);
		for (size_t i = 0; i < orders[k].n_lines; i++) {
			sim_line *line = &orders[k].lines[i];

			if (parts[i] == 0)
				continue;
			if (line->funder[0] && strcmp(line->funder, funder) != 0)
				return MARKET_EINVALID;
			snprintf(line->funder, sizeof(line->funder), "%s", funder);
			line->promo += parts[i];
			line->cash -= parts[i];
		}
	}
	return 0;
}

static int price_orders(sim *s, const cart *c, sim_order *orders, size_t n)
{
	int rc = 0;

	for (size_t d = 0; rc == 0 && d < c->in.n_discounts; d++)
		if (strcmp(c->discounts[d].funder, "seller") == 0)
			rc = seller_discount(c, d, orders);
	for (size_t d = 0; rc == 0 && d < c->in.n_discounts; d++)
		if (strcmp(c->discounts[d].funder, "seller") != 0)
			rc = third_discount(c, d, orders, n);
	for (size_t f = 0; rc == 0 && f < c->in.n_freight; f++) {
		size_t k = 0;

		while (k < n && orders[k].seller != c->sellers[f])
			k++;
		if (k == n)
			return MARKET_EINVALID;
		orders[k].freight += c->freight[f].amount.amount;
	}
	for (size_t k = 0; rc == 0 && k < n; k++) {
		sim_order *o = &orders[k];

		for (size_t i = 0; i < o->n_lines; i++) {
			o->items += o->lines[i].price * o->lines[i].quantity;
			o->seller_discount += o->lines[i].seller_discount;
			o->promo += o->lines[i].promo;
			o->cash += o->lines[i].cash;
		}
		o->cash += o->freight;
		sim_freeze_fees(s, o);
	}
	return rc;
}

/* The model has the checkout as the market made it: identifiers are learnt from the answer. */
static void keep(sim *s, const market_order_group *got, sim_order *orders, size_t n, size_t buyer,
                 const char *method)
{
	size_t group = SIM_ADD(s->groups), payment;
	bool late = false;

	s->groups.at[group].id = got->id;
	s->groups.at[group].buyer = buyer;
	s->groups.at[group].n_orders = n;
	sim_same(s, "orders of a checkout", (int64_t)n, (int64_t)got->n_orders);
	for (size_t k = 0; !s->failed && k < n; k++) {
		size_t i = SIM_ADD(s->orders);

		orders[k].id = got->orders[k]->id;
		orders[k].group = group;
		for (size_t l = 0; l < orders[k].n_lines && l < got->orders[k]->n_lines; l++)
			orders[k].lines[l].id = got->orders[k]->lines[l]->id;
		for (size_t l = 0; l < orders[k].n_lines; l++) {
			s->stocks.at[orders[k].lines[l].stock].reserved += orders[k].lines[l].quantity;
			s->stocks.at[orders[k].lines[l].stock].dirty = true;
		}
		s->orders.at[i] = orders[k];
		s->groups.at[group].orders[k] = i;
		s->groups.at[group].total += orders[k].cash;
	}
	sim_same_money(s, "total of a checkout", s->groups.at[group].total, got->total);
	payment = sim_payment_new(s, group, s->groups.at[group].orders, n, method);
	s->payments.at[payment].id = got->payment;
	if (s->groups.at[group].total == 0)
		sim_payment_capture(s, payment, NULL, &late, s->now);
	for (size_t k = 0; !s->failed && k < n; k++)
		sim_same_order(s, s->groups.at[group].orders[k], got->orders[k]);
}

void sim_order_place(sim *s)
{
	cart c = {.in = MARKET_ORDER_PLACE_PARAMS_INIT};
	size_t buyer = (size_t)sim_below(s, (int64_t)s->buyers.n), stocks[SIM_LINES], n = 0;
	bool rich = sim_chance(s, 70), rights = true;
	sim_order orders[SIM_LINES];
	void *out;
	int rc;

	if (s->skus.n == 0)
		return;
	fill_cart(s, &c, rich);
	c.in.buyer = s->buyers.at[buyer];
	c.in.currency = SIM_CURRENCY;
	c.in.method = sim_chance(s, 70) ? "card" : NULL;
	if (!rich || sim_chance(s, 3)) {
		sim_as(s, MARKET_ACTOR_BUYER, s->buyers.at[buyer]);
		rights = !rich || (c.in.n_discounts == 0 && c.in.n_freight == 0);
		for (size_t i = 0; i < c.in.n_items; i++)
			rights = rights && !c.items[i].affiliate;
	}
	if (rights && sim_buyer_limited(s, buyer, MARKET_ACTION_NO_ORDER, s->now))
		rc = MARKET_ELIMITED;
	else
		rc = rights ? check_items(s, &c, stocks) : MARKET_EDENIED;
	if (rc == 0) {
		n = make_orders(s, &c, stocks, buyer, orders);
		rc = price_orders(s, &c, orders, n);
	}
	if (sim_run(s, "order.place", &c.in, &out, rc))
		keep(s, out, orders, n, buyer, c.in.method);
	else
		n = 0;
	sim_free(out);
	sim_as_operator(s);
	if (n > 0 && sim_chance(s, 60)) { /* most buyers pay at once */
		sim_check_touched(s);
		sim_pay(s, s->payments.n - 1);
	}
}
