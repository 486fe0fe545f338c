//! Connect tokens: proof that the caller is a customer, for a while.
//!
//! `v1.<key version>.<customer, begin and expiry, base64url>.<HMAC-SHA256 of all before, base64url>`.
//!
//! A token is good for an hour. A step's answer brings a new one, and begins a session; within the session, a client
//! that is connected may ask for a fresh one (`{"action":"renew"}`). So a stolen token is good for one session at most.
//!
//! The key is a secret of Secrets Manager, its version part of the token, so that rotation needs no pause: new
//! tokens are signed with the current version, and the previous one is good until the next rotation.

use contract::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::{
    Settings, SettingsError,
    base64::{decode_url, encode_url},
    secrets::{SecretError, SecretValue, Secrets, Stage},
};

/// Seconds that a token is good, unless `TOKEN_TTL_SECONDS` says otherwise. Every step's answer brings a new one.
const TTL_SECONDS: u64 = 60 * 60;

/// Seconds that a session lasts at most, unless `SESSION_SECONDS` says otherwise: so long after a step's answer its
/// token can be renewed.
const SESSION_SECONDS: u64 = 12 * 60 * 60;

/// A token can't be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It isn't one of ours, or was changed.
    #[error("the token is not valid")]
    Invalid,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It can't be renewed any more.
    #[error("the session is over")]
    SessionOver,
    /// The key can't be had, so nothing can be said.
    #[error(transparent)]
    NoKey(#[from] SecretError),
}

/// A signed token.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// What the caller shows.
    pub text: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Whom a token lets in, and since when: renewing it doesn't make the session longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The customer.
    pub customer_id: String,
    /// When the first token was signed, to the second.
    pub began: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    /// The customer.
    sub: String,
    /// The second in which the session began, counted from 1970.
    beg: i64,
    /// The second of expiry, counted from 1970.
    exp: i64,
}

/// Signs and verifies tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    secrets: Secrets,
    arn: String,
    ttl: u64,
    session: u64,
}

impl Tokens {
    /// With the key that `settings` name.
    pub fn new(secrets: Secrets, settings: &Settings) -> Result<Self, SettingsError> {
        let arn = settings.need("TOKEN_SECRET_ARN")?.to_owned();
        let ttl = settings.number("TOKEN_TTL_SECONDS", TTL_SECONDS)?;
        Ok(Self { secrets, arn, ttl, session: settings.number("SESSION_SECONDS", SESSION_SECONDS)? })
    }

    /// A token for this customer; a session begins.
    pub async fn sign(&self, customer_id: &str, now: Timestamp) -> Result<Token, SecretError> {
        self.issue(&Session { customer_id: customer_id.to_owned(), began: now }, now).await
    }

    /// A fresh token for a session that lasts. It expires with the session at the latest.
    pub async fn renew(&self, session: &Session, now: Timestamp) -> Result<Token, TokenError> {
        if self.end_of(session) <= now.as_seconds() {
            return Err(TokenError::SessionOver);
        }
        Ok(self.issue(session, now).await?)
    }

    /// The customer whose token it is.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<String, TokenError> {
        self.session(token, now).await.map(|session| session.customer_id)
    }

    /// The session that the token is of.
    pub async fn session(&self, token: &str, now: Timestamp) -> Result<Session, TokenError> {
        verify(&self.key_of(token).await?, token, now)
    }

    async fn issue(&self, session: &Session, now: Timestamp) -> Result<Token, SecretError> {
        let key = self.secrets.get(&self.arn, Stage::Current).await?;
        let expires = now.as_seconds().saturating_add_unsigned(self.ttl).min(self.end_of(session));
        Ok(Token {
            text: sign(&key, session, expires),
            expires_at: Timestamp::from_millis(expires.saturating_mul(1000)).unwrap_or(now),
        })
    }

    /// The second in which the session is over.
    fn end_of(&self, session: &Session) -> i64 {
        session.began.as_seconds().saturating_add_unsigned(self.session)
    }

    /// The version of the key that the token says it was signed with, if that is in use.
    async fn key_of(&self, token: &str) -> Result<SecretValue, TokenError> {
        let mut parts = token.split('.');
        let (Some("v1"), Some(version)) = (parts.next(), parts.next()) else {
            return Err(TokenError::Invalid);
        };
        let current = self.secrets.get(&self.arn, Stage::Current).await?;
        if current.version == version {
            return Ok(current);
        }
        // Signed after a rotation that this process hasn't seen yet, or before the last one.
        let current = self.secrets.refresh(&self.arn, Stage::Current).await?;
        if current.version == version {
            return Ok(current);
        }
        // A key that was never rotated has no previous version.
        match self.secrets.refresh(&self.arn, Stage::Previous).await {
            Ok(previous) if previous.version == version => Ok(previous),
            _ => Err(TokenError::Invalid),
        }
    }
}

fn mac(key: &SecretValue, signed: &str) -> Hmac<Sha256> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.text.as_bytes());
    mac.expect("HMAC takes a key of any length").chain_update(signed)
}

fn sign(key: &SecretValue, session: &Session, exp: i64) -> String {
    let (sub, beg) = (&session.customer_id, session.began.as_seconds());
    let claims = serde_json::json!({ "sub": sub, "beg": beg, "exp": exp }).to_string();
    let signed = format!("v1.{}.{}", key.version, encode_url(claims.as_bytes()));
    let signature = encode_url(&mac(key, &signed).finalize().into_bytes());
    format!("{signed}.{signature}")
}

fn verify(key: &SecretValue, token: &str, now: Timestamp) -> Result<Session, TokenError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Invalid)?;
    let signature = decode_url(signature).ok_or(TokenError::Invalid)?;
    // In constant time. Nothing in the token is believed before this.
    mac(key, signed).verify_slice(&signature).map_err(|_| TokenError::Invalid)?;
    let claims =
        signed.rsplit_once('.').and_then(|(_, claims)| decode_url(claims)).ok_or(TokenError::Invalid)?;
    let claims: Claims = serde_json::from_slice(&claims).map_err(|_| TokenError::Invalid)?;
    if claims.exp <= now.as_seconds() {
        return Err(TokenError::Expired);
    }
    let began = Timestamp::from_millis(claims.beg.saturating_mul(1000)).ok_or(TokenError::Invalid)?;
    Ok(Session { customer_id: claims.sub, began })
}
