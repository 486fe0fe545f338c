#!/usr/bin/env bash
# Deploys the rendered templates to an AWS emulator (ministack), as `cdk deploy` would, and asks its services whether each
# resource is what the templates say: dev with an existing cluster, an update with nothing new, one with a topic more, and a
# delete; then each environment with a cluster of its own, and what its templates retain. The custom resource and the WebSocket
# functions really run there. Needs Python 3.11 or newer and, the first time, PyPI.
# usage: tests/full/emulator.sh
#
# Of the other emulators, fakecloud takes 40 minutes to build and runs no functions without Docker, and moto leaves out half
# of the resources without a word.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(realpath "$here/../..")
target=${CARGO_TARGET_DIR:-$project/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

. "$here/emulator/venv.sh"
cd "$project"
functions=(bootstrap-brokers websocket-authorizer websocket-connect websocket-disconnect websocket-default)
# With the tests, which `make test` has built: without them, dependencies would be compiled once more, with other features.
cargo build --quiet --locked --workspace --tests "${functions[@]/#/--bin=}"
mkdir "$work/functions"
for function in "${functions[@]}"; do strip -o "$work/functions/$function" "$target/debug/$function"; done

cargo build --quiet --release --locked --package infra-gen
"$target/release/infra-gen" check
# The README's example of a new topic.
awk '/^ *```yaml$/ { on = 1; next } /^ *```$/ { on = 0 } on' README.md | sed 's/^   /  /' | cat topics.yaml - >"$work/topics.yaml"
"$target/release/infra-gen" synth --manifest "$work/topics.yaml" --out "$work/generated" >"$work/log" 2>&1 || {
  cat "$work/log" >&2
  exit 1
}

TMPDIR=$work PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$here/emulator/test.py" \
  generated/cloudformation "$work/generated/cloudformation" "$work/functions"
echo "-- emulator: passed"
