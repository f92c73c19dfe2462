#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmarket/op/op.h"
#include "tests/unit/catalog_fixture.h"

void suite_stock(void);

/* An operation of the tests: what a checkout, a payment and a closing do to stock. */
enum { RESERVE = 1, COMMIT, RELEASE, RETURN };

typedef struct test_want {
	uint32_t size;
	market_id sku;
	market_id warehouse;
	int64_t quantity;
} test_want;

typedef struct test_move_params {
	uint32_t size;
	const char *key;
	int64_t what;
	market_id stock;
	int64_t quantity;
	const test_want *const *wants;
	size_t n_wants;
} test_move_params;

static const mk_field want_fields[] = {
	MK_F_ID(test_want, sku, SKU, MK_REQUIRED, "the SKU"),
	MK_F_ID(test_want, warehouse, WAREHOUSE, 0, "from where"),
	MK_F_INT(test_want, quantity, MK_REQUIRED, 1, MK_MAX_QUANTITY, "how many"),
};
static const mk_record want_record =
	MK_SIZED_OF("test_want", test_want, want_fields, "what is wanted");
static const mk_field move_fields[] = {
	MK_F_INT(test_move_params, what, MK_REQUIRED, 1, 4, "what is done"),
	MK_F_ID(test_move_params, stock, STOCK, 0, "the stock row"),
	MK_F_INT(test_move_params, quantity, 0, 0, MK_MAX_QUANTITY, "how many"),
	MK_F_LIST(test_move_params, wants, test_want, want_record, 0, 0, MK_MAX_LINES,
              "what is wanted"),
};
static const mk_record move_params =
	MK_PARAMS_OF("test_move_params", test_move_params, move_fields, "a move");

static int reserve(mk_ctx *ctx, const test_move_params *in, market_error *err)
{
	mk_item **items = MK_NEW_ARRAY(ctx->arena, mk_item *, in->n_wants + 1);
	mk_want *wants = MK_NEW_ARRAY(ctx->arena, mk_want, in->n_wants + 1);
	size_t failed = 0;
	int rc;

	if (!items || !wants)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < in->n_wants; i++)
		wants[i] = (mk_want){in->wants[i]->sku, in->wants[i]->warehouse, in->wants[i]->quantity};
	rc = mk_catalog_items(ctx, wants, in->n_wants, items, &failed, err);
	if (rc == 0)
		rc = mk_stock_choose(ctx, items, in->n_wants, NULL, &failed, err);
	if (rc == 0)
		mk_stock_reserve(ctx, items, in->n_wants);
	else
		mk_error_prefix(err, "wants[%zu]", failed);
	return rc;
}

static int move(mk_ctx *ctx, const void *params, market_error *err)
{
	const test_move_params *in = params;

	switch (in->what) {
	case RESERVE:
		return reserve(ctx, in, err);
	case COMMIT:
		mk_stock_commit(ctx, in->stock, in->quantity);
		return 0;
	case RELEASE:
		mk_stock_release(ctx, in->stock, in->quantity);
		return 0;
	default:
		mk_stock_return(ctx, in->stock, in->quantity);
		return 0;
	}
}

static const mk_op move_op = {
	.name = "test.move",
	.summary = "Moves stock.",
	.since = "0.1",
	.params = &move_params,
	.result = &mk_stock_record,
	.relations = MK_RELATIONS({MK_REL_ANYONE, 0}),
	.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EPURCHASABLE, MARKET_ESTOCK, MARKET_ECORRUPT),
	.flags = MK_OP_WRITES | MK_OP_STOCK,
	.handler = move,
};

static int take_two(shop *s, const test_want *first, const test_want *second, market_error *err)
{
	const test_want *const list[] = {first, second};
	const test_move_params in = {
		.size = sizeof(in), .what = RESERVE, .wants = list, .n_wants = second ? 2 : 1};

	return mk_op_run(s->staff, &move_op, &in, NULL, err);
}

static test_want want(market_id sku, market_id warehouse, int64_t quantity)
{
	return (test_want){
		.size = sizeof(test_want), .sku = sku, .warehouse = warehouse, .quantity = quantity};
}

