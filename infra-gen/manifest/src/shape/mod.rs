//! The shape: which keys there are, and what type, range and spelling each value has.
//!
//! The tree is held against the JSON Schema that editors get, so the two can't say different things. The schema
//! uses few keywords, and a person is to read the outcome, so the check is written here; tests hold it to a
//! complete validator's verdict.

mod hint;
mod mend;
mod pattern;
mod schema;

use serde_json::Value as Json;

use pattern::matches;
use schema::{Kind, Schema};

use crate::{
    close,
    code::Code,
    diagnostic::{Diagnostic, Report},
    span::Span,
    tree::{Entry, Node, Value},
};

/// Reports every fault of shape, and gives the tree back with each fault taken out or filled in, so that what is
/// well-formed can still be looked at.
///
/// `name` is what the whole is called: `the manifest`.
pub(crate) fn check(node: &Node, text: &str, root: &Json, name: &str, report: &mut Report) -> Node {
    let mut checker = Checker { text, above: vec![], report };
    checker.value(node, Schema::root(root, name), Spot { name, entry: None, key: node.span })
}

/// What a value is called in messages.
#[derive(Clone, Copy)]
struct Spot<'a> {
    /// `` `partitions` ``'s bare name, or `the manifest`; no key has a blank in it.
    name: &'a str,
    /// For a named entry of a map: what it is one of, and its name is free.
    entry: Option<&'a str>,
    /// Its key's span, or of an item its own.
    key: Span,
}

impl Spot<'_> {
    fn called(self) -> String {
        if self.name.contains(' ') { self.name.into() } else { format!("`{}`", self.name) }
    }
}

struct Checker<'a> {
    text: &'a str,
    /// The objects that hold the present one, outermost first.
    above: Vec<Schema<'a>>,
    report: &'a mut Report,
}

impl<'a> Checker<'a> {
    fn value(&mut self, node: &Node, schema: Schema<'a>, spot: Spot<'_>) -> Node {
        let kinds = schema.kinds();
        // JSON Schema takes `3.0` for a whole number.
        if kinds.contains(&Kind::Integer)
            && let Value::Float(number, _) = &node.value
            && let Ok(whole) = number.to_string().parse()
        {
            return self.value(&Node { span: node.span, value: Value::Integer(whole) }, schema, spot);
        }
        if !kinds.is_empty() && !kinds.iter().any(|kind| kind.takes(&node.value)) {
            return self.wrong_type(node, schema, spot);
        }
        match &node.value {
            Value::Map(entries) => return self.map(node, entries, schema, spot),
            Value::List(items) => return self.list(node, items, schema, spot),
            Value::Text(text) => {
                if let Some(words) = schema.words()
                    && !words.contains(&text.as_str())
                {
                    return self.unknown_word(node, text, &words, schema, spot);
                }
                if let Some(pattern) = schema.pattern()
                    && !matches(pattern, text)
                {
                    self.spelling(node.span, text, schema, spot, Code::Spelling);
                }
            }
            Value::Integer(number) => self.range(node, i128::from(*number), schema, spot),
            // The text has all of the digits, where text can stand as well.
            Value::Float(_, text)
                if kinds.contains(&Kind::Text)
                    && schema.pattern().is_some_and(|pattern| matches(pattern, text)) =>
            {
                return Node { span: node.span, value: Value::Text(text.clone()) };
            }
            Value::Null | Value::Bool(_) | Value::Float(..) => {}
        }
        node.clone()
    }

    fn map(&mut self, node: &Node, entries: &[Entry], schema: Schema<'a>, spot: Spot<'_>) -> Node {
        let least = (schema.min_properties(), None);
        self.length(node, entries.len(), least, ("entry", "entries"), schema, spot);
        self.above.push(schema);
        let mut fixed = vec![];
        for entry in entries {
            let (key, span) = (entry.key.as_str(), entry.key_span);
            let Some((known, entry_of)) = schema
                .property(key)
                .map(|known| (known, None))
                .or_else(|| Some((schema.entries()?, Some(spot.name))))
            else {
                fixed.extend(self.unknown_key(entry, entries, schema));
                continue;
            };
            if entry_of.is_some()
                && let Some(names) = schema.names()
                && let Some(pattern) = names.pattern()
                && !matches(pattern, key)
            {
                self.spelling(
                    span,
                    key,
                    names,
                    Spot { name: key, entry: Some(spot.name), key: span },
                    Code::NameSpelling,
                );
            }
            let inner = Spot { name: key, entry: entry_of, key: span };
            let node = self.value(&entry.node, known, inner);
            fixed.push(Entry { key: entry.key.clone(), key_span: span, node });
        }
        self.above.pop();
        for key in schema.required() {
            if fixed.iter().any(|entry: &Entry| entry.key == key) {
                continue;
            }
            let known = schema.property(key);
            let mut diagnostic =
                Diagnostic::new(Code::MissingKey, spot.key, format!("{} has no `{key}`", spot.called()))
                    .label(format!("`{key}` is missing"));
            if let Some(known) = known {
                if !known.description().is_empty() {
                    diagnostic = diagnostic.note(format!("`{key}`: {}", known.description()));
                }
                diagnostic = diagnostic.help(mend::write_key(key, known));
            }
            self.report.push(diagnostic);
            if let Some(known) = known {
                fixed.push(Entry { key: key.into(), key_span: spot.key, node: known.filler(spot.key) });
            }
        }
        Node { span: node.span, value: Value::Map(fixed) }
    }

