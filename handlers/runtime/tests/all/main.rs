//! The runtime against real protocols: DynamoDB's API in this process, and small servers that speak SNS,
//! Secrets Manager and `@connections`. No test depends on how fast it runs.

mod support;

mod authorizer;
mod connections;
mod consumer;
mod engine;
mod faults;
mod log;
mod order;
mod producer;
mod quarantine;
mod together;
mod websocket;
