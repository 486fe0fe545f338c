//! Producers: functions behind the HTTP API.

use model::{Ident, Method, Producer, quota};

use super::{Context, number::clamp, references};
use crate::{code::Code, diagnostic::Diagnostic, raw, tree::Place};

pub(super) fn resolve(
    context: &mut Context<'_>,
    topic: &str,
    raw: &raw::Producer,
    place: Place<'_>,
) -> Producer {
    for (index, table) in raw.reads.iter().enumerate() {
        let span = place.get("reads").item(index).span();
        references::read_table(context, table, span);
        if raw.reads[..index].contains(table) {
            references::twice(context, table, span);
        }
    }
    // The API must still be there to tell the caller that the function was stopped.
    let most = quota::HTTP_TIMEOUT_SECONDS - 1;
    check_timeout(
        context,
        raw.timeout.as_ref(),
        place,
        most,
        "the HTTP API waits for 30 s and answers 503 then",
    );
    let function = function_name(topic, raw);
    let handler = match &raw.handler {
        Some(handler) => handler.to_string(),
        None => handler_name(topic, raw),
    };
    let route = route(topic, raw);
    let (method, path) = route.split_once(' ').unwrap_or(("POST", "/"));
    Producer {
        function: Ident::new(function),
        handler: Ident::new(handler),
        method: match method {
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            _ => Method::Post,
        },
        path: path.into(),
        open: raw.auth == raw::Access::Open,
        reads: raw.reads.iter().map(|table| table.to_string()).collect(),
        timeout_seconds: seconds(raw.timeout.as_ref(), 15),
        memory_mib: clamp(raw.memory_mib.unwrap_or(512)),
    }
}

pub(super) fn function_name(topic: &str, raw: &raw::Producer) -> String {
    match &raw.function {
        Some(function) => function.to_string(),
        None => format!("publish-{}", hyphenated(topic)),
    }
}

/// The handler's name where none is written.
pub(super) fn handler_name(topic: &str, raw: &raw::Producer) -> String {
    format!("{}WithKafka", Ident::new(function_name(topic, raw)).camel)
}

pub(super) fn route(topic: &str, raw: &raw::Producer) -> String {
    match &raw.route {
        Some(route) => route.to_string(),
        None => format!("POST /{}", hyphenated(topic)),
    }
}

/// A topic's name as Lambda and URLs take it.
pub(super) fn hyphenated(topic: &str) -> String {
    topic.replace(['.', '_'], "-").to_lowercase()
}

pub(super) fn seconds(raw: Option<&raw::Duration>, last: u32) -> u32 {
    raw.and_then(raw::Duration::milliseconds).map_or(last, |ms| u32::try_from(ms / 1_000).unwrap_or(u32::MAX))
}

/// Refuses a timeout that isn't whole seconds from 1 to `most`; `why` says where the most comes from.
pub(super) fn check_timeout(
    context: &mut Context<'_>,
    raw: Option<&raw::Duration>,
    place: Place<'_>,
    most: u32,
    why: &str,
) {
    let Some(timeout) = raw else { return };
    let Some(ms) = timeout.milliseconds() else { return };
    let label = if ms % 1_000 != 0 || ms == 0 {
        "not a whole number of seconds, 1 or more".to_owned()
    } else if ms / 1_000 > u64::from(most) {
        format!("longer than {most} s")
    } else {
        return;
    };
    let nearest = ms.div_ceil(1_000).clamp(1, u64::from(most));
    context.push(
        Diagnostic::new(
            Code::Timeout,
            place.get("timeout").span(),
            format!("this function can't have a timeout of `{}`", &**timeout),
        )
        .label(label)
        .note(why)
        .help(format!("write for example `timeout: {nearest}s`")),
    );
}
