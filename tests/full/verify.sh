#!/usr/bin/env bash
# Other people's checkers over the rendered templates, as `make verify` runs them, and the tests of our own rules for
# CloudFormation Guard: that each fails on its mistake. Needs Python 3.11 or newer, Node.js 20 or newer and, the first time,
# PyPI and npm.
# usage: tests/full/verify.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A run that installs doesn't count for the time.
for _ in first second; do
  start=$SECONDS
  { make --silent verify 2>&1 >&3 | tee "$folder/said" >&2; } 3>&1
  grep -q '^installing ' "$folder/said" || break
done
echo "-- verify: $((SECONDS - start)) s, with everything installed"

case $(uname -s) in Darwin) system=macos ;; *) system=ubuntu ;; esac
case $(uname -m) in arm64 | aarch64) machine=aarch64 ;; *) machine=x86_64 ;; esac
guard=${CARGO_TARGET_DIR:-target}/verify/node/node_modules/@cdklabs/cdk-validator-cfnguard/bin/$system/$machine/cfn-guard
for rules in infra-gen/verify/rules/*.guard; do
  tests=infra-gen/verify/rules/tests/$(basename "$rules" .guard)_tests.yaml
  if ! said=$("$guard" test --rules-file "$rules" --test-data "$tests" 2>&1); then
    grep -B3 'Expected = .*Evaluated = ' <<<"$said" >&2 || printf '%s\n' "$said" >&2
    echo "verify: $rules does not judge as $tests says" >&2
    exit 1
  fi
  echo "-- verify: $(grep -c '^- input' "$tests") tests of $rules"
done

# checkov writes a template's own path into its objects. A path with 40 characters between two marks looks like an AWS
# key: that is none, and a key is one beside it.
looks_like_a_key=$folder/_$(printf 'a%.0s' {1..39})
mkdir "$looks_like_a_key"
template='{"Resources":{"Function":{"Type":"AWS::Lambda::Function","Properties":{"Environment":{"Variables":{"VALUE":"%s"}}}}}}'
# shellcheck disable=SC2059
printf "$template" dev >"$looks_like_a_key/_path.template.json"
# shellcheck disable=SC2059
printf "$template" "$(printf 'xY%.0s' {1..20})" >"$looks_like_a_key/_key.template.json"
# It has findings, so `make` fails.
found=$({ make --silent verify ARGS="--only checkov --json --templates $looks_like_a_key" 2>/dev/null || true; } |
  python3 -c 'import json, sys; print(*[f["template"] for f in json.load(sys.stdin)["findings"] if f["rule"] == "CKV_AWS_45"])')
if [ "$found" != _key.template.json ]; then
  echo "verify: of two templates, checkov found a key in: ${found:-none}; expected: _key.template.json" >&2
  exit 1
fi
echo "-- verify: a template's path is no key"
