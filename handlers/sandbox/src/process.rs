//! One function in a process of its own.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::{Child, Command},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

use crate::{
    Error,
    api::{Api, Call},
};

/// Nothing here takes so long, however busy the machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// How a call ended, and how long it took from the hand-over to the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the function returned, or its error.
    pub outcome: Result<Value, Value>,
    /// When the function was given the event.
    pub begun: Instant,
    /// From then to the answer.
    pub took: Duration,
}

/// A running function.
#[derive(Debug)]
pub struct Sandbox {
    api: Api,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
    started: Duration,
    calls: u32,
}

impl Sandbox {
    /// Starts the program as the function of this real name, and waits until it asks for work.
    pub async fn start(
        name: &str,
        program: &Path,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let mut api = Api::start(name).await?;
        let begun = Instant::now();
        let mut child = Command::new(program)
            // Only what Lambda would give it.
            .env_clear()
            .envs(variables)
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}"))
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "sandbox")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::io("start a function"))?;
        let log = Arc::<Mutex<Vec<String>>>::default();
        let mut readers = vec![];
        readers.extend(child.stdout.take().map(|out| tokio::spawn(read(out, log.clone()))));
        readers.extend(child.stderr.take().map(|out| tokio::spawn(read(out, log.clone()))));
        let ready = async {
            tokio::select! {
                // The API lives as long as this function waits.
                _ = api.ready.wait_for(|ready| *ready) => true,
                _ = child.wait() => false,
            }
        };
        let is_ready = timeout(PATIENCE, ready).await.map_err(|_| Error::Silent(PATIENCE))?;
        let started = begun.elapsed();
        if !is_ready {
            for reader in readers {
                // It ends with the process's streams.
                let _ = reader.await;
            }
            return Err(Error::Ended(lines(&log).join("\n")));
        }
        Ok(Self { api, child, log, readers, started, calls: 0 })
    }

    /// From the start of the process to its first question for work.
    pub fn started(&self) -> Duration {
        self.started
    }

    /// Gives the function an event and `time` to work on it.
    pub async fn call(&mut self, event: &Value, time: Duration) -> Result<Answer, Error> {
        self.calls += 1;
        let (reply, answer) = oneshot::channel();
        let request_id = format!("00000000-0000-4000-8000-{:012}", self.calls);
        let call = Call { request_id, event: event.to_string(), time, reply };
        let begun = Instant::now();
        let log = self.log.clone();
        let ended = || Error::Ended(lines(&log).join("\n"));
        self.api.calls.send(call).await.map_err(|_| ended())?;
        let outcome = tokio::select! {
            outcome = timeout(PATIENCE, answer) => outcome.map_err(|_| Error::Silent(PATIENCE))?.map_err(|_| ended())?,
            _ = self.child.wait() => return Err(ended()),
        };
        let took = begun.elapsed();
        let json = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
        let outcome = match &outcome {
            Ok(bytes) => Ok(json(bytes)),
            Err(bytes) => Err(json(bytes)),
        };
        Ok(Answer { outcome, begun, took })
    }

    /// What it wrote, line by line.
    pub fn log(&self) -> Vec<String> {
        lines(&self.log)
    }

    /// The most memory that it had in use, in bytes; `None` where the system doesn't tell (it is Linux's
    /// `/proc/<pid>/status`).
    pub fn peak_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes * 1024)
    }

    /// Ends it; its whole log.
    pub async fn stop(mut self) -> Vec<String> {
        // It may have ended by itself.
        let _ = self.child.kill().await;
        for reader in self.readers.drain(..) {
            let _ = reader.await;
        }
        self.log()
    }
}

async fn read(stream: impl AsyncRead + Unpin, log: Arc<Mutex<Vec<String>>>) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

fn lines(log: &Mutex<Vec<String>>) -> Vec<String> {
    log.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
