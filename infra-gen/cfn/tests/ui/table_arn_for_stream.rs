//! An event source mapping reads the stream of a table, not the table.
use cfn::{Handle, dynamodb, lambda};

pub fn mapping(function: Handle<lambda::Function>, table: Handle<dynamodb::Table>) -> lambda::EventSourceMapping {
    lambda::EventSourceMapping::new(function.arn()).event_source_arn(table.arn())
}

fn main() {}
