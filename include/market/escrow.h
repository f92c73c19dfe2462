#ifndef MARKET_ESCROW_H
#define MARKET_ESCROW_H

#include <market/error.h>
#include <market/types.h>

#endif
