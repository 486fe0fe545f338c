"""A proxy between AWS's clients and the emulator, which fails as it is told to and counts what it sees."""

import http.client
import re
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date"}
# S3's own statuses.
S3_STATUS = {"throttled": 503, "expired": 400}
# The services' own codes, with S3's where it has another; the status; the message.
ERRORS = {
    "throttled": ("ThrottlingException", "SlowDown", 400, "Rate exceeded"),
    "expired": ("ExpiredToken", "ExpiredToken", 403, "The security token included in the request is expired"),
    "denied": ("AccessDenied", "AccessDenied", 403, "User: arn:aws:iam::123456789012:user/jo is not authorized"),
    "elsewhere": ("", "PermanentRedirect", 301, "The bucket is in this region: eu-central-1"),
    "taken": ("", "BucketAlreadyExists", 409, "The requested bucket name is not available"),
    # What stands between here and the service, and knows neither its codes nor its words.
    "between": ("", "", 502, "Bad gateway"),
    "unwell": ("ServiceUnavailable", "ServiceUnavailable", 503, "Please try again"),
}
XML = "<ErrorResponse><Error><Code>{0}</Code><Message>{1}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
S3_XML = "<Error><Code>{0}</Code><Message>{1}</Message><RequestId>r</RequestId></Error>"


@dataclass
class Fault:
    """What happens to calls of an operation, a regular expression: `CreateChangeSet`, `s3 PUT .*`.

    `kind` is an error of ERRORS or one of these: `refused`, the connection is closed and nothing was sent on; `lost`, it
    is sent on and the connection closed before the answer; `cut`, the same in the middle of the answer; `held`, it waits
    for `release()`, and `done` is set when it was sent on. `skip` calls go by before, and `times` are hit; with `after`,
    only once that operation was seen.
    """

    operation: str
    kind: str
    times: int = 1
    skip: int = 0
    after: str = ""
    hits: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)

    def takes(self, operation, seen):
        if not re.fullmatch(self.operation, operation) or (self.after and not seen[self.after]):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.hits == self.times:
            return False
        self.hits += 1
        return True

    def wait(self):
        self.reached.set()
        self._released.wait()

    def release(self):
        self._released.set()


class Proxy:
    """Listens on loopback. `target` is set once the emulator has its port."""

    def __init__(self):
        self.target = None
        self.seen = Counter()
        self._faults, self._answers, self._lock = [], {}, threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                proxy._handle(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = handle_one

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                """A client that is gone is no fault of the proxy's."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def inject(self, operation, kind, times=1, skip=0, after=""):
        fault = Fault(operation, kind, times, skip, after)
        with self._lock:
            self._faults.append(fault)
        return fault

    def answer(self, operation, told):
        """What is answered in the service's place to an operation, a regular expression: `told` makes the text of a request's
        path and body, or `None` to ask the service.
        """
        with self._lock:
            self._answers[operation] = told

    def clear(self):
        """Forgets what was injected, answered and seen. What is held goes on."""
        with self._lock:
            for fault in self._faults:
                fault.release()
            self._faults, self._answers, self.seen = [], {}, Counter()

    def count(self, operation):
        """How many calls were seen of it, a regular expression."""
        return sum(number for name, number in self.seen.items() if re.fullmatch(operation, name))

    def wait_for(self, operation, number):
        """Until so many more calls of it were seen."""
        wanted = self.seen[operation] + number
        for _ in range(1200):
            if self.seen[operation] >= wanted:
                return
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for {operation}; seen: {self.seen}")

    def stop(self):
        self.clear()
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        service, operation = name(handler, body)
        with self._lock:
            self.seen[operation] += 1
            fault = next((fault for fault in self._faults if fault.takes(operation, self.seen)), None)
            told = next((told for known, told in self._answers.items() if re.fullmatch(known, operation)), None)
        kind = fault.kind if fault else None
        handler.close_connection = True
        if kind == "held":
            fault.wait()
        elif kind in ERRORS:
            return refuse(handler, service, kind)
        if kind == "refused":
            return close(handler)
        text = told(handler.path, body) if told and not fault else None
        if text is not None:
            return answer(handler, 200, text)
        status, headers, body = self._forward(handler, body)
        if fault:
            fault.done.set()
        if kind == "lost":
            return close(handler)
        handler.send_response(status)
        for key, value in headers:
            if key.lower() not in HOP_BY_HOP:
                handler.send_header(key, value)
        # What HEAD tells is the length of what isn't sent.
        told = dict((key.lower(), value) for key, value in headers).get("content-length")
        handler.send_header("content-length", told if handler.command == "HEAD" and told else str(len(body)))
        handler.send_header("connection", "close")
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if kind == "cut" else body)
        if kind == "cut":
            close(handler)

    def _forward(self, handler, body):
        target = urlparse(self.target)
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=120)
        try:
            connection.putrequest(handler.command, handler.path, skip_host=True, skip_accept_encoding=True)
            for key, value in handler.headers.items():
                if key.lower() not in HOP_BY_HOP | {"expect"}:
                    connection.putheader(key, value)
            connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


def name(handler, body):
    """The service and the operation that a request is: `cloudformation`, `CreateChangeSet`; `s3`, `s3 PUT /bucket/key`."""
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", handler.headers.get("authorization", ""))
    service = scope.group(1) if scope else ""
    path = urlparse(handler.path).path
    if "x-amz-target" in handler.headers:
        return service, handler.headers["x-amz-target"].rpartition(".")[2]
    if "/operation/" in path:
        return service, path.rpartition("/")[2]
    if handler.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return service, parse_qs(body.decode())["Action"][0]
    return service, f"{service} {handler.command} {path}"


def refuse(handler, service, kind):
    code, s3_code, status, message = ERRORS[kind]
    if kind == "between":
        return answer(handler, status, f"<html><body>{message}</body></html>", {"content-type": "text/html"})
    if service == "s3":
        text, status = S3_XML.format(s3_code, message), S3_STATUS.get(kind, status)
    elif "x-amz-target" in handler.headers or service in ("kafka", "lambda"):
        text = f'{{"__type": "{code}", "message": "{message}"}}'
    else:
        text = XML.format(code, message)
    headers = {"x-amzn-errortype": code}
    if kind == "elsewhere":
        headers["x-amz-bucket-region"] = "eu-central-1"
    answer(handler, status, text, headers)


def answer(handler, status, text, headers={}):
    handler.send_response(status)
    for key, value in headers.items():
        handler.send_header(key, value)
    handler.send_header("content-length", str(len(text)))
    handler.send_header("connection", "close")
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(text.encode())


def close(handler):
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