static int take(shop *s, market_id sku, int64_t quantity, market_error *err)
{
	const test_want one = want(sku, (market_id){0, 0}, quantity);

	return take_two(s, &one, NULL, err);
}

static int pass(shop *s, int64_t what, market_id stock, int64_t quantity, market_error *err)
{
	const test_move_params in = {
		.size = sizeof(in), .what = what, .stock = stock, .quantity = quantity};

	return mk_op_run(s->staff, &move_op, &in, NULL, err);
}

#define CHECK_STOCK(sku, warehouse, has, holds, gone) \
	do { \
		const market_stock found = shop_stock(&s, (sku), (warehouse)); \
		CHECK_INT(found.on_hand, (has)); \
		CHECK_INT(found.reserved, (holds)); \
		CHECK_INT(found.sold, (gone)); \
		CHECK_INT(found.available, (has) - (holds)); \
	} while (0)

static int64_t write_text(shop *s, const char *sql)
{
	const mk_statement statement = {.name = "test_write", .table = "any", .sql = sql, .scan = true};
	market_error err;
	int64_t rows;

	CHECK_OK(mk_store_begin(s->market->store, true, &err));
	rows = mk_store_write(s->market->store, &statement, MK_NO_ARGS, &err);
	CHECK_OK(mk_store_commit(s->market->store, &err));
	return rows;
}

/* ---- CAT-6 ---- */

static void purchasable_seller(void)
{
	shop s;
	market_error err;
	market_seller_reason_params in = MARKET_SELLER_REASON_PARAMS_INIT;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	CHECK_OK(take(&s, s.red, 1, &err));
	in.seller = s.seller;
	in.reason = "fraud";
	CHECK_OK(market_seller_suspend(s.staff, &in, NULL, &err));
	CHECK_ERROR(take(&s, s.red, 1, &err), MARKET_EPURCHASABLE, "wants[0].sku");
	CHECK_OK(market_seller_reinstate(s.staff, &in, NULL, &err));
	CHECK_OK(take(&s, s.red, 1, &err));
	CHECK_STOCK(s.red, s.warehouse, 5, 2, 0);
	shop_close(&s);
}

static void purchasable_offer(void)
{
	shop s;
	market_error err;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	CHECK_OK(shop_step(s.owner, "offer.pause", s.offer, NULL, &err));
	CHECK_ERROR(take(&s, s.red, 1, &err), MARKET_EPURCHASABLE, "wants[0].sku");
	CHECK_OK(shop_step(s.owner, "offer.activate", s.offer, NULL, &err));
	CHECK_OK(take(&s, s.red, 1, &err));
	CHECK_OK(shop_step(s.staff, "offer.block", s.offer, "a complaint", &err));
	CHECK_ERROR(take(&s, s.red, 1, &err), MARKET_EPURCHASABLE, "wants[0].sku");
	CHECK_OK(shop_step(s.staff, "offer.unblock", s.offer, NULL, &err));
	CHECK_OK(shop_step(s.owner, "offer.end", s.offer, NULL, &err));
	CHECK_ERROR(take(&s, s.red, 1, &err), MARKET_EPURCHASABLE, "wants[0].sku");
	s.red = (market_id){0, 0};
	(void)shop_offer(&s, s.product);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	CHECK_ERROR(take(&s, s.red, 1, &err), MARKET_EPURCHASABLE, "wants[0].sku");
	shop_close(&s);
}

static void purchasable_product(void)
{
	shop s;
	market_error err;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	CHECK_INT(write_text(&s, "UPDATE product SET state = 4 WHERE book_id = 0"), 1);
	CHECK_ERROR(take(&s, s.red, 1, &err), MARKET_EPURCHASABLE, "wants[0].sku");
	CHECK_INT(write_text(&s, "UPDATE product SET state = 3 WHERE book_id = 0"), 1);
	CHECK_OK(take(&s, s.red, 1, &err));
	shop_close(&s);
}

