"""What is refused unless it is permitted, and what fails for a reason."""


def existing(arn):
    """What an existing cluster is named with; its ARN is the last."""
    place = ("ExistingSubnetIds=subnet-1", "ExistingSecurityGroupId=sg-1", "ExistingSecretArn=arn:aws:secretsmanager:x",
             "ExistingSecretKeyArn=arn:aws:kms:x", "TopicCreation=outside", f"ExistingClusterArn={arn}")
    return [part for value in place for part in ("--parameter", value)]


def replacement(world):
    """replacing a table is refused before CloudFormation refuses it: the old one still has the name"""
    world.edit(("    key: customerId\n    sort: applicationId\n    ttl: 30d\n", "    key: customerId\n    ttl: 30d\n"))
    ended = world.deploy().must(4, "Data/RecommendationsTable", "IMPOSSIBLE", "nothing was changed", "no flag permits")
    ended.must_not("--allow")
    world.deploy("--preview").must(4, "Data/RecommendationsTable", "IMPOSSIBLE")
    world.same("executed", 0, world.proxy.seen["ExecuteChangeSet"])
    world.ops("status").must(0)
    world.restore()


def partitions(world):
    """fewer partitions are refused, and no flag permits them"""
    world.edit(("  partitions: 6\n", "  partitions: 3\n"))
    world.deploy().must(4, "partitions", "no flag").must_not("--allow")
    world.restore()


def group(world):
    """another consumer group is refused, with the flag that permits it"""
    world.edit(("consumer: { group: user-info,", "consumer: { group: user-info-2,"))
    world.deploy().must(4, "onboard-ai-consumer-user-info", "=group")
    world.restore()


def cluster(world):
    """another cluster is refused, since what is unread in this one would be lost"""
    arn = "arn:aws:kafka:us-east-1:123456789012:cluster/other/5fd1b3a2"
    parameters = existing(arn)
    world.deploy(*parameters[-2:]).must(2, "is not named with all that belongs to it", "--parameter ExistingSecretKeyArn=")
    ended = world.deploy(*parameters).must(4, "Foundation/Cluster=delete", "of another cluster", "is never handled")
    ended.must(4, "KycVerifiedTopic/OnboardAiConsumerKycMapping=cluster")
    world.same("executed", 0, world.proxy.seen["ExecuteChangeSet"])


def shared(world):
    """a cluster that another environment is on is refused; who may not look there is told so"""
    arn = world.ops("status", "--json").must(0).json()["outputs"]["KafkaClusterArn"]
    parameters = existing(arn)
    words = "onboard-ai-dev is on the cluster that staging is given", arn, "ExistingClusterArn"
    world.deploy(*parameters, "--env", "staging").must(4, *words)
    world.same("change sets", 0, world.proxy.seen["CreateChangeSet"])
    # The first is for the stack of this environment.
    world.proxy.inject("DescribeStacks", "denied", times=2, skip=1)
    ended = world.deploy(*parameters, "--env", "staging", "--preview").must(0, "can't look whether onboard-ai-dev is on this cluster")
    ended.must(0, "can't look whether onboard-ai-prod", "is not authorized")


def failing(world):
    """an update that fails: its cause on top, and everything as it was before"""
    world.edit(("count: 2, storage_gib: 50", "count: 2, storage_gib: 60"))
    ended = world.deploy().must(1, "UPDATE_ROLLBACK_COMPLETE", "everything was put back", "make deploy ENV=dev")
    first = next(line for line in ended.err.splitlines() if line.startswith("error"))
    if "Foundation/Cluster failed: the emulator can't update" not in first:
        raise AssertionError(f"the cause is not on top: {first}")
    world.same("the stack", "UPDATE_ROLLBACK_COMPLETE", world.status())
    world.restore()
    world.deploy().must(0, "nothing to do")


def bucket(world):
    """a bucket of another Region, and a name that somebody else has"""
    world.proxy.inject("s3 HEAD /[^/]*/?", "elsewhere")
    world.deploy().must(2, "is in eu-central-1, not in us-east-1", "--bucket NAME", "AWS_REGION")
    world.proxy.inject("s3 PUT /[^/]*/?", "taken")
    world.deploy("--preview", AWS_REGION="eu-west-1").must(1, "can't make the bucket", "BucketAlreadyExists", "--bucket NAME")
    world.same("change sets", 0, world.proxy.seen["CreateChangeSet"])


def slip(world):
    """flags and zips with a slip are told"""
    world.change("perform-kyc")
    world.deploy("--allow", "Foundation/Clutser=replace").must(2, "Foundation/Cluster")
    world.deploy("--parameter", "TopicCreaton=outside").must(2, "TopicCreation")
    (world.zips / "perform-kyc.zip").rename(world.zips / "away.zip")
    world.deploy().must(2, "perform-kyc.zip", "make build")
    (world.zips / "perform-kyc.zip").write_text("no zip")
    world.deploy().must(2, "perform-kyc.zip is no zip")
    (world.zips / "away.zip").rename(world.zips / "perform-kyc.zip")


SCENARIOS = [replacement, partitions, group, cluster, shared, failing, bucket, slip]
