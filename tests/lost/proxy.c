#include "tests/lost/proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/fault.h"

#define SOCKET_NAME ".s.PGSQL.5432"
#define ROOM (1 << 20)

/* One direction of a connection. */
typedef struct way {
	int from, to;
	bool to_server;
	bool started; /* a client's first message has no type */
	size_t used;
	char *bytes;
} way;

typedef struct pair {
	proxy *p;
	way client, server;
} pair;

static int connect_to(const char *folder);
static int listen_in(const char *folder);
static bool address_of(const char *folder, struct sockaddr_un *out);
static void serve(proxy *p, int listener);
static void *pass(void *data);
static bool take(pair *l, way *w);
static size_t whole(const way *w);
static bool pass_on(pair *l, way *w, size_t size);
static bool cut_now(proxy *p, const way *w, size_t size, int *cut);
static bool cut_commit(proxy *p, bool to_server, int *cut);
static bool is_commit(const way *w, size_t size);
static void do_cut(pair *l, way *w, size_t size, int cut);
static bool send_all(int to, const char *bytes, size_t size);

bool proxy_start(proxy *p, const char *server)
{
	int listener, process;
	snprintf(p->folder, sizeof(p->folder), "/tmp/market-proxy-XXXXXX");
	snprintf(p->server, sizeof(p->server), "%s", server);
	if (!mkdtemp(p->folder) || (listener = listen_in(p->folder)) < 0)
		return false;
	fflush(stdout);
	process = fork();
	if (process == 0) {
		alarm(3600);
		signal(SIGPIPE, SIG_IGN);
		serve(p, listener);
		_exit(0);
	}
	close(listener);
	p->process = process;
	return process > 0;
}

void proxy_stop(proxy *p)
{
	char path[300];
	if (p->process <= 0)
		return;
	kill(p->process, SIGKILL);
	waitpid(p->process, NULL, 0);
	snprintf(path, sizeof(path), "%s/%s", p->folder, SOCKET_NAME);
	unlink(path);
	rmdir(p->folder);
}

int proxy_hits(const proxy *p)
{
	int hits = 0;
	for (int i = 0; i < PROXY_CUTS; i++)
		hits += atomic_load(&p->hits[i]);
	return hits;
}

const char *proxy_cut_name(int cut)
{
	static const char *const names[PROXY_CUTS] = {
		"nowhere",       "before commit",    "at commit",
		"after commit",  "at a late commit", "at a message sent",
		"amid one sent", "at one received",  "amid one received"};
	return names[cut];
}

/* ---- sockets ---- */

static bool address_of(const char *folder, struct sockaddr_un *out)
{
	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	return snprintf(out->sun_path, sizeof(out->sun_path), "%s/%s", folder, SOCKET_NAME) <
	       (int)sizeof(out->sun_path);
}

static int connect_to(const char *folder)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && address_of(folder, &address) &&
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int listen_in(const char *folder)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && address_of(folder, &address) &&
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 100) == 0)
		return fd;
	return -1;
}

static bool send_all(int to, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = send(to, bytes, size, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

/* ---- connections ---- */

static void serve(proxy *p, int listener)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		pair *l = fd < 0 ? NULL : calloc(1, sizeof(*l));
		pthread_t thread;
		if (!l)
			continue;
		l->p = p;
		l->client = (way){.from = fd, .to_server = true, .bytes = malloc(ROOM)};
		l->server = (way){.from = connect_to(p->server), .to = fd, .bytes = malloc(ROOM)};
		l->server.started = true;
		l->client.to = l->server.from;
		if (pthread_create(&thread, NULL, pass, l) == 0)
			pthread_detach(thread);
	}
}

static void *pass(void *data)
{
	pair *l = data;
	bool good = l->server.from >= 0;
	while (good) {
		struct pollfd fds[] = {{.fd = l->client.from, .events = POLLIN},
		                       {.fd = l->server.from, .events = POLLIN}};
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			good = take(l, &l->client);
		if (good && fds[1].revents)
			good = take(l, &l->server);
	}
	close(l->client.from);
	close(l->server.from);
	free(l->client.bytes);
	free(l->server.bytes);
	free(l);
	return NULL;
}

