#include "libmarket/party/requirement.h"

static const mk_enum_value seller_state_values[] = {
	{MARKET_SELLER_APPLIED, "applied", "has applied"},
	{MARKET_SELLER_INVITED, "invited", "was invited"},
	{MARKET_SELLER_ONBOARDING, "onboarding", "completes its requirements"},
	{MARKET_SELLER_IN_REVIEW, "in_review", "waits for an operator"},
	{MARKET_SELLER_APPROVED, "approved", "may sell"},
	{MARKET_SELLER_REJECTED, "rejected", "was refused"},
	{MARKET_SELLER_SUSPENDED, "suspended", "takes no new orders"},
	{MARKET_SELLER_CLOSING, "closing", "is being wound up"},
	{MARKET_SELLER_TERMINATED, "terminated", "is gone"},
	{0, NULL, NULL},
};
const mk_enum mk_seller_state_enum = {"seller_state", seller_state_values};

static const mk_enum_value role_values[] = {
	{MARKET_ROLE_OWNER, "owner", "everything"},
	{MARKET_ROLE_FINANCE, "finance", "payouts and statements"},
	{MARKET_ROLE_CATALOGUE, "catalogue", "products, offers and stock"},
	{MARKET_ROLE_FULFILMENT, "fulfilment", "orders and shipments"},
	{MARKET_ROLE_SUPPORT, "support", "buyers' requests and ratings"},
	{MARKET_ROLE_VIEWER, "viewer", "reading only"},
	{0, NULL, NULL},
};
const mk_enum mk_role_enum = {"role", role_values};

