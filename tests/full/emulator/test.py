"""Deploys the rendered templates to an emulator, and compares what is there with what the templates say.

usage: test.py ASSEMBLY OTHER PROGRAMS
ASSEMBLY is generated/cloudformation, OTHER the same of a manifest with one topic more, PROGRAMS the folder of the functions
that really run.
"""

import sys
import tempfile
from pathlib import Path

from comparison import all_met
from deploy import BUCKET, Uploads, change_set, execute
from emulator import Emulator
from existing import added, existing_cluster, unchanged, web_socket
from retained import retained, rolled_back
from steps import Created, step

REAL = [
    "bootstrap-brokers", "websocket-authorizer", "websocket-connect", "websocket-disconnect", "websocket-default",
]


def main(assembly, other, programs):
    work = tempfile.mkdtemp(prefix="onboard-ai-emulator-")
    emulator = Emulator(work)
    try:
        run(emulator, assembly, other, programs)
    except BaseException:
        print("the end of the emulator's log:", file=sys.stderr)
        print(*Path(emulator.log).read_text().splitlines()[-20:], sep="\n", file=sys.stderr)
        raise
    finally:
        emulator.stop()


def refused(emulator, uploads):
    """Known.json says too much when the emulator has metric math."""
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [{"Id": "one", "Expression": "1"}]}}
    key = uploads.template_file("refused", {"Resources": {"Alarm": alarm}})
    try:
        execute(emulator, "refused", change_set(emulator, "refused", "CREATE", key, {}))
    except AssertionError as error:
        if "(metric math) is not supported" not in str(error):
            raise
    else:
        raise AssertionError("an alarm with metric math is not refused")


def run(emulator, assembly, other, programs):
    uploads = Uploads(emulator, {name: programs / name for name in REAL})
    compared = []

    step("create onboard-ai-dev with an existing cluster")
    created = Created(emulator, uploads, assembly, "dev", existing_cluster(emulator))
    compared.append(created.comparison)
    step("the custom resource ran")
    created.custom_resource()
    step("a browser connects")
    web_socket(created)
    step("an update without a change")
    unchanged(created)
    step("an update with one topic more")
    added(created, uploads, other)
    step("delete")
    created.delete()

    for environment in ("dev", "staging", "prod"):
        step(f"create onboard-ai-{environment} with a cluster of its own, and delete it")
        created = Created(emulator, uploads, assembly, environment, {"ArtifactBucket": BUCKET})
        compared.append(created.comparison)
        created.custom_resource()
        created.delete()

    step("what is left out is refused")
    refused(emulator, uploads)
    step("what stays")
    code = created.root.template["Parameters"]["EdgeCode"]["Default"].split(",")[4]
    for folder in sorted(path for path in assembly.iterdir() if path.is_dir()):
        rolled_back(emulator, uploads, folder)
        compared += retained(emulator, uploads, folder, code)
    all_met(compared)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
