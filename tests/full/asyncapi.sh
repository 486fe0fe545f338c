#!/usr/bin/env bash
# Checks generated/asyncapi.yaml with the official AsyncAPI parser, and examples and fixtures with ajv. Needs Node 18 or
# newer and the npm registry.
# usage: tests/full/asyncapi.sh [generated]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
generated=$(realpath "${1:-$here/../../generated}")

# Outside the checkout, so that it stays free of node_modules.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/asyncapi/package.json" "$here/asyncapi/package-lock.json" "$here/asyncapi.mjs" "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node asyncapi.mjs "$generated"
