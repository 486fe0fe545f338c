# Sourced: puts wscat on the PATH. Made once, and anew when its pins change. Needs Node.js 20 or newer and npm.
pins=$(dirname "${BASH_SOURCE[0]}")
wscat=${CARGO_TARGET_DIR:-$(realpath "$pins/../../..")/target}/wscat
if ! cmp -s "$pins/package-lock.json" "$wscat/installed.json"; then
  rm -rf "$wscat"
  mkdir -p "$wscat"
  cp "$pins/package.json" "$pins/package-lock.json" "$pins/.npmrc" "$wscat"
  (cd "$wscat" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$pins/package-lock.json" "$wscat/installed.json"
fi
PATH=$wscat/node_modules/.bin:$PATH
