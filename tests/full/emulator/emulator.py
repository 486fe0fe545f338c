"""The emulator as a child process, and clients of it."""

import os
import signal
import socket
import subprocess
import sys
import time

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
REGION = "us-east-1"
# What its MSK API answers; nothing connects to it.
BROKERS = "b-1.existing.example:9096,b-2.existing.example:9096"


class Emulator:
    """ministack on a free loopback port, with all that it writes in one folder."""

    def __init__(self, work, program="extended.py", variables=None):
        """`program` is what starts it, beside this file; `variables` are more for it and its functions."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = os.path.join(work, "ministack.log")
        self._clients = {}
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": work,
            "TMPDIR": work,
            "PYTHONDONTWRITEBYTECODE": "1",
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "MINISTACK_MSK_BOOTSTRAP_SASL_SCRAM": BROKERS,
            # Functions call the emulator back.
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            **(variables or {}),
        }
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), program)
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, program], env=environment, cwd=work, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )
        while True:
            if self._process.poll() is not None:
                raise RuntimeError(f"the emulator ended at its start; see {self.log}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)

    def client(self, service):
        """A client of one service; the same one each time."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="test",
                aws_secret_access_key="test", config=Config(retries={"max_attempts": 0}, read_timeout=120),
            )
        return self._clients[service]

    def stop(self):
        """Ends it and the functions that it started, which are in its own session."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
