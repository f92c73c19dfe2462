# sources of tests/unit for libmarket/seller
