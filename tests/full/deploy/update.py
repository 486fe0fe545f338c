"""Create, no-op, checks, a build, a topic more."""

import json
import re
from collections import Counter

from world import STACK, readme_topic

UPLOADS = "s3 PUT /[^/]+/.+"
LOOKS = "s3 HEAD /[^/]+/.+"
# What a deployment that has nothing to do asks beside the objects that should be there, once each.
ASKS = ["GetCallerIdentity", "DescribeStacks", "ListChangeSets", "CreateChangeSet", "DeleteChangeSet"]


# As CloudFormation answers; the nested stack gets a value that another one only tells when it is updated.
CHANGE_SET = """<DescribeChangeSetResponse><DescribeChangeSetResult><ChangeSetId>arn:aws:cloudformation:us-east-1:123456789012:changeSet/x/1
</ChangeSetId><StackId>arn:aws:cloudformation:us-east-1:123456789012:stack/onboard-ai-dev/1</StackId><Status>{}</Status>
<StatusReason>{}</StatusReason><Changes>{}</Changes></DescribeChangeSetResult></DescribeChangeSetResponse>"""
PHANTOM = """<member><Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>KycVerifiedTopic</LogicalResourceId>
<ResourceType>AWS::CloudFormation::Stack</ResourceType><Replacement>False</Replacement><ChangeSetId>arn:nested</ChangeSetId><Details>
<member><Target><Attribute>Properties</Attribute><Name>Parameters</Name><RequiresRecreation>Never</RequiresRecreation></Target>
<Evaluation>Dynamic</Evaluation><ChangeSource>ResourceAttribute</ChangeSource><CausingEntity>Foundation.Outputs.ClusterArn</CausingEntity>
</member></Details></ResourceChange></member>"""
EVENTS = """<DescribeEventsResponse><DescribeEventsResult><OperationEvents><member><LogicalResourceId>{}</LogicalResourceId>
<ValidationPath>{}</ValidationPath><ValidationStatusReason>{}</ValidationStatusReason></member></OperationEvents></DescribeEventsResult>
</DescribeEventsResponse>"""


# What a producer answers, and the event's row.
PUBLISHED = json.dumps({"statusCode": 202, "body": json.dumps({"eventId": "e-1", "customerId": "smoke-1"})})
APPLIED = json.dumps({"Item": {"partition": {"N": "3"}, "offset": {"N": "17"}}})


def change_set(status, reason="", changes=""):
    return CHANGE_SET.format(status, reason, changes)


def nobody_says_yes(world):
    """a preview without a terminal is refused, and what it leaves counts as nothing"""
    ended = world.ops("deploy", "--zips", str(world.zips))
    ended.must(4, "Foundation/Cluster", "nobody is there to say yes", "--yes")
    undeployed(world)
    world.ops("destroy", "--yes", STACK).must(0, "nothing that holds data is deleted", "deleted")
    world.same("the stack", None, world.status())


def preview(world):
    """a preview alone: what would be made, for a person and for programs; it deletes no stack"""
    ended = world.deploy("--preview").must(0, "Foundation/Cluster", "AWS::MSK::Cluster", "KycVerifiedTopic/Consumer")
    ended.must(0, "who may do what:", "+ Edge/AuthorizerRole: Allow sts:AssumeRole to lambda.amazonaws.com")
    ended.must(0, "fixed cost by month: $0.00 -> $", "broker kafka.m7g.large", "not counted: requests")
    told = world.deploy("--preview", "--json").must(0).json()
    added = {row["resource"] for row in told["changes"] if row["action"] == "added"}
    world.same("what isn't added", [], [row for row in told["changes"] if row["resource"] not in added])
    if not {"Foundation/Cluster", "Data/UsersTable", "Dashboard"} <= added:
        raise AssertionError(sorted(added))
    world.same("deletions", 0, world.proxy.seen["DeleteStack"])
    undeployed(world)


