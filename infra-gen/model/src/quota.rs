//! What AWS and Kafka allow. Each constant names the page that says so.

/// Longest Kafka topic name, in characters; legal are ASCII letters, digits, `.`, `_` and `-`
/// (`org.apache.kafka.common.internals.Topic`).
pub const KAFKA_TOPIC_NAME: usize = 249;
/// Longest consumer group id of a mapping, in characters
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_AmazonManagedKafkaEventSourceConfig.html>).
pub const CONSUMER_GROUP: usize = 200;
/// Longest function name, in characters
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>).
pub const FUNCTION_NAME: usize = 64;
/// Shortest and longest table or index name, in characters
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>).
pub const TABLE_NAME: std::ops::RangeInclusive<usize> = 3..=255;
/// Longest name of a key attribute, in characters (same page).
pub const KEY_ATTRIBUTE_NAME: usize = 255;
/// Longest value of a table's or an index's partition key, in bytes of UTF-8
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>).
pub const PARTITION_KEY: usize = 2_048;
/// Longest value of a sort key, in bytes of UTF-8 (same page).
pub const SORT_KEY: usize = 1_024;
/// Longest SNS topic name, in characters (<https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>).
pub const CHANNEL_NAME: usize = 256;
/// Longest MSK cluster name, in characters
/// (<https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html>).
pub const CLUSTER_NAME: usize = 64;
/// Longest stack name, in characters
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>).
pub const STACK_NAME: usize = 128;
/// Most records that a mapping hands over at once
/// (<https://docs.aws.amazon.com/lambda/latest/dg/with-msk-configure.html>).
pub const BATCH_SIZE: u32 = 10_000;
/// Longest that a mapping waits for a batch to fill, in seconds (same page).
pub const BATCH_WINDOW_SECONDS: u64 = 300;
/// Most retries of a batch, and the range of a record's greatest age in seconds
/// (<https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html>).
pub const RETRY_ATTEMPTS: u32 = 10_000;
/// See [`RETRY_ATTEMPTS`].
pub const RECORD_AGE_SECONDS: std::ops::RangeInclusive<u32> = 60..=604_800;
/// Provisioned pollers: the greatest minimum and the greatest maximum
/// (<https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html>).
pub const POLLERS_MIN: u32 = 200;
/// See [`POLLERS_MIN`].
pub const POLLERS_MAX: u32 = 2_000;
/// Most mappings in one poller group (same page).
pub const POLLER_GROUP_MAPPINGS: usize = 100;
/// Longest that a function runs, in seconds, and its memory's range in MiB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
pub const FUNCTION_TIMEOUT_SECONDS: u32 = 900;
/// See [`FUNCTION_TIMEOUT_SECONDS`].
pub const FUNCTION_MEMORY_MIB: std::ops::RangeInclusive<u32> = 128..=10_240;
/// Longest that an HTTP API waits for a function, in seconds
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>).
pub const HTTP_TIMEOUT_SECONDS: u32 = 30;
/// Most routes of an HTTP API (same page; can be raised).
pub const HTTP_ROUTES: usize = 300;
/// Largest message to a WebSocket connection, in bytes
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html>).
pub const WEBSOCKET_MESSAGE: usize = 131_072;
/// Largest Kafka record that MSK's default `message.max.bytes` takes, in bytes
/// (<https://docs.aws.amazon.com/msk/latest/developerguide/msk-default-configuration.html>).
pub const KAFKA_RECORD: usize = 1_048_588;
/// Largest item, in bytes
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>).
pub const TABLE_ITEM: usize = 409_600;
/// Longest SNS message without extended size, in bytes
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
pub const CHANNEL_MESSAGE: usize = 262_144;
/// Most global secondary indexes of a table
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>).
pub const TABLE_INDEXES: usize = 20;
/// Days that CloudWatch Logs can be told to keep events
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>).
pub const LOG_RETENTION_DAYS: &[u16] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/// Most resources that one stack operation may touch, nested stacks counted
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>).
pub const OPERATION_RESOURCES: usize = 2_500;
/// What a topic with everything adds to an operation: its nested stack and what is in it. A test of the
/// renderer holds this number to the rendered stack.
pub const TOPIC_RESOURCES: usize = 18;
/// The most that the stacks every deployment has add to an operation, tables and channels left out. A test
/// of the renderer holds this number too.
pub const BASE_RESOURCES: usize = 140;
/// Most resources and most outputs of a template (same page).
pub const RESOURCES: usize = 500;
/// See [`RESOURCES`].
pub const OUTPUTS: usize = 200;
/// The outputs of one table in the stack of all tables, which has no others. A test of the renderer holds this
/// number and the next three.
pub const TABLE_OUTPUTS: usize = 2;
/// The outputs of the foundation's stack, channels left out.
pub const FOUNDATION_OUTPUTS: usize = 11;
/// The most resources of the foundation's stack, channels and subscribers left out.
pub const FOUNDATION_RESOURCES: usize = 50;
/// The most characters of a producer's policy, the tables that it reads left out.
pub const PRODUCER_POLICY: usize = 3_200;
/// Most parameters of a template (same page). The root stack has one for each topic's code.
pub const PARAMETERS: usize = 200;
/// Most partitions of one broker, leaders and followers counted, for the smallest brokers that MSK
/// recommends for production
/// (<https://docs.aws.amazon.com/msk/latest/developerguide/bestpractices.html>).
pub const PARTITIONS_PER_BROKER: u32 = 1_000;
