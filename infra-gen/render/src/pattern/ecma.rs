//! A pattern in ECMA-262.

use regex_syntax::{
    ast::{self, Ast, ClassSetItem, LiteralKind, Span},
    hir::{Class, Hir, HirKind, Look},
};

/// The characters that ECMA-262 lets a backslash stand before.
const SYNTAX: &str = "^$\\.*+?()[]{}|/";

/// `pattern` in ECMA-262 with the `u` flag, matching what it matches in Rust.
///
/// What both spell alike stays as it is written; a few things are spelled anew in place; a pattern with flags
/// or set operations is written anew as a whole. Word boundaries alone differ: ECMA-262's are of ASCII words.
///
/// # Panics
/// When `pattern` is no regular expression, which the manifest refuses.
pub fn ecma(pattern: &str) -> String {
    let ast = ast::parse::Parser::new().parse(pattern).expect("the manifest parsed the pattern");
    let mut rewrite = Rewrite { pattern, changes: vec![] };
    if rewrite.visit(&ast) {
        return rewrite.apply();
    }
    let hir = regex_syntax::parse(pattern).expect("the manifest parsed the pattern");
    let mut out = String::new();
    write_hir(&hir, &mut out);
    out
}

/// Unicode's general categories (<https://www.unicode.org/reports/tr44/#General_Category_Values>).
const CATEGORIES: &[&str] = &[
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
    "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf",
];

/// The sets that Rust's Perl classes stand for (<https://www.unicode.org/reports/tr18/#Compatibility_Properties>).
fn perl_class(kind: &ast::ClassPerlKind) -> &'static str {
    match kind {
        ast::ClassPerlKind::Digit => r"\p{Nd}",
        ast::ClassPerlKind::Space => r"\p{White_Space}",
        ast::ClassPerlKind::Word => r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}",
    }
}

/// Changes of single places. Each method tells whether they do; else the whole pattern must be written anew.
struct Rewrite<'a> {
    pattern: &'a str,
    changes: Vec<(Span, String)>,
}

impl Rewrite<'_> {
    fn visit(&mut self, ast: &Ast) -> bool {
        match ast {
            Ast::Empty(_) => true,
            Ast::Flags(_) => false,
            Ast::Literal(literal) => self.literal(literal, false),
            // ECMA-262's dot leaves out carriage returns and line separators too.
            Ast::Dot(span) => self.change(span, r"[^\n]"),
            Ast::Assertion(assertion) => self.assertion(assertion),
            Ast::ClassUnicode(class) => self.category(class),
            Ast::ClassPerl(class) => {
                let set = perl_class(&class.kind);
                self.change(
                    &class.span,
                    &if class.negated { format!("[^{set}]") } else { format!("[{set}]") },
                )
            }
            Ast::ClassBracketed(class) => match &class.kind {
                ast::ClassSet::Item(item) => self.item(item),
                ast::ClassSet::BinaryOp(_) => false,
            },
            Ast::Repetition(repetition) => {
                // `a{2}{3}` and `^*` are errors in ECMA-262.
                if matches!(*repetition.ast, Ast::Repetition(_) | Ast::Assertion(_)) {
                    return false;
                }
                // Rust takes spaces in `{ 2 , 3 }`.
                let span = &repetition.op.span;
                let times = &self.pattern[span.start.offset..span.end.offset];
                if times.contains(char::is_whitespace) {
                    let times: String = times.split_whitespace().collect();
                    self.change(span, &times);
                }
                self.visit(&repetition.ast)
            }
            Ast::Group(group) => match &group.kind {
                ast::GroupKind::CaptureIndex(_) => self.visit(&group.ast),
                ast::GroupKind::NonCapturing(flags) if flags.items.is_empty() => self.visit(&group.ast),
                // A name is of no use to a match, and the two spell names differently.
                ast::GroupKind::CaptureName { .. } | ast::GroupKind::NonCapturing(_) => false,
            },
            Ast::Alternation(alternation) => alternation.asts.iter().all(|ast| self.visit(ast)),
            Ast::Concat(concat) => concat.asts.iter().all(|ast| self.visit(ast)),
        }
    }

    fn item(&mut self, item: &ClassSetItem) -> bool {
        match item {
            ClassSetItem::Empty(_) => true,
            ClassSetItem::Literal(literal) => self.literal(literal, true),
            ClassSetItem::Range(range) => self.literal(&range.start, true) && self.literal(&range.end, true),
            ClassSetItem::Perl(class) if !class.negated => self.change(&class.span, perl_class(&class.kind)),
            ClassSetItem::Unicode(class) => self.category(class),
            ClassSetItem::Union(union) => union.items.iter().all(|item| self.item(item)),
            ClassSetItem::Ascii(_) | ClassSetItem::Perl(_) | ClassSetItem::Bracketed(_) => false,
        }
    }

    /// `\pL` and `\p{Lu}`; other properties have other names in ECMA-262.
    fn category(&mut self, class: &ast::ClassUnicode) -> bool {
        let name = match &class.kind {
            ast::ClassUnicodeKind::OneLetter(letter) => letter.to_string(),
            ast::ClassUnicodeKind::Named(name) => name.clone(),
            ast::ClassUnicodeKind::NamedValue { .. } => return false,
        };
        if !CATEGORIES.contains(&name.as_str()) {
            return false;
        }
        let p = if class.is_negated() { 'P' } else { 'p' };
        self.change(&class.span, &format!("\\{p}{{{name}}}"))
    }

    fn literal(&mut self, literal: &ast::Literal, in_class: bool) -> bool {
        let kept = match literal.kind {
            // In Rust's a class may begin with its own bracket.
            LiteralKind::Verbatim if literal.c == '-' && in_class => self.is_last(literal),
            LiteralKind::Verbatim => literal.c != ']' && (in_class || literal.c != '}'),
            LiteralKind::Meta => SYNTAX.contains(literal.c) || (in_class && literal.c == '-'),
            _ => false,
        };
        if kept {
            return true;
        }
        let mut text = String::new();
        write_char(literal.c, in_class, &mut text);
        self.change(&literal.span, &text)
    }

    /// Whether a class ends after it. Elsewhere ECMA-262 could take a hyphen for a range's.
    fn is_last(&self, literal: &ast::Literal) -> bool {
        self.pattern[literal.span.end.offset..].starts_with(']')
    }

    fn assertion(&mut self, assertion: &ast::Assertion) -> bool {
        match assertion.kind {
            ast::AssertionKind::StartLine | ast::AssertionKind::EndLine => true,
            ast::AssertionKind::StartText => self.change(&assertion.span, "^"),
            ast::AssertionKind::EndText => self.change(&assertion.span, "$"),
            _ => false,
        }
    }

    fn change(&mut self, span: &Span, text: &str) -> bool {
        self.changes.push((*span, text.to_owned()));
        true
    }

    fn apply(mut self) -> String {
        self.changes.sort_by_key(|(span, _)| span.start.offset);
        let mut out = String::new();
        let mut at = 0;
        for (span, text) in &self.changes {
            out.push_str(&self.pattern[at..span.start.offset]);
            out.push_str(text);
            at = span.end.offset;
        }
        out.push_str(&self.pattern[at..]);
        out
    }
}