def undeployed(world):
    """There is nothing but the place that CloudFormation makes for a change set, without one in it."""
    world.same("the stack", "REVIEW_IN_PROGRESS", world.status())
    world.same("change sets", [], world.client("cloudformation").list_change_sets(StackName=STACK)["Summaries"])
    for command in (("status",), ("doctor",), ("smoke",), ("lag",), ("logs",), ("events", "somebody"), ("connections",), ("redrive",)):
        world.ops(*command).must(5, f"there is no stack {STACK} in us-east-1", "make deploy ENV=dev")
        told = world.ops(*command, "--json").must(5).json()
        world.same(f"what {command} tells programs", "unwell", told["status"])


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
    ended.must(0, "an MSK cluster takes 15 to 60 minutes")
    world.same("the faults that were met", [fault.times for fault in faults], [fault.hits for fault in faults])
    if "WebSocketApiEndpoint" not in ended.out:
        raise AssertionError(f"the outputs are no data: {ended.out}")
    world.same("the stack", "CREATE_COMPLETE", world.status())
    functions = world.client("lambda").get_paginator("list_functions").paginate()
    names = [function["FunctionName"] for page in functions for function in page["Functions"]]
    world.same("the functions", world.functions(), len(names))


def nothing(world):
    """a second deployment has nothing to do, puts nothing, and asks for nothing twice"""
    ended = world.deploy().must(0, "nothing to do", "WebSocketApiEndpoint")
    print(f"took {ended.seconds:.2f} s with {world.proxy.seen.total()} calls")
    world.same("uploads", 0, world.proxy.count(UPLOADS))
    assets = json.loads((world.project / f"generated/cloudformation/{STACK}.assets.json").read_text())["files"]
    world.same("objects looked for", world.functions() + len(assets), world.proxy.count(LOOKS))
    # However long a change set takes to be made, and the bucket is looked at and its tags.
    others = {name: number for name, number in world.proxy.seen.items() if not name.startswith("s3 ")}
    others.pop("DescribeChangeSet")
    world.same("other calls", Counter(ASKS), Counter(others))
    world.same("looks at the bucket", 2, world.proxy.count("s3 .*") - world.proxy.count(LOOKS))
    told = world.deploy("--json", "--detailed-exitcode").must(6).json()
    world.same("for programs", ("unchanged", STACK), (told["status"], told["stack"]))
    world.ops("status").must(0, "CREATE_COMPLETE")


def phantoms(world):
    """nested stacks that CloudFormation takes for changed although nothing changes: nothing to do, and nothing is executed"""
    world.proxy.answer("DescribeChangeSet", lambda path, body: change_set("CREATE_COMPLETE", changes=PHANTOM))
    world.deploy("--preview").must(0, "nothing to do")
    world.deploy("--detailed-exitcode").must(6, "nothing to do")
    world.same("calls", (0, 2), tuple(world.proxy.seen[name] for name in ("ExecuteChangeSet", "DeleteChangeSet")))
    # Of what was changed by hand the templates know nothing.
    bodies = []
    world.proxy.answer("CreateChangeSet", lambda path, body: bodies.append(body))
    world.deploy("--preview", "--revert-drift").must(0, "fixed cost by month").must_not("nothing to do")
    world.same("change sets that revert drift", [True], [b"DeploymentMode=REVERT_DRIFT" in body for body in bodies])


def refused(world):
    """why CloudFormation refuses a change set, of nested stacks too, and when it can't be removed after that"""
    early = "validation failed: AWS::EarlyValidation::PropertyValidation. To troubleshoot, use the DescribeEvents API"

    def told(path, body):
        nested = b"nested" in body
        return change_set("FAILED", early if nested else "A nested stack failed", "" if nested else PHANTOM)

    def events(path, body):
        what = ("Topic", "/Resources/Topic", "the partitions are no number") if b"nested" in body else ("Edge", "", "why not")
        return EVENTS.format(*what)

    world.proxy.answer("DescribeChangeSet", told)
    world.proxy.answer("DescribeEvents", events)
    world.proxy.inject("DeleteChangeSet", "throttled", times=100)
    ended = world.deploy(AWS_MAX_ATTEMPTS="1").must(1, "error: CloudFormation refuses the change set", "Rate exceeded")
    ended.must(1, "A nested stack failed", "KycVerifiedTopic/Topic /Resources/Topic: the partitions are no number", "Edge : why not")
    ended.must(1, "the next deployment removes it")
    world.proxy.clear()
    # Nor does it hide that there was nothing to do.
    world.proxy.inject("DeleteChangeSet", "denied", times=100)
    world.deploy("--detailed-exitcode").must(6, "nothing to do", "is not authorized", "the next deployment removes it")


