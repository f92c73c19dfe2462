/* SEL-11: training with an exam. */
#ifndef MK_PARTY_EXAM_H
#define MK_PARTY_EXAM_H

#include "libmarket/party/review.h"

int mk_exam_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_exam_take(mk_ctx *ctx, const void *params, market_error *err);

#endif
