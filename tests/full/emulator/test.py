"""Deploys the rendered templates to an emulator, and compares what is there with what the templates say.

usage: test.py ASSEMBLY OTHER PROGRAMS
ASSEMBLY is generated/cloudformation, OTHER the same of a manifest with one topic more, PROGRAMS the folder of the functions
that really run.
"""

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from comparison import Comparison
from deploy import BUCKET, Uploads, change_set, execute, failures, settled
from emulator import BROKERS, Emulator
from inventory import inventory
from known import KNOWN, Copy
from resolve import Stack
from sockets import WebSocket

ENVIRONMENT = "dev"
STACK = f"onboard-ai-{ENVIRONMENT}"
REAL = [
    "bootstrap-brokers", "websocket-authorizer", "websocket-connect", "websocket-disconnect", "websocket-default",
]


def step(text):
    print(f"-- emulator: {text}", flush=True)


def existing_cluster(emulator):
    """A cluster as somebody may have it, and the parameters that name it."""
    ec2, kms = emulator.client("ec2"), emulator.client("kms")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24")["Subnet"]["SubnetId"] for index in range(2)
    ]
    group = ec2.create_security_group(GroupName="existing", Description="Reaches the cluster", VpcId=vpc)["GroupId"]
    cluster = emulator.client("kafka").create_cluster(
        ClusterName="existing", KafkaVersion="3.8.x", NumberOfBrokerNodes=2,
        BrokerNodeGroupInfo={"ClientSubnets": subnets, "InstanceType": "kafka.m7g.large"},
    )["ClusterArn"]
    secret = emulator.client("secretsmanager").create_secret(Name="AmazonMSK_existing", SecretString="{}")["ARN"]
    return {
        "Environment": ENVIRONMENT,
        "ArtifactBucket": BUCKET,
        "ExistingClusterArn": cluster,
        "ExistingSubnetIds": ",".join(subnets),
        "ExistingSecurityGroupId": group,
        "ExistingSecretArn": secret,
        "ExistingSecretKeyArn": kms.create_key()["KeyMetadata"]["Arn"],
        # It has neither.
        "TopicCreation": "outside",
        "EventSourceMappings": "omit",
    }


def same(what, wanted, got):
    if wanted != got:
        raise AssertionError(f"{what}:\nwanted {wanted}\ngot    {got}")


def outputs_of(told):
    return {output["OutputKey"]: output["OutputValue"] for output in told["Outputs"]}


def custom_resource(emulator, root):
    """The function ran, and what it found is what the stack gives out and what producers are told."""
    same("the stack's brokers", BROKERS, root["KafkaBootstrapServers"])
    variables = emulator.client("lambda").get_function_configuration(FunctionName=f"onboard-ai-submit-user-info-{ENVIRONMENT}")
    same("the producers' brokers", BROKERS, variables["Environment"]["Variables"]["KAFKA_BROKERS"])
    log = emulator.client("logs").filter_log_events(logGroupName=f"/aws/lambda/onboard-ai-bootstrap-brokers-{ENVIRONMENT}")
    runs = [event for event in log["events"] if event["message"].startswith("REPORT")]
    same("the function's runs", 1, len(runs))


def connections(emulator, customer):
    """What the connections' table has of this customer."""
    told = emulator.client("dynamodb").get_item(
        TableName=f"websocket-connections-{ENVIRONMENT}", Key={"customerId": {"S": customer}}, ConsistentRead=True
    )
    return told.get("Item", {})


def web_socket(emulator, root):
    """A browser connects: authorizer, connect, default and disconnect really run."""
    [api] = [
        row["ApiId"] for row in emulator.client("apigatewayv2").get_apis()["Items"] if row["ProtocolType"] == "WEBSOCKET"
    ]
    address = emulator.url.removeprefix("http://").split(":")
    host, address = f"{api}.execute-api.{address[0]}:{address[1]}", (address[0], int(address[1]))
    same("the endpoint", f"http://{host}/{ENVIRONMENT}", root["WebSocketApiEndpoint"])
    try:
        WebSocket(address, host, f"/{ENVIRONMENT}")
    except PermissionError as refused:
        print(f"without a customer: {refused}")
    else:
        raise AssertionError("a connection without a customer is let in")
    tell(emulator, f"onboard-ai-websocket-default-{ENVIRONMENT}", {
        "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": f"{emulator.url}/_aws/execute-api/{api}/{ENVIRONMENT}",
    })
    same("connections before", {}, connections(emulator, "test-123"))
    browser = WebSocket(address, host, f"/{ENVIRONMENT}?customerId=test-123")
    stored = connections(emulator, "test-123")
    if "expiresAt" not in json.dumps(stored):
        raise AssertionError(f"the connection is not stored: {stored}")
    print("stored:", json.dumps(stored))
    browser.send(json.dumps({"action": "resume"}))
    wanted = {"type": "RESUMED", "count": 0, "last": None, "more": False}
    same("the answer to a resume", wanted, json.loads(browser.receive()))
    browser.close()
    until(lambda: "connectionId" not in json.dumps(connections(emulator, "test-123")), "the connection to be removed")


def tell(emulator, function, more):
    """Gives a function more variables."""
    functions = emulator.client("lambda")
    told = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=function, Environment={"Variables": {**told, **more}})


