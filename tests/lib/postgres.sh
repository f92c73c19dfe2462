#!/bin/sh
# A private PostgreSQL server for tests: unix socket only, in a folder of its own.
#
#   postgres.sh start [--fsync] [--set NAME=VALUE]...   makes it and prints its folder
#   postgres.sh database DIR NAME                       makes an empty database and prints its URL
#   postgres.sh restart DIR MODE                        stops it (fast or immediate) and starts it
#   postgres.sh pool DIR SIZE                           starts PgBouncer before it, with so many
#                                                       connections a database, and prints the
#                                                       folder of its socket
#   postgres.sh standby DIR                             makes a standby of it and prints its folder
#   postgres.sh promote DIR                             makes a standby the primary
#   postgres.sh kill DIR                                stops it at once; the folder stays
#   postgres.sh stop DIR                                stops either and removes the folder
#
# As root it runs as postgres or nobody. Exit 77 with the reason where PostgreSQL isn't installed.
# MARKET_TEST_POSTGRES_OPTIONS, such as &prepare=off, stands behind the URLs.
# Without --fsync nothing is synced: quick, and not safe in a power loss.
set -eu

find_programs() {
	if [ -n "${MARKET_PG_BIN:-}" ]; then
		bin=$MARKET_PG_BIN
	else
		bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -n 1)
		if [ -z "$bin" ] && command -v initdb >/dev/null 2>&1; then
			bin=$(dirname "$(command -v initdb)")
		fi
	fi
	if [ -z "$bin" ] || [ ! -x "$bin/initdb" ] || [ ! -x "$bin/pg_ctl" ]; then
		echo "PostgreSQL's server isn't installed (apt-get install postgresql-15)"
		exit 77
	fi
}

# PostgreSQL refuses to run as root.
choose_user() {
	user=
	[ "$(id -u)" = 0 ] || return 0
	for user in postgres nobody; do
		id "$user" >/dev/null 2>&1 && return 0
	done
	echo "root needs a user postgres or nobody to run PostgreSQL"
	exit 77
}

as_user() {
	if [ -z "$user" ]; then
		env -i PATH="$bin:/usr/bin:/bin" LC_ALL=C "$@"
	elif command -v setpriv >/dev/null 2>&1; then
		env -i PATH="$bin:/usr/bin:/bin" LC_ALL=C setpriv --reuid "$user" \
			--regid "$(id -g "$user")" --clear-groups "$@"
	else
		env -i PATH="$bin:/usr/sbin:/sbin:/usr/bin:/bin" LC_ALL=C runuser -u "$user" -- "$@"
	fi
}

start() {
	fsync=off settings=
	while [ $# -gt 0 ]; do
		case $1 in
		--fsync) fsync=on ;;
		--set)
			settings="$settings${2%%=*} = '${2#*=}'
"
			shift
			;;
		*) usage ;;
		esac
		shift
	done
	# A socket's path may have 107 characters: a long TMPDIR doesn't do.
	dir=$(mktemp -d "/tmp/market-pg-XXXXXX")
	trap 'remove "$dir"' EXIT
	trap 'exit 1' HUP INT TERM
	[ -z "$user" ] || chown "$user" "$dir"
	cd "$dir"
	# Thousands of tables are made and dropped: in memory that is done at once.
	if [ $fsync = off ] && [ -w /dev/shm ] &&
		[ "$(df -Pk /dev/shm | awk 'NR == 2 {print $4}')" -gt 4000000 ]; then
		memory=$(mktemp -d "/dev/shm/market-pg-XXXXXX")
		[ -z "$user" ] || chown "$user" "$memory"
		ln -s "$memory" "$dir/data"
	fi
	as_user initdb -D "$dir/data" -A trust -U market -E UTF8 --locale=C --no-sync \
		--no-instructions >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
	# Shared memory is taken at the start, and what is missing later lies in the folder: a server
	# that is killed leaves none behind, and needs neither room nor rights in /dev/shm.
	cat >>"$dir/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$dir'
fsync = $fsync
full_page_writes = $fsync
jit = off
synchronous_commit = $fsync
wal_level = minimal
max_wal_senders = 0
max_connections = 200
shared_buffers = '64MB'
max_wal_size = '1GB'
checkpoint_timeout = '30min'
deadlock_timeout = '200ms'
log_min_messages = warning
log_min_error_statement = fatal
dynamic_shared_memory_type = mmap
min_dynamic_shared_memory = '16MB'
$settings
END
	as_user pg_ctl -D "$dir/data" -l "$dir/log" -w -t 60 start >"$dir/start.log" 2>&1 </dev/null ||
		{ cat "$dir/start.log" "$dir/log" >&2; exit 1; }
	trap - EXIT
	echo "$dir"
}

