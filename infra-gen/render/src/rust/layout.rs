//! Breaks long lines of Rust as rustfmt does, with the workspace's settings.
//!
//! Templates write one statement a line, however long, so that they stay readable. This breaks what doesn't
//! fit, at the brackets that end the line. It knows what the templates write and no more of Rust: no character
//! literals, no raw strings, and no commas in generic arguments where a line is broken.

/// The workspace's `max_width`.
pub(super) const WIDTH: usize = 110;

/// Breaks every line that is too long. Comments stay as they are.
pub(super) fn wrap(source: &str) -> String {
    source.lines().flat_map(wrap_line).map(|line| line + "\n").collect()
}

fn wrap_line(line: &str) -> Vec<String> {
    let indent = line.len() - line.trim_start().len();
    if width(line) <= WIDTH || line.trim_start().starts_with("//") {
        return vec![line.into()];
    }
    after_equals(line, indent).or_else(|| at_brackets(line, indent)).unwrap_or_else(|| vec![line.into()])
}

/// `let a =` and the value on the next line, where it fits there.
fn after_equals(line: &str, indent: usize) -> Option<Vec<String>> {
    let at = Scan::new(line).find(|(_, depth, rest)| *depth == 0 && rest.starts_with(" = "))?.0;
    let value = format!("{}{}", spaces(indent + 4), &line[at + 3..]);
    (width(&value) <= WIDTH && value.ends_with(';')).then(|| vec![line[..at + 2].into(), value])
}

/// The last brackets of the line with each item on a line of its own.
fn at_brackets(line: &str, indent: usize) -> Option<Vec<String>> {
    let (open, close) = last_group(line)?;
    let (mut head, mut inside, mut tail) = (&line[..=open], &line[open + 1..close], &line[close..]);
    let is_attribute = head.trim_start().starts_with("#[");
    // The only item is opened in the same line if it is a bracketed thing itself.
    while let [only] = split(inside)[..]
        && let Some((open, close)) = last_group(only)
        && close + 1 == only.len()
    {
        let start = only.as_ptr() as usize - line.as_ptr() as usize;
        head = &line[..=start + open];
        inside = &line[start + open + 1..start + close];
        tail = &line[start + close..];
    }
    let items = split(inside);
    if items.is_empty() {
        return None;
    }
    let mut lines = vec![head.trim_end().to_owned()];
    if head.trim_start().starts_with("use ") {
        lines.extend(packed(&items, indent + 4));
    } else {
        for (index, item) in items.iter().enumerate() {
            let comma = if is_attribute && index + 1 == items.len() { "" } else { "," };
            lines.extend(wrap_line(&format!("{}{item}{comma}", spaces(indent + 4))));
        }
    }
    lines.push(format!("{}{}", spaces(indent), tail.trim_start()));
    Some(lines)
}

/// As many items a line as fit.
fn packed(items: &[&str], indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for item in items {
        match lines.last_mut() {
            Some(line) if width(line) + width(item) + 2 <= WIDTH => {
                line.push(' ');
                line.push_str(item);
                line.push(',');
            }
            _ => lines.push(format!("{}{item},", spaces(indent))),
        }
    }
    lines
}

/// The brackets that nothing but punctuation follows.
fn last_group(line: &str) -> Option<(usize, usize)> {
    let close = line.trim_end_matches([';', ',', '?']).len().checked_sub(1)?;
    if !line[close..].starts_with([')', ']', '}']) {
        return None;
    }
    let depth = Scan::new(line).find(|(at, ..)| *at == close)?.1;
    let open = Scan::new(line)
        .filter(|(at, at_depth, rest)| *at < close && *at_depth == depth && rest.starts_with(['(', '[', '{']))
        .last()?;
    Some((open.0, close))
}

/// The items between commas that stand in no brackets.
fn split(inside: &str) -> Vec<&str> {
    let mut items = vec![];
    let mut start = 0;
    for (at, depth, rest) in Scan::new(inside) {
        if depth == 0 && rest.starts_with(',') {
            items.push(inside[start..at].trim());
            start = at + 1;
        }
    }
    items.push(inside[start..].trim());
    items.retain(|item| !item.is_empty());
    items
}

fn width(line: &str) -> usize {
    line.chars().count()
}

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

/// Every place outside of string literals: where, in how many brackets, and what is there.
///
/// Both of a pair of brackets stand at the depth around them.
struct Scan<'a> {
    line: &'a str,
    at: usize,
    depth: usize,
    in_text: bool,
}

impl<'a> Scan<'a> {
    fn new(line: &'a str) -> Self {
        Self { line, at: 0, depth: 0, in_text: false }
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = (usize, usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let at = self.at;
            let rest = &self.line[at..];
            let character = rest.chars().next()?;
            self.at += character.len_utf8();
            match character {
                '\\' if self.in_text => self.at += rest[1..].chars().next().map_or(0, char::len_utf8),
                '"' => self.in_text = !self.in_text,
                _ if self.in_text => {}
                '(' | '[' | '{' => {
                    self.depth += 1;
                    return Some((at, self.depth - 1, rest));
                }
                ')' | ']' | '}' => {
                    self.depth = self.depth.saturating_sub(1);
                    return Some((at, self.depth, rest));
                }
                _ => return Some((at, self.depth, rest)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "aNameThatIsLongEnoughToMakeALineOfRustTooLongForTheWorkspace";

    #[test]
    fn what_fits_stays() {
        assert_eq!(wrap("let a = f(1, 2);\n"), "let a = f(1, 2);\n");
    }

    #[test]
    fn a_value_moves_to_the_next_line_first() {
        let line = format!("    let {NAME} = fields.required(\"{NAME}\", &f());\n");
        let broken = format!("    let {NAME} =\n        fields.required(\"{NAME}\", &f());\n");
        assert_eq!(wrap(&line), broken);
    }

    #[test]
    fn then_its_arguments_get_lines_of_their_own() {
        let line = format!("let a = fields.required(\"{NAME},)\", &check::text(0, 1).pattern(&{NAME}));\n");
        let broken = format!(
            "let a = fields.required(\n    \"{NAME},)\",\n    &check::text(0, 1).pattern(&{NAME}),\n);\n"
        );
        assert_eq!(wrap(&line), broken);
    }

    #[test]
    fn an_only_item_is_opened_with_its_brackets() {
        let line = format!("    Some(Self {{ a: a?, {NAME}: b?, c: {NAME}? }})\n");
        let broken =
            format!("    Some(Self {{\n        a: a?,\n        {NAME}: b?,\n        c: {NAME}?,\n    }})\n");
        assert_eq!(wrap(&line), broken);
    }

    #[test]
    fn imports_share_lines() {
        let line = format!("use events::{{{NAME}, {NAME}2, C}};\n");
        assert_eq!(wrap(&line), format!("use events::{{\n    {NAME},\n    {NAME}2, C,\n}};\n"));
    }

    #[test]
    fn attributes_get_no_last_comma() {
        let line =
            format!("    #[serde(rename = \"{NAME}{NAME}\", skip_serializing_if = \"Option::is_none\")]\n");
        let broken = format!(
            "    #[serde(\n        rename = \"{NAME}{NAME}\",\n        skip_serializing_if = \"Option::is_none\"\n    )]\n"
        );
        assert_eq!(wrap(&line), broken);
    }

    #[test]
    fn comments_stay() {
        let line = format!("/// {NAME}(a, b) {NAME}(a, b)\n");
        assert_eq!(wrap(&line), line);
    }
}
