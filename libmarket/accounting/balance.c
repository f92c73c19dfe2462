/* The trial balance. */
#include "libmarket/accounting/accounting.h"

#include <string.h>

#define ACCOUNTS \
	"SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, " \
	"credits_posted, debits_pending, credits_pending, version FROM account"
static const mk_statement of_book = {
	.name = "trial_balance_book", .sql = ACCOUNTS " WHERE book_id = ?1", .scan = true};
static const mk_statement of_all = {.name = "trial_balance_all", .sql = ACCOUNTS, .scan = true};

static const mk_field line_fields[] = {
	MK_F_TEXT(market_balance_line, account, 0, 0, 0, "the accounts' name without its suffix"),
	MK_F_TEXT(market_balance_line, currency, 0, 0, 0, "their currency"),
	MK_F_ENUM(market_balance_line, account_class, mk_account_class_enum, 0, "their class"),
	MK_F_INT(market_balance_line, accounts, MK_REQUIRED, 0, 0, "how many they are"),
	MK_F_MONEY(market_balance_line, debits_posted, 0, 0, 0, "sum of all posted debits"),
	MK_F_MONEY(market_balance_line, credits_posted, 0, 0, 0, "sum of all posted credits"),
	MK_F_MONEY(market_balance_line, debits_pending, 0, 0, 0, "debits in holds"),
	MK_F_MONEY(market_balance_line, credits_pending, 0, 0, 0, "credits in holds"),
	MK_F_MONEY(market_balance_line, balance, 0, 0, 0, "on the side of the class"),
};
const mk_record mk_balance_line_record =
	MK_RECORD_OF("balance_line", market_balance_line, line_fields, "one line of a trial balance");

static const mk_field balance_fields[] = {
	MK_F_LIST(market_trial_balance, lines, market_balance_line, mk_balance_line_record, 0, 0, 0,
              "its lines"),
};
const mk_record mk_trial_balance_record =
	MK_RECORD_OF("trial_balance", market_trial_balance, balance_fields, "a trial balance");

typedef struct sum {
	mk_arena *arena;
	market_balance_line **lines;
	size_t count, room;
} sum;

static int add(void *row, void *user_data, market_error *err);
static market_balance_line *line_of(sum *s, const mk_account *account);
static void sort(market_balance_line **lines, size_t count);

int mk_ledger_trial_balance(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_trial_balance_params *in = params;
	market_trial_balance *out = MK_NEW(ctx->arena, market_trial_balance);
	sum s = {.arena = ctx->arena};
	int64_t book = 0;
	int rc = out ? mk_book_of(ctx, in->seller, in->buyer, "", &book, err) : mk_error_no_memory(err);
	const mk_value args[] = {mk_int(book)};
	if (rc == 0 && in->all && (!mk_id_absent(in->seller) || !mk_id_absent(in->buyer)))
		rc = mk_error_at(err, MARKET_EINVALID, "all", "either one book or all");
	if (rc == 0)
		rc = mk_store_each(ctx->store, in->all ? &of_all : &of_book, &mk_account_record, args,
		                   in->all ? 0 : 1, add, &s, err);
	for (size_t i = 0; rc == 0 && i < s.count; i++) {
		market_balance_line *line = s.lines[i];
		const mk_account whole = {.account_class = line->account_class,
		                          .debits_posted = line->debits_posted,
		                          .credits_posted = line->credits_posted};
		line->balance = mk_account_balance(&whole);
		if (mk_money_broken(line->balance) || mk_money_broken(line->debits_pending) ||
		    mk_money_broken(line->credits_pending))
			rc = mk_error_set(err, MARKET_EOVERFLOW, "the sums of %s in %s overflow", line->account,
			                  line->currency);
	}
	if (rc)
		return rc;
	sort(s.lines, s.count);
	out->lines = (const market_balance_line *const *)s.lines;
	out->n_lines = s.count;
	ctx->output = out;
	return 0;
}

static int add(void *row, void *user_data, market_error *err)
{
	const mk_account *account = row;
	market_balance_line *line = line_of(user_data, account);
	if (!line)
		return mk_error_no_memory(err);
	line->accounts++;
	line->debits_posted = mk_money_add(line->debits_posted, account->debits_posted);
	line->credits_posted = mk_money_add(line->credits_posted, account->credits_posted);
	line->debits_pending = mk_money_add(line->debits_pending, account->debits_pending);
	line->credits_pending = mk_money_add(line->credits_pending, account->credits_pending);
	return 0;
}

static market_balance_line *line_of(sum *s, const mk_account *account)
{
	size_t length = strcspn(account->name, ":");
	for (size_t i = 0; i < s->count; i++) {
		const char *own = s->lines[i]->account;
		if (strncmp(own, account->name, length) == 0 && own[length] == '\0' &&
		    strcmp(s->lines[i]->currency, account->currency) == 0)
			return s->lines[i];
	}
	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		market_balance_line **lines = MK_NEW_ARRAY(s->arena, market_balance_line *, room);
		if (!lines)
			return NULL;
		if (s->count)
			memcpy(lines, s->lines, s->count * sizeof(*lines));
		s->lines = lines;
		s->room = room;
	}
	market_balance_line *line = MK_NEW(s->arena, market_balance_line);
	if (!line)
		return NULL;
	line->account = mk_arena_text_n(s->arena, account->name, length);
	line->currency = mk_arena_text(s->arena, account->currency);
	if (!line->account || !line->currency)
		return NULL;
	line->account_class = account->account_class;
	s->lines[s->count++] = line;
	return line;
}

/* By class, account and currency. */
static void sort(market_balance_line **lines, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		market_balance_line *line = lines[i];
		size_t at = i;
		for (; at > 0; at--) {
			const market_balance_line *before = lines[at - 1];
			int order = before->account_class - line->account_class;
			if (order == 0)
				order = strcmp(before->account, line->account);
			if (order == 0)
				order = strcmp(before->currency, line->currency);
			if (order <= 0)
				break;
			lines[at] = lines[at - 1];
		}
		lines[at] = line;
	}
}
