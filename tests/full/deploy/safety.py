"""What is protected, what is kept, and what is only lost when somebody says so."""

import json

PROD = ("--env", "prod")
STACK = "onboard-ai-prod"
# A stack with a bucket that it deletes, which no environment has.
BUCKETS = {"Resources": {"Drafts": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "drafts-of-staging"}}}}


def buckets(world):
    """destroy stops before a bucket with something in it, and empties it when it is told to"""
    cloudformation, s3 = world.client("cloudformation"), world.client("s3")
    cloudformation.create_stack(StackName="onboard-ai-staging", TemplateBody=json.dumps(BUCKETS))
    s3.put_bucket_versioning(Bucket="drafts-of-staging", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"another"):
        s3.put_object(Bucket="drafts-of-staging", Key="draft", Body=body)
    s3.delete_object(Bucket="drafts-of-staging", Key="draft")
    arguments = ("destroy", "--env", "staging", "--yes", "onboard-ai-staging")
    world.ops(*arguments).must(4, "not empty: drafts-of-staging", "--empty-buckets")
    world.same("deletions", 0, world.proxy.seen["DeleteStack"])
    world.ops(*arguments, "--empty-buckets").must(0, "emptying drafts-of-staging", "deleted")
    world.same("the bucket", [], [row for row in s3.list_buckets()["Buckets"] if row["Name"] == "drafts-of-staging"])


def checks_fail(world):
    """where the checks themselves can't be made, the outputs are told all the same; the stack is protected"""
    world.proxy.inject("DescribeStacks", "denied", times=100, after="UpdateTerminationProtection")
    ended = world.ops("deploy", "--yes", "--json", "--zips", str(world.zips), *PROD).must(2)
    done, problem = (json.loads(line) for line in ended.out.splitlines()[-2:])
    world.same("the end", ("done", "deployed", None), (done["event"], done["status"], done["after"]))
    if "WebSocketApiEndpoint" not in done["outputs"] or "isn't allowed" not in problem["message"]:
        raise AssertionError((done, problem))
    world.same("protection", True, protected(world))


def protection(world):
    """protection that somebody took away is back after a deployment that has nothing else to do; a preview leaves it"""
    client = world.client("cloudformation")
    client.update_termination_protection(StackName=STACK, EnableTerminationProtection=False)
    world.deploy("--preview", *PROD).must(0, "nothing to do")
    world.same("protection", False, protected(world))
    world.deploy(*PROD).must(0, "nothing to do", "WebSocketApiEndpoint")
    world.same("protection", True, protected(world))
    world.deploy(*PROD).must(0, "nothing to do")
    world.same("calls that set it", 1, world.proxy.seen["UpdateTerminationProtection"])


def refused(world):
    """a protected stack is not deleted; a preview says what would be lost and kept"""
    arguments = ("destroy", "--yes", STACK, *PROD)
    world.ops("destroy", "--preview", *PROD).must(0, "kept, outside the stack", "users-prod", "deleted as well")
    ended = world.ops(*arguments).must(4, f"{STACK} is protected from deletion", "--no-enable-termination-protection")
    ended.must_not("deleted:")
    world.client("cloudformation").update_termination_protection(StackName=STACK, EnableTerminationProtection=False)
    world.same("deletions", 0, world.proxy.seen["DeleteStack"])


def kept(world):
    """Ctrl-C while a stack is deleted; the next runs name all the same what it kept"""
    arguments = ("destroy", "--yes", STACK, *PROD)
    held = world.proxy.inject("DescribeStacks", "held", after="DeleteStack")
    first = world.start(*arguments)
    if not held.reached.wait(60):
        raise AssertionError("the deletion was never begun")
    world.interrupt(first, arguments).must(1, "CloudFormation goes on with it", "make destroy ENV=prod")
    world.proxy.clear()
    world.ops(*arguments).must(0)
    # The emulator deletes what a nested stack retains; here it is again, under the names that it had.
    world.client("dynamodb").create_table(
        TableName="users-prod", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    world.client("secretsmanager").create_secret(Name="onboard-ai-token-key-prod", SecretString="{}")
    world.client("logs").create_log_group(logGroupName="/aws/msk/onboard-ai-prod")
    world.client("kafka").create_cluster(
        ClusterName=STACK, KafkaVersion="3.9.x", NumberOfBrokerNodes=3,
        BrokerNodeGroupInfo={"ClientSubnets": ["subnet-1"], "InstanceType": "kafka.m7g.large"},
    )
    ended = world.ops(*arguments).must(0, "there is no stack", "aws dynamodb delete-table --table-name users-prod")
    ended.must(0, "onboard-ai-token-key-prod", "/aws/msk/onboard-ai-prod", "aws kafka delete-cluster")
    ended.must_not("applications-prod")
    told = world.ops(*arguments, "--json", "--detailed-exitcode").must(6).json()
    types = {left["type"] for left in told["left"]}
    kept = {"AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::MSK::Cluster", "AWS::Logs::LogGroup"}
    world.same("what is left", kept | {"AWS::S3::Bucket"}, types)


def protected(world):
    [stack] = world.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return stack["EnableTerminationProtection"]


SCENARIOS = [buckets, checks_fail, protection, refused, kept]
