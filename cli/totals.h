/* What a store's orders and accounts say, read by public operations alone. Amounts in minor units.
 */
#ifndef CLI_TOTALS_H
#define CLI_TOTALS_H

#include "cli/cli.h"
#include "cli/pool.h"

typedef struct cli_sums {
	const char *seller; /* its ref; NULL: all */
	const char *name;
	int64_t orders, seller_orders, items;
	int64_t gross, freight, paid, discounts, earnings, fees, taxes, splits, refunded, held;
	int64_t paid_out;      /* of the earnings */
	int64_t unfunded;      /* discounts that went back to their funders; in `refunded` */
	int64_t provider_fees; /* kept by the provider; the platform's expense */
} cli_sums;

typedef struct cli_totals {
	cli_sums all;
	cli_sums *sellers;
	size_t n_sellers, room_sellers;
} cli_totals;

/* `sellers` is freed with free, its texts with the pool. */
int cli_read_totals(cli_market *open, pool *pool, cli_totals *out, market_error *err);
/* paid + discounts = earnings + fees + taxes + splits + held + refunded */
bool cli_balanced(const cli_sums *sums);

#endif
