/* Statements of payments, notifications and requests; private to libmarket/payment. */
#ifndef MK_PAYMENT_SQL_H
#define MK_PAYMENT_SQL_H

#include "libmarket/payment/payment.h"

extern const mk_statement mk_payment_by_id, mk_payment_list_page, mk_payment_insert,
	mk_payment_update;
extern const mk_statement mk_share_by_id, mk_share_of_order, mk_share_insert, mk_share_update;
extern const mk_statement mk_notification_by_id, mk_notification_by_event,
	mk_notification_mismatched, mk_notification_in_suspense, mk_notification_insert,
	mk_notification_update;
extern const mk_statement mk_request_by_id, mk_request_last, mk_request_attempt, mk_request_due,
	mk_request_next, mk_request_insert, mk_request_update, mk_request_claim_row,
	mk_request_postpone_row;

#endif
