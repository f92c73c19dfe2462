/* Checking a transfer against its accounts and planning it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/internal.h"

static const mk_statement transfer_by_client = {
	.name = "transfer_by_client",
	.sql = "SELECT book_id, id, digest FROM transfer WHERE book_id = ?1 AND client_id = ?2",
};

static int check_request(mk_transfer *transfer, market_error *err);
static int check_kind(const mk_transfer *transfer, market_error *err);
static int check_balance(const mk_transfer *transfer, market_error *err);
static int check_group(const mk_transfer *transfer, const char *currency, market_error *err);
static int read_all(mk_ledger *ledger, mk_transfer *transfer, const mk_transfer_row **earlier,
                    market_error *err);
static mk_transfer *find_planned(mk_ledger *ledger, int64_t book, const char *client_id);
static int compare(mk_transfer *transfer, market_id id, const void *digest, market_error *err);
static int make_legs(mk_ledger *ledger, mk_transfer *transfer, market_error *err);

mk_ledger *mk_ledger_new(const mk_ledger_setup *setup)
{
	mk_ledger *ledger = MK_NEW(setup->arena, mk_ledger);
	if (!ledger)
		return NULL;
	ledger->setup = *setup;
	if (setup->plan)
		mk_plan_set_seal(setup->plan, mk_ledger_flush_seal, ledger);
	return ledger;
}

mk_ledger *mk_ledger_trial(const mk_ledger *ledger, mk_plan *plan)
{
	mk_ledger *trial = plan ? MK_NEW(ledger->setup.arena, mk_ledger) : NULL;
	if (!trial)
		return NULL;
	trial->setup = ledger->setup;
	trial->setup.plan = plan;
	return trial;
}

market_money mk_ledger_sum(const mk_ledger *ledger, size_t index)
{
	market_money sums[2 * MK_MAX_BATCH];
	size_t count = 0;
	for (const mk_transfer *at = ledger->first; at; at = at->next) {
		for (size_t i = 0; i < at->n_legs; i++) {
			market_money zero = mk_money_zero(at->legs[i].debit);
			size_t k = 0;
			while (k < count && !mk_money_same_currency(sums[k], zero))
				k++;
			if (k == sizeof(sums) / sizeof(sums[0]))
				continue;
			if (k == count)
				sums[count++] = zero;
			sums[k] = mk_money_add(sums[k], at->legs[i].debit);
			sums[k] = mk_money_add(sums[k], mk_money_max(at->legs[i].debit_held, zero));
		}
	}
	return index < count ? sums[index] : (market_money){0, ""};
}

int mk_transfer_post(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	if (!transfer)
		return mk_error_no_memory(err);
	if (!ledger->setup.plan || transfer->posted)
		return mk_error_set(err, MARKET_EINTERNAL, "transfer \"%s\" can't be posted here",
		                    transfer->client_id);
	int rc = check_request(transfer, err);
	if (rc == 0)
		rc = mk_transfer_content(ledger, transfer, err);
	if (rc)
		return rc;
	rc = mk_post_earlier(ledger, transfer, err);
	if (rc || transfer->replayed)
		return rc;
	if (transfer->pending.id)
		rc = mk_hold_resolve(ledger, transfer, err);
	else
		rc = make_legs(ledger, transfer, err);
	if (rc == 0)
		rc = mk_debt_pay(ledger, transfer, err);
	return rc ? rc : mk_post_plan(ledger, transfer, err);
}

int mk_post_earlier(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	const mk_transfer_row *earlier = NULL;
	const mk_transfer *planned = find_planned(ledger, transfer->id.book, transfer->client_id);
	if (planned)
		return compare(transfer, planned->id, planned->digest.bytes, err);
	int rc = read_all(ledger, transfer, &earlier, err);
	if (rc || !earlier)
		return rc;
	if (earlier->digest.size != MK_HASH_SIZE)
		return mk_error_set(err, MARKET_ECORRUPT, "transfer \"%s\" has a broken digest",
		                    transfer->client_id);
	return compare(transfer, earlier->id, earlier->digest.data, err);
}

int mk_transfer_error(const mk_transfer *transfer, market_error *err, int code, const char *field,
                      const char *format, ...)
{
	char text[sizeof(((market_error *)0)->message)];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	mk_error_set(err, code, "%s", text);
	if (field)
		mk_error_field(err, code, "%s", field);
	if (transfer->field && field)
		mk_error_prefix(err, "%s", transfer->field);
	else if (transfer->field)
		mk_error_field(err, code, "%s", transfer->field);
	return code;
}

static mk_transfer *find_planned(mk_ledger *ledger, int64_t book, const char *client_id)
{
	mk_transfer *at = ledger->by_client[mk_ledger_hash(book, client_id, "") % MK_LEDGER_BUCKETS];
	for (; at; at = at->next_same) {
		if (at->id.book == book && strcmp(at->client_id, client_id) == 0)
			return at;
	}
	return NULL;
}

void mk_ledger_remember(mk_ledger *ledger, mk_transfer *transfer)
{
	uint64_t bucket =
		mk_ledger_hash(transfer->id.book, transfer->client_id, "") % MK_LEDGER_BUCKETS;
	transfer->next_same = ledger->by_client[bucket];
	ledger->by_client[bucket] = transfer;
	if (ledger->last)
		ledger->last->next = transfer;
	else
		ledger->first = transfer;
	ledger->last = transfer;
	ledger->n_transfers++;
	transfer->posted = true;
}

static int check_request(mk_transfer *transfer, market_error *err)
{
	size_t length = strlen(transfer->client_id), legs = 0;
	if (transfer->fault == MARKET_ENOMEM)
		return mk_error_no_memory(err);
	if (transfer->fault)
		return mk_transfer_error(transfer, err, transfer->fault, "legs", "transfer \"%s\": %s",
		                         transfer->client_id, transfer->fault_text);
	if (length == 0 || transfer->purpose[0] == '\0' || !mk_utf8_valid(transfer->client_id, length))
		return mk_transfer_error(transfer, err, MARKET_EINVALID, "client_id",
		                         "a transfer's client id is \"purpose:object\"");
	if (mk_utf8_length(transfer->client_id) > MK_MAX_KEY || strlen(transfer->purpose) > MK_MAX_CODE)
		return mk_transfer_error(transfer, err, MARKET_ELIMIT, "client_id",
		                         "the client id is too long");
	if (transfer->reason && mk_utf8_length(transfer->reason) > MK_MAX_TEXT)
		return mk_transfer_error(transfer, err, MARKET_ELIMIT, "reason", "the reason is too long");
	int rc = check_kind(transfer, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < transfer->n_lines; i++) {
		market_money net = mk_money_sub(transfer->lines[i].debit, transfer->lines[i].credit);
		if (mk_money_broken(net))
			return mk_transfer_error(transfer, err, MARKET_EOVERFLOW, "legs",
			                         "transfer \"%s\": the sum for %s is too large",
			                         transfer->client_id, transfer->lines[i].name);
		legs += !mk_money_is_zero(net);
	}
	if (legs == 0 && transfer->pending.id && transfer->n_lines == 0)
		return 0;
	if (legs < 2)
		return mk_transfer_error(transfer, err, MARKET_EINVALID, "legs",
		                         "transfer \"%s\" has fewer than 2 legs with an amount",
		                         transfer->client_id);
	return check_balance(transfer, err);
}

static int check_kind(const mk_transfer *transfer, market_error *err)
{
	bool ends = transfer->kind == MK_TRANSFER_VOID || transfer->kind == MK_TRANSFER_EXPIRE;
	bool other =
		ends || transfer->kind == MK_TRANSFER_POST || transfer->kind == MK_TRANSFER_REVERSAL;
	if (transfer->kind < MK_TRANSFER_DIRECT || transfer->kind > MK_TRANSFER_REVERSAL)
		return mk_transfer_error(transfer, err, MARKET_EINVALID, "kind",
		                         "a transfer can't be of kind %d", (int)transfer->kind);
	if (other != (transfer->pending.id != 0))
		return mk_transfer_error(transfer, err, MARKET_EINVALID, "pending",
		                         other ? "this kind names the transfer that it ends or reverses"
		                               : "this kind names no other transfer");
	if (other && transfer->pending.book != transfer->id.book)
		return mk_transfer_error(transfer, err, MARKET_ENOTFOUND, "pending",
		                         "there is no such transfer in this book");
	if (ends && transfer->n_lines)
		return mk_transfer_error(transfer, err, MARKET_EINVALID, "legs",
		                         "a hold is ended whole: no legs are given");
	if (transfer->expires && transfer->kind != MK_TRANSFER_PENDING)
		return mk_transfer_error(transfer, err, MARKET_EINVALID, "expires_at",
		                         "only a hold expires");
	if (transfer->expires && transfer->expires <= transfer->ledger->setup.effective)
		return mk_transfer_error(transfer, err, MARKET_EINVALID, "expires_at",
		                         "a hold expires in the future");
	return 0;
}

/* LED-6: each currency is a balanced group, and two of them are an exchange with its rate. */
static int check_balance(const mk_transfer *transfer, market_error *err)
{
	const char *currencies[2] = {NULL, NULL};
	size_t count = 0;
	for (size_t i = 0; i < transfer->n_lines; i++) {
		const char *currency = transfer->lines[i].debit.currency;
		if ((count > 0 && strcmp(currencies[0], currency) == 0) ||
		    (count > 1 && strcmp(currencies[1], currency) == 0))
			continue;
		if (mk_currency_digits(currency) < 0)
			return mk_transfer_error(transfer, err, MARKET_ECURRENCY, "legs",
			                         "\"%s\" isn't a currency", currency);
		if (count == 2)
			return mk_transfer_error(transfer, err, MARKET_ECURRENCY, "legs",
			                         "transfer \"%s\" mixes more than two currencies",
			                         transfer->client_id);
		currencies[count++] = currency;
	}
	if (count == 2 && !transfer->rate_numerator)
		return mk_transfer_error(transfer, err, MARKET_ECURRENCY, "legs",
		                         "transfer \"%s\" is in two currencies without a rate",
		                         transfer->client_id);
	if (count < 2 && transfer->rate_numerator)
		return mk_transfer_error(transfer, err, MARKET_ECURRENCY, "rate",
		                         "only an exchange has a rate");
	int rc = check_group(transfer, currencies[0], err);
	return rc == 0 && count == 2 ? check_group(transfer, currencies[1], err) : rc;
}

