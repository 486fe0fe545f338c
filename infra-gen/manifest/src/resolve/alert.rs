//! Alerts: who is told of an event, and when.

use model::Alert;

use super::{Context, condition, field, message, references};
use crate::{code::Code, diagnostic::Diagnostic, raw, span::Span, tree::Place};

pub(super) fn resolve<'a>(
    context: &mut Context<'a>,
    name: &str,
    topic: &'a raw::Topic,
    raw: &raw::Alert,
    place: Place<'_>,
) -> Option<Alert> {
    references::channel(context, &raw.channel, place.get("channel").span());
    message::check(context, name, topic, &raw.message, place.get("message"));
    let when = match &raw.when {
        Some(when) => Some(condition::resolve(context, name, topic, when, place.get("when"))?),
        None => None,
    };
    Some(Alert { channel: raw.channel.to_string(), when, message: raw.message.to_string() })
}

/// A field that an alert speaks of: one that is there, is no personal data, and has one value. `None` when it isn't.
pub(super) fn field<'a>(
    context: &mut Context<'a>,
    topic: &str,
    raw: &'a raw::Topic,
    name: &str,
    span: Span,
    lists: bool,
) -> Option<raw::Shape<'a>> {
    let fields: Vec<_> = raw.fields.keys().collect();
    if !references::field(context, topic, &fields, name, span) {
        return None;
    }
    let field = raw.fields.get(name)?;
    let written = context.root.get("topics").get(topic).get("fields").get(name);
    if field::is_personal(context, field) {
        let holds = if field.pii { "is" } else { "holds" };
        context.push(
            Diagnostic::new(
                Code::PersonalData,
                span,
                format!("`{name}` {holds} personal data and can't be in an alert"),
            )
            .label("personal data")
            .also(if field.pii { written.get("pii").span() } else { written.key() }, "marked here")
            .note("alerts leave the system by mail, text message or webhook")
            .help("name an id instead; who may see more can look it up"),
        );
        return None;
    }
    let shape = context.types.follow(field.shape())?;
    let item = shape.items.and_then(|items| context.types.follow(items.shape()));
    let printable = match shape.ty {
        "object" => false,
        "list" => lists && item.is_some_and(|item| !matches!(item.ty, "object" | "list")),
        _ => true,
    };
    if !printable {
        context.push(
            Diagnostic::new(
                Code::NotPrintable,
                span,
                format!("`{name}` is of type `{}` and has no single value", shape.ty),
            )
            .also(written.get("type").span(), "its type")
            .help("name a field with one value"),
        );
        return None;
    }
    Some(shape)
}
