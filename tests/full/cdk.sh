#!/usr/bin/env bash
# The Rust program is a CDK app: the CDK toolkit lists, synthesises and compares its stacks, through cdk.json and from the
# assembly that is checked in. Needs Node 18 or newer and the npm registry; no account and no network besides.
# usage: tests/full/cdk.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/cdk/package.json "$here"/cdk/package-lock.json "$here"/cdk/.npmrc "$work"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
cdk() { "$work/node_modules/.bin/cdk" "$@" --output "$work/cdk.out"; }
export CDK_DISABLE_VERSION_CHECK=1 AWS_REGION=us-east-1

passed=0
failed=0
expect() { # what, wanted, got
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1)); echo "ok   $1"
  else
    failed=$((failed + 1)); printf 'FAIL %s\nwanted:\n%s\ngot:\n%s\n' "$1" "$2" "$3"
  fi
}

cd "$root"
stacks=$(printf 'onboard-ai-dev\nonboard-ai-staging\nonboard-ai-prod')
expect "cdk ls, through cdk.json" "$stacks" "$(cdk ls 2>/dev/null)"
expect "cdk ls, of the checked-in assembly" "$stacks" "$(cdk ls --app generated/cloudformation 2>/dev/null)"
cdk synth --quiet onboard-ai-dev
expect "what the toolkit is given is what is checked in" "" \
  "$(diff -r generated/cloudformation "$work/cdk.out" | grep -v -e '\.cache$' -e 'cdk\.out$' -e 'synth\.lock$' || true)"
expect "cdk diff, against itself" "0" \
  "$(cdk diff --template generated/cloudformation/onboard-ai.template.json onboard-ai-dev --fail >"$work/diff" 2>&1; echo $?)"
sed 's/The MSK cluster\./Another text./' generated/cloudformation/onboard-ai.template.json >"$work/other.json"
expect "cdk diff, against another" "1" \
  "$(cdk diff --template "$work/other.json" onboard-ai-dev --fail >"$work/diff" 2>&1; echo $?)"
expect "cdk diff names what differs" "1" "$(grep -c 'Output KafkaClusterArn' "$work/diff")"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
