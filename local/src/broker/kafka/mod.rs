//! A real Apache Kafka on loopback, set up as MSK is: `KRaft`, one node, `SASL_SSL` with SCRAM-SHA-512, ACLs from the
//! manifest's edges and everything else denied, no auto-creation.
//!
//! The server is told where to keep its data; with a data folder that is there, everything survives a restart.

mod acls;
mod certificates;
mod jars;
mod process;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    time::Duration,
};

use model::{Model, Secret};
use tempfile::TempDir;
use tokio::sync::Mutex;

use super::files;
use crate::{LocalError, options::Options, private, secrets::Secrets};
use process::Server;

/// The runner's own user: it makes topics and looks at all of them.
pub(super) const ADMIN: &str = "local-admin";

/// How long the server may take to listen.
const PATIENCE: Duration = Duration::from_mins(2);

/// The server and what it was started with.
#[derive(Debug)]
pub(super) struct Kafka {
    setup: Setup,
    server: Mutex<Option<Server>>,
    /// Where nobody asked to keep anything; removed after the server has ended.
    _temporary: Option<TempDir>,
}

/// What a start needs, the first and every later one.
#[derive(Debug, Clone)]
struct Setup {
    java: Java,
    folder: PathBuf,
    port: u16,
}

/// Java and the classes.
#[derive(Debug, Clone)]
struct Java {
    program: PathBuf,
    /// The jars as a class path.
    classes: String,
}

impl Kafka {
    pub(super) async fn start(
        options: &Options,
        model: &Model,
        secrets: &Secrets,
    ) -> Result<Self, LocalError> {
        let (folder, temporary) = if let Some(data) = &options.data {
            (data.join("kafka"), None)
        } else {
            let temporary = private::folder("local-kafka-")?;
            (temporary.path().to_owned(), Some(temporary))
        };
        std::fs::create_dir_all(&folder).map_err(LocalError::file(&folder))?;
        // Java is told absolute paths, wherever it is started.
        let folder = folder.canonicalize().map_err(LocalError::file(&folder))?;
        let java = jars::find().await?;
        certificates::make(&folder)?;
        let ports = [options.ports.kafka.unwrap_or(0), 0, 0].map(free_port);
        let [client, internal, controller] = ports;
        let (port, internal, controller) = (client?, internal?, controller?);
        let setup = Setup { java, folder, port };
        setup.configure(internal, controller)?;
        let ca = setup.folder.join(certificates::CA);
        files::make(&setup.folder, &setup.servers(), &admin(secrets), Some(&ca))?;
        setup.format(uuid::Uuid::new_v4(), secrets).await?;
        // What an earlier run wrote is of no use; a restart of this one adds to it.
        let _ = std::fs::remove_file(setup.folder.join(process::LOG));
        let server = Server::start(&setup.java, &setup.folder)?;
        let kafka = Self { setup, server: Mutex::new(Some(server)), _temporary: temporary };
        kafka.listening().await?;
        acls::apply(&kafka.setup.java, &kafka.setup.folder, kafka.setup.port, model, secrets).await?;
        Ok(kafka)
    }

    pub(super) fn servers(&self) -> String {
        self.setup.servers()
    }

    /// Where everything of it is.
    pub(super) fn folder(&self) -> &Path {
        &self.setup.folder
    }

    /// The certificate authority's file.
    pub(super) fn ca(&self) -> PathBuf {
        self.setup.folder.join(certificates::CA)
    }

    /// Stops the server, or starts it again with the same data.
    pub(super) async fn outage(&self, down: bool) -> Result<(), String> {
        let mut server = self.server.lock().await;
        match (down, server.take()) {
            (true, Some(running)) => {
                running.stop(PATIENCE).await;
                Ok(())
            }
            (false, None) => {
                *server = Some(
                    Server::start(&self.setup.java, &self.setup.folder).map_err(|error| error.to_string())?,
                );
                drop(server);
                self.listening().await.map_err(|error| error.to_string())
            }
            (_, same) => {
                *server = same;
                Ok(())
            }
        }
    }

    /// Starts the server again where it ended without having been told to; tells how it ended.
    pub(super) async fn revive(&self) -> Result<Option<String>, String> {
        let mut server = self.server.lock().await;
        let Some(how) = server.as_mut().and_then(Server::ended) else { return Ok(None) };
        let again = Server::start(&self.setup.java, &self.setup.folder);
        *server = Some(again.map_err(|error| error.to_string())?);
        drop(server);
        self.listening().await.map_err(|error| error.to_string())?;
        Ok(Some(how.to_string()))
    }

    pub(super) async fn stop(&self, patience: Duration) {
        if let Some(server) = self.server.lock().await.take() {
            server.stop(patience).await;
        }
    }

