//! TypeScript as Prettier lays it out, with Angular's own settings: 100 columns, single quotes.

use crate::template::escape;

/// Columns of a line.
const WIDTH: usize = 100;

/// A string literal.
pub(super) fn string(text: &str) -> String {
    // Names of a manifest have no quotes and no backslashes in them; then this is a literal of single quotes.
    let quoted = escape::json_str(text);
    let inside = &quoted[1..quoted.len() - 1];
    if inside.contains(['\'', '\\']) { quoted } else { format!("'{inside}'") }
}

/// A type alias of these members; of `never` without any.
pub(super) fn alias(name: &str, members: &[String]) -> String {
    let members = if members.is_empty() { &["never".to_owned()] } else { members };
    let line = format!("export type {name} = {};", members.join(" | "));
    if members.len() == 1 || columns(&line) <= WIDTH {
        return line;
    }
    let below = format!("  {};", members.join(" | "));
    if columns(&below) <= WIDTH {
        return format!("export type {name} =\n{below}");
    }
    format!("export type {name} =\n  | {};", members.join("\n  | "))
}

/// `{open}{items}{close}`: on one line where it fits, else an item a line, each with a comma.
pub(super) fn list(indent: usize, open: &str, items: &[String], close: &str) -> String {
    let line = format!("{open}{}{close}", items.join(", "));
    let first = line.lines().next().unwrap_or_default();
    if items.is_empty() || indent + columns(first) <= WIDTH {
        return line;
    }
    let pad = " ".repeat(indent);
    let items: String = items.iter().flat_map(|item| [&pad, "  ", item, ",\n"]).collect();
    format!("{open}\n{items}{pad}{close}")
}

/// `import type { a, b } from 'module';`
pub(super) fn import_types(names: &[String], module: &str) -> String {
    let line = format!("import type {{ {} }} from '{module}';", names.join(", "));
    if columns(&line) <= WIDTH {
        return line;
    }
    format!("import type {{\n  {},\n}} from '{module}';", names.join(",\n  "))
}

/// A `/** */` comment and its newline; nothing for no text. Lines are as long as fits.
pub(super) fn doc(indent: usize, text: &str) -> String {
    let pad = " ".repeat(indent);
    let text = escape::block_comment(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    if text.is_empty() {
        return String::new();
    }
    if indent + columns(&text) + "/**  */".len() <= WIDTH {
        return format!("{pad}/** {text} */\n");
    }
    let mut lines: Vec<String> = vec![];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if indent + " * ".len() + columns(line) + 1 + columns(word) <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let lines: String = lines.iter().flat_map(|line| [&pad, " * ", line, "\n"]).collect();
    format!("{pad}/**\n{lines}{pad} */\n")
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("'NUMBER_{number}'")).collect()
    }

    #[test]
    fn a_union_breaks_when_it_is_long() {
        assert_eq!(alias("A", &[]), "export type A = never;");
        assert_eq!(alias("A", &names(2)), "export type A = 'NUMBER_0' | 'NUMBER_1';");
        assert!(alias("A", &names(7)).starts_with("export type A =\n  'NUMBER_0' | 'NUMBER_1' | "));
        assert!(alias("A", &names(9)).starts_with("export type A =\n  | 'NUMBER_0'\n  | 'NUMBER_1'\n"));
    }

    #[test]
    fn a_list_breaks_when_it_is_long() {
        assert_eq!(list(0, "f(", &names(2), ")"), "f('NUMBER_0', 'NUMBER_1')");
        assert!(list(2, "f(", &names(9), "): void").starts_with("f(\n    'NUMBER_0',\n"));
        assert!(list(2, "f(", &names(9), "): void").ends_with("    'NUMBER_8',\n  ): void"));
    }

    #[test]
    fn a_comment_breaks_between_words() {
        assert_eq!(doc(2, "One\n  line."), "  /** One line. */\n");
        assert_eq!(doc(0, " "), "");
        let long = doc(2, &"four ".repeat(30));
        assert!(long.lines().all(|line| line.len() <= WIDTH));
        assert_eq!(long.lines().count(), 4);
    }

    #[test]
    fn a_quote_in_a_text_changes_the_quotes() {
        assert_eq!(string("a-b.c"), "'a-b.c'");
        assert_eq!(string("it's"), r#""it's""#);
    }
}
