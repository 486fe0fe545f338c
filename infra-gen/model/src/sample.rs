//! A text that a pattern matches.

use regex::Regex;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Repetition};

/// More repeats than this make no example that a person reads.
const MOST_REPEATS: u32 = 64;
/// As many ways through a pattern's alternatives are tried.
const MOST_WAYS: usize = 64;

/// A text of `min..=max` characters that `pattern` matches, always the same; `None` when none was found.
///
/// # Panics
/// When `pattern` is no regular expression, which the manifest refuses.
pub fn sample(pattern: &str, min: u32, max: u32) -> Option<String> {
    let hir = regex_syntax::parse(pattern).expect("the manifest parsed the pattern");
    let regex = Regex::new(pattern).expect("the manifest parsed the pattern");
    let wanted = Wanted { regex, min: min as usize, max: max as usize };
    ways(&hir).iter().find_map(|way| wanted.along(way))
}

/// What a text has to be.
struct Wanted {
    regex: Regex,
    min: usize,
    max: usize,
}

impl Wanted {
    /// A text of this way through the pattern.
    fn along(&self, way: &Hir) -> Option<String> {
        // Few repeats look best, none at all looks odd: an optional part is shown where it fits.
        let even = [1].into_iter().chain(0..=MOST_REPEATS).find_map(|repeats| {
            let mut text = self.text();
            text.write(way, repeats);
            self.fit(text)
        });
        even.or_else(|| [0, 1, MOST_REPEATS].into_iter().find_map(|repeats| self.stretched(way, repeats)))
    }

    /// The text as it is, or made long enough: what stands before and after is free in a pattern without anchors.
    fn fit(&self, text: Text) -> Option<String> {
        let padding = "x".repeat(self.min.saturating_sub(text.length));
        let padded = [format!("{}{padding}", text.out), format!("{padding}{}", text.out)];
        std::iter::once(text.out).chain(padded).find(|text| self.takes(text))
    }

    fn takes(&self, text: &str) -> bool {
        (self.min..=self.max).contains(&text.chars().count()) && self.regex.is_match(text)
    }

    /// A text that one repetition alone makes long enough.
    fn stretched(&self, way: &Hir, repeats: u32) -> Option<String> {
        let parts = match way.kind() {
            HirKind::Concat(parts) => parts.iter().collect(),
            _ => vec![way],
        };
        let length = |hir: &Hir| {
            let mut text = self.text();
            text.write(hir, repeats);
            text.length
        };
        let missing = self.min.checked_sub(length(way))?;
        parts.iter().enumerate().find_map(|(at, part)| {
            let HirKind::Repetition(repetition) = part.kind() else { return None };
            let more = missing.div_ceil(length(&repetition.sub).max(1));
            let more = u32::try_from(more).unwrap_or(u32::MAX).saturating_add(repeats);
            let mut text = self.text();
            for (other, part) in parts.iter().enumerate() {
                if other == at {
                    text.repeat(repetition, repeats, more);
                } else {
                    text.write(part, repeats);
                }
            }
            Some(text.out).filter(|text| self.takes(text))
        })
    }

    fn text(&self) -> Text {
        Text { out: String::new(), length: 0, most: self.max }
    }
}

/// Ways through the pattern: each chooses one of every alternatives. The first chooses the first everywhere.
fn ways(hir: &Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Alternation(parts) => parts.iter().flat_map(ways).take(MOST_WAYS).collect(),
        HirKind::Concat(parts) => parts.iter().fold(vec![Hir::empty()], |before, part| {
            let after = ways(part);
            let joined = |one: &Hir| {
                let one = one.clone();
                after
                    .iter()
                    .map(move |after| Hir::concat(vec![one.clone(), after.clone()]))
                    .collect::<Vec<_>>()
            };
            before.iter().flat_map(joined).take(MOST_WAYS).collect()
        }),
        HirKind::Capture(capture) => ways(&capture.sub),
        HirKind::Repetition(repetition) => {
            let ways = ways(&repetition.sub).into_iter();
            ways.map(|sub| Hir::repetition(Repetition { sub: Box::new(sub), ..repetition.clone() })).collect()
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => vec![hir.clone()],
    }
}

