#!/usr/bin/env bash
# The day's commands of `ops` against the local run: text and JSON, good and bad arguments. Needs Python 3.11 or newer,
# curl, Node.js 20 or newer and, the first time, npm.
# usage: tests/full/ops.sh
#
# LOCAL and OPS name a built local run and a built `ops`, to be used instead of what make builds.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(realpath "$here/../..")
work=$(mktemp -d)
server=
others=()
clean() {
  for pid in "${others[@]}" $server; do
    kill "$pid" 2>/dev/null && wait "$pid" || true
  done
  rm -rf "$work"
}
trap clean EXIT
fail() {
  printf 'ops: %s\n' "$*" >&2
  exit 1
}
. "$here/aws-cli/wscat.sh"

cd "$project"
if [ -z "${OPS:-}" ]; then
  cargo build --quiet --locked --package ops
  OPS=${CARGO_TARGET_DIR:-target}/debug/ops
fi
# An environment that asks for tokens.
export ENV=staging
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
address() { python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["ready"][sys.argv[2]])' "$work/out" "$1"; }
http=$(address http)
websocket=$(address websocket)
AWS_ENDPOINT_URL=$(address aws)
export AWS_ENDPOINT_URL NO_COLOR=1

# What it says to type is about the same environment and the local run; `make dev` starts that.
about_here() {
  local typed
  typed=$(cat "$@" | grep -oE 'make (deploy|destroy|status|doctor|smoke|logs|lag|events|connections|redrive|rotate-secrets)( [A-Z]+=("[^"]*"|[^ ]+))*' |
    grep -vE -- ' ENV=staging( .*)? ARGS=[\\"]*--local' || true)
  [ -z "$typed" ] || fail "it says: $typed"
}
# $1 is the exit code, the rest a command; what it printed stays in $work/stdout and $work/stderr.
ops() {
  local wanted=$1 got=0
  shift
  "$OPS" "$@" --local >"$work/stdout" 2>"$work/stderr" </dev/null || got=$?
  [ "$got" = "$wanted" ] || fail "ops $*: exit code $got, not $wanted: $(cat "$work/stdout" "$work/stderr")"
  about_here "$work/stdout" "$work/stderr"
  printf -- '-- ops %s\n' "$*"
}
# In what the last command printed.
has() { grep -qF -- "$1" "$work/stdout" || fail "no '$1' in: $(cat "$work/stdout" "$work/stderr")"; }
hasnt() { ! grep -qF -- "$1" "$work/stdout" || fail "'$1' in: $(cat "$work/stdout")"; }
said() { grep -qF -- "$1" "$work/stderr" || fail "no '$1' in: $(cat "$work/stderr")"; }
# $1 is a Python expression about `it`, the JSON that the last command printed.
json() {
  python3 -c 'import json, sys; it = json.load(open(sys.argv[1])); assert eval(sys.argv[2]), it' \
    "$work/stdout" "$1" || fail "it isn't so that $1"
}
# $1 is a field of the JSON in $work/answer.
field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$work/answer" "$1"; }
# $1 is a path, $2 a body, $3 a token; the answer stays in $work/answer.
step() {
  local status
  status=$(curl -s -o "$work/answer" -w '%{http_code}' -H 'content-type: application/json' \
    ${3:+-H "authorization: Bearer $3"} -d "$2" "$http$1")
  printf '%s' "$status"
}
await() {
  for _ in $(seq 150); do
    if "$@" >"$work/awaited" 2>&1; then return; fi
    sleep 0.2
  done
  fail "never: $*: $(cat "$work/awaited")"
}

ops 0 status
has "onboard-ai-staging in us-east-1: CREATE_COMPLETE"
has HttpApiEndpoint
has consumer-kyc-verified
said "no alarm is on"
ops 0 status --json
json 'it["well"] and it["outputs"]["HttpApiEndpoint"] == "'"$http"'" and len(it["mappings"]) == 6'
json 'all(function["state"] == "Active" for function in it["functions"]) and len(it["functions"]) >= 15'

# A customer sends the first step, and listens.
user='{"email":"ada@example.com","firstName":"Ada"}'
[ "$(step /user-info "$user")" = 202 ] || fail "the first step: $(cat "$work/answer")"
customer=$(field customerId)
token=$(field token)
mkfifo "$work/typed"
wscat -c "$websocket?customerId=$customer&token=$token" <"$work/typed" >"$work/socket" 2>&1 &
others+=($!)
exec 9>"$work/typed"
connected() { [ "$("$OPS" connections "$customer" --count --local)" = 1 ]; }
await connected
ops 0 connections
has "$customer"
has open
said "1 connection open"
ops 0 connections --json
json 'it["open"] == 1 and it["expired"] == 0 and it["customers"][0]["customerId"] == "'"$customer"'"'
ops 0 connections nobody --count
has 0
happened() { [ "$("$OPS" events "$customer" --local --json | grep -c '"push": "pushed"')" = "$1" ]; }
await happened 1
ops 0 events "$customer" --data --json
application=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0]["data"]["data"]["applicationId"])' "$work/stdout")
documents='{"customerId":"'$customer'","applicationId":"'$application'","documents":[{"documentId":"d-1","fileName":"a.pdf","kind":"PASSPORT"}]}'
[ "$(step /documents "$documents" "$token")" = 202 ] || fail "the second step: $(cat "$work/answer")"
await grep -q DOCUMENTS_PROCESSED "$work/socket"

