#ifndef MARKET_RATING_H
#define MARKET_RATING_H

#include <market/error.h>
#include <market/types.h>

#endif
