#ifndef MARKET_SHIPMENT_H
#define MARKET_SHIPMENT_H

#include <market/error.h>
#include <market/types.h>

#endif
