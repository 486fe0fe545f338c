//! Publishing over Kafka's own protocol: the publisher alone, and a whole function.

mod function;
mod mock_cluster;
mod support;
