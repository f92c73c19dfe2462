# sources of tests/unit for libmarket/shipment
