//! `ops logs`: what functions wrote, in order, as it comes when asked to follow.
//!
//! CloudWatch Logs is polled with `FilterLogEvents`, which finds an event some seconds after it was written, and not
//! always in order. So each poll looks back over what the last one saw, and [`Seen`] lets each event through once.

mod line;
mod seen;

use std::{io, time::Duration};

use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    Exit, Problem,
    aws::{Aws, Told as _},
    console::Console,
    status,
    target::{Target, Where},
};
use line::Line;
use seen::Seen;

/// Functions' logs.
#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
pub(crate) struct Logs {
    #[command(flatten)]
    pub(crate) at: Where,
    /// The function, with or without application and environment; without it all of them
    #[arg(value_name = "FUNCTION")]
    function: Option<String>,
    /// Go on with what comes, until Ctrl-C
    #[arg(long)]
    follow: bool,
    /// How far back to begin: 90s, 10m, 24h
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = past)]
    since: SignedDuration,
    /// Print errors alone, of functions and of Lambda
    #[arg(long)]
    errors: bool,
    /// A filter pattern of CloudWatch Logs: "quarantined", `{ $.topic = "kyc-verified" }`
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
}

/// A pattern for what may be an error; what is one is seen in the line itself. Terms with `?` are alternatives
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>).
const MAYBE_ERRORS: &str = r#"?ERROR ?error ?failure ?timeout ?"timed out" ?exited"#;

/// Between polls.
const PAUSE: Duration = Duration::from_secs(2);

/// Groups that are asked at a time: CloudWatch allows as few as five such requests a second in an account.
const AT_ONCE: usize = 4;

/// One event of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LogEvent {
    /// Unique in the account.
    id: String,
    /// Milliseconds since 1970.
    at: i64,
    /// The function's name without application and environment.
    function: String,
    stream: String,
    message: String,
}

/// A function and its log group.
struct Source {
    function: String,
    group: String,
}

impl Logs {
    /// Prints the events from `since` on.
    pub(crate) async fn run(
        &self,
        target: &Target,
        aws: &Aws,
        console: &mut Console,
    ) -> Result<Exit, Problem> {
        let functions: Vec<_> = match &self.function {
            Some(name) => vec![target.function(name)?],
            None => target.model.functions.iter().collect(),
        };
        let sources: Vec<Source> = functions
            .into_iter()
            .map(|function| Source {
                function: function.name.name.clone(),
                group: format!("/aws/lambda/{}", target.function_name(function)),
            })
            .collect();
        let mut seen = Seen::from(Timestamp::now().as_millisecond() - millis(self.since));
        let width = sources.iter().map(|source| source.function.len()).max().unwrap_or_default();
        let mut told_missing = false;
        let mut printed = false;
        let stop = tokio::signal::ctrl_c();
        tokio::pin!(stop);
        loop {
            let polled = tokio::select! {
                polled = self.poll(aws, &sources, seen.since()) => polled?,
                _ = &mut stop => return Ok(Exit::Done),
            };
            if !told_missing && !polled.missing.is_empty() {
                told_missing = true;
                if polled.missing.len() == sources.len() && status::deployed(target, aws).await?.is_none() {
                    return Err(status::not_there(target, aws));
                }
                console.say(&missing(&polled.missing, &sources, target));
            }
            for event in seen.take(polled.events) {
                let line = Line::parse(&event.message);
                if self.errors && !line.is_error() {
                    continue;
                }
                printed = true;
                match console.data(&self.text(&event, &line, width)) {
                    // Whoever read has seen enough.
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
                    written => written.map_err(|error| Console::unwritable(&error))?,
                }
            }
            if !self.follow {
                if !printed && polled.missing.len() < sources.len() {
                    console.say(&format!("nothing in the last {:#}", self.since));
                }
                return Ok(Exit::Done);
            }
            tokio::select! {
                () = tokio::time::sleep_until(Instant::now() + PAUSE) => {}
                _ = &mut stop => return Ok(Exit::Done),
            }
        }
    }