/// A text that is being written.
struct Text {
    out: String,
    /// Characters in it.
    length: usize,
    /// A text that is longer is of no use, and repeats in repeats would make one without end.
    most: usize,
}

impl Text {
    /// Appends a text for `hir`, with `repeats` more of each repetition than it needs.
    fn write(&mut self, hir: &Hir, repeats: u32) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.push(&String::from_utf8_lossy(&literal.0)),
            HirKind::Class(class) => self.push(pick(class, self.length).encode_utf8(&mut [0; 4])),
            HirKind::Repetition(repetition) => self.repeat(repetition, repeats, repeats),
            HirKind::Capture(capture) => self.write(&capture.sub, repeats),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part, repeats)),
            HirKind::Alternation(parts) => self.write(&parts[0], repeats),
        }
    }

    /// Appends `more` of the repetition than it needs, each with `repeats` more inside.
    fn repeat(&mut self, repetition: &Repetition, repeats: u32, more: u32) {
        let most = repetition.max.unwrap_or(u32::MAX);
        for _ in 0..repetition.min.saturating_add(more).min(most) {
            if self.length > self.most {
                break;
            }
            self.write(&repetition.sub, repeats);
        }
    }

    fn push(&mut self, text: &str) {
        self.length += text.chars().count();
        self.out.push_str(text);
    }
}

/// A character of the class: a letter or digit that changes with the place, else its first that prints.
fn pick(class: &Class, place: usize) -> char {
    let class = match class {
        Class::Unicode(class) => class.clone(),
        // A pattern of text has no other bytes than ASCII's.
        Class::Bytes(class) => class.to_unicode_class().unwrap_or_else(ClassUnicode::empty),
    };
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
        assert_eq!(found(r"^(?-u:[a-c\d]){2}$", 0, 3), "ab");
    }

    #[test]
    fn lengths_are_kept() {
        assert_eq!(found("^[a-z]+$", 5, 8).len(), 5);
        assert_eq!(found("^[a-z]*$", 0, 0), "");
        assert_eq!(found("b", 4, 4), "bxxx");
        assert_eq!(sample("^[a-z]{9}$", 0, 8), None);
    }

    #[test]
    fn a_long_text_is_found_where_one_part_or_all_must_be_long() {
        assert_eq!(found("^[a-z]+$", 5_000, 6_000).len(), 5_000);
        assert_eq!(found("^(INV|REC)-[0-9]+$", 1_000, 1_000).len(), 1_000);
        assert_eq!(found("^[a-z]{0,50}-[0-9]{0,100}$", 120, 151).len(), 120);
        assert_eq!(found("^(ab)+[0-9]*$", 6, 6).len(), 6);
        // With 64 of each it would have a thousand million characters.
        assert_eq!(found("^((((a*)*b)*)*c)*$", 300, 300).len(), 300);
    }

    #[test]
    fn every_alternative_is_tried() {
        assert_eq!(found("^[A-Z]{12}$|^[A-Z]{2}$", 0, 9), "AB");
        assert_eq!(found("^(a{9}|b{3})-(c{9}|d{2})+$", 0, 6), "bbb-dd");
        assert_eq!(sample("^(a{9}|b{3})-(c{9}|d{2})+$", 0, 5), None);
    }

    #[test]
    fn nothing_matches_an_empty_class() {
        assert_eq!(sample(r"[^\s\S]", 0, 9), None);
        assert_eq!(found(r"a|[^\s\S]", 0, 9), "a");
    }

    #[test]
    fn characters_of_other_scripts_are_found() {
        assert_eq!(found(r"^\p{Greek}$", 1, 1).chars().count(), 1);
        assert_eq!(found("^[é]{2}$", 0, 2), "éé");
    }
}
