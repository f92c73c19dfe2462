/* Building a transfer: what is asked, before any of it is checked. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/internal.h"

static void add_line(mk_transfer *transfer, const char *stem, const char *suffix,
                     market_money amount, bool debit);
static mk_line *find_line(mk_transfer *transfer, const char *stem, const char *suffix,
                          market_money amount);
static bool same_name(const char *name, const char *stem, const char *suffix);
static void set_fault(mk_transfer *transfer, int code, const char *text);

mk_transfer *mk_transfer_new(mk_ledger *ledger, int64_t book, mk_transfer_kind kind,
                             const char *client_id_format, ...)
{
	char client_id[4 * MK_MAX_KEY + 2];
	va_list args;
	mk_arena *arena = ledger->setup.arena;
	mk_transfer *transfer = MK_NEW(arena, mk_transfer);
	if (!transfer)
		return NULL;
	va_start(args, client_id_format);
	int length = vsnprintf(client_id, sizeof(client_id), client_id_format, args);
	va_end(args);
	transfer->ledger = ledger;
	transfer->kind = kind;
	transfer->id.book = book;
	transfer->client_id = mk_arena_text(arena, length < 0 ? "" : client_id);
	transfer->purpose = mk_arena_text_n(arena, client_id, length < 0 ? 0 : strcspn(client_id, ":"));
	return transfer->client_id && transfer->purpose ? transfer : NULL;
}

void mk_debit(mk_transfer *transfer, const char *stem, const char *suffix, market_money amount)
{
	add_line(transfer, stem, suffix, amount, true);
}

void mk_credit(mk_transfer *transfer, const char *stem, const char *suffix, market_money amount)
{
	add_line(transfer, stem, suffix, amount, false);
}

void mk_debit_interbook(mk_transfer *transfer, int64_t book, market_money amount)
{
	if (transfer)
		add_line(transfer, "interbook", mk_ledger_book_suffix(transfer->ledger->setup.arena, book),
		         amount, true);
}

void mk_credit_interbook(mk_transfer *transfer, int64_t book, market_money amount)
{
	if (transfer)
		add_line(transfer, "interbook", mk_ledger_book_suffix(transfer->ledger->setup.arena, book),
		         amount, false);
}

mk_transfer *mk_transfer_second(mk_ledger *ledger, int64_t book, const char *first_client_id)
{
	return mk_transfer_new(ledger, book, MK_TRANSFER_DIRECT, "%s" MK_MOVE_SECOND, first_client_id);
}

void mk_transfer_set_reason(mk_transfer *transfer, const char *reason)
{
	if (!transfer)
		return;
	transfer->reason = reason ? mk_arena_text(transfer->ledger->setup.arena, reason) : NULL;
	if (reason && !transfer->reason)
		set_fault(transfer, MARKET_ENOMEM, "");
}

void mk_transfer_set_pending(mk_transfer *transfer, market_id pending)
{
	if (transfer)
		transfer->pending = pending;
}

void mk_transfer_set_expiry(mk_transfer *transfer, market_time expires)
{
	if (transfer)
		transfer->expires = expires;
}

void mk_transfer_set_object(mk_transfer *transfer, market_id_kind kind, market_id object)
{
	if (!transfer)
		return;
	transfer->object_kind = kind;
	transfer->object = object;
}

void mk_transfer_set_rate(mk_transfer *transfer, int64_t numerator, int64_t denominator)
{
	if (!transfer)
		return;
	transfer->rate_numerator = numerator;
	transfer->rate_denominator = denominator;
	if (numerator <= 0 || denominator <= 0)
		set_fault(transfer, MARKET_EINVALID,
		          "an exchange's rate is a fraction of two positive numbers");
}

void mk_transfer_set_field(mk_transfer *transfer, const char *field)
{
	if (transfer)
		transfer->field = field;
}

bool mk_transfer_replayed(const mk_transfer *transfer)
{
	return transfer && transfer->replayed;
}

market_id mk_transfer_id(const mk_transfer *transfer)
{
	return transfer ? transfer->id : (market_id){0, 0};
}

market_money mk_transfer_effect(const mk_transfer *transfer, const char *name, size_t index)
{
	for (size_t i = 0; transfer && transfer->posted && i < transfer->n_legs; i++) {
		const mk_leg *leg = &transfer->legs[i];
		if (strcmp(leg->entry->account.name, name) != 0 || index-- > 0)
			continue;
		if (mk_account_debit_normal(leg->entry->account.account_class))
			return mk_money_sub(leg->debit, leg->credit);
		return mk_money_sub(leg->credit, leg->debit);
	}
	return (market_money){0, ""};
}

static void add_line(mk_transfer *transfer, const char *stem, const char *suffix,
                     market_money amount, bool debit)
{
	if (!transfer)
		return;
	if (mk_money_broken(amount)) {
		set_fault(transfer, MARKET_EOVERFLOW, "an amount is beyond what can be represented");
		return;
	}
	if (mk_money_negative(amount)) {
		set_fault(transfer, MARKET_EINVALID, "an amount is negative");
		return;
	}
	if (mk_money_is_zero(amount))
		return;
	mk_line *line = find_line(transfer, stem, suffix, amount);
	if (!line)
		return;
	if (debit)
		line->debit = mk_money_add(line->debit, amount);
	else
		line->credit = mk_money_add(line->credit, amount);
}

static mk_line *find_line(mk_transfer *transfer, const char *stem, const char *suffix,
                          market_money amount)
{
	const mk_chart_entry *chart = NULL;
	const char *text = NULL;
	int fault = 0;
	mk_arena *arena = transfer->ledger->setup.arena;
	for (size_t i = 0; i < transfer->n_lines; i++) {
		mk_line *line = &transfer->lines[i];
		if (mk_money_same_currency(line->debit, amount) && same_name(line->name, stem, suffix))
			return line;
	}
	if (transfer->n_lines == MK_MAX_LEGS) {
		set_fault(transfer, MARKET_ELIMIT, "it has more than 64 legs");
		return NULL;
	}
	const char *name = mk_chart_name(arena, transfer->id.book, stem, suffix, &chart, &fault, &text);
	if (!name) {
		set_fault(transfer, fault,
		          mk_arena_format(arena, "account \"%s\" %s", stem, text ? text : ""));
		return NULL;
	}
	if (transfer->n_lines == transfer->lines_room) {
		size_t room = transfer->lines_room ? 2 * transfer->lines_room : 8;
		mk_line *lines = MK_NEW_ARRAY(arena, mk_line, room);
		if (!lines) {
			set_fault(transfer, MARKET_ENOMEM, "");
			return NULL;
		}
		if (transfer->n_lines)
			memcpy(lines, transfer->lines, transfer->n_lines * sizeof(*lines));
		transfer->lines = lines;
		transfer->lines_room = room;
	}
	mk_line *line = &transfer->lines[transfer->n_lines++];
	line->name = name;
	line->chart = chart;
	line->debit = mk_money_zero(amount);
	line->credit = mk_money_zero(amount);
	return line;
}

static bool same_name(const char *name, const char *stem, const char *suffix)
{
	size_t length = strlen(stem);
	if (strncmp(name, stem, length) != 0)
		return false;
	if (!suffix)
		return name[length] == '\0';
	return name[length] == ':' && strcmp(name + length + 1, suffix) == 0;
}

static void set_fault(mk_transfer *transfer, int code, const char *text)
{
	if (transfer->fault)
		return;
	transfer->fault = code;
	transfer->fault_text = text ? text : "";
}
