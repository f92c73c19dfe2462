#include "libmarket/op/run.h"

static void pause_after(int tries);

void mk_tries_begin(mk_tries *tries)
{
	tries->until = mk_clock_monotonic_us() + MK_PATIENCE_US;
	tries->n = 0;
}

bool mk_try_again(mk_tries *tries, int *rc, const char *what, market_error *err)
{
	if (*rc != MK_AGAIN && *rc != MARKET_EBUSY)
		return false;
	tries->n++;
	if (tries->n < MK_MAX_TRIES && mk_clock_monotonic_us() < tries->until) {
		pause_after(tries->n);
		return true;
	}
	if (*rc == MK_AGAIN)
		*rc = mk_error_set(err, MARKET_ECONFLICT, "%s met other changes %d times", what, tries->n);
	return false;
}

int mk_session_read(market_session *session, mk_query *queries, size_t n_queries, market_error *err)
{
	mk_tries tries;
	int rc;

	mk_tries_begin(&tries);
	do {
		rc = mk_store_read(session->connection->store, &session->arena, queries, n_queries, err);
	} while (mk_try_again(&tries, &rc, queries[0].statement->name, err));
	return rc;
}

int mk_session_get(market_session *session, const mk_statement *statement, const mk_record *record,
                   const mk_value *args, size_t n_args, void **row, market_error *err)
{
	mk_query query = {.statement = statement, .args = args, .n_args = n_args, .record = record};
	int rc = mk_session_read(session, &query, 1, err);

	*row = rc == 0 && query.n_rows > 0 ? query.rows[0] : NULL;
	return rc;
}

/* What came between is there now, so that the second run needs no pause; from the third on the
 * pauses grow and differ between processes. */
static void pause_after(int tries)
{
	int64_t spread = mk_clock_monotonic_us() % ((int64_t)1 << tries);

	if (tries > 1)
		mk_store_pause((int)(1 + spread));
}
