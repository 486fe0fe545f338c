//! Prints a manifest of so many topics, each with all that a topic can have.
//!
//! `cargo run -p manifest --features testing --example many -- 120`

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let topics = std::env::args().nth(1).and_then(|number| number.parse().ok());
    let topics = topics.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "usage: many TOPICS"))?;
    io::stdout().write_all(manifest::testing::many(topics).as_bytes())
}
