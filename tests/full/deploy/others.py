"""The same stacks by the AWS CLI and by the CDK toolkit, with the commands of the guides as they stand there."""

import shutil
import subprocess
import sys
from pathlib import Path

from world import STACK, inventory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guides"))

import pages  # noqa: E402

HEAD = "set -euo pipefail\n"
# What the blocks call: the pinned toolkit, without its questions, and functions that are built already.
SHIMS = {
    "npx": '[ "$1" = aws-cdk@2 ]; shift; case $1 in deploy) set -- "$@" --require-approval never;; esac; exec "$CDK" "$@" --no-notices',
    "make": '[ "$*" = build ]',
}


def block(world, page, words):
    """The text of the page's one shell block that has these words."""
    found = pages.read(world.root / "generated/docs" / page).blocks
    [text] = [block.text for block in found if words in block.text]
    return text


def shell(world, *texts, code=0, **variables):
    """Runs blocks one after the other, in one shell, around the proxy; the AWS CLI of the pins reads AWS_DEFAULT_REGION."""
    bin = world.work / "bin"
    bin.mkdir(exist_ok=True)
    for name, script in SHIMS.items():
        (bin / name).write_text(f"#!/usr/bin/env bash\nset -e\n{script}\n")
        (bin / name).chmod(0o755)
    variables = {
        "PATH": f"{bin}:{Path(world.aws).parent}:{world.variables()['PATH']}", "CDK": world.cdk,
        "AWS_ENDPOINT_URL": world.emulator.url, "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PAGER": "", "CDK_VALIDATION": "false",
        "CDK_DISABLE_VERSION_CHECK": "1", "CDK_DISABLE_CLI_TELEMETRY": "true", "ENVIRONMENT": "dev", **variables,
    }
    ran = subprocess.run(
        ["bash", "-c", HEAD + "\n".join(texts)], cwd=world.project, env=world.variables(**variables), text=True,
        capture_output=True, stdin=subprocess.DEVNULL, timeout=600,
    )
    if ran.returncode != code:
        raise AssertionError(f"{texts}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout + ran.stderr


def zips(world):
    """Where `make build` leaves them."""
    folder = world.project / "target/lambda"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(world.zips, folder)


def cloudformation(world):
    """the quick reference's `aws cloudformation create-stack`, the guide's change set, and the deletion"""
    zips(world)
    deploy = block(world, "quick-reference.md", "create-stack")
    shell(world, "aws s3 mb s3://my-artifacts", deploy)
    told = shell(world, block(world, "quick-reference.md", "output() {"), 'echo "brokers: $KAFKA_BROKERS"')
    if ":9096" not in told:
        raise AssertionError(f"no brokers: {told}")
    # What somebody else made is taken over as it is: the bucket stays.
    world.ops("status").must(0, "CREATE_COMPLETE", "KafkaBootstrapServers")
    # What the change set is about; zips and templates are put as before.
    world.edit(("log_retention: 14d", "log_retention: 7d"))
    upload, create, _ = deploy.partition("# The cluster alone takes")
    world.same("the stack is made after the upload", True, bool(create))
    told = shell(world, upload, block(world, "deployment.md", "create-change-set"))
    if "Modify" not in told or "AWS::CloudFormation::Stack" not in told:
        raise AssertionError(told)
    shell(world, f"aws cloudformation wait stack-update-complete --stack-name {STACK}")
    groups = world.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/onboard-ai-perform-kyc-dev")
    world.same("days that logs are kept", 7, groups["logGroups"][0]["retentionInDays"])
    world.restore()
    shell(
        world, f"aws cloudformation delete-stack --stack-name {STACK}",
        f"aws cloudformation wait stack-delete-complete --stack-name {STACK}", "aws s3 rb --force s3://my-artifacts",
    )
    world.same("what is left", set(), inventory(world.emulator) - world.before)


def toolkit(world):
    """the guide's `cdk bootstrap`, `cdk diff` and `cdk deploy` of the cloud assembly; then nothing differs; `cdk destroy`"""
    zips(world)
    text = block(world, "deployment.md", "aws-cdk@2 bootstrap")
    shell(world, text, AWS_REGION="us-east-1")
    world.ops("status").must(0, "CREATE_COMPLETE")
    cdk = "npx aws-cdk@2"
    said = shell(world, f"{cdk} diff {STACK} --app generated/cloudformation --fail")
    if "There were no differences" not in said:
        raise AssertionError(said)
    shell(world, f"{cdk} destroy {STACK} --app generated/cloudformation --force")
    world.ops("status").must(5)


SCENARIOS = [cloudformation, toolkit]
