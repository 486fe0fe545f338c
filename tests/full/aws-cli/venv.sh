# Sourced: makes the AWS CLI's Python environment, once, and anew when the pins change. Sets `aws_venv`.
here_aws=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
aws_venv=${CARGO_TARGET_DIR:-$here_aws/../../../target}/venv-aws-cli
if ! cmp -s "$here_aws/requirements.txt" "$aws_venv/requirements.txt"; then
  rm -rf "$aws_venv"
  python3 -m venv "$aws_venv"
  "$aws_venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here_aws/requirements.txt"
  cp "$here_aws/requirements.txt" "$aws_venv/requirements.txt"
fi
