"""What stands in for the commands of the pages, under their names: in a local block it runs them on the local run, in an
account block it looks whether they and their options exist. What isn't right goes into the file of failures, whatever the
pipeline around it makes of it.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORK = Path(os.environ["GUIDES_WORK"])
LOCAL = os.environ.get("GUIDES_KIND") == "local"
AT = os.environ.get("GUIDES_AT", "?")
# Makes things in an account: never in a local block.
ACCOUNT_ONLY = {"deploy", "destroy"}
# A profile of an account block means nothing here.
os.environ.pop("AWS_PROFILE", None)
# What stands behind these has all of them.
os.environ["PATH"] = os.environ["GUIDES_PATH"]


def note(file, text):
    with open(WORK / file, "a") as out:
        out.write(f"{AT}: {text}\n")


def fail(text):
    note("failures", text)
    print(text, file=sys.stderr)
    sys.exit(1)


def run(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)


def through(done, what):
    """Passes on what a command that ran for real said."""
    sys.stdout.write(done.stdout)
    if done.returncode:
        fail(f"`{what}` ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-600:]}")
    note("ran", what)


def shown(words):
    return " ".join(words)[:120]


def aws(words):
    what = shown(["aws", *words])
    if "" in words:
        fail(f"`{what}`: an argument is empty")
    if words[:2] == ["logs", "tail"]:
        words = tail(words[2:], what)
    elif "--cli-binary-format" in words:  # The second AWS CLI's alone, which PyPI has not.
        at = words.index("--cli-binary-format")
        if words[at + 1] != "raw-in-base64-out":
            fail(f"`{what}`: --cli-binary-format has no {words[at + 1]}")
        words = words[:at] + words[at + 2 :]
    if not LOCAL:
        checked(words, what)
        note("checked", what)
        if "text" in words:  # Somebody goes on with it.
            print("placeholder")
        return
    done = run(os.environ["GUIDES_AWS"], *words)
    if done.returncode and "the local run does not have" in done.stderr:
        # The AWS CLI knew the command, or else it would not have asked.
        note("checked", what)
        return
    if done.returncode and "log group does not exist" in done.stderr:
        # The local run has functions' logs alone; the others have to be in a template.
        group = words[words.index("--log-group-name") + 1]
        templates = Path("generated/cloudformation", os.environ["ENVIRONMENT"]).glob("*.json")
        if any(f'"{group}"' in template.read_text() for template in templates):
            note("checked", what)
            return
    if '"FunctionError"' in done.stdout:
        fail(f"`{what}`: the function failed: {done.stdout}")
    through(done, what)


def tail(words, what):
    """The second AWS CLI's `logs tail`, in the words of the first."""
    group, words = words[0], words[1:]
    asked = ["logs", "filter-log-events", "--log-group-name", group]
    while words:
        option = words.pop(0)
        if option == "--filter-pattern":
            asked += [option, words.pop(0)]
        elif option in {"--since", "--format"} and words:
            words.pop(0)
        elif option != "--follow":
            fail(f"`{what}`: `aws logs tail` has no {option}")
    return [*asked, "--query", "events[].message", "--output", "text"]


def checked(words, what):
    """Whether the AWS CLI has this command with these options. No call leaves this machine."""
    if words[1:2] == ["wait"]:
        waiter(words, what)
        return
    more = ["--dryrun"] if words[0] == "s3" else ["--generate-cli-skeleton"]
    done = run(os.environ["GUIDES_AWS"], *words, *more)
    if done.returncode and re.search(r"Unknown options|usage:|[Ii]nvalid choice|expected one argument", done.stderr):
        fail(f"`{what}`: {done.stderr.strip()[-300:]}")


def waiter(words, what):
    from awscli.botocore import session, xform_name  # It brings its own.

    client = session.get_session().create_client(words[0], region_name="us-east-1")
    config = {xform_name(name): waiter for name, waiter in client._get_waiter_config()["waiters"].items()}
    name = words[2].replace("-", "_")
    if name not in config:
        fail(f"`{what}`: {words[0]} waits for no {words[2]}")
    members = client.meta.service_model.operation_model(config[name]["operation"]).input_shape.members
    known = {xform_name(member) for member in members}
    for word in words[3:]:
        if word.startswith("--") and word[2:].replace("-", "_") not in known:
            fail(f"`{what}`: no option {word}")


def make(words):
    what = shown(["make", *words])
    variables = dict(word.split("=", 1) for word in words if "=" in word)
    known = set((WORK / "targets").read_text().split())
    targets = [word for word in words if "=" not in word]
    for target in targets:
        if target not in known:
            fail(f"`{what}`: `make help` has no {target}")
        recipe = run(os.environ["GUIDES_MAKE"], "-n", "-C", os.environ["GUIDES_PROJECT"], *words).stdout
        program(target, recipe, variables, what)


