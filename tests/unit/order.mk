# sources of tests/unit for libmarket/order
