/* A marketplace in your process: cc embed.c $(pkg-config --cflags --libs libmarket) */
#include <market.h>
#include <stdio.h>

int main(void)
{
	market *store = NULL;
	market_session *session = NULL;
	market_seller *seller = NULL;
	market_error err;
	market_options options = MARKET_OPTIONS_INIT;
	market_actor clerk = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "clerk", .rights = MARKET_RIGHT_ALL};
	market_seller_apply_params apply = MARKET_SELLER_APPLY_PARAMS_INIT;
	int rc;

	options.flags = MARKET_OPEN_CREATE;
	rc = market_open("sqlite:shop.db", &options, &store, &err);
	if (rc == 0)
		rc = market_session_open(store, &clerk, &session, &err);
	apply.key = "application-1"; /* sent twice, it is done once */
	apply.name = "Tea House";
	apply.store_type = MARKET_STORE_INDIVIDUAL;
	apply.country = "BR";
	apply.currency = "BRL";
	apply.owner_name = "Lin";
	if (rc == 0)
		rc = market_seller_apply(session, &apply, &seller, &err);
	if (rc == 0)
		printf("%s has %zu requirements to meet\n", seller->name, seller->n_requirements);
	else
		printf("%s: %s\n", market_error_name(err.code), err.message);
	market_seller_free(seller);
	market_session_close(session);
	market_close(store);
	return rc != 0;
}