static int check_group(const mk_transfer *transfer, const char *currency, market_error *err)
{
	market_money debits = mk_money(0, currency), credits = debits;
	char left[MK_MONEY_TEXT_SIZE], right[MK_MONEY_TEXT_SIZE];
	for (size_t i = 0; i < transfer->n_lines; i++) {
		const mk_line *line = &transfer->lines[i];
		if (!mk_money_same_currency(line->debit, debits))
			continue;
		debits = mk_money_add(debits, line->debit);
		credits = mk_money_add(credits, line->credit);
	}
	if (mk_money_broken(debits) || mk_money_broken(credits))
		return mk_transfer_error(transfer, err, MARKET_EOVERFLOW, "legs",
		                         "transfer \"%s\": its sum is too large", transfer->client_id);
	if (mk_money_equal(debits, credits))
		return 0;
	mk_money_format(debits, left);
	mk_money_format(credits, right);
	return mk_transfer_error(transfer, err, MARKET_EUNBALANCED, "legs",
	                         "transfer \"%s\": debits are %s %s, credits %s", transfer->client_id,
	                         left, currency, right);
}

/* The transfer of that client id and every account not met yet, as one batch. */
static int read_all(mk_ledger *ledger, mk_transfer *transfer, const mk_transfer_row **earlier,
                    market_error *err)
{
	mk_query queries[MK_MAX_LEGS + 1];
	mk_entry *entries[MK_MAX_LEGS + 1];
	size_t count = 1;
	const mk_value client[] = {mk_int(transfer->id.book), mk_text_value(transfer->client_id)};
	queries[0] = (mk_query){.statement = &transfer_by_client,
	                        .args = client,
	                        .n_args = 2,
	                        .record = &mk_transfer_row_record};
	for (size_t i = 0; i < transfer->n_lines; i++) {
		const mk_line *line = &transfer->lines[i];
		bool met = false;
		mk_entry *entry = mk_entry_find(ledger, transfer->id.book, line->name, line->debit.currency,
		                                line->chart, &met);
		if (!entry)
			return mk_error_no_memory(err);
		if (met)
			continue;
		entries[count] = entry;
		queries[count] = mk_entry_query(ledger, entry);
		if (!queries[count].args)
			return mk_error_no_memory(err);
		count++;
	}
	int rc = mk_store_read(ledger->setup.store, ledger->setup.arena, queries, count, err);
	for (size_t i = 1; rc == 0 && i < count; i++) {
		if (queries[i].n_rows)
			mk_entry_load(entries[i], queries[i].rows[0]);
	}
	*earlier = rc == 0 && queries[0].n_rows ? queries[0].rows[0] : NULL;
	return rc;
}

