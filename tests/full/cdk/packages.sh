# Sourced: installs the CDK's packages, once, and anew when the pins change. Sets `packages`, a folder with node_modules.
here_cdk=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${CARGO_TARGET_DIR:-$here_cdk/../../../target}/full-cdk"
packages=$(cd "${CARGO_TARGET_DIR:-$here_cdk/../../../target}/full-cdk" && pwd)
if ! cmp -s "$here_cdk/package-lock.json" "$packages/installed.json"; then
  cp "$here_cdk/package.json" "$here_cdk/package-lock.json" "$here_cdk/.npmrc" "$packages"
  (cd "$packages" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$here_cdk/package-lock.json" "$packages/installed.json"
fi
