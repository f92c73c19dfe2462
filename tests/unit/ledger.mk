# sources of tests/unit for libmarket/ledger
