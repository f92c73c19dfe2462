# sources of libmarket/seller
