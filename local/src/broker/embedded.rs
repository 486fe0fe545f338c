//! librdkafka's own broker, in this process.
//!
//! It belongs to one thread, since its handle can't be shared; the thread ends when the handle's channel closes.

use std::{sync::mpsc, thread};

use rdkafka::mocking::MockCluster;
use tokio::sync::oneshot;

use super::{OutageError, TopicSpec};
use crate::LocalError;

/// The broker's thread.
#[derive(Debug)]
pub(super) struct Embedded {
    servers: String,
    commands: mpsc::Sender<Command>,
}

enum Command {
    Outage(bool, oneshot::Sender<Result<(), String>>),
}

impl Embedded {
    pub(super) fn start(topics: Vec<TopicSpec>) -> Result<Self, LocalError> {
        let (commands, orders) = mpsc::channel();
        let (started, start) = mpsc::channel();
        let broker = move || match make(&topics) {
            Ok(cluster) => {
                let _ = started.send(Ok(cluster.bootstrap_servers()));
                serve(&cluster, &orders);
            }
            Err(error) => {
                let _ = started.send(Err(error.to_string()));
            }
        };
        let failed = |reason: String| LocalError::Broker { servers: "embedded".into(), reason };
        thread::Builder::new()
            .name("broker".into())
            .spawn(broker)
            .map_err(|error| failed(error.to_string()))?;
        let servers = start.recv().map_err(|error| failed(error.to_string()))?.map_err(failed)?;
        Ok(Self { servers, commands })
    }

    pub(super) fn servers(&self) -> &str {
        &self.servers
    }

    pub(super) async fn outage(&self, down: bool) -> Result<(), OutageError> {
        let (reply, answer) = oneshot::channel();
        let gone = || OutageError::Failed("its thread has ended".into());
        self.commands.send(Command::Outage(down, reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map_err(OutageError::Failed)
    }
}

fn make(
    topics: &[TopicSpec],
) -> Result<MockCluster<'static, rdkafka::producer::DefaultProducerContext>, rdkafka::error::KafkaError> {
    let cluster = MockCluster::new(1)?;
    for topic in topics {
        // Made now: a topic that it makes by itself has four partitions, whatever the model says.
        cluster.create_topic(&topic.name, topic.partitions, 1)?;
    }
    Ok(cluster)
}

fn serve(
    cluster: &MockCluster<'static, rdkafka::producer::DefaultProducerContext>,
    orders: &mpsc::Receiver<Command>,
) {
    while let Ok(Command::Outage(down, reply)) = orders.recv() {
        let done = if down { cluster.broker_down(-1) } else { cluster.broker_up(-1) };
        let _ = reply.send(done.map_err(|error| error.to_string()));
    }
}
