# sources of libmarket/settlement
