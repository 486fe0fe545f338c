//! Diagnostics for people, drawn by rustc's own renderer.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{
    diagnostic::Diagnostic,
    span::{Span, ceil, floor},
};

/// Wide enough for a manifest's lines; a terminal wraps what is wider.
const WIDTH: usize = 120;

/// `outcome` is what came of it: `nothing was written`.
pub(crate) fn render(
    path: &str,
    text: &str,
    diagnostics: &[Diagnostic],
    outcome: &str,
    color: bool,
) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(path, text, diagnostic)]));
        out.push_str("\n\n");
    }
    let count = match diagnostics.len() {
        1 => "1 error".to_owned(),
        count => format!("{count} errors"),
    };
    let summary = Level::ERROR.primary_title(format!("{path}: {count}; {outcome}"));
    out.push_str(&renderer.render(&[Group::with_title(summary)]));
    out.push('\n');
    out
}

fn group<'a>(path: &'a str, text: &'a str, diagnostic: &'a Diagnostic) -> Group<'a> {
    let title = Level::ERROR.primary_title(diagnostic.message()).id(diagnostic.code().as_str());
    let mut primary = AnnotationKind::Primary.span(visible(text, diagnostic.span()).range());
    if !diagnostic.primary_label().is_empty() {
        primary = primary.label(diagnostic.primary_label());
    }
    let others = diagnostic
        .others()
        .map(|(span, label)| AnnotationKind::Context.span(visible(text, span).range()).label(label));
    let snippet = Snippet::source(text).path(path).annotation(primary).annotations(others);
    let notes = diagnostic.notes().iter().map(|note| Level::NOTE.message(note));
    let help = diagnostic.mends().iter().map(|help| Level::HELP.message(help));
    title.element(snippet).elements(notes).elements(help)
}

/// A span as it is best shown: within the text, on whole characters, and only the first line of a long one.
fn visible(text: &str, span: Span) -> Span {
    let start = floor(text, span.start);
    let end = ceil(text, span.end.max(start));
    let line = text[start..end].find('\n').map_or(end, |newline| start + newline);
    // Nothing at all has to be shown as something.
    let line = if line == start && start < text.len() && !text[start..].starts_with('\n') {
        ceil(text, start + 1)
    } else {
        line
    };
    Span::new(start..line)
}
