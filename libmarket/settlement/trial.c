/* COM-3: what other fee rules would have taken of past orders. */
#include <string.h>

#include "libmarket/settlement/fee.h"
#include "libmarket/settlement/settlement.h"

/* A line of an order, with what its fees hang on. */
typedef struct past_line {
	market_id id; /* of the order */
	const char *seller_ref;
	int32_t store_type;
	const char *currency;
	market_money freight;
	const char *freight_fees;
	const char *category_path;
	int64_t quantity;
	market_money price, seller_discount;
	const char *fees_text;
} past_line;

static const mk_field past_fields[] = {
	MK_F_ID(past_line, id, ORDER, 0, "the order"),
	MK_F_TEXT(past_line, seller_ref, 0, 0, 0, "of its seller"),
	MK_F_ENUM(past_line, store_type, mk_store_type_enum, 0, "at placement"),
	MK_F_TEXT(past_line, currency, 0, 0, 0, "of the amounts"),
	MK_F_MONEY(past_line, freight, 0, 0, 0, "of the order"),
	MK_F_TEXT(past_line, freight_fees, 0, 0, 0, "as frozen"),
	MK_F_TEXT(past_line, category_path, 0, 0, 0, "of the line's category as it is now"),
	MK_F_INT(past_line, quantity, 0, 0, 0, "units"),
	MK_F_MONEY(past_line, price, 0, 0, 0, "of one"),
	MK_F_MONEY(past_line, seller_discount, 0, 0, 0, "of the line"),
	MK_F_TEXT(past_line, fees_text, 0, 0, 0, "as frozen"),
};
static const mk_record past_record =
	MK_RECORD_OF("past_line", past_line, past_fields, "a line of a past order");

#define PAST_LINES \
	"SELECT o.book_id AS book_id, o.id AS id, s.ref AS seller_ref, o.store_type AS store_type, " \
	"o.currency AS currency, o.freight AS freight, o.freight_fees AS freight_fees, " \
	"c.path AS category_path, l.quantity AS quantity, l.price AS price, " \
	"l.seller_discount AS seller_discount, l.fees_text AS fees_text " \
	"FROM seller_order o JOIN order_line l ON l.order_id = o.id AND l.book_id = o.book_id " \
	"JOIN seller s ON s.book_id = o.book_id AND s.id = o.book_id " \
	"LEFT JOIN category c ON c.book_id = 0 AND c.code = l.category " \
	"WHERE o.created_at >= ?1 AND o.created_at < ?2 AND o.paid_at IS NOT NULL "

static const mk_statement past_lines = {
	.name = "past_lines",
	.sql = PAST_LINES "ORDER BY o.book_id, o.id, l.id",
	.scan = true,
};
static const mk_statement past_lines_seller = {
	.name = "past_lines_seller",
	.sql = PAST_LINES "AND o.book_id = ?3 ORDER BY o.book_id, o.id, l.id",
	.scan = true,
};

#define T market_fee_difference
static const mk_field difference_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "the seller"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its orders"),
	MK_F_INT(T, orders, 0, 0, 0, "how many were tried"),
	MK_F_MONEY(T, before, 0, 0, 0, "fees and tax as frozen"),
	MK_F_MONEY(T, after, 0, 0, 0, "as the other rules would have them"),
	MK_F_MONEY(T, difference, 0, 0, 0, "after − before"),
};
#undef T
static const mk_record difference_record = MK_RECORD_OF(
	"fee_difference", market_fee_difference, difference_fields, "one seller's difference");
static const mk_field trial_fields[] = {
	MK_F_INT(market_fee_trial, orders, MK_REQUIRED, 0, 0, "how many orders were tried"),
	MK_F_LIST(market_fee_trial, sellers, market_fee_difference, difference_record, 0, 0, 0,
              "by seller"),
};
extern const mk_record mk_fee_trial_record;
const mk_record mk_fee_trial_record =
	MK_RECORD_OF("fee_trial", market_fee_trial, trial_fields, "a trial of other fee rules (COM-3)");

typedef struct trial {
	mk_ctx *ctx;
	const mk_policy *policy;
	mk_arena order_arena; /* of one order */
	past_line lines[MK_MAX_LINES];
	size_t n_lines;
	market_fee_trial *result;
	market_fee_difference **sellers;
	size_t n_sellers, room;
} trial;

static int compile(mk_ctx *ctx, const char *text, const mk_policy **out, market_error *err);
static int add_line(void *row, void *user_data, market_error *err);
static int finish_order(trial *t, market_error *err);
static int frozen_sum(trial *t, const char *text, market_money *sum, market_error *err);
static market_money fee_sum(const market_line_fee *const *fees, size_t count, market_money sum);
static market_fee_difference *seller_of(trial *t, const past_line *line);

int mk_fee_dry_run(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_fee_dry_run_params *in = params;
	trial *t = MK_NEW(ctx->arena, trial);
	const mk_value args[] = {mk_int(in->from), mk_int(in->to), mk_int(in->seller.id)};
	bool one = !mk_id_absent(in->seller);
	int rc;

	if (in->to <= in->from)
		return mk_error_at(err, MARKET_EINVALID, "to", "the time ends before it begins");
	if (t)
		t->result = MK_NEW(ctx->arena, market_fee_trial);
	if (!t || !t->result)
		return mk_error_no_memory(err);
	t->ctx = ctx;
	rc = compile(ctx, in->policy, &t->policy, err);
	if (rc != 0)
		return rc;
	mk_arena_init(&t->order_arena, ctx->arena->allocator);
	rc = mk_store_each(ctx->store, one ? &past_lines_seller : &past_lines, &past_record, args,
	                   one ? 3 : 2, add_line, t, err);
	if (rc == 0)
		rc = finish_order(t, err);
	mk_arena_close(&t->order_arena);
	t->result->sellers = (const market_fee_difference *const *)t->sellers;
	t->result->n_sellers = t->n_sellers;
	ctx->output = t->result;
	return rc;
}