def until(holds, what):
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def added(emulator, uploads, deployed, other, parameters, root):
    """One topic more is one stack more: the dashboard shows it, and nothing else that was there is touched."""
    before = root.everything()
    key, template = uploads.assembly(other, ENVIRONMENT, Copy())
    uploads.functions(template)
    [new] = template["Resources"].keys() - root.template["Resources"].keys()
    made = change_set(emulator, STACK, "UPDATE", key, parameters)
    changes = [change["ResourceChange"] for change in made["Changes"]]
    changes = sorted((change["Action"], change["LogicalResourceId"]) for change in changes)
    same("the change set", [("Add", new), ("Modify", "Dashboard")], changes)
    told = execute(emulator, STACK, made)
    root = deployed(template)
    ids = root.everything()
    same("what was there", before, {path: ids[path] for path in before})
    same("what is new", {new}, {path.split("/")[0] for path in ids.keys() - before.keys()})
    states = {
        logical: emulator.client("cloudformation").describe_stacks(StackName=physical)["Stacks"][0]["StackStatus"]
        for logical, physical in root.physical.items()
        if logical in root.children()
    }
    same("the nested stacks", dict.fromkeys(states, "CREATE_COMPLETE"), states)
    same("the root's outputs", root.outputs(), outputs_of(told))
    Comparison(emulator, uploads, root).check()
    print(f"{new}: {len(ids) - len(before)} resources are new, {len(before)} are the same")
    return root


def deleted(emulator, before, stack_id):
    """Everything goes, the custom resource with its answer.

    The emulator takes away what a nested template retains, too, and only logs what could not be deleted.
    """
    emulator.client("cloudformation").delete_stack(StackName=STACK)
    gone(emulator, stack_id)
    same("what is left", set(), inventory(emulator) - before)
    with open(emulator.log) as log:
        failed = [line for line in log if "Nested-stack" in line and "failed" in line]
    same("what could not be deleted", [], failed)


def gone(emulator, stack_id):
    told = settled(emulator, stack_id)
    if told["StackStatus"] != "DELETE_COMPLETE":
        raise AssertionError(f"{told['StackStatus']}\n" + "\n".join(failures(emulator)))


def retained(emulator, uploads, assembly, parameters):
    """What the templates retain stays: the data stack of each environment, by itself."""
    values = {
        "ClusterArn": parameters["ExistingClusterArn"],
        "DataKeyArn": parameters["ExistingSecretKeyArn"],
        "TopicCreation": parameters["TopicCreation"],
    }
    for folder in sorted(path for path in assembly.iterdir() if path.is_dir()):
        before = inventory(emulator)
        name = f"{folder.name}-data"
        template = Copy()(json.loads((folder / "data.template.json").read_text()))
        key = uploads.template_file(name, template)
        told = execute(emulator, name, change_set(emulator, name, "CREATE", key, values))
        stack = Stack(emulator, name, lambda _, template=template: template, values)
        comparison = Comparison(emulator, uploads, stack)
        comparison.check(comparison.number)
        made = inventory(emulator) - before
        emulator.client("cloudformation").delete_stack(StackName=name)
        gone(emulator, told["StackId"])
        left = inventory(emulator) - before
        stays = {
            (resource["Type"], stack.physical[logical])
            for logical, resource in stack.resources.items()
            if resource.get("DeletionPolicy") == "Retain"
        }
        same(f"what is left of {name}", sorted(stays), sorted(left))
        kinds = Counter(kind for kind, _ in left)
        print(f"{name}: {len(made)} made, retained " + ", ".join(f"{kind} {kinds[kind]}" for kind in sorted(kinds)))


def main(assembly, other, programs):
    work = tempfile.mkdtemp(prefix="onboard-ai-emulator-")
    emulator = Emulator(work)
    try:
        run(emulator, assembly, other, programs)
    except BaseException:
        print("the end of the emulator's log:", file=sys.stderr)
        print(*Path(emulator.log).read_text().splitlines()[-20:], sep="\n", file=sys.stderr)
        raise
    finally:
        emulator.stop()


def run(emulator, assembly, other, programs):
    copy = Copy()
    uploads = Uploads(emulator, {name: programs / name for name in REAL})
    key, template = uploads.assembly(assembly, ENVIRONMENT, copy)
    left_out = copy.left_out
    same("what the emulator refuses", sorted(KNOWN["refused"]), sorted(left_out))
    uploads.functions(template)
    parameters = existing_cluster(emulator)

    def deployed(template):
        return Stack(emulator, STACK, lambda url: template if url == STACK else uploads.template(url), parameters)

    before = inventory(emulator)
    step(f"create {STACK} with an existing cluster")
    told = execute(emulator, STACK, change_set(emulator, STACK, "CREATE", key, parameters))
    outputs = outputs_of(told)
    root = deployed(template)
    same("the root's outputs", root.outputs(), outputs)
    comparison = Comparison(emulator, uploads, root)
    comparison.print(left_out)
    comparison.check()
    step("the custom resource ran")
    custom_resource(emulator, outputs)
    step("a browser connects")
    web_socket(emulator, outputs)


    step("an update without a change")
    made = change_set(emulator, STACK, "UPDATE", key, parameters)
    same("the change set", "FAILED", made["Status"])
    print(made["StatusReason"])

    step("an update with one topic more")
    root = added(emulator, uploads, deployed, other, parameters, root)

    step("delete")
    deleted(emulator, before, told["StackId"])

    step("what stays")
    retained(emulator, uploads, assembly, parameters)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
