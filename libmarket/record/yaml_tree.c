#include "libmarket/record/yaml_tree.h"

#include "libmarket/base/limits.h"
#include "libmarket/record/field.h"

#include <yaml.h>

#include <string.h>

#define MOST_NODES 100000
#define DEEPEST_SKIPPED 64 /* deeper still, and reading ends */

typedef struct builder {
	mk_yaml *state;
	mk_yaml_node *root;
	mk_yaml_node *open[MK_MAX_POLICY_DEPTH]; /* the containers around, outermost first */
	const mk_yaml_node
		*keys[MK_MAX_POLICY_DEPTH]; /* in a mapping: the key whose value is awaited */
	int depth;
	int skipped; /* levels within a refused container */
	int documents;
	size_t nodes;
	bool partial;
} builder;

static bool check_text(const char *yaml, size_t size, mk_yaml *state);
static void check_line(const char *line, size_t size, int number, mk_yaml *state);
static int read_events(yaml_parser_t *parser, builder *b);
static void syntax_error(const yaml_parser_t *parser, builder *b);
static bool take_event(builder *b, const yaml_event_t *event);
static void take_node(builder *b, const yaml_event_t *event);
static void refuse_properties(builder *b, const yaml_event_t *event);
static mk_yaml_node *new_node(builder *b, const yaml_event_t *event);
static void set_scalar(builder *b, mk_yaml_node *node, const yaml_event_t *event);
static void attach(builder *b, mk_yaml_node *node);
static void open_container(builder *b, mk_yaml_node *node);
static void stop(builder *b, const yaml_event_t *event, const char *what);

int mk_yaml_tree(const char *yaml, size_t size, mk_yaml *state, mk_yaml_node **root, bool *partial,
                 market_error *err)
{
	static const char mark[] = "\xEF\xBB\xBF";
	yaml_parser_t parser;
	builder b;
	int code;

	memset(&b, 0, sizeof(b));
	b.state = state;
	*root = NULL;
	*partial = true;
	if (size >= 3 && memcmp(yaml, mark, 3) == 0) {
		yaml += 3;
		size -= 3;
	}
	if (!check_text(yaml, size, state))
		return 0;
	if (!yaml_parser_initialize(&parser))
		return mk_error_no_memory(err);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, size);
	code = read_events(&parser, &b);
	yaml_parser_delete(&parser);
	if (code != 0 || state->arena->failed)
		return mk_error_no_memory(err);
	*root = b.root;
	*partial = b.partial;
	return 0;
}

/* libyaml names no line for bytes that aren't UTF-8. */
static bool check_text(const char *yaml, size_t size, mk_yaml *state)
{
	size_t from = 0;
	int line = 1;

	if (size > MK_MAX_POLICY) {
		mk_yaml_add(state, 1, 1, NULL, "the text is longer than %d bytes", MK_MAX_POLICY);
		return false;
	}
	if (mk_utf8_valid(yaml, size))
		return true;
	while (from < size) {
		const char *end = memchr(yaml + from, '\n', size - from);
		const size_t length = end ? (size_t)(end - yaml) - from : size - from;

		check_line(yaml + from, length, line, state);
		from += length + 1;
		line++;
	}
	return false;
}

static void check_line(const char *line, size_t size, int number, mk_yaml *state)
{
	size_t i = 0;
	int column = 1;

	if (mk_utf8_valid(line, size))
		return;
	while (i < size) {
		const unsigned char lead = (unsigned char)line[i];
		const size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

		if (length > size - i || !mk_utf8_valid(line + i, length))
			break;
		i += length;
		column++;
	}
	mk_yaml_add(state, number, column, NULL, "invalid UTF-8 or a control character");
}

static int read_events(yaml_parser_t *parser, builder *b)
{
	bool going = true;

	while (going) {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event)) {
			if (parser->error == YAML_MEMORY_ERROR)
				return MARKET_ENOMEM;
			syntax_error(parser, b);
			return 0;
		}
		going = take_event(b, &event);
		yaml_event_delete(&event);
		if (b->state->arena->failed)
			return MARKET_ENOMEM;
	}
	return 0;
}

static void syntax_error(const yaml_parser_t *parser, builder *b)
{
	const char *problem = parser->problem ? parser->problem : "it can't be read";

	b->partial = true;
	mk_yaml_add(b->state, (int)parser->problem_mark.line + 1, (int)parser->problem_mark.column + 1,
	            NULL, "this isn't well-formed YAML: %s", problem);
}

