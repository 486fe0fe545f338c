"""A project as a user has it, an account to deploy it to, and the program itself."""

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
EMULATOR = HERE.parent / "emulator"
sys.path.insert(0, str(EMULATOR))

from emulator import Emulator  # noqa: E402
from inventory import inventory  # noqa: E402
from proxy import Proxy  # noqa: E402
from zips import packed  # noqa: E402

ENVIRONMENT = "dev"
STACK = f"onboard-ai-{ENVIRONMENT}"
# A command for make, with its variables.
TYPED = re.compile(r"make (?:deploy|destroy|status|doctor|smoke|logs|lag|events|connections|redrive|rotate-secrets)(?: [A-Z]+=[\w-]*)*")


def readme_topic(root):
    """The example of a new topic."""
    block = (root / "README.md").read_text().split("```yaml\n", 1)[1].split("```", 1)[0]
    return textwrap.indent(textwrap.dedent(block), "  ")


class Ended:
    """A run of the program."""

    def __init__(self, arguments, code, out, err, seconds):
        self.arguments, self.code, self.out, self.err, self.seconds = arguments, code, out, err, seconds

    def must(self, code, *words):
        """It ended like this, and said all of these."""
        missing = [word for word in words if word not in self.err + self.out]
        if self.code != code or missing:
            raise AssertionError(
                f"ops {' '.join(self.arguments)}\nended with {self.code} instead of {code}; not said: {missing}\n"
                f"standard output:\n{self.out}\nstandard error:\n{self.err}"
            )
        return self

    def must_not(self, *words):
        said = [word for word in words if word in self.err + self.out]
        if said:
            raise AssertionError(f"ops {' '.join(self.arguments)} said {said}:\n{self.out}\n{self.err}")
        return self

    def json(self):
        return json.loads(self.out)

    def last(self):
        """The last of several JSON documents, one a line."""
        return json.loads(self.out.splitlines()[-1])


