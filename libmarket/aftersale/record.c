#include <string.h>

#include "libmarket/aftersale/internal.h"

static const mk_enum_value state_values[] = {
	{MARKET_REFUND_REQUESTED, "requested", "asked of the provider"},
	{MARKET_REFUND_OK, "ok", "done"},
	{MARKET_REFUND_FAILED, "failed", "nothing has changed"},
	{MARKET_REFUND_BOUNCED, "bounced", "done, and came back: owed to the buyer"},
	{MARKET_REFUND_RESENT, "resent", "asked of the provider again after it bounced"},
	{0, NULL, NULL},
};
const mk_enum mk_refund_state_enum = {"refund_state", state_values};

static const mk_enum_value borne_by_values[] = {
	{MARKET_BORNE_BY_BUYER, "buyer", "the buyer's fault or wish"},
	{MARKET_BORNE_BY_SELLER, "seller", "the seller's fault"},
	{MARKET_BORNE_BY_PLATFORM, "platform", "the platform bears it"},
	{0, NULL, NULL},
};
const mk_enum mk_borne_by_enum = {"borne_by", borne_by_values};

#define T market_refund_item
static const mk_field item_fields[] = {
	MK_F_ID(T, line, LINE, 0, "the line; absent: the freight"),
	MK_F_INT(T, quantity, 0, 0, 0, "units"),
	MK_F_MONEY(T, cash, 0, 0, 0, "to the buyer"),
	MK_F_MONEY(T, promo, 0, 0, 0, "to the discount's funder"),
	MK_F_LIST(T, fees, market_line_fee, mk_line_fee_record, 0, 0, 0, "fees that were given back"),
	MK_F_LIST(T, splits, market_line_split, mk_line_split_record, 0, 0, 0,
              "splits that were taken back"),
	MK_F_MONEY(T, seller, 0, 0, 0, "what the seller gave after the release"),
};
#undef T
const mk_record mk_refund_item_record = MK_RECORD_OF("refund_item", market_refund_item, item_fields,
                                                     "what of a refund belongs to one line");

