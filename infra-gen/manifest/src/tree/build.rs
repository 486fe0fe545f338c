//! Builds the tree from the parser's events.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Tag, options};

use super::{Entry, Node, Value, resolve, syntax};
use crate::{
    code::Code,
    diagnostic::{Diagnostic, Report},
    span::Span,
};

/// The manifest is at most ten levels deep; more than this only costs stack.
const MAX_DEPTH: usize = 64;
/// A topic has some two hundred values, and no more than some hundred fit a deployment. Aliases could make more of a few lines than memory holds.
const MAX_NODES: usize = 200_000;

/// The text's only document. `None` when it has none that can be read; what is wrong is in `report`.
pub(crate) fn parse(text: &str, report: &mut Report) -> Option<Node> {
    let options = options! { emit_comments: false };
    let mut builder = Builder {
        text,
        events: Parser::new_from_str_with_options(text, options),
        anchors: HashMap::new(),
        nodes: 0,
        last: Span::new(0..0),
        report,
    };
    match builder.document() {
        Ok(node) => node,
        Err(Stop::Syntax(error)) => {
            let last = builder.last;
            report.push(syntax::explain(text, &error, last));
            None
        }
        Err(Stop::Reported) => None,
    }
}

/// The key of YAML 1.1 that takes another map's entries in.
const MERGE: &str = "<<";

/// Why reading ended early.
enum Stop {
    Syntax(Box<ScanError>),
    Reported,
}

impl From<ScanError> for Stop {
    fn from(error: ScanError) -> Self {
        Self::Syntax(Box::new(error))
    }
}

/// A node and how many values it holds, itself counted.
struct Anchor {
    node: Node,
    size: usize,
}

struct Builder<'a, 'r> {
    text: &'a str,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, Anchor>,
    nodes: usize,
    /// The last value or key that was read whole.
    last: Span,
    report: &'r mut Report,
}

type Spanned<'a> = (Event<'a>, Span);

