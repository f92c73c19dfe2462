# sources of tests/unit for libmarket/op
