//! Who is calling: which customer an event may be of.

use contract::{EventId, Timestamp, derived_uuid};
use serde_json::Value;

use super::{Access, HttpRequest, Problem};
use crate::{
    AuthMode, Aws, Settings, SettingsError,
    secrets::Secrets,
    token::{Token, TokenError, Tokens},
};

/// The customer of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) customer_id: String,
    /// This event makes them one: until then anyone may be anyone.
    pub(super) is_new: bool,
}

impl Caller {
    fn known(customer_id: String) -> Self {
        Self { customer_id, is_new: false }
    }
}

/// Tells customers apart.
#[derive(Debug)]
pub(super) struct Callers {
    access: Access,
    mode: AuthMode,
    tokens: Option<Tokens>,
}

impl Callers {
    pub(super) fn new(access: Access, aws: &Aws, settings: &Settings) -> Result<Self, SettingsError> {
        let mode = settings.auth_mode()?;
        let tokens = match (mode, settings.get("TOKEN_SECRET_ARN")) {
            // Where everyone is trusted, a token is a courtesy.
            (AuthMode::None, None) => None,
            _ => Some(Tokens::new(Secrets::new(aws.secrets()), settings)?),
        };
        Ok(Self { access, mode, tokens })
    }

    /// The customer of this request. `named` is what the body has in the key's field. `None` leaves the body as
    /// it is, so that what is wrong with it is reported as a fault of that field.
    ///
    /// Who isn't a customer yet becomes one by the event of this id: a retry makes the same customer.
    pub(super) async fn identify(
        &self,
        request: &HttpRequest,
        named: Option<&Value>,
        id: &EventId,
        now: Timestamp,
    ) -> Result<Option<Caller>, Problem> {
        let trusted = self.mode == AuthMode::None || !request.is_http();
        let known = self.known(request, now).await;
        let known = if trusted { known.unwrap_or_default() } else { known? };
        // As it is in Kafka: a key may also be a whole number.
        let named = named.map(|named| match named {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        match (named, known) {
            (Some(Some(named)), _) if trusted => Ok(Some(Caller::known(named))),
            (Some(Some(named)), Some(known)) if named == known => Ok(Some(Caller::known(known))),
            (Some(Some(_)), Some(_)) => Err(Problem::OtherCustomer),
            (Some(None), _) => Ok(None),
            (None, Some(known)) => Ok(Some(Caller::known(known))),
            // Nobody guesses it to get the customer's token: behind the id are the key's 74 random bits and the body.
            (None, None) if self.access == Access::Open => {
                let customer_id = derived_uuid(["customer", id.as_str()]).to_string();
                Ok(Some(Caller { customer_id, is_new: true }))
            }
            (None, None) if trusted => Ok(None),
            // Else anyone could act for a customer whose id they know.
            (Some(Some(_)) | None, None) => Err(Problem::NoToken),
        }
    }

    /// The customer whom the authorizer or a token vouches for.
    async fn known(&self, request: &HttpRequest, now: Timestamp) -> Result<Option<String>, Problem> {
        if let Some(customer) = request.authorized_customer() {
            return Ok(Some(customer.to_owned()));
        }
        // An open route has no authorizer, and this is also a second lock behind one that is misconfigured.
        let (Some(token), Some(tokens)) = (request.bearer(), &self.tokens) else {
            return Ok(None);
        };
        match tokens.verify(token, now).await {
            Ok(customer) => Ok(Some(customer)),
            Err(TokenError::Invalid | TokenError::Expired | TokenError::SessionOver) => {
                Err(Problem::BadToken)
            }
            Err(TokenError::NoKey(error)) => Err(Problem::Inside(error.to_string())),
        }
    }

    /// A new token for the customer.
    ///
    /// The event is published by now, so that a key that can't be had must not make the step a failure: the
    /// caller would send it again.
    pub(super) async fn token(&self, customer_id: &str) -> Option<Token> {
        let signed = self.tokens.as_ref()?.sign(customer_id, Timestamp::now()).await;
        signed.inspect_err(|error| tracing::error!(%error, "no token could be signed")).ok()
    }
}
