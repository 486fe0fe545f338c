//! Names that were probably meant.

/// The candidate nearest to `word`, if one is near enough to be a slip of it.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(word);
    // A third of the letters wrong is still a slip; more is another word.
    let most = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= most || is_part(&wanted, &plain(candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `closest` as a question for the reader, else what there is to choose from.
pub fn did_you_mean<'a>(
    word: &str,
    what: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    if let Some(near) = closest(word, candidates.clone()) {
        return format!("did you mean `{near}`?");
    }
    let names: Vec<_> = candidates.into_iter().collect();
    match names.as_slice() {
        [] => format!("there are no {what} yet"),
        [only] => format!("of {what} there is only `{only}`"),
        names => format!("the {what} are {}", list(names)),
    }
}

/// `a`, `b` and `c`; of many only some.
pub(crate) fn list(names: &[impl AsRef<str>]) -> String {
    const SHOWN: usize = 24;
    let quoted: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > SHOWN {
        return format!("{} and {} more", quoted.join(", "), names.len() - SHOWN);
    }
    match quoted.as_slice() {
        [] => "none".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Whether one is the other with a word more: `user` and `users`, `kyc` and `kyc-results`.
fn is_part(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    short.len() >= 3 && long.starts_with(short)
}

/// Without what people mix up: case, hyphens, underscores, dots, spaces.
fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | '.' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_another_word_is_not() {
        let tables = ["users", "applications", "kyc-results"];
        assert_eq!(closest("usres", tables), Some("users"));
        assert_eq!(closest("KYC_Results", tables), Some("kyc-results"));
        assert_eq!(closest("kyc", tables), Some("kyc-results"));
        assert_eq!(closest("orders", tables), None);
        assert_eq!(closest("maxLength", ["min_length", "max_length"]), Some("max_length"));
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
