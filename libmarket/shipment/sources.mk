# sources of libmarket/shipment
