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
        template["Resources"] = {logical: resource for logical, resource in resources.items() if logical not in gone}
        return template
