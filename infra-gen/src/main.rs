//! The command line: topics.yaml in, infrastructure and code out.
fn main() {}
