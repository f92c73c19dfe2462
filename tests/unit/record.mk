# sources of tests/unit for libmarket/record