static void purchasable_stock(void)
{
	shop s;
	market_error err;

	shop_open(&s, true);
	CHECK_ERROR(take(&s, s.red, 1, &err), MARKET_ESTOCK, "wants[0].quantity");
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 3, &err));
	CHECK_ERROR(take(&s, s.red, 4, &err), MARKET_ESTOCK, "wants[0].quantity");
	CHECK_STOCK(s.red, s.warehouse, 3, 0, 0);
	CHECK_OK(take(&s, s.red, 3, &err));
	CHECK_STOCK(s.red, s.warehouse, 3, 3, 0);
	CHECK_ERROR(take(&s, s.red, 1, &err), MARKET_ESTOCK, "wants[0].quantity");
	shop_close(&s);
}

static void errors_in_order(void)
{
	shop s;
	market_error err;
	test_want gone, unknown, scarce;

	shop_open(&s, true);
	CHECK_OK(shop_step(s.owner, "offer.pause", s.offer, NULL, &err));
	gone = want(s.red, (market_id){0, 0}, 1);
	unknown = want((market_id){s.seller.book, 4711}, (market_id){0, 0}, 1);
	scarce = want(s.blue, (market_id){0, 0}, 1);
	CHECK_ERROR(take_two(&s, &gone, &unknown, &err), MARKET_ENOTFOUND, "wants[1].sku");
	CHECK_ERROR(take_two(&s, &scarce, &gone, &err), MARKET_EPURCHASABLE, "wants[0].sku");
	CHECK_OK(shop_step(s.owner, "offer.activate", s.offer, NULL, &err));
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 1, &err));
	CHECK_ERROR(take_two(&s, &gone, &scarce, &err), MARKET_ESTOCK, "wants[1].quantity");
	CHECK_STOCK(s.red, s.warehouse, 1, 0, 0);
	unknown = want((market_id){4711, 4711}, (market_id){0, 0}, 1);
	CHECK_ERROR(take_two(&s, &unknown, NULL, &err), MARKET_ENOTFOUND, "wants[0].sku");
	shop_close(&s);
}

/* ---- CAT-7 ---- */

static void stock_flows(void)
{
	shop s;
	market_error err;
	market_id stock;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 10, &err));
	stock = shop_stock(&s, s.red, s.warehouse).id;
	CHECK_OK(take(&s, s.red, 6, &err));
	CHECK_STOCK(s.red, s.warehouse, 10, 6, 0);
	CHECK_OK(pass(&s, COMMIT, stock, 4, &err));
	CHECK_STOCK(s.red, s.warehouse, 6, 2, 4);
	CHECK_OK(pass(&s, RELEASE, stock, 2, &err));
	CHECK_STOCK(s.red, s.warehouse, 6, 0, 4);
	CHECK_OK(pass(&s, RETURN, stock, 3, &err));
	CHECK_STOCK(s.red, s.warehouse, 9, 0, 1);
	shop_close(&s);
}

static void stock_never_negative(void)
{
	shop s;
	market_error err;
	market_id stock;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	stock = shop_stock(&s, s.red, s.warehouse).id;
	CHECK_OK(take(&s, s.red, 2, &err));
	CHECK_ERROR(pass(&s, COMMIT, stock, 3, &err), MARKET_ECORRUPT, NULL);
	CHECK_ERROR(pass(&s, RELEASE, stock, 3, &err), MARKET_ECORRUPT, NULL);
	CHECK_ERROR(pass(&s, RETURN, stock, 1, &err), MARKET_ECORRUPT, NULL);
	CHECK_STOCK(s.red, s.warehouse, 5, 2, 0);
	CHECK_OK(pass(&s, COMMIT, stock, 2, &err));
	CHECK_ERROR(pass(&s, RETURN, stock, 3, &err), MARKET_ECORRUPT, NULL);
	CHECK_STOCK(s.red, s.warehouse, 3, 0, 2);
	shop_close(&s);
}

static int stock_writes;

static void count_stock_writes(const mk_trace *trace, void *user_data)
{
	(void)user_data;
	if (trace->write && trace->statement->table && strcmp(trace->statement->table, "stock") == 0)
		stock_writes++;
}

