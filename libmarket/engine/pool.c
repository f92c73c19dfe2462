/* Connections to the store: each call has one for its length, so that sessions work side by side.
 */
#include "libmarket/base/limits.h"
#include "libmarket/engine/market.h"

#define DEFAULT_CONNECTIONS 8
#define REFUSED_US (1000 * 1000)
#define FOR_GROUPS 3 /* connections: one that writes and two that read */

static int open_connection(market *market, bool create, mk_connection **out, market_error *err);
static void close_connection(market *market, mk_connection *connection);
static bool may_grow(const market *market);
static int grow(market *market, market_error *err);
static mk_connection *find_free(const market *market);
static mk_connection *use(mk_connection *connection);
static bool any_taken(const market *market);
static bool has_turns(const market *market);
static bool is_inside(const market *market);

int mk_pool_open(market *market, const market_options *options, market_error *err)
{
	int rc;
	market->max_connections = options->connections > 0 ? options->connections : DEFAULT_CONNECTIONS;
	if (market->url.memory)
		market->max_connections = 1;
	rc = open_connection(market, (options->flags & MARKET_OPEN_CREATE) != 0, &market->connections,
	                     err);
	if (rc != 0)
		return rc;
	market->n_connections = 1;
	market->store = market->connections->store;
	market->digest = market->connections->digest;
	return 0;
}

void mk_pool_close(market *market)
{
	while (market->connections) {
		mk_connection *next = market->connections->next;
		close_connection(market, market->connections);
		market->connections = next;
	}
}

int mk_pool_take(market *market, mk_connection **out, market_error *err)
{
	const int64_t until = mk_clock_monotonic_us() + MK_PATIENCE_US;
	const struct timespec patience = {until / 1000000, until % 1000000 * 1000};
	mk_connection *found = NULL;
	int rc = 0, waited = 0;
	pthread_mutex_lock(&market->lock);
	if (is_inside(market))
		rc = mk_error_set(err, MARKET_EMISUSE, "a call from inside an operation is refused");
	while (rc == 0 && !(found = find_free(market)) && waited == 0) {
		if (may_grow(market))
			rc = grow(market, err);
		else
			waited = pthread_cond_timedwait(&market->given, &market->lock, &patience);
	}
	if (rc == 0 && !found)
		rc = mk_error_set(err, MARKET_EBUSY, "all %d connections to the store are in use",
		                  (int)market->n_connections);
	*out = rc == 0 ? use(found) : NULL;
	pthread_mutex_unlock(&market->lock);
	return rc;
}

void mk_pool_give(market *market, mk_connection *connection)
{
	pthread_mutex_lock(&market->lock);
	connection->taken = false;
	pthread_cond_signal(&market->given);
	pthread_mutex_unlock(&market->lock);
}

bool mk_pool_groups(const market *market)
{
	return has_turns(market) && market->max_connections >= FOR_GROUPS;
}

mk_connection *mk_pool_take_first(market *market)
{
	mk_connection *first = market->connections;
	pthread_mutex_lock(&market->lock);
	first = first->taken ? NULL : use(first);
	pthread_mutex_unlock(&market->lock);
	return first;
}

mk_connection *mk_pool_take_other(market *market)
{
	mk_connection *found;
	market_error ignored;
	pthread_mutex_lock(&market->lock);
	found = find_free(market);
	if (!found && may_grow(market) && grow(market, &ignored) == 0)
		found = find_free(market);
	if (found)
		use(found);
	pthread_mutex_unlock(&market->lock);
	return found;
}

bool mk_pool_is_inside(market *market)
{
	bool inside;
	pthread_mutex_lock(&market->lock);
	inside = is_inside(market);
	pthread_mutex_unlock(&market->lock);
	return inside;
}

int64_t mk_market_next_id(market *market, market_time now)
{
	int64_t id;
	pthread_mutex_lock(&market->lock);
	id = mk_id_next(&market->ids, now);
	pthread_mutex_unlock(&market->lock);
	return id;
}

static int open_connection(market *market, bool create, mk_connection **out, market_error *err)
{
	const mk_store_options how = {
		.allocator = &market->allocator,
		.create = create,
		.read_only = market->read_only,
		.writers = has_turns(market) ? &market->writers : NULL,
	};
	mk_connection *connection = mk_allocate_zero(&market->allocator, sizeof(*connection));
	int rc;
	if (!connection)
		return mk_error_no_memory(err);
	rc = mk_digest_open(&market->allocator, &connection->digest, err);
	if (rc == 0)
		rc = mk_store_open(&market->url, &how, &connection->store, err);
	if (rc == 0)
		*out = connection;
	else
		close_connection(market, connection);
	return rc;
}

static void close_connection(market *market, mk_connection *connection)
{
	mk_store_close(connection->store);
	mk_digest_close(connection->digest);
	mk_release(&market->allocator, connection);
}

static bool may_grow(const market *market)
{
	return market->n_connections < market->max_connections &&
	       mk_clock_monotonic_us() >= market->refused_until;
}

/* Opened while others go on. A server that gives no more than there are isn't asked again at once.
 */
static int grow(market *market, market_error *err)
{
	mk_connection *made = NULL;
	int rc;
	market->n_connections++;
	pthread_mutex_unlock(&market->lock);
	rc = open_connection(market, false, &made, err);
	pthread_mutex_lock(&market->lock);
	if (rc == 0) {
		mk_connection **last = &market->connections;
		while (*last)
			last = &(*last)->next;
		*last = made;
		return 0;
	}
	market->n_connections--;
	if (rc == MARKET_ENOMEM)
		return rc;
	mk_log(market, MARKET_LOG_WARNING, "a connection more can't be opened: %s", err->message);
	mk_error_clear(err);
	market->refused_until = mk_clock_monotonic_us() + REFUSED_US;
	return 0;
}

/* With groups, the first is left to those who write them, while there are others at work. */
static mk_connection *find_free(const market *market)
{
	mk_connection *at = market->connections;
	if (mk_pool_groups(market) && any_taken(market))
		at = at->next;
	while (at && at->taken)
		at = at->next;
	return at;
}

static mk_connection *use(mk_connection *connection)
{
	connection->taken = true;
	connection->user = pthread_self();
	return connection;
}

static bool any_taken(const market *market)
{
	for (const mk_connection *at = market->connections; at; at = at->next)
		if (at->taken)
			return true;
	return false;
}

static bool has_turns(const market *market)
{
	return market->url.kind == MK_STORE_SQLITE && !market->url.memory;
}

static bool is_inside(const market *market)
{
	for (const mk_connection *at = market->connections; at; at = at->next)
		if (at->taken && pthread_equal(at->user, pthread_self()))
			return true;
	return false;
}
