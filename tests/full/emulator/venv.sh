# Sourced: makes the emulator's Python environment, once, and anew when the pins change. Sets `venv`.
emulator=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${CARGO_TARGET_DIR:-$emulator/../../../target}/venv-emulator
if ! cmp -s "$emulator/requirements.txt" "$venv/requirements.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$emulator/requirements.txt"
  cp "$emulator/requirements.txt" "$venv/requirements.txt"
fi
