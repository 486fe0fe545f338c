//! Text as a literal, a comment or prose of each output language.

use std::fmt::Write as _;

/// A Rust string literal with its quotes.
pub(super) fn rust_str(text: &str) -> String {
    format!("{text:?}")
}

/// A JSON string with its quotes; also a string of TypeScript and of YAML.
pub(crate) fn json_str(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    // JSON leaves these raw. YAML reads them as line breaks, and so did JavaScript before ES2019.
    quoted.replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// Lines that each start with `mark`, without a newline after the last.
pub(super) fn line_comment(text: &str, mark: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| format!("{mark} {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

/// The inside of a `/** */` comment: nothing in it ends the comment or is taken for a tag such as `@deprecated`.
pub(crate) fn block_comment(text: &str) -> String {
    let mut out = String::new();
    for character in text.replace("*/", "*\\/").chars() {
        // A mail address is no tag.
        if character == '@' && !is_word(out.chars().next_back()) {
            out.push('\\');
        }
        out.push(character);
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n * ")
}

/// Prose that Markdown shows as it was written, on one line, in a table cell or out of it.
pub(crate) fn markdown(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (at, &character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1).copied();
        match character {
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', character]),
            // Within a word an underscore is no emphasis; there it stays readable.
            '_' if !is_word(before) || !is_word(after) => out.push_str("\\_"),
            '<' => out.push_str("&lt;"),
            '&' if is_word(after) || after == Some('#') => out.push_str("&amp;"),
            '#' | '+' | '-' | '=' | '>' if at == 0 => out.extend(['\\', character]),
            // `1.` at the start would be a list.
            '.' | ')' if characters[..at].iter().all(char::is_ascii_digit) && at > 0 => {
                out.extend(['\\', character]);
            }
            _ => out.push(character),
        }
    }
    out
}

/// Inline code, in a table cell or out of it.
pub(crate) fn code_span(text: &str) -> String {
    if text.contains(['|', '\n', '\r']) || text.is_empty() {
        // A bar would end a table's cell even in code, and no escape helps after a backslash.
        return format!("<code>{}</code>", entities(text));
    }
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // One space on either side is taken off again; it keeps backticks and spaces of the text apart.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// HTML text in which Markdown finds nothing to read.
fn entities(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        if character.is_ascii_punctuation() || character == '\n' || character == '\r' {
            write!(out, "&#{};", u32::from(character)).expect("a string takes text");
        } else {
            out.push(character);
        }
        out
    })
}

fn is_word(character: Option<char>) -> bool {
    character.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rust_literal_escapes_what_it_must() {
        assert_eq!(rust_str("a \"b\" \\ \n é"), r#""a \"b\" \\ \n é""#);
    }

    #[test]
    fn a_json_string_escapes_line_separators() {
        assert_eq!(json_str("a\u{2028}\"\n"), r#""a\u2028\"\n""#);
        assert_eq!(json_str("\u{85}"), r#""\u0085""#);
    }

    #[test]
    fn comments_keep_their_lines_and_their_end() {
        assert_eq!(line_comment("one\n\ntwo", "///"), "/// one\n///\n/// two");
        assert_eq!(block_comment("a */ b\nc"), "a *\\/ b\n * c");
        assert_eq!(
            block_comment("@internal, a {@link b}, c@d.example"),
            "\\@internal, a {\\@link b}, c@d.example"
        );
    }

    #[test]
    fn prose_shows_as_it_was_written() {
        assert_eq!(markdown("a|b `c` *d* <e> [f]"), "a\\|b \\`c\\` \\*d\\* &lt;e> \\[f\\]");
        assert_eq!(
            markdown("snake_case, _not_ this & that &amp; $5"),
            "snake_case, \\_not\\_ this & that &amp;amp; \\$5"
        );
    }

    #[test]
    fn prose_starts_no_list_and_no_heading() {
        assert_eq!(markdown("- a - b"), "\\- a - b");
        assert_eq!(markdown("# a"), "\\# a");
        assert_eq!(markdown("12. a 1.5"), "12\\. a 1.5");
        assert_eq!(markdown("one\n\n# two"), "one # two");
    }

    #[test]
    fn code_keeps_backticks_spaces_and_bars() {
        assert_eq!(code_span("a"), "`a`");
        assert_eq!(code_span("a`b"), "``a`b``");
        assert_eq!(code_span("`"), "`` ` ``");
        assert_eq!(code_span("a|b"), "<code>a&#124;b</code>");
    }
}
