"""What the emulator refuses and ignores: what is noticed has to be exactly what known.json says."""

import json
from collections import Counter
from pathlib import Path

KNOWN = json.loads((Path(__file__).parent / "known.json").read_text())


def kind(resource):
    """Its type, and what else the emulator tells apart."""
    metrics = " with Metrics" if "Metrics" in resource.get("Properties", {}) else ""
    return resource["Type"] + metrics


class Copy:
    """Templates without what the emulator refuses."""

    def __init__(self):
        self.left_out = Counter()

    def __call__(self, template):
        resources = template["Resources"]
        gone = {logical for logical, resource in resources.items() if kind(resource) in KNOWN["refused"]}
        self.left_out.update(kind(resources[logical]) for logical in gone)
        template["Resources"] = {
            logical: {**resource, "Properties": without(resource.get("Properties", {}), gone)}
            for logical, resource in resources.items()
            if logical not in gone
        }
        return template


def without(properties, gone):
    """Without what is taken from a resource that is left out."""
    return {name: value for name, value in properties.items() if not refers(value, gone)}


def refers(value, gone):
    match value:
        case {"Ref": name}:
            return name in gone
        case {"Fn::GetAtt": [name, _]}:
            return name in gone
    return False
