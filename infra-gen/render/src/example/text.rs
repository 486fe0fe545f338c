//! Text for a field, chosen by its name.

/// Values that read as data, by field or type name. Each is used only where it conforms.
const FAMILIAR: &[(&str, &str)] = &[
    ("age", "36"),
    ("city", "London"),
    ("code", "TIMEOUT"),
    ("country", "GB"),
    ("country_code", "GB"),
    ("cover", "250000.00"),
    ("currency", "GBP"),
    ("customer_id", "test-123"),
    ("date_of_birth", "1990-05-17"),
    ("document_expires_on", "2032-05-17"),
    ("document_name", "John Smith"),
    ("document_number", "P1234567"),
    ("expires_on", "2032-05-17"),
    ("file_name", "passport.pdf"),
    ("first_name", "John"),
    ("full_name", "John Smith"),
    ("holder_name", "John Smith"),
    ("issued_on", "2022-05-17"),
    ("last_name", "Smith"),
    ("line1", "1 High Street"),
    ("line_1", "1 High Street"),
    ("line2", "Flat 2"),
    ("line_2", "Flat 2"),
    ("message", "The brokers did not answer in time."),
    ("monthly_premium", "42.50"),
    ("name", "Standard"),
    ("nationality", "GB"),
    ("phone", "+44 20 7946 0000"),
    ("postcode", "N1 9GU"),
    ("score", "90"),
];

/// What is known for these names, the nearest first.
pub(super) fn familiar<'a>(names: &'a [&str]) -> impl Iterator<Item = &'static str> + 'a {
    names.iter().filter_map(|name| FAMILIAR.iter().find(|(known, _)| known == name)).map(|(_, text)| *text)
}

/// Text of `min..=max` characters that `pattern` matches.
pub(super) fn fitting(names: &[&str], min: u32, max: u32, pattern: Option<&str>) -> String {
    let range = min as usize..=max as usize;
    let regex = pattern.map(|pattern| regex::Regex::new(pattern).expect("the manifest parsed the pattern"));
    let fits = |text: &str| {
        range.contains(&text.chars().count()) && regex.as_ref().is_none_or(|regex| regex.is_match(text))
    };
    let words = names[0].replace('_', " ");
    let mut rest = words.chars();
    let sentence: String = rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect();
    let numbered = names[0].strip_suffix("_id").unwrap_or(names[0]).replace('_', "-") + "-1";
    let candidates = familiar(names).map(str::to_owned);
    let plain = if names[0].ends_with("_id") { [numbered, sentence] } else { [sentence, numbered] };
    if let Some(text) = candidates.chain(plain).find(|text| fits(text)) {
        return text;
    }
    if let Some(pattern) = pattern {
        return model::sample(pattern, min, max).expect("the manifest refuses a pattern without a sample");
    }
    let length = words.chars().count().clamp(min as usize, max as usize);
    words.chars().cycle().take(length).collect()
}
