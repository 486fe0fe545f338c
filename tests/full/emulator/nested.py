"""Nested stacks as CloudFormation has them, where the emulator has them otherwise.

- Their parent tells of them by their ids as soon as they begin, and that they failed, but not why.
- One that can't be created takes away again what it made.
- An update leaves the attributes of what stays as it was.
"""

from ministack.services.cloudformation import _stacks, provisioners, stacks
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as HANDLERS

KIND = "AWS::CloudFormation::Stack"


def add_event(stack_id, stack_name, logical, kind, status, *more, original=stacks._add_event, **named):
    original(stack_id, stack_name, logical, kind, status, *more, **named)
    stack = _stacks.get(stack_name, {})
    parent = _stacks.get(stack.get("_parent_stack_name"))
    if parent and logical == stack_name and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
        # `onboard-ai-dev-Foundation-5fd1b3a2-7c1`
        name = stack_name.removeprefix(parent["StackName"] + "-").split("-")[0]
        original(parent["StackId"], parent["StackName"], name, KIND, status, "", stack_id)


def create(logical, properties, parent, real=HANDLERS[KIND]["create"]):
    before = set(_stacks)
    try:
        return real(logical, properties, parent)
    except Exception as error:
        for name in set(_stacks) - before:
            if _stacks[name].get("_parent_stack_name") == parent:
                raise failed(_stacks[name], "created", "create") from error
        raise


def update(physical_id, before, after, parent, real=HANDLERS[KIND]["update"]):
    try:
        return real(physical_id, before, after, parent)
    except Exception as error:
        child = _stacks[provisioners._nested_stack_lookup_name(physical_id)]
        if child["StackStatus"] != "UPDATE_FAILED":
            raise
        raise failed(child, "updated", "update") from error


def failed(child, done, verb):
    """What the parent says of it."""
    resource = child["StackStatusReason"].removeprefix("Resource ").split(" ")[0]
    reason = f"The following resource(s) failed to {verb}: [{resource}]."
    stacks._add_event(child["StackId"], child["StackName"], child["StackName"], KIND, child["StackStatus"], reason,
                      child["StackId"])
    if verb == "create":
        HANDLERS[KIND]["delete"](child["StackId"], {})
    return ValueError(f"Embedded stack {child['StackId']} was not successfully {done}: {reason}")


def update_resource(kind, physical_id, before, after, stack_name, logical=None, attributes=None,
                    original=provisioners._update_resource):
    if attributes is None:
        attributes = _stacks.get(stack_name, {}).get("_resources", {}).get(logical, {}).get("Attributes")
    return original(kind, physical_id, before, after, stack_name, logical, attributes)


def extend():
    stacks._add_event = add_event
    provisioners._update_resource = update_resource
    HANDLERS[KIND].update(create=create, update=update)
