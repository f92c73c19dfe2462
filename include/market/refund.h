#ifndef MARKET_REFUND_H
#define MARKET_REFUND_H

#include <market/error.h>
#include <market/types.h>

#endif
