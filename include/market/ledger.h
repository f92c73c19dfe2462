#ifndef MARKET_LEDGER_H
#define MARKET_LEDGER_H

#include <market/error.h>
#include <market/types.h>

#endif
