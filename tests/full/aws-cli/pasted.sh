# Sourced: what a person pastes of the local run's banner.

# pasted FILE: the banner's commands, each ended by a record separator. A command's further lines stand further in.
pasted() {
  awk '/^Ctrl-C stops/ { exit }
    into && /^    / { printf "\n%s", $0; next }
    into && /^  / { printf "%s%s", (some++ ? "\036" : ""), substr($0, 3) }
    /^To paste/ { into = 1 }
    END { printf "\036" }' "$1"
}