    async fn listening(&self) -> Result<(), LocalError> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.setup.port)).await.is_ok() {
                return Ok(());
            }
            // The log itself may go with the folder.
            let log = || process::last_lines(&self.setup.folder);
            if let Some(server) = self.server.lock().await.as_mut()
                && let Some(how) = server.ended()
            {
                return Err(LocalError::Kafka(format!("it ended ({how}); its log ends with: {}", log())));
            }
            if tokio::time::Instant::now() > end {
                return Err(LocalError::Kafka(format!("it does not listen; its log ends with: {}", log())));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Setup {
    fn servers(&self) -> String {
        format!("localhost:{}", self.port)
    }

    fn configure(&self, internal: u16, controller: u16) -> Result<(), LocalError> {
        let folder = self.folder.display();
        let client = self.port;
        let text = format!(
            "process.roles=broker,controller\n\
             node.id=1\n\
             controller.quorum.voters=1@localhost:{controller}\n\
             listeners=CLIENT://127.0.0.1:{client},INTERNAL://127.0.0.1:{internal},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=CLIENT://localhost:{client},INTERNAL://localhost:{internal}\n\
             listener.security.protocol.map=CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL\n\
             inter.broker.listener.name=INTERNAL\n\
             controller.listener.names=CONTROLLER\n\
             sasl.enabled.mechanisms=SCRAM-SHA-512\n\
             listener.name.client.scram-sha-512.sasl.jaas.config=\
             org.apache.kafka.common.security.scram.ScramLoginModule required;\n\
             listener.name.client.ssl.client.auth=none\n\
             ssl.client.auth=required\n\
             ssl.keystore.type=PEM\n\
             ssl.keystore.location={folder}/{broker}\n\
             ssl.truststore.type=PEM\n\
             ssl.truststore.location={folder}/{ca}\n\
             authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n\
             allow.everyone.if.no.acl.found=false\n\
             super.users=User:CN=broker;User:{ADMIN}\n\
             auto.create.topics.enable=false\n\
             offsets.topic.replication.factor=1\n\
             offsets.topic.num.partitions=6\n\
             transaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\n\
             min.insync.replicas=1\n\
             group.initial.rebalance.delay.ms=0\n\
             log.dirs={folder}/log\n",
            broker = certificates::BROKER,
            ca = certificates::CA,
        );
        let path = self.folder.join(process::CONFIG);
        std::fs::write(&path, text).map_err(LocalError::file(&path))
    }

    /// Makes the storage with the SCRAM users, unless it is there.
    async fn format(&self, cluster: uuid::Uuid, secrets: &Secrets) -> Result<(), LocalError> {
        if self.folder.join("log/meta.properties").is_file() {
            return Ok(());
        }
        let id =
            base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, cluster.as_bytes());
        // In one word: one in 64 of them begins with a dash, which would be another option.
        let mut arguments = vec!["format".to_owned(), format!("--cluster-id={id}"), "--config".into()];
        arguments.push(self.folder.join(process::CONFIG).display().to_string());
        for (user, password) in users(secrets) {
            arguments.push("--add-scram".into());
            arguments.push(format!("SCRAM-SHA-512=[name={user},password={password}]"));
        }
        process::tool(&self.java, "kafka.tools.StorageTool", &arguments).await
    }
}

/// Every SCRAM user and its password.
fn users(secrets: &Secrets) -> [(String, String); 3] {
    [
        secrets.credentials(Secret::ProducerCredentials),
        secrets.credentials(Secret::ConsumerCredentials),
        admin(secrets),
    ]
}

/// The runner's own user; its password is as good as the secret that it is made of.
pub(super) fn admin(secrets: &Secrets) -> (String, String) {
    let (_, password) = secrets.credentials(Secret::ConsumerCredentials);
    (ADMIN.into(), password.chars().rev().collect())
}

fn free_port(wanted: u16) -> Result<u16, LocalError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => {
            LocalError::PortInUse { port: wanted, what: "Kafka", flag: "--kafka-port" }
        }
        _ => LocalError::Listen { what: "Kafka", address: ([127, 0, 0, 1], wanted).into(), source },
    };
    // Let go at once: the server itself must have it.
    let listener = TcpListener::bind(("127.0.0.1", wanted)).map_err(failed)?;
    listener.local_addr().map(|address| address.port()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[ignore = "needs Java and Maven: tests/full/kafka.sh"]
    async fn a_cluster_may_have_an_id_that_begins_with_a_dash() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../topics.yaml");
        let model = manifest::read_file(manifest).expect("the manifest is good");
        let secrets = Secrets::open(&model, None).expect("it can");
        let folder = tempfile::tempdir().expect("a folder");
        let java = jars::find().await.expect("Java and the jars");
        let setup = Setup { java, folder: folder.path().to_owned(), port: 1 };
        setup.configure(2, 3).expect("it can");
        setup.format(uuid::Uuid::from_bytes([0xfb; 16]), &secrets).await.expect("it is formatted");
        let meta = std::fs::read_to_string(folder.path().join("log/meta.properties")).expect("it is there");
        assert!(meta.contains("cluster.id=-"), "{meta}");
    }
}