class World:
    """An emulator behind a proxy, and a copy of the project's manifest and what is rendered from it."""

    def __init__(self, work, ops, infra_gen, root, programs):
        self.work, self.ops_path, self.infra_gen, self.root = Path(work), ops, infra_gen, Path(root)
        self.project = self.work / "project"
        self.project.mkdir()
        shutil.copy(self.root / "topics.yaml", self.project)
        shutil.copytree(self.root / "generated", self.project / "generated")
        self.zips = self.work / "zips"
        self.zips.mkdir()
        self.programs, self.changed = programs, 0
        self.aws = self.cdk = None
        self.pack()
        self.proxy = Proxy()
        # The functions call the account through the proxy, too.
        variables = {"AWS_ENDPOINT_URL": self.proxy.url}
        self.emulator = Emulator(str(self.work), "server.py", variables)
        self.proxy.target = self.emulator.url
        self.before = inventory(self.emulator)

    def stop(self):
        self.proxy.stop()
        self.emulator.stop()

    def client(self, service):
        """Around the proxy."""
        return self.emulator.client(service)

    def pack(self):
        """A zip for each function that the rendered templates name and that has none yet."""
        template = json.loads((self.project / "generated/cloudformation/onboard-ai.template.json").read_text())
        for parameter, declared in template["Parameters"].items():
            for key in declared["Default"].split(",") if parameter.endswith("Code") else []:
                name = Path(key).stem
                if key != "none" and not (self.zips / f"{name}.zip").exists():
                    (self.zips / f"{name}.zip").write_bytes(packed(name, self.programs.get(name)))

    def edit(self, *pairs, add=""):
        """Replaces text in the manifest, adds to it, and renders."""
        manifest = self.project / "topics.yaml"
        text = manifest.read_text()
        for old, new in pairs:
            if text.count(old) != 1:
                raise AssertionError(f"{old!r} is {text.count(old)} times in the manifest")
            text = text.replace(old, new)
        manifest.write_text(text + add)
        self.synth()

    def restore(self):
        """The manifest as it is in the repository."""
        shutil.copy(self.root / "topics.yaml", self.project)
        self.synth()

    def synth(self):
        ran = subprocess.run([self.infra_gen, "synth"], cwd=self.project, capture_output=True, text=True)
        if ran.returncode:
            raise AssertionError(ran.stderr)
        self.pack()

    def variables(self, **more):
        variables = {
            "PATH": os.environ["PATH"], "HOME": str(self.work), "AWS_ENDPOINT_URL": self.proxy.url,
            "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true", **more,
        }
        return {name: value for name, value in variables.items() if value is not None}

    def start(self, *arguments, **variables):
        """The program in the background."""
        return subprocess.Popen(
            [self.ops_path, *arguments], cwd=self.project, env=self.variables(**variables), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def ops(self, *arguments, **variables):
        """Runs the program to its end. A variable of `None` is not there."""
        began = time.monotonic()
        return self.end(self.start(*arguments, **variables), arguments, began)

    def asked(self, question, answer, *arguments):
        """Runs the program at a terminal, where it asks this; `answer` makes what is typed then."""
        terminal, inside = pty.openpty()
        process = subprocess.Popen(
            [self.ops_path, *arguments], cwd=self.project, env=self.variables(TERM="xterm"), stdin=inside, stderr=inside,
            stdout=subprocess.DEVNULL,
        )
        os.close(inside)
        said = b""
        # The terminal is gone with the program.
        with contextlib.suppress(OSError):
            while part := os.read(terminal, 65536):
                said += part
                if question and question.encode() in said:
                    os.write(terminal, f"{answer()}\n".encode())
                    question = None
        os.close(terminal)
        return Ended(arguments, process.wait(180), "", said.decode(errors="replace"), 0)

    def interrupt(self, process, arguments):
        """Ctrl-C."""
        process.send_signal(signal.SIGINT)
        return self.end(process, arguments, time.monotonic())

    def end(self, process, arguments, began):
        try:
            out, err = process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += "\nit did not end within three minutes"
        named = arguments[arguments.index("--env") + 1] if "--env" in arguments else ENVIRONMENT
        # What it says to type is about the same environment.
        for said in TYPED.findall(out + err):
            if f"ENV={named}" not in said.split():
                raise AssertionError(f"ops {' '.join(arguments)} says `{said}`:\n{out}\n{err}")
        return Ended(arguments, process.returncode, out, err, time.monotonic() - began)

    def deploy(self, *arguments, **variables):
        """Without the checks after it: the emulator has no brokers that an event could be sent through."""
        return self.ops("deploy", "--yes", "--no-check", "--zips", str(self.zips), *arguments, **variables)

    def workspace(self, names):
        """A program for each function, as `ops deploy` builds them."""
        (self.project / "src").mkdir()
        (self.project / "Cargo.toml").write_text(
            '[package]\nname = "functions"\nedition = "2024"\n\n[profile.release]\nstrip = true\n\n'
            + "".join(f'[[bin]]\nname = "{name}"\npath = "src/{name}.rs"\n\n' for name in names)
        )
        for name in names:
            self.source(name, "one")
        # Nothing depends on anything.
        (self.project / "Cargo.lock").write_text('version = 4\n\n[[package]]\nname = "functions"\nversion = "0.0.0"\n')

    def source(self, name, text, body=None):
        """A program of its own. A producer's has Kafka's client in it, as far as anybody can see, and no other has."""
        is_producer = not name.startswith(("consumer-", "websocket-", "bootstrap-"))
        words = f"{name} {text}" + " librdkafka OpenSSL 3." * is_producer
        body = body or f'fn main() {{\n    println!("{{}}", std::hint::black_box("{words}"));\n}}\n'
        (self.project / f"src/{name}.rs").write_text(body)

    def build(self, *arguments, **variables):
        """Runs the program where cargo can be found."""
        cargo = {name: os.environ.get(name) for name in ("CARGO_HOME", "RUSTUP_HOME")}
        homes = {"CARGO_HOME": Path.home() / ".cargo", "RUSTUP_HOME": Path.home() / ".rustup"}
        return self.ops(*arguments, **{name: cargo[name] or str(homes[name]) for name in homes}, **variables)

    def change(self, function):
        """Another program for this function, which is never called."""
        self.changed += 1
        (self.zips / f"{function}.zip").write_bytes(packed(f"{function} {self.changed}"))

    def functions(self):
        return len(list(self.zips.glob("*.zip")))

    def same(self, what, wanted, got):
        if wanted != got:
            raise AssertionError(f"{what}:\nwanted {wanted}\ngot    {got}")

    def empty(self, bucket):
        """Deletes a bucket with all versions of what is in it."""
        s3 = self.client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for row in page.get("Versions", []) + page.get("DeleteMarkers", []):
                s3.delete_object(Bucket=bucket, Key=row["Key"], VersionId=row["VersionId"])
        s3.delete_bucket(Bucket=bucket)

    def status(self, name=STACK):
        """The root stack's state; `None` where there is none."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return next((stack["StackStatus"] for stack in stacks if stack["StackName"] == name), None)

    def stacks(self):
        """When each nested stack was last touched, by its logical id."""
        rows = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        nested = {
            row["LogicalResourceId"]: row["PhysicalResourceId"]
            for page in rows
            for row in page["StackResourceSummaries"]
            if row["ResourceType"] == "AWS::CloudFormation::Stack"
        }
        events = self.client("cloudformation").describe_stack_events
        return {name: len(events(StackName=physical)["StackEvents"]) for name, physical in nested.items()}
