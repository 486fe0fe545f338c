#!/usr/bin/env bash
# The commands of README.md and of generated/docs, as they stand there: what can run on one machine runs against a local
# run with a real Kafka; of the others names and options are checked. Needs Python 3.11 or newer, Node.js 20 or newer,
# Java 17 or newer, jq and, the first time, PyPI, npm and Maven.
# usage: tests/full/guides.sh
#
# LOCAL, OPS and INFRA_GEN name built programs, to be used instead of building them.
set -euo pipefail

name=guides
project=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
. "$project/tests/full/aws-cli/start.sh"
for command in jq curl java; do
  command -v "$command" >/dev/null || fail "there is no $command here"
done
cd "$project"
target=${CARGO_TARGET_DIR:-$project/target}
# built NAME: as `make test` leaves it, or else built.
built() {
  [ -x "$target/debug/$1" ] || cargo build --quiet --locked --workspace --bin "$1" >&2
  realpath "$target/debug/$1"
}
LOCAL=${LOCAL:-$(built local)}
GUIDES_OPS=${OPS:-$(built ops)}
GUIDES_INFRA_GEN=${INFRA_GEN:-$(built infra-gen)}
GUIDES_LOCAL=$LOCAL
tools
start --broker kafka

GUIDES_AWS=$(command -v aws)
GUIDES_WSCAT=$(command -v wscat)
GUIDES_CURL=$(command -v curl)
GUIDES_MAKE=$(command -v make)
GUIDES_JAVA=$(command -v java)
GUIDES_KAFKA_CLIENT=$(address kafkaClient)
GUIDES_KAFKA_JARS=$(printf '%s:' "${XDG_CACHE_HOME:-$HOME/.cache}"/local-run/kafka-*/*.jar)
export GUIDES_OPS GUIDES_INFRA_GEN GUIDES_LOCAL GUIDES_AWS GUIDES_WSCAT GUIDES_CURL GUIDES_MAKE GUIDES_JAVA GUIDES_KAFKA_CLIENT GUIDES_KAFKA_JARS
make --silent help | awk '{ print $2 }' >"$work/targets"

failed=0
"$venv/bin/python" "$project/tests/full/guides/run.py" "$project" "$work" || failed=1
while read -r _ listener input; do kill "$listener" "$input" 2>/dev/null || true; done < <(cat "$work/pids" 2>/dev/null)
[ "$failed" = 0 ] || fail "the pages say what doesn't work"
echo "-- guides: passed"
