/* market manual 1|3: the pages of the manual, from the same tables as everything else. */
#include <string.h>

#include "cli/command.h"
#include "cli/operation.h"

#define MANUAL_DATE "November 22, 2026"
#define MANUAL_WIDTH 76

static void print_program(void);
static void print_library(void);
static void print_commands(void);
static void print_option(const cli_option *option);
static void print_operation(const char *name);
static void print_text(const char *text);

int cli_manual(const cli *cli)
{
	const char *page = cli->argc == 2 ? cli->argv[1] : "";
	if (strcmp(page, "1") == 0)
		print_program();
	else if (strcmp(page, "3") == 0)
		print_library();
	else
		return cli_usage("manual 1|3");
	return EXIT_OK;
}

/* ---- market(1) ---- */

static void print_program(void)
{
	fputs(
		".Dd " MANUAL_DATE "\n.Dt MARKET 1\n.Os\n"
		".Sh NAME\n.Nm market\n.Nd the core of a multi-seller marketplace, from the command line\n"
		".Sh SYNOPSIS\n.Nm\n.Op Fl Fl store Ar URL\n.Ar command\n.Op Ar argument ...\n"
		".Sh DESCRIPTION\n.Nm\nruns operations of\n.Xr libmarket 3\non a store: an SQLite file or "
		"a PostgreSQL database.\n"
		"Whoever runs it has the store, and so acts for whom they name.\n"
		".Pp\nOptions of any command stand before or behind its name:\n"
		".Bl -tag -width Ds\n",
		stdout);
	for (const cli_option *option = cli_options; option->name; option++)
		if (option->everywhere)
			print_option(option);
	fputs(".El\n.Pp\nThe commands:\n.Bl -tag -width Ds\n", stdout);
	print_commands();
	fputs(
		".El\n.Pp\nA\n.Ar URL\nis\n.Sy sqlite\\&: Ns Ar PATH ,\nmade when absent, or\n"
		".Sy postgresql:// Ns Ar ... ,\nwith\n.Sy ?keys= Ns Ar FILE\nfor the file of its keys.\n"
		"An\n.Ar ACTOR\nis\n.Sy operator\\&: Ns Ar NAME ,\n.Sy system ,\n.Sy anonymous ,\n"
		".Sy buyer\\&: Ns Ar ID\nor\n.Sy member\\&: Ns Ar ID ,\nwhere\n.Ar ID\nmay be\n"
		".Sy ref\\&: Ns Ar REF .\n"
		".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev NO_COLOR\nno colours, also on a terminal.\n"
		".It Ev HOME\nwhere\n.Pa .market_history\nlies.\n.It Ev TMPDIR\nwhere\n.Cm demo\nmakes "
		"its store.\n.El\n.Pp\n"
		"PostgreSQL's own variables hold too.\n"
		".Sh EXIT STATUS\n0 when it was done, 1 when it was refused,\n2 for wrong usage or when "
		"it could not run.\n.Cm ledger verify\nalso ends with 3: the store agrees with itself, but "
		"there was no anchor.\n"
		".Sh EXAMPLES\n.Bd -literal -offset indent\n"
		"market --store sqlite:shop.db call seller.list '{\"limit\":20}'\n"
		"market --store sqlite:shop.db batch orders.jsonl\n"
		"market --store sqlite:shop.db shell\n"
		"market --store sqlite:shop.db ledger verify --anchor monday.json\n"
		"market help order.place\n.Ed\n"
		".Sh SEE ALSO\n.Xr libmarket 3\n",
		stdout);
}

