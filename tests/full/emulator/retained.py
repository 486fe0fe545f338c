"""The stacks with what templates retain, by themselves: the emulator takes that away with a nested stack."""

import json
from collections import Counter

from comparison import Comparison
from deploy import BUCKET, change_set, execute
from inventory import inventory
from known import KNOWN, Copy
from resolve import Stack
from steps import gone, outputs_of, same


def retained(emulator, uploads, folder, brokers_code):
    """An environment's foundation with a new cluster, and its data. What the templates retain stays, and nothing else."""
    before = inventory(emulator)
    values = dict.fromkeys(
        ("ExistingClusterArn", "ExistingSubnetIds", "ExistingSecurityGroupId", "ExistingSecretArn", "ExistingSecretKeyArn"), ""
    )
    foundation = Alone(emulator, uploads, folder, "foundation", {
        **values, "ArtifactBucket": BUCKET, "BootstrapBrokersCode": brokers_code,
    })
    data = Alone(emulator, uploads, folder, "data", {
        "ClusterArn": foundation.outputs["ClusterArn"],
        "DataKeyArn": foundation.outputs["DataKeyArn"],
        "TopicCreation": "stack",
    })
    made = inventory(emulator) - before
    data.delete()
    foundation.delete()
    left = inventory(emulator) - before
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
            if resource.get("DeletionPolicy", "").startswith("Retain") and resource["Type"] not in KNOWN["lacking"]
        }

    def delete(self):
        self._emulator.client("cloudformation").delete_stack(StackName=self._id)
        gone(self._emulator, self._id)
