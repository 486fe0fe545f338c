//! Names: from `CloudFormation`'s to Rust's.

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match",
    "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// `DataVolumeKMSKeyId` to `data_volume_kms_key_id`, `NotificationARNs` to `notification_arns`.
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut out = String::new();
    for (i, c) in chars.iter().enumerate() {
        let previous = i.checked_sub(1).map(|i| chars[i]);
        let next = chars.get(i + 1);
        // The plural of an acronym, as in `ARNs`.
        let plural = next == Some(&'s') && !chars.get(i + 2).is_some_and(char::is_ascii_lowercase);
        let starts = c.is_ascii_uppercase()
            && previous.is_some_and(|p| {
                !p.is_ascii_uppercase() || (next.is_some_and(char::is_ascii_lowercase) && !plural)
            });
        if starts {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// As a field or a function: keywords are escaped.
pub fn identifier(name: &str) -> String {
    let snake = snake(name);
    if KEYWORDS.contains(&snake.as_str()) { format!("r#{snake}") } else { snake }
}

/// `PAY_PER_REQUEST` to `PayPerRequest`, `aws:kms` to `AwsKms`; words in mixed case stay as they are.
pub fn pascal(value: &str) -> String {
    let mut out = String::new();
    for word in value.split(|c: char| !c.is_ascii_alphanumeric()) {
        let shouted = word.len() > 1 && !word.chars().any(|c| c.is_ascii_lowercase());
        for (i, c) in word.chars().enumerate() {
            out.push(if i == 0 {
                c.to_ascii_uppercase()
            } else if shouted {
                c.to_ascii_lowercase()
            } else {
                c
            });
        }
    }
    if out.is_empty() || out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, 'V');
    }
    out
}

/// `AWS::MSK::Topic` to (`MSK`, `Topic`).
pub fn split_type(type_name: &str) -> (&str, &str) {
    let rest = type_name.strip_prefix("AWS::").unwrap_or(type_name);
    rest.split_once("::").unwrap_or(("", rest))
}

/// The module of a service: `MSK` to `msk`.
pub fn service_module(service: &str) -> String {
    service.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snake_case() {
        for (name, expected) in [
            ("TopicName", "topic_name"),
            ("DataVolumeKMSKeyId", "data_volume_kms_key_id"),
            ("NotificationARNs", "notification_arns"),
            ("OKActions", "ok_actions"),
            ("SSEType", "sse_type"),
            ("S3Bucket", "s3_bucket"),
            ("Ipv6CidrBlocks", "ipv6_cidr_blocks"),
            ("LatestRevision.Revision", "latest_revision_revision"),
            ("VPCEndpoint", "vpc_endpoint"),
            ("VPC", "vpc"),
            ("DocumentDBEventSourceConfig", "document_db_event_source_config"),
            ("URI", "uri"),
        ] {
            assert_eq!(snake(name), expected);
        }
        assert_eq!(identifier("Type"), "r#type");
    }

    #[test]
    fn pascal_case() {
        for (value, expected) in [
            ("PAY_PER_REQUEST", "PayPerRequest"),
            ("aws:kms", "AwsKms"),
            ("ECC_NIST_P256", "EccNistP256"),
            ("TrimHorizon", "TrimHorizon"),
            ("1.2", "V12"),
            ("", "V"),
        ] {
            assert_eq!(pascal(value), expected);
        }
    }

    #[test]
    fn types() {
        assert_eq!(split_type("AWS::MSK::Topic"), ("MSK", "Topic"));
    }
}