static const mk_field buyer_fields[] = {
	MK_F_ID(market_buyer, id, BUYER, 0, "the buyer"),
	MK_F_TEXT(market_buyer, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(market_buyer, name, 0, 1, MK_MAX_NAME, "the name"),
	MK_F_TEXT(market_buyer, email, MK_SENSITIVE, 1, MK_MAX_NAME, "the e-mail address"),
	MK_F_TEXT(market_buyer, locale, 0, 1, 35, "BCP 47 language tag"),
	MK_F_TIME(market_buyer, created_at, 0, "registered"),
	MK_F_INT(market_buyer, version, 0, 0, 0, "of the record"),
	MK_F_METADATA(market_buyer),
	MK_F_TEXT(mk_buyer, standing, MK_INTERNAL, 0, 0, "actions that its violations brought about"),
};
const mk_record mk_buyer_record = MK_RECORD_OF("buyer", mk_buyer, buyer_fields, "a buyer");

static const mk_field address_fields[] = {
	MK_F_ID(market_address, id, ADDRESS, 0, "the address"),
	MK_F_TEXT(market_address, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(market_address, name, 0, 1, MK_MAX_NAME, "who receives"),
	MK_F_TEXT(market_address, phone, MK_SENSITIVE, 1, MK_MAX_CODE, "the telephone number"),
	MK_F_TEXT(market_address, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(market_address, region, 0, 1, MK_MAX_NAME, "state or province"),
	MK_F_TEXT(market_address, city, 0, 1, MK_MAX_NAME, "the city"),
	MK_F_TEXT(market_address, postcode, 0, 1, 20, "the postcode"),
	MK_F_TEXT(market_address, street, 0, 1, MK_MAX_NAME, "street and number"),
	MK_F_TIME(market_address, created_at, 0, "added"),
	MK_F_INT(market_address, version, 0, 0, 0, "of the record"),
};
const mk_record mk_address_record =
	MK_RECORD_OF("address", market_address, address_fields, "a delivery address");

static const mk_field member_fields[] = {
	MK_F_ID(market_member, id, MEMBER, 0, "the member"),
	MK_F_TEXT(market_member, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(market_member, seller, SELLER, MK_SELF_BOOK, "whom it acts for"),
	MK_F_TEXT(market_member, name, 0, 1, MK_MAX_NAME, "the name"),
	MK_F_ENUM(market_member, role, mk_role_enum, 0, "what it may do"),
	MK_F_TIME(market_member, created_at, 0, "added"),
	MK_F_INT(market_member, version, 0, 0, 0, "of the record"),
	MK_F_TIME(market_member, removed_at, 0, "acts no more since then"),
};
const mk_record mk_member_record =
	MK_RECORD_OF("member", market_member, member_fields, "somebody who acts for a seller");

static const mk_field requirement_fields[] = {
	MK_F_TEXT(market_requirement, name, 0, 0, 0, "the policy's key"),
	MK_F_TEXT(market_requirement, summary, 0, 0, 0, "what to do"),
	MK_F_TEXT(market_requirement, gate, 0, 0, 0, "what it blocks while open"),
	MK_F_TEXT(market_requirement, state, 0, 0, 0,
              "open, pending, accepted, rejected, waived or expired"),
};
static const mk_record requirement_record = MK_RECORD_OF(
	"requirement_state", market_requirement, requirement_fields, "a requirement and its state");

#define INTERNAL_TIME(member, text) \
	{ \
		.name = #member, .summary = (text), .kind = MK_TIME, .flags = MK_INTERNAL, \
		.offset = MK_AT(mk_seller, member, market_time) \
	}
#define T market_seller
static const mk_field seller_fields[] = {
	MK_F_ID(T, id, SELLER, 0, "the seller"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "the shop's name"),
	MK_F_TEXT(T, legal_name, 0, 1, MK_MAX_NAME, "the legal identity"),
	MK_F_ENUM(T, store_type, mk_store_type_enum, 0, "the type of store"),
	MK_F_TEXT(T, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its orders and balances"),
	MK_F_ENUM(T, state, mk_seller_state_enum, 0, "where it stands"),
	MK_F_TEXT(T, reason, 0, 1, MK_MAX_CODE, "code of the last step that needs one"),
	MK_F_ID(T, owner, MEMBER, MK_OWN_BOOK, "the member made with the application"),
	MK_F_TIME(T, created_at, 0, "applied"),
	MK_F_TIME(T, approved_at, 0, "approved"),
	MK_F_TIME(T, holiday_from, 0, "on holiday from then on"),
	MK_F_TIME(T, holiday_to, 0, "until then; absent: until it is ended"),
	MK_F_TIME(T, answer_by, 0, "unanswered by then it is rejected"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_METADATA(T),
	MK_F_LIST(T, requirements, market_requirement, requirement_record, MK_NOT_ROW, 0, 0,
              "what the policy asks"),
	MK_F_TEXTS(T, categories, MK_NOT_ROW, 0, 0, "codes of the back categories it trades in"),
	MK_F_TIME(T, closing_at, 0, "being wound up since then"),
	MK_F_TIME(T, gate_closed_at, 0, "no new orders since then: a requirement has lapsed"),
	MK_F_TEXT(mk_seller, standing, MK_INTERNAL, 0, 0, "actions that its violations brought about"),
	MK_F_TEXT(mk_seller, category_paths, MK_INTERNAL, 0, 0, "the categories' paths as lines"),
	INTERNAL_TIME(review_since, "waits for an operator since then"),
	MK_F_TEXT(mk_seller, claimed_by, MK_INTERNAL, 0, 0, "the operator who looks at it"),
	INTERNAL_TIME(claimed_until, "until then"),
	INTERNAL_TIME(due_at, "of its deadline row"),
};
const mk_record mk_seller_record = MK_RECORD_OF("seller", mk_seller, seller_fields, "a seller");
#undef T

static const mk_statement buyer_by_id = {
	.name = "buyer_by_id",
	.sql = "SELECT book_id, id, ref, name, email, locale, created_at, version, metadata, "
		   "standing FROM buyer "
		   "WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement address_by_id = {
	.name = "address_by_id",
	.sql = "SELECT book_id, id, ref, name, phone, country, region, city, postcode, street, "
		   "created_at, version "
		   "FROM address WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement address_by_ref = {
	.name = "address_by_ref",
	.sql = "SELECT book_id, id FROM address WHERE book_id = ?1 AND ref = ?2",
};
static const mk_statement member_by_id = {
	.name = "member_by_id",
	.sql = "SELECT book_id, id, ref, seller_id, name, role, created_at, version, removed_at "
		   "FROM member WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement seller_by_id = {
	.name = "seller_by_id",
	.sql =
		"SELECT book_id, id, ref, name, legal_name, store_type, country, currency, state, "
		"reason, owner_id, "
		"created_at, approved_at, holiday_from, holiday_to, answer_by, version, metadata, due_at, "
		"category_paths, closing_at, standing, gate_closed_at, review_since, claimed_by, "
		"claimed_until FROM seller "
		"WHERE book_id = ?1 AND id = ?2",
};

static market_id own_id(const void *row)
{
	return *(const market_id *)row; /* every record begins with its id */
}

static market_id book_owner(const void *row)
{
	int64_t book = ((const market_id *)row)->book;
	return mk_id_in(book, book);
}

const mk_entity mk_buyer_entity = {
	.kind = MARKET_ID_BUYER,
	.name = "buyer",
	.record = &mk_buyer_record,
	.by_id = &buyer_by_id,
	.registered = true,
	.buyer = own_id,
};
const mk_entity mk_address_entity = {
	.kind = MARKET_ID_ADDRESS,
	.name = "address",
	.record = &mk_address_record,
	.by_id = &address_by_id,
	.by_ref = &address_by_ref,
	.buyer = book_owner,
};
const mk_entity mk_member_entity = {
	.kind = MARKET_ID_MEMBER,
	.name = "member",
	.record = &mk_member_record,
	.by_id = &member_by_id,
	.registered = true,
	.seller = book_owner,
};

static bool was_approved(const void *row)
{
	return ((const market_seller *)row)->approved_at != 0;
}

const mk_entity mk_seller_entity = {
	.kind = MARKET_ID_SELLER,
	.name = "seller",
	.record = &mk_seller_record,
	.by_id = &seller_by_id,
	.registered = true,
	.seller = own_id,
	.shown = was_approved,
	.fill = mk_seller_fill,
};

/* SEL-6 */
static const struct {
	int32_t role;
	uint32_t permissions;
} permission_table[] = {
	{MARKET_ROLE_OWNER, MK_CAN_OWN | MK_CAN_FINANCE | MK_CAN_CATALOGUE | MK_CAN_FULFILMENT |
                            MK_CAN_SUPPORT | MK_CAN_VIEW | MK_CAN_PAYOUT_ACCOUNT},
	{MARKET_ROLE_FINANCE, MK_CAN_FINANCE | MK_CAN_VIEW | MK_CAN_PAYOUT_ACCOUNT},
	{MARKET_ROLE_CATALOGUE, MK_CAN_CATALOGUE | MK_CAN_VIEW},
	{MARKET_ROLE_FULFILMENT, MK_CAN_FULFILMENT | MK_CAN_VIEW},
	{MARKET_ROLE_SUPPORT, MK_CAN_SUPPORT | MK_CAN_VIEW},
	{MARKET_ROLE_VIEWER, MK_CAN_VIEW},
};

uint32_t mk_role_permissions(int32_t role)
{
	for (size_t i = 0; i < sizeof(permission_table) / sizeof(permission_table[0]); i++)
		if (permission_table[i].role == role)
			return permission_table[i].permissions;
	return 0;
}
