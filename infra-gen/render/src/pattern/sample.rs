//! A text that a pattern matches.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A text of `min..=max` characters that `pattern` matches, always the same; `None` when none was found.
///
/// # Panics
/// When `pattern` is no regular expression, which the manifest refuses.
pub fn sample(pattern: &str, min: u32, max: u32) -> Option<String> {
    // More repeats than this make no example that a person reads.
    const MOST_REPEATS: u32 = 64;

    let hir = regex_syntax::parse(pattern).expect("the manifest parsed the pattern");
    let regex = regex::Regex::new(pattern).expect("the manifest parsed the pattern");
    // Few repeats look best, none at all looks odd: an optional part is shown where it fits.
    [1].into_iter().chain(0..=MOST_REPEATS).find_map(|repeats| {
        let mut text = String::new();
        write(&hir, repeats, &mut text);
        // What stands before and after is free in a pattern without anchors.
        let missing = (min as usize).saturating_sub(text.chars().count());
        [text.clone(), text.clone() + &"x".repeat(missing), "x".repeat(missing) + &text].into_iter().find(
            |text| {
                let length = text.chars().count();
                (min as usize..=max as usize).contains(&length) && regex.is_match(text)
            },
        )
    })
}

/// Appends a text for `hir`, with `repeats` more of each repetition than it needs.
fn write(hir: &Hir, repeats: u32, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.push(pick(class, out.chars().count())),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            for _ in 0..repetition.min.saturating_add(repeats).min(most) {
                write(&repetition.sub, repeats, out);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, repeats, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, repeats, out)),
        HirKind::Alternation(parts) => write(&parts[0], repeats, out),
    }
}

/// A character of the class: a letter or digit that changes with the place, else its first that prints.
fn pick(class: &Class, place: usize) -> char {
    let Class::Unicode(class) = class else { return 'x' };
    let holds = |character: char| {
        class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&character))
    };
    for alphabet in ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "123456789"] {
        let held: Vec<char> = alphabet.chars().filter(|&character| holds(character)).collect();
        if !held.is_empty() {
            return held[place % held.len()];
        }
    }
    let first = class.ranges().iter().flat_map(|range| range.start()..=range.end());
    first
        .clone()
        .take(256)
        .find(|character| !character.is_control())
        .or_else(|| first.clone().next())
        .unwrap_or('x')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, min: u32, max: u32) -> String {
        sample(pattern, min, max).unwrap_or_else(|| panic!("a text for {pattern}"))
    }

    #[test]
    fn a_text_of_a_bounded_pattern() {
        assert_eq!(found("^[A-Z]{2}$", 0, 2), "AB");
        assert_eq!(found("^(INV|REC)-[0-9]{4}$", 0, 20), "INV-5678");
        assert_eq!(found(r"^\d{3}$", 0, 3), "123");
    }

    #[test]
    fn lengths_are_kept() {
        assert_eq!(found("^[a-z]+$", 5, 8).len(), 5);
        assert_eq!(found("^[a-z]*$", 0, 0), "");
        assert_eq!(found("b", 4, 4), "bxxx");
        assert_eq!(sample("^[a-z]{9}$", 0, 8), None);
    }

    #[test]
    fn characters_of_other_scripts_are_found() {
        assert_eq!(found(r"^\p{Greek}$", 1, 1).chars().count(), 1);
        assert_eq!(found("^[é]{2}$", 0, 2), "éé");
    }
}