static void lines_share_a_row(void)
{
	shop s;
	market_error err;
	test_want first, second;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	first = want(s.red, (market_id){0, 0}, 3);
	second = want(s.red, (market_id){0, 0}, 3);
	CHECK_ERROR(take_two(&s, &first, &second, &err), MARKET_ESTOCK, "wants[1].quantity");
	CHECK_STOCK(s.red, s.warehouse, 5, 0, 0);
	second.quantity = 2;
	stock_writes = 0;
	mk_store_set_trace(s.market->store, count_stock_writes, NULL);
	CHECK_OK(take_two(&s, &first, &second, &err));
	mk_store_set_trace(s.market->store, NULL, NULL);
	CHECK_INT(stock_writes, 1);
	CHECK_STOCK(s.red, s.warehouse, 5, 5, 0);
	shop_close(&s);
}

static void warehouses_are_chosen(void)
{
	shop s;
	market_error err;
	test_want first, second;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 2, &err));
	CHECK_OK(shop_adjust(&s, s.red, s.second, 4, &err));
	/* the first that has enough */
	CHECK_OK(take(&s, s.red, 3, &err));
	CHECK_STOCK(s.red, s.warehouse, 2, 0, 0);
	CHECK_STOCK(s.red, s.second, 4, 3, 0);
	/* together there are three left, but in no one warehouse */
	CHECK_ERROR(take(&s, s.red, 3, &err), MARKET_ESTOCK, "wants[0].quantity");
	/* the one named, though the other has more */
	first = want(s.red, s.second, 2);
	CHECK_ERROR(take_two(&s, &first, NULL, &err), MARKET_ESTOCK, "wants[0].quantity");
	/* two lines from two warehouses */
	first = want(s.red, (market_id){0, 0}, 2);
	second = want(s.red, (market_id){0, 0}, 1);
	CHECK_OK(take_two(&s, &first, &second, &err));
	CHECK_STOCK(s.red, s.warehouse, 2, 2, 0);
	CHECK_STOCK(s.red, s.second, 4, 4, 0);
	shop_close(&s);
}

static void adjustments(void)
{
	shop s;
	market_error err;

	shop_open(&s, true);
	CHECK_ERROR(shop_adjust(&s, s.red, s.warehouse, -1, &err), MARKET_ESTOCK, "delta");
	CHECK_ERROR(shop_adjust(&s, s.red, s.warehouse, 0, &err), MARKET_EINVALID, "delta");
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	CHECK_OK(take(&s, s.red, 2, &err));
	CHECK_ERROR(shop_adjust(&s, s.red, s.warehouse, -4, &err), MARKET_ESTOCK, "delta");
	CHECK_STOCK(s.red, s.warehouse, 5, 2, 0);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, -3, &err));
	CHECK_STOCK(s.red, s.warehouse, 2, 2, 0);
	CHECK_ERROR(shop_adjust(&s, s.red, s.warehouse, MK_MAX_STOCK - 1, &err), MARKET_ELIMIT,
	            "delta");
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, MK_MAX_STOCK - 2, &err));
	CHECK_ERROR(shop_adjust(&s, s.red, (market_id){s.rival_seller.book, 4711}, 1, &err),
	            MARKET_ENOTFOUND, "warehouse");
	shop_close(&s);
}

static void counts(void)
{
	shop s;
	market_error err;
	market_stock_set_params in = MARKET_STOCK_SET_PARAMS_INIT;
	int64_t on_hand = 4;

	shop_open(&s, true);
	in.sku = s.red;
	in.warehouse = s.warehouse;
	CHECK_ERROR(market_stock_set(s.owner, &in, NULL, &err), MARKET_EMISSING, "on_hand");
	CHECK_ERROR(shop_threshold(&s, s.red, s.warehouse, 3, &err), MARKET_EMISSING, "on_hand");
	in.on_hand = &on_hand;
	CHECK_OK(market_stock_set(s.owner, &in, NULL, &err));
	CHECK_OK(take(&s, s.red, 3, &err));
	on_hand = 2;
	CHECK_ERROR(market_stock_set(s.owner, &in, NULL, &err), MARKET_ESTOCK, "on_hand");
	on_hand = 3;
	CHECK_OK(market_stock_set(s.owner, &in, NULL, &err));
	CHECK_STOCK(s.red, s.warehouse, 3, 3, 0);
	on_hand = 0;
	in.sku = s.blue;
	CHECK_OK(market_stock_set(s.owner, &in, NULL, &err));
	CHECK_STOCK(s.blue, s.warehouse, 0, 0, 0);
	shop_close(&s);
}

