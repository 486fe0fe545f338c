#!/usr/bin/env bash
# The zips that are deployed: builds them, twice to the same bytes, and runs each as Lambda does.
# usage: tests/full/functions.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${CARGO_TARGET_DIR:-target}
step() { printf -- '-- functions: %s\n' "$1"; }

step "zips"
make build
sums=$(cd "$target/lambda" && sha256sum -- *.zip)
step "the same zips again"
# A zip that is there would be kept.
rm -r "$target/lambda"
make build >/dev/null
(cd "$target/lambda" && sha256sum --check --quiet <<<"$sums")

step "behind the Lambda Runtime API"
# As a part of the workspace, so that nothing is compiled again after `make test`.
cargo test --quiet --locked --workspace --test packaged -- --include-ignored
step "the whole journey with the functions' own programs"
FUNCTIONS=$(cd "$target/release" && pwd) cargo test --quiet --locked --workspace --test journey -- --ignored
step "passed"
