#ifndef MARKET_SETTLEMENT_H
#define MARKET_SETTLEMENT_H

#include <market/error.h>
#include <market/types.h>

#endif