def checked(world):
    """what CloudFormation calls complete, and doesn't run: the outputs, then exit code 5 and what is wrong"""
    arguments = ("deploy", "--yes", "--zips", str(world.zips))
    world.change("perform-kyc")
    ended = world.ops(*arguments).must(5, "deployed", "WebSocketApiEndpoint")
    # The emulator forgets what its stacks associate, and has no mappings of Kafka's topics.
    ended.must(5, "AmazonMSK_onboard-ai-producer-dev", "isn't associated with the cluster")
    ended.must(5, "has no event source mapping for kyc-verified", "no synthetic event was sent", "make smoke ENV=dev")
    world.change("perform-kyc")
    told = world.ops(*arguments, "--json").must(5).last()
    verdicts = {check["check"]: check["verdict"] for check in told["after"]["checks"]}
    world.same("the checks", {"scram users": "bad", "mappings": "bad"}, verdicts)
    world.same("an event that was sent", None, told["after"]["event"])
    if "WebSocketApiEndpoint" not in told["outputs"]:
        raise AssertionError(told)


def passed(world):
    """where the checks pass, an event is sent through, and that is well; what nobody could look at is not"""
    kafka, secrets = world.client("kafka"), world.client("secretsmanager")
    [cluster] = kafka.list_clusters(ClusterNameFilter=STACK)["ClusterInfoList"]
    users = [secrets.describe_secret(SecretId=f"AmazonMSK_onboard-ai-{user}-dev")["ARN"] for user in ("producer", "consumer")]
    kafka.batch_associate_scram_secret(ClusterArn=cluster["ClusterArn"], SecretArnList=users)
    arguments, scram = ("deploy", "--yes", "--zips", str(world.zips)), "kafka GET .*/scram-secrets"

    def deploy(state="Enabled", **faults):
        """With mappings in this state, as the emulator has none, and an event that comes through."""
        world.proxy.clear()
        world.change("perform-kyc")
        world.proxy.answer("lambda GET /2015-03-31/event-source-mappings.*", lambda path, body: mappings(world, path, state))
        world.proxy.answer("lambda POST .*/invocations", lambda path, body: PUBLISHED)
        world.proxy.answer("GetItem", lambda path, body: APPLIED)
        for operation, kind in faults.items():
            world.proxy.inject({"scram": scram, "events": "GetItem"}[operation], kind, times=100)
        return world.ops(*arguments)

    deploy().must(0, "deployed", "sending a synthetic event", "applied", "partition 3, offset 17").must_not("not checked")
    ended = deploy(scram="denied").must(5, "deployed", "applied", "not checked to the end: scram users", "make doctor ENV=dev")
    ended.must(5, "the deployment itself is complete")
    deploy(state="Disabled").must(5, "is Disabled", "no synthetic event was sent")
    deploy(events="denied").must(5, "bad", "can't look into the table kafka-events-dev")


def mappings(world, path, state):
    """Of the function that the path asks for, as the manifest has it."""
    name = re.search("FunctionName=([^&]*)", path).group(1)
    [(stack, found)] = [
        (stack, resource["Properties"])
        for stack in (world.project / "generated/cloudformation").rglob("*.template.json")
        for id, resource in json.loads(stack.read_text()).get("Resources", {}).items()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
        and resource["Properties"]["Topics"] == [name.removeprefix("onboard-ai-consumer-").removesuffix("-dev")]
        and "dev" in stack.parts
    ]
    kept = ("BatchSize", "Topics", "MaximumRetryAttempts", "BisectBatchOnFunctionError", "AmazonManagedKafkaEventSourceConfig")
    told = {key: found[key] for key in kept if key in found}
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    return json.dumps({"EventSourceMappings": [{**told, "UUID": "u", "FunctionArn": arn, "State": state}]})


def answers(world):
    """the question is answered as people write it"""
    arguments = ("deploy", "--no-check", "--zips", str(world.zips))
    world.change("perform-kyc")
    for answer, code in (("", 4), ("n", 4), ("yess", 4), ("Y", 0)):
        world.asked("[y/N]", lambda: answer, *arguments).must(code, "deployed" if code == 0 else "the answer was no")
    world.deploy().must(0, "nothing to do")


