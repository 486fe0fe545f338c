//! What is wrong, where, why, and how to mend it.

use serde::Serialize;

use crate::{
    code::Code,
    render,
    span::{Position, Span},
};

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    code: Code,
    message: String,
    span: Span,
    label: String,
    also: Vec<(Span, String)>,
    notes: Vec<String>,
    help: Vec<String>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            label: String::new(),
            also: vec![],
            notes: vec![],
            help: vec![],
        }
    }

    /// Says something under the underlined text.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Underlines another place that has to do with it.
    pub(crate) fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }

    /// Says why.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// [`Self::help`], where there is something to say.
    pub(crate) fn help_if(self, help: Option<impl Into<String>>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Its kind.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// What is said under the underlined text; may be empty.
    pub(crate) fn primary_label(&self) -> &str {
        &self.label
    }

    /// The other places, each with what is said of it.
    pub(crate) fn others(&self) -> impl Iterator<Item = (Span, &str)> {
        self.also.iter().map(|(span, label)| (*span, label.as_str()))
    }

    /// Why.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How to mend it.
    pub fn mends(&self) -> &[String] {
        &self.help
    }
}

/// Collects problems.
#[derive(Debug, Default)]
pub(crate) struct Report {
    diagnostics: Vec<Diagnostic>,
    /// Where the shape was wrong: whatever is said of these places later only follows from that.
    settled: Vec<Span>,
}

impl Report {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if !self.settled.iter().any(|span| span.touches(diagnostic.span)) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// From here on says nothing more of the places that it has said something of.
    pub(crate) fn settle(&mut self) {
        self.settled = self.diagnostics.iter().map(|diagnostic| diagnostic.span).collect();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    pub(crate) fn finish(mut self, path: &str, text: &str) -> Diagnostics {
        self.diagnostics.sort_by(|one, other| {
            (one.span, one.code, &one.message).cmp(&(other.span, other.code, &other.message))
        });
        self.diagnostics.dedup();
        // An alias has the mistakes of its anchor: they are shown once, where they can be mended.
        let at_alias = |diagnostic: &Diagnostic| {
            text.get(diagnostic.span.range()).is_some_and(|source| source.starts_with('*'))
        };
        let written: Vec<_> = self
            .diagnostics
            .iter()
            .filter(|diagnostic| !at_alias(diagnostic))
            .map(|diagnostic| (diagnostic.code, diagnostic.message.clone()))
            .collect();
        self.diagnostics.retain(|diagnostic| {
            !at_alias(diagnostic) || !written.contains(&(diagnostic.code, diagnostic.message.clone()))
        });
        Diagnostics {
            path: path.into(),
            text: text.into(),
            list: self.diagnostics,
            outcome: "nothing was written",
        }
    }
}

/// Everything that is wrong with a manifest, in the text's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    path: String,
    text: String,
    list: Vec<Diagnostic>,
    /// What came of it.
    outcome: &'static str,
}

/// A diagnostic for other programs; lines and columns are from 1, columns count characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Json<'a> {
    code: &'static str,
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    /// What is said under the underlined text; left out where there is nothing.
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    notes: &'a [String],
    help: Option<String>,
}

impl Diagnostics {
    /// The same, with other words for what came of it than `nothing was written`.
    #[must_use]
    pub fn with_outcome(self, outcome: &'static str) -> Self {
        Self { outcome, ..self }
    }

    /// The problems.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many there are; never none.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Always false: what is right is a model.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// For people, as rustc shows its own; `color` adds ANSI colours.
    pub fn render(&self, color: bool) -> String {
        render::render(&self.path, &self.text, &self.list, self.outcome, color)
    }

    /// For programs: an array of `{code, message, file, line, column, end_line, end_column, label, notes, help}`.
    pub fn to_json(&self) -> serde_json::Value {
        let list = self.list.iter().map(|diagnostic| {
            let start = Position::of(&self.text, diagnostic.span.start);
            let end = Position::of(&self.text, diagnostic.span.end);
            Json {
                code: diagnostic.code.as_str(),
                message: &diagnostic.message,
                file: &self.path,
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                label: &diagnostic.label,
                notes: &diagnostic.notes,
                help: (!diagnostic.help.is_empty()).then(|| diagnostic.help.join("; ")),
            }
        });
        serde_json::to_value(list.collect::<Vec<_>>()).unwrap_or_default()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
