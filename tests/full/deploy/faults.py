"""Faults in the middle, and going on after them."""

from world import STACK

STAGING = ("--env", "staging")
LOOKUP = "kafka GET /v1/clusters/.*/bootstrap-brokers"


# A stack that can't be deleted, as CloudFormation tells of it.
ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/onboard-ai-staging/1"
FAILED = f"""<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>{ID}</StackId><StackName>onboard-ai-staging</StackName>
<CreationTime>2026-11-23T12:00:00Z</CreationTime><StackStatus>DELETE_FAILED</StackStatus></member></Stacks></DescribeStacksResult>
</DescribeStacksResponse>"""
EVENT = """<member><EventId>{0}</EventId><StackId>{1}</StackId><LogicalResourceId>{2}</LogicalResourceId><PhysicalResourceId>{3}
</PhysicalResourceId><ResourceType>{4}</ResourceType><Timestamp>2099-01-01T00:00:0{0}Z</Timestamp><ResourceStatus>{5}</ResourceStatus>
<ResourceStatusReason>{6}</ResourceStatusReason></member>"""
FAILURES = "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>" + "".join([
    EVENT.format(3, ID, "onboard-ai-staging", ID, "AWS::CloudFormation::Stack", "DELETE_FAILED", "").replace("\n", ""),
    EVENT.format(2, ID, "Cluster", "c", "AWS::MSK::Cluster", "DELETE_FAILED", "it is in use").replace("\n", ""),
    EVENT.format(1, ID, "onboard-ai-staging", ID, "AWS::CloudFormation::Stack", "DELETE_IN_PROGRESS", "").replace("\n", ""),
]) + "</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>"


def expired_upload(world):
    """credentials that expire while zips are looked for and put: told, and the next run puts the rest"""
    before = world.status()
    for name in ("perform-kyc", "process-documents", "submit-user-info"):
        world.change(name)
    # S3 tells it with status 400, and the answer to a HEAD has no body.
    for calls in ("s3 .* /[^/]*/?", "s3 .* /.*/functions/.*"):
        world.proxy.inject(calls, "expired", times=100)
        world.deploy().must(2, "the AWS credentials have expired", "goes on where it was")
        world.proxy.clear()
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


def stopped(world):
    """Ctrl-C at any moment before it is asked to begin changes nothing, and says so; after that it says how to go on"""
    arguments = ("deploy", "--yes", "--no-check", "--zips", str(world.zips))

    def interrupted(operation, after=""):
        world.proxy.clear()
        held = world.proxy.inject(operation, "held", after=after)
        process = world.start(*arguments)
        if not held.reached.wait(60):
            raise AssertionError(f"{operation} was never called")
        ended = world.interrupt(process, arguments)
        held.release()
        if not held.done.wait(60):
            raise AssertionError(f"{operation} was never sent on")
        return ended

    for operation in ("GetCallerIdentity", "s3 HEAD /.*/functions/.*", "CreateChangeSet", "DescribeChangeSet"):
        world.change("perform-kyc")
        interrupted(operation).must(1, "this run has changed nothing").must_not("goes on")
        world.same("executed", 0, world.proxy.seen["ExecuteChangeSet"])
    interrupted("ExecuteChangeSet").must(1, "before CloudFormation answered", "make deploy ENV=dev")
    world.deploy().must(0)
    world.change("perform-kyc")
    interrupted("DescribeStacks", after="ExecuteChangeSet").must(1, "CloudFormation goes on with it", "make deploy ENV=dev")
    world.deploy().must(0)
    world.deploy().must(0, "nothing to do")
    sets = world.client("cloudformation").list_change_sets(StackName=STACK)["Summaries"]
    world.same("change sets that are left", [], [row for row in sets if row["ExecutionStatus"] == "AVAILABLE"])


def lost(world):
    """answers that are lost after the call was done"""
    world.change("perform-kyc")
    faults = [world.proxy.inject(name, "lost") for name in ("CreateChangeSet", "ExecuteChangeSet")]
    world.deploy().must(0, "KycVerifiedTopic/Producer")
    world.same("the faults that were met", [1, 1], [fault.hits for fault in faults])
    world.deploy().must(0, "nothing to do")


