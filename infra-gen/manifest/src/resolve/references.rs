//! Names that stand for something else in the manifest.

use model::Model;

use super::Context;
use crate::{close, code::Code, diagnostic::Diagnostic, span::Span};

/// Says that `name` isn't there. An empty name stands for one that was no name at all; that was reported.
fn missing<'a>(
    context: &mut Context<'_>,
    code: Code,
    span: Span,
    (one, many): (&str, &str),
    name: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    mend: &str,
) -> bool {
    if name.is_empty() || known.clone().into_iter().any(|known| known == name) {
        return name.is_empty();
    }
    context.push(
        Diagnostic::new(code, span, format!("there is no {one} `{name}`"))
            .label(close::did_you_mean(name, many, known))
            .help(mend),
    );
    true
}

/// Whether a topic's consumer may write into the table.
pub(super) fn written_table(context: &mut Context<'_>, name: &str, span: Span) {
    let own = ["kafka-events", "websocket-connections"];
    if own.contains(&name) {
        context.push(
            Diagnostic::new(Code::TableNotForEvents, span, format!("`{name}` belongs to the runtime alone"))
                .note("the runtime keeps there what it has applied and who is connected; events would break both")
                .help("write into a table of your own, or into `error-logs`"),
        );
        return;
    }
    let tables: Vec<_> = context.manifest.tables.keys().chain(["error-logs"]).collect();
    let mend = format!("declare it under `tables`: `{name}: {{ key: ... }}`");
    missing(context, Code::UnknownTable, span, ("table", "tables"), name, tables, &mend);
}

pub(super) fn read_table(context: &mut Context<'_>, name: &str, span: Span) {
    let system = Model::system_tables();
    let tables: Vec<_> =
        context.manifest.tables.keys().chain(system.iter().map(|table| table.name.name.as_str())).collect();
    let mend = format!("declare it under `tables`: `{name}: {{ key: ... }}`");
    missing(context, Code::UnknownTable, span, ("table", "tables"), name, tables, &mend);
}

pub(super) fn channel(context: &mut Context<'_>, name: &str, span: Span) {
    let channels: Vec<_> = context.manifest.channels.keys().collect();
    let mend = format!("declare it under `channels`: `{name}: {{ description: ... }}`");
    missing(context, Code::UnknownChannel, span, ("channel", "channels"), name, channels, &mend);
}

pub(super) fn environment(context: &mut Context<'_>, name: &str, span: Span) {
    let environments: Vec<_> = context.manifest.environments.keys().collect();
    let mend = "declare it under `environments`, or leave it out here";
    missing(
        context,
        Code::UnknownEnvironment,
        span,
        ("environment", "environments"),
        name,
        environments,
        mend,
    );
}

pub(super) fn error_topic(context: &mut Context<'_>, name: &str, span: Span) {
    let topics: Vec<_> = context.manifest.topics.keys().collect();
    let mend = "declare it under `topics`, with fields that the runtime can fill: `errorId`, `function`, `topic`, `code`, `message`, `retryable`, `occurredAt`";
    missing(context, Code::UnknownTopic, span, ("topic", "topics"), name, topics, mend);
}

/// Whether a topic's event has the field; what is said is in the words of the caller.
pub(super) fn field(context: &mut Context<'_>, topic: &str, fields: &[&str], name: &str, span: Span) -> bool {
    // Without fields there was none that could be read, and that was reported.
    if name.is_empty() || fields.is_empty() {
        return false;
    }
    if fields.contains(&name) {
        return true;
    }
    let label = close::did_you_mean(name, "fields", fields.iter().copied());
    context.push(
        Diagnostic::new(Code::UnknownField, span, format!("events of `{topic}` have no field `{name}`"))
            .label(label)
            .help(format!("name a field that is there, or add `{name}` under the topic's `fields`")),
    );
    false
}

pub(super) fn twice(context: &mut Context<'_>, name: &str, span: Span) {
    context.push(
        Diagnostic::new(Code::ReferenceTwice, span, format!("`{name}` is in this list twice"))
            .label("again here")
            .help("take one out"),
    );
}
