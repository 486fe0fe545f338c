#!/usr/bin/env bash
# A new topic is an entry in the manifest and nothing else. Twice, in a copy of the project: with the README's own
# example, then with topics that look as if they could not work. Each time synth runs, and then everything that the
# copy's Rust must pass: format, clippy, tests; and what each crate may depend on.
# usage: tests/full/seventh-topic.sh
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
infra_gen=${INFRA_GEN:-$target/release/infra-gen}
[ -x "$infra_gen" ] || infra_gen=$target/debug/infra-gen
# One place always, and the project's own target folder: only what the copy has of its own is compiled.
copy=$target/seventh-topic
export CARGO_TARGET_DIR=$target
crates=(--package events --package rules --package producers --package consumers --package edge --package bootstrap-brokers)
step() { printf -- '-- seventh topic: %s\n' "$1"; }

# Every test that reads topics.yaml or is rendered from it: the generator's and the local run's, too.
all=(--workspace --lib)
for test in good documents proofs security cloudformation properties seventh_topic cli events journey; do all+=(--test "$test"); done

# What rustfmt itself lays out oddly: forty words that no line holds.
forty="one_two_three_four|forty\.rs|/rules/mod\.rs"

# add_topics NUMBER ARGUMENTS: what a user does with the lines on standard input, for so many topics with a producer; then
# `cargo test` with these arguments.
add_topics() {
  rm -rf "$copy"
  mkdir -p "$copy"
  # With the files' times, so that cargo compiles only what has changed: what follows from the manifest.
  cp -Rp "$root"/{Cargo.toml,Cargo.lock,Makefile,README.md,cdk.json,clippy.toml,deny.toml,rustfmt.toml,topics.yaml} \
    "$root"/{handlers,infra-gen,local,generated,templates,tests} "$copy"
  cd "$copy"
  # Tests have the place of their manifest compiled in: those of the project would read the project's.
  find generated handlers/rules infra-gen local -type f -exec touch {} +
  local before lines
  lines=$(tee -a topics.yaml | wc -l)
  [ "$lines" -gt 5 ] || { echo "there are no topics to add" >&2; exit 1; }
  before=$(find handlers -type f | sort)
  "$infra_gen" synth
  "$infra_gen" check

  step "first drafts of the new rules, and no other change to what people write"
  test "$(find handlers -type f | sort | comm -13 <(echo "$before") - | wc -l)" = "$1"
  for file in $before; do cmp "$file" "$root/$file"; done

  step "format"
  # With the workspace's settings: those of generated/ leave everything as it is.
  local odd
  odd=$(cargo fmt "${crates[@]}" -- --check --files-with-diff --config-path "$copy/rustfmt.toml" | grep -Ev "$forty" || true)
  [ -z "$odd" ] || { printf 'not laid out as rustfmt would:\n%s\n' "$odd" >&2; exit 1; }
  step "clippy"
  cargo clippy --quiet --locked "${crates[@]}" --all-targets -- -D warnings
  step "tests"
  cargo test --quiet --locked "${@:2}"
}

step "the README's example"
awk '/^ *```yaml$/ { on = 1; next } /^ *```$/ { on = 0 } on' "$root/README.md" | sed 's/^   /  /' | add_topics 1 "${all[@]}"
test -f "$copy/handlers/rules/src/topics/policy_cancelled.rs"

step "an event of it, from its route to its table, its alert and the customer's browser"
(cd "$copy" && TOPIC=policy-cancelled FIELDS='{"reason":"COVER"}' cargo test --quiet --locked --workspace --test new_topic -- --ignored)

step "topics that look as if they could not work"
add_topics 5 "${crates[@]}" <"$root/tests/full/seventh-topic.yaml"
for topic in parcel_shipped_v2 lib_topic age every_type_v3; do test -f "$copy/handlers/rules/src/topics/$topic.rs"; done

step "consumers and the edge link neither Kafka's client nor OpenSSL"
cd "$copy"
for crate in consumers edge bootstrap-brokers; do
  if cargo tree --locked --package "$crate" --edges normal --prefix none | grep -E '^(rdkafka|openssl)(-sys|-src)? '; then
    echo "$crate depends on it" >&2; exit 1
  fi
done
rm -rf "$copy"
step "passed"
