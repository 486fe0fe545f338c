"""Deploys the rendered templates with an existing cluster, then plants one fault after the other; `ops doctor` must name each.

usage: doctor.py PROJECT OPS PROGRAMS
OPS is the program, PROGRAMS the folder of the functions that really run.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy import BUCKET, Uploads, change_set, execute
from emulator import REGION, Emulator
from known import Copy

STACK = "onboard-ai-dev"
# A deployment alone compares templates, and finds nothing to do.
MAKE_GOOD = "make deploy ENV=dev ARGS=--revert-drift"
PRODUCERS = [
    "submit-user-info", "process-documents", "perform-kyc", "generate-recommendations", "submit-policy-selection",
]


def existing_cluster(emulator, group, subnets):
    """A cluster as it should be, and the parameters that name it."""
    kafka = emulator.client("kafka")
    cluster = kafka.create_cluster(
        ClusterName="existing", KafkaVersion="3.8.x", NumberOfBrokerNodes=2,
        BrokerNodeGroupInfo={"ClientSubnets": subnets, "InstanceType": "kafka.m7g.large", "SecurityGroups": [group]},
        ClientAuthentication={"Sasl": {"Scram": {"Enabled": True}}},
    )["ClusterArn"]
    key = emulator.client("kms").create_key()["KeyMetadata"]["Arn"]
    secret = emulator.client("secretsmanager").create_secret(
        Name="AmazonMSK_existing", SecretString="{}", KmsKeyId=key,
    )["ARN"]
    kafka.batch_associate_scram_secret(ClusterArn=cluster, SecretArnList=[secret])
    return {
        "Environment": "dev",
        "ArtifactBucket": BUCKET,
        "ExistingClusterArn": cluster,
        "ExistingSubnetIds": ",".join(subnets),
        "ExistingSecurityGroupId": group,
        "ExistingSecretArn": secret,
        "ExistingSecretKeyArn": key,
        "TopicCreation": "outside",
        "EventSourceMappings": "omit",
    }


class Doctor:
    """Runs the program against the emulator."""

    def __init__(self, emulator, project, program):
        self._call = {"cwd": project, "capture_output": True, "text": True}
        self._program = program
        self._environment = {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": emulator.url, "AWS_REGION": REGION, "AWS_MAX_ATTEMPTS": "1",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def run(self, *arguments):
        return subprocess.run([self._program, *arguments], env=self._environment, **self._call)

    def told(self, code, *arguments, words=()):
        """It ends with `code`, and says these; what it printed."""
        told = self.run(*arguments)
        missing = [word for word in words if word not in told.stdout + told.stderr]
        if told.returncode != code or missing:
            raise AssertionError(f"ops {arguments}: {told.returncode}, not {code}; not said: {missing}\n{told}")
        print("-- doctor: ops", *arguments)
        return told.stdout

    def says(self, code, check, verdict, *words):
        """It ends with `code`; this check has this verdict, and the words."""
        told = self.run("doctor", "--json")
        checks = {told["check"]: told for told in json.loads(told.stdout)["checks"]} if told.stdout else {}
        found = checks.get(check, {})
        missing = [word for word in words if word not in json.dumps(found)]
        if told.returncode != code or found.get("verdict") != verdict or missing:
            raise AssertionError(
                f"{check}: wanted {verdict} with {words} and exit code {code}, not {told.returncode}:\n"
                f"{json.dumps(found, indent=1)}\n{told.stderr}\n" + "\n".join(
                    f"{told['verdict']} {told['check']}: {told['summary']}" for told in checks.values()
                )
            )
        print(f"-- doctor: {check}: {found['summary']}")


def rule(group, port=9096):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "SourceSecurityGroupId": group}


def security_group(emulator, group, ingress):
    """As Cloud Control tells of it; the emulator's own knows only what was put into it."""
    cloud = emulator.client("cloudcontrol")
    try:
        cloud.delete_resource(TypeName="AWS::EC2::SecurityGroup", Identifier=group)
    except cloud.exceptions.ResourceNotFoundException:
        pass
    state = {"Id": group, "SecurityGroupIngress": ingress, "SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]}
    cloud.create_resource(TypeName="AWS::EC2::SecurityGroup", DesiredState=json.dumps(state))


def daily(doctor, emulator):
    """The day's commands, as far as the emulator has what they ask for; where it hasn't, they say so."""
    # The one function that really runs has run when the stack was made.
    doctor.told(0, "logs", "bootstrap-brokers", "--since", "1h", words=["bootstrap-brokers", "START RequestId"])
    doctor.told(0, "logs", "--since", "1h", "--errors", words=["nothing in the last"])
    # Nobody reports lag, which is not the same as none.
    lag = json.loads(doctor.told(0, "lag", "kyc-verified", "--json"))
    assert [(group["topic"], group["records"]) for group in lag["groups"]] == [("kyc-verified", None)], lag
    doctor.told(0, "lag", words=["onboard-ai-consumer-kyc", "MSK reported nothing"])

    rows = emulator.client("dynamodb")

    def put(table, **row):
        typed = {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in row.items()}
        rows.put_item(TableName=f"{table}-dev", Item=typed)

    later = 4_000_000_000
    put("kafka-events", customerId="test-1", eventId="e-1", topic="kyc-verified", partition=0, offset=7, expiresAt=later)
    events = json.loads(doctor.told(0, "events", "test-1", "--json"))
    assert [(event["topic"], event["offset"]) for event in events] == [("kyc-verified", 7)], events
    doctor.told(0, "events", "nobody", words=["has no events in kafka-events-dev"])
    rows.put_item(TableName="websocket-connections-dev", Item={
        "customerId": {"S": "test-1"}, "connectionIds": {"SS": ["A="]}, "expiresAt": {"N": str(later)},
    })
    doctor.told(0, "connections", words=["test-1", "1 connection open"])
    assert doctor.told(0, "connections", "--count") == "1\n"
    rows.delete_item(TableName="websocket-connections-dev", Key={"customerId": {"S": "test-1"}})

    doctor.told(0, "redrive", words=["nothing to put back"])
    put("error-logs", errorId="q-1", kind="QUARANTINED", reason="OF_A_FAULT", detail="mended", topic="kyc-verified",
        occurredAt="2026-01-01T00:00:00Z", partition=0, offset=7, parts=0, record='{"value": "e30="}', expiresAt=later)
    doctor.told(0, "redrive", "--dry-run", words=["OF_A_FAULT", "kyc-verified", "1 record would be put back"])
    # The emulator has the function, whose program ends at once.
    doctor.told(5, "redrive", words=["failed", "bootstrap exited", "0 records applied, 1 not"])
    doctor.told(2, "redrive", "--id", "q-2", words=["there is no error q-2 in error-logs-dev"])

    secrets = emulator.client("secretsmanager")
    key = secrets.get_secret_value(SecretId="onboard-ai-token-key-dev")["SecretString"]
    doctor.told(4, "rotate-secrets", "token", words=["nobody said yes"])
    doctor.told(0, "rotate-secrets", "token", "--yes", words=["onboard-ai-token-key-dev was changed"])
    assert secrets.get_secret_value(SecretId="onboard-ai-token-key-dev")["SecretString"] != key
    doctor.told(4, "rotate-secrets", "token", "--yes", words=["0 minutes ago", "--again"])
    # With an existing cluster its users are somebody else's.
    doctor.told(2, "rotate-secrets", "producer", "--yes", words=["there is no secret AmazonMSK_onboard-ai-producer-dev"])


def run(emulator, project, program, programs):
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24")["Subnet"]["SubnetId"] for index in range(2)]
    group = ec2.create_security_group(GroupName="existing", Description="Reaches the cluster", VpcId=vpc)["GroupId"]
    doctor = Doctor(emulator, project, program)
    told = doctor.run("doctor")
    assert told.returncode == 5 and f"there is no stack {STACK}" in told.stderr, told

    uploads = Uploads(emulator, {"bootstrap-brokers": programs / "bootstrap-brokers"})
    key, template = uploads.assembly(project / "generated/cloudformation", "dev", Copy())
    uploads.functions(template)
    parameters = existing_cluster(emulator, group, subnets)
    execute(emulator, STACK, change_set(emulator, STACK, "CREATE", key, parameters))
    security_group(emulator, group, [rule(group)])
    functions = emulator.client("lambda")

    def place(name, subnets, groups):
        functions.update_function_configuration(
            FunctionName=f"onboard-ai-{name}-dev", VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": groups},
        )

    # The emulator's CloudFormation leaves it out.
    for name in PRODUCERS:
        place(name, subnets, [group])
    for check, well in [
        ("stack", "CREATE_COMPLETE"), ("cluster", "ACTIVE, 2 brokers"), ("security group", "9096 open"),
        ("functions", "16 functions ready"), ("function network", "5 producers in the VPC, 11 outside"),
        ("secrets", "2 secrets"), ("scram users", "1 of 1"), ("tables", "7 tables on demand"), ("connections", "0"),
        ("alarms", "is on"),
    ]:
        doctor.says(0, check, "ok", well)
    doctor.says(0, "mappings", "warning", "EventSourceMappings=omit")
    doctor.says(0, "lag", "unknown", "no recent lag")

    security_group(emulator, group, [rule(group, 9094)])
    doctor.says(5, "security group", "bad", "are not let in", "--port 9096")
    security_group(emulator, group, [rule(group)])

    consumer = "consumer-user-info-submitted"
    place(consumer, subnets, [group])
    doctor.says(5, "function network", "bad", f"onboard-ai-{consumer}-dev is in the VPC")
    place(consumer, [], [])
    place("perform-kyc", [], [])
    doctor.says(5, "function network", "bad", "onboard-ai-perform-kyc-dev is not in the VPC", f"SecurityGroupIds={group}")
    place("perform-kyc", subnets, [group])

    kafka = emulator.client("kafka")
    users = {"ClusterArn": parameters["ExistingClusterArn"], "SecretArnList": [parameters["ExistingSecretArn"]]}
    kafka.batch_disassociate_scram_secret(**users)
    doctor.says(5, "scram users", "bad", "isn't associated", "UnprocessedScramSecrets")
    kafka.batch_associate_scram_secret(**users)

    tables = emulator.client("dynamodb")
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    tables.update_table(TableName="users-dev", BillingMode="PROVISIONED", ProvisionedThroughput=units)
    doctor.says(0, "tables", "warning", "users-dev has a fixed capacity", "--billing-mode PAY_PER_REQUEST")
    tables.update_table(TableName="users-dev", BillingMode="PAY_PER_REQUEST")

    alarms = emulator.client("cloudwatch")
    lag = f"{STACK}-user-info-submitted-ConsumerLag"
    alarms.set_alarm_state(AlarmName=lag, StateValue="ALARM", StateReason="tried")
    doctor.says(5, "alarms", "bad", lag, "runbook.md#", "CloudWatch says: tried")
    alarms.set_alarm_state(AlarmName=lag, StateValue="OK", StateReason="tried")

    told = doctor.run("smoke")
    words = "the function onboard-ai-submit-user-info-dev failed"
    assert told.returncode == 5 and words in told.stderr and "aws logs tail" in told.stderr, told
    print("-- doctor: smoke:", told.stderr.splitlines()[0])
    doctor.says(5, "function errors", "bad", "onboard-ai-submit-user-info-dev failed once")

    daily(doctor, emulator)

    functions.delete_function(FunctionName="onboard-ai-submit-user-info-dev")
    doctor.says(5, "functions", "bad", "onboard-ai-submit-user-info-dev is not there", MAKE_GOOD)
    emulator.client("secretsmanager").delete_secret(SecretId="onboard-ai-token-key-dev", RecoveryWindowInDays=7)
    doctor.says(5, "secrets", "bad", "onboard-ai-token-key-dev", "restore-secret")


def main(project, program, programs):
    emulator = Emulator(tempfile.mkdtemp(prefix="onboard-ai-doctor-"))
    try:
        run(emulator, project, program, programs)
    finally:
        emulator.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
