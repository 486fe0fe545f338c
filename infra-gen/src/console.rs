//! The one place that prints.

use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

/// Bad news.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// News that may be bad.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What leads on.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default();

/// Standard output for data, standard error for the rest.
///
/// Text may hold ANSI colours. They reach a terminal only, and not when `NO_COLOR` is set.
pub struct Console {
    stdout: AutoStream<io::Stdout>,
    stderr: AutoStream<io::Stderr>,
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

impl Console {
    /// The program's own streams.
    pub fn new() -> Self {
        Self { stdout: AutoStream::auto(io::stdout()), stderr: AutoStream::auto(io::stderr()) }
    }

    /// Prints what was asked for.
    pub fn data(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text.as_bytes())?;
        self.stdout.flush()
    }

    /// Tells a person how it goes. That nobody listens is no error.
    pub fn say(&mut self, text: &str) {
        drop(writeln!(self.stderr, "{text}"));
    }

    /// What is said may have colours.
    pub fn colours(&self) -> bool {
        self.stderr.current_choice() != ColorChoice::Never
    }
}

/// `text` in this style.
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// `1 topic`, `2 topics`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
