"""Quarantined records that are as good as new, made of one that went through.

usage: records.py CONSOLE AWS TABLE LETTERS

Reads a record of user-info-submitted from the local run's page, and makes two others of it, each a new event of
another customer. The first becomes a row of error-logs, in two parts, as the runtime keeps long records; its error id
is printed. The second becomes a dead letter, in the file LETTERS.
"""

import base64
import json
import sys
import urllib.request
import uuid

TOPIC = "user-info-submitted"


def call(url: str, body: dict | None = None, headers: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers or {})) as answer:
        return json.load(answer)


def record(seen: dict, customer: str, offset: int) -> dict:
    """As Lambda's mapping sends it: bytes in base64, headers as numbers."""
    value = json.loads(seen["value"])
    value["customerId"] = customer
    headers = dict(seen["headers"], ce_id=str(uuid.uuid4()))
    if "ce_subject" in headers:
        headers["ce_subject"] = customer
    return {
        "topic": TOPIC,
        "partition": 0,
        "offset": offset,
        "timestamp": seen["timestamp"],
        "timestampType": "CREATE_TIME",
        "key": base64.b64encode(customer.encode()).decode(),
        "value": base64.b64encode(json.dumps(value).encode()).decode(),
        "headers": [{name: list(text.encode())} for name, text in headers.items()],
    }


def put(aws: str, table: str, item: dict) -> None:
    def typed(value: str | int) -> dict:
        return {"N": str(value)} if isinstance(value, int) else {"S": value}

    body = {"TableName": table, "Item": {name: typed(value) for name, value in item.items()}}
    authorization = (
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=0"
    )
    call(
        aws,
        body,
        {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": "DynamoDB_20120810.PutItem",
            "x-amz-date": "20260101T000000Z",
            "authorization": authorization,
        },
    )


def main() -> None:
    console, aws, table, letters = sys.argv[1:]
    seen = next(
        seen for seen in call(f"{console}/_local/topics/{TOPIC}")["records"] if "ce_id" in seen["headers"]
    )
    text = json.dumps(record(seen, "redriven-1", 1_000_001))
    error = str(uuid.uuid4())
    rest = {"kind": "QUARANTINED_PART", "occurredAt": "2026-01-01T00:00:00Z", "expiresAt": 4_000_000_000}
    put(aws, table, {**rest, "errorId": f"{error}/1", "record": text[100:]})
    head = {"kind": "QUARANTINED", "reason": "OF_A_FAULT", "detail": "that is mended", "topic": TOPIC}
    place = {"partition": 0, "offset": 1_000_001, "timestamp": seen["timestamp"], "parts": 1}
    put(aws, table, {**rest, **head, **place, "errorId": error, "record": text[:100]})
    letter = {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "payload": {"eventSource": "aws:kafka", "records": {f"{TOPIC}-0": [record(seen, "redriven-2", 1_000_002)]}},
    }
    with open(letters, "w", encoding="utf-8") as file:
        file.write(json.dumps(letter) + "\n")
    print(error)


if __name__ == "__main__":
    main()
