"""Create, no-op, a topic more."""

from world import readme_topic, STACK

UPLOADS = "s3 PUT /[^/]+/.+"


def nobody_says_yes(world):
    """a preview without a terminal is refused, and leaves no stack"""
    ended = world.ops("deploy", "--zips", str(world.zips))
    ended.must(4, "Foundation/Cluster", "nobody is there to say yes", "--yes")
    world.same("the stack", None, world.status())


def preview(world):
    """a preview alone: what would be made, for a person and for programs"""
    world.deploy("--preview").must(0, "Foundation/Cluster", "AWS::MSK::Cluster", "KycVerifiedTopic/Consumer")
    told = world.deploy("--preview", "--json").must(0).json()
    added = {row["resource"] for row in told["changes"] if row["action"] == "added"}
    world.same("what isn't added", [], [row for row in told["changes"] if row["resource"] not in added])
    if not {"Foundation/Cluster", "Data/UsersTable", "Dashboard"} <= added:
        raise AssertionError(sorted(added))
    world.same("the stack", None, world.status())


def create(world):
    """create, with throttled and dropped calls all the way"""
    # The previews have put everything already, under names that other zips don't have.
    for zip in sorted(world.zips.glob("consumer-*.zip")):
        world.change(zip.stem)
    faults = [
        world.proxy.inject("GetCallerIdentity", "throttled"),
        world.proxy.inject(UPLOADS, "throttled", times=2, skip=1),
        world.proxy.inject(UPLOADS, "lost", skip=2),
        world.proxy.inject("DescribeStacks", "refused"),
        world.proxy.inject("CreateChangeSet", "unwell"),
        world.proxy.inject("DescribeChangeSet", "cut"),
        world.proxy.inject("ExecuteChangeSet", "throttled"),
        world.proxy.inject("DescribeStackEvents", "cut", skip=1),
        world.proxy.inject("DescribeStackEvents", "throttled", skip=1),
    ]
    ended = world.deploy().must(0, "WebSocketApiEndpoint", "KafkaBootstrapServers")
    world.same("the faults that were met", [fault.times for fault in faults], [fault.hits for fault in faults])
    if "WebSocketApiEndpoint" not in ended.out:
        raise AssertionError(f"the outputs are no data: {ended.out}")
    world.same("the stack", "CREATE_COMPLETE", world.status())
    functions = world.client("lambda").get_paginator("list_functions").paginate()
    names = [function["FunctionName"] for page in functions for function in page["Functions"]]
    world.same("the functions", world.functions(), len(names))


def nothing(world):
    """a second deployment has nothing to do, and puts nothing"""
    ended = world.deploy().must(0, "nothing to do")
    world.same("uploads", 0, world.proxy.count(UPLOADS))
    world.same("executed", 0, world.proxy.seen["ExecuteChangeSet"])
    print(f"took {ended.seconds:.2f} s with {world.proxy.seen.total()} calls")
    told = world.deploy("--json").must(0).json()
    world.same("for programs", ("unchanged", STACK), (told["status"], told["stack"]))
    world.ops("status").must(0, "CREATE_COMPLETE")


def elsewhere(world):
    """another Region and another environment have no such stack; an unknown environment is told"""
    world.ops("status", AWS_REGION="eu-west-1").must(5, f"there is no stack {STACK} in eu-west-1", "AWS_REGION")
    world.ops("status", "--env", "staging").must(5, "there is no stack onboard-ai-staging in us-east-1")
    world.deploy("--env", "nope").must(2, "no environment `nope`", "staging")
    world.deploy(AWS_REGION=None).must(2, "no AWS Region is set")
    world.deploy(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None).must(2, "there are no AWS credentials")
    world.deploy(AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="2").must(1, "no answer", "AWS_ENDPOINT_URL")
    world.same("the stack", "CREATE_COMPLETE", world.status())


def stale(world):
    """a manifest that was not rendered is not deployed"""
    manifest = world.project / "topics.yaml"
    text = manifest.read_text()
    manifest.write_text(text.replace("log_retention: 14d", "log_retention: 7d"))
    world.deploy().must(3, "isn't what the manifest gives", "make synth")
    manifest.write_text(text)
    world.same("calls", 0, world.proxy.seen.total())


def topic(world):
    """the README's topic changes nothing but its own stack and the dashboard"""
    world.edit(add=readme_topic(world.root))
    before = world.stacks()
    told = world.deploy("--preview", "--json").must(0).json()
    world.same("uploads", 4, world.proxy.count(UPLOADS))
    places = {(row["resource"].split("/")[0], row["action"]) for row in told["changes"]}
    # Although the emulator says of each change of a dashboard that it may replace it.
    world.same("the preview", {("Dashboard", "changed"), ("PolicyCancelledTopic", "added")}, places)
    world.proxy.clear()
    world.deploy().must(0, "PolicyCancelledTopic/Producer")
    # The preview has put the new stack's template, the root's, and two zips.
    world.same("uploads", 0, world.proxy.count(UPLOADS))
    after = world.stacks()
    world.same("the new stacks", {"PolicyCancelledTopic"}, after.keys() - before.keys())
    world.same("events of the others", before, {name: after[name] for name in before})
    world.same("the stack", "UPDATE_COMPLETE", world.status())
    world.deploy().must(0, "nothing to do")


def less(world):
    """a topic that is taken out again is refused, since its records go with it"""
    world.restore()
    ended = world.deploy().must(4, "PolicyCancelledTopic/Topic", "--allow")
    allow = [word for word in ended.err.replace('"', " ").split() if word.startswith("PolicyCancelledTopic")]
    flags = [part for place in sorted({word for word in allow if "=" in word}) for part in ("--allow", place)]
    world.deploy(*flags).must(0)
    world.same("the nested stacks", False, "PolicyCancelledTopic" in world.stacks())


SCENARIOS = [nobody_says_yes, preview, create, nothing, elsewhere, stale, topic, less]