    fn list(&mut self, node: &Node, items: &[Node], schema: Schema<'a>, spot: Spot<'_>) -> Node {
        let bounds = (schema.min_items(), schema.max_items());
        self.length(node, items.len(), bounds, ("item", "items"), schema, spot);
        let Some(inner) = schema.items() else { return node.clone() };
        let items = items
            .iter()
            .map(|item| self.value(item, inner, Spot { entry: None, key: item.span, ..spot }))
            .collect();
        Node { span: node.span, value: Value::List(items) }
    }

    fn length(
        &mut self,
        node: &Node,
        length: usize,
        bounds: (Option<u64>, Option<u64>),
        (one, many): (&str, &str),
        schema: Schema<'a>,
        spot: Spot<'_>,
    ) {
        let count = |number: u64| if number == 1 { format!("one {one}") } else { format!("{number} {many}") };
        let fault = match bounds {
            (Some(min), _) if (length as u64) < min => format!("at least {}", count(min)),
            (_, Some(max)) if (length as u64) > max => format!("at most {}", count(max)),
            _ => return,
        };
        let span = if node.span.end - node.span.start <= 2 { node.span } else { spot.key };
        let mut diagnostic =
            Diagnostic::new(Code::WrongLength, span, format!("{} needs {fault}", spot.called()))
                .label(format!("it has {}", if length == 0 { "none".into() } else { length.to_string() }));
        if !schema.description().is_empty() {
            diagnostic = diagnostic.note(format!("`{}`: {}", spot.name, schema.description()));
        }
        self.report
            .push(diagnostic.help(mend::length(bounds.0.is_some_and(|min| (length as u64) < min), one)));
    }

    fn range(&mut self, node: &Node, number: i128, schema: Schema<'a>, spot: Spot<'_>) {
        let (min, max) = (schema.minimum(), schema.maximum());
        let below = min.is_some_and(|min| number < min);
        if !below && max.is_none_or(|max| number <= max) {
            return;
        }
        let must = match (min, max) {
            (Some(min), Some(max)) => format!("must be from {min} to {max}"),
            (Some(min), None) => format!("must be {min} or more"),
            (None, Some(max)) => format!("must be {max} or less"),
            (None, None) => return,
        };
        let nearest = if below { min } else { max };
        let mut diagnostic = Diagnostic::new(
            Code::OutOfRange,
            node.span,
            format!("{} {must}, and is {number}", spot.called()),
        )
        .label(if below { "too small" } else { "too great" });
        if !schema.description().is_empty() {
            diagnostic = diagnostic.note(format!("`{}`: {}", spot.name, schema.description()));
        }
        self.report.push(
            diagnostic.help_if(nearest.map(|nearest| format!("the nearest that works is `{nearest}`"))),
        );
    }

    fn spelling(&mut self, span: Span, text: &str, schema: Schema<'a>, spot: Spot<'_>, code: Code) {
        let rule = schema.rule();
        let message = match spot.entry {
            Some(what) => format!("`{text}` can't be a name in `{what}`: it {rule}"),
            None => format!("{} {rule}", spot.called()),
        };
        let pattern = schema.pattern().unwrap_or_default();
        let mend = mend::spellings(text).into_iter().find(|candidate| matches(pattern, candidate));
        let diagnostic = Diagnostic::new(code, span, message);
        let illegal = illegal(pattern, text);
        let asks = mend.is_some();
        let diagnostic = match (mend, illegal) {
            (Some(mend), _) => diagnostic.label(format!("did you mean `{mend}`?")),
            (None, Some(illegal)) => diagnostic.label(format!("`{}` can't be in it", illegal.escape_debug())),
            (None, None) => diagnostic,
        };
        let example = schema.example().filter(|_| !asks);
        self.report.push(diagnostic.help_if(hint::of_spelling(spot.name, text, example)));
    }