database() {
	as_user psql -X -q -h "$1" -U market -d postgres \
		-c "CREATE DATABASE \"$2\" TEMPLATE template0" >&2
	echo "postgresql:///$2?host=$1&user=market${MARKET_TEST_POSTGRES_OPTIONS:-}"
}

pool() {
	pooler=$(PATH=$PATH:/usr/sbin:/sbin command -v pgbouncer) || {
		echo "PgBouncer isn't installed (apt-get install pgbouncer)"
		exit 77
	}
	dir=$(mktemp -d "/tmp/market-pool-XXXXXX")
	cat >"$dir/pool.ini" <<END
[databases]
* = host=$1 user=market
[pgbouncer]
listen_addr =
listen_port = 5432
unix_socket_dir = $dir
logfile = $dir/log
pidfile = $dir/pid
auth_type = any
pool_mode = transaction
default_pool_size = $2
max_client_conn = 1000
admin_users = market
END
	[ -z "$user" ] || chown -R "$user" "$dir"
	as_user "$pooler" -q -d "$dir/pool.ini" >"$dir/start.log" 2>&1 </dev/null ||
		{ cat "$dir/start.log" >&2; rm -rf "$dir"; exit 1; }
	tries=0
	until as_user psql -X -q -h "$dir" -U market -d postgres -c "SELECT 1" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || { cat "$dir/log" >&2; stop "$dir"; exit 1; }
		sleep 0.1
	done
	echo "$dir"
}

restart() {
	cd "$1"
	as_user pg_ctl -D "$1/data" -m "$2" -l "$1/log" -w -t 60 restart >"$1/start.log" 2>&1 \
		</dev/null || { cat "$1/start.log" "$1/log" >&2; exit 1; }
}

# The server needs wal_level=replica and max_wal_senders.
standby() {
	made=$(mktemp -d "/tmp/market-pg-XXXXXX")
	trap 'remove "$made"' EXIT
	[ -z "$user" ] || chown "$user" "$made"
	cd "$made"
	as_user pg_basebackup -h "$1" -U market -D "$made/data" -R -X stream -c fast --no-sync \
		>"$made/start.log" 2>&1 || { cat "$made/start.log" >&2; exit 1; }
	as_user sh -c "echo \"unix_socket_directories = '$made'\" >>'$made/data/postgresql.conf'"
	as_user pg_ctl -D "$made/data" -l "$made/log" -w -t 60 start >"$made/start.log" 2>&1 \
		</dev/null || { cat "$made/start.log" "$made/log" >&2; exit 1; }
	trap - EXIT
	echo "$made"
}

stop() {
	case $1 in
	/tmp/market-pg-*) ;;
	/tmp/market-pool-*)
		[ ! -e "$1/pid" ] || as_user kill "$(cat "$1/pid")" || :
		rm -rf "$1"
		return
		;;
	*) usage ;;
	esac
	cd /
	as_user pg_ctl -D "$1/data" -m fast -w -t 20 stop >/dev/null 2>&1 ||
		as_user pg_ctl -D "$1/data" -m immediate -w -t 60 stop >/dev/null 2>&1 || :
	remove "$1"
}

remove() {
	memory=$(readlink "$1/data") && rm -rf "$memory"
	rm -rf "$1"
}

usage() {
	sed -n '2,17s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

[ $# -ge 1 ] || usage
command=$1
shift
find_programs
choose_user
case $command in
start) start "$@" ;;
database) [ $# = 2 ] || usage; database "$@" ;;
restart) [ $# = 2 ] || usage; restart "$@" ;;
pool) [ $# = 2 ] || usage; pool "$@" ;;
standby) [ $# = 1 ] || usage; standby "$@" ;;
promote) [ $# = 1 ] || usage; cd /; as_user pg_ctl -D "$1/data" -w -t 60 promote >&2 ;;
kill) [ $# = 1 ] || usage; cd /; as_user pg_ctl -D "$1/data" -m immediate -w -t 60 stop >&2 ;;
stop) [ $# = 1 ] || usage; stop "$@" ;;
*) usage ;;
esac
