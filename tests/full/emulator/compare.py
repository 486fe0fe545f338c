"""Compares properties as a template has them with what a service says."""

import json

# Compared as a whole.
DOCUMENTS = {"AssumeRolePolicyDocument", "DashboardBody", "KeyPolicy", "PolicyDocument", "SecretStringTemplate"}
# What names a member of a list; any one of them is enough.
NAMES = ("Key", "AttributeName", "IndexName", "Name", "PolicyName", "Id", "Sid", "Description")


def leaves(value, path=""):
    """`(path, where, value)` of each single value: `Tags[].Value`, `Tags[Topic].Value`, `kyc-verified`."""
    yield from _leaves(value, path, path)


def _leaves(value, path, where):
    last = path.rpartition(".")[2]
    if last in DOCUMENTS:
        yield path, where, json.loads(value) if isinstance(value, str) else value
    elif isinstance(value, dict):
        for key, inner in value.items():
            dot = "." if path else ""
            yield from _leaves(inner, f"{path}{dot}{key}", f"{where}{dot}{key}")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        name = next((name for name in NAMES if name in value[0]), None)
        for index, inner in enumerate(value):
            label = inner[name] if name else index
            yield from _leaves(inner, f"{path}[]", f"{where}[{label}]")
    elif isinstance(value, list):
        yield path, where, sorted(map(str, value))
    else:
        yield path, where, value


def plain(value):
    """Numbers and JSON texts in one form."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return float(value)
    return value


def compare(wanted, got):
    """The paths that agree, and those that don't with what there is instead."""
    there = {where: plain(value) for _, where, value in leaves(got)}
    same, other = [], {}
    for path, where, value in leaves(wanted):
        if where not in there:
            other[path] = "absent"
        elif there[where] == plain(value):
            same.append(path)
        elif there[where] in (None, ""):
            other[path] = "absent"
        else:
            other[path] = f"{json.dumps(there[where]):.200} instead of {json.dumps(plain(value)):.200}"
    return same, other
