/* COM-5: what a refund takes back of the parts that a line was divided into. */
#ifndef MK_SETTLEMENT_REVERSAL_H
#define MK_SETTLEMENT_REVERSAL_H

#include "libmarket/engine/policy.h"

/* A fee, its tax or a split of one line. */
typedef struct mk_part {
	market_money frozen;
	market_money reversed; /* before this step */
	int32_t reversal;      /* mk_fee_reversal */
	market_money step;     /* out: what this step reverses of it */
} mk_part;

typedef struct mk_reversal {
	market_money total;    /* the line's original gross: cash and third-funded discounts */
	market_money refunded; /* before this step */
	market_money step;     /* what this step refunds; refunded + step ≤ total */
	mk_part *parts;        /* in the policy's order */
	size_t n_parts;
	market_money seller; /* out: what of the step the seller bears */
} mk_reversal;

/* Divides one step. Never negative; once everything is refunded each part that is ever reversed is
 * reversed whole. What isn't (reversal never) the seller bears. */
void mk_reversal_divide(mk_reversal *reversal, mk_rounding rounding);

#endif
