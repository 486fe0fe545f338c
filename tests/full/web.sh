#!/usr/bin/env bash
# The browser client: its types, its style, what it does, and Angular over an app that uses it.
#
#   tests/full/web.sh        run everything
#   tests/full/web.sh lib    make templates/web/lib of templates/web/src
#
# Needs Node.js 20 or later, and npm. INFRA_GEN names a program that is built already. Everything happens in a copy under the target folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
mkdir -p "${CARGO_TARGET_DIR:-target}/full-web"
work=$(cd "${CARGO_TARGET_DIR:-target}/full-web" && pwd)

step() { printf -- '-- web: %s\n' "$1"; }
run() { node "$work/node_modules/$1" "${@:2}"; }
prettier() { run prettier/bin/prettier.cjs --log-level=warn "$@"; }

step "packages"
find "$work" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name installed.json -exec rm -rf {} +
cp -R tests/full/web/. "$work"
if ! cmp -s "$work/package-lock.json" "$work/installed.json"; then
  # Angular's own commands want a younger Node.js; what is used of it here does not.
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$work/package-lock.json" "$work/installed.json"
fi

if [ "${1:-}" = lib ]; then
  step "templates/web/lib"
  node "$work/lib.mjs" make templates/web
  prettier --print-width=100 --single-quote --check templates/web/src templates/web/lib
  exit
fi

step "render the manifest, and one with hazards"
infra_gen=${INFRA_GEN:-${CARGO_TARGET_DIR:-target}/release/infra-gen}
[ -n "${INFRA_GEN:-}" ] || cargo build --quiet --release --locked --package infra-gen
mkdir "$work/synth"
"$infra_gen" synth --manifest topics.yaml --out "$work/synth/main" >/dev/null
"$infra_gen" synth --manifest tests/full/web/hazards.yaml --out "$work/synth/hazards" >/dev/null
cp -R "$work/synth/main/web" "$work/generated"
cp -R "$work/synth/hazards/web" "$work/hazards"
cd "$work"

step "what is made of the fixed modules is what they give"
mkdir fixed
cp -R "$root/templates/web/src" "$root/templates/web/lib" fixed
node lib.mjs make fixed
diff -r fixed/lib "$root/templates/web/lib" || {
  echo "templates/web/src has changed: run tests/full/web.sh lib"
  exit 1
}

for package in generated hazards; do
  step "$package: style"
  prettier --check "$package"
  step "$package: src compiles under TypeScript 6 and 7"
  run typescript/bin/tsc -p "$package"
  run typescript-next/bin/tsc -p "$package"
  step "$package: lib is what the compiler makes of src"
  node lib.mjs compare "$package"
  step "$package: install it as an app does"
  name=$(node -p "require('./$package/package.json').name")
  rm -rf package "node_modules/$name"
  tar -xzf "$(npm pack --silent --ignore-scripts "./$package")"
  mv package "node_modules/$name"
done

step "types allow what they should and refuse the rest, under TypeScript 6 and 7"
run typescript/bin/tsc -p types
run typescript-next/bin/tsc -p types

step "Angular $(node -p "require('@angular/core/package.json').version") compiles an app with it"
run .bin/ngc -p angular

step "what it does"
node --test --test-reporter=spec --test-timeout=120000 api.test.mjs client/*.test.mjs angular/*.test.mjs
