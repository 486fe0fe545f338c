"""What the emulator has neither in its CloudFormation nor in a service (`refused` and `lacking` in known.json): placeholders."""

from known import KNOWN
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as HANDLERS

METRICS = " with Metrics"


def create(logical, properties, stack):
    return f"{stack}-{logical}-placeholder", {}


def update(physical_id, before, after, stack):
    return physical_id, {}


PLACEHOLDER = {"create": create, "update": update, "delete": lambda physical_id, properties: None}


def without_metric_math(real):
    """An alarm with metric math is a placeholder, any other is the emulator's."""

    def create_alarm(logical, properties, stack):
        return (create if "Metrics" in properties else real["create"])(logical, properties, stack)

    def update_alarm(physical_id, before, after, stack, logical=None):
        if "Metrics" in after:
            return update(physical_id, before, after, stack)
        return real["update"](physical_id, before, after, stack, logical)

    def delete_alarm(physical_id, properties):
        if "Metrics" not in properties:
            real["delete"](physical_id, properties)

    return {**real, "create": create_alarm, "update": update_alarm, "delete": delete_alarm}


def extend(names):
    for name in names:
        kind = name.removesuffix(METRICS)
        HANDLERS[kind] = without_metric_math(HANDLERS[kind]) if name.endswith(METRICS) else PLACEHOLDER
