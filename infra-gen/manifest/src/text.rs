//! From a file's bytes to text.

use std::io;

use crate::{
    code::Code,
    diagnostic::{Diagnostic, Diagnostics, Report},
    span::Span,
};

/// The file's text.
pub(crate) fn decode<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Diagnostics> {
    std::str::from_utf8(bytes).map_err(|error| not_utf8(path, bytes, error.valid_up_to()))
}

pub(crate) fn unreadable(path: &str, error: &io::Error) -> Diagnostics {
    let help = match error.kind() {
        io::ErrorKind::NotFound => Some("run this in the folder that has the manifest, or name its path"),
        _ => None,
    };
    let mut report = Report::default();
    report.push(
        Diagnostic::new(Code::Unreadable, Span::new(0..0), format!("the manifest can't be read: {error}"))
            .help_if(help),
    );
    report.finish(path, "")
}

fn not_utf8(path: &str, bytes: &[u8], at: usize) -> Diagnostics {
    // What can be shown of it; the first wrong byte stands as one replacement character.
    let text = String::from_utf8_lossy(bytes);
    let note = match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "it looks like UTF-16",
        _ => "byte by byte it may be Latin-1 or another old encoding",
    };
    let mut report = Report::default();
    report.push(
        Diagnostic::new(
            Code::NotUtf8,
            Span::new(at..at + '\u{FFFD}'.len_utf8()),
            "the file is no UTF-8 text",
        )
        .label(format!("the byte 0x{:02X} can't stand here", bytes.get(at).copied().unwrap_or_default()))
        .note(note)
        .help("save the file as UTF-8"),
    );
    report.finish(path, &text)
}