/* Reads what there is and passes on what is whole. False when the connection ends. */
static bool take(pair *l, way *w)
{
	ssize_t n = read(w->from, w->bytes + w->used, ROOM - w->used);
	size_t size;
	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	w->used += (size_t)n;
	while ((size = whole(w)) > 0) {
		if (!pass_on(l, w, size))
			return false;
		w->used -= size;
		memmove(w->bytes, w->bytes + size, w->used);
	}
	/* a message that is larger than the room is passed on as it comes */
	if (w->used == ROOM) {
		if (!send_all(w->to, w->bytes, w->used))
			return false;
		w->used = 0;
	}
	return true;
}

/* The size of the first message when all of it is there. */
static size_t whole(const way *w)
{
	size_t head = w->started ? 1 : 0, size;
	const unsigned char *at = (const unsigned char *)w->bytes + head;
	if (w->used < head + 4)
		return 0;
	size = head + ((size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3]);
	return size <= w->used ? size : 0;
}

static bool pass_on(pair *l, way *w, size_t size)
{
	int cut = PROXY_NONE;
	if (w->started && cut_now(l->p, w, size, &cut)) {
		do_cut(l, w, size, cut);
		atomic_fetch_add(&l->p->hits[cut], 1);
		return false;
	}
	w->started = true;
	return send_all(w->to, w->bytes, size);
}

/* ---- cuts ---- */

static bool cut_now(proxy *p, const way *w, size_t size, int *cut)
{
	bool counted;
	if (is_commit(w, size) && cut_commit(p, w->to_server, cut))
		return true;
	*cut = atomic_load(&p->cut);
	counted = w->to_server ? *cut == PROXY_SENT || *cut == PROXY_SENT_HALF
	                       : *cut == PROXY_RECEIVED || *cut == PROXY_RECEIVED_HALF;
	return counted && atomic_fetch_sub(&p->n, 1) <= 1 &&
	       atomic_compare_exchange_strong(&p->cut, cut, PROXY_NONE);
}

static bool cut_commit(proxy *p, bool to_server, int *cut)
{
	int one_in = atomic_load(&p->one_in);
	*cut = atomic_load(&p->cut);
	if (one_in > 0) {
		uint64_t state = atomic_fetch_add(&p->random, UINT64_C(0x9e3779b97f4a7c15));
		uint64_t number = fault_random(&state);
		*cut = number % (uint64_t)one_in == 0 ? PROXY_BEFORE_COMMIT + (int)((number >> 32) % 4)
		                                      : PROXY_NONE;
		return to_server ? *cut != PROXY_NONE && *cut != PROXY_AFTER_COMMIT
		                 : *cut == PROXY_AFTER_COMMIT;
	}
	if (*cut < PROXY_BEFORE_COMMIT || *cut > PROXY_LATE_COMMIT ||
	    to_server != (*cut != PROXY_AFTER_COMMIT))
		return false;
	return atomic_compare_exchange_strong(&p->cut, cut, PROXY_NONE);
}

/* To the server: the query. From it: the command that is complete. */
static bool is_commit(const way *w, size_t size)
{
	return size > 5 + 6 && w->bytes[0] == (w->to_server ? 'Q' : 'C') &&
	       memcmp(w->bytes + 5, "COMMIT", 6) == 0;
}

static void do_cut(pair *l, way *w, size_t size, int cut)
{
	char answer[1000];
	if (cut == PROXY_SENT_HALF || cut == PROXY_RECEIVED_HALF)
		send_all(w->to, w->bytes, size / 2);
	if (cut == PROXY_AT_COMMIT)
		send_all(w->to, w->bytes, size);
	if (cut != PROXY_LATE_COMMIT)
		return;
	shutdown(l->client.from, SHUT_RDWR);
	usleep((useconds_t)atomic_load(&l->p->delay_us));
	send_all(w->to, w->bytes, size);
	/* until it is done */
	(void)!read(l->server.from, answer, sizeof(answer));
}
