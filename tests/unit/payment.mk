# sources of tests/unit for libmarket/payment
