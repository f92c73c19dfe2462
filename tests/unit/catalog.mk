# sources of tests/unit for libmarket/catalog
