/* The API as JSON Schema, made from the table of operations. */
#include "libmarket/op/op.h"
#include "libmarket/party/party.h"

static void write_operation(const mk_op *op, mk_text *out);
static void write_changes(const mk_op *op, mk_text *out);
static void write_relations(const mk_op *op, mk_text *out);
static void write_errors(const mk_op *op, mk_text *out);

int market_schema(char **out, market_error *err)
{
	mk_text text;
	const mk_op *op;
	mk_text_init(&text, &mk_allocator_default, MK_MAX_OUTPUT);
	mk_text_add(
		&text,
		"{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"libmarket\","
		"\"version\":\"" MARKET_VERSION "\",\"operations\":{\n");
	for (size_t i = 0; (op = mk_op_at(i)); i++) {
		if (i > 0)
			mk_text_add(&text, ",\n");
		write_operation(op, &text);
	}
	mk_text_add(&text, "\n}}\n");
	*out = text.failed ? NULL : mk_record_pack_text(text.data, text.size, &mk_allocator_default);
	mk_text_close(&text);
	return *out ? 0 : mk_error_no_memory(err);
}

static void write_operation(const mk_op *op, mk_text *out)
{
	mk_text_add_json(out, op->name);
	mk_text_add(out, ":{\"summary\":");
	mk_text_add_json(out, op->summary);
	mk_text_add(out, ",\"since\":");
	mk_text_add_json(out, op->since);
	mk_text_format(out, ",\"writes\":%s", op->flags & MK_OP_WRITES ? "true" : "false");
	write_changes(op, out);
	if (op->subject_param) {
		mk_text_add(out, ",\"subject\":");
		mk_text_add_json(out, op->subject_param);
	}
	write_relations(op, out);
	write_errors(op, out);
	mk_text_add(out, ",\n\"params\":");
	mk_json_schema(op->params, true, out);
	mk_text_add(out, ",\n\"result\":");
	mk_json_schema(op->result, false, out);
	mk_text_add_char(out, '}');
}

/* What of a marketplace's state it may change, for those who check it. */
static void write_changes(const mk_op *op, mk_text *out)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} all[] = {{MK_OP_MONEY, "money"}, {MK_OP_STOCK, "stock"}, {MK_OP_STATE, "state"}};
	const char *before = ",\"changes\":[";

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!(op->flags & all[i].flag))
			continue;
		mk_text_add(out, before);
		mk_text_add_json(out, all[i].name);
		before = ",";
	}
	if (before[1] == '\0')
		mk_text_add_char(out, ']');
}

static const char *need_name(const mk_relation *relation)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} permissions[] = {{MK_CAN_OWN, "own"},
	                   {MK_CAN_FINANCE, "finance"},
	                   {MK_CAN_CATALOGUE, "catalogue"},
	                   {MK_CAN_FULFILMENT, "fulfilment"},
	                   {MK_CAN_SUPPORT, "support"},
	                   {MK_CAN_VIEW, "view"},
	                   {MK_CAN_PAYOUT_ACCOUNT, "payout_account"}};
	if (relation->kind == MK_REL_MEMBER)
		for (size_t i = 0; i < sizeof(permissions) / sizeof(permissions[0]); i++)
			if (relation->need == permissions[i].bit)
				return permissions[i].name;
	if (relation->kind == MK_REL_AGENCY && relation->need == MK_NEED_MANAGER)
		return "manager";
#define X(name, bit, text, summary) \
	if (relation->kind == MK_REL_OPERATOR && relation->need == MARKET_RIGHT_##name) \
		return text;
	MARKET_RIGHT_LIST(X)
#undef X
	return NULL;
}

static void write_relations(const mk_op *op, mk_text *out)
{
	static const char *const words[] = {"",         "anyone", "buyer", "member",
	                                    "operator", "system", "agency"};
	mk_text_add(out, ",\"by\":[");
	for (const mk_relation *relation = op->relations; relation->kind != MK_REL_END; relation++) {
		const char *need = need_name(relation);
		if (relation != op->relations)
			mk_text_add_char(out, ',');
		mk_text_format(out, "\"%s%s%s\"", words[relation->kind], need ? " with " : "",
		               need ? need : "");
	}
	mk_text_add_char(out, ']');
}

static void write_errors(const mk_op *op, mk_text *out)
{
	mk_text_add(out, ",\"errors\":[");
	for (const int *code = op->errors; code && *code != 0; code++) {
		if (code != op->errors)
			mk_text_add_char(out, ',');
		mk_text_add_json(out, market_error_name(*code));
	}
	mk_text_add_char(out, ']');
}
