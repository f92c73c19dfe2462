# sources of tests/unit for libmarket/settlement
