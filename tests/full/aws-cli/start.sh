# The real AWS CLI, wscat and a local run, for the scripts that source this. They set `name` and `project` first.
# LOCAL names a built local run, to be used instead of `make dev`.

. "$project/tests/full/aws-cli/pasted.sh"
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" || true; }
  server=
}
clean() {
  finish
  rm -rf "$work"
}
trap clean EXIT
fail() {
  printf '%s: %s\n' "$name" "$*" >&2
  exit 1
}

tools() {
  . "$project/tests/full/aws-cli/venv.sh"
  venv=$aws_venv
  . "$project/tests/full/aws-cli/wscat.sh"
  PATH=$aws_venv/bin:$PATH
}

# run [OPTION...]: a local run on free ports; what it prints is in $work/out.
run() {
  local options=(--no-open --http-port 0 --websocket-port 0 --aws-port 0 --dynamodb-port 0 "$@")
  cd "$project"
  : >"$work/out"
  if [ -n "${LOCAL:-}" ]; then
    "$LOCAL" dev "${options[@]}" >"$work/out" &
  else
    make --silent dev ARGS="${options[*]}" >"$work/out" &
  fi
  server=$!
  # The first line of JSON, or the last one of the banner.
  until grep -qE '^\{"ready"|^Ctrl-C stops' "$work/out"; do
    kill -0 "$server" 2>/dev/null || fail "make dev ended"
    sleep 0.1
  done
}

# start [OPTION...]: a local run on free ports, and what the AWS CLI needs to speak to it.
start() {
  run --json "$@"
  # As the banner says.
  export AWS_ENDPOINT_URL AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_PAGER='' ENVIRONMENT=dev
  AWS_ENDPOINT_URL=$(address aws)
}

# One of the addresses that it printed.
address() {
  python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["ready"][sys.argv[2]] or "")' "$work/out" "$1"
}
