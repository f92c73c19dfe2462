/* The journal as a list. */
#include "libmarket/engine/operations.h"
#include "libmarket/op/op.h"

static const mk_field event_list_fields[] = {
	MK_F_TIME(market_event_list_params, from, 0, "recorded at or after"),
	MK_F_TEXT(market_event_list_params, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(market_event_list_params, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record event_list_params =
	MK_PARAMS_OF("event_list_params", market_event_list_params, event_list_fields, "which events");

static const mk_field event_page_fields[] = {
	MK_F_LIST(market_event_page, items, market_journal_entry, mk_journal_entry_record, 0, 0, 0,
              "the entries"),
	MK_F_TEXT(market_event_page, next, 0, 0, 0, "the cursor of the next page"),
};
const mk_record mk_event_page_record =
	MK_RECORD_OF("event_page", market_event_page, event_page_fields, "a page of the journal");

static const mk_op ops[] = {
	{
		.name = "event.list",
		.since = "0.1",
		.summary = "The journal by recorded time.",
		.params = &event_list_params,
		.result = &mk_event_page_record,
		.relations = MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_LEDGER}, {MK_REL_SYSTEM, 0}),
		.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
		.flags = MK_OP_PAGED,
		.handler = mk_event_list,
	},
};
extern const mk_op_group mk_op_event;
const mk_op_group mk_op_event = {ops, 1};

MK_TYPED(market_event_list, &ops[0], market_event_list_params, market_event_page)
MK_TYPED_FREE(market_event_page_free, market_event_page)
