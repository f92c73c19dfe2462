/*
 * A proxy before a PostgreSQL server that loses connections. It runs in a process of its own, reads
 * the protocol's messages in both directions and passes them on over real sockets, until it cuts a
 * connection at the place that was asked for.
 */
#ifndef TESTS_LOST_PROXY_H
#define TESTS_LOST_PROXY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum proxy_cut {
	PROXY_NONE,
	PROXY_BEFORE_COMMIT, /* the server never sees it */
	PROXY_AT_COMMIT,     /* it is sent, and both ends are closed */
	PROXY_AFTER_COMMIT,  /* it is done, and the answer isn't passed on */
	PROXY_LATE_COMMIT,   /* it comes to the server when the client has long been cut off */
	PROXY_SENT,          /* the n-th message to the server is lost */
	PROXY_SENT_HALF,     /* only half of it comes */
	PROXY_RECEIVED,      /* the n-th message from the server is lost */
	PROXY_RECEIVED_HALF,
	PROXY_CUTS
} proxy_cut;

/* Shared by the processes. */
typedef struct proxy {
	atomic_int cut;      /* a proxy_cut: the next one; it is done once */
	atomic_int n;        /* messages until then */
	atomic_int delay_us; /* of a late commit */
	atomic_int one_in;   /* any COMMIT is cut with that chance; 0: none by chance */
	atomic_int hits[PROXY_CUTS];
	atomic_ullong random;
	int process;
	char folder[200]; /* of its socket */
	char server[200];
} proxy;

/* Starts it before the server whose socket is in that folder; `p` is shared memory. */
bool proxy_start(proxy *p, const char *server);
void proxy_stop(proxy *p);
int proxy_hits(const proxy *p);
const char *proxy_cut_name(int cut);

#endif