def redriven(world):
    """a redrive that breaks off is one JSON document all the same, of all records"""
    rows = {"kind": "QUARANTINED", "reason": "R", "topic": "kyc-verified", "occurredAt": "2026-01-01T00:00:00Z", "record": "{}"}
    for index in (0, 1):
        row = {name: {"S": text} for name, text in {**rows, "errorId": f"q-{index}"}.items()}
        row |= {name: {"N": str(number)} for name, number in {"partition": index, "offset": 7, "parts": 0, "expiresAt": 4e9}.items()}
        world.client("dynamodb").put_item(TableName="error-logs-dev", Item=row)
    left = json.dumps({"batchItemFailures": [{"itemIdentifier": {"partition": "kyc-verified-0", "offset": 7}}]})
    world.proxy.answer("lambda POST .*/invocations", lambda path, body: left)
    world.proxy.inject("lambda POST .*/invocations", "denied", times=100, skip=1)
    ended = world.ops("redrive", "--json").must(2, "it isn't allowed", "run the same again to go on")
    ended.must(2, "make logs FUNCTION=consumer-kyc-verified ENV=dev ARGS=--errors")
    world.same("the outcomes", ["failed", None], [row["outcome"] for row in ended.json()])
    for index in (0, 1):
        world.client("dynamodb").delete_item(TableName="error-logs-dev", Key={"errorId": {"S": f"q-{index}"}})


def built(world):
    """without --zips it builds: all of it once, then what has changed, then nothing"""
    names = [zip.stem for zip in world.zips.glob("*.zip")]
    world.workspace(names)
    arguments = ("deploy", "--yes", "--no-check")
    variables = {"CARGO_TARGET_DIR": str(world.work / "target"), "CARGO_NET_OFFLINE": "true"}
    world.build(*arguments, **variables).must(0, "building the functions", "KycVerifiedTopic/Producer")
    world.same("zips that were put", len(names), world.proxy.count("s3 PUT /.*/functions/.*"))
    zips = sorted((world.work / "target/lambda").glob("*.zip"))
    made = {zip.stem: zip.stat().st_mtime_ns for zip in zips}
    world.same("the zips", sorted(names), sorted(made))
    world.proxy.clear()
    world.build(*arguments, **variables).must(0, "nothing to do").must_not("Compiling")
    world.same("the zips after it", made, {zip.stem: zip.stat().st_mtime_ns for zip in zips})
    world.source("perform-kyc", "another")
    world.build(*arguments, **variables).must(0, "KycVerifiedTopic/Producer").must_not("UserInfoSubmittedTopic/Producer")
    new = {zip.stem: zip.stat().st_mtime_ns for zip in zips}
    world.same("the zips that are new", ["perform-kyc"], [name for name in new if new[name] != made[name]])
    world.same("zips that were put", 1, world.proxy.count("s3 PUT /.*/functions/.*"))
    world.source("perform-kyc", "a slip", body="this is no Rust")
    world.build(*arguments, **variables).must(1, "this is no Rust", "cargo")
    # Those of the other scenarios again, one of which really runs.
    world.deploy().must(0)


def reasons(world):
    """the preview says why: the property, what it is and what it will be"""
    world.edit(("log_retention: 14d", "log_retention: 7d"))
    ended = world.deploy("--preview").must(0, "changed", "RetentionInDays 14 -> 7", "AWS::Logs::LogGroup")
    ended.must(0, "fixed cost by month: ", "(+$0.00)").must_not("replaced", "who may do what")
    world.restore()


def elsewhere(world):
    """another Region and another environment have no such stack; an unknown environment is told"""
    before = world.status()
    world.ops("status", AWS_REGION="eu-west-1").must(5, f"there is no stack {STACK} in eu-west-1", "AWS_REGION")
    world.ops("status", "--env", "staging").must(5, "there is no stack onboard-ai-staging in us-east-1")
    world.deploy("--env", "nope").must(2, "no environment `nope`", "staging")
    world.deploy(AWS_REGION=None).must(2, "no AWS Region is set")
    world.deploy(AWS_REGION="useast1").must(2, "`useast1` is no name of an AWS Region", "us-east-1")
    world.deploy(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None).must(2, "there are no AWS credentials")
    world.deploy(AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="2").must(1, "no answer", "AWS_ENDPOINT_URL")
    world.same("the stack", before, world.status())


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


SCENARIOS = [nobody_says_yes, preview, create, nothing, phantoms, refused, checked, passed, answers, redriven, built, reasons, elsewhere, stale, topic, less]
