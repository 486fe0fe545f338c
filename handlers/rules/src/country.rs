//! What a country means for the risk of a customer.

/// How closely dealings with a country are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Nothing out of the ordinary.
    Ordinary,
    /// Under increased monitoring: a person looks at it.
    Watched,
    /// A call for action stands against it: no policy is sold.
    Barred,
}

/// The risk of a country by its ISO 3166-1 alpha-2 code.
///
/// The lists are the Financial Action Task Force's, as of June 2026's plenary as far as we know
/// (<https://www.fatf-gafi.org/en/topics/high-risk-and-other-monitored-jurisdictions.html>). They change three times a
/// year; whoever runs this for real puts a provider in their place.
pub fn risk(code: &str) -> Risk {
    const BARRED: [&str; 3] = ["IR", "KP", "MM"];
    const WATCHED: [&str; 14] =
        ["AO", "BG", "CD", "CI", "CM", "DZ", "HT", "KE", "LA", "LB", "NA", "SS", "SY", "YE"];
    if BARRED.contains(&code) {
        Risk::Barred
    } else if WATCHED.contains(&code) {
        Risk::Watched
    } else {
        Risk::Ordinary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_decide_and_everything_else_is_ordinary() {
        assert_eq!(risk("KP"), Risk::Barred);
        assert_eq!(risk("YE"), Risk::Watched);
        assert_eq!(risk("NL"), Risk::Ordinary);
    }
}
