#!/usr/bin/env bash
# The page in a real browser: a person goes through the journey, watches it, and causes trouble. Starts the local run as a
# user does. Screenshots are kept in target/artefacts/browser.
# usage: [BROKER=kafka] tests/full/browser.sh [TEST...]    (journey.test.mjs; all of them when none is named)
#
# Needs Node.js 20 or newer, the npm registry, and Chromium: CHROMIUM names one; else the one that is installed is used, or
# Debian's is installed (as root). LOCAL names a built local run.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)

chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$chromium" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "browser: there is no Chromium; install one (Debian: apt-get install chromium), or name it: CHROMIUM=/path/to/it" >&2
    exit 1
  fi
  echo "browser: there is no Chromium, so Debian's is installed now (about 300 MB)" >&2
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-core >/dev/null
  chromium=$(command -v chromium)
fi

local=${LOCAL:-$target/release/local}
[ -n "${LOCAL:-}" ] || cargo build --quiet --release --locked --package local

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp tests/full/browser/package.json tests/full/browser/package-lock.json tests/full/browser/.npmrc tests/full/browser/*.mjs "$work"
cp -R local/page "$work/page"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)

export CHROMIUM=$chromium LOCAL=$local MANIFEST_FOLDER=$root ARTEFACTS=$target/artefacts/browser
mkdir -p "$ARTEFACTS"
cd "$work"
[ $# -gt 0 ] || set -- *.test.mjs
node --test --test-concurrency=1 --test-reporter=spec --test-timeout=180000 "$@"
echo "screenshots: $ARTEFACTS"
