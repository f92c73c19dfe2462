#ifndef MARKET_PAYMENT_H
#define MARKET_PAYMENT_H

#include <market/error.h>
#include <market/types.h>

#endif
