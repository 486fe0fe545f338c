"""Every resource of the deployed stacks, compared with what its service says of it."""

from collections import Counter, defaultdict

from compare import compare
from known import KNOWN
from read import read


class Comparison:
    """What was compared, by type."""

    def __init__(self, emulator, uploads, root):
        self.number, self.same, self.other = Counter(), Counter(), defaultdict(dict)
        self.off = Counter()
        self._emulator, self._uploads = emulator, uploads
        self._stack(root)

    def _stack(self, stack):
        for logical, resource in stack.template["Resources"].items():
            if logical not in stack.resources:
                self.off[resource["Type"]] += 1
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
        got = read(self._emulator, self._uploads, kind, stack.physical[logical], wanted)
        same, other = compare(wanted, got)
        self.number[kind] += 1
        self.same[kind] += len(same)
        for path, what in other.items():
            self.other[kind].setdefault(path, []).append(f"{logical}: {what}")

    def print(self, left_out):
        print(f"{'type':38} {'created':>8} {'compared':>9}  ignored by the emulator")
        for kind in sorted(self.number):
            ignored = ", ".join(sorted(self.other[kind]))
            print(f"{kind:38} {self.number[kind]:8} {self.same[kind]:9}  {ignored}")
        print(f"{'in all':38} {self.number.total():8} {self.same.total():9}")
        for kind, number in sorted(left_out.items()):
            print(f"left out, {KNOWN['refused'][kind]}: {kind} {number}")
        print("off by parameter:", ", ".join(f"{kind} {number}" for kind, number in sorted(self.off.items())))

    def check(self, kinds=None):
        """What doesn't agree is what is known, no more and no less; of these types, or of all."""
        wrong = []
        for kind in sorted(self.other.keys() | (KNOWN["ignored"].keys() if kinds is None else kinds)):
            known, found = set(KNOWN["ignored"].get(kind, [])), self.other.get(kind, {})
            wrong += [f"{kind} {path}: {'; '.join(found[path][:3])}" for path in sorted(found.keys() - known)]
            wrong += [f"{kind} {path}: known.json says ignored, but it agrees" for path in sorted(known - found.keys())]
        if wrong:
            raise AssertionError("what is there is not what the templates say:\n" + "\n".join(wrong))
