# sources of libmarket/escrow
