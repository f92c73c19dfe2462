# sources of libmarket/ledger
