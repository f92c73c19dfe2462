# sources of libmarket/aftersale
