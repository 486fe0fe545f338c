#!/usr/bin/env bash
# `ops smoke` and `ops doctor` against `make dev`: a synthetic event that passes and leaves nothing, and one that is lost;
# then against an AWS emulator (ministack) one fault after the other, each of which the doctor must name. Needs curl, Python
# 3.11 or newer and, the first time, PyPI.
# usage: tests/full/doctor.sh
#
# LOCAL and OPS name built programs, PROGRAMS a folder with bootstrap-brokers, to be used instead of building them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(realpath "$here/../..")
work=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" || true; }
  server=
}
trap 'stop; rm -rf "$work"' EXIT
fail() {
  printf 'doctor: %s\n' "$*" >&2
  exit 1
}
passed() { printf -- '-- doctor: %s\n' "$*"; }

cd "$project"
target=${CARGO_TARGET_DIR:-$project/target}
if [ -z "${OPS:-}" ]; then
  cargo build --quiet --locked --package ops
  OPS=$target/debug/ops
fi
options=(--json --http-port 0 --websocket-port 0 --aws-port 0 --dynamodb-port 0)
if [ -n "${LOCAL:-}" ]; then
  "$LOCAL" dev "${options[@]}" >"$work/out" &
else
  make --silent dev ARGS="${options[*]}" >"$work/out" &
fi
server=$!
until [ -s "$work/out" ]; do
  kill -0 "$server" 2>/dev/null || fail "make dev ended"
  sleep 0.1
done
AWS_ENDPOINT_URL=$(python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["ready"]["aws"])' "$work/out")
export AWS_ENDPOINT_URL AWS_MAX_ATTEMPTS=1

# What it says to type is about the same environment and the local run; `make dev` starts that.
about_here() {
  local typed
  typed=$(cat "$@" | grep -oE 'make (deploy|destroy|status|doctor|smoke|logs|lag|events|connections|redrive|rotate-secrets)( [A-Z]+=("[^"]*"|[^ ]+))*' |
    grep -vE -- ' ENV=dev( .*)? ARGS=[\\"]*--local' || true)
  [ -z "$typed" ] || fail "it says: $typed"
}
# $1 is the exit code that is wanted; the rest are the arguments. What is printed goes to $work/told.
ops() {
  local wanted=$1 got=0
  shift
  "$OPS" "$@" --local --env dev >"$work/told" 2>&1 || got=$?
  [ "$got" = "$wanted" ] || fail "ops $* ended with $got, not $wanted: $(cat "$work/told")"
  about_here "$work/told"
}
says() { grep -qF -- "$1" "$work/told" || fail "no '$1' in: $(cat "$work/told")"; }
read_json() { python3 -c 'import json, sys; told = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$work/told" "$1"; }
dynamodb() {
  curl --silent --show-error --fail-with-body "$AWS_ENDPOINT_URL" -H "x-amz-target: DynamoDB_20120810.$1" \
    -H 'content-type: application/x-amz-json-1.0' -H 'x-amz-date: 20260101T000000Z' -H "authorization: AWS4-HMAC-SHA256 \
Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0" -d "$2"
}
# How many rows the table has of a customer.
rows() {
  dynamodb Query "{\"TableName\":\"$1\",\"ConsistentRead\":true,\"KeyConditionExpression\":\"customerId = :c\",\
\"ExpressionAttributeValues\":{\":c\":{\"S\":\"$2\"}}}" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Count"])'
}
concurrency() {
  local name=onboard-ai-consumer-user-info-submitted-dev
  curl --silent --show-error --fail-with-body -o "$work/log" -X "$1" "$AWS_ENDPOINT_URL/2017-10-31/functions/$name/concurrency" "${@:2}"
}

ops 0 smoke --json
customer=$(read_json 'told["customerId"]')
[ "$(read_json 'told["removed"] == {"users-dev": 1, "kafka-events-dev": 1}')" = True ] || fail "removed: $(cat "$work/told")"
[ "$(rows kafka-events-dev "$customer")$(rows users-dev "$customer")" = 00 ] || fail "rows of $customer are left"
passed "a synthetic event passed and left nothing"

ops 0 smoke --json --keep
customer=$(read_json 'told["customerId"]')
[ "$(rows kafka-events-dev "$customer")$(rows users-dev "$customer")" = 11 ] || fail "rows of $customer were not kept"
ops 0 smoke
says applied
says '1 in users-dev, 1 in kafka-events-dev'
[ "$(rows users-dev "$customer")" = 1 ] || fail "another customer's row was removed"
passed "with --keep its rows stay, and another's are not touched"

ops 0 doctor
for line in 'ok .* stack .*CREATE_COMPLETE' 'ok .* cluster .*ACTIVE' 'ok .* functions .* ready' 'ok .* secrets .*3 secrets' \
  'ok .* mappings .*6 mappings enabled' 'not seen .* security group' 'not seen .* scram users' \
  'not seen .* function errors' 'not seen .* alarms'; do
  grep -qE -- "$line" "$work/told" || fail "no line '$line' in: $(cat "$work/told")"
done
says 'the local run has no alarms'
ops 0 doctor --json
[ "$(read_json '{c["check"] for c in told["checks"] if c["verdict"] == "bad"}')" = 'set()' ] || fail "$(cat "$work/told")"
passed "a healthy system is well, and what nobody can look at is not called so"

concurrency PUT -d '{"ReservedConcurrentExecutions":0}'
ops 5 smoke --timeout 3
says 'user-info-submitted was published, and was not applied within 3 s'
says 'make doctor ENV=dev'
concurrency DELETE
passed "a lost event is told, and where to look"

old=$(($(date +%s) - 400000))
dynamodb PutItem "{\"TableName\":\"websocket-connections-dev\",\"Item\":{\"customerId\":{\"S\":\"test-123\"},\
\"connectionIds\":{\"SS\":[\"AAAAAAAAAAAAAAA=\"]},\"expiresAt\":{\"N\":\"$old\"}}}" >"$work/log"
soon=$(($(date +%s) + 600))
dynamodb PutItem "{\"TableName\":\"websocket-connections-dev\",\"Item\":{\"customerId\":{\"S\":\"test-124\"},\
\"connectionIds\":{\"SS\":[\"BBBBBBBBBBBBBBB=\"]},\"expiresAt\":{\"N\":\"$soon\"}}}" >"$work/log"
ops 0 doctor
says '1 row of websocket-connections-dev expired days ago'
says 'of 1 connection, 1 gone'
passed "stale connections are a warning"

dynamodb DeleteTable '{"TableName":"recommendations-dev"}' >"$work/log"
ops 5 doctor
says 'the table recommendations-dev is not there'
passed "a table that is gone is bad"

stop
ops 1 doctor
says 'no answer'
says 'start it: make dev'
passed "nobody there is no diagnosis"

unset AWS_ENDPOINT_URL
. "$here/emulator/venv.sh"
if [ -z "${PROGRAMS:-}" ]; then
  # With the tests, which `make test` has built: without them, dependencies would be compiled once more.
  cargo build --quiet --locked --workspace --tests --bin=bootstrap-brokers
  PROGRAMS=$work
  strip -o "$PROGRAMS/bootstrap-brokers" "$target/debug/bootstrap-brokers"
fi
TMPDIR=$work PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$here/emulator/doctor.py" "$project" "$(realpath "$OPS")" "$PROGRAMS"
echo "-- doctor: passed"