/* False ends the reading. */
static bool take_event(builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_DOCUMENT_START_EVENT:
		if (++b->documents > 1) {
			mk_yaml_add(b->state, (int)event->start_mark.line + 1,
			            (int)event->start_mark.column + 1, "Put everything into one document.",
			            "a second document begins here");
			return false;
		}
		return true;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		if (b->skipped > 0)
			b->skipped--;
		else
			b->depth--;
		return true;
	case YAML_ALIAS_EVENT:
	case YAML_SCALAR_EVENT:
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		break;
	default:
		return true;
	}
	if (++b->nodes > MOST_NODES)
		stop(b, event, "the document has too many values");
	else
		take_node(b, event);
	if (b->skipped > DEEPEST_SKIPPED)
		stop(b, event, "the document is nested far too deep");
	return !b->partial && !b->state->arena->failed;
}

static void take_node(builder *b, const yaml_event_t *event)
{
	const bool container =
		event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
	mk_yaml_node *node;

	if (b->skipped > 0) {
		b->skipped += container ? 1 : 0;
		return;
	}
	node = new_node(b, event);
	if (!node)
		return;
	refuse_properties(b, event);
	if (event->type == YAML_SCALAR_EVENT)
		set_scalar(b, node, event);
	attach(b, node);
	if (container)
		open_container(b, node);
}

static void refuse_properties(builder *b, const yaml_event_t *event)
{
	const int line = (int)event->start_mark.line + 1;
	const int column = (int)event->start_mark.column + 1;
	const unsigned char *anchor = NULL;
	const unsigned char *tag = NULL;

	switch (event->type) {
	case YAML_ALIAS_EVENT:
		mk_yaml_add(b->state, line, column, "Write the value out.", "aliases aren't allowed");
		return;
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor)
		mk_yaml_add(b->state, line, column, "Write the value out.", "anchors aren't allowed");
	if (tag)
		mk_yaml_add(b->state, line, column, "Leave the tag out.", "tags aren't allowed");
}

static mk_yaml_node *new_node(builder *b, const yaml_event_t *event)
{
	mk_yaml_node *node = MK_NEW(b->state->arena, mk_yaml_node);

	if (!node)
		return NULL;
	node->line = (int)event->start_mark.line + 1;
	node->column = (int)event->start_mark.column + 1;
	if (event->type == YAML_SCALAR_EVENT)
		node->kind = MK_YAML_SCALAR;
	else if (event->type == YAML_SEQUENCE_START_EVENT)
		node->kind = MK_YAML_SEQUENCE;
	else if (event->type == YAML_MAPPING_START_EVENT)
		node->kind = MK_YAML_MAPPING;
	else
		node->kind = MK_YAML_REFUSED;
	return node;
}

static void set_scalar(builder *b, mk_yaml_node *node, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	const size_t size = event->data.scalar.length;

	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->text = mk_arena_text_n(b->state->arena, text, size);
	if (!memchr(text, '\0', size))
		return;
	node->kind = MK_YAML_REFUSED;
	mk_yaml_add(b->state, node->line, node->column, NULL, "the text holds a NUL");
}

/* Gives the node its place: root, item, key, or value of the key before it. */
static void attach(builder *b, mk_yaml_node *node)
{
	mk_yaml_node *parent;

	if (b->depth == 0) {
		b->root = node;
		return;
	}
	parent = b->open[b->depth - 1];
	if (parent->kind == MK_YAML_MAPPING) {
		const mk_yaml_node **key = &b->keys[b->depth - 1];

		if (!*key) {
			*key = node;
			if (node->kind != MK_YAML_SEQUENCE && node->kind != MK_YAML_MAPPING)
				return;
			mk_yaml_add(b->state, node->line, node->column, NULL, "a key must be a text");
			node->kind = MK_YAML_REFUSED;
			return;
		}
		node->key = *key;
		*key = NULL;
	}
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	parent->count++;
}

/* A container that was refused, or that lies too deep, is skipped whole. */
static void open_container(builder *b, mk_yaml_node *node)
{
	if (node->kind != MK_YAML_REFUSED && b->depth == MK_MAX_POLICY_DEPTH) {
		mk_yaml_add(b->state, node->line, node->column, NULL, "values are nested more than %d deep",
		            MK_MAX_POLICY_DEPTH);
		node->kind = MK_YAML_REFUSED;
	}
	if (node->kind == MK_YAML_REFUSED) {
		b->skipped = 1;
		return;
	}
	b->open[b->depth] = node;
	b->keys[b->depth] = NULL;
	b->depth++;
}

static void stop(builder *b, const yaml_event_t *event, const char *what)
{
	if (b->partial)
		return;
	b->partial = true;
	mk_yaml_add(b->state, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1, NULL,
	            "%s", what);
}