await happened 2
ops 0 events "$customer"
has user-info-submitted
hasnt ada@example.com
hasnt Ada
[ "$(grep -n documents-processed "$work/stdout" | cut -d: -f1)" = 3 ] || fail "events are out of order: $(cat "$work/stdout")"
ops 0 events "$customer" --json
json '[event["topic"] for event in it] == ["user-info-submitted", "documents-processed"]'
json 'all(event["appliedAt"] and event["pending"] == [] and "data" not in event for event in it)'
ops 0 events "$customer" --data --json
json 'it[0]["data"]["data"]["customerId"] == "'"$customer"'"'
ops 0 events nobody
said "has no events"

ops 0 logs submit-user-info --since 1h
has published
has INFO
has trace=
hasnt '{"timestamp"'
ops 0 logs onboard-ai-submit-user-info-staging --since 1h --json --filter published
python3 -c 'import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert lines and all(line["message"]["message"].find("published") >= 0 for line in lines), lines
assert all(line["function"] == "submit-user-info" for line in lines), lines' "$work/stdout" || fail "raw lines"
ops 0 logs --since 1h --errors
said "nothing in the last"
ops 0 logs --since 1h
sort -s -c -k1,2 "$work/stdout" || fail "lines of all functions are out of order"
# What comes while it follows comes once.
"$OPS" logs submit-user-info --since 1s --follow --local --json >"$work/followed" 2>&1 &
follower=$!
others+=("$follower")
for _ in 1 2 3; do
  [ "$(step /user-info "$user")" = 202 ] || fail "a step: $(cat "$work/answer")"
  sleep 1.5
done
three() { [ "$(grep -c '"message":"published"' "$work/followed")" -ge 3 ]; }
await three
sleep 3
kill -INT "$follower"
code=0
wait "$follower" || code=$?
[ "$code" = 0 ] || fail "Ctrl-C ended logs --follow with $code"
python3 -c 'import json, sys
ids = [json.loads(line)["id"] for line in open(sys.argv[1])]
assert len(ids) == len(set(ids)), "an event came twice"' "$work/followed" || fail "logs --follow"
printf -- '-- ops logs --follow: each event once, and Ctrl-C\n'

ops 0 lag
has onboard-ai-consumer-user-info
ops 0 lag user-info-submitted --json
json 'it["cluster"] == "onboard-ai-staging" and len(it["groups"]) == 1 and it["groups"][0]["records"] == 0 and it["groups"][0]["at"]'

# A record that nobody can use stays, and one that can be used by now is applied.
ops 0 redrive
said "nothing to put back"
curl -sf -o "$work/answer" -H 'content-type: application/json' \
  -d '{"kind":"poison","topic":"user-info-submitted","key":"a-customer"}' "$http/_local/fault"
quarantined() { "$OPS" redrive --dry-run --local | grep -q NOT_A_CLOUD_EVENT; }
await quarantined
ops 0 logs consumer-user-info-submitted --since 1h --errors
has "a record was quarantined"
has ERROR
ops 5 redrive --json
json 'len(it) == 1 and it[0]["outcome"] == "quarantined again" and it[0]["detail"].startswith("NOT_A_CLOUD_EVENT: ")'
error=$(python3 "$here/ops/records.py" "$http" "$AWS_ENDPOINT_URL" error-logs-staging "$work/letters.json")
ops 0 redrive --dry-run
has OF_A_FAULT
has NOT_A_CLOUD_EVENT
said "2 records would be put back"
ops 0 redrive user-info-submitted --id "$error" --json
json 'len(it) == 1 and it[0]["outcome"] == "applied" and it[0]["offset"] == 1000001'
ops 0 events redriven-1 --json
json 'len(it) == 1 and it[0]["offset"] == 1000001'
ops 2 redrive --id "$error"
said "was put back already"
ops 0 redrive --letters "$work/letters.json"
has applied
ops 0 events redriven-2 --json
json 'len(it) == 1 and it[0]["offset"] == 1000002'
ops 5 redrive
has "quarantined again"
said "0 records applied, 1 not"

# A new key: what was signed with the old one is good, and so is what is signed from now on.
ops 4 rotate-secrets token
said "nobody said yes"
ops 0 rotate-secrets token --yes
has onboard-ai-token-key-staging
said "browsers stay connected"
ops 4 rotate-secrets token --yes
said "0 minutes ago"
[ "$(step /documents "$documents" "$token")" = 202 ] || fail "a token of the old key: $(cat "$work/answer")"
[ "$(step /user-info "$user")" = 202 ] || fail "a journey after the rotation: $(cat "$work/answer")"
ops 0 connections "$customer" --count
has 1
ops 0 rotate-secrets producer --yes --wait --smoke --json
json 'it["changed"][0]["secret"] == "AmazonMSK_onboard-ai-producer-staging" and it["troubles"] == []'
hasnt password
[ "$(step /user-info "$user")" = 202 ] || fail "a step after the producers' rotation: $(cat "$work/answer")"

# Bad arguments say what is right.
ops 2 logs submit-user-inf
said 'did you mean `submit-user-info`?'
ops 2 lag kyc-verifed
said 'did you mean `kyc-verified`?'
ops 2 redrive kyc-verifed --dry-run
said 'did you mean `kyc-verified`?'
ops 2 redrive --id nothing
said "there is no error nothing"
printf 'no letter\n' >"$work/letters.json"
ops 2 redrive --letters "$work/letters.json"
said "letters.json:1: this is no dead letter"
ops 2 logs --since soon
said "90s, 10m"
ops 2 events
ops 2 rotate-secrets all
ops 2 status --env nope --json
json 'it["status"] == "invalid" and it["exit_code"] == 2'
echo "-- ops: passed"
