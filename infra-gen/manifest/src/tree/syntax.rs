//! The parser's errors, in words that say what to do.

use granit_parser::{ErrorKind, ScanError};

use super::build::offset;
use crate::{
    code::Code,
    diagnostic::Diagnostic,
    span::{Span, floor},
};

/// What is wrong; `last` is the last key or value that was read whole.
pub(super) fn explain(text: &str, error: &ScanError, last: Span) -> Diagnostic {
    let at = offset(text, error.marker()).min(text.len());
    let here = word(text, at);
    let new = |code, span, message: &str| Diagnostic::new(code, span, message);
    match error.kind() {
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => {
            // The parser sometimes points past it or before it.
            let tab = tab(text, at);
            new(Code::Tab, tab, "a tab can't indent YAML")
                .label("this is a tab")
                .note("programs disagree about a tab's width, so YAML refuses it in indentation")
                .help("indent with two spaces")
        }
        ErrorKind::UnknownAnchor => {
            let name = &text[here.range()];
            new(Code::UnknownAlias, here, &format!("there is no anchor for `{name}`"))
                .note("text that starts with `*` repeats what an anchor, `&name`, marked before")
                .help(format!(
                    "mark the value that is meant with `&{}`, or put the text in quotes",
                    name.trim_start_matches('*')
                ))
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement if continues(text, last, at) => {
            new(Code::Syntax, line_of(text, at), "this line reads as part of the one above")
                .label("indented as if it went on with the value above")
                .also(last_line(text, last), "this value seems to go on")
                .help("indent the key as the keys beside it, and end each key with a colon")
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            new(Code::Syntax, Span::new(at..at + 1), "a second `: ` in one line")
                .label("YAML takes this colon for the end of a key")
                .help("put the whole text in quotes")
        }
        ErrorKind::ExpectedBlockMappingKey if same_line(text, last, at) => {
            new(Code::Syntax, here, "text after the end of a value")
                .also(last, "the value ends here")
                .note("text that starts with `{` or `[` is read as a map or a list")
                .help("put the whole text in quotes")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation => {
            new(Code::Syntax, line_of(text, at), "this line's indentation fits nothing above it")
                .label("neither beside nor under the line above")
                .help("indent it as the lines that it belongs with, two spaces for each level")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            new(Code::Syntax, line_of(text, at), "a key without its colon")
                .label("expected `key: value`")
                .help("end the key with `: `, or indent the line if it belongs to the text above")
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            let close = if *open == '{' { '}' } else { ']' };
            new(Code::Syntax, Span::new(at..at + 1), &format!("this `{open}` is never closed"))
                .label(format!("no `{close}` follows"))
                .help(format!("add `{close}`, or put text that starts with `{open}` in quotes"))
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            new(Code::Syntax, here, &format!("a `{open}` is closed by a `{close}`"))
                .help("close lists with `]` and maps with `}`")
        }
        ErrorKind::MisplacedFlowCollectionEnd => new(Code::Syntax, here, "a bracket that nothing opened")
            .help("take it out, or put the text in quotes"),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator
            if !same_line(text, last, at) =>
        {
            new(Code::Syntax, here, "this line reads as part of the braces or brackets above")
                .label("they are still open here")
                .also(last_line(text, last), "after this")
                .help("close what is open with `}` or `]`")
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            new(Code::Syntax, here, "a comma is missing before this")
                .help("part entries by `, `, and put text that starts with `{` or `[` in quotes")
        }
        ErrorKind::UnclosedQuotedScalar => {
            new(Code::Syntax, Span::new(at..at + 1), "this quote is never closed")
                .label("no second quote follows")
                .help("add the closing quote; a quote inside is written twice ('') or escaped (\\\")")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            new(Code::Syntax, here, "text after the closing quote").help("put all of it inside of the quotes")
        }
        ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => {
            new(Code::Syntax, here, "YAML has no such escape in double quotes")
                .note("in double quotes a backslash starts an escape; in single quotes it is a backslash")
                .help("for a pattern use single quotes, '^\\d+$', or write each backslash twice")
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            new(Code::Syntax, here, &format!("YAML has no character `{}`", character.escape_debug()))
                .note("a control character can't be seen, and most often came with a copy from elsewhere")
                .help("take it out")
        }
        ErrorKind::UnexpectedCharacter { character } => {
            new(Code::Syntax, here, &format!("text can't start with `{}`", character.escape_debug()))
                .help("put the text in quotes")
        }
        ErrorKind::InvalidBlockScalarHeader => {
            new(Code::Syntax, here, "after `|` or `>` the text starts on the next line")
                .help("put text that starts with `|` or `>` in quotes")
        }
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => {
            new(Code::Syntax, here, "a list's `- ` can't start here")
                .help("start the list on the next line, or write it as `[a, b]`")
        }
        ErrorKind::RecursionLimitExceeded => new(Code::TooDeep, here, "this is nested too deeply")
            .note("nothing in a manifest is nested deeper than ten levels")
            .help("look for brackets or hyphens that are there many times over"),
        ErrorKind::BomInsideDocument => new(Code::Syntax, here, "a byte order mark inside of the text")
            .help("take it out; at most one may stand at the very start"),
        kind => new(Code::Syntax, here, &format!("this is no YAML: {kind}"))
            .help("put text with signs such as `: # { [ & * ! | > % @` in quotes"),
    }
}

/// From `at` to the end of the word there; one character at least, if there is one.
fn word(text: &str, at: usize) -> Span {
    let at = floor(text, at);
    let rest = &text[at..];
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let end = rest.find([' ', '\t', '\n', '\r', ',']).unwrap_or(rest.len());
    Span::new(at..at + end.max(first))
}

/// What is written on the line that `at` is in, the indentation left out. At a line's end: the line before it.
fn line_of(text: &str, at: usize) -> Span {
    let at = floor(text, at);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    let line = &text[start..end];
    let indent = line.len() - line.trim_start().len();
    Span::new(start + indent..start + line.trim_end().len().max(indent))
}

fn last_line(text: &str, span: Span) -> Span {
    let first = text[span.range()].find('\n').map_or(span.end, |newline| span.start + newline);
    Span::new(span.start..first)
}

fn same_line(text: &str, last: Span, at: usize) -> bool {
    text.get(last.end..at).is_some_and(|between| !between.contains('\n'))
}

/// Whether the last value runs over more than one line and into the one at `at`.
fn continues(text: &str, last: Span, at: usize) -> bool {
    text.get(last.range()).is_some_and(|value| value.contains('\n')) && same_line(text, last, at)
        || text.get(last.start..at).is_some_and(|between| between.trim_end().contains('\n'))
}

/// The tab nearest to `at` in its line or the next.
fn tab(text: &str, at: usize) -> Span {
    let start = text[..floor(text, at)].rfind('\n').map_or(0, |newline| newline + 1);
    match text[start..].find('\t') {
        Some(tab) => Span::new(start + tab..start + tab + 1),
        None => word(text, at),
    }
}