def program(target, recipe, variables, what):
    arguments = variables.get("ARGS", "").split()
    ops = re.search(r"/ops +([a-z-]+\b.*)$", recipe, re.M)
    if ops:
        words = ops[1].split()
        # As make gives it to what it runs.
        place = {"cwd": os.environ["GUIDES_PROJECT"], "env": {**os.environ, "ENV": variables.get("ENV", "dev")}}
        asked = run(os.environ["GUIDES_OPS"], *words, "--help", **place)
        if asked.returncode:
            fail(f"`{what}`: {asked.stderr.strip()[-300:]}")
        if LOCAL and target in ACCOUNT_ONLY:
            fail(f"`{what}` needs an account: its block can't be local")
        if LOCAL:
            local = [] if "--local" in words else ["--local"]
            through(run(os.environ["GUIDES_OPS"], *words, *local, input="", timeout=120, **place), what)
            return
    elif arguments:
        programs = {"synth": ["GUIDES_INFRA_GEN", "synth"], "check": ["GUIDES_INFRA_GEN", "check"], "dev": ["GUIDES_LOCAL", "dev"]}
        if target not in programs:
            fail(f"`{what}`: nobody knows what arguments `make {target}` takes")
        name, command = programs[target]
        asked = run(os.environ[name], command, *arguments, "--help")
        if asked.returncode:
            fail(f"`{what}`: {asked.stderr.strip()[-300:]}")
    note("checked", what)


def kafka(name, words):
    what = shown([name, *words])
    tools = {
        "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
        "kafka-consumer-groups.sh": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
        "kafka-console-consumer.sh": "org.apache.kafka.tools.consumer.ConsoleConsumer",
        "kafka-log-dirs.sh": "org.apache.kafka.tools.LogDirsCommand",
        "kafka-reassign-partitions.sh": "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
    }
    if name not in tools:
        fail(f"`{what}`: nobody knows {name}")
    option = next((word for word in words if word in {"--command-config", "--consumer.config"}), None)
    if option is None:
        fail(f"`{what}`: without credentials nobody gets in")
    at = words.index(option) + 1
    own = Path(words[at])
    if "ScramLoginModule" not in own.read_text():
        fail(f"`{what}`: {own} has no credentials")
    everything = Path(os.environ["GUIDES_KAFKA_CLIENT"])
    trust = [line for line in everything.read_text().splitlines() if line.startswith("ssl.")]
    with tempfile.NamedTemporaryFile("w", dir=WORK) as file:
        # The local run's certificates are its own; MSK's are Amazon's, which Java trusts.
        file.write(own.read_text() + "\n" + "\n".join(trust) + "\n")
        file.flush()
        for config in (file.name, everything):
            java = [os.environ["GUIDES_JAVA"], "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", os.environ["GUIDES_KAFKA_JARS"], tools[name]]
            done = run(*java, *words[:at], config, *words[at + 1 :])
            # MSK has no ACLs; the local run has, so there somebody else may have to ask. And a busy machine is slow.
            if not re.search(r"AuthorizationException|[Nn]ot authorized|authorization failed|Timed out", done.stdout + done.stderr):
                break
    if re.search(r"^Error", done.stdout, re.M):
        fail(f"`{what}`: {done.stdout.strip()[-300:]}")
    through(done, what)


def wscat(words):
    what = shown(["wscat", *words])
    if len(words) != 2 or words[0] != "-c" or not words[1].startswith("ws"):
        fail(f"`{what}`: no address to connect to")
    if not LOCAL:
        note("checked", what)
        return
    heard = tempfile.NamedTemporaryFile("w", dir=WORK, prefix="wscat-", delete=False)
    # It stays, as it would in another terminal, until the pages are read; then its input is closed.
    keep = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(900)"], stdout=subprocess.PIPE)
    listener = subprocess.Popen([os.environ["GUIDES_WSCAT"], *words], stdin=keep.stdout, stdout=heard, stderr=heard)
    note("pids", f"{listener.pid} {keep.pid}")
    # It prints nothing where there is no terminal, so the table tells.
    customer = re.search(r"customerId=([^&]+)", words[1])[1]
    key = '{"customerId":{"S":"%s"}}' % customer
    table = f"websocket-connections-{os.environ['ENVIRONMENT']}"
    for _ in range(20):
        found = run(os.environ["GUIDES_AWS"], "dynamodb", "get-item", "--table-name", table, "--key", key)
        if listener.poll() is not None:
            break
        if "connectionIds" in found.stdout:
            note("ran", what)
            return
        time.sleep(0.1)
    fail(f"`{what}`: not connected: {Path(heard.name).read_text()}")


def curl(words):
    what = shown(["curl", *words])
    if not LOCAL:
        fail(f"`{what}`: nothing says what it would answer in an account")
    through(run(os.environ["GUIDES_CURL"], "-sS", "--fail-with-body", *words), what)


def cdk(words):
    what = shown(["cdk", *words])
    # tests/full/cdk.sh runs the toolkit itself.
    if not words or words[0] not in {"ls", "diff", "deploy", "destroy", "bootstrap", "synth"}:
        fail(f"`{what}`: the toolkit isn't known to have it")
    note("checked", what)


def main():
    name, words = Path(sys.argv[0]).name, sys.argv[1:]
    if name == "npx":
        if not words or not words[0].startswith("aws-cdk@"):
            fail(f"`{shown([name, *words])}`: what is it?")
        cdk(words[1:])
    elif name.startswith("kafka-"):
        kafka(name, words)
    else:
        {"aws": aws, "make": make, "wscat": wscat, "curl": curl, "cdk": cdk}[name](words)


main()
