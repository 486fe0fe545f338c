#!/usr/bin/env bash
# The browser client: its types, its build, its behaviour, and Angular's compiler over an app that uses it.
#
#   tests/full/web.sh        run everything
#   tests/full/web.sh lib    make templates/web/lib of templates/web/src
#
# Needs Node.js 20 or later and npm.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
target=${CARGO_TARGET_DIR:-target}
work=$target/full-web
mkdir -p "$work"
work=$(cd "$work" && pwd)

step() { printf -- '-- web: %s\n' "$1"; }

step "packages"
rsync_tests() { find "$work" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name .installed -exec rm -rf {} + && cp -R "$root/tests/full/web/." "$work"; }
rsync_tests
cd "$work"
# Angular says it wants a younger Node.js than it needs for what is done here.
if ! cmp -s package-lock.json .installed; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json .installed
fi

if [ "${1:-}" = lib ]; then
  node lib.mjs make "$root/templates/web"
  node node_modules/prettier/bin/prettier.cjs --log-level=warn --print-width=100 --single-quote --check "$root/templates/web/src" "$root/templates/web/lib"
  exit
fi
