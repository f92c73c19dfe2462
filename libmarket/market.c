/* Opening and closing a market. */
#include "libmarket/engine/market.h"
#include "libmarket/catalog/catalog.h"
#include "libmarket/identity/identity.h"
#include "libmarket/listing/listing.h"
#include "libmarket/op/schema.h"
#include "libmarket/payment/provider.h"
#include "libmarket/store/copy.h"

#define KEYS_PATIENCE_US (5 * 1000 * 1000)
#define KEYS_PAUSE_MS 5

static int open_store(market *market, const char *url, const market_options *options,
                      market_error *err);
static int open_keys(market *market, market_error *err);
static int prepare_schema(market *market, const market_options *options, bool *fresh,
                          market_error *err);
static int may_go_on(market *market, bool *leave, int *version, market_error *err);
static int begin_store(market *market, const market_options *options, market_error *err);

const char *market_version(void)
{
	return MARKET_VERSION;
}

static void ignore_log(int32_t level, const char *message, void *user_data)
{
	(void)level;
	(void)message;
	(void)user_data;
}

#define OPEN_FLAGS (MARKET_OPEN_CREATE | MARKET_OPEN_MIGRATE | MARKET_OPEN_READ_ONLY)

static void make_locks(market *market)
{
	pthread_condattr_t clock;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&market->given, &clock);
	pthread_condattr_destroy(&clock);
	pthread_mutex_init(&market->lock, NULL);
	mk_writers_open(&market->writers);
}

static market *new_market(const market_options *options)
{
	const market_allocator *allocator =
		options->allocator ? options->allocator : &mk_allocator_default;
	market *market = mk_allocate_zero(allocator, sizeof(*market));
	if (!market)
		return NULL;
	market->allocator = *allocator;
	market->clock = options->clock ? options->clock : mk_clock_now;
	market->random = options->random ? options->random : mk_random_bytes;
	market->log = options->log ? options->log : ignore_log;
	market->user_data = options->user_data;
	market->read_only = (options->flags & MARKET_OPEN_READ_ONLY) != 0;
	mk_arena_init(&market->arena, &market->allocator);
	make_locks(market);
	return market;
}

int market_open(const char *url, const market_options *given, market **out, market_error *err)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_error own;
	market *market;
	uint32_t start = 0;
	int rc;
	if (!err)
		err = &own;
	mk_error_clear(err);
	if (!url || !out)
		return mk_error_set(err, MARKET_EMISUSE,
		                    "a store URL and a place for the market are needed");
	*out = NULL;
	rc = given ? mk_options_take(given, &options, sizeof(options), err) : 0;
	if (rc == 0 && (options.flags & ~(uint32_t)OPEN_FLAGS) != 0)
		rc = mk_error_at(err, MARKET_EINVALID, "flags", "flags 0x%x aren't known",
		                 options.flags & ~(uint32_t)OPEN_FLAGS);
	if (rc != 0)
		return rc;
	market = new_market(&options);
	if (!market)
		return mk_error_no_memory(err);
	if (!market->random(&start, sizeof(start), market->user_data))
		rc = mk_error_set(err, MARKET_EIO, "the random source failed");
	else
		rc = open_store(market, url, &options, err);
	mk_id_source_init(&market->ids, start);
	if (rc == 0)
		rc = begin_store(market, &options, err);
	if (rc == 0)
		rc = mk_providers_open(market, err);
	if (rc == 0)
		rc = mk_identities_open(market, err);
	if (rc != 0) {
		market_close(market);
		return rc;
	}
	*out = market;
	return 0;
}

void market_close(market *market)
{
	market_allocator allocator;
	if (!market)
		return;
	allocator = market->allocator;
	mk_identities_close(market);
	mk_providers_close(market);
	mk_listing_hooks_close(market);
	mk_warehouse_hook_close(market);
	mk_pool_close(market);
	mk_keys_close(market->keys);
	mk_policy_forget(market);
	mk_arena_close(&market->arena);
	mk_writers_close(&market->writers);
	pthread_mutex_destroy(&market->lock);
	pthread_cond_destroy(&market->given);
	mk_release(&allocator, market);
}

void market_text_free(char *text)
{
	mk_record_free(text);
}

