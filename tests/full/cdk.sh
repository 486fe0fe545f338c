#!/usr/bin/env bash
# The CDK. The Rust program is an app of it: the toolkit lists, synthesises and compares its stacks, through cdk.json and
# from the assembly that is checked in. And generated/cdk is a package for apps of it: what they synthesise is what Rust
# rendered, its types hold, its example works, and so does its tarball. Needs Node 20 or newer and, the first time, the
# npm registry; no account and no network besides. INFRA_GEN names a program that is built already.
# usage: tests/full/cdk.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
cd "$root"
step() { printf -- '-- cdk: %s\n' "$1"; }

step "packages"
. "$here/cdk/packages.sh"
work=$packages
find "$work" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name installed.json -exec rm -rf {} +
cp -R "$here"/cdk/. "$work"
export TMPDIR=$work/tmp
mkdir "$TMPDIR"
# Without network where the system lets us: nothing here may need it.
offline() { "$@"; }
if unshare --user --map-root-user --net true 2>/dev/null; then
  offline() { unshare --user --map-root-user --net "$@"; }
fi
# Its own validation takes seconds for each app; tests/full/cfn-lint.sh and others check the templates.
export CDK_VALIDATION=false CDK_DISABLE_VERSION_CHECK=1 CDK_DISABLE_CLI_TELEMETRY=true JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1
export AWS_REGION=us-east-1
cdk() { "$work/node_modules/.bin/cdk" "$@" --output "$work/cdk.out" --no-notices; }

passed=0
failed=0
expect() { # what, wanted, got
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1)); echo "ok   $1"
  else
    failed=$((failed + 1)); printf 'FAIL %s\nwanted:\n%s\ngot:\n%s\n' "$1" "$2" "$3"
  fi
}

step "the Rust program as an app"
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

step "render the manifest, and one with hazards"
infra_gen=${INFRA_GEN:-${CARGO_TARGET_DIR:-target}/release/infra-gen}
[ -n "${INFRA_GEN:-}" ] || cargo build --quiet --release --locked --package infra-gen
"$infra_gen" synth --manifest topics.yaml --out "$work/rendered/main" >/dev/null
"$infra_gen" synth --manifest tests/full/web/hazards.yaml --out "$work/rendered/hazards" >/dev/null
cd "$work"
pins() { node -p "const p = require('$1'); ['aws-cdk', 'aws-cdk-lib', 'constructs'].map((name) => p.$2[name]).join(' ')"; }
expect "the package's pins are those of this test" "$(pins ./package.json dependencies)" \
  "$(pins ./rendered/main/cdk/package.json devDependencies)"

step "the package: equality, names, grants, parameters"
offline node --test --test-reporter=spec --test-timeout=300000 equality.test.mjs platform.test.mjs

step "the example, with the toolkit"
example=onboard-ai-with-a-check
cd rendered/main/cdk/example
cdk_example() { offline "$work/node_modules/.bin/cdk" "$@" --output "$work/example.out" --no-notices; }
expect "cdk ls" "$example" "$(cdk_example ls 2>/dev/null)"
cdk_example synth --quiet
expect "cdk diff, against itself" "0" \
  "$(cdk_example diff --template "$work/example.out/$example.template.json" --fail >"$work/diff" 2>&1; echo $?)"
expect "cdk diff, against the stacks alone" "1" \
  "$(cdk_example diff --template "$root/generated/cloudformation/onboard-ai.template.json" --fail >"$work/diff" 2>&1; echo $?)"
expect "cdk diff shows what the example grants" "1" "$(grep -c 'secretsmanager:GetSecretValue' "$work/diff")"
cd "$work"
offline node --test --test-reporter=spec --test-timeout=300000 example.test.mjs

step "the tarball, in a project elsewhere"
mkdir elsewhere
for name in main hazards; do
  tar -xzf "$(npm pack --silent "./rendered/$name/cdk")"
  installed=elsewhere/node_modules/$(node -p "require('./package/package.json').name")
  mkdir -p "$(dirname "$installed")"
  mv package "$installed"
done
expect "nothing is left beside it" "" "$(ls rendered/main/cdk | grep cloudformation || true)"
cat >elsewhere/app.mjs <<'JS'
import { App, Stack } from 'aws-cdk-lib';
import { OnboardAi } from 'onboard-ai-cdk';
const app = new App({ outdir: process.argv[2] });
new OnboardAi(new Stack(app, 'embedded'), 'Platform', { environment: 'prod' });
app.synth();
JS
offline node elsewhere/app.mjs "$work/elsewhere.out"
expect "it brings its templates" "$(node -p "Object.keys(require('./rendered/main/cdk/facts.json').stacks).length")" \
  "$(find "$work/elsewhere.out" -name 'embedded*.nested.template.json' | wc -l)"

step "types, under TypeScript 6 and 7"
cp -R elsewhere/node_modules types
for typescript in typescript typescript-next; do
  expect "$typescript $(node -p "require('$typescript/package.json').version") --strict" "" \
    "$(node "node_modules/$typescript/bin/tsc" -p types 2>&1 | head -40)"
done
sed '/@ts-expect-error/d' types/onboard-ai.ts >types/wrong.ts
sed 's/"onboard-ai.ts"/"wrong.ts"/' types/tsconfig.json >types/wrong.json
node node_modules/typescript/bin/tsc -p types/wrong.json >"$work/wrong" 2>&1 || true
expect "each wrong use is an error" "$(grep -c '@ts-expect-error' types/onboard-ai.ts)" "$(grep -c '^types/wrong.ts' "$work/wrong")"
expect "an unknown table's error names a known one" "1" "$(grep -c "Property 'usres' does not exist.*Did you mean 'users'" "$work/wrong")"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
