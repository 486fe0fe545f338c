//! Why a command couldn't do what it was asked for.

use std::fmt;

use serde_json::{Value, json};

use crate::{
    Exit,
    console::{BAD, Console, HINT, styled},
};

/// Why a command couldn't do what it was asked for: what happened, why, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How the program ends.
    pub exit: Exit,
    /// What happened, in one line.
    pub what: String,
    /// Why, or where things stand now.
    pub notes: Vec<String>,
    /// How to mend it, one way each.
    pub help: Vec<String>,
}

impl Problem {
    /// Something that ends the program like this.
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), notes: vec![], help: vec![] }
    }

    /// AWS, the network or this machine failed.
    pub fn failed(what: impl Into<String>) -> Self {
        Self::new(Exit::Failed, what)
    }

    /// The manifest, the arguments, the credentials or the Region are wrong.
    pub fn bad_input(what: impl Into<String>) -> Self {
        Self::new(Exit::BadInput, what)
    }

    /// It would destroy something, or nobody said yes.
    pub fn refused(what: impl Into<String>) -> Self {
        Self::new(Exit::Refused, what)
    }

    /// With why, or where things stand now.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With a way to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Tells it, to a program on standard output or to a person on standard error.
    pub(crate) fn report(&self, json: bool, console: &mut Console) -> Exit {
        if json {
            // When standard output is what failed, the exit code has to do.
            drop(console.data(&format!("{}\n", self.to_json())));
            return self.exit;
        }
        console.say(&format!("{}: {}", styled(BAD, "error"), indent(&self.what, 7)));
        for note in &self.notes {
            console.say(&format!("  {}: {}", styled(HINT, "note"), indent(note, 8)));
        }
        for help in &self.help {
            console.say(&format!("  {}: {}", styled(HINT, "help"), indent(help, 8)));
        }
        self.exit
    }

    fn to_json(&self) -> Value {
        json!({
            "status": self.exit.word(),
            "exit_code": self.exit.code(),
            "message": self.what,
            "notes": self.notes,
            "help": self.help,
        })
    }
}

/// Further lines below the first.
fn indent(text: &str, spaces: usize) -> String {
    text.trim_end().replace('\n', &format!("\n{}", " ".repeat(spaces)))
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Problem {}
