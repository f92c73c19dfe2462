# sources of tests/unit for libmarket/engine
