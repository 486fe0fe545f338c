#!/usr/bin/env bash
# What the typed resources were generated from is what npm has: the vendored slice is cut anew from the service
# specification, and the property table anew from aws-cdk-lib, at the versions that are pinned. Needs npm.
# usage: tests/full/specification.sh
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
spec=$root/infra-gen/cfn-codegen/spec
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version() { sed -n "s|^\"$1\" = \"\\(.*\\)\"|\\1|p" "$spec/versions.toml"; }
unpack() { # package, file
  local tarball
  tarball=$(cd "$work" && npm pack --silent "$1@$(version "$1")")
  tar -xzf "$work/$tarball" -C "$work" package/package.json "package/$2"
}
codegen() { cargo run --quiet --locked --manifest-path "$root/Cargo.toml" --package cfn-codegen -- "$@"; }

unpack aws-cdk-lib .jsii.gz
codegen crosscheck --jsii "$work/package/.jsii.gz" --check

unpack @aws-cdk/aws-service-spec db.json.gz
cp "$spec/slice.json" "$work/slice.json"
codegen slice --db "$work/package/db.json.gz"
if ! cmp -s "$spec/slice.json" "$work/slice.json"; then
  mv "$work/slice.json" "$spec/slice.json"
  echo "spec/slice.json is not what the service specification gives; cut it anew as spec/versions.toml says" >&2
  exit 1
fi
echo "2 passed, 0 failed"
