# sources of tests/unit for libmarket/store
