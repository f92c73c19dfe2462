/* Nothing that is open is forgotten: whatever waits has a deadline, or a request that is sent. */
#include "libmarket/engine/market.h"
#include "libmarket/store/store.h"
#include "tests/scenarios/ways.h"

typedef struct forgotten {
	market_id id;
} forgotten;

static const mk_field forgotten_fields[] = {MK_F_ID(forgotten, id, NONE, 0, "of the record")};
static const mk_record forgotten_record =
	MK_RECORD_OF("forgotten", forgotten, forgotten_fields, "what nothing will wake");

#define DEADLINE_OF(x) \
	"EXISTS (SELECT 1 FROM deadline d WHERE d.book_id = " x ".book_id AND d.id = " x ".id)"
#define REQUEST_OF(x) \
	"EXISTS (SELECT 1 FROM provider_request q WHERE q.book_id = " x \
	".book_id AND q.subject_id = " x ".id AND q.next_at IS NOT NULL)"
#define FORGOTTEN(table, which) \
	"SELECT x.book_id AS book_id, x.id AS id FROM " table " x WHERE " which \
	" AND NOT " DEADLINE_OF("x") " AND NOT " REQUEST_OF("x")
#define REFUND_IS_DUE \
	"EXISTS (SELECT 1 FROM refund f WHERE f.book_id = x.book_id AND f.order_id = x.id AND " \
	"(" DEADLINE_OF("f") " OR " REQUEST_OF("f") "))"

/* States by their numbers in include/market. A freeze keeps the rest of the time (ESC-3). */
#define OPEN_ORDER \
	"(x.state <= 3 OR x.escrow = 2) AND NOT (x.freezes > 0 AND x.cancel_left + x.confirm_left + " \
	"x.release_left > 0) AND NOT " REFUND_IS_DUE
#define OPEN_PAYMENT "x.state IN (2, 3)"
#define OPEN_REFUND "(x.state IN (1, 4, 5) OR (x.state = 3 AND x.automatic = 1))"
#define OPEN_PAYOUT "x.state = 2"
#define OWED_SHARE \
	"x.payable > x.returned AND NOT EXISTS (SELECT 1 FROM deadline d WHERE d.book_id = " \
	"x.payment_book_id AND d.id = x.payment_id)"

static const struct {
	market_id_kind kind;
	mk_statement statement;
} rules[] = {
	{MARKET_ID_ORDER,
     {.name = "open orders", .sql = FORGOTTEN("seller_order", OPEN_ORDER), .scan = true}},
	{MARKET_ID_PAYMENT,
     {.name = "open payments", .sql = FORGOTTEN("payment", OPEN_PAYMENT), .scan = true}},
	{MARKET_ID_REFUND,
     {.name = "open refunds", .sql = FORGOTTEN("refund", OPEN_REFUND), .scan = true}},
	{MARKET_ID_SHARE, {.name = "owed shares", .sql = FORGOTTEN("share", OWED_SHARE), .scan = true}},
	{MARKET_ID_PAYOUT,
     {.name = "open payouts", .sql = FORGOTTEN("payout", OPEN_PAYOUT), .scan = true}},
};

bool scenario_deadlines(market *market, char why[SCENARIO_WHY])
{
	char text[MARKET_ID_TEXT_SIZE];
	mk_arena arena;
	market_error err;
	void *row = NULL;
	int rc = mk_store_begin(market->store, false, &err);

	mk_arena_init(&arena, &mk_allocator_default);
	for (size_t i = 0; rc == 0 && !row && i < sizeof(rules) / sizeof(rules[0]); i++) {
		rc = mk_store_get(market->store, &arena, &rules[i].statement, &forgotten_record, MK_NO_ARGS,
		                  &row, &err);
		if (rc != 0 || !row)
			continue;
		market_id_format(rules[i].kind, ((const forgotten *)row)->id, text);
		scenario_say(why, "nothing will ever wake %s of the %s", text, rules[i].statement.name);
	}
	if (rc != 0)
		scenario_say(why, "%s", err.message);
	mk_store_rollback(market->store);
	mk_arena_close(&arena);
	return rc == 0 && !row;
}
