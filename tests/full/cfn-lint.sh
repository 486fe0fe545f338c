#!/usr/bin/env bash
# Lints every rendered CloudFormation template with cfn-lint: those in generated/, and those that each of the given
# manifests renders to, by default all that the tests of the manifest crate take for good and one of 120 topics. Needs
# Python 3.11 or newer and, the first time, PyPI.
# usage: tests/full/cfn-lint.sh [MANIFEST...]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(realpath "$here/../..")
manifests=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ $# -eq 0 ]; then
  shopt -s nullglob
  manifests=("$project"/infra-gen/manifest/tests/good/*.yaml)
  shopt -u nullglob
  cargo run --quiet --locked --manifest-path "$project/Cargo.toml" -p manifest --features testing --example many -- 120 \
    >"$work/many.yaml"
  manifests+=("$work/many.yaml")
fi

# Made once, and anew when the pins change.
venv=$project/target/venv
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$venv/requirements.txt"
fi

cargo build --quiet --release --locked --manifest-path "$project/Cargo.toml" -p infra-gen
program=${CARGO_TARGET_DIR:-$project/target}/release/infra-gen
for manifest in ${manifests[@]+"${manifests[@]}"}; do
  "$program" synth --manifest "$manifest" --out "$work/$(basename "$manifest" .yaml)" 2>"$work/log" || {
    cat "$work/log" >&2
    exit 1
  }
done

find "$project/generated/cloudformation" "$work" -name '*.template.json' >"$work/templates"
number=$(wc -l <"$work/templates")
if [ "$number" -eq 0 ]; then
  echo "there is no template to lint" >&2
  exit 1
fi
# The Regions of infra-gen/verify/tools/cfn_lint_run.py. In several processes: one takes about a second for each template.
failed=0
sort "$work/templates" | xargs -P "$(nproc)" -n 8 \
  "$venv/bin/cfn-lint" --regions us-east-1 eu-west-1 --non-zero-exit-code warning >"$work/findings" || failed=$?
cat "$work/findings"
if [ "$failed" -ne 0 ]; then
  echo "cfn-lint found the above; mend the renderer. What is waived is in infra-gen/verify/waivers.yaml, for \`make verify\`;" \
    "nothing of cfn-lint is" >&2
  exit 1
fi
echo "$number passed, 0 failed"
