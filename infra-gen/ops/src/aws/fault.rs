//! What an error of an AWS call means for the person who waits.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::{Exit, Problem};

/// Codes of credentials that were good once
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html> and each service's common errors).
const EXPIRED: [&str; 4] =
    ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
/// Codes of credentials that AWS doesn't know.
const UNKNOWN: [&str; 5] = [
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "AuthFailure",
];
const THROTTLED: [&str; 6] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "SlowDown",
];

/// Codes of services that have trouble of their own.
const PASSING: [&str; 4] = ["InternalFailure", "InternalError", "ServiceUnavailable", "InternalServerError"];

/// A failed call of AWS, without the type of the operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The service's code: `ValidationError`; empty when no answer came.
    pub(crate) code: String,
    /// The service's words, or what became of the connection.
    pub(crate) message: String,
    /// The answer's HTTP status, where one came.
    status: Option<u16>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The service said no.
    Service,
    /// There are no credentials.
    NoCredentials,
    /// No answer came.
    Unreachable,
}

impl Fault {
    /// Reads an error.
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let status = status(error);
        if let SdkError::ServiceError(service) = error {
            let code = service.err().code().unwrap_or_default().to_owned();
            let told = service.err().message().map(str::to_owned);
            let message = told.unwrap_or_else(|| format!("HTTP status {}", service.raw().status()));
            return Self { code, message, status, kind: Kind::Service };
        }
        let kind = if is_about_credentials(error) { Kind::NoCredentials } else { Kind::Unreachable };
        Self { code: String::new(), message: chain(error), status, kind }
    }

    /// The service answered with this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.kind == Kind::Service && self.code == code
    }

    /// The same call may well succeed later: no answer came, AWS throttled it, or failed itself.
    pub(crate) fn is_passing(&self) -> bool {
        match self.kind {
            Kind::NoCredentials => false,
            Kind::Unreachable => true,
            Kind::Service => {
                let code = self.code.as_str();
                // What stands between here and AWS has no code: a gateway, or a company's proxy.
                let is_between = code.is_empty() && self.status.is_some_and(|status| status >= 500);
                is_between || THROTTLED.contains(&code) || PASSING.contains(&code)
            }
        }
    }

    /// What it means; `doing` goes on from "can't".
    pub(crate) fn problem(&self, doing: &str) -> Problem {
        let what = format!("can't {doing}");
        let said = if self.code.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.code, self.message)
        };
        let has = |codes: &[&str]| codes.contains(&self.code.as_str());
        match self.kind {
            Kind::NoCredentials => Problem::bad_input(format!("{what}: there are no AWS credentials"))
                .note(said)
                .help("sign in: `aws login`, `aws sso login`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID"),
            Kind::Unreachable => Problem::failed(format!("{what}: no answer, after several attempts"))
                .note(said)
                .help("look at the network, at AWS_REGION and at AWS_ENDPOINT_URL; then run the same again"),
            Kind::Service if has(&EXPIRED) => {
                Problem::bad_input(format!("{what}: the AWS credentials have expired"))
                    .note(said)
                    .help("sign in again (`aws login`, `aws sso login`), then run the same again: it goes on where it was")
            }
            Kind::Service if has(&UNKNOWN) => {
                Problem::bad_input(format!("{what}: AWS doesn't know these credentials"))
                    .note(said)
                    .help("look at AWS_PROFILE and AWS_ACCESS_KEY_ID, and `aws sts get-caller-identity`")
                    .help("and at AWS_REGION: a Region that the account has not switched on knows nobody")
            }
            Kind::Service if self.code.starts_with("AccessDenied") || has(&["UnauthorizedOperation"]) => {
                Problem::new(Exit::BadInput, format!("{what}: it isn't allowed"))
                    .note(said)
                    .help("use a role that may, or have the action that is named above granted to this one")
            }
            Kind::Service if has(&THROTTLED) => {
                Problem::failed(format!("{what}: AWS throttled it, and every attempt after that"))
                    .note(said)
                    .help("something else in the account calls the same API very often; run the same again later")
            }
            Kind::Service => Problem::failed(what).note(said),
        }
    }
}

/// The answer's HTTP status, where one came.
pub(crate) fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// An error's words and those of what is behind it; without the SDK's first word, which says nothing more.
fn chain(error: &(dyn Error + 'static)) -> String {
    let words: Vec<String> = sources(error).skip(1).map(ToString::to_string).collect();
    if words.is_empty() { error.to_string() } else { words.join(": ") }
}

fn sources<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Whether the call ended before it was sent, for want of credentials.
fn is_about_credentials(error: &(dyn Error + 'static)) -> bool {
    sources(error).any(<dyn Error>::is::<CredentialsError>)
}

/// The results of calls.
pub(crate) trait Told<T> {
    /// Without the operation's type, to look at the code.
    fn fault(self) -> Result<T, Fault>;

    /// As a problem; `doing` goes on from "can't".
    fn told(self, doing: &str) -> Result<T, Problem>
    where
        Self: Sized,
    {
        self.fault().map_err(|fault| fault.problem(doing))
    }
}

impl<T, E> Told<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn fault(self) -> Result<T, Fault> {
        self.map_err(|error| Fault::of(&error))
    }
}
