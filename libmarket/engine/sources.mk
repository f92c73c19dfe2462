# sources of libmarket/engine