#define T market_refund
static const mk_field refund_fields[] = {
	MK_F_ID(T, id, REFUND, 0, "the refund"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, order, ORDER, MK_OWN_BOOK, "the seller order"),
	MK_F_ID(T, buyer, BUYER, MK_SELF_BOOK, "who gets it"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose order it is"),
	MK_F_ID(T, share, SHARE, MK_OWN_BOOK, "of the payment that it goes back on"),
	MK_F_ENUM(T, state, mk_refund_state_enum, 0, "where it stands"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, cash, 0, 0, 0, "to the buyer, with freight"),
	MK_F_MONEY(T, promo, 0, 0, 0, "to the discounts' funders"),
	MK_F_MONEY(T, freight, 0, 0, 0, "of the cash"),
	MK_F_TEXT(T, reason, 0, 0, MK_MAX_CODE, "why"),
	MK_F_ENUM(T, borne_by, mk_borne_by_enum, 0, "who bears the freight of what went wrong (FRT-1)"),
	MK_F_INT(T, released, 0, 0, 0, "1: escrow was released before"),
	MK_F_MONEY(T, from_pending, 0, 0, 0, "of the seller, out of the order's own pending earning"),
	MK_F_MONEY(T, from_reserved, 0, 0, 0, "out of reserves"),
	MK_F_MONEY(T, from_available, 0, 0, 0, "out of what was available"),
	MK_F_MONEY(T, from_receivable, 0, 0, 0, "what the seller owes since"),
	MK_F_TEXT(T, failure, 0, 0, MK_MAX_TEXT, "the provider's reason"),
	MK_F_TEXT(T, actor, 0, 0, MK_MAX_CODE, "who asked for it"),
	MK_F_TIME(T, created_at, 0, "asked for"),
	MK_F_TIME(T, resolved_at, 0, "done or failed"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_LIST(T, items, market_refund_item, mk_refund_item_record, MK_NOT_ROW, 0, 0, "by line"),
#undef T
#define T mk_refund
	MK_F_TEXT(T, items_text, MK_INTERNAL, 0, 0, "of items, JSON"),
	MK_F_TIME(T, due_at, MK_INTERNAL, "of its deadline row"),
	MK_F_INT(T, automatic, MK_INTERNAL, 0, 0, "1: an order's end owes it"),
	MK_F_MONEY(T, exposed, MK_INTERNAL, 0, 0, "counted for its seller while it is under way"),
#undef T
};
const mk_record mk_refund_record =
	MK_RECORD_OF("refund", mk_refund, refund_fields, "a refund of a seller order");

typedef struct item_list {
	const market_refund_item *const *items;
	size_t n_items;
} item_list;
static const mk_field item_list_fields[] = {
	MK_F_LIST(item_list, items, market_refund_item, mk_refund_item_record, 0, 0, 0, "the items"),
};
static const mk_record item_list_record =
	MK_RECORD_OF("refund_items", item_list, item_list_fields, "items of a refund's row");

static market_id refund_buyer(const void *row)
{
	return ((const mk_refund *)row)->refund.buyer;
}

static market_id refund_seller(const void *row)
{
	return ((const mk_refund *)row)->refund.seller;
}

/* Who gives what back is between the platform and the seller. */
static int refund_fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_refund *refund = row;
	market_refund *r = &refund->refund;
	int rc = mk_refund_items_read(ctx, refund, err);

	if (rc != 0 || ctx->actor.kind != MARKET_ACTOR_BUYER)
		return rc;
	r->from_pending = r->from_reserved = r->from_available = r->from_receivable =
		(market_money){0, ""};
	for (size_t i = 0; i < r->n_items; i++) {
		market_refund_item *item = (market_refund_item *)(uintptr_t)r->items[i];

		item->n_fees = 0;
		item->n_splits = 0;
		item->seller = (market_money){0, ""};
	}
	return 0;
}

const mk_entity mk_refund_entity = {
	.kind = MARKET_ID_REFUND,
	.name = "refund",
	.record = &mk_refund_record,
	.by_id = &mk_refund_by_id,
	.by_ref = &mk_refund_by_ref,
	.buyer = refund_buyer,
	.seller = refund_seller,
	.fill = refund_fill,
};

const char *mk_refund_items_write(mk_ctx *ctx, const market_refund *refund)
{
	item_list list = {refund->items, refund->n_items};
	const char *copy = NULL;
	mk_text text;

	mk_text_init(&text, ctx->arena->allocator, MK_MAX_JSON);
	mk_json_write(&item_list_record, &list, MK_JSON_INTERNAL | MK_JSON_FULL, &text);
	if (text.failed)
		ctx->arena->failed = true;
	else
		copy = mk_arena_text_n(ctx->arena, text.data, text.size);
	mk_text_close(&text);
	return copy;
}

int mk_refund_items_read(mk_ctx *ctx, mk_refund *refund, market_error *err)
{
	void *list = NULL;
	int rc = 0;

	if (!refund->items_text)
		return 0;
	rc = mk_json_read(&item_list_record, refund->items_text, strlen(refund->items_text), ctx->arena,
	                  &list, NULL, err);
	if (rc != 0)
		return rc == MARKET_ENOMEM
		           ? rc
		           : mk_error_set(err, MARKET_ECORRUPT, "the items of a refund can't be read");
	refund->refund.items = ((const item_list *)list)->items;
	refund->refund.n_items = ((const item_list *)list)->n_items;
	return 0;
}

void mk_refund_save(mk_ctx *ctx, mk_refund *refund)
{
	mk_update(ctx, &mk_refund_update, &mk_refund_record, refund->refund.id, refund);
}

/* ---- statements ---- */

#define COLUMNS \
	"book_id, id, ref, order_id, buyer_id, seller_id, share_id, state, currency, cash, promo, " \
	"freight, reason, " \
	"borne_by, released, from_pending, from_reserved, from_available, from_receivable, failure, " \
	"actor, created_at, " \
	"resolved_at, version, items_text, due_at, automatic, exposed"

const char *const mk_refund_ddl[] = {
	"CREATE TABLE IF NOT EXISTS refund ({key}, ref TEXT, {fk:order_id:seller_order} NOT NULL, "
	"buyer_id {int} NOT "
	"NULL, seller_id {int} NOT NULL, share_id {int}, state {int} NOT NULL, currency TEXT NOT "
	"NULL, cash {int} NOT "
	"NULL, promo {int} NOT NULL, freight {int} NOT NULL, reason TEXT, borne_by {int}, released "
	"{int} NOT NULL, "
	"from_pending {int} NOT NULL, from_reserved {int} NOT NULL, from_available {int} NOT NULL, "
	"from_receivable "
	"{int} NOT NULL, failure TEXT, actor TEXT, created_at {int} NOT NULL, resolved_at {int}, "
	"version {int} NOT "
	"NULL, items_text TEXT, due_at {int}, automatic {int} NOT NULL, exposed {int} NOT "
	"NULL){strict}",
	"CREATE UNIQUE INDEX IF NOT EXISTS refund_ref ON refund (book_id, ref) WHERE ref IS NOT "
	"NULL",
	"CREATE INDEX IF NOT EXISTS refund_order ON refund (order_id, book_id, created_at, id)",
	"CREATE TABLE IF NOT EXISTS refund_exposure ({key}, currency TEXT NOT NULL, amount {int} NOT "
	"NULL, version {int} NOT NULL, UNIQUE (book_id, currency)){strict}",
	NULL,
};

const mk_statement mk_refund_by_id = {
	.name = "refund_by_id",
	.sql = "SELECT " COLUMNS " FROM refund WHERE book_id = ?1 AND id = ?2",
};
const mk_statement mk_refund_by_ref = {
	.name = "refund_by_ref",
	.sql = "SELECT book_id, id FROM refund WHERE book_id = ?1 AND ref = ?2",
};
const mk_statement mk_refund_of_order = {
	.name = "refund_of_order",
	.sql = "SELECT " COLUMNS
		   " FROM refund WHERE book_id = ?1 AND order_id = ?2 ORDER BY created_at, id",
};
const mk_statement mk_refund_page = {
	.name = "refund_page",
	.sql =
		"SELECT " COLUMNS
		" FROM refund WHERE book_id = ?1 AND order_id = ?2 AND (created_at > ?3 OR (created_at = "
		"?3 AND id > ?4)) ORDER BY created_at, id LIMIT ?5",
};
const mk_statement mk_refund_insert = {
	.name = "refund_insert",
	.table = "refund",
	.sql = "INSERT INTO refund (" COLUMNS
		   ") VALUES (:book_id, :id, :ref, :order_id, :buyer_id, :seller_id, "
		   ":share_id, :state, :currency, :cash, :promo, :freight, :reason, :borne_by, :released, "
		   ":from_pending, "
		   ":from_reserved, :from_available, :from_receivable, :failure, :actor, :created_at, "
		   ":resolved_at, "
		   ":version, :items_text, :due_at, :automatic, :exposed) ON CONFLICT DO NOTHING",
};
const mk_statement mk_refund_update = {
	.name = "refund_update",
	.table = "refund",
	.sql = "UPDATE refund SET share_id = :share_id, cash = :cash, promo = :promo, freight = "
		   ":freight, automatic = :automatic, exposed = :exposed, state = :state, released = "
		   ":released, from_pending = :from_pending, "
		   "from_reserved = "
		   ":from_reserved, from_available = :from_available, from_receivable = :from_receivable, "
		   "failure = "
		   ":failure, resolved_at = :resolved_at, items_text = :items_text, due_at = :due_at, "
		   "version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
