# sources of tests/unit for libmarket/listing
