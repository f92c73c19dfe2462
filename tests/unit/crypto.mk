# sources of tests/unit for libmarket/crypto
