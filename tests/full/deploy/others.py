"""The same stacks by the AWS CLI and by the CDK toolkit, as the guides have it."""

import json
import shutil
import subprocess

from world import STACK, inventory

ASSETS = "cdk-hnb659fds-assets-123456789012-us-east-1"


def run(world, program, *arguments, code=0, **variables):
    """A program that is not ours, around the proxy."""
    variables = {
        "AWS_ENDPOINT_URL": world.emulator.url, "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PAGER": "", "CDK_VALIDATION": "false",
        "CDK_DISABLE_VERSION_CHECK": "1", "CDK_DISABLE_CLI_TELEMETRY": "true", **variables,
    }
    ran = subprocess.run(
        [program, *arguments], cwd=world.project, env=world.variables(**variables), text=True, capture_output=True,
        stdin=subprocess.DEVNULL, timeout=300,
    )
    if ran.returncode != code:
        raise AssertionError(f"{program} {' '.join(arguments)}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout + ran.stderr


def aws(world, *arguments):
    return run(world, world.aws, *arguments)


def cdk(world, *arguments):
    return run(world, world.cdk, *arguments, "--no-notices")


def cloudformation(world):
    """`aws cloudformation` with the templates and zips in a bucket"""
    bucket = "artifacts-of-a-person"
    aws(world, "s3", "mb", f"s3://{bucket}")
    folder = world.project / "generated/cloudformation"
    stage = world.work / "stage"
    for asset in json.loads((folder / f"{STACK}.assets.json").read_text())["files"].values():
        [destination] = asset["destinations"].values()
        (stage / destination["objectKey"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / asset["source"]["path"], stage / destination["objectKey"])
    shutil.copytree(world.zips, stage / "onboard-ai/functions")
    aws(world, "s3", "cp", "--quiet", "--recursive", str(stage), f"s3://{bucket}")
    parameters = ["ParameterKey=Environment,ParameterValue=dev", f"ParameterKey=ArtifactBucket,ParameterValue={bucket}"]
    create = ["--stack-name", STACK, "--template-body", f"file://{folder}/onboard-ai.template.json"]
    aws(world, "cloudformation", "create-stack", *create, "--parameters", *parameters, "--capabilities", "CAPABILITY_NAMED_IAM")
    aws(world, "cloudformation", "wait", "stack-create-complete", "--stack-name", STACK)
    query = "Stacks[0].Outputs[?OutputKey==`KafkaBootstrapServers`].OutputValue"
    told = aws(world, "cloudformation", "describe-stacks", "--stack-name", STACK, "--query", query, "--output", "text")
    if ":9096" not in told:
        raise AssertionError(f"no brokers: {told}")
    # What somebody else made is taken over as it is: the bucket stays.
    world.ops("status").must(0, "CREATE_COMPLETE", "KafkaBootstrapServers")
    aws(world, "cloudformation", "delete-stack", "--stack-name", STACK)
    aws(world, "cloudformation", "wait", "stack-delete-complete", "--stack-name", STACK)
    aws(world, "s3", "rb", "--force", f"s3://{bucket}")
    world.same("what is left", set(), inventory(world.emulator) - world.before)


def toolkit(world):
    """`cdk bootstrap`, `cdk deploy` of the cloud assembly, `cdk diff`, `cdk destroy`"""
    app = ["--app", "generated/cloudformation"]
    cdk(world, "bootstrap", "aws://123456789012/us-east-1", *app)
    aws(world, "s3", "cp", "--quiet", "--recursive", str(world.zips), f"s3://{ASSETS}/onboard-ai/functions/")
    cdk(world, "deploy", STACK, *app, "--require-approval", "never")
    world.ops("status").must(0, "CREATE_COMPLETE")
    said = cdk(world, "diff", STACK, *app, "--fail")
    if "There were no differences" not in said:
        raise AssertionError(said)
    cdk(world, "destroy", STACK, *app, "--force")
    world.ops("status").must(5)


SCENARIOS = [cloudformation, toolkit]
