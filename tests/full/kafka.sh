#!/usr/bin/env bash
# The local run on a real Apache Kafka: the journey over SASL_SSL and SCRAM, who is kept out, and what becomes of a load
# when broker and runner are killed. Needs Java 17 or newer and, the first time, Maven and its repository.
# usage: tests/full/kafka.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

# As a part of the workspace, so that nothing is compiled again after `make test`.
cargo test --quiet --locked --workspace --test kafka_run --test kafka_kill -- --ignored
