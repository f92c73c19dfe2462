#ifndef MARKET_POLICY_H
#define MARKET_POLICY_H

#include <market/error.h>
#include <market/types.h>

#endif
