"""Puts templates and zips where `cdk deploy` would, and runs change sets."""

import base64
import hashlib
import json
import time
from pathlib import Path

from zips import packed

BUCKET = "artifacts"


class Uploads:
    """A rendered assembly and the functions' zips in the emulator's S3."""

    def __init__(self, emulator, programs):
        """`programs` are the functions that really run: name to path."""
        self._s3 = emulator.client("s3")
        self._s3.create_bucket(Bucket=BUCKET)
        self._programs = programs
        self._codes = {}
        self._templates = {}

    def assembly(self, folder, environment, change):
        """Uploads what the asset manifest lists, each template as `change` leaves it. Returns the root's key and text."""
        manifest = json.loads((folder / f"onboard-ai-{environment}.assets.json").read_text())
        for asset in manifest["files"].values():
            [destination] = asset["destinations"].values()
            path, key = asset["source"]["path"], destination["objectKey"]
            template = change(json.loads((folder / path).read_text()))
            text = json.dumps(template)
            self._s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
            # The emulator takes the first part of a URL's path for the bucket, whatever the host says.
            first, rest = key.split("/", 1)
            self._s3.create_bucket(Bucket=first)
            self._s3.put_object(Bucket=first, Key=rest, Body=text.encode())
            self._templates[f"https://{BUCKET}.s3.us-east-1.amazonaws.com/{key}"] = template
            if "/" not in path:
                root = key, template
        return root

    def template_file(self, name, template):
        """Uploads one template by itself. Returns its key."""
        key = f"{name}.template.json"
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(template).encode())
        return key

    def functions(self, root_template):
        """Uploads the zip of each function that the root template's parameters name."""
        for name, parameter in root_template["Parameters"].items():
            if not name.endswith("Code"):
                continue
            for key in parameter["Default"].split(","):
                if key != "none" and key not in self._codes.values():
                    self._function(key)

    def _function(self, key):
        name = Path(key).stem
        body = packed(name, self._programs.get(name))
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        self._codes[base64.b64encode(hashlib.sha256(body).digest()).decode()] = key

    def code(self, sha256):
        """`Code` of a function whose zip has this hash."""
        return {"S3Bucket": BUCKET, "S3Key": self._codes.get(sha256, f"no uploaded zip is {sha256}")}

    def template(self, url):
        """What was uploaded for this `TemplateURL`."""
        return self._templates[url]

    def url_of(self, body, wanted):
        """`wanted`, if this is the template that was uploaded there."""
        told = body if isinstance(body, dict) else json.loads(body)
        return wanted if told == self._templates.get(wanted) else "another template"


def change_set(emulator, stack, kind, root_key, parameters):
    """Makes a change set. Returns its description."""
    cloudformation = emulator.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName=stack, ChangeSetName=f"{kind.lower()}-{time.monotonic_ns()}", ChangeSetType=kind,
        TemplateURL=f"{emulator.url}/{BUCKET}/{root_key}", Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    while True:
        told = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        if not told["Status"].endswith(("PENDING", "IN_PROGRESS")):
            return told
        time.sleep(0.1)


def execute(emulator, stack, made):
    """Runs a change set. Returns the stack's description, or raises with what failed."""
    emulator.client("cloudformation").execute_change_set(ChangeSetName=made["ChangeSetId"])
    told = settled(emulator, stack)
    if told["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise AssertionError(f"{stack}: {told['StackStatus']}\n" + "\n".join(failures(emulator)))
    return told


def settled(emulator, stack):
    """The stack's description when nothing is in progress any more."""
    while True:
        [told] = emulator.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        if not told["StackStatus"].endswith("_IN_PROGRESS"):
            return told
        time.sleep(0.2)


def failures(emulator):
    """What any stack's events say went wrong."""
    cloudformation = emulator.client("cloudformation")
    lines = []
    for stack in cloudformation.describe_stacks()["Stacks"]:
        for event in cloudformation.describe_stack_events(StackName=stack["StackId"])["StackEvents"]:
            if event["ResourceStatus"].endswith("FAILED"):
                reason = event.get("ResourceStatusReason", "")
                lines.append(f"{stack['StackName']}: {event['LogicalResourceId']}: {reason}")
    return lines
