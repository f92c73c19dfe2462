# sources of libmarket/party
