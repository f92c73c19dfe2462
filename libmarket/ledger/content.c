/* LED-2: the digest of what was asked under a client id. Times of the posting aren't part of it. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/internal.h"

static int compare_lines(const void *a, const void *b);
static void write_lines(const mk_transfer *transfer, const mk_line *const *sorted, mk_text *out);
static void write_change(const mk_transfer *transfer, mk_text *out);

int mk_transfer_content(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	mk_text text;
	int rc = 0;
	const mk_line *sorted[MK_MAX_LEGS];
	mk_text_init(&text, ledger->setup.arena->allocator, 64 * 1024);
	for (size_t i = 0; i < transfer->n_lines; i++)
		sorted[i] = &transfer->lines[i];
	if (transfer->n_lines)
		qsort(sorted, transfer->n_lines, sizeof(sorted[0]), compare_lines);
	mk_text_add_u32(&text, (uint32_t)transfer->kind);
	mk_text_add_bytes(&text, transfer->client_id, strlen(transfer->client_id));
	mk_text_add_u64(&text, (uint64_t)transfer->id.book);
	mk_text_add_u64(&text, (uint64_t)transfer->pending.id);
	mk_text_add_u64(&text, (uint64_t)transfer->expires);
	mk_text_add_bytes(&text, transfer->reason, transfer->reason ? strlen(transfer->reason) : 0);
	mk_text_add_u32(&text, (uint32_t)transfer->object_kind);
	mk_text_add_u64(&text, (uint64_t)transfer->object.book);
	mk_text_add_u64(&text, (uint64_t)transfer->object.id);
	mk_text_add_u64(&text, (uint64_t)transfer->rate_numerator);
	mk_text_add_u64(&text, (uint64_t)transfer->rate_denominator);
	write_lines(transfer, sorted, &text);
	if (transfer->kind == MK_TRANSFER_ACCOUNT)
		write_change(transfer, &text);
	if (text.failed)
		rc = mk_error_no_memory(err);
	else
		rc = mk_digest_sha256(ledger->setup.digest, text.data, text.size, &transfer->digest, err);
	mk_text_close(&text);
	return rc;
}

static int compare_lines(const void *a, const void *b)
{
	const mk_line *left = *(const mk_line *const *)a, *right = *(const mk_line *const *)b;
	int order = strcmp(left->name, right->name);
	return order ? order : strcmp(left->debit.currency, right->debit.currency);
}

static void write_lines(const mk_transfer *transfer, const mk_line *const *sorted, mk_text *out)
{
	for (size_t i = 0; i < transfer->n_lines; i++) {
		market_money net = mk_money_sub(sorted[i]->debit, sorted[i]->credit);
		char amount[MK_MONEY_TEXT_SIZE];
		if (mk_money_is_zero(net))
			continue;
		mk_money_format(net, amount);
		mk_text_add_bytes(out, sorted[i]->name, strlen(sorted[i]->name));
		mk_text_add_bytes(out, net.currency, strlen(net.currency));
		mk_text_add_bytes(out, amount, strlen(amount));
	}
}

static void write_change(const mk_transfer *transfer, mk_text *out)
{
	char amount[MK_MONEY_TEXT_SIZE] = "";
	const mk_account *account = &transfer->legs[0].entry->account;
	const mk_account_change *change = transfer->change;
	if (change && change->overdraft.currency[0])
		mk_money_format(change->overdraft, amount);
	mk_text_add_bytes(out, account->name, strlen(account->name));
	mk_text_add_bytes(out, account->currency, strlen(account->currency));
	mk_text_add_u64(out, (uint64_t)(change ? change->set : 0));
	mk_text_add_u64(out, (uint64_t)(change ? change->clear : 0));
	mk_text_add_bytes(out, amount, strlen(amount));
}
