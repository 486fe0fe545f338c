//! Connect tokens: proof that the caller is a customer, for a while.
//!
//! `v1.<key version>.<customer and expiry, base64url>.<HMAC-SHA256 of all before, base64url>`.
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

/// A token can't be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It isn't one of ours, or was changed.
    #[error("the token is not valid")]
    Invalid,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
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

#[derive(Deserialize)]
struct Claims {
    /// The customer.
    sub: String,
    /// The second of expiry, counted from 1970.
    exp: i64,
}

/// Signs and verifies tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    secrets: Secrets,
    arn: String,
    ttl: u64,
}

impl Tokens {
    /// With the key that `settings` name.
    pub fn new(secrets: Secrets, settings: &Settings) -> Result<Self, SettingsError> {
        let arn = settings.need("TOKEN_SECRET_ARN")?.to_owned();
        Ok(Self { secrets, arn, ttl: settings.number("TOKEN_TTL_SECONDS", TTL_SECONDS)? })
    }

    /// A token for this customer.
    pub async fn sign(&self, customer_id: &str, now: Timestamp) -> Result<Token, SecretError> {
        let key = self.secrets.get(&self.arn, Stage::Current).await?;
        let expires = now.as_seconds().saturating_add_unsigned(self.ttl);
        Ok(Token {
            text: sign(&key, customer_id, expires),
            expires_at: Timestamp::from_millis(expires.saturating_mul(1000)).unwrap_or(now),
        })
    }

    /// The customer whose token it is.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<String, TokenError> {
        verify(&self.key_of(token).await?, token, now)
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

fn sign(key: &SecretValue, customer_id: &str, exp: i64) -> String {
    let claims = serde_json::json!({ "sub": customer_id, "exp": exp }).to_string();
    let signed = format!("v1.{}.{}", key.version, encode_url(claims.as_bytes()));
    let signature = encode_url(&mac(key, &signed).finalize().into_bytes());
    format!("{signed}.{signature}")
}

fn verify(key: &SecretValue, token: &str, now: Timestamp) -> Result<String, TokenError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Invalid)?;
    let signature = decode_url(signature).ok_or(TokenError::Invalid)?;
    // In constant time. Nothing in the token is believed before this.
    mac(key, signed).verify_slice(&signature).map_err(|_| TokenError::Invalid)?;
    let claims =
        signed.rsplit_once('.').and_then(|(_, claims)| decode_url(claims)).ok_or(TokenError::Invalid)?;
    let claims: Claims = serde_json::from_slice(&claims).map_err(|_| TokenError::Invalid)?;
    if claims.exp <= now.as_seconds() { Err(TokenError::Expired) } else { Ok(claims.sub) }
}