static int compile(mk_ctx *ctx, const char *text, const mk_policy **out, market_error *err)
{
	mk_yaml *yaml = MK_NEW(ctx->arena, mk_yaml);
	int rc;

	if (!yaml)
		return mk_error_no_memory(err);
	yaml->arena = ctx->arena;
	rc = mk_policy_compile(text, strlen(text), yaml, out, err);
	return rc == MARKET_EPOLICY ? mk_error_field(err, rc, "policy") : rc;
}

/* Rows live until the next one, orders until their last line. */
static int add_line(void *row, void *user_data, market_error *err)
{
	trial *t = user_data;
	const past_line *line = row;
	int rc = 0;

	if (t->n_lines > 0 && !mk_id_equal(t->lines[0].id, line->id))
		rc = finish_order(t, err);
	if (rc != 0)
		return rc;
	if (t->n_lines == MK_MAX_LINES)
		return mk_error_object(err,
		                       mk_error_set(err, MARKET_ECORRUPT, "an order has too many lines"),
		                       MARKET_ID_ORDER, line->id);
	t->lines[t->n_lines] = *line;
	t->lines[t->n_lines].seller_ref = mk_arena_text(&t->order_arena, line->seller_ref);
	t->lines[t->n_lines].currency = mk_arena_text(&t->order_arena, line->currency);
	t->lines[t->n_lines].freight_fees = mk_arena_text(&t->order_arena, line->freight_fees);
	t->lines[t->n_lines].category_path = mk_arena_text(&t->order_arena, line->category_path);
	t->lines[t->n_lines].fees_text = mk_arena_text(&t->order_arena, line->fees_text);
	t->n_lines++;
	return t->order_arena.failed ? mk_error_no_memory(err) : 0;
}

static int finish_order(trial *t, market_error *err)
{
	const past_line *first = &t->lines[0];
	size_t n = t->n_lines;
	mk_fee_order order = {
		.seller = mk_id_in(first->id.book, first->id.book),
		.seller_ref = first->seller_ref,
		.store_type = first->store_type,
		.currency = first->currency,
		.n_components = n,
	};
	market_fee_difference *seller;
	int rc;

	if (n == 0)
		return 0;
	seller = seller_of(t, first);
	order.components = MK_NEW_ARRAY(&t->order_arena, mk_fee_component, n + 1);
	if (!order.components || !seller)
		return mk_error_no_memory(err);
	rc = frozen_sum(t, first->freight_fees, &seller->before, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const past_line *line = &t->lines[i];

		order.components[i] = (mk_fee_component){
			.base =
				mk_money_sub(mk_money_times(line->price, line->quantity), line->seller_discount),
			.quantity = line->quantity,
			.category_path = line->category_path,
		};
		rc = frozen_sum(t, line->fees_text, &seller->before, err);
	}
	order.components[n] =
		(mk_fee_component){.base = first->freight, .quantity = 1, .freight = true};
	if (mk_money_positive(first->freight))
		order.n_components++;
	if (rc == 0)
		rc = mk_fee_compute(&t->order_arena, t->policy, &order, err);
	for (size_t i = 0; rc == 0 && i < order.n_components; i++)
		seller->after =
			fee_sum(order.components[i].fees, order.components[i].n_fees, seller->after);
	seller->difference = mk_money_sub(seller->after, seller->before);
	seller->orders++;
	t->result->orders++;
	t->n_lines = 0;
	mk_arena_reset(&t->order_arena);
	return rc;
}

static int frozen_sum(trial *t, const char *text, market_money *sum, market_error *err)
{
	const market_line_fee *const *fees = NULL;
	mk_ctx ctx = {.arena = &t->order_arena};
	size_t count = 0;
	int rc = mk_order_fees_read(&ctx, text, &fees, &count, err);

	*sum = fee_sum(fees, count, *sum);
	return rc;
}

static market_money fee_sum(const market_line_fee *const *fees, size_t count, market_money sum)
{
	for (size_t i = 0; i < count; i++)
		sum = mk_money_add(sum, mk_money_add(fees[i]->amount, fees[i]->tax));
	return sum;
}

/* The orders come by seller; a seller has one currency. */
static market_fee_difference *seller_of(trial *t, const past_line *line)
{
	market_id id = mk_id_in(line->id.book, line->id.book);
	market_money zero = mk_money(0, line->currency);
	market_fee_difference *seller = t->n_sellers > 0 ? t->sellers[t->n_sellers - 1] : NULL;

	if (seller && mk_id_equal(seller->seller, id) && strcmp(seller->currency, line->currency) == 0)
		return seller;
	if (t->n_sellers == t->room) {
		size_t room = t->room ? 2 * t->room : 32;
		market_fee_difference **sellers =
			MK_NEW_ARRAY(t->ctx->arena, market_fee_difference *, room);

		if (!sellers)
			return NULL;
		if (t->n_sellers > 0)
			memcpy(sellers, t->sellers, t->n_sellers * sizeof(*sellers));
		t->sellers = sellers;
		t->room = room;
	}
	seller = MK_NEW(t->ctx->arena, market_fee_difference);
	if (!seller)
		return NULL;
	*seller =
		(market_fee_difference){.seller = id, .before = zero, .after = zero, .difference = zero};
	seller->currency = mk_arena_text(t->ctx->arena, line->currency);
	t->sellers[t->n_sellers++] = seller;
	return seller;
}
