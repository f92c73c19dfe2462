# sources of libmarket/op
