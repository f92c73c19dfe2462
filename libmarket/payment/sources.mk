# sources of libmarket/payment