static int open_store(market *market, const char *url, const market_options *options,
                      market_error *err)
{
	int rc = mk_store_url_parse(url, &market->arena, &market->url, err);
	if (rc == 0 && options->keys)
		market->url.keys = mk_arena_text(&market->arena, options->keys);
	return rc == 0 ? mk_pool_open(market, options, err) : rc;
}

static int begin_store(market *market, const market_options *options, market_error *err)
{
	bool fresh = false;
	mk_tries tries;
	int rc;
	mk_tries_begin(&tries);
	do {
		rc = prepare_schema(market, options, &fresh, err);
	} while (mk_try_again(&tries, &rc, "the schema", err));
	if (rc == 0 && fresh && (options->flags & MARKET_OPEN_CREATE))
		rc = mk_store_found(market, options->policy, options->policy_size, err);
	if (rc == 0)
		rc = mk_store_identity(market, &market->store_id, err);
	if (rc == MARKET_ECORRUPT && fresh)
		return mk_error_hint(
			err, rc, "If its creation was interrupted, MARKET_OPEN_CREATE goes on with it.");
	if (rc == 0)
		rc = open_keys(market, err);
	return rc;
}

static int prepare_schema(market *market, const market_options *options, bool *fresh,
                          market_error *err)
{
	bool leave = (options->flags & MARKET_OPEN_MIGRATE) != 0;
	bool create = (options->flags & MARKET_OPEN_CREATE) != 0;
	int version = 0;
	int last = mk_schema_last();
	int rc = mk_schema_check_mark(market->store, err);

	if (rc == 0)
		rc = mk_schema_version(market->store, mk_schema_list, mk_schema_count, &version, err);
	if (rc == 0 && version != 0 && version != last && create && !leave)
		rc = may_go_on(market, &leave, &version, err);
	if (rc != 0 || version == last) {
		*fresh = false;
		return rc != 0 ? rc : mk_store_is_empty(market, fresh, err);
	}
	if (version == 0 && !create) {
		rc = mk_error_set(err, MARKET_EABSENT, "the database holds no market store");
		return mk_error_hint(err, rc, "Open it with MARKET_OPEN_CREATE to make one.");
	}
	if (version != 0 && !leave) {
		rc = mk_error_set(err, MARKET_ESCHEMA, "the store's schema is %d, this library's %d",
		                  version, last);
		return mk_error_hint(err, rc, "Open it with MARKET_OPEN_MIGRATE to bring it up to date.");
	}
	rc = mk_schema_migrate(market->store, mk_schema_list, mk_schema_count,
	                       market->clock(market->user_data), err);
	return rc != 0 ? rc : mk_store_is_empty(market, fresh, err);
}

/* A creation goes on that was interrupted. When the store isn't empty, another process may have
 * finished it since the version was read. */
static int may_go_on(market *market, bool *leave, int *version, market_error *err)
{
	int rc = mk_store_is_empty(market, leave, err);

	if (rc == 0 && !*leave)
		rc = mk_schema_version(market->store, mk_schema_list, mk_schema_count, version, err);
	return rc;
}

static int make_or_read_keys(market *market, bool due, market_error *err)
{
	int rc = 0;
	if (due || market->url.memory)
		rc = mk_keys_create(market->url.keys, market->store_id, &market->allocator, market->random,
		                    market->user_data, &market->keys, err);
	if (!market->keys && (rc == 0 || rc == MARKET_EKEY || rc == MARKET_EBUSY))
		rc = mk_keys_open(market->url.keys, market->store_id, &market->allocator, &market->keys,
		                  err);
	return rc;
}

/* Keys are made only with a new store: one whose keys are missing later is not opened. Its maker
 * may have died between founding the store and making them, so the store remembers that they are
 * due. */
static int open_keys(market *market, market_error *err)
{
	int64_t patience = mk_clock_monotonic_us() + KEYS_PATIENCE_US;
	bool due = false;
	int rc = mk_store_keys_due(market, &due, err);
	if (rc != 0)
		return rc;
	rc = make_or_read_keys(market, due, err);
	/* Another process that opens the new store is writing them. */
	while (due && (rc == MARKET_EKEY || rc == MARKET_EBUSY) && mk_clock_monotonic_us() < patience) {
		mk_store_pause(KEYS_PAUSE_MS);
		rc = make_or_read_keys(market, due, err);
	}
	if (rc != 0)
		return rc;
	mk_keys_set_random(market->keys, market->random, market->user_data);
	return due ? mk_store_keys_made(market, err) : 0;
}
