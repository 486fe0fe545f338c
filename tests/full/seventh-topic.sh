#!/usr/bin/env bash
# A new topic is an entry in the manifest and nothing else: adds some to a copy of the project, runs synth, and then
# everything that the copy's Rust must pass: format, clippy, tests; and what each crate may depend on.
# usage: tests/full/seventh-topic.sh
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
infra_gen=$target/release/infra-gen
[ -x "$infra_gen" ] || infra_gen=$target/debug/infra-gen
# One place always, so that the next run finds what this one compiled.
copy=$target/seventh-topic
mkdir -p "$copy"
step() { printf -- '-- seventh topic: %s\n' "$1"; }

step "a copy of the project, with more topics"
find "$copy" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} +
cp -R "$root"/{Cargo.toml,Cargo.lock,clippy.toml,rustfmt.toml,topics.yaml,handlers,infra-gen,generated} "$copy"
cd "$copy"
cat "$root/tests/full/seventh-topic.yaml" >>topics.yaml
before=$(find handlers -type f | sort)
"$infra_gen" synth
"$infra_gen" check

step "first drafts of the new rules, and no other change to what people write"
for topic in parcel_shipped_v2 lib_topic; do test -f "handlers/rules/src/$topic.rs"; done
test "$(find handlers -type f | sort | comm -13 <(echo "$before") - | wc -l)" = 3
for file in $before; do cmp "$file" "$root/$file"; done

export CARGO_TARGET_DIR=$copy/target
crates=(--package events --package rules --package producers --package consumers --package edge --package bootstrap-brokers)
step "format"
# With the workspace's settings: those of generated/ leave everything as it is.
cargo fmt "${crates[@]}" --check -- --config-path "$copy/rustfmt.toml"
step "clippy"
cargo clippy --quiet --locked "${crates[@]}" --all-targets -- -D warnings
step "tests"
cargo test --quiet --locked "${crates[@]}"

step "consumers and the edge link neither Kafka's client nor OpenSSL"
for crate in consumers edge bootstrap-brokers; do
  if cargo tree --locked --package "$crate" --edges normal --prefix none | grep -E '^(rdkafka|openssl)'; then
    echo "$crate depends on it" >&2; exit 1
  fi
done
step "passed"
