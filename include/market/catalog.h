#ifndef MARKET_CATALOG_H
#define MARKET_CATALOG_H

#include <market/error.h>
#include <market/types.h>

#endif
