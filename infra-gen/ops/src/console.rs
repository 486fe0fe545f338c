//! The one place that prints.

use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::Problem;

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
pub(crate) struct Console {
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
    pub(crate) fn new() -> Self {
        Self { stdout: AutoStream::auto(io::stdout()), stderr: AutoStream::auto(io::stderr()) }
    }

    /// Prints what was asked for.
    pub(crate) fn data(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text.as_bytes())?;
        self.stdout.flush()
    }

    /// Prints what was asked for; that nobody reads to the end is no error.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Problem> {
        match self.data(text) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Self::unwritable(&error)),
            _ => Ok(()),
        }
    }

    /// Standard output takes no more.
    pub(crate) fn unwritable(error: &io::Error) -> Problem {
        Problem::failed(format!("can't write to standard output: {error}"))
    }

    /// Tells a person how it goes. That nobody listens is no error.
    pub(crate) fn say(&mut self, text: &str) {
        drop(writeln!(self.stderr, "{text}"));
    }

    /// What is said may have colours.
    pub(crate) fn colours(&self) -> bool {
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
