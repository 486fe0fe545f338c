//! Structured logs: one JSON object a line, as CloudWatch reads them.
//!
//! Event bodies and other personal data are never logged: types that hold them print without them, and other
//! crates (the SDK logs requests when it is told to be verbose) are held to warnings.

use std::{fmt, io::Write};

use contract::Timestamp;
use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::{LookupSpan, Scope},
    util::SubscriberInitExt,
};

use crate::Settings;

/// Starts logging to standard output. Later calls do nothing.
pub fn start(settings: &Settings) {
    let out = |line: &str| {
        // Nothing can be done about a log that can't be written.
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    };
    // Fails when a subscriber is there already, as in the local run, which has its own.
    if lines(settings, out).try_init().is_ok() {
        std::panic::set_hook(Box::new(panicked));
    }
}

/// The log as `settings` say, line by line.
pub fn lines(
    settings: &Settings,
    out: impl Fn(&str) + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    let level = match settings.get("LOG_LEVEL").or_else(|| settings.get("AWS_LAMBDA_LOG_LEVEL")) {
        Some(text) => text.parse().unwrap_or(Level::INFO),
        None => Level::INFO,
    };
    let function = settings.get("AWS_LAMBDA_FUNCTION_NAME").unwrap_or("-").to_owned();
    tracing_subscriber::registry().with(JsonLines { level, function, out })
}

/// A panic's message is often made of data (`expect` prints the error, and errors may quote their input), so only
/// text that stands in the program is logged.
fn panicked(panic: &std::panic::PanicHookInfo<'_>) {
    let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("see the place");
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "panicked: {message}");
}

/// Writes each event as one line of JSON.
struct JsonLines<W> {
    level: Level,
    function: String,
    out: W,
}

impl<W> JsonLines<W> {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let ours = ["runtime", "publish", "bootstrap", "rules", "contract"];
        let root = metadata.target().split("::").next().unwrap_or_default();
        match (ours.contains(&root), metadata.is_span()) {
            (true, true) => true,
            (true, false) => *metadata.level() <= self.level,
            // The SDK makes several for each call; no line needs them.
            (false, true) => false,
            (false, false) => *metadata.level() <= self.level.min(Level::WARN),
        }
    }
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&str) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Map::new();
        line.insert("timestamp".into(), Timestamp::now().to_string().into());
        line.insert("level".into(), event.metadata().level().as_str().into());
        let mut fields = Fields::default();
        event.record(&mut fields);
        line.extend(fields.0.remove_entry("message"));
        line.insert("function".into(), self.function.as_str().into());
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.extend(fields.0.clone());
            }
        }
        line.extend(fields.0);
        line.insert("target".into(), event.metadata().target().into());
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        (self.out)(&text);
    }
}

/// The fields of a span or an event.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().into(), format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().into(), value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().into(), value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().into(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::*;

    #[test]
    fn a_line_tells_level_function_request_and_fields() {
        let lines = Arc::<Mutex<Vec<Value>>>::default();
        let seen = lines.clone();
        let out = move |line: &str| {
            assert!(line.ends_with('\n'));
            let line = serde_json::from_str(line).expect("a line is JSON");
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        };
        let layer = JsonLines { level: Level::INFO, function: "f".into(), out };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::info_span!("invocation", requestId = "r-1", traceparent = "-");
            let _inside = span.enter();
            tracing::error!(target: "runtime::consumer", code = "X", count = 2_u64, done = true, "it \"failed\"");
            tracing::debug!(target: "runtime", "too much detail");
            tracing::info!(target: "aws_smithy_runtime", "other people's detail");
            let theirs = tracing::info_span!(target: "aws_smithy_runtime", "invoke", operation = "GetItem");
            let _inside = theirs.enter();
            tracing::warn!(target: "aws_smithy_runtime", "other people's trouble");
        });
        let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(lines.len(), 2, "{lines:?}");
        // The seed's own filter is the word ERROR.
        let expected = [
            ("level", Value::from("ERROR")),
            ("message", "it \"failed\"".into()),
            ("function", "f".into()),
            ("requestId", "r-1".into()),
            ("code", "X".into()),
            ("count", 2.into()),
            ("done", true.into()),
            ("target", "runtime::consumer".into()),
        ];
        for (name, value) in expected {
            assert_eq!(lines[0][name], value, "{name}");
        }
        assert_eq!(lines[1]["level"], "WARN");
        assert_eq!(lines[1]["requestId"], "r-1", "what is inside other people's spans is inside ours");
        assert!(lines[1].get("operation").is_none(), "{}", lines[1]);
    }
}
