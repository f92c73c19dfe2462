#include "libmarket/seller/closing.h"

#include <string.h>

#include "libmarket/deposit/deposit.h"
#include "libmarket/party/seller.h"

static const mk_enum_value kind_values[] = {
	{MARKET_OBSTACLE_ORDER, "order", "orders that aren't finished or closed"},
	{MARKET_OBSTACLE_REFUND, "refund", "orders with an open refund or dispute"},
	{MARKET_OBSTACLE_PAYOUT, "payout", "payouts without a definite outcome"},
	{MARKET_OBSTACLE_HOLD, "hold", "something of the account is held"},
	{MARKET_OBSTACLE_BALANCE, "balance", "the account isn't at zero"},
	{MARKET_OBSTACLE_RECEIVABLE, "receivable", "the seller owes it"},
	{0, NULL, NULL},
};
static const mk_enum kind_enum = {"obstacle_kind", kind_values};

#define T market_obstacle
static const mk_field obstacle_fields[] = {
	MK_F_ENUM(T, kind, kind_enum, 0, "what it is"),
	MK_F_INT(T, count, 0, 0, 0, "how many"),
	MK_F_TEXT(T, account, 0, 0, 0, "the account"),
	MK_F_MONEY(T, amount, 0, 0, 0, "of the account"),
};
#undef T
static const mk_record obstacle_record =
	MK_RECORD_OF("obstacle", market_obstacle, obstacle_fields, "what stands in the way");

static const mk_field obstacles_fields[] = {
	MK_F_ID(market_obstacles, seller, SELLER, 0, "of whose termination"),
	MK_F_LIST(market_obstacles, items, market_obstacle, obstacle_record, 0, 0, 0, "all of it"),
};
const mk_record mk_obstacles_record = MK_RECORD_OF("obstacles", market_obstacles, obstacles_fields,
                                                   "what stands in a termination's way");

typedef struct counts {
	int64_t orders, refunds, payouts;
} counts;
static const mk_field counts_fields[] = {
	MK_F_INT(counts, orders, 0, 0, 0, "open orders"),
	MK_F_INT(counts, refunds, 0, 0, 0, "orders with an open refund or dispute"),
	MK_F_INT(counts, payouts, 0, 0, 0, "unfinished payouts"),
};
static const mk_record counts_record =
	MK_RECORD_OF("closing_counts", counts, counts_fields, "what is open of a seller");

/* Orders that wait (1 to 3), payouts submitted (2); what one that failed has left is a balance. */
static const mk_statement closing_counts = {
	.name = "closing_counts",
	.sql = "SELECT (SELECT COUNT(*) FROM seller_order WHERE book_id = ?1 AND state IN (1, 2, 3)) "
		   "AS orders, (SELECT COUNT(*) FROM seller_order WHERE book_id = ?1 AND (freezes > 0 OR "
		   "in_flight > 0)) AS refunds, (SELECT COUNT(*) FROM payout WHERE book_id = ?1 AND state "
		   "= 2) AS payouts",
};

/* Not the platform's own side of the book: its revenue, expense, taxes, what affiliates get and
 * what a provider still settles. */
static const mk_statement closing_accounts = {
	.name = "closing_accounts",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, debits_pending, credits_pending, version FROM account WHERE book_id = "
		   "?1 AND (debits_posted <> credits_posted OR debits_pending <> 0 OR credits_pending <> "
		   "0) AND (name IN ('seller_pending', 'seller_available', 'seller_reserved', "
		   "'seller_deposit', 'seller_receivable', 'payout_in_transit', 'fee_deferred', "
		   "'suspense') OR SUBSTR(name, 1, 7) = 'escrow:' OR SUBSTR(name, 1, 14) = "
		   "'buyer_payable:' OR SUBSTR(name, 1, 9) = 'recourse:' OR SUBSTR(name, 1, 20) = "
		   "'chargeback_clearing:') ORDER BY id LIMIT 100",
};

static int find_obstacles(mk_ctx *ctx, market_id seller, market_obstacles *out, market_error *err);
static int add_counts(mk_ctx *ctx, const counts *open, market_obstacles *out);
static int add_account(mk_ctx *ctx, const mk_account *account, market_obstacles *out);
static int add(mk_ctx *ctx, market_obstacles *out, market_obstacle obstacle);
static int refuse(mk_ctx *ctx, const market_obstacles *all, market_error *err);
static const char *obstacle_text(mk_ctx *ctx, const market_obstacle *obstacle);

/* What an operator suspended the seller can't leave by closing. */
int mk_seller_close(mk_ctx *ctx, const void *params, market_error *err)
{
	const mk_seller *seller = ctx->subject;
	int rc = 0;

	if (ctx->actor.kind == MARKET_ACTOR_MEMBER) {
		rc = mk_check_confirmation(ctx, err);
		if (rc == 0 && seller->seller.state == MARKET_SELLER_SUSPENDED)
			rc = mk_error_at(err, MARKET_ESTATE, "seller",
			                 "the seller is suspended: an operator may close it");
	}
	if (rc == 0)
		rc = mk_seller_finish_step(ctx, MK_SELLER_CLOSE, params, err);
	return rc == 0 ? mk_deposit_closing(ctx, seller, err) : rc;
}

int mk_seller_reject(mk_ctx *ctx, const void *params, market_error *err)
{
	const int rc = mk_seller_finish_step(ctx, MK_SELLER_REJECT, params, err);

	return rc == 0 ? mk_deposit_closing(ctx, ctx->subject, err) : rc;
}