static void low_stock(void)
{
	shop s;
	market_error err;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 10, &err));
	CHECK_OK(shop_threshold(&s, s.red, s.warehouse, 4, &err));
	CHECK_OK(take(&s, s.red, 5, &err));
	CHECK_INT(shop_events(&s, "stock.low"), 0);
	CHECK_OK(take(&s, s.red, 1, &err));
	CHECK_INT(shop_events(&s, "stock.low"), 1);
	CHECK_OK(take(&s, s.red, 1, &err));
	CHECK_INT(shop_events(&s, "stock.low"), 1);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, -4, &err));
	CHECK_INT(shop_events(&s, "stock.low"), 2);
	/* raised by the threshold itself, and without one when sold out */
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 6, &err));
	CHECK_OK(shop_threshold(&s, s.red, s.warehouse, 10, &err));
	CHECK_INT(shop_events(&s, "stock.low"), 3);
	CHECK_OK(shop_adjust(&s, s.blue, s.warehouse, 2, &err));
	CHECK_OK(take(&s, s.blue, 1, &err));
	CHECK_INT(shop_events(&s, "stock.low"), 3);
	CHECK_OK(take(&s, s.blue, 1, &err));
	CHECK_INT(shop_events(&s, "stock.low"), 4);
	shop_close(&s);
}

/* Another buyer's reservation, made between the reads and the flush. */
typedef struct thief {
	shop *shop;
	int64_t quantity;
	bool done;
} thief;

static int steal(mk_store *store, void *user_data)
{
	static const mk_statement statement = {
		.name = "test_steal",
		.table = "stock",
		.sql =
			"UPDATE stock SET reserved = reserved + ?1, version = version + 1 WHERE book_id = ?2",
		.scan = true,
	};
	thief *t = user_data;
	const mk_store_options options = {.allocator = &mk_allocator_default};
	mk_store *other = store;
	int64_t rows = 0;

	if (t->done)
		return 0;
	t->done = true;
	if (test_on_postgres() && mk_store_open(&t->shop->market->url, &options, &other, NULL) != 0)
		return 0;
	if (other != store)
		(void)mk_store_begin(other, true, NULL);
	rows = mk_store_write(other, &statement,
	                      MK_ARGS(mk_int(t->quantity), mk_int(t->shop->seller.book)), NULL);
	CHECK_INT(rows, 1);
	if (other != store) {
		(void)mk_store_commit(other, NULL);
		mk_store_close(other);
	}
	return 0;
}

static void conflicting_reservation(void)
{
	shop s;
	market_error err;
	market_stock stock;
	int rc = 0;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, 5, &err));
	for (int64_t stolen = 1; stolen <= 2; stolen++) {
		thief t = {.shop = &s, .quantity = stolen};

		mk_store_set_before_flush(s.market->store, steal, &t);
		rc = take(&s, s.red, 2, &err);
		mk_store_set_before_flush(s.market->store, NULL, NULL);
		CU_ASSERT(t.done);
		CU_ASSERT(rc == 0 || rc == MARKET_ESTOCK);
		stock = shop_stock(&s, s.red, s.warehouse);
		CU_ASSERT(stock.available >= 0);
		CHECK_INT(stock.on_hand, 5);
	}
	/* the second thief leaves nothing; only SQLite undoes it, with the run that it disturbed */
	CHECK_INT(stock.reserved, 5);
	CHECK_INT(rc, test_on_postgres() ? MARKET_ESTOCK : 0);
	shop_close(&s);
}

/* One is taken and one stolen meanwhile; on SQLite the theft is undone. */
static void cross_with_thief(int64_t there, int64_t low_at, int events)
{
	shop s;
	market_error err;
	thief t = {.shop = &s, .quantity = 1};

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, there, &err));
	CHECK_OK(shop_threshold(&s, s.red, s.warehouse, low_at, &err));
	mk_store_set_before_flush(s.market->store, steal, &t);
	CHECK_OK(take(&s, s.red, 1, &err));
	mk_store_set_before_flush(s.market->store, NULL, NULL);
	CU_ASSERT(t.done);
	CHECK_INT(shop_stock(&s, s.red, s.warehouse).available, there - (test_on_postgres() ? 2 : 1));
	CHECK_INT(shop_events(&s, "stock.low"), events);
	shop_close(&s);
}

