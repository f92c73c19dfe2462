# sources of tests/unit for libmarket/escrow
