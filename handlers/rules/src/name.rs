//! Names of people: how they are written down, and whether two are the same person's.

/// Two names at least this much alike are the same.
pub const SAME: f64 = 0.92;

/// Two names less alike than this are those of two people.
pub const OTHER: f64 = 0.75;

/// Trims, and makes one space of several.
pub fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How alike two names are, 0 to 1: order, case, accents and middle names left aside.
///
/// Each word of the shorter name is held against the word of the longer that fits it best; the least of those
/// is the answer, so that one foreign word is not outvoted by many common ones.
pub fn likeness(one: &str, other: &str) -> f64 {
    let (one, other) = (words(one), words(other));
    let (shorter, longer) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let best = |word: &String| {
        longer.iter().map(|candidate| strsim::jaro_winkler(word, candidate)).fold(0.0, f64::max)
    };
    shorter.iter().map(best).reduce(f64::min).unwrap_or(0.0)
}

fn words(name: &str) -> Vec<String> {
    plain(name).split_whitespace().map(str::to_owned).collect()
}

/// Lower case, without accents, with a space for everything that is no letter.
fn plain(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfkd()
        .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .filter(|letter| *letter != '\'')
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_space_is_enough() {
        assert_eq!(tidy("  Mary \t Ann  "), "Mary Ann");
    }

    #[test]
    fn accents_case_order_and_middle_names_make_no_other_person() {
        for (one, other) in [
            ("José García", "GARCIA, JOSE"),
            ("Anna-Maria Müller", "Anna Maria Muller"),
            ("John Smith", "John Fitzgerald Smith"),
            ("Sinead O'Connor", "SINEAD OCONNOR"),
        ] {
            assert!(likeness(one, other) > 0.95, "{one} / {other}: {}", likeness(one, other));
        }
    }

    #[test]
    fn another_family_name_is_another_person() {
        assert!(likeness("John Smith", "John Kowalski") < 0.7);
    }

    #[test]
    fn nothing_is_like_nobody() {
        assert!(likeness("", "John") < f64::EPSILON);
    }
}
