//! One name in the spellings that its uses need.

use heck::{ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use serde::Serialize;

/// A name of the manifest and its spellings in Rust, TypeScript and CloudFormation.
///
/// Two names of which any spelling is the same collide; the manifest refuses them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Ident {
    /// As the manifest writes it: `user-info-submitted`.
    pub name: String,
    /// A Rust or TypeScript type, and a CloudFormation logical id: `UserInfoSubmitted`.
    pub pascal: String,
    /// A TypeScript variable: `userInfoSubmitted`.
    pub camel: String,
    /// A Rust module, field or function: `user_info_submitted`.
    pub snake: String,
    /// A constant or an event type: `USER_INFO_SUBMITTED`.
    pub shouty: String,
}

impl Ident {
    /// Spells `name` in every way.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        // heck takes dots for word breaks as it does hyphens, so `orders.placed` is `OrdersPlaced`.
        Self {
            pascal: name.to_upper_camel_case(),
            camel: name.to_lower_camel_case(),
            snake: name.to_snake_case(),
            shouty: name.to_shouty_snake_case(),
            name,
        }
    }

    /// The snake spelling as a Rust identifier: a keyword becomes a raw identifier (`r#type`).
    ///
    /// The four keywords that can't be raw (`self`, `super`, `crate`, `Self`) are refused by the manifest.
    pub fn rust(&self) -> String {
        if is_rust_keyword(&self.snake) { format!("r#{}", self.snake) } else { self.snake.clone() }
    }
}

/// Strict and reserved keywords of the 2024 edition that may be raw identifiers
/// (<https://doc.rust-lang.org/reference/keywords.html>).
pub(crate) fn is_rust_keyword(word: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
        "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
        "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static",
        "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where",
        "while", "yield",
    ];
    KEYWORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_a_name_in_every_way() {
        let name = Ident::new("user-info-submitted");
        assert_eq!(name.pascal, "UserInfoSubmitted");
        assert_eq!(name.camel, "userInfoSubmitted");
        assert_eq!(name.snake, "user_info_submitted");
        assert_eq!(name.shouty, "USER_INFO_SUBMITTED");
    }

    #[test]
    fn dots_break_words_as_hyphens_do() {
        assert_eq!(Ident::new("orders.placed.v2").pascal, "OrdersPlacedV2");
    }

    #[test]
    fn a_keyword_becomes_a_raw_identifier() {
        assert_eq!(Ident::new("type").rust(), "r#type");
        assert_eq!(Ident::new("kind").rust(), "kind");
    }
}
