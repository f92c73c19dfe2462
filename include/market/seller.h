#ifndef MARKET_SELLER_H
#define MARKET_SELLER_H

#include <market/error.h>
#include <market/types.h>

#endif
