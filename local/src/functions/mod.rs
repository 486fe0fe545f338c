//! Lambda on this machine: each function in a process of its own, behind the Lambda Runtime API.
//!
//! A function has up to [`Limits::sandboxes`](crate::Limits::sandboxes) sandboxes, as many as it has calls at a
//! time; each is a process that is used again for the next call. One is started at once, so that nothing is cold.

mod pool;
mod process;
mod programs;
mod routes;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Bytes};
use model::Role;
use serde::Serialize;
use tokio::sync::oneshot;

use crate::{Deployment, Limits, LocalError, bus::Bus, logs::Logs};
use pool::{Job, Pool};
pub use programs::{Programs, SUBCOMMAND, run};

/// Largest answer of a function (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
pub(crate) const MOST_PAYLOAD: usize = 6 * 1024 * 1024;

/// All functions of the deployment.
#[derive(Debug)]
pub struct Functions {
    pools: BTreeMap<String, Arc<Pool>>,
}

/// What became of a call.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Lambda's id of the call.
    pub request_id: String,
    /// The answer, or the error as JSON.
    pub payload: Bytes,
    /// `Unhandled` where the function failed.
    pub error: Option<String>,
    /// How long the function worked.
    pub took: Duration,
}

impl Outcome {
    /// The function did what it was asked.
    pub fn is_ok(&self) -> bool {
        self.error.is_none()
    }

    /// The function's error in one line.
    pub fn error_line(&self) -> String {
        let value: serde_json::Value = serde_json::from_slice(&self.payload).unwrap_or_default();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        match (text("errorType"), text("errorMessage")) {
            (kind, message) if kind.is_empty() && message.is_empty() => "the function failed".into(),
            (kind, message) => format!("{kind}: {message}"),
        }
    }
}

/// A function can't be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// There is no such function.
    #[error("Function not found: {0}")]
    NotFound(String),
    /// Its reserved concurrency is used up, or is zero.
    #[error("Rate Exceeded.")]
    Throttled,
    /// The local run is ending.
    #[error("the local run is stopping")]
    Stopping,
}

/// A function's numbers, for `/_local/state`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionState {
    /// Its real name.
    pub name: String,
    /// Running processes.
    pub sandboxes: usize,
    /// Calls under way or waiting.
    pub busy: usize,
    /// Calls so far.
    pub invocations: u64,
    /// Failed calls so far.
    pub errors: u64,
    /// Milliseconds that calls took in all.
    pub total_millis: u64,
    /// The last error's line.
    pub last_error: Option<String>,
}

impl Functions {
    /// Finds every program; starts nothing yet.
    pub fn new(
        deployment: &Deployment,
        programs: &Programs,
        api: SocketAddr,
        limits: &Limits,
        logs: &Logs,
        bus: &Bus,
    ) -> Result<Arc<Self>, LocalError> {
        let mut pools = BTreeMap::new();
        for function in &deployment.model.functions {
            // CloudFormation alone calls it.
            if function.role == Role::BootstrapBrokers {
                continue;
            }
            let program = programs.find(&function.name.name)?;
            let name = deployment.function_name(function);
            let pool =
                Pool::new(deployment, function, program, api, limits.clone(), logs.clone(), bus.clone());
            pools.insert(name, pool);
        }
        Ok(Arc::new(Self { pools }))
    }

    /// Starts one sandbox of each function.
    pub fn warm(&self) {
        for pool in self.pools.values() {
            pool.warm();
        }
    }

    /// Waits until each function has asked for its first event, or has failed to.
    pub async fn ready(&self) {
        for pool in self.pools.values() {
            pool.ready().await;
        }
    }

    /// Calls a function.
    pub async fn invoke(&self, name: &str, payload: Bytes) -> Result<Outcome, InvokeError> {
        self.invoke_traced(name, payload, None).await
    }

    /// Calls a function as part of a trace (`Root=1-...;Parent=...;Sampled=1`).
    pub async fn invoke_traced(
        &self,
        name: &str,
        payload: Bytes,
        trace: Option<String>,
    ) -> Result<Outcome, InvokeError> {
        let pool = self.pools.get(name).ok_or_else(|| InvokeError::NotFound(name.to_owned()))?;
        let (reply, answer) = oneshot::channel();
        let request_id = uuid::Uuid::new_v4().to_string();
        pool.submit(Job { request_id, payload, trace, reply })?;
        answer.await.map_err(|_| InvokeError::Stopping)
    }

    /// The log of a function's call that has ended: its lines from `START` to `REPORT`. Empty where it is kept no longer.
    pub async fn log(&self, name: &str, request_id: &str) -> String {
        match self.pools.get(name) {
            Some(pool) => pool.log(request_id).await,
            None => String::new(),
        }
    }

    /// Most calls of a function at a time, where they are limited.
    pub fn reserved(&self, name: &str) -> Option<usize> {
        self.pools.get(name)?.reserved()
    }

    /// Limits a function's calls at a time, as `put-function-concurrency` does.
    pub fn reserve(&self, name: &str, concurrency: Option<usize>) -> Result<(), InvokeError> {
        let pool = self.pools.get(name).ok_or_else(|| InvokeError::NotFound(name.to_owned()))?;
        pool.reserve(concurrency);
        Ok(())
    }

    /// Every function's numbers.
    pub fn state(&self) -> Vec<FunctionState> {
        self.pools.iter().map(|(name, pool)| pool.state(name)).collect()
    }

    /// The routes that the programs ask for work.
    pub fn router(self: &Arc<Self>) -> Router {
        routes::router(Arc::clone(self))
    }

    /// Ends every process.
    pub async fn stop(&self) {
        for pool in self.pools.values() {
            pool.stop().await;
        }
    }

    fn pool(&self, name: &str) -> Option<&Arc<Pool>> {
        self.pools.get(name)
    }
}
