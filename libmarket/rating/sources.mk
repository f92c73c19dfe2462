# sources of libmarket/rating