fn write_hir(hir: &Hir, out: &mut String) {
    match hir.kind() {
        HirKind::Empty => out.push_str("(?:)"),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).expect("a pattern of text has literals of text");
            text.chars().for_each(|character| write_char(character, false, out));
        }
        HirKind::Class(class) => write_class(class, out),
        HirKind::Look(look) => out.push_str(match look {
            Look::Start => "^",
            Look::End => "$",
            Look::StartLF => r"(?<![^\n])",
            Look::EndLF => r"(?![^\n])",
            Look::StartCRLF => r"(?<![^\r\n])",
            Look::EndCRLF => r"(?![^\r\n])",
            Look::WordAscii | Look::WordUnicode => r"\b",
            Look::WordAsciiNegate | Look::WordUnicodeNegate => r"\B",
            Look::WordStartAscii | Look::WordStartUnicode => r"\b(?=\w)",
            Look::WordEndAscii | Look::WordEndUnicode => r"\b(?<=\w)",
            Look::WordStartHalfAscii | Look::WordStartHalfUnicode => r"(?<!\w)",
            Look::WordEndHalfAscii | Look::WordEndHalfUnicode => r"(?!\w)",
        }),
        HirKind::Repetition(repetition) => {
            group(&repetition.sub, out);
            let times = match (repetition.min, repetition.max) {
                (0, None) => "*".into(),
                (1, None) => "+".into(),
                (0, Some(1)) => "?".into(),
                (min, None) => format!("{{{min},}}"),
                (min, Some(max)) if min == max => format!("{{{min}}}"),
                (min, Some(max)) => format!("{{{min},{max}}}"),
            };
            out.push_str(&times);
        }
        HirKind::Capture(capture) => group(&capture.sub, out),
        HirKind::Concat(parts) => {
            for part in parts {
                if matches!(part.kind(), HirKind::Alternation(_)) {
                    group(part, out);
                } else {
                    write_hir(part, out);
                }
            }
        }
        HirKind::Alternation(parts) => {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                write_hir(part, out);
            }
        }
    }
}

fn group(hir: &Hir, out: &mut String) {
    out.push_str("(?:");
    write_hir(hir, out);
    out.push(')');
}

fn write_class(class: &Class, out: &mut String) {
    let class = match class {
        Class::Unicode(class) => class.clone(),
        // Without Unicode, `(?-u:\w)`, or of nothing at all. Of other bytes than ASCII's a pattern of text has no class.
        Class::Bytes(class) => class.to_unicode_class().expect("a pattern of text has classes of characters"),
    };
    out.push('[');
    for range in class.ranges() {
        write_char(range.start(), true, out);
        if range.start() != range.end() {
            out.push('-');
            write_char(range.end(), true, out);
        }
    }
    out.push(']');
}

fn write_char(character: char, in_class: bool, out: &mut String) {
    match character {
        _ if SYNTAX.contains(character) || (in_class && character == '-') => {
            out.extend(['\\', character]);
        }
        ' '..='~' => out.push(character),
        _ if character.is_alphanumeric() => out.push(character),
        _ => out.extend(character.escape_unicode()),
    }
}

#[cfg(test)]
mod tests;
