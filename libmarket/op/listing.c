/* Checks of listings and their reviews (CAT-4). */
#include "libmarket/listing/listing.h"
#include "libmarket/catalog/catalog.h"
#include "libmarket/op/op.h"

#define OPERATORS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})

enum { CHECK, REVIEW_GET, REVIEW_LIST, REVIEW_CLEAR, REVIEW_REFUSE, N_OPS };

static const mk_op ops[] = {
	[CHECK] =
		{
			.name = "listing.check",
			.summary = "Checks a product, an offer or texts and changes nothing.",
			.since = "0.1",
			.params = &mk_listing_check_params,
			.result = &mk_listing_report_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_CATALOG_VIEWERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.handler = mk_listing_check,
		},
	[REVIEW_GET] =
		{
			.name = "listing.review.get",
			.summary = "One review with all its findings.",
			.since = "0.1",
			.params = &mk_listing_review_get_params,
			.result = &mk_listing_review_record,
			.subject = &mk_listing_review_entity,
			.subject_param = "review",
			.relations = MK_CATALOG_VIEWERS,
			.errors = MK_NO_ERRORS,
			.handler = mk_listing_review_get,
		},
	[REVIEW_LIST] =
		{
			.name = "listing.review.list",
			.summary = "Reviews of one state, oldest first.",
			.since = "0.1",
			.params = &mk_listing_review_list_params,
			.result = &mk_listing_review_page_record,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_listing_review_list,
		},
	[REVIEW_CLEAR] =
		{
			.name = "listing.review.clear",
			.summary = "Lets a listing pass that waited; its offer goes on sale.",
			.since = "0.1",
			.params = &mk_listing_review_clear_params,
			.result = &mk_listing_review_record,
			.subject = &mk_listing_review_entity,
			.subject_param = "review",
			.gives = &mk_listing_review_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES,
			.handler = mk_listing_review_clear,
		},
	[REVIEW_REFUSE] =
		{
			.name = "listing.review.refuse",
			.summary = "Refuses a listing that waited.",
			.since = "0.1",
			.params = &mk_listing_review_refuse_params,
			.result = &mk_listing_review_record,
			.subject = &mk_listing_review_entity,
			.subject_param = "review",
			.gives = &mk_listing_review_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES,
			.handler = mk_listing_review_refuse,
		},
};
_Static_assert(sizeof(ops) / sizeof(ops[0]) == N_OPS, "each row has its number");

extern const mk_op_group mk_op_listing;
const mk_op_group mk_op_listing = {ops, N_OPS};

MK_TYPED(market_listing_check, &ops[CHECK], market_listing_check_params, market_listing_report)
MK_TYPED_FREE(market_listing_report_free, market_listing_report)
MK_TYPED(market_listing_review_get, &ops[REVIEW_GET], market_listing_review_get_params,
         market_listing_review)
MK_TYPED(market_listing_review_list, &ops[REVIEW_LIST], market_listing_review_list_params,
         market_listing_review_page)
MK_TYPED(market_listing_review_clear, &ops[REVIEW_CLEAR], market_listing_review_clear_params,
         market_listing_review)
MK_TYPED(market_listing_review_refuse, &ops[REVIEW_REFUSE], market_listing_review_refuse_params,
         market_listing_review)
MK_TYPED_FREE(market_listing_review_free, market_listing_review)
MK_TYPED_FREE(market_listing_review_page_free, market_listing_review_page)
