"""Faults in the middle, and going on after them."""

STAGING = ("--env", "staging")
LOOKUP = "kafka GET /v1/clusters/.*/bootstrap-brokers"


def expired_upload(world):
    """credentials that expire while zips are put: told, and the next run puts the rest"""
    before = world.status()
    for name in ("perform-kyc", "process-documents", "submit-user-info"):
        world.change(name)
    world.proxy.inject("s3 PUT /.*/functions/.*", "expired", times=100, skip=1)
    world.deploy().must(2, "the AWS credentials have expired", "goes on where it was")
    world.same("the stack", before, world.status())
    world.proxy.clear()
    world.deploy().must(0, "KycVerifiedTopic/Producer")
    world.same("zips that were put", 2, world.proxy.count("s3 PUT /.*/functions/.*"))


def expired_following(world):
    """credentials that expire while the stack changes: CloudFormation goes on, and the next run finds it done"""
    world.change("perform-kyc")
    world.proxy.inject("DescribeStacks", "expired", times=100, after="ExecuteChangeSet")
    ended = world.deploy().must(2, "the AWS credentials have expired", "CloudFormation goes on with it")
    ended.must(2, "make deploy ENV=dev")
    world.proxy.clear()
    world.deploy().must(0, "nothing to do")


def lost(world):
    """answers that are lost after the call was done"""
    world.change("perform-kyc")
    faults = [world.proxy.inject(name, "lost") for name in ("CreateChangeSet", "ExecuteChangeSet")]
    world.deploy().must(0, "KycVerifiedTopic/Producer")
    world.same("the faults that were met", [1, 1], [fault.hits for fault in faults])
    world.deploy().must(0, "nothing to do")


def denied(world):
    """what isn't allowed is told with the action"""
    world.change("perform-kyc")
    world.proxy.inject("CreateChangeSet", "denied", times=100)
    world.deploy().must(2, "it isn't allowed", "is not authorized")
    world.proxy.clear()
    world.proxy.inject("s3 HEAD /[^/]*/?", "denied", times=100)
    world.deploy().must(2, "can't be used", "--bucket NAME")
    world.proxy.clear()
    world.deploy().must(0)


def failing(world):
    """a resource that fails while a stack is made: its cause on top; then destroy, and all is well"""
    world.proxy.inject(LOOKUP, "denied", times=100)
    failed = world.deploy(*STAGING).must(1, "Foundation/BrokerLookup failed", "ROLLBACK_COMPLETE", "AccessDenied")
    first = next(line for line in failed.err.splitlines() if line.startswith("error"))
    if "Foundation/BrokerLookup failed" not in first:
        raise AssertionError(f"the cause is not on top: {first}")
    world.proxy.clear()
    world.deploy(*STAGING).must(1, "ROLLBACK_COMPLETE", "make destroy ENV=staging")
    world.ops("destroy", "--yes", "onboard-ai-staging", *STAGING).must(0)


def interrupted(world):
    """Ctrl-C while a stack is made leaves it to CloudFormation, and the next run follows it"""
    held = world.proxy.inject(LOOKUP, "held")
    arguments = ("deploy", "--yes", "--no-check", "--zips", str(world.zips), *STAGING)
    first = world.start(*arguments)
    if not held.reached.wait(60):
        raise AssertionError("the stack was never begun")
    ended = world.interrupt(first, arguments)
    ended.must(1, "CloudFormation goes on with it", "make deploy ENV=staging")
    second = world.start(*arguments)
    world.proxy.wait_for("DescribeStackEvents", 2)
    held.release()
    world.end(second, arguments, 0).must(0, "onboard-ai-staging is changing already; following it", "nothing to do")
    world.ops("status", *STAGING).must(0, "CREATE_COMPLETE")
    world.ops("destroy", "--yes", "onboard-ai-staging", *STAGING).must(0)


SCENARIOS = [expired_upload, expired_following, lost, denied, failing, interrupted]
