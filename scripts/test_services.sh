#!/usr/bin/env bash
# Installs and starts what the tests need (PostgreSQL, Redis, Chromium, a Chinese font), runs the given command,
# and stops what it started. Servers listen on 127.0.0.1, on free ports of their own.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "tests: $*" >&2; exit 1; }

missing=()
[ -n "$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null)" ] || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || missing+=(chromium)
# Not grep -q: it would close the pipe early, and pipefail take the signal for an absent font.
fc-list 2>/dev/null | grep -i "noto.*cjk" >/dev/null || missing+=(fontconfig fonts-noto-cjk)
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing for the tests: ${missing[*]}" >&2
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"
  command -v apt-get >/dev/null || fail "these are missing, and there is no apt-get to install them: ${missing[*]}"
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "could not install: ${missing[*]}"
fi

free_port() { .venv/bin/python -c 'from bot.evaluate.service import free_port; print(free_port())'; }

work=$(mktemp -d)
postgres_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
as_owner=()
if [ "$(id -u)" = 0 ]; then
  # PostgreSQL refuses to run as root.
  id postgres >/dev/null 2>&1 || useradd --system postgres
  as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
mkdir "$work/postgres" && chmod 755 "$work"
[ "$(id -u)" = 0 ] && chown postgres "$work/postgres"
postgres_port=$(free_port)
(cd "$work/postgres" && "${as_owner[@]}" "$postgres_bin/initdb" -D "$work/postgres/data" -U hotline --auth=trust -E UTF8 >/dev/null)
(cd "$work/postgres" && exec "${as_owner[@]}" "$postgres_bin/postgres" -D "$work/postgres/data" -p "$postgres_port" \
  -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off >"$work/postgres/log" 2>&1) &
postgres_pid=$!

stop() {
  kill "$postgres_pid" 2>/dev/null || true
  wait "$postgres_pid" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

for _ in $(seq 100); do
  "$postgres_bin/pg_isready" -q -h 127.0.0.1 -p "$postgres_port" && break
  sleep 0.1
done
"$postgres_bin/pg_isready" -q -h 127.0.0.1 -p "$postgres_port" || fail "PostgreSQL did not start: $(tail -n 3 "$work/postgres/log")"

export HOTLINE_TEST_POSTGRES="postgresql://hotline@127.0.0.1:$postgres_port"
"$@"
