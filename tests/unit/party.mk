# sources of tests/unit for libmarket/party
