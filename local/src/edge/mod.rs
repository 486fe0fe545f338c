//! API Gateway on this machine: the HTTP API and the WebSocket API, in front of the functions.

mod authorizer;
pub(crate) mod connections;
pub(crate) mod http;
mod throttle;
pub(crate) mod websocket;

use std::{collections::BTreeMap, sync::Arc};

use axum::http::HeaderMap;
use serde_json::Value;

use crate::{Deployment, Limits, bus::Bus, functions::Functions};

/// What both APIs work with.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) limits: Limits,
    pub(crate) bus: Bus,
    authorizer: String,
    throttle: Option<throttle::Throttle>,
    pub(crate) connections: connections::Connections,
}

impl Edge {
    pub(crate) fn new(
        deployment: &Arc<Deployment>,
        functions: &Arc<Functions>,
        limits: &Limits,
        throttle: bool,
        bus: &Bus,
    ) -> Arc<Self> {
        let authorizer = deployment.model.function(&model::Role::Authorizer);
        let rate = deployment.environment.http_rate;
        Arc::new(Self {
            authorizer: deployment.function_name(authorizer),
            deployment: Arc::clone(deployment),
            functions: Arc::clone(functions),
            limits: limits.clone(),
            bus: bus.clone(),
            throttle: throttle.then(|| throttle::Throttle::new(rate)),
            connections: connections::Connections::default(),
        })
    }
}

/// Headers as API Gateway's events have them: names in lower case, several values joined by commas.
fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined
            .entry(name.as_str().to_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    joined
}

/// A query string's parameters; several values of one name joined by commas.
fn query(text: &str) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        joined
            .entry(name.into_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    joined
}

/// `null` where there is nothing, as API Gateway leaves the field out.
fn set_unless_empty(event: &mut Value, name: &str, map: &BTreeMap<String, String>) {
    if !map.is_empty() {
        event[name] = map.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    }
}

/// An id in the look of API Gateway's: `JKJaXmPLvHcESHA=`.
fn short_id() -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE};
    let mut bytes = [0_u8; 11];
    // Without a source of chance nothing on this machine works.
    getrandom::fill(&mut bytes).expect("the operating system has a source of chance");
    URL_SAFE.encode(bytes)
}
