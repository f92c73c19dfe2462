# sources of tests/unit for libmarket/base
