#!/usr/bin/env bash
# `ops` against an AWS emulator (ministack), as a user runs it: create, no-op, a topic more, what is refused, what fails and
# why, throttled and lost calls, credentials that expire, Ctrl-C, destroy. The calls go through a proxy that fails as it is
# told to. Then the same stacks by `aws cloudformation` and by `cdk deploy`. Needs Python 3.11 or newer, Node.js 20 or newer
# and, the first time, PyPI and npm. OPS and INFRA_GEN name programs that are
# built already.
# usage: tests/full/deploy.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(realpath "$here/../..")
target=${CARGO_TARGET_DIR:-$project/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

. "$here/emulator/venv.sh"
. "$here/aws-cli/venv.sh"
. "$here/cdk/packages.sh"
cd "$project"
# With the tests, which `make test` has built: without them, dependencies would be compiled once more, with other features.
build=(--bin=bootstrap-brokers)
[ -n "${OPS:-}" ] || build+=(--bin=ops)
cargo build --quiet --locked --workspace --tests "${build[@]}"
mkdir "$work/functions"
strip -o "$work/functions/bootstrap-brokers" "$target/debug/bootstrap-brokers"

infra_gen=${INFRA_GEN:-$target/release/infra-gen}
[ -n "${INFRA_GEN:-}" ] || cargo build --quiet --release --locked --package infra-gen
"$infra_gen" check
TMPDIR=$work PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$here/deploy/test.py" \
  "$project" "$(realpath "${OPS:-$target/debug/ops}")" "$(realpath "$infra_gen")" "$work/functions" \
  "$(cd "$aws_venv" && pwd)/bin/aws" "$packages/node_modules/.bin/cdk"
echo "-- deploy: passed"
