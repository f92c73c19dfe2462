# sources of tests/unit for libmarket/rating
