"""Types that the emulator lacks (`refused` and `lacking` in known.json): placeholders, and MSK's through its API."""

import json

from known import KNOWN
from ministack.core.responses import get_account_id, get_region
from ministack.services import msk
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as HANDLERS

METRICS = " with Metrics"



class Placeholder:
    """A resource of a type that the emulator lacks."""

    def handlers(self):
        return {"create": self.create, "update": self.update, "delete": lambda physical_id, properties: None}

    def create(self, logical, properties, stack):
        name = f"{stack}-{logical}-placeholder"
        return name, self.attributes(name, properties)

    def update(self, physical_id, before, after, stack):
        return physical_id, self.attributes(physical_id, after)

    def attributes(self, name, properties):
        arn = f"arn:aws:placeholder:{get_region()}:{get_account_id()}:{name}"
        return {"Arn": arn, "DeploymentId": name, "GroupId": name, "Id": name, "TopicArn": arn}


def without_metric_math(kind):
    """An alarm with metric math is a placeholder, any other is the emulator's."""
    real, placeholder = HANDLERS[kind], Placeholder()

    def create(logical, properties, stack):
        return (placeholder.create if "Metrics" in properties else real["create"])(logical, properties, stack)

    def update(physical_id, before, after, stack, logical=None):
        if "Metrics" in after:
            return placeholder.update(physical_id, before, after, stack)
        return real["update"](physical_id, before, after, stack, logical)

    def delete(physical_id, properties):
        if "Metrics" not in properties:
            real["delete"](physical_id, properties)

    return {**real, "create": create, "update": update, "delete": delete}


def told(answer):
    """What the emulator's own MSK API answered."""
    status, _, body = answer
    body = json.loads(body)
    if status >= 400:
        raise ValueError(body.get("Message") or json.dumps(body))
    return body


def camel(value):
    """Properties as the API has them."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: camel(inner) for name, inner in value.items()}
    return [camel(inner) for inner in value] if isinstance(value, list) else value


def request(properties):
    return json.dumps(camel(properties)).encode()


def cluster(logical, properties, stack):
    arn = told(msk._create_cluster(request(properties)))["clusterArn"]
    return arn, {"Arn": arn, "CurrentVersion": told(msk._describe_cluster(arn))["clusterInfo"]["currentVersion"]}


def configuration(logical, properties, stack):
    arn = told(msk._create_configuration(request(properties)))["arn"]
    return arn, {"Arn": arn, "LatestRevision.Revision": "1"}


def scram(logical, properties, stack):
    arn = properties["ClusterArn"]
    refused = told(msk._batch_associate_scram(arn, request(properties)))["unprocessedScramSecrets"]
    if refused:
        raise ValueError(f"not associated: {refused}")
    return arn, {}


def scram_deleted(arn, properties):
    # The cluster may be gone already, as a stack that is rolled back shows.
    msk._batch_disassociate_scram(arn, request(properties))


MSK = {
    "AWS::MSK::Cluster": {"create": cluster, "delete": lambda arn, _: msk._delete_cluster(arn)},
    "AWS::MSK::Configuration": {"create": configuration, "delete": lambda arn, _: msk._configurations.pop(arn, None)},
    "AWS::MSK::BatchScramSecret": {"create": scram, "delete": scram_deleted},
}


def keep(kind):
    """Without this, an update would make a second one; the emulator's API has none."""

    def update(physical_id, before, after, stack):
        raise ValueError(f"the emulator can't update {kind}")
    return update


def extend():
    for name in [*KNOWN["refused"], *KNOWN["lacking"]]:
        kind = name.removesuffix(METRICS)
        HANDLERS[kind] = without_metric_math(kind) if name.endswith(METRICS) else Placeholder().handlers()
    for kind, handlers in MSK.items():
        HANDLERS[kind] = {"update": keep(kind), **handlers}