impl<'a> Builder<'a, '_> {
    fn next(&mut self) -> Result<Spanned<'a>, Stop> {
        match self.events.next() {
            Some(Ok((event, span))) => {
                let span = self.span(span);
                if span.start < span.end {
                    self.last = span;
                }
                Ok((event, span))
            }
            Some(Err(error)) => Err(error.into()),
            None => Ok((Event::StreamEnd, Span::new(self.text.len()..self.text.len()))),
        }
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        Span::new(span.byte_range().unwrap_or_else(|| {
            let at = offset(self.text, &span.start);
            at..at
        }))
    }

    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => break,
                (Event::DocumentStart(..), span) if root.is_some() => {
                    self.report.push(
                        Diagnostic::new(Code::SeveralDocuments, span, "a second YAML document starts here")
                            .label("the file ends before this line")
                            .note("one file is one manifest; what follows `---` would be left out")
                            .help("take this line out, or keep the second document in a file of its own"),
                    );
                    return Ok(root);
                }
                (Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd, _) => {}
                (event, span) => root = Some(self.node(event, span, 0)?),
            }
        }
        if root.as_ref().is_none_or(|root: &Node| root.value == Value::Null) {
            self.report.push(
                Diagnostic::new(Code::Empty, Span::new(0..self.text.len().min(1)), "the file is empty")
                    .note("a manifest has at least `app`, `environments`, `cluster`, `channels` and `topics`")
                    .help("start from a copy of the `topics.yaml` that came with the project"),
            );
            return Ok(None);
        }
        Ok(root)
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Stop> {
        if depth > MAX_DEPTH {
            return Err(self.stop(
                Diagnostic::new(
                    Code::TooDeep,
                    span,
                    format!("this is nested more than {MAX_DEPTH} levels deep"),
                )
                .note("nothing in a manifest is nested deeper than ten levels")
                .help("look for brackets or hyphens that are there many times over"),
            ));
        }
        let before = self.nodes;
        self.count(1, span)?;
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, Node { span, value: self.scalar(&text, style, tag.as_deref(), span)? })
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.collection_tag(tag.as_deref(), span)?;
                (anchor, self.list(span, depth)?)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.collection_tag(tag.as_deref(), span)?;
                (anchor, self.map(span, depth)?)
            }
            Event::Alias(anchor) => (0, self.alias(anchor, span)?),
            // The parser refuses an alias without its anchor; no other event stands where a value does.
            _ => (0, Node { span, value: Value::Null }),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor { node: node.clone(), size: self.nodes - before });
        }
        Ok(node)
    }

    fn count(&mut self, more: usize, span: Span) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        Err(self.stop(
            Diagnostic::new(Code::TooLarge, span, format!("this manifest has more than {MAX_NODES} values"))
                .label("the values pass that number here")
                .note("an alias repeats all that its anchor holds; aliases of aliases multiply")
                .help("write the values out, or split the manifest into two apps"),
        ))
    }

    fn stop(&mut self, diagnostic: Diagnostic) -> Stop {
        self.report.push(diagnostic);
        Stop::Reported
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<Value, Stop> {
        match tag.map(|tag| tag.core_suffix()) {
            None if style == ScalarStyle::Plain => {
                // An empty value comes as `~` with an empty span.
                Ok(if span.start == span.end { Value::Null } else { resolve(text) })
            }
            None | Some(Some("str")) => Ok(Value::Text(text.into())),
            Some(_) => Err(self.tag(tag, span)),
        }
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, span: Span) -> Result<(), Stop> {
        match tag.map(|tag| tag.core_suffix()) {
            None | Some(Some("map" | "seq")) => Ok(()),
            Some(_) => Err(self.tag(tag, span)),
        }
    }

    fn tag(&mut self, tag: Option<&Tag>, span: Span) -> Stop {
        let tag = tag.map(Tag::original).unwrap_or_default();
        self.stop(
            Diagnostic::new(Code::Tag, span, format!("it can have no tags, but this value has `{tag}`"))
                .note("a tag gives a value a meaning of some other program's")
                .help(format!("take `{tag}` out")),
        )
    }

    fn list(&mut self, start: Span, depth: usize) -> Result<Node, Stop> {
        let mut items = vec![];
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Node { span: whole(start, span, items.last()), value: Value::List(items) });
            }
            items.push(self.node(event, span, depth + 1)?);
        }
    }

    fn map(&mut self, start: Span, depth: usize) -> Result<Node, Stop> {
        let mut entries: Vec<Entry> = vec![];
        // A hundred topics in one map would make a search of the list slow.
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut merged = vec![];
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                let whole = whole(start, span, entries.last().map(|entry| &entry.node));
                // It was refused; but what was meant is plain, and what follows from the refusal isn't worth saying.
                for entry in merged.into_iter().flat_map(into_entries) {
                    if !seen.contains_key(&entry.key) {
                        entries.push(entry);
                    }
                }
                return Ok(Node { span: whole, value: Value::Map(entries) });
            }
            let key = self.key(event, span, depth)?;
            let (event, value_span) = self.next()?;
            let node = self.node(event, value_span, depth + 1)?;
            let Some(key) = key else {
                if self.text.get(span.range()) == Some(MERGE) {
                    merged.push(node);
                }
                continue;
            };
            if let Some(first) = seen.get(&key) {
                self.report.push(
                    Diagnostic::new(Code::DuplicateKey, span, format!("`{key}` is here twice"))
                        .label("again here")
                        .also(*first, "first here")
                        .note("of two entries with one key only one could count")
                        .help("take one of them out, or give it another name"),
                );
                continue;
            }
            seen.insert(key.clone(), span);
            entries.push(Entry { key, key_span: span, node });
        }
    }

    /// The key's text; `None` for one that is no text, which is reported.
    fn key(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Option<String>, Stop> {
        let node = self.node(event, span, depth + 1)?;
        let merge = self.text.get(span.range()) == Some(MERGE);
        match node.value {
            Value::Text(_) if merge => {
                self.report.push(
                    Diagnostic::new(Code::MergeKey, span, "merge keys (`<<`) are no part of YAML 1.2")
                        .note("what a merge key gives is read differently from one program to the next")
                        .help("write the keys out; settings that many topics share go under `defaults`"),
                );
                Ok(None)
            }
            Value::Text(key) => Ok(Some(key)),
            // A word that YAML takes for a number or a truth value, where only a name can stand.
            Value::Integer(_) | Value::Float(..) | Value::Bool(_) => {
                Ok(Some(self.text.get(span.range()).unwrap_or_default().to_owned()))
            }
            Value::Null | Value::List(_) | Value::Map(_) => {
                self.report.push(
                    Diagnostic::new(Code::KeyIsNoName, span, "a key must be a name")
                        .help("write `name: value`"),
                );
                Ok(None)
            }
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, Stop> {
        let Some(size) = self.anchors.get(&anchor).map(|anchor| anchor.size) else {
            return Err(self.stop(
                Diagnostic::new(Code::AliasInItself, span, "this alias stands inside of what it repeats")
                    .note("what contains itself has no end")
                    .help("write the value out"),
            ));
        };
        self.count(size, span)?;
        let mut node = self.anchors[&anchor].node.clone();
        // Whatever is wrong in it is shown where it is used; the anchor itself has its own diagnostics.
        place_at(&mut node, span);
        Ok(node)
    }
}

fn into_entries(node: Node) -> Vec<Entry> {
    match node.value {
        Value::Map(entries) => entries,
        Value::List(nodes) => nodes.into_iter().flat_map(into_entries).collect(),
        _ => vec![],
    }
}

fn place_at(node: &mut Node, span: Span) {
    node.span = span;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| place_at(item, span)),
        Value::Map(entries) => {
            for entry in entries {
                entry.key_span = span;
                place_at(&mut entry.node, span);
            }
        }
        _ => {}
    }
}

/// A collection's span. A block's end event stands at the next line that is no part of it.
fn whole(start: Span, end: Span, last: Option<&Node>) -> Span {
    let end = if end.start == end.end { last.map_or(start.end, |last| last.span.end) } else { end.end };
    Span::new(start.start..end)
}

pub(super) fn offset(text: &str, marker: &granit_parser::Marker) -> usize {
    marker
        .byte_offset()
        .unwrap_or_else(|| text.char_indices().nth(marker.index()).map_or(text.len(), |(offset, _)| offset))
}
