"""With an existing cluster: a browser connects, an update with nothing new, and one with a topic more."""

import json

from comparison import Comparison
from deploy import BUCKET, change_set, execute
from known import Copy
from sockets import WebSocket
from steps import outputs_of, same, until


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
        "ArtifactBucket": BUCKET,
        "ExistingClusterArn": cluster,
        "ExistingSubnetIds": ",".join(subnets),
        "ExistingSecurityGroupId": group,
        "ExistingSecretArn": secret,
        "ExistingSecretKeyArn": kms.create_key()["KeyMetadata"]["Arn"],
        # With a cluster of its own a stack makes both.
        "TopicCreation": "outside",
        "EventSourceMappings": "omit",
    }


def connections(created, customer):
    """What the connections' table has of this customer."""
    told = created.emulator.client("dynamodb").get_item(
        TableName=f"websocket-connections-{created.environment}", Key={"customerId": {"S": customer}}, ConsistentRead=True
    )
    return told.get("Item", {})


def web_socket(created):
    """A browser connects: authorizer, connect, default and disconnect really run."""
    emulator, environment = created.emulator, created.environment
    [api] = [
        row["ApiId"] for row in emulator.client("apigatewayv2").get_apis()["Items"] if row["ProtocolType"] == "WEBSOCKET"
    ]
    address = emulator.url.removeprefix("http://").split(":")
    host, address = f"{api}.execute-api.{address[0]}:{address[1]}", (address[0], int(address[1]))
    same("the endpoint", f"http://{host}/{environment}", created.outputs["WebSocketApiEndpoint"])
    try:
        WebSocket(address, host, f"/{environment}")
    except PermissionError as refused:
        print(f"without a customer: {refused}")
    else:
        raise AssertionError("a connection without a customer is let in")
    tell(emulator, f"onboard-ai-websocket-default-{environment}", {
        "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": f"{emulator.url}/_aws/execute-api/{api}/{environment}",
    })
    same("connections before", {}, connections(created, "test-123"))
    browser = WebSocket(address, host, f"/{environment}?customerId=test-123")
    stored = connections(created, "test-123")
    if "expiresAt" not in json.dumps(stored):
        raise AssertionError(f"the connection is not stored: {stored}")
    print("stored:", json.dumps(stored))
    browser.send(json.dumps({"action": "resume"}))
    wanted = {"type": "RESUMED", "count": 0, "last": None, "more": False}
    same("the answer to a resume", wanted, json.loads(browser.receive()))
    browser.close()
    until(lambda: "connectionId" not in json.dumps(connections(created, "test-123")), "the connection to be removed")


def tell(emulator, function, more):
    """Gives a function more variables."""
    functions = emulator.client("lambda")
    told = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=function, Environment={"Variables": {**told, **more}})


def unchanged(created):
    made = change_set(created.emulator, created.name, "UPDATE", created.key, created.parameters)
    same("the change set", "FAILED", made["Status"])
    print(made["StatusReason"])


def added(created, uploads, other):
    """One topic more is one stack more: the dashboard shows it, and nothing else that was there is touched."""
    emulator, before = created.emulator, created.root.everything()
    key, template = uploads.assembly(other, created.environment, Copy())
    uploads.functions(template)
    [new] = template["Resources"].keys() - created.root.template["Resources"].keys()
    made = change_set(emulator, created.name, "UPDATE", key, created.parameters)
    changes = [change["ResourceChange"] for change in made["Changes"]]
    changes = sorted((change["Action"], change["LogicalResourceId"]) for change in changes)
    same("the change set", [("Add", new), ("Modify", "Dashboard")], changes)
    told = execute(emulator, created.name, made)
    root = created.deployed(template)
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
