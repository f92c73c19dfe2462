# sources of libmarket/record
