//! One call of a function, and functions as the local run holds them.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    time::{Duration, SystemTime},
};

use futures_util::{FutureExt, future::LocalBoxFuture};
use serde_json::Value;
use tokio::time::Instant;

/// One call: who is called, under which id, and until when.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Lambda's id of the call.
    pub request_id: String,
    /// The function's whole name: `onboard-ai-submit-user-info-dev`.
    pub function: String,
    /// When Lambda stops the function.
    pub deadline: Instant,
    /// W3C trace context, made of the X-Ray header.
    pub traceparent: Option<String>,
}

impl Invocation {
    /// A call that may take this long; for in-process use.
    pub fn within(function: impl Into<String>, request_id: impl Into<String>, time: Duration) -> Self {
        Self {
            request_id: request_id.into(),
            function: function.into(),
            deadline: Instant::now() + time,
            traceparent: None,
        }
    }

    /// The time that is left.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// When to stop working so that there is still time to answer: half a second before the deadline, or a
    /// fifth of what is left where that is less.
    pub fn work_until(&self) -> Instant {
        let left = self.remaining();
        self.deadline - (left / 5).min(Duration::from_millis(500))
    }

    pub(crate) fn from_lambda(context: &lambda_runtime::Context) -> Self {
        /// `cargo lambda watch` sends a constant that isn't a date; then nobody stops us soon.
        const UNKNOWN: Duration = Duration::from_secs(30);
        let deadline = SystemTime::UNIX_EPOCH + Duration::from_millis(context.deadline);
        let is_date = context.deadline > 1_000_000_000_000;
        let left =
            if is_date { deadline.duration_since(SystemTime::now()).unwrap_or_default() } else { UNKNOWN };
        Self {
            request_id: context.request_id.clone(),
            function: context.env_config.function_name.clone(),
            deadline: Instant::now() + left,
            traceparent: context.xray_trace_id.as_deref().and_then(traceparent),
        }
    }
}

/// `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1` as W3C writes it
/// (<https://www.w3.org/TR/trace-context/#traceparent-header>).
fn traceparent(xray: &str) -> Option<String> {
    let part = |name: &str| xray.split(';').find_map(|part| part.trim().strip_prefix(name));
    let root = part("Root=1-")?;
    let (epoch, unique) = root.split_once('-')?;
    let parent = part("Parent=").unwrap_or("0000000000000001");
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex(epoch, 8) || !is_hex(unique, 24) || !is_hex(parent, 16) {
        return None;
    }
    let sampled = if part("Sampled=") == Some("1") { "01" } else { "00" };
    Some(format!("00-{epoch}{unique}-{parent}-{sampled}"))
}

/// A call failed; Lambda counts it as an error of the function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// What came isn't what this function is for.
    #[error("the event is not {0}")]
    NotMyEvent(&'static str),
    /// What it works with doesn't work.
    #[error("{0}")]
    Failed(String),
}

impl From<Fault> for lambda_runtime::Diagnostic {
    fn from(fault: Fault) -> Self {
        let error_type = match fault {
            Fault::NotMyEvent(_) => "NotMyEvent",
            Fault::Failed(_) => "Failed",
        };
        Self { error_type: error_type.into(), error_message: fault.to_string() }
    }
}

/// What a call returns.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Value, Fault>> + Send + 'a>>;

/// A function, ready to be called: by Lambda through [`serve`], or in process by the local run.
pub trait Function: Send + Sync {
    /// Handles one event.
    fn call(&self, event: Value, invocation: Invocation) -> Answer<'_>;
}

/// Gives `function` to Lambda's runtime API, until Lambda ends the process.
///
/// The future is boxed, as is each that calls AWS: rustc compiles a future where its type is known, and without the
/// box that is in every program instead of once in this crate.
pub fn serve(function: impl Function + 'static) -> LocalBoxFuture<'static, Result<(), crate::Error>> {
    boxed(Box::new(function))
}

fn boxed(function: Box<dyn Function>) -> LocalBoxFuture<'static, Result<(), crate::Error>> {
    serve_any(function).boxed_local()
}

async fn serve_any(function: Box<dyn Function>) -> Result<(), crate::Error> {
    let function = &*function;
    let handler = lambda_runtime::service_fn(|event: lambda_runtime::LambdaEvent<Value>| async move {
        let invocation = Invocation::from_lambda(&event.context);
        let span = tracing::info_span!(
            "invocation",
            requestId = invocation.request_id,
            traceparent = invocation.traceparent.as_deref().unwrap_or("-"),
        );
        // lambda_runtime would catch a panic, too, but log its message, which may be made of data.
        let answer = AssertUnwindSafe(function.call(event.payload, invocation)).catch_unwind();
        let answer = tracing::Instrument::instrument(answer, span.clone()).await;
        let answer =
            answer.unwrap_or_else(|_| Err(Fault::Failed("the function panicked; see its log".into())));
        let _inside = span.enter();
        answer.inspect_err(|fault| tracing::error!(error = %fault, "the call failed"))
    });
    lambda_runtime::Runtime::new(handler).run().await.map_err(|error| crate::Error::Lambda(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xray_and_w3c_name_the_same_trace() {
        assert_eq!(
            traceparent("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
                .as_deref(),
            Some("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01")
        );
        assert_eq!(
            traceparent("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0").as_deref(),
            Some("00-5759e988bd862e3fe1be46a994272793-0000000000000001-00")
        );
        for bad in
            ["", "Root=1-5759e988", "Root=1-5759e98x-bd862e3fe1be46a994272793", "Parent=53995c3f42cd8ad8"]
        {
            assert_eq!(traceparent(bad), None, "{bad}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn work_ends_before_the_deadline() {
        let long = Invocation::within("f", "1", Duration::from_secs(10));
        assert_eq!(long.deadline - long.work_until(), Duration::from_millis(500));
        let short = Invocation::within("f", "1", Duration::from_secs(1));
        assert_eq!(short.deadline - short.work_until(), Duration::from_millis(200));
        let over = Invocation::within("f", "1", Duration::ZERO);
        assert_eq!(over.work_until(), over.deadline);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_is_no_date_is_not_believed() {
        let mut context = lambda_runtime::Context::default();
        // `cargo lambda watch`
        context.deadline = 600_000;
        assert_eq!(Invocation::from_lambda(&context).remaining(), Duration::from_secs(30));
        // The year 2001: long over.
        context.deadline = 1_000_000_000_001;
        assert_eq!(Invocation::from_lambda(&context).remaining(), Duration::ZERO);
    }
}