static void print_commands(void)
{
	for (const cli_command *one = cli_commands; one->name; one++) {
		if (one->hidden)
			continue;
		printf(".It Xo\n.Cm %s%s%s\n", one->name, one->verb ? " " : "", one->verb ? one->verb : "");
		for (size_t i = 0; i < CLI_MOST_OPTIONS && one->options[i]; i++) {
			const cli_option *option = cli_option_named(one->options[i], strlen(one->options[i]));
			printf(".Op Fl Fl %s%s%s%s\n", option->name + 2, option->shown ? " Ar " : "",
			       option->shown ? option->shown : "", option->many ? " ..." : "");
		}
		for (size_t i = 0; i < CLI_MOST_ARGUMENTS && one->arguments[i].shown; i++)
			printf(one->arguments[i].optional ? ".Op Ar %s\n" : ".Ar %s\n",
			       one->arguments[i].shown);
		fputs(".Xc\n", stdout);
		print_text(one->summary);
		fputs(".\n", stdout);
		print_text(one->detail);
		fputs(*one->detail != '\0' ? "\n" : "", stdout);
	}
	fputs(".El\n.Pp\nTheir own options:\n.Bl -tag -width Ds\n", stdout);
	for (const cli_option *option = cli_options; option->name; option++)
		if (!option->everywhere)
			print_option(option);
}

static void print_option(const cli_option *option)
{
	printf(".It Fl Fl %s%s%s\n", option->name + 2, option->shown ? " Ar " : "",
	       option->shown ? option->shown : "");
	print_text(option->summary);
	fputs(".\n", stdout);
}

/* ---- libmarket(3) ---- */

/* What isn't an operation. The rest is in the table of operations. */
static const struct {
	const char *name;
	const char *summary;
} functions[] = {
	{"market_version", "the version of the library that runs"},
	{"market_open", "opens a store"},
	{"market_close", "closes it, after its sessions"},
	{"market_session_open", "opens a session for an actor; one thread at a time uses it"},
	{"market_session_close", "closes it"},
	{"market_session_act_as", "changes who acts"},
	{"market_session_act_as_text", "the same from text"},
	{"market_session_set_time", "sets the effective time of what follows"},
	{"market_session_replayed", "whether the last operation was a replay of its key"},
	{"market_call", "runs an operation by name, with JSON"},
	{"market_batch", "runs many operations, several in a transaction"},
	{"market_batch_free", "frees what it gave"},
	{"market_work", "does what is due"},
	{"market_schema", "the operations as JSON Schema"},
	{"market_operation_at", "the operations one by one"},
	{"market_error_name", "an error's name"},
	{"market_error_class_of", "how a caller should react to it"},
	{"market_error_class_name", "the name of that"},
	{"market_error_summary", "an error in words"},
	{"market_policy_check", "checks a policy and points at its errors"},
	{"market_policy_default", "the built-in policy"},
	{"market_rules_check", "checks a pack of listing rules and tries its examples"},
	{"market_warehouse_hook_register", "gives the market a choice of the warehouse"},
	{"market_listing_hook_register", "gives the market a check of listings"},
	{"market_listing_findings_add", "what such a check found"},
	{"market_store_copy", "copies a whole store to an empty one"},
	{"market_store_backup", "writes it to a file"},
	{"market_store_restore", "brings it back"},
	{"market_keys_rotate", "changes the sealing key and wraps all records' keys by it"},
	{"market_keys_drop", "takes an older sealing key out of the keys file"},
	{"market_provider_register", "gives the market a payment provider"},
	{"market_identity_register", "gives the market an identity provider"},
	{"market_identity_sandbox_sign", "signs a notification as the identity sandbox would"},
	{"market_sandbox_register", "gives it the sandbox, which asks nobody"},
	{"market_sandbox_next_notification", "what the sandbox would send next"},
	{"market_sandbox_acknowledge", "that it was received"},
	{"market_sandbox_sign", "signs a notification as the sandbox does"},
	{"market_sandbox_next_due", "when it sends the next"},
	{"market_id_format", "an identifier as text"},
	{"market_id_parse", "and back"},
	{"market_time_format", "a time as text"},
	{"market_time_parse", "and back"},
	{"market_money_format", "an amount as text"},
	{"market_money_parse", "and back"},
	{"market_text_free", "frees a text that the library gave"},
};

