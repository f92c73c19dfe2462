# sources of tests/unit for libmarket/aftersale
