/* ACC-1: the accounts that may exist. */
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/internal.h"

#define SUFFIX_MAX 64

enum { PLAIN = 0, SUFFIXED = 1 << 0, PLATFORM = 1 << 1 };

#define ENTRY(name, class_name, own_flags, shape, text) \
	{ \
		.stem = (name), .account_class = MK_ACCOUNT_##class_name, .flags = (own_flags), \
		.suffixed = ((shape)&SUFFIXED) != 0, .platform_only = ((shape)&PLATFORM) != 0, \
		.summary = (text) \
	}
#define LIMITED(name, shape, text) ENTRY(name, LIABILITY, MK_ACCOUNT_LIMIT, shape, text)
#define PAYS_FIRST(debt, name, text) \
	{ \
		.stem = (name), .account_class = MK_ACCOUNT_LIABILITY, .flags = MK_ACCOUNT_LIMIT, \
		.pays = (debt), .summary = (text) \
	}

static const mk_chart_entry chart[] = {
	ENTRY("bank", ASSET, 0, PLATFORM, "the platform's money at its bank"),
	ENTRY("psp_clearing", ASSET, 0, PLAIN, "captured by a provider and not yet settled"),
	ENTRY("seller_receivable", ASSET, 0, PLAIN, "what the seller owes the platform"),
	ENTRY("affiliate_receivable", ASSET, 0, PLAIN, "what an affiliate owes the platform"),
	ENTRY("funder_receivable", ASSET, 0, SUFFIXED, "what a discount's funder owes"),
	ENTRY("recourse", ASSET, 0, SUFFIXED, "paid to a buyer first, open against the seller"),
	ENTRY("chargeback_clearing", ASSET, 0, SUFFIXED, "under an open chargeback"),
	LIMITED("escrow", SUFFIXED, "held for an order"),
	LIMITED("buyer_payable", SUFFIXED, "owed to the buyer of an order"),
	LIMITED("seller_pending", PLAIN, "earned by the seller and not yet matured"),
	PAYS_FIRST("seller_receivable", "seller_available", "ready to be paid out"),
	LIMITED("seller_reserved", PLAIN, "matured and kept as a reserve"),
	LIMITED("seller_deposit", PLAIN, "the seller's deposit"),
	LIMITED("payout_in_transit", PLAIN, "on its way to the seller"),
	LIMITED("affiliate_pending", PLAIN, "earned by an affiliate, within the after-sale window"),
	LIMITED("affiliate_payable", PLAIN, "owed to an affiliate"),
	LIMITED("fee_deferred", PLAIN, "service fees paid and not yet earned"),
	LIMITED("tax_payable", PLAIN, "tax on fees, owed to the state"),
	LIMITED("goods_tax_payable", PLAIN, "goods tax collected as deemed supplier"),
	LIMITED("withheld_tax_payable", PLAIN, "tax withheld from the seller"),
	ENTRY("fee_revenue", REVENUE, 0, SUFFIXED, "the platform's fees of one kind"),
	ENTRY("psp_fee", EXPENSE, 0, PLAIN, "what a provider charges"),
	ENTRY("promo_funding", EXPENSE, 0, PLAIN, "discounts that the platform pays, contra revenue"),
	ENTRY("compensation_expense", EXPENSE, 0, PLAIN, "compensation that the platform bears"),
	ENTRY("chargeback_loss", EXPENSE, 0, PLAIN, "chargebacks that the platform bears"),
	ENTRY("bad_debt", EXPENSE, 0, PLAIN, "receivables written off"),
	ENTRY("fx_gain_loss", EXPENSE, 0, PLAIN, "of exchange, either sign"),
	ENTRY("suspense", CONTROL, 0, PLAIN, "to be explained"),
	ENTRY("interbook", CONTROL, 0, SUFFIXED, "between this book and another"),
	ENTRY("fx_position", CONTROL, 0, PLAIN, "between two currencies"),
};

size_t mk_chart_stem_length(const char *name)
{
	const char *colon = strchr(name, ':');
	return colon ? (size_t)(colon - name) : strlen(name);
}

const mk_chart_entry *mk_chart_find(const char *name)
{
	size_t length = name ? mk_chart_stem_length(name) : 0;
	for (size_t i = 0; length && i < sizeof(chart) / sizeof(chart[0]); i++) {
		const char *stem = chart[i].stem;
		if (stem[0] == name[0] && strncmp(stem, name, length) == 0 && stem[length] == '\0')
			return &chart[i];
	}
	return NULL;
}

const mk_chart_entry *mk_chart_at(size_t index)
{
	return index < sizeof(chart) / sizeof(chart[0]) ? &chart[index] : NULL;
}

const char *mk_chart_name(mk_arena *arena, int64_t book, const char *stem, const char *suffix,
                          const mk_chart_entry **entry, int *fault, const char **text)
{
	const char *name = NULL;
	*entry = mk_chart_find(stem);
	*fault = MARKET_EINVALID;
	if (!*entry || strchr(stem, ':')) {
		*text = "isn't an account of the chart";
	} else if ((*entry)->suffixed && !mk_account_suffix_valid(suffix)) {
		*text = "needs a suffix of 1 to 64 letters, digits, '_', '-' or '.'";
	} else if (!(*entry)->suffixed && suffix) {
		*text = "takes no suffix";
	} else if ((*entry)->platform_only && book != 0) {
		*text = "exists in book 0 only";
	} else {
		name =
			suffix ? mk_arena_join(arena, MK_TEXTS((*entry)->stem, ":", suffix)) : (*entry)->stem;
		*fault = name ? 0 : MARKET_ENOMEM;
	}
	return name;
}

bool mk_account_suffix_valid(const char *suffix)
{
	size_t length = suffix ? strlen(suffix) : 0;
	if (length == 0 || length > SUFFIX_MAX)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = suffix[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.')
			return false;
	}
	return true;
}