def between(world):
    """a gateway that doesn't answer while the stack changes is waited for"""
    world.change("perform-kyc")
    fault = world.proxy.inject("DescribeStacks", "between", times=2, after="ExecuteChangeSet")
    ended = world.deploy(AWS_MAX_ATTEMPTS="1").must(0, "CloudFormation doesn't answer; asking again", "answers again", "deployed")
    world.same("the faults that were met", fault.times, fault.hits)
    ended.must_not("error:")


def meanwhile(world):
    """what somebody deploys while the deletion of its empty place waits for an answer is not deleted"""
    world.deploy("--preview", *STAGING).must(0)

    def answer():
        world.deploy(*STAGING).must(0)
        return "onboard-ai-staging"

    world.asked("to delete it:", answer, "destroy", *STAGING).must(4, "not deleted: somebody deploys onboard-ai-staging")
    world.same("the stack", "CREATE_COMPLETE", world.status("onboard-ai-staging"))
    world.ops("destroy", "--yes", "onboard-ai-staging", *STAGING).must(0)


def denied(world):
    """what isn't allowed is told with the action"""
    world.change("perform-kyc")
    world.proxy.inject("CreateChangeSet", "denied", times=100)
    world.deploy().must(2, "it isn't allowed", "is not authorized")
    world.proxy.clear()
    world.proxy.inject("s3 .* /[^/]*/?", "denied", times=100)
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


def left_unseen(world):
    """a deletion whose leftovers nobody may look at is told as done all the same"""
    world.deploy(*STAGING).must(0)
    arguments = ("destroy", "--yes", "onboard-ai-staging", *STAGING)
    world.proxy.inject("DescribeLogGroups", "denied", times=100)
    world.ops(*arguments).must(0, "deleted: onboard-ai-staging", "can't look for log groups", "more may be left", "artifacts")
    [unseen] = world.ops(*arguments, "--json").must(0).json()["unseen"]
    if "is not authorized" not in unseen:
        raise AssertionError(unseen)


def undeletable(world):
    """a deletion that fails: why, and how to go on"""
    world.deploy(*STAGING).must(0)
    world.proxy.answer("DescribeStacks", lambda path, body: FAILED if world.proxy.seen["DeleteStack"] else None)
    world.proxy.answer("DescribeStackEvents", lambda path, body: FAILURES if world.proxy.seen["DeleteStack"] else None)
    ended = world.ops("destroy", "--yes", "onboard-ai-staging", *STAGING)
    ended.must(1, "error: Cluster failed: it is in use", "(DELETE_FAILED)", "make destroy ENV=staging, which goes on with the rest")
    world.proxy.clear()
    world.ops("destroy", "--yes", "onboard-ai-staging", *STAGING).must(0)


def raced(world):
    """a preview that clears up while somebody deploys the same takes nothing away"""
    # Where it asks anything after its change set is gone, the other one comes between.
    held = world.proxy.inject("DescribeChangeSet|DeleteStack", "held", after="DeleteChangeSet")
    arguments = ("deploy", "--preview", "--zips", str(world.zips), *STAGING)
    preview = world.start(*arguments)
    while not held.reached.wait(0.1) and preview.poll() is None:
        pass
    if not held.reached.is_set():
        world.proxy.clear()
    world.deploy(*STAGING).must(0)
    held.release()
    world.end(preview, arguments, 0).must(0)
    world.same("the stack", "CREATE_COMPLETE", world.status("onboard-ai-staging"))
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
    # It has the checks still to come: the emulator has no mappings, which they find.
    arguments = ("deploy", "--yes", "--zips", str(world.zips), *STAGING)
    second = world.start(*arguments)
    world.proxy.wait_for("DescribeStackEvents", 2)
    held.release()
    joined = world.end(second, arguments, 0).must(5, "onboard-ai-staging is changing already; following it", "deployed")
    joined.must(5, "WebSocketApiEndpoint", "has no event source mapping for kyc-verified").must_not("nothing to do")
    world.ops("status", *STAGING).must(0, "CREATE_COMPLETE")
    world.ops("destroy", "--yes", "onboard-ai-staging", *STAGING).must(0)


SCENARIOS = [expired_upload, expired_following, stopped, lost, between, meanwhile, denied, failing, left_unseen, undeletable, raced, interrupted]
