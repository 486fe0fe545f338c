#!/usr/bin/env bash
# The local run on a real Apache Kafka: the journey over SASL_SSL and SCRAM, who is kept out, and what becomes of a load
# when broker and runner are killed; then the page in a browser, and Kafka's own tools. Needs Java 17 or newer, what
# browser.sh needs and, the first time, Maven and its repository.
# usage: tests/full/kafka.sh
#
# LOCAL names a built local run.
set -euo pipefail
cd "$(dirname "$0")/../.."

# As a part of the workspace, so that nothing is compiled again after `make test`.
cargo test --quiet --locked --workspace --lib --test kafka_run --test kafka_kill -- --ignored

# On this broker an event may be applied before the page's watcher of its partition has it.
BROKER=kafka tests/full/browser.sh journey.test.mjs

# The quick reference's commands, with the tools that kafka-topics.sh and kafka-consumer-groups.sh start.
work=$(mktemp -d)
server=
clean() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" || true; }
  rm -rf "$work"
}
trap clean EXIT
ports=(--http-port 0 --websocket-port 0 --aws-port 0 --dynamodb-port 0)
# start [OPTION...]
start() {
  : >"$work/out"
  "${LOCAL:-${CARGO_TARGET_DIR:-target}/debug/local}" dev --no-open --broker kafka --data "$work/data" "${ports[@]}" "$@" >"$work/out" &
  server=$!
  until grep -qE '^\{"ready"|^Ctrl-C stops' "$work/out"; do
    kill -0 "$server" 2>/dev/null || { echo "kafka: the local run ended" >&2; exit 1; }
    sleep 0.1
  done
}
address() { python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["ready"][sys.argv[2]])' "$work/out" "$1"; }
start --json
brokers=$(address brokers)
jars=("${XDG_CACHE_HOME:-$HOME/.cache}"/local-run/kafka-*)
tool() {
  java -cp "${jars[0]}/*" "org.apache.kafka.tools.$1" --bootstrap-server "$brokers" "${@:2}" 2>/dev/null
}
login=(--command-config "$work/data/kafka/client.properties")
# $1 is what must be in what the rest prints.
expect() {
  local got
  got=$("${@:2}") || { echo "kafka: ${*:2} failed: $got" >&2; exit 1; }
  grep -qE -- "$1" <<<"$got" || { echo "kafka: ${*:2}: no '$1' in: $got" >&2; exit 1; }
  echo "-- kafka: ${*:2:4}"
}
expect '^user-info-submitted$' tool TopicCommand --list "${login[@]}"
expect 'PartitionCount: 6' tool TopicCommand --describe --topic user-info-submitted "${login[@]}"
expect 'user-info-submitted +5 ' tool consumer.group.ConsumerGroupCommand --describe --group onboard-ai-consumer-user-info "${login[@]}"

# The banner's own lines, with those tools under the names that Kafka gives them.
kill "$server"
wait "$server"
start
. tests/full/aws-cli/pasted.sh
kafka-topics.sh() { java -cp "${jars[0]}/*" org.apache.kafka.tools.TopicCommand "$@" 2>/dev/null; }
kafka-consumer-groups.sh() { java -cp "${jars[0]}/*" org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@" 2>/dev/null; }
seen=
while IFS= read -r -d $'\036' command; do
  seen="$seen ${command%% *}"
  case $command in
  kafka-topics.sh*) expect '^user-info-submitted$' eval "$command </dev/null" ;;
  kafka-consumer-groups.sh*) expect 'user-info-submitted +5 ' eval "$command </dev/null" ;;
  kcat*)
    # It is not everywhere; what it is told is.
    read -r _ _ config _ <<<"$command"
    expect '^sasl.username=local-admin$' cat "$config"
    ;;
  esac
done < <(pasted "$work/out")
for word in kafka-topics.sh kafka-consumer-groups.sh kcat; do
  [[ $seen == *" $word"* ]] || { echo "kafka: the banner has no $word" >&2; exit 1; }
done

# The minutes after a rotation, when the secret has a password that the brokers haven't: the one before opens the door.
kill "$server"
wait "$server"
python3 - "$work/data/secrets.json" <<'EOF'
import json, sys

with open(sys.argv[1]) as file:
    secrets = json.load(file)
producer = secrets["ProducerCredentials"]
producer["previous"] = dict(producer)
user = json.loads(producer["text"]) | {"password": "not-at-the-brokers-yet"}
producer |= {"version": "rotated", "text": json.dumps(user)}
with open(sys.argv[1], "w") as file:
    json.dump(secrets, file)
EOF
start --json
http=$(address http)
expect '^202$' curl -s -o "$work/answer" -w '%{http_code}' -H 'content-type: application/json' \
  -d '{"email":"ada@example.com","firstName":"Ada"}' "$http/user-info"
expect 'the brokers refused the credentials' curl -s "$http/_local/logs/onboard-ai-submit-user-info-dev"
