# sources of libmarket/store