/* Its deadline: nobody completed or answered the application in time. */
int mk_seller_expire(mk_ctx *ctx, const void *params, market_error *err)
{
	const int rc = mk_seller_give_up(ctx, err);

	(void)params;
	return rc == 0 ? mk_deposit_closing(ctx, ctx->subject, err) : rc;
}

int mk_seller_obstacles(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_get_params *in = params;
	market_obstacles *out = MK_NEW(ctx->arena, market_obstacles);

	if (!out)
		return mk_error_no_memory(err);
	ctx->output = out;
	return find_obstacles(ctx, in->seller, out, err);
}

int mk_seller_terminate(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_reason_params *in = params;
	const mk_seller *seller = ctx->subject;
	market_obstacles all = {.n_items = 0};
	int rc = 0;

	if (seller->seller.state == MARKET_SELLER_CLOSING) {
		rc = find_obstacles(ctx, in->seller, &all, err);
		if (rc == 0 && all.n_items > 0)
			rc = refuse(ctx, &all, err);
	}
	return rc == 0 ? mk_seller_finish_step(ctx, MK_SELLER_TERMINATE, params, err) : rc;
}

static int find_obstacles(mk_ctx *ctx, market_id seller, market_obstacles *out, market_error *err)
{
	mk_query queries[] = {
		{.statement = &closing_counts, .record = &counts_record},
		{.statement = &closing_accounts, .record = &mk_account_record},
	};
	const mk_value book = mk_int(seller.id);
	int rc;

	for (size_t i = 0; i < 2; i++) {
		queries[i].args = &book;
		queries[i].n_args = 1;
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, 2, err);
	if (rc != 0)
		return rc;
	*out = (market_obstacles){.seller = seller};
	/* each account gives two at most: what it holds and what is held of it */
	out->items = MK_NEW_ARRAY(ctx->arena, const market_obstacle *, 3 + 2 * queries[1].n_rows);
	if (!out->items)
		return mk_error_no_memory(err);
	rc = add_counts(ctx, queries[0].rows[0], out);
	for (size_t i = 0; rc == 0 && i < queries[1].n_rows; i++)
		rc = add_account(ctx, queries[1].rows[i], out);
	if (out->n_items == 0)
		out->items = NULL;
	return rc == 0 ? 0 : mk_error_no_memory(err);
}

static int add_counts(mk_ctx *ctx, const counts *open, market_obstacles *out)
{
	const struct {
		int32_t kind;
		int64_t count;
	} all[] = {
		{MARKET_OBSTACLE_ORDER, open->orders},
		{MARKET_OBSTACLE_REFUND, open->refunds},
		{MARKET_OBSTACLE_PAYOUT, open->payouts},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].count > 0)
			rc = add(ctx, out, (market_obstacle){.kind = all[i].kind, .count = all[i].count});
	return rc;
}

static int add_account(mk_ctx *ctx, const mk_account *account, market_obstacles *out)
{
	const bool debt = strcmp(account->name, "seller_receivable") == 0;
	const market_money balance = mk_account_balance(account);
	const market_money held = mk_money_add(account->debits_pending, account->credits_pending);
	int rc = 0;

	if (!mk_money_is_zero(balance))
		rc = add(ctx, out,
		         (market_obstacle){
					 .kind = debt ? MARKET_OBSTACLE_RECEIVABLE : MARKET_OBSTACLE_BALANCE,
					 .account = account->name,
					 .amount = balance,
				 });
	if (rc == 0 && !mk_money_is_zero(held))
		rc = add(ctx, out,
		         (market_obstacle){
					 .kind = MARKET_OBSTACLE_HOLD,
					 .account = account->name,
					 .amount = held,
				 });
	return rc;
}

static int add(mk_ctx *ctx, market_obstacles *out, market_obstacle obstacle)
{
	market_obstacle *item = MK_NEW(ctx->arena, market_obstacle);

	if (!item)
		return MARKET_ENOMEM;
	*item = obstacle;
	((const market_obstacle **)out->items)[out->n_items++] = item;
	return 0;
}

static int refuse(mk_ctx *ctx, const market_obstacles *all, market_error *err)
{
	const char **texts = MK_NEW_ARRAY(ctx->arena, const char *, all->n_items);
	int rc;

	for (size_t i = 0; texts && i < all->n_items; i++) {
		texts[i] = obstacle_text(ctx, all->items[i]);
		if (!texts[i])
			return mk_error_no_memory(err);
	}
	if (!texts)
		return mk_error_no_memory(err);
	rc = mk_error_at(err, MARKET_EOBSTACLE, "seller", "the termination has %zu obstacle%s",
	                 all->n_items, all->n_items == 1 ? "" : "s");
	mk_error_detail_list(err, rc, texts, all->n_items);
	mk_error_hint(err, rc, "seller.obstacles gives them one by one.");
	return mk_error_object(err, rc, MARKET_ID_SELLER, all->seller);
}

static const char *obstacle_text(mk_ctx *ctx, const market_obstacle *obstacle)
{
	const char *kind = mk_enum_name(&kind_enum, obstacle->kind);
	char amount[MK_MONEY_TEXT_SIZE];

	if (!obstacle->account)
		return mk_arena_format(ctx->arena, "%s: %lld", kind, (long long)obstacle->count);
	mk_money_format(obstacle->amount, amount);
	return mk_arena_format(ctx->arena, "%s: %s %s %s", kind, obstacle->account, amount,
	                       obstacle->amount.currency);
}
