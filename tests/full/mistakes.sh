#!/usr/bin/env bash
# Seeds the mistakes of tests/full/mistakes/mistakes.json into the shipped templates, and asserts which rule of which
# checker finds each. What the types, the manifest's rules and our own proofs find is asserted by `make test`. Needs
# Python 3.11 or newer, and what infra-gen/verify installs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(realpath "$here/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 "$here/mistakes/seed.py" seed "$project/generated/cloudformation" "$work/seeded"
cargo build --quiet --release --locked --manifest-path "$project/Cargo.toml" -p verify
program=${CARGO_TARGET_DIR:-$project/target}/release/verify
# It fails, as there is much to find; what it says is judged below.
(cd "$project" && "$program" --templates "$work/seeded" --only cfn-lint,cloudformation-validate --json) \
  >"$work/report.json" 2>"$work/log" || true
[ -s "$work/report.json" ] || { cat "$work/log" >&2; exit 1; }
python3 "$here/mistakes/seed.py" judge "$work/report.json"
