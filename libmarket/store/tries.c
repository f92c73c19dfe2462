#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/store/store.h"

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

/* What came between is there now, so that the second run needs no pause; from the third on the
 * pauses grow and differ between processes. */
static void pause_after(int tries)
{
	int64_t spread = mk_clock_monotonic_us() % ((int64_t)1 << tries);

	if (tries > 1)
		mk_store_pause((int)(1 + spread));
}
