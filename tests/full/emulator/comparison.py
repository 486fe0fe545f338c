"""Every resource of the deployed stacks, compared with what its service says of it."""

from collections import Counter, defaultdict

from compare import compare
from known import KNOWN
from read import read


class Comparison:
    """What was compared, by type."""

    def __init__(self, emulator, uploads, root):
        self.number, self.same, self.other = Counter(), defaultdict(Counter), defaultdict(dict)
        self.off, self.lacking = Counter(), Counter()
        self._emulator, self._uploads = emulator, uploads
        self._stack(root)

    def _stack(self, stack):
        for logical, resource in stack.template["Resources"].items():
            if logical not in stack.resources:
                self.off[resource["Type"]] += 1
            elif resource["Type"] in KNOWN["lacking"]:
                self.lacking[resource["Type"]] += 1
            elif resource["Type"] == "Custom::BootstrapBrokers":
                pass  # No service knows it: what it answered is in the variables of the functions.
            else:
                self._resource(stack, logical, resource["Type"])
        for child in stack.children().values():
            self._stack(child)

    def _resource(self, stack, logical, kind):
        wanted = stack.properties(logical)
        if kind == "AWS::IAM::Role":
            wanted = {"ManagedPolicyArns": [], **wanted}
        if kind == "AWS::EC2::SecurityGroup":
            wanted = {**wanted, "Rules": rules(stack, logical)}
        got = read(self._emulator, self._uploads, kind, stack.physical[logical], wanted)
        same, other = compare(wanted, got)
        self.number[kind] += 1
        self.same[kind].update(same)
        for path, what in other.items():
            self.other[kind].setdefault(path, []).append(f"{logical}: {what}")

    def print(self, left_out):
        print(f"{'type':38} {'created':>8} {'compared':>9}  ignored by the emulator")
        for kind in sorted(self.number):
            ignored = ", ".join(sorted(self.other[kind]))
            print(f"{kind:38} {self.number[kind]:8} {self.same[kind].total():9}  {ignored}")
        compared = sum(paths.total() for paths in self.same.values())
        print(f"{'in all':38} {self.number.total():8} {compared:9}")
        made = sorted(self.number.keys() & KNOWN["made"].keys())
        print("made through the services' APIs, since the emulator's CloudFormation lacks them:", ", ".join(made))
        for kind, number in sorted(left_out.items()):
            print(f"left out, {KNOWN['refused'][kind]}: {kind} {number}")
        for kind, number in sorted(self.lacking.items()):
            print(f"a placeholder, {KNOWN['lacking'][kind]}: {kind} {number}")
        if self.off:
            print("off by parameter:", ", ".join(f"{kind} {number}" for kind, number in sorted(self.off.items())))

    def check(self):
        """What doesn't agree is known, and what is known doesn't agree."""
        wrong = []
        for kind in sorted(self.number):
            known, found = set(KNOWN["ignored"].get(kind, [])), self.other.get(kind, {})
            wrong += [f"{kind} {path}: {'; '.join(found[path][:3])}" for path in sorted(found.keys() - known)]
            agrees = self.same[kind].keys() & known - found.keys()
            wrong += [f"{kind} {path}: known.json says ignored, but it agrees" for path in sorted(agrees)]
        if wrong:
            raise AssertionError("what is there is not what the templates say:\n" + "\n".join(wrong))


def rules(stack, group):
    """What the rules of a security group are for: its own, and those that are resources themselves."""
    found = list(stack.properties(group)["SecurityGroupEgress"])
    for logical, resource in stack.resources.items():
        if resource["Type"] in ("AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"):
            rule = stack.properties(logical)
            found += [rule] if rule["GroupId"] == stack.physical[group] else []
    return [rule["Description"] for rule in found]


def all_met(comparisons):
    """Nothing is in known.json that no deployment has."""
    there = {kind for comparison in comparisons for kind in comparison.number + comparison.lacking}
    unmet = sorted((KNOWN["ignored"].keys() | KNOWN["lacking"].keys() | KNOWN["made"].keys()) - there)
    for kind, paths in KNOWN["ignored"].items():
        met = {path for comparison in comparisons for path in comparison.other.get(kind, {})}
        unmet += [f"{kind} {path}" for path in paths if path not in met]
    if unmet:
        raise AssertionError("known.json says too much:\n" + "\n".join(unmet))
