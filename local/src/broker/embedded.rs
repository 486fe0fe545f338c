//! librdkafka's own broker, in a process of its own.
//!
//! Whatever its process starts inherits the connections that it accepted, since librdkafka doesn't mark them. A function
//! that was started meanwhile would keep one of them open when the broker goes down, and the client at the other end
//! wait a minute in vain. So the broker lives where nothing is started.

use std::{
    io::{self, BufRead, Write},
    path::Path,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use rdkafka::{error::KafkaError, mocking::MockCluster, producer::DefaultProducerContext};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::Mutex,
};

use super::{OutageError, TopicSpec};
use crate::LocalError;

/// The subcommand of this program that is the broker.
const SUBCOMMAND: &str = "broker";

/// How many clients may wait to be let in. librdkafka's own broker has room for five: when all functions start at once, or
/// the broker is back, some are turned away, and try again after a second or two.
#[cfg(target_os = "linux")]
const QUEUE: i32 = 128;

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A topic to make: its name, and how many partitions it has.
type Topic = (String, i32);

/// What the broker is told once it is up: a line of JSON each, and one comes back.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Order {
    /// End every connection, and take no other.
    Down,
    /// Take connections again.
    Up,
}

/// The broker's process.
#[derive(Debug)]
pub(super) struct Embedded {
    servers: String,
    /// None once it has ended.
    process: Arc<Mutex<Option<Process>>>,
}

#[derive(Debug)]
struct Process {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Embedded {
    /// Starts it as a subcommand of `program`.
    pub(super) async fn start(program: &Path, topics: Vec<TopicSpec>) -> Result<Self, LocalError> {
        let topics: Vec<Topic> = topics.into_iter().map(|topic| (topic.name, topic.partitions)).collect();
        let mut process = Process::start(program)
            .map_err(|error| failed(format!("{} can't be started: {error}", program.display())))?;
        let servers = process.ask(&topics).await.map_err(failed)?;
        Ok(Self { servers, process: Arc::new(Mutex::new(Some(process))) })
    }

    pub(super) fn servers(&self) -> &str {
        &self.servers
    }

    pub(super) async fn outage(&self, down: bool) -> Result<(), OutageError> {
        let process = Arc::clone(&self.process);
        let order = if down { Order::Down } else { Order::Up };
        // Whoever asked may go before the answer is read, which must not stay for the next one.
        let asked = tokio::spawn(async move {
            let mut process = process.lock().await;
            process.as_mut().ok_or("its process has ended")?.ask::<()>(&order).await
        });
        let answer = asked.await.unwrap_or_else(|error| Err(error.to_string()));
        answer.map_err(OutageError::Failed)
    }

    /// How it ended by itself; told once.
    pub(super) async fn ended(&self) -> Option<ExitStatus> {
        let mut process = self.process.lock().await;
        let how = process.as_mut()?.child.try_wait().ok()??;
        *process = None;
        Some(how)
    }

    /// It keeps nothing, so it needs no time to end.
    pub(super) async fn stop(&self) {
        if let Some(mut process) = self.process.lock().await.take() {
            // It may have ended by itself.
            let _ = process.child.kill().await;
        }
    }
}

impl Process {
    fn start(program: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.arg(SUBCOMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // Ctrl-C in the terminal is the runner's: it stops the broker last.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let piped = || io::Error::other("it has no pipes");
        let orders = child.stdin.take().ok_or_else(piped)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(piped)?).lines();
        Ok(Self { child, orders, answers })
    }

    async fn ask<T: DeserializeOwned>(&mut self, order: &impl Serialize) -> Result<T, String> {
        let line = format!("{}\n", serde_json::to_string(order).map_err(|error| error.to_string())?);
        let asked = async {
            self.orders.write_all(line.as_bytes()).await?;
            self.answers.next_line().await
        };
        let answer = tokio::time::timeout(PATIENCE, asked).await.map_err(|_| "it does not answer")?;
        let answer = answer.map_err(|error| error.to_string())?.ok_or("its process has ended")?;
        serde_json::from_str::<Result<T, String>>(&answer).map_err(|error| error.to_string())?
    }
}

fn failed(reason: String) -> LocalError {
    LocalError::Broker { servers: "embedded".into(), reason }
}

/// Is the broker: takes its topics and its orders from standard input, until that closes, as it does when the runner ends,
/// however it ends.
///
/// # Errors
/// What is read is no order, or nobody reads the answers.
pub fn serve() -> Result<(), LocalError> {
    obey().map_err(|error| failed(error.to_string()))
}

fn obey() -> io::Result<()> {
    let mut orders = io::stdin().lock().lines();
    let Some(topics) = orders.next() else { return Ok(()) };
    let cluster = match make(&serde_json::from_str::<Vec<Topic>>(&topics?)?) {
        Ok(cluster) => cluster,
        Err(error) => return answer::<String>(&Err(error.to_string())),
    };
    lengthen_queue();
    answer(&Ok(cluster.bootstrap_servers()))?;
    for order in orders {
        let done = match serde_json::from_str(&order?)? {
            Order::Down => cluster.broker_down(-1),
            // It listens anew.
            Order::Up => cluster.broker_up(-1).inspect(|()| lengthen_queue()),
        };
        answer(&done.map_err(|error| error.to_string()))?;
    }
    Ok(())
}

/// Makes [`QUEUE`] of what listens here, which is the broker alone. Where it isn't allowed, in some containers, it stays as
/// it was.
#[cfg(target_os = "linux")]
fn lengthen_queue() {
    use rustix::{net, process};
    // The broker's listener is hidden in C: a duplicate of it is asked for, by its number.
    let Ok(own) = process::pidfd_open(process::getpid(), process::PidfdFlags::empty()) else { return };
    let files = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    for number in files.filter_map(|file| file.file_name().to_str()?.parse().ok()) {
        let Ok(file) = process::pidfd_getfd(&own, number, process::PidfdGetfdFlags::empty()) else {
            continue;
        };
        if net::sockopt::socket_acceptconn(&file) == Ok(true) {
            let _ = net::listen(&file, QUEUE);
        }
    }
}

/// Nothing is known here of how to do it.
#[cfg(not(target_os = "linux"))]
fn lengthen_queue() {}

fn answer<T: Serialize>(result: &Result<T, String>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(result)?)?;
    out.flush()
}

fn make(topics: &[Topic]) -> Result<MockCluster<'static, DefaultProducerContext>, KafkaError> {
    let cluster = MockCluster::new(1)?;
    for (name, partitions) in topics {
        // Made now: a topic that it makes by itself has four partitions, whatever the model says.
        cluster.create_topic(name, *partitions, 1)?;
    }
    Ok(cluster)
}