    fn unknown_word(
        &mut self,
        node: &Node,
        text: &str,
        words: &[&'a str],
        schema: Schema<'a>,
        spot: Spot<'_>,
    ) -> Node {
        let mut diagnostic =
            Diagnostic::new(Code::UnknownWord, node.span, format!("{} can't be `{text}`", spot.called()));
        if let Some(reason) = hint::of_word(spot.name, text) {
            diagnostic = diagnostic.note(reason);
        }
        let near = hint::word_for(text, words);
        diagnostic = match near {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
            None => diagnostic.label("none of the words that it takes"),
        };
        if near.is_none() || words.len() <= 8 {
            diagnostic = diagnostic.help(format!("it is one of {}", close::list(words)));
        }
        self.report.push(diagnostic);
        schema.filler(node.span)
    }

    /// Gives the entry that was plainly meant, unless that is there too.
    fn unknown_key(&mut self, entry: &Entry, beside: &[Entry], schema: Schema<'a>) -> Option<Entry> {
        let key = entry.key.as_str();
        let owner = schema.noun();
        let keys: Vec<_> = schema.properties().map(|(key, _)| key).collect();
        let mut meant = None;
        let mut diagnostic =
            Diagnostic::new(Code::UnknownKey, entry.key_span, format!("{owner} has no key `{key}`"));
        let unused: Vec<_> = keys.iter().copied().filter(|known| *known != key).collect();
        if let Some(hint) = hint::of_key(&owner, key) {
            diagnostic = diagnostic.label("unknown key").help(hint);
        } else if let Some(path) = schema.path_to(key) {
            diagnostic =
                diagnostic.label("not here").help(format!("`{key}` is a key of `{path}`: put it under that"));
        } else if let Some(above) =
            self.above.iter().rev().skip(1).find(|above| above.property(key).is_some())
        {
            diagnostic = diagnostic
                .label("not here")
                .help(format!("`{key}` is a key of {}: indent it less", above.noun()));
        } else if let Some(near) = close::closest(key, unused.iter().copied()) {
            diagnostic = diagnostic.label(format!("did you mean `{near}`?"));
            meant = Some(near);
        } else {
            diagnostic = diagnostic.label("unknown key");
        }
        self.report.push(diagnostic.note(format!("its keys are {}", close::list(&keys))));
        let (meant, key_span) = (meant?, entry.key_span);
        if beside.iter().any(|entry| entry.key == meant) {
            return None;
        }
        let spot = Spot { name: meant, entry: None, key: key_span };
        let node = self.value(&entry.node, schema.property(meant)?, spot);
        Some(Entry { key: meant.into(), key_span, node })
    }

    fn wrong_type(&mut self, node: &Node, schema: Schema<'a>, spot: Spot<'_>) -> Node {
        let source = self.text.get(node.span.range()).unwrap_or_default();
        // Of a block only its first line would be underlined; its key says more.
        let span = match node.value {
            Value::Map(_) | Value::List(_) if source.contains('\n') => spot.key,
            Value::Null if node.span.start == node.span.end => spot.key,
            _ => node.span,
        };
        if node.value == Value::Null {
            // An item has no key of its own.
            let (called, help) = if spot.entry.is_none() && spot.key == node.span {
                (format!("an item of {}", spot.called()), mend::write_item(schema))
            } else {
                (spot.called(), mend::write_key(spot.name, schema))
            };
            self.report.push(
                Diagnostic::new(Code::NoValue, span, format!("{called} has no value"))
                    .label(format!("expected {}", schema.wanted()))
                    .help(help),
            );
            return schema.filler(span);
        }
        let is = Kind::name_of(&node.value);
        let message = match node.value {
            Value::Integer(_) if schema.is_duration() => format!("{} has no unit", spot.called()),
            _ => format!("{} must be {}, and is {is}", spot.called(), schema.wanted()),
        };
        let mut diagnostic = Diagnostic::new(Code::WrongType, span, message);
        let (help, fixed) = mend::of_type(&node.value, source, &schema.kinds(), schema, spot.name);
        diagnostic = diagnostic.help_if(help);
        self.report.push(diagnostic);
        fixed.map_or_else(|| schema.filler(span), |value| Node { span, value })
    }
}

/// The first character that has no place in any text of this pattern.
fn illegal(pattern: &str, text: &str) -> Option<char> {
    let (small, capital) = (matches(pattern, "aa"), matches(pattern, "AA"));
    text.chars().find(|c| {
        (small || capital)
            && !(small && matches(pattern, &format!("a{c}a")))
            && !(capital && matches(pattern, &format!("A{c}A")))
    })
}