static void print_errors(void)
{
	static const struct {
		const char *code, *name, *class_name, *summary;
	} errors[] = {
#define X(code, number, class, text, summary) {"MARKET_" #code, text, #class, summary},
		MARKET_ERROR_LIST(X)
#undef X
	};
	fputs(".Sh ERRORS\nA code is negative.\nIn parentheses stand its name in JSON and its class: "
	      "how a caller should react.\n.Bl -tag -width Ds\n",
	      stdout);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		printf(".It Er %s\n", errors[i].code);
		print_text(errors[i].summary);
		printf("\n.Pq %s, ", errors[i].name);
		for (const char *c = errors[i].class_name; *c != '\0'; c++)
			putchar(*c + ('a' - 'A'));
		putchar('\n');
	}
	fputs(".El\n", stdout);
}

static void print_library(void)
{
	market_operation operation;
	fputs(".Dd " MANUAL_DATE "\n.Dt LIBMARKET 3\n.Os\n"
	      ".Sh NAME\n.Nm libmarket\n.Nd the core of a multi-seller marketplace, in your process\n"
	      ".Sh SYNOPSIS\n.In market.h\n.Pp\n"
	      "cc program.c $(pkg-config --cflags --libs libmarket)\n"
	      ".Sh DESCRIPTION\nOpen a market, open a session for an actor, call operations.\n"
	      "Each operation has one shape:\n.Bd -literal -offset indent\n"
	      "int market_NOUN_VERB(market_session *session,\n"
	      "    const market_NOUN_VERB_params *in, market_NOUN **out,\n"
	      "    market_error *err);\n.Ed\n.Pp\n"
	      "It returns 0 or a negative code and then fills\n.Fa err ,\nwhich may be NULL.\n"
	      "What it gives is freed with\n.Fn market_NOUN_free .\n"
	      "Params begin with the value of their\n.Dv _INIT\nmacro; with a\n.Fa key\n"
	      "a writing operation is done once, however often it is sent.\n"
	      "The library starts no thread, reads no environment,\nprints nothing and never ends the "
	      "process.\n"
	      "The headers say the rest:\nwhat a call does, who owns what, which errors it gives.\n"
	      ".Ss Functions\n.Bl -tag -width Ds\n",
	      stdout);
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		printf(".It Fn %s\n", functions[i].name);
		print_text(functions[i].summary);
		fputs(".\n", stdout);
	}
	fputs(".El\n.Ss Operations\n.Nm market\n.Cm help\n.Ar OPERATION\nlists the fields of one.\n"
	      ".Bl -tag -width Ds\n",
	      stdout);
	for (size_t i = 0; market_operation_at(i, &operation); i++)
		print_operation(operation.name);
	fputs(".El\n", stdout);
	print_errors();
	fputs(".Sh SEE ALSO\n.Xr market 1 ,\n.Xr pkg-config 1\n", stdout);
}

static void print_operation(const char *name)
{
	json_t *operation = cli_operation(name), *errors = json_object_get(operation, "errors"), *one;
	size_t i;
	printf(".It Fn market");
	for (const char *part = name; *part != '\0'; part += strcspn(part, ".") + 1) {
		printf("_%.*s", (int)strcspn(part, "."), part);
		if (part[strcspn(part, ".")] == '\0')
			break;
	}
	putchar('\n');
	print_text(cli_text(operation, "summary"));
	fputs(json_is_true(json_object_get(operation, "writes")) ? "\nWrites.\n" : "\nReads.\n",
	      stdout);
	if (json_array_size(errors) > 0)
		fputs("Errors:\n", stdout);
	json_array_foreach(errors, i, one)
		printf("%s%s\n", json_string_value(one), i + 1 < json_array_size(errors) ? "," : ".");
}

/* A sentence a line, folded, nothing of it read as a macro. */
static void print_text(const char *text)
{
	size_t column = 0;
	while (*text != '\0') {
		size_t length = strcspn(text, " ");
		if (column > 0 && (text[-2] == '.' || column + length > MANUAL_WIDTH)) {
			putchar('\n');
			column = 0;
		} else if (column > 0) {
			putchar(' ');
		}
		if (column == 0 && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		for (size_t i = 0; i < length; i++)
			fputs(text[i] == '\\' ? "\\e" : (char[]){text[i], '\0'}, stdout);
		column += length + 1;
		text += length + (text[length] == ' ');
	}
}