    fn text(&self, event: &LogEvent, line: &Line, width: usize) -> String {
        if !self.at.json {
            return format!("{}\n", line.show(event.at, &format!("{:width$}", event.function)));
        }
        let raw: Value =
            serde_json::from_str(&event.message).unwrap_or_else(|_| event.message.trim_end().into());
        let line = json!({
            "function": event.function,
            "timestamp": event.at,
            "stream": event.stream,
            "id": event.id,
            "message": raw,
        });
        format!("{line}\n")
    }

    async fn poll(&self, aws: &Aws, sources: &[Source], from: i64) -> Result<Polled, Problem> {
        let pattern = self.filter.as_deref().or(self.errors.then_some(MAYBE_ERRORS));
        let asked: Vec<_> = sources.iter().map(|source| ask(aws, source, from, pattern)).collect();
        let answers: Vec<Option<Vec<LogEvent>>> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
        let mut polled = Polled { events: vec![], missing: vec![] };
        for (source, answer) in sources.iter().zip(answers) {
            match answer {
                Some(events) => polled.events.extend(events),
                None => polled.missing.push(source.group.clone()),
            }
        }
        Ok(polled)
    }
}

/// What there is now.
struct Polled {
    events: Vec<LogEvent>,
    /// Groups that aren't there.
    missing: Vec<String>,
}

/// The events of one group; `None` where there is no such group.
async fn ask(
    aws: &Aws,
    source: &Source,
    from: i64,
    pattern: Option<&str>,
) -> Result<Option<Vec<LogEvent>>, Problem> {
    let mut events = vec![];
    let mut next = None;
    loop {
        let request = aws
            .logs()
            .filter_log_events()
            .log_group_name(&source.group)
            .start_time(from)
            .set_filter_pattern(pattern.map(str::to_owned))
            .set_next_token(next);
        let page = match request.send().await.fault() {
            Ok(page) => page,
            Err(fault) if fault.is("ResourceNotFoundException") => return Ok(None),
            Err(fault) if fault.is("InvalidParameterException") && pattern.is_some() => {
                return Err(Problem::bad_input(format!("CloudWatch does not take the filter: {}", fault.message))
                    .help("its syntax: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"));
            }
            Err(fault) => return Err(fault.problem(&format!("read the log group {}", source.group))),
        };
        events.extend(page.events.unwrap_or_default().into_iter().map(|event| LogEvent {
            id: event.event_id.unwrap_or_default(),
            at: event.timestamp.unwrap_or_default(),
            function: source.function.clone(),
            stream: event.log_stream_name.unwrap_or_default(),
            message: event.message.unwrap_or_default(),
        }));
        // An empty page may have another behind it.
        next = page.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(Some(events));
        }
    }
}

fn missing(groups: &[String], sources: &[Source], target: &Target) -> String {
    let why = format!("the stack makes it with the function; {}", target.make("status", &[]));
    match groups {
        [group] => format!("there is no log group {group} yet: {why}"),
        all if all.len() == sources.len() => format!("there are no log groups yet: {why}"),
        some => format!("there are no log groups yet for {}: {why}", some.join(", ")),
    }
}

/// `10m`, as [`SignedDuration`] reads it, and not in the future.
fn past(text: &str) -> Result<SignedDuration, String> {
    let span: SignedDuration = text.parse().map_err(|_| "a time is written 90s, 10m or 24h".to_owned())?;
    // CloudWatch keeps no log for longer than ten years.
    if span.is_negative() || span.as_hours() > 10 * 366 * 24 {
        return Err("it is a time in the past: 90s, 10m, 24h".into());
    }
    Ok(span)
}

fn millis(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let millis = |text| past(text).map(millis);
        assert_eq!(millis("10m"), Ok(600_000));
        assert_eq!(millis("1h 30m"), Ok(5_400_000));
        for bad in ["", "10", "soon", "-5m", "999999999h"] {
            assert!(past(bad).is_err(), "{bad}");
        }
    }
}
