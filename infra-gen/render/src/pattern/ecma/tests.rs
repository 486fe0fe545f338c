use super::*;

#[test]
fn what_both_spell_alike_stays() {
    for pattern in
        ["^[A-Z]{2}$", r"^\+?[0-9 ()-]{5,20}$", "^[A-Za-z0-9][A-Za-z0-9_-]*$", "a|(b|c)+?", r"\.\$"]
    {
        assert_eq!(ecma(pattern), pattern);
    }
}

#[test]
fn classes_keep_their_meaning() {
    assert_eq!(ecma(r"^\d+$"), r"^[\p{Nd}]+$");
    assert_eq!(ecma(r"[\d.]"), r"[\p{Nd}.]");
    assert_eq!(ecma(r"\S."), r"[^\p{White_Space}][^\n]");
    assert_eq!(ecma(r"[\pL\p{Nd}']"), r"[\p{L}\p{Nd}']");
}

#[test]
fn escapes_that_ecma_refuses_are_undone() {
    assert_eq!(ecma(r"a\-b\#c\@d\x41}"), r"a-b#c@dA\}");
    assert_eq!(ecma(r"[a\-z\#]"), r"[a\-z#]");
    assert_eq!(ecma(r"\Aa\z"), "^a$");
}

#[test]
fn it_matches_what_the_original_matches() {
    let patterns = [
        r"^\d{2}$",
        r"^[\d.]+$",
        r"^\w+$",
        r"^\S+$",
        "^.$",
        r"^[\pL']+$",
        r"^\P{Lu}$",
        "(?i)^straße$",
        "^[a-z&&[^m]]+$",
        r"^a\-b\#c\}$",
        r"^[[:alpha:]]+$",
        "^(?:ab?){2}{2}$",
        r"^\x41\u{e9}$",
        "^(?P<a>a|é)+$",
        r"^[^\W\d]$",
        "(?s)^.$",
        r"^(?-u:\w)+$",
        "^(?-u:[a-z])$",
        r"[^\s\S]",
        r"^a|[^\s\S]$",
        "^[]a]$",
        "^[^]a]$",
        "^[]-a]$",
        "^[--a]$",
        "^[-a]$",
        r"^[a-c-\d]$",
        "^a{ 1 , 2 }$",
        "^[a^-]$",
        r"^[\^\]\\]$",
        r"^\u{61}\x{31}$",
        r"^\a\f\t\n\r\v$",
        "^[a--b]$",
        "^[a-c~~b]$",
        r"^\<a\>$",
        r"^\bab\B",
        "(?m)^a$",
        "(?R)^a$",
        "(?U)^a+$",
        "^(?:)$",
        "^()a$",
        "^(a|)$",
        "^(?:^)*a$",
    ];
    let texts = [
        "", "12", "٣٤", "1.2", "naïve_1", "a b", "\r", "\n", "\u{2028}", "O'Neill", "É", "é", "STRASSE",
        "straße", "STRAßE", "lamp", "lap", "a-b#c}", "abc", "ababaab", "Aé", "aéa", "_", "a", "1", "😀",
    ];
    for pattern in patterns {
        let original = regex::Regex::new(pattern).unwrap();
        let ours = ecma(pattern);
        let theirs = regress::Regex::with_flags(&ours, "u").unwrap_or_else(|error| panic!("{ours}: {error}"));
        for text in texts {
            assert_eq!(
                theirs.find(text).is_some(),
                original.is_match(text),
                "{pattern} as {ours} on {text:?}"
            );
        }
    }
}

#[test]
fn flags_and_set_operations_are_written_out() {
    assert_eq!(ecma("(?i)ab"), "[Aa][Bb]");
    assert_eq!(ecma("^[a-e&&[^c]]{2,}$"), "^(?:[a-bd-e]){2,}$");
    assert_eq!(ecma("(?P<year>[0-9]{4})"), "(?:(?:[0-9]){4})");
    assert_eq!(ecma("(?x) a b # c"), "ab");
}
