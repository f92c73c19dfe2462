#ifndef MK_SERVICE_FEE_SQL_H
#define MK_SERVICE_FEE_SQL_H

#include "libmarket/service_fee/service_fee.h"

extern const mk_statement mk_service_fee_insert, mk_service_fee_update, mk_service_fee_running;
extern const mk_statement mk_service_fee_page, mk_subscription_insert, mk_subscription_update;
extern const mk_statement mk_subscription_running, mk_subscription_page;

#endif
