# sources of libmarket/order
