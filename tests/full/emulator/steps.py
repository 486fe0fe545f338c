"""What each deployment goes through."""

import time

from comparison import Comparison
from deploy import change_set, execute, failures, settled
from emulator import BROKERS
from inventory import inventory
from known import KNOWN, Copy
from resolve import Stack


def step(text):
    print(f"-- emulator: {text}", flush=True)


def same(what, wanted, got):
    if wanted != got:
        raise AssertionError(f"{what}:\nwanted {wanted}\ngot    {got}")


def until(holds, what):
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def outputs_of(told):
    return {output["OutputKey"]: output["OutputValue"] for output in told["Outputs"]}


class Created:
    """The whole of one environment, just created, and compared."""

    def __init__(self, emulator, uploads, assembly, environment, parameters):
        self.emulator, self.environment, self._uploads = emulator, environment, uploads
        self.name = f"onboard-ai-{environment}"
        self.parameters = {"Environment": environment, **parameters}
        copy = Copy()
        self.key, template = uploads.assembly(assembly, environment, copy)
        same("what the emulator refuses", sorted(KNOWN["refused"]), sorted(copy.left_out))
        uploads.functions(template)
        self._before = inventory(emulator)
        told = execute(emulator, self.name, change_set(emulator, self.name, "CREATE", self.key, self.parameters))
        self._id, self.outputs = told["StackId"], outputs_of(told)
        self.root = self.deployed(template)
        same("the root's outputs", self.root.outputs(), self.outputs)
        self.comparison = Comparison(emulator, uploads, self.root)
        self.comparison.print(copy.left_out)
        self.comparison.check()

    def deployed(self, template):
        def of(url):
            return template if url == self.name else self._uploads.template(url)

        return Stack(self.emulator, self.name, of, self.parameters)

    def custom_resource(self):
        """The function ran, and what it found is what the stack gives out and what producers are told."""
        client, environment = self.emulator.client, self.environment
        same("the stack's brokers", BROKERS, self.outputs["KafkaBootstrapServers"])
        told = client("lambda").get_function_configuration(FunctionName=f"onboard-ai-submit-user-info-{environment}")
        same("the producers' brokers", BROKERS, told["Environment"]["Variables"]["KAFKA_BROKERS"])
        log = client("logs").filter_log_events(logGroupName=f"/aws/lambda/onboard-ai-bootstrap-brokers-{environment}")
        runs = [event for event in log["events"] if event["message"].startswith("REPORT")]
        same("the function's runs", 1, len(runs))

    def delete(self):
        """Everything goes, the custom resource with its answer.

        The emulator takes away what a nested template retains, too, and only logs what could not be deleted.
        """
        self.emulator.client("cloudformation").delete_stack(StackName=self.name)
        gone(self.emulator, self._id)
        same("what is left", set(), inventory(self.emulator) - self._before)
        with open(self.emulator.log) as log:
            failed = [line for line in log if "Nested-stack" in line and "failed" in line]
        same("what could not be deleted", [], failed)


def gone(emulator, stack_id):
    told = settled(emulator, stack_id)
    if told["StackStatus"] != "DELETE_COMPLETE":
        raise AssertionError(f"{told['StackStatus']}\n" + "\n".join(failures(emulator)))