static int compare(mk_transfer *transfer, market_id id, const void *digest, market_error *err)
{
	if (memcmp(digest, transfer->digest.bytes, MK_HASH_SIZE) != 0)
		return mk_transfer_error(transfer, err, MARKET_EKEYREUSED, "client_id",
		                         "transfer \"%s\" exists with other content", transfer->client_id);
	transfer->id = id;
	transfer->replayed = true;
	transfer->posted = true;
	return 0;
}

static int make_legs(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	transfer->legs = MK_NEW_ARRAY(ledger->setup.arena, mk_leg, transfer->n_lines + MK_DEBT_LEGS);
	if (!transfer->legs)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < transfer->n_lines; i++) {
		const mk_line *line = &transfer->lines[i];
		market_money zero = mk_money_zero(line->debit),
					 net = mk_money_sub(line->debit, line->credit);
		bool met = false;
		if (mk_money_is_zero(net))
			continue;
		market_money debit = mk_money_max(net, zero),
					 credit = mk_money_max(mk_money_neg(net), zero);
		bool held = transfer->kind == MK_TRANSFER_PENDING;
		transfer->legs[transfer->n_legs++] = (mk_leg){
			.entry = mk_entry_find(ledger, transfer->id.book, line->name, line->debit.currency,
		                           line->chart, &met),
			.debit = held ? zero : debit,
			.credit = held ? zero : credit,
			.debit_held = held ? debit : zero,
			.credit_held = held ? credit : zero,
		};
	}
	return 0;
}
