# sources of libmarket/catalog
