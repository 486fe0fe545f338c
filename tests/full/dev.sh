#!/usr/bin/env bash
# `make dev` as a user starts it, with nothing built beforehand or given to it: the release build is ready, says how long
# that took, serves its page, and ends on Ctrl-C. Needs what `make dev` needs, and curl.
# usage: tests/full/dev.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
server=
clean() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" || true; }
  rm -rf "$work"
}
trap clean EXIT
fail() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

# A job has SIGINT ignored unless it is a group of its own.
set -m
make --silent dev ARGS=--json >"$work/out" &
server=$!
set +m
until grep -q . "$work/out"; do
  kill -0 "$server" 2>/dev/null || fail "it ended before it was ready"
  sleep 0.1
done
line=$(head -n 1 "$work/out")
pattern='^\{"ready":\{"page":"(http://127\.0\.0\.1:[0-9]+/)".*"readyMillis":([0-9]+)\}\}$'
[[ $line =~ $pattern ]] || fail "its first line is not that it is ready: $line"
page=${BASH_REMATCH[1]} millis=${BASH_REMATCH[2]}
curl --silent --fail --location "$page" | grep -qi '<!doctype html>' || fail "there is no page at $page"
kill -INT -- "-$server"
# make itself ends as whatever Ctrl-C has ended.
ended=0
wait "$server" || ended=$?
group=$server server=
case $ended in 0 | 130) ;; *) fail "Ctrl-C ended it with $ended" ;; esac
if kill -0 -- "-$group" 2>"$work/log"; then fail "a program is left behind"; fi
if curl --silent "$page" >"$work/page"; then fail "it still listens"; fi
echo "-- dev: ready after $millis ms"