static void crossing_under_conflict(void)
{
	/* both read 7, neither would cross 5 by itself */
	cross_with_thief(7, 5, test_on_postgres() ? 1 : 0);
	/* both read 2 and would come to 1: only the first tells */
	cross_with_thief(2, 1, test_on_postgres() ? 0 : 1);
}

/* Buys one by one until nothing is left. */
static void buy_all(const shop *parent)
{
	shop s = *parent;
	market_options options = MARKET_OPTIONS_INIT;
	const market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "child", .rights = MARKET_RIGHT_ALL};
	market_error err;
	int rc = 0, n = 0;

	if (market_open(s.url, &options, &s.market, &err) != 0 ||
	    market_session_open(s.market, &actor, &s.staff, &err) != 0)
		_exit(255);
	while (rc == 0 || rc == MARKET_ECONFLICT || rc == MARKET_EBUSY) {
		rc = take(&s, s.red, 1, &err);
		n += rc == 0;
	}
	market_session_close(s.staff);
	market_close(s.market);
	_exit(rc == MARKET_ESTOCK ? n : 255);
}

static void concurrent_buyers(void)
{
	enum { CHILDREN = 4, UNITS = 60 };
	shop s;
	market_error err;
	pid_t children[CHILDREN];
	int status, sold = 0;

	shop_open(&s, true);
	CHECK_OK(shop_adjust(&s, s.red, s.warehouse, UNITS, &err));
	CHECK_OK(shop_threshold(&s, s.red, s.warehouse, 10, &err));
	shop_leave(&s);
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		if (children[i] == 0)
			buy_all(&s);
	}
	for (int i = 0; i < CHILDREN; i++) {
		CU_ASSERT(children[i] > 0 && waitpid(children[i], &status, 0) == children[i]);
		CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) != 255);
		sold += WEXITSTATUS(status);
	}
	shop_return(&s);
	CHECK_INT(sold, UNITS);
	CHECK_STOCK(s.red, s.warehouse, UNITS, UNITS, 0);
	CHECK_INT(shop_events(&s, "stock.low"), 1);
	shop_close(&s);
}

void suite_stock(void)
{
	CU_pSuite s = test_suite_on_store("stock");

	CU_add_test(s, "CAT-6: nothing is bought of a seller who isn't approved", purchasable_seller);
	CU_add_test(s, "CAT-6: nothing is bought of an offer that isn't active", purchasable_offer);
	CU_add_test(s, "CAT-6: nothing is bought of a product that isn't published",
	            purchasable_product);
	CU_add_test(s, "CAT-6: the last unit is bought and not one more", purchasable_stock);
	CU_add_test(s, "CAT-6: not found comes before not purchasable, and that before out of stock",
	            errors_in_order);
	CU_add_test(s, "CAT-7: reserved at order, sold at payment, free at close, back on return",
	            stock_flows);
	CU_add_test(s, "CAT-7: no part of stock becomes negative", stock_never_negative);
	CU_add_test(s, "CAT-7: lines of one stock row are one write and counted together",
	            lines_share_a_row);
	CU_add_test(s, "CAT-7: the first warehouse with enough, or the one named",
	            warehouses_are_chosen);
	CU_add_test(s, "CAT-7: an adjustment leaves what is reserved", adjustments);
	CU_add_test(s, "CAT-7: a count isn't below what is reserved", counts);
	CU_add_test(s, "CAT-7: low stock raises its event once, at the threshold", low_stock);
	CU_add_test(s, "CAT-7: a reservation between read and flush takes its share",
	            conflicting_reservation);
	CU_add_test(s, "CAT-7: two reservations that are low together raise the event once",
	            crossing_under_conflict);
	CU_add_test(s, "CAT-7: buyers in four processes get what there is", concurrent_buyers);
}
