"""The stacks with what templates retain, by themselves: the emulator takes that away with a nested stack."""

import json
from collections import Counter

from comparison import Comparison
from deploy import BUCKET, change_set, execute, settled
from inventory import inventory
from known import KNOWN, Copy
from resolve import Stack
from steps import gone, outputs_of, same


# What is empty where the stack makes a cluster of its own.
OWN_CLUSTER = dict.fromkeys(
    ("ExistingClusterArn", "ExistingSubnetIds", "ExistingSecurityGroupId", "ExistingSecretArn", "ExistingSecretKeyArn",
     "AvailabilityZones"), ""
)


def rolled_back(emulator, uploads, folder):
    """A first deployment that fails at its last resources leaves nothing that the next one would stumble over."""
    before = inventory(emulator)
    name = f"{folder.name}-rolled-back"
    template = Copy()(json.loads((folder / "foundation.template.json").read_text()))
    key = uploads.template_file(name, template)
    values = {**OWN_CLUSTER, "ArtifactBucket": BUCKET, "BootstrapBrokersCode": "functions/no-such.zip"}
    made = change_set(emulator, name, "CREATE", key, values)
    cloudformation = emulator.client("cloudformation")
    cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    same(f"the state of {name}", "ROLLBACK_COMPLETE", settled(emulator, made["StackId"])["StackStatus"])
    events = cloudformation.describe_stack_events(StackName=made["StackId"])["StackEvents"]
    ended = {event["LogicalResourceId"] for event in events if event["ResourceStatus"] == "DELETE_COMPLETE"}
    same(f"the cluster of {name} was there", True, "Cluster" in ended)
    same(f"what is left of {name}", set(), inventory(emulator) - before)
    cloudformation.delete_stack(StackName=made["StackId"])
    gone(emulator, made["StackId"])


def with_networks(emulator):
    """What EC2 makes with each VPC, and deletes with it: the main route table and the default group."""
    ec2 = emulator.client("ec2")
    tables = [
        table["RouteTableId"]
        for table in ec2.describe_route_tables()["RouteTables"]
        if any(association.get("Main") for association in table["Associations"])
    ]
    groups = [group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"] if group["GroupName"] == "default"]
    return {("AWS::EC2::RouteTable", table) for table in tables} | {("AWS::EC2::SecurityGroup", group) for group in groups}


def retained(emulator, uploads, folder, brokers_code):
    """An environment's foundation with a new cluster, and its data. What the templates retain stays, and nothing else."""
    before = inventory(emulator)
    foundation = Alone(emulator, uploads, folder, "foundation", {
        **OWN_CLUSTER, "ArtifactBucket": BUCKET, "BootstrapBrokersCode": brokers_code,
    })
    data = Alone(emulator, uploads, folder, "data", {
        "ClusterArn": foundation.outputs["ClusterArn"],
        "DataKeyArn": foundation.outputs["DataKeyArn"],
        "TopicCreation": "stack",
    })
    made = inventory(emulator) - before
    data.delete()
    foundation.delete()
    left = inventory(emulator) - before - with_networks(emulator)
    same(f"what is left of {folder.name}", sorted(data.stays | foundation.stays), sorted(left))
    kinds = Counter(kind for kind, _ in left)
    print(f"{folder.name}: {len(made)} made, retained " + ", ".join(f"{kind} {kinds[kind]}" for kind in sorted(kinds)))
    return [foundation.comparison, data.comparison]


class Alone:
    """One stack of an environment, created and compared."""

    def __init__(self, emulator, uploads, folder, part, values):
        self._emulator, name = emulator, f"{folder.name}-{part}"
        template = Copy()(json.loads((folder / f"{part}.template.json").read_text()))
        key = uploads.template_file(name, template)
        told = execute(emulator, name, change_set(emulator, name, "CREATE", key, values))
        self._id, self.outputs = told["StackId"], outputs_of(told)
        stack = Stack(emulator, name, lambda _: template, values)
        same(f"the outputs of {name}", stack.outputs(), self.outputs)
        self.comparison = Comparison(emulator, uploads, stack)
        self.comparison.check()
        self.stays = {
            (resource["Type"], stack.physical[logical])
            for logical, resource in stack.resources.items()
            if resource.get("DeletionPolicy", "").startswith("Retain")
            and resource["Type"] not in (*KNOWN["lacking"], "AWS::MSK::BatchScramSecret")  # which is a property of the cluster
        }

    def delete(self):
        self._emulator.client("cloudformation").delete_stack(StackName=self._id)
        gone(self._emulator, self._id)
