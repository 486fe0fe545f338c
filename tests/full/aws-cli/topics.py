"""What `kafka-topics.sh` and `kafka-consumer-groups.sh` tell, with a Kafka client written in Python alone.

usage: topics.py SERVERS TOPIC GROUP: prints the topics, one a line, then `lag <number>`; fails without a record.
"""

import sys
import time

from kafka import KafkaConsumer, TopicPartition

servers, topic, group = sys.argv[1:]
consumer = KafkaConsumer(
    bootstrap_servers=servers,
    group_id=group,
    # The embedded broker answers a question for versions that this client asks first in a way that it can't read.
    api_version=(2, 0, 0),
    enable_auto_commit=False,
    auto_offset_reset="earliest",
    consumer_timeout_ms=30_000,
)
for name in sorted(consumer.topics()):
    print(name)
partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
consumer.assign(partitions)
consumer.seek_to_beginning()
record = next(iter(consumer), None)
if record is None or "ce_id" not in dict(record.headers):
    sys.exit(f"{topic} holds no event: {record}")

until = time.monotonic() + 60
while True:
    ends = consumer.end_offsets(partitions)
    lag = sum(end - (consumer.committed(partition) or 0) for partition, end in ends.items())
    if lag == 0 or time.monotonic() > until:
        break
    time.sleep(0.2)
print("lag", lag)
