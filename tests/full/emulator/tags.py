"""Tags as a template has them, of what a service says: without those that CloudFormation adds by itself."""


def tags(pairs, key="Key", value="Value"):
    return [
        {"Key": pair[key], "Value": pair[value]} for pair in pairs if not pair[key].startswith("aws:cloudformation:")
    ]


def mapped(pairs):
    return tags([{"Key": key, "Value": value} for key, value in pairs.items()])


def own(pairs):
    """Tags that are a map in CloudFormation, too."""
    return {key: value for key, value in pairs.items() if not key.startswith("aws:cloudformation:")}
